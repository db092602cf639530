"""Audits of the data: when each is due, and those that were signed.

A period's audit is signed by a named person with a note. What was signed is a row of ``approval`` that holds the audit itself,
as it was: it is read as it was first told, whatever is told later. The schedule is a file of the workspace, ``audits.toml``.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from tenure.core.errors import UsageError
from tenure.core.period import Grain, Period, local_day, parse_period, period_at

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.desk import Desk

FILE = "audits.toml"
#: What an audit is called among approvals.
WHAT, SUBJECT = "audit", "data"
#: As many periods that are over are listed.
LISTED = 12


@dataclass(frozen=True)
class Schedule:
    """``every``: how long an audit's period is. ``due_days``: after its end, until when it is to be signed. ``samples``: rows
    that are to be compared with their source.
    """

    every: Literal["month", "quarter"] = "month"
    due_days: int = 10
    samples: int = 10


class Point(msgspec.Struct, frozen=True):
    """Something that an audit looks at: what was found, in words. ``fine``: nothing that needs a look; None where it cannot be
    told. ``see``: where more is to be seen.
    """

    name: str
    told: str
    fine: bool | None
    see: str


class Sample(msgspec.Struct, frozen=True):
    """A row to be compared with its source. ``values``: what it says, without what tells of a person. ``agrees``: what whoever
    signed found; None for not compared.
    """

    table: str
    key: str
    file: str
    line: int | None
    values: dict[str, str]
    agrees: bool | None = None


class Content(msgspec.Struct, frozen=True):
    """An audit as it was at a moment (UTC)."""

    at: datetime
    points: tuple[Point, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Signed:
    """Who signed, when (UTC), and what was said."""

    by: str
    at: datetime
    note: str
    hash: str


@dataclass(frozen=True)
class Due:
    """A period and its audit. ``due``: the day until which it is to be signed; ``overdue``: that has passed."""

    period: str
    start: date
    end: date
    due: date
    overdue: bool
    signed: Signed | None


def schedule(home: Path) -> Schedule:
    """The schedule of a workspace: its file's, or every month. Raises ``UsageError`` for a file that is wrong."""
    path = home / FILE
    try:
        return understood(path, path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return Schedule()
    except UnicodeDecodeError as error:
        raise _wrong(path, f"{error}") from None


def understood(path: Path, text: str) -> Schedule:
    """The schedule that a text is; ``path`` names it. Raises ``UsageError`` for one that is wrong."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, f"{error}") from None
    names = [each.name for each in fields(Schedule)]
    for name, value in given.items():
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            raise _wrong(path, f"{name} is none of its keys", f"Did you mean {near[0]}?" if near else "")
        if name == "every" and value not in ("month", "quarter"):
            raise _wrong(path, f'every is "month" or "quarter", not {value!r}')
        if name != "every" and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100):
            raise _wrong(path, f"{name} is a whole number from 0 to 100, not {value!r}")
    return Schedule(**given)


def _wrong(path: Path, what: str, fix: str = "") -> UsageError:
    return UsageError(
        f"{path.name}: {what}.",
        code="bad_audits",
        where=str(path),
        fix=fix or "Its keys are every, due_days and samples.",
    )


def period_of(text: str, plan: Schedule, settings: Settings, now: datetime) -> Period:
    """The period that a text names; the last one that is over for none. Raises ``UsageError`` for one that is not over, or
    of another length than the schedule's.
    """
    grain, today = Grain(plan.every), local_day(now, settings.timezone)
    if not text:
        return period_at(
            grain,
            period_at(grain, today, settings.fiscal_year_start).start - timedelta(days=1),
            settings.fiscal_year_start,
        )
    found = parse_period(text, settings.fiscal_year_start)
    if found.grain is not grain:
        raise UsageError(
            f"Audits are made every {plan.every}.", code="bad_period", where=text, fix="Name such a period."
        )
    if found.end > today:
        raise UsageError("This period is not over yet.", code="not_over", where=text, fix="Audit it when it is.")
    return found


def listed(desk: Desk, now: datetime) -> list[Due]:
    """The periods that are over since the first load, the last first."""
    plan, settings = schedule(desk.home), desk.settings
    first = desk.store.rows("SELECT min(known_at) FROM main.batch")[0][0]
    if first is None:
        return []
    done = signed(desk)
    found: list[Due] = []
    period = period_of("", plan, settings, now)
    begun = local_day(first, settings.timezone)
    while period.end > begun and len(found) < LISTED:
        found.append(due_of(period, plan, settings, now, done))
        period = period_at(period.grain, period.start - timedelta(days=1), settings.fiscal_year_start)
    return found


def due_of(period: Period, plan: Schedule, settings: Settings, now: datetime, done: dict[date, Signed]) -> Due:
    """A period with its audit."""
    due = period.end + timedelta(days=plan.due_days)
    own = done.get(period.start)
    overdue = own is None and local_day(now, settings.timezone) > due
    return Due(period.label, period.start, period.end, due, overdue, own)


def next_due(plan: Schedule, settings: Settings, now: datetime) -> date:
    """When the period that runs is to be signed."""
    period = period_at(Grain(plan.every), local_day(now, settings.timezone), settings.fiscal_year_start)
    return period.end + timedelta(days=plan.due_days)


def signed(desk: Desk) -> dict[date, Signed]:
    """The audits that were signed, by the first day of their period: as they were first told."""
    rows = desk.store.rows(
        'SELECT period_start, arg_min({b: "by", a: "at", n: note, h: hashes}, known_from) FROM main.approval_version '
        f"WHERE what = '{WHAT}' AND subject = '{SUBJECT}' GROUP BY period_start"
    )
    return {
        start: Signed(
            one["b"],
            one["a"].replace(tzinfo=UTC),
            one["n"] or "",
            msgspec.json.decode(one["h"] or "{}").get("content", ""),
        )
        for start, one in rows
    }


def content_of(desk: Desk, start: date) -> Content | None:
    """What was signed of a period, as it was first told."""
    rows = desk.store.rows(
        "SELECT arg_min(content, known_from) FROM main.approval_version "
        f"WHERE what = '{WHAT}' AND subject = '{SUBJECT}' AND period_start = ?",
        [start],
    )
    return msgspec.json.decode(rows[0][0], type=Content) if rows and rows[0][0] else None
