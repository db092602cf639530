"""``tell_accountability``: say who answers for which metrics, from a day on, or that nobody does any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.lines.draft import Draft, rows_of
from tenure.engine.lines.line import line_on
from tenure.engine.lines.standing import told_of
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures import kept
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.load import recorded

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class TellAccountability:
    """``draft``: who answers, told by ``by`` in a message of that id. ``scope``: for whose accounts it may be said."""

    draft: Draft
    by: str
    message_id: str
    scope: Scope = EVERYTHING


def tell_accountability(desk: Desk, request: TellAccountability) -> Recorded:
    """Record it. Whoever answered before ends on that day. Raises ``UsageError`` (``bad_accountability``, with the field)."""
    draft = request.draft
    for metric in draft.metrics:
        kept.entry(metric, desk.settings)
    before = desk.inbox.find(recorded.SOURCE, request.message_id)
    if before is not None and before.state != "dropped":
        raise UsageError(
            "This message id was told before.",
            code="message_reused",
            where=request.message_id,
            fix="Give every message an id of its own.",
        )
    desk.fresh(desk.clock())
    line = line_on(desk, draft.day)
    rows = rows_of(draft, line, told_of(desk, line), request.scope, desk.settings, request.by)
    return record(desk, Record("accountability", rows, request.by, request.message_id))
