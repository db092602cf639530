"""What may become of a customer: that it leaves, by one of several causes, that it pays less, or that it takes more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from tenure.core.period import Grain, Window, periods
from tenure.figures.reader import Moment, Reader
from tenure.figures.request import paired
from tenure.metrics.kinds import FactKey

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.core.config import Settings

SPELL, ENDING, MOVEMENT = FactKey("spell"), FactKey("ending"), FactKey("movement", "month", "period")
NEVER = date.max
#: The stretches of time in which nothing of what is looked at happened to a customer: from a day until another.
Spells = dict[str, list[tuple[date, date]]]

#: By the kind of a loss as ``churn_reasons`` has it, the cause it counts as.
CAUSES = {
    "voluntary": "voluntary",
    "non_payment": "non_payment",
    "merger": "merger",
    "closed": "merger",
    None: "unknown",
}
LEFT = "left"


@dataclass(frozen=True)
class Outcome:
    """``did``: the word for it. ``gain``: more revenue, not less."""

    name: str
    did: str
    gain: bool = False


CHURN = Outcome("churn", "left")
CONTRACTION = Outcome("contraction", "reduced")
GROWTH = Outcome("growth", "grew", gain=True)
OUTCOMES = {each.name: each for each in (CHURN, CONTRACTION, GROWTH)}


@dataclass(frozen=True)
class Step:
    """A contraction or growth: by how much MRR changed on a day, and what it was before (ten-thousandths)."""

    account: str
    day: date
    before: int
    amount: int


@dataclass(frozen=True)
class Ends:
    """What the stretches of ``Spells`` end with. ``by``: the cause, by account and day; ``among``: the causes that are the
    ``outcome``, none: all of them. Other ends only end the time for which a customer is watched.
    """

    outcome: Outcome = CHURN
    by: Mapping[tuple[str, date], str] = field(default_factory=dict)
    among: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()


def leaving(reader: Reader, now: datetime) -> Spells:
    """The stretches of time in which each account was a customer, as is known now: from a day until another."""
    reader.stand((), Moment(now))
    reader.provide(SPELL)
    found: Spells = {}
    for account, since, until in reader.run(f"SELECT account_id, since, until FROM {SPELL.table} ORDER BY 1, 2")[1]:
        found.setdefault(account, []).append((since, until or NEVER))
    return found


def left_by(reader: Reader, now: datetime) -> Ends:
    """By what the stretches ended, as far as anything is told of it."""
    reader.stand((), Moment(now))
    reader.provide(ENDING)
    rows = reader.run(f"SELECT account_id, until, kind FROM {ENDING.table} ORDER BY 1, 2")[1]
    return Ends(CHURN, {(account, until): CAUSES[kind] for account, until, kind in rows})


def stepped(
    reader: Reader, outcome: Outcome, spells: Spells, first: date, today: date, now: datetime, settings: Settings
) -> tuple[Spells, Ends]:
    """The stretches cut where customers reduced, or grew, and what each ends with; from the month of ``first`` on.

    A contraction is any fall of MRR on a day while staying. Growth is an expansion by quantity, plan or a further product:
    of a day's expansion the part that these made, which neither a higher price nor the end of a discount is.
    """
    months = periods(Grain.MONTH, first, today, settings.fiscal_year_start)
    reader.stand(paired(months, Window.PERIOD, settings, now), Moment(now))
    reader.provide(MOVEMENT)
    sold = "least(delta, seats + tier + cross_sell)"
    kind, amount = ("expansion", sold) if outcome.gain else ("contraction", "-delta")
    rows = reader.run(
        f"SELECT account_id, day, before, {amount} AS amount FROM {MOVEMENT.table} WHERE kind = '{kind}' AND NOT no_rate"
        f" AND before > 0 AND {amount} > 0 AND day <= DATE '{today}' ORDER BY account_id, day"
    )[1]
    steps = tuple(Step(account, day, int(before), int(amount)) for account, day, before, amount in rows)
    return cut(spells, steps, outcome)


def cut(spells: Spells, steps: tuple[Step, ...], outcome: Outcome) -> tuple[Spells, Ends]:
    """Stretches that end with each step, and with leaving."""
    days: dict[str, list[date]] = {}
    for step in steps:
        days.setdefault(step.account, []).append(step.day)
    found: Spells = {}
    by: dict[tuple[str, date], str] = {}
    for account, stretches in spells.items():
        for since, until in stretches:
            inside = sorted({day for day in days.get(account, ()) if since < day < until})
            bounds = [since, *inside, until]
            found.setdefault(account, []).extend(pairwise(bounds))
            by |= {(account, day): outcome.name for day in inside} | {(account, until): LEFT}
    return found, Ends(outcome, by, frozenset({outcome.name}), steps)
