"""What is asked of who looks after whom, with how many hours: a part of a sight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core import config
from tenure.engine.portfolio_rules import KEPT, rules_of
from tenure.portfolio.balance import Ground, Move, Plan, proposal, spread, usual_day
from tenure.portfolio.coverage import Crowd, Lack
from tenure.portfolio.handover import Giver, Handover, Item
from tenure.portfolio.headcount import Month, Outlook, Range, Short
from tenure.portfolio.known import Account, Away, Person
from tenure.portfolio.limits import Limit, limit_of
from tenure.portfolio.placing import Caught, Placed, Shift
from tenure.portfolio.rules import Rules, Tier
from tenure.portfolio.skilled import Seen, Sought
from tenure.portfolio.workload import Capacity, Held, Part, Workload, books, capacity_of, hours_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.result import Result
    from tenure.engine.verbs.handovers import HandoversFound
    from tenure.engine.verbs.place_tiers import PlacedFound
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.rows import Page
    from tenure.engine.verbs.save_portfolio import PortfolioSaved
    from tenure.engine.verbs.staffing import StaffingFound
    from tenure.figures.scope import Scope

__all__ = [
    "Account", "Away", "Balanced", "Capacity", "Caught", "Covered", "Crowd", "Giver", "Handover", "Headcount", "Held", "Item", "Lack", "Limit", "Month",
    "Move", "Outlook", "Part", "Person", "Placed", "Plan", "Range", "Rules", "Seen", "Shift", "Short", "Sought", "Staffed", "Tier", "Version", "Workload",
    "Workloads",
]  # fmt: skip


@dataclass(frozen=True)
class Workloads:
    """``held``: the books of everybody who has hours or accounts, by id; ``hours``: of each customer, ``capacities``: of each of
    them. ``spread``: the standard deviation of their loads; ``unheld``: the hours of customers that nobody of them has. ``logged``: whether contacts are
    logged. ``version``: of the rules. Money in the reporting currency.
    """

    day: date
    as_of: datetime
    currency: str
    held: tuple[Held, ...]
    accounts: dict[str, Account]
    people: dict[str, Person]
    hours: dict[str, Workload]
    capacities: dict[str, Capacity]
    spread: float
    unheld: Decimal
    logged: bool
    version: str
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Covered:
    """``lacks``: what accounts lack that their level asks for; ``crowds``: who has more accounts of a level than it allows. ``allowed``: the days
    without contact by level, and ``usual`` for any other.
    """

    day: date
    as_of: datetime
    currency: str
    accounts: dict[str, Account]
    people: dict[str, Person]
    lacks: tuple[Lack, ...]
    crowds: tuple[Crowd, ...]
    tiers: tuple[Tier, ...]
    allowed: dict[str, int]
    usual: int
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Balanced:
    """A proposal of moves that are meant to hold from ``holds`` on, and what is known of accounts and people in it. ``limit``: what keeps it from
    halving the spread of loads; null where it does.
    """

    as_of: datetime
    currency: str
    plan: Plan
    holds: date
    rules: Rules
    accounts: dict[str, Account]
    people: dict[str, Person]
    limit: Limit | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Headcount:
    """The months to come, and which regions, languages and skills lack hours now. ``sought``: the levels of skills that segments ask for."""

    as_of: datetime
    currency: str
    outlook: Outlook
    shortages: tuple[Short, ...]
    sought: tuple[Sought, ...]
    people: dict[str, Person]
    rules: Rules
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Version:
    """A version of the rules, since when it is in force or was, and who put it there. ``text``: word for word."""

    version: str
    at: datetime
    by: str
    text: str


class Staffed:
    """Verbs about people and their accounts. Each passes the scope on: through a narrow one there are only its own people."""

    home: Path
    scope: Scope

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def show(self, metric: str, *, start: str = "", end: str = "", window: str = "", by: Sequence[str] = ()) -> Result:
        """As of ``Sight``."""
        raise NotImplementedError

    def rows(self, name: str, *, columns: Any = (), where: Any = (), order: Any = (), limit: int = 50) -> Page:
        """As of ``Sight``."""
        raise NotImplementedError

    def portfolio(self) -> Rules:
        """The levels of service and rules of work in force. Raises ``UsageError`` with the line for a file that is wrong."""
        return rules_of(self.home)

    def portfolio_versions(self) -> tuple[Version, ...]:
        """The versions of the rules that were saved here, the latest first."""
        columns = ("version", "at", "by", "definition")
        found = self.rows("score_model", columns=columns, where=[("model", "equals", KEPT)], order=("-at", "-version"))
        return tuple(Version(row["version"], row["at"], row["by"] or "", row["definition"]) for row in found.rows)

    def place_tiers(self, text: str = "") -> PlacedFound:
        """What rules (``text``: as the file would have it; default: those in force) make of each customer, and what that changes. Nothing is
        changed. Raises ``UsageError`` for rules that are wrong, with the line.
        """
        from tenure.engine.verbs.place_tiers import PlaceTiers

        found: PlacedFound = self._call("place_tiers", PlaceTiers(text, self.scope))
        return found

    def save_portfolio(self, text: str, *, by: str, over: str = "") -> PortfolioSaved:
        """Put other rules in the place of those in force, which are kept under their version. Raises ``UsageError`` for rules that are
        wrong, and through a narrow scope.
        """
        from tenure.engine.verbs.save_portfolio import SavePortfolio

        found: PortfolioSaved = self._call("save_portfolio", SavePortfolio(text, by, over, self.scope))
        return found

    def workload(self) -> Workloads:
        """How many hours customers take a month, of what they are made, and how full people are."""
        found, rules = self._staffing(), self.portfolio()
        ground = ground_of(found, rules)
        held = tuple(books(found.accounts, ground.hours, ground.capacities).values())
        owned = {account.id for account in found.accounts if set(account.owners) & ground.capacities.keys()}
        loose = sum((ground.hours[one.id].hours for one in found.accounts if one.id not in owned), Decimal(0))
        return Workloads(
            found.day, found.as_of, found.currency, held, {one.id: one for one in found.accounts},
            {one.id: one for one in found.people}, dict(ground.hours), dict(ground.capacities), spread(held), loose,
            found.logged, rules.version, found.notes,
        )  # fmt: skip

    def coverage(self) -> Covered:
        """Which accounts lack what their level of service asks for."""
        from tenure.engine.causes import cadence
        from tenure.portfolio.coverage import crowds, exceptions

        found, rules = self._staffing(), self.portfolio()
        allowed, usual = cadence.of_tiers(self.home), config.read(self.home).relationship.coverage_days
        everybody = {one.id: one for one in found.people}
        lacks = exceptions(found.accounts, everybody, rules, allowed, usual, found.day)
        if self.scope.narrow:  # of an owner out of sight nothing can be said
            lacks = [one for one in lacks if one.kind != "owner_left" or one.owner in everybody]
        return Covered(
            found.day, found.as_of, found.currency, {one.id: one for one in found.accounts}, everybody, tuple(lacks),
            tuple(crowds(found.accounts, found.people, rules)), rules.tiers, allowed, usual, found.notes,
        )  # fmt: skip

    def balance(self, most: int | None = None) -> Balanced:
        """Which accounts should change hands so that people are about equally full, and what becomes of it. ``most``: how many at most (default: by the rules).
        Nothing is changed.
        """
        found, rules = self._staffing(), self.portfolio()
        holds = usual_day(found.day)
        ground = replace(ground_of(found, rules), holds=holds)
        plan = proposal(ground, most)
        return Balanced(
            found.as_of, found.currency, plan, holds, rules, {one.id: one for one in found.accounts},
            {one.id: one for one in found.people}, limit_of(ground, plan), found.notes,
        )  # fmt: skip

    def headcount(self, seen: Seen | None = None) -> Headcount:
        """How many people will be missing, month by month, and which regions, languages and skills lack hours now. ``seen``: at which level
        people are seen, by skill of ``growing.toml`` and by id; of whoever is not in it nothing is known.
        """
        from tenure.engine.growing_rules import rules as growing_rules
        from tenure.engine.grown import grown
        from tenure.portfolio.headcount import outlook, shortages
        from tenure.portfolio.skilled import sought

        found, rules = self._staffing(), self.portfolio()
        ground = ground_of(found, rules)
        past = grown(self.show, found.day, rules.hiring.history_months)
        held = [one for one in found.accounts if not one.pool]
        hours = sum((ground.hours[one.id].hours for one in held), Decimal(0))
        arr = sum((one.arr or Decimal(0) for one in held), Decimal(0))
        every = sum((one.arr or Decimal(0) for one in found.accounts), Decimal(0))
        past = [  # as many of those to come go to pools as of those of now
            replace(
                one, won=one.won * len(held) / len(found.accounts),
                new_arr=one.new_arr * float(arr / every) if every else 0.0,
            )
            for one in past if found.accounts
        ]  # fmt: skip
        owners = {owner for one in held for owner in one.owners}
        staff = [one for one in found.people if one.role == "csm" or one.id in owners]
        ahead = outlook(past, len(held), arr, hours, staff, rules, found.day)
        short = shortages(held, found.people, ground.hours, ground.capacities, rules)
        levels = sought(
            held, growing_rules(self.home).asked_by, seen or {}, found.people, ground.hours, ground.capacities
        )
        return Headcount(
            found.as_of, found.currency, ahead, tuple(short), tuple(levels), {one.id: one for one in found.people}, rules,
            found.notes,
        )  # fmt: skip

    def tell_absence(
        self, csm_id: str, first: date, last: date, *, by: str, message_id: str, cover: str = "", off: bool = False
    ) -> Recorded:
        """Say that somebody is away from one day to another, and who stands in; or that the absence which begins on the ``first`` is ``off``.
        Raises ``UsageError`` (``bad_absence``, with the field) for what makes no sense, and ``not_found`` for who is none of the scope's people.
        """
        from tenure.engine.verbs.tell_absence import TellAbsence

        request = TellAbsence(csm_id, first, last, by, message_id, cover, off, self.scope)
        answer: Recorded = self._call("tell_absence", request)
        return answer

    def handovers(self, *, days: int = 180, account: str = "") -> HandoversFound:
        """How complete hand-overs from sales are, of customers who came within so many ``days``, or of one ``account``. Raises ``UsageError``
        for a time that is too long.
        """
        from tenure.engine.verbs.handovers import Handovers

        found: HandoversFound = self._call("handovers", Handovers(days, account, self.scope))
        return found

    def _staffing(self) -> StaffingFound:
        from tenure.engine.verbs.staffing import Staffing

        found: StaffingFound = self._call("staffing", Staffing(self.scope))
        return found


def ground_of(found: StaffingFound, rules: Rules) -> Ground:
    """Hours of customers and of people. Whoever is no CSM counts where she has accounts."""
    hours = {one.id: hours_of(one, rules, found.day) for one in found.accounts}
    owners = {owner for one in found.accounts for owner in one.owners}
    capacities = {
        one.id: capacity_of(one, rules.time, found.day)
        for one in found.people
        if one.id in owners or (one.role == "csm" and one.here(found.day))
    }
    return Ground(found.accounts, found.people, hours, capacities, rules, found.day)
