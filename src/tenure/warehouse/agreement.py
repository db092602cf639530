"""Whether inbox and warehouse belong together: one of them put there from elsewhere is noticed when a workspace is opened.

Every load stands in the warehouse with its inbox and its number there. An older inbox would give numbers again that the
warehouse knows, and what came under them would be taken for known; an older warehouse lacks what the inbox calls done.
"""

from __future__ import annotations

from tenure.core.errors import DataError
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load import KIND, recorded
from tenure.warehouse.store import Store

_FIX = "Run: tenure rebuild (it makes the warehouse as the inbox and the archive have it), or restore a backup."


def hold_together(store: Store, inbox: Inbox) -> None:
    """Raises ``DataError`` where the warehouse has loads of another inbox or of a later one, or lacks loads that are done."""
    found = dict(store.rows("SELECT inbox_epoch, max(inbox_seq) FROM main.batch GROUP BY inbox_epoch"))
    if set(found) - {inbox.epoch}:
        raise _apart("The warehouse was made from another inbox than the one beside it.", "other_inbox", store)
    last = found.get(inbox.epoch, 0)
    if last > inbox.last():
        raise _apart("The inbox is older than the warehouse beside it.", "older_inbox", store)
    if inbox.records(state="done", kind=(KIND, recorded.KIND), after=last, limit=1):
        raise _apart("The warehouse is older than the inbox beside it: loads are missing.", "older_warehouse", store)


def _apart(message: str, code: str, store: Store) -> DataError:
    return DataError(message, code=code, where=str(store.path), fix=_FIX)
