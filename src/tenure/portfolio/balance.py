"""Which accounts to move between people so that hours are spread more evenly, and what may not be done for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import pstdev
from typing import NamedTuple

from tenure.core.period import add_months, months_between
from tenure.portfolio.known import Account, Person
from tenure.portfolio.pair import Pair, Side
from tenure.portfolio.rules import Rules
from tenure.portfolio.workload import Capacity, Held, Workload, books, capacity_of

LOAD, LEFT, LEAVING, UNOWNED = "load", "left", "leaving", "unowned"
#: An account stays for one of these reasons, the first that holds.
STAYS = ("shared", "pool", "planned", "renewal", "settled", "nobody")
#: Half of the spread is what a proposal is meant to take away; where it would not, all but the evenness of hours weighs so much less, if that helps.
HALF, EASED = 0.5, 0.25
#: So long a relation counts, and a contact is recent.
_LONG, _RECENT = 24, 45


@dataclass(frozen=True)
class Move:
    """An account that changes hands. ``why``: ``load``, or the owner ``left``, is ``leaving``, or there is none (``unowned``).
    ``region``, ``language``, ``skills``: in what whoever takes over fits; null where that is not known of both. ``months``: since when the owner has it;
    ``cost``: what the relation costs, from 1 on.
    """

    account: str
    giver: str
    taker: str
    why: str
    hours: Decimal
    arr: Decimal | None
    at_risk: Decimal
    region: str | None
    language: str | None
    skills: tuple[str, ...]
    renewal: date | None
    months: int
    contacts: int
    last_contact: date | None
    champion: bool
    cost: Decimal


@dataclass(frozen=True)
class Plan:
    """``before``, ``after``: the books of everybody who has hours or accounts. ``spread``: the standard deviation of their loads.
    ``most``: how many accounts could move at most. ``stays``: how many accounts could not move, by reason. ``waits``: those that should change hands, but may not.
    """

    day: date
    moves: tuple[Move, ...]
    most: int
    before: tuple[Held, ...]
    after: tuple[Held, ...]
    spread_before: float
    spread_after: float
    stays: dict[str, int]
    waits: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Ground:
    """What a proposal stands on. ``holds``: from when on moves are meant to hold. ``past``: the guards that are looked past, to see what they hold back."""

    accounts: Sequence[Account]
    people: Sequence[Person]
    hours: Mapping[str, Workload]
    capacities: Mapping[str, Capacity]
    rules: Rules
    day: date
    holds: date | None = None
    past: frozenset[str] = frozenset()


def proposal(ground: Ground, most: int | None = None) -> Plan:
    """The moves that spread hours most evenly, for what they cost; cost counts less where the spread is not halved, and would be then. ``most``: how many at most (default: by the rules).

    What comes in which order changes nothing.
    """
    from tenure.portfolio.solver import chosen  # with numpy and scipy, which take their time

    accounts = sorted(ground.accounts, key=lambda one: one.id)
    allowed = int(ground.rules.guards.most_moves * len(accounts)) if most is None else most
    before, sides, pairs, stays, waits = options(ground)
    people = {one.id: one for one in ground.people}
    by_id = {one.id: one for one in accounts}
    made: list[tuple[tuple[Move, ...], dict[str, Held]]] = []
    for ease in (1.0, EASED):
        picked = chosen(pairs, sides, allowed, ground.rules.guards, ease)
        moves = tuple(_move(pair, by_id[pair.account], ground, people) for pair in picked)
        made.append((moves, books(applied(accounts, moves), ground.hours, ground.capacities)))
        if spread(made[-1][1].values()) <= HALF * spread(before.values()):
            break
    else:
        made = made[:1]
    moves, after = made[-1]
    return Plan(
        ground.day, moves, allowed, tuple(before.values()), tuple(after.values()), spread(before.values()), spread(after.values()),
        stays, waits,
    )  # fmt: skip


class Options(NamedTuple):
    """What can be chosen from: the books as they are, where everybody stands, who could take what; how many accounts stay, by reason, and which wait."""

    before: dict[str, Held]
    sides: dict[str, Side]
    pairs: list[Pair]
    stays: dict[str, int]
    waits: tuple[tuple[str, str, str], ...]


def options(ground: Ground) -> Options:
    """What the guards leave to choose from."""
    people = {one.id: one for one in sorted(ground.people, key=lambda one: one.id)}
    accounts = sorted(ground.accounts, key=lambda one: one.id)
    takers = [one for one in people.values() if may_take(one, ground)]
    before = books(accounts, ground.hours, ground.capacities)
    sides = _sides(before, takers, accounts, ground)
    return Options(before, sides, *_pairs(accounts, people, takers, sides, ground))


def applied(accounts: Iterable[Account], moves: Iterable[Move]) -> list[Account]:
    """The accounts after the moves."""
    to = {move.account: move.taker for move in moves}
    return [replace(one, owner=to[one.id], owners=(to[one.id],)) if one.id in to else one for one in accounts]


def spread(held: Iterable[Held]) -> float:
    """The standard deviation of the loads of those who have capacity."""
    loads = [float(one.load) for one in held if one.load is not None]
    return pstdev(loads) if loads else 0.0


def usual_day(day: date) -> date:
    """From when on moves are meant to hold: the first day of the next month, if that is a week away at least; else of the one after."""
    first = add_months(day.replace(day=1), 1)
    return first if (first - day).days >= 7 else add_months(first, 1)


def may_take(person: Person, ground: Ground) -> bool:
    """Whether somebody can be given an account."""
    guards, day = ground.rules.guards, ground.day
    capacity = ground.capacities.get(person.id)
    if capacity is None or not capacity.hours or not person.here(day) or capacity.away > guards.absent_share:
        return False
    if capacity_of(person, ground.rules.time, ground.holds or day).away > guards.absent_share:
        return False
    return person.role == "csm" and not person.leaves_within(guards.leaving_days, day)


def why_of(account: Account, people: Mapping[str, Person], ground: Ground) -> str:
    """Why an account would move."""
    if not account.owner:
        return UNOWNED
    owner = people.get(account.owner)
    if owner is None or not owner.here(ground.day):
        return LEFT
    return LEAVING if owner.leaves_within(ground.rules.guards.leaving_days, ground.day) else LOAD


def stays_for(account: Account, why: str, ground: Ground) -> str:
    """Which guard keeps an account where it is; empty: none."""
    guards, day = ground.rules.guards, ground.day
    if len(account.owners) > 1:
        return "shared"
    if account.pool:
        return "pool"
    if account.planned:
        return "planned"
    near = timedelta(days=guards.renewal_days)
    if (
        "renewal" not in ground.past
        and account.renewal
        and day - near <= account.renewal <= (ground.holds or day) + near
    ):
        return "renewal"
    if (
        "settled" not in ground.past
        and why == LOAD
        and account.owned_since
        and day - account.owned_since < timedelta(days=guards.settled_days)
    ):
        return "settled"
    return ""


def fits(account: Account, person: Person, rules: Rules, owner: Person | None = None) -> bool:
    """Whether region, language and skills let a person look after an account. What is not known is no hindrance, but skills that
    are asked for must be there. A language that the ``owner`` of now does not speak either may be missing: nothing is lost.
    """
    if account.region and person.region and account.region != person.region:
        return False
    if not speaks(person, account.language) and (owner is None or speaks(owner, account.language)):
        return False
    return set(rules.tier(account.tier).skills) <= set(person.skills or ())


def speaks(person: Person, language: str | None) -> bool:
    """Whether somebody speaks a language, as far as is known."""
    return not language or person.languages is None or spoken(language) in map(spoken, person.languages)


def spoken(tag: str) -> str:
    """A language without its region: ``de`` of ``de-AT``."""
    return tag.replace("_", "-").partition("-")[0].lower()


def relation(account: Account, ground: Ground) -> Decimal:
    """What it costs to part an account from its owner: 1, and up to 3 times ``guards.relation`` more for a long relation, a recent
    contact and a champion who has one.
    """
    if not account.owner:
        return Decimal(1)
    fresh = account.last_contact is not None and (ground.day - account.last_contact).days <= _RECENT
    long = Decimal(min(_months(account, ground.day), _LONG)) / _LONG
    ties = long + (1 if fresh else 0) + (1 if fresh and account.champion else 0)
    return (1 + ground.rules.guards.relation * ties).quantize(Decimal("0.01"))


def _months(account: Account, day: date) -> int:
    since = account.owned_since
    return max(0, months_between(since, day)) if since else 0


def _sides(
    before: Mapping[str, Held], takers: Sequence[Person], accounts: Sequence[Account], ground: Ground
) -> dict[str, Side]:
    """Where everybody with capacity stands against the mean of all."""
    loose = [one for one in accounts if not one.pool and not any(owner in before for owner in one.owners)]
    able = {one.person: one for one in before.values() if one.capacity}
    capacity = sum((float(one.capacity) for one in able.values()), 0.0)
    stuck = [one for one in before.values() if not one.capacity]

    def mean(of_books: float, of_loose: float) -> float:
        return (of_books + of_loose) / capacity if capacity else 0.0

    means = (
        mean(
            sum(float(one.hours) for one in (*able.values(), *stuck)),
            sum(float(ground.hours[a.id].hours) for a in loose),
        ),
        mean(sum(float(one.arr) for one in (*able.values(), *stuck)), sum(float(a.arr or 0) for a in loose)),
        mean(sum(float(one.at_risk) for one in (*able.values(), *stuck)), sum(float(a.at_risk) for a in loose)),
    )
    taking = {one.id for one in takers}
    return {
        person: Side(
            person, float(one.capacity), (float(one.hours), float(one.arr), float(one.at_risk)), means, person in taking
        )
        for person, one in able.items()
    }


def _pairs(
    accounts: Sequence[Account],
    people: Mapping[str, Person],
    takers: Sequence[Person],
    sides: Mapping[str, Side],
    ground: Ground,
) -> tuple[list[Pair], dict[str, int], tuple[tuple[str, str, str], ...]]:
    """Who could take which account; how many stay, by reason; and which should move but cannot: account, why, what hinders."""
    pairs: list[Pair] = []
    stays, waits = dict.fromkeys(STAYS, 0), []
    for account in accounts:
        why = why_of(account, people, ground)
        if account.pool:
            stays["pool"] += 1
            continue
        hinders = stays_for(account, why, ground)
        fitting = [] if hinders else _fitting(account, people, takers, ground)
        hinders = hinders or ("" if fitting else "nobody")
        if hinders:
            stays[hinders] += 1
            if why != LOAD:
                waits.append((account.id, why, hinders))
            continue
        giver = sides.get(account.owner)
        if why == LOAD and (giver is None or giver.over <= 0):
            continue
        weight = (float(ground.hours[account.id].hours), float(account.arr or 0), float(account.at_risk))
        pairs += [
            Pair(account.id, account.owner, one.id, weight, float(relation(account, ground)), why != LOAD)
            for one in fitting
            if why != LOAD or sides[one.id].over < 0
        ]
    return pairs, stays, tuple(waits)


def _fitting(account: Account, people: Mapping[str, Person], takers: Sequence[Person], ground: Ground) -> list[Person]:
    """Who could look after an account in the place of its owner."""
    others, owner = [one for one in takers if one.id != account.owner], people.get(account.owner)
    return others if "nobody" in ground.past else [one for one in others if fits(account, one, ground.rules, owner)]


def _move(pair: Pair, account: Account, ground: Ground, people: Mapping[str, Person]) -> Move:
    taker = people[pair.taker]
    return Move(
        account.id, account.owner, taker.id, why_of(account, people, ground), ground.hours[account.id].hours, account.arr,
        account.at_risk, account.region if taker.region else None, account.language if taker.languages and speaks(taker, account.language) else None,
        ground.rules.tier(account.tier).skills, account.renewal, _months(account, ground.day), account.contacts,
        account.last_contact, account.champion, relation(account, ground),
    )  # fmt: skip
