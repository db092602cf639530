"""The plays that are known, and who was assigned to which arm of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from tenure.core.errors import DataError, unknown
from tenure.core.period import local_day
from tenure.figures.scope import SEEN
from tenure.metrics.kinds import FactKey
from tenure.scores.effect.found import Play

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.reader import Moment, Reader
    from tenure.figures.scope import Scope

ASSIGNED = FactKey("assigned")


@dataclass(frozen=True)
class Assigned:
    """Everybody who was assigned to a play, by account: whether to be treated, and the local day of it."""

    play: Play
    accounts: tuple[str, ...]
    treated: tuple[bool, ...]
    days: tuple[date, ...]


def plays(reader: Reader, moment: Moment, scope: Scope, asked_at: datetime, settings: Settings) -> dict[str, Assigned]:
    """By name, each play with the accounts in sight. The first assignment of an account counts, whatever came later.

    A lot that is drawn again for whom the first did not help would say less of the play than of those who drew it.
    """
    inside = ""
    if scope.narrow:
        reader.look(scope, asked_at, SEEN)
        inside = f" WHERE account_id IN (SELECT account_id FROM {SEEN})"
    sql = f'SELECT account_id, play, arm, "at" FROM {ASSIGNED.table}{inside} ORDER BY play, "at", account_id, arm'
    rows = [row for row in reader.fetch([ASSIGNED], sql, (), moment) if row["at"] < moment.now]
    return {
        play: _assigned(play, [(row["account_id"], row["arm"], row["at"]) for row in those], settings.timezone)
        for play, those in groupby(rows, key=lambda row: str(row["play"]))
    }


def _assigned(play: str, rows: list[tuple[str, str, datetime]], zone: str) -> Assigned:
    """The rows of a play, the earliest first."""
    first: dict[str, tuple[str, datetime]] = {}
    arms: dict[str, list[str]] = {}
    for account, arm, at in rows:
        first.setdefault(account, (arm, at))
        arms.setdefault(account, []).append(arm)
    days = [local_day(at, zone) for _, at in first.values()]
    treated = [arm == "treated" for arm, _ in first.values()]
    again = [told for told in arms.values() if len(told) > 1]
    told = Play(
        play, sum(treated), len(treated) - sum(treated), min(days), max(days),
        len(again), sum(len(set(each)) > 1 for each in again),
    )  # fmt: skip
    return Assigned(told, tuple(first), tuple(treated), tuple(days))


def one(name: str, known: dict[str, Assigned]) -> Assigned:
    """The play of that name. Raises ``UsageError`` with the nearest, ``DataError`` where there is none at all."""
    if not known:
        raise none_known()
    if name not in known:
        raise unknown("play", name, known, listing="All of them: tenure effect")
    return known[name]


def none_known() -> DataError:
    """The error where no play is known."""
    return DataError(
        "No play is known: nothing says which accounts one was tried on.", code="no_play",
        fix="Load who was treated and who was held out: tenure load treatment FILE.",
    )  # fmt: skip
