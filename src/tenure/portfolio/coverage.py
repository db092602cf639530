"""Where accounts lack what their level of service asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenure.portfolio.known import Account, Person
from tenure.portfolio.rules import POOL, Rules

#: In the order in which they press.
KINDS = (
    "no_owner",
    "owner_left",
    "owner_leaving",
    "no_cover",
    "several_owners",
    "should_be_pool",
    "should_be_owned",
    "no_contact",
)
#: An absence without cover matters from so many days on.
_LONG_AWAY = 5


@dataclass(frozen=True)
class Lack:
    """What an account lacks. ``since``: since when; ``days``: for how long, or until when; ``allowed``: the days without contact that its level
    allows. ``owner``: who has it; ``until``: when the owner leaves or is back.
    """

    account: str
    kind: str
    owner: str
    since: date | None = None
    days: int | None = None
    allowed: int | None = None
    until: date | None = None


@dataclass(frozen=True)
class Crowd:
    """How many accounts of a level one person has, against how many one full-time person takes."""

    person: str
    tier: str
    accounts: int
    allowed: Decimal


def exceptions(
    accounts: Sequence[Account],
    people: Mapping[str, Person],
    rules: Rules,
    usual_days: Mapping[str, int],
    otherwise: int,
    day: date,
) -> list[Lack]:
    """All exceptions, those that press most first, and of these the accounts that pay most. ``usual_days``: after which a level lacks
    contact; ``otherwise``: after which any other does.
    """
    found = [
        (KINDS.index(one.kind), -(account.arr or Decimal(0)), account.id, one)
        for account in accounts
        for one in _of(account, people, rules, usual_days.get(account.tier or "", otherwise), day)
    ]
    return [one for *_, one in sorted(found, key=lambda each: each[:3])]


def _of(account: Account, people: Mapping[str, Person], rules: Rules, allowed: int, day: date) -> Iterator[Lack]:
    tier = rules.tier(account.tier)
    if account.pool:
        if tier.name in {one.name for one in rules.tiers} and tier.by != POOL:
            yield Lack(account.id, "should_be_owned", account.pool)
    elif not account.owner:
        yield Lack(account.id, "no_owner", "")
    else:
        yield from _of_owner(account, people.get(account.owner), rules.guards.leaving_days, day)
        if tier.by == POOL:
            yield Lack(account.id, "should_be_pool", account.owner)
    if len(account.owners) > 1:
        yield Lack(account.id, "several_owners", account.owner)
    last = account.any_contact
    begins = last or account.owned_since
    if begins is not None and (day - begins).days > allowed:
        yield Lack(account.id, "no_contact", account.owner or account.pool, last, (day - begins).days, allowed)


def _of_owner(account: Account, owner: Person | None, leaving: int, day: date) -> Iterator[Lack]:
    if owner is None or not owner.here(day):
        ended = owner.ends if owner else None
        yield Lack(account.id, "owner_left", account.owner, ended, (day - ended).days if ended else None)
        return
    if owner.ends is not None and owner.leaves_within(leaving, day):
        yield Lack(account.id, "owner_leaving", account.owner, until=owner.ends, days=(owner.ends - day).days)
    away = owner.away(day)
    if away and not away.cover and (away.ends - away.begins).days >= _LONG_AWAY:
        yield Lack(account.id, "no_cover", account.owner, away.begins, until=away.ends)


def crowds(accounts: Sequence[Account], people: Sequence[Person], rules: Rules) -> list[Crowd]:
    """Who has more accounts of a level than its ratio allows for the working time."""
    found = []
    counted = Counter((one.tier, owner) for one in accounts for owner in one.owners)
    for tier in rules.tiers:
        if tier.accounts_per_csm is None:
            continue
        for person in sorted(people, key=lambda one: one.id):
            held = counted[tier.name, person.id]
            allowed = tier.accounts_per_csm * (Decimal(1) if person.fte is None else person.fte)
            if held > allowed:
                found.append(Crowd(person.id, tier.name, held, allowed))
    return found
