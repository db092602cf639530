"""What can be loaded, and done about the rows of it that failed, through a scope that holds everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.engine.failing import Failed
    from tenure.engine.verbs.discard import Discarded
    from tenure.engine.verbs.failed import FailedFound
    from tenure.engine.verbs.load import Loaded
    from tenure.engine.verbs.mend import MendedRows
    from tenure.engine.verbs.reconcile import Reconciled
    from tenure.engine.verbs.reload import Reloaded
    from tenure.figures.scope import Scope

Conditions = Iterable[tuple[str, str, Any]]


class Handling:
    """The verbs about files and failed rows. Each raises ``UsageError`` through a narrow scope: what failed belongs to no account."""

    scope: Scope

    def load(
        self,
        files: Sequence[str],
        table: str = "",
        *,
        map_file: str = "",
        history: bool = False,
        dry_run: bool = False,
        within: str = "",
    ) -> Loaded:
        """Files (absolute paths) into a table, or a folder's files by a map into theirs; all or nothing. ``history``: this is the first
        import of the past. ``dry_run``: only say what would become of their rows. ``within``: a folder that their names are told without.

        Raises ``UsageError`` for names that do not exist and a map that is wrong, ``DataError`` for files that cannot be read.
        """
        from tenure.engine.verbs.load import Load

        request = Load(tuple(files), table, map_file, history, dry_run=dry_run, within=within, scope=self.scope)
        found: Loaded = self._call("load", request)
        return found

    def failed(
        self, *, where: Conditions = (), search: str = "", order: Sequence[str] = (), offset: int = 0, limit: int = 50
    ) -> FailedFound:
        """A page of the rows that were refused, and how many there are of each kind (arguments as for ``rows``)."""
        from tenure.engine.verbs.failed import FailedRows
        from tenure.figures.listing import Query

        query = Query((), tuple(where), search, tuple(order), offset, limit)
        found: FailedFound = self._call("failed", FailedRows(query, self.scope))
        return found

    def every_failed(self, *, where: Conditions = (), search: str = "") -> Iterator[Failed]:
        """All failed rows that fit, one after the other, the oldest first."""
        from tenure.figures.listing import MOST

        offset, total, chosen = 0, 1, tuple(where)
        order = ("refused_at", "file", "line")
        while offset < total:
            found = self.failed(where=chosen, search=search, order=order, offset=offset, limit=MOST)
            yield from found.rows
            offset, total = offset + MOST, found.total

    def mend(
        self,
        cells: Mapping[str, Mapping[str, str | None]] | None = None,
        *,
        where: Conditions = (),
        by: str,
        reason: str,
        dry_run: bool = False,
    ) -> MendedRows:
        """Bring failed rows again, each once: those named in ``cells``, with other texts in some columns of their file, or all that fit the
        conditions ``where``, as they are. What is refused again stays as it is. ``dry_run``: only say what would become of them.

        Raises ``UsageError`` for a row that there is not or a column that it has not, and without a name or a reason.
        """
        from tenure.engine.verbs.mend import Mend

        found: MendedRows = self._call("mend", Mend(by, reason, cells or {}, tuple(where), dry_run, self.scope))
        return found

    def discard(
        self, ids: Sequence[str] = (), *, where: Conditions = (), by: str, reason: str, reopen: bool = False
    ) -> Discarded:
        """Say of failed rows that they shall not be brought again, or, to ``reopen`` them, that they shall after all.

        Raises ``UsageError`` for a row that there is not, and without a name or a reason.
        """
        from tenure.engine.verbs.discard import Discard

        request = Discard(by, reason, tuple(ids), tuple(where), reopen, self.scope)
        found: Discarded = self._call("discard", request)
        return found

    def reload(
        self, batch: int, map_text: str | None = None, *, by: str = "", reason: str = "", dry_run: bool = False
    ) -> Reloaded:
        """A load's file again under another map, which takes the place of the load; without a map only what became of it, and its
        own map. ``dry_run``: only say what would become of its rows.

        Raises ``UsageError`` for a load that there is not, and for a map that is wrong.
        """
        from tenure.engine.verbs.reload import Reload

        found: Reloaded = self._call("reload", Reload(batch, map_text, by, reason, dry_run, self.scope))
        return found

    def reconcile(self, *, days: int = 0) -> Reconciled:
        """What was received and what became of it, by source and day (``days``: only of the last so many), and where what was counted
        is not what is there.
        """
        from tenure.engine.verbs.reconcile import Reconcile

        found: Reconciled = self._call("reconcile", Reconcile(days, self.scope))
        return found

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError
