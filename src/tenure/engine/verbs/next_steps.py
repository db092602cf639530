"""``next_steps``: what is to be done next with some accounts, as it was noted last."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tenure.engine.laid import seen_among
from tenure.engine.verbs.rows import columns_of
from tenure.figures import dossiers
from tenure.figures.portrait import NEXT_STEP
from tenure.figures.published import PublishedReader, current, is_fresh, opened
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.store import literal
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.dossiers import Dossiers
    from tenure.figures.published import Published


@dataclass(frozen=True)
class NextSteps:
    """``accounts``: whose."""

    accounts: tuple[str, ...]
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class NextStep:
    """What is to be done next with an account, who noted it, and when (UTC)."""

    account_id: str
    text: str
    by: str
    at: datetime


def next_steps(desk: Desk, request: NextSteps) -> tuple[NextStep, ...]:
    """The latest notes of that kind, in the order of the accounts' ids; accounts without one are left out."""
    now = desk.clock()
    found = desk.fresh(now)
    ready = desk.dossiers(found)
    return _read(desk.home, request, found, ready, desk.settings, now)


def from_published(home: Path, request: NextSteps, settings: Settings, now: datetime) -> tuple[NextStep, ...] | None:
    """The same from the published files alone; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    ready = dossiers.current(home, found.seen)
    return _read(home, request, found, ready, settings, now) if ready else None


def _read(
    home: Path, request: NextSteps, found: Published, ready: Dossiers, settings: Settings, now: datetime
) -> tuple[NextStep, ...]:
    accounts = set(request.accounts)
    if request.scope.narrow:
        with closing(PublishedReader(home, found, settings)) as reader:
            accounts = seen_among(reader, accounts, request.scope, now)
    if not accounts:
        return ()
    note = dossiers.tables()["note"]
    _columns, parts = columns_of(note, (), request.scope, settings)
    with closing(opened(home, **ready.files)) as con:
        rows = con.execute(
            f'SELECT account_id, text, "by", "at" FROM ({dossiers.rows_of(ready, note, parts, *accounts)}) AS notes '
            f'WHERE kind = {literal(NEXT_STEP)} AND "at" <= ? '
            'QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY "at" DESC, note_id DESC) = 1 ORDER BY 1',
            [now],
        ).fetchall()
    return tuple(NextStep(account, text or "", by or "", at.replace(tzinfo=UTC)) for account, text, by, at in rows)
