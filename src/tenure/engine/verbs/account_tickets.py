"""``account_tickets``: the tickets of one account, with how long reply and solution took against what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from tenure.core.errors import UsageError
from tenure.engine.laid import Laid
from tenure.engine.verbs.timeline import is_there
from tenure.figures.listing import MOST
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import PublishedReader

_CASE, _PROMISE, _CLOCKS = FactKey("case"), FactKey("promise"), FactKey("business_time")
Which = Literal["open", "closed", "all"]


@dataclass(frozen=True)
class AccountTickets:
    """``account_id``: whose; ``which``: open, closed or all. The latest come first. ``scope``: whose accounts."""

    account_id: str
    which: Which = "all"
    offset: int = 0
    limit: int = 25
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Took:
    """How long something took, in seconds; ``done``: it is over, else it runs still. ``target``: how long it may take (None: nothing
    was promised), both by the ``clock``: calendar, or business hours. ``met``: None while that is not known.
    """

    seconds: int
    done: bool
    target: int | None = None
    clock: str = "calendar"

    @property
    def met(self) -> bool | None:
        """Whether the target was kept."""
        if self.target is None:
            return None
        if self.seconds > self.target:
            return False
        return True if self.done else None


@dataclass(frozen=True)
class TicketTold:
    """A ticket. Times in UTC; ``solved_at``: None while it is open. ``reply``: to the first answer of a human, ``resolution``: to the
    first solution.
    """

    ticket_id: str
    subject: str | None
    priority: str | None
    category: str | None
    created_at: datetime
    solved_at: datetime | None
    reply: Took | None
    resolution: Took | None
    reopened: bool
    escalated: bool


@dataclass(frozen=True)
class TicketsFound:
    """A page of tickets. ``total``: how many fit; ``open``: how many are open, ``of_all``: how many there are."""

    account_id: str
    tickets: tuple[TicketTold, ...]
    total: int
    open: int
    of_all: int
    offset: int
    as_of: datetime


def account_tickets(desk: Desk, request: AccountTickets) -> TicketsFound | None:
    """The page; None where the scope holds no such account. Raises ``UsageError`` for a page that makes no sense."""
    return _read(Laid.fresh(desk), request)


def from_published(
    home: Path, request: AccountTickets, settings: Settings, now: datetime
) -> tuple[TicketsFound | None] | None:
    """The same from the published files alone, in a tuple; None where they cannot answer."""
    lies = Laid.lying(home, settings, now)
    return None if lies is None else (_read(lies, request),)


def _read(lies: Laid, request: AccountTickets) -> TicketsFound | None:
    if request.which not in ("open", "closed", "all") or not 1 <= request.limit <= MOST or request.offset < 0:
        raise UsageError(
            "There is no such page of tickets.", code="bad_page", fix="Ask for open, closed or all, from 0 on."
        )
    with lies.facts() as reader:
        if not is_there(reader, request.account_id, request.scope, lies.now):
            return None
        reader.provide(_CASE)
        its = f"FROM {_CASE.table} WHERE account_id = {literal(request.account_id)}"
        is_open = "last_solved IS NULL"
        ((of_all, open_),) = reader.run(f"SELECT count(*), count(*) FILTER ({is_open}) {its}")[1]
        chosen = {"open": f" AND {is_open}", "closed": " AND last_solved IS NOT NULL"}.get(request.which, "")
        rows = reader.run(
            "SELECT ticket_id, priority, category, created, replied, first_solved, last_solved, reopened, escalated "
            f"{its}{chosen} ORDER BY created DESC, ticket_id LIMIT {int(request.limit)} OFFSET {int(request.offset)}"
        )[1]
        ids = [str(row[0]) for row in rows]
        took = _took(reader, lies, request.account_id, ids)
    subjects = _subjects(lies, request.account_id, ids)
    many, opened = int(str(of_all)), int(str(open_))
    total = {"open": opened, "closed": many - opened}.get(request.which, many)
    tickets = tuple(_ticket(row, subjects, took, lies.now) for row in rows)
    return TicketsFound(request.account_id, tickets, total, opened, many, request.offset, lies.now.replace(tzinfo=UTC))


def _ticket(
    row: tuple[object, ...], subjects: dict[str, str | None], took: dict[tuple[str, str], Took], now: datetime
) -> TicketTold:
    id_, priority, category, created, replied, first, last, reopened, escalated = row
    assert isinstance(created, datetime)

    def by_calendar(end: object, stop: object) -> Took | None:
        over = end if isinstance(end, datetime) else stop if isinstance(stop, datetime) else None
        if end is None and stop is not None:
            return None  # solved without it: there is nothing to be told
        return Took(int(((over or now) - created).total_seconds()), over is not None)

    name = str(id_)
    return TicketTold(
        name, subjects.get(name), _text(priority), _text(category), created.replace(tzinfo=UTC),
        last.replace(tzinfo=UTC) if isinstance(last, datetime) else None,
        took.get((name, "first_reply")) or by_calendar(replied, last),
        took.get((name, "resolution")) or by_calendar(first, None), bool(reopened), escalated is not None,
    )  # fmt: skip


def _took(reader: PublishedReader, lies: Laid, account: str, ids: list[str]) -> dict[tuple[str, str], Took]:
    """What was promised of these tickets of an account, by ticket and measure, and how long it took by the promise's clock."""
    if not ids or _PROMISE.table not in reader.published.tables:
        return {}
    reader.provide(_PROMISE)
    listed = ", ".join(map(literal, ids))
    rows = reader.run(
        "SELECT ticket_id, measure, begins, over, begins_shown, over_shown, ends IS NOT NULL, target, clock, schedule_id "
        # By account first: promises lie nearly in the order of accounts, and tickets anywhere.
        f"FROM {_PROMISE.table} WHERE account_id = {literal(account)} AND ticket_id IN ({listed}) AND measure IN ('first_reply', 'resolution') "
        "AND target IS NOT NULL"
    )[1]
    shown = _shown_now(reader, lies.now) if any(row[8] == "business" and row[3] is None for row in rows) else {}
    found = {}
    for ticket, measure, begins, over, begins_shown, over_shown, done, target, clock, schedule in rows:
        assert isinstance(begins, datetime)
        if clock == "business":
            end = over_shown if over is not None else shown.get(str(schedule))
            if begins_shown is None or end is None:
                continue  # no business hours are known: by the calendar, and no target then
            seconds = int(str(end)) - int(str(begins_shown))
        else:
            seconds = int(((over if isinstance(over, datetime) else lies.now) - begins).total_seconds())
        found[str(ticket), str(measure)] = Took(seconds, bool(done), int(str(target)), str(clock))
    return found


def _shown_now(reader: PublishedReader, now: datetime) -> dict[str, int]:
    """What the clock of each schedule shows now."""
    if _CLOCKS.table not in reader.published.tables:
        return {}
    reader.provide(_CLOCKS)
    at = f"TIMESTAMP '{now.isoformat(sep=' ')}'"
    rows = reader.run(
        f"SELECT schedule_id, shown + least(date_diff('second', starts, {at}), running) FROM {_CLOCKS.table} "
        f"WHERE starts <= {at} AND ends > {at}"
    )[1]
    return {str(schedule): int(str(shown)) for schedule, shown in rows}


def _subjects(lies: Laid, account: str, ids: list[str]) -> dict[str, str | None]:
    if not ids or not lies.holds("ticket"):
        return {}
    rows = lies.of(account, "ticket", ("ticket_id", "subject"))
    with lies.rows() as con:
        found = con.execute(
            f"SELECT ticket_id, subject FROM ({rows}) WHERE ticket_id IN ({', '.join(map(literal, ids))})"
        ).fetchall()
    return dict(found)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
