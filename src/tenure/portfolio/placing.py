"""Which level of service each account gets: the first rule that catches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenure.portfolio.rules import Rules


@dataclass(frozen=True)
class Candidate:
    """A customer: what it is now, and what it pays."""

    id: str
    name: str
    value: str | None
    arr: Decimal | None


@dataclass(frozen=True)
class Caught:
    """What one rule does. ``matches``: customers of which its conditions hold; ``accounts``, ``arr``: those that no rule before caught;
    ``has``: how many have the level now; ``comes``, ``goes``: how many would come to it and go from it. ``name`` empty: what no rule
    catches.
    """

    name: str
    matches: int
    accounts: int
    arr: Decimal
    has: int
    comes: int
    goes: int


@dataclass(frozen=True)
class Shift:
    """An account that would have another level."""

    account: str
    name: str
    before: str | None
    after: str
    arr: Decimal | None


@dataclass(frozen=True)
class Placed:
    """``levels``: in the order of the file, then what no rule catches. ``shifts``: those that pay most first."""

    levels: tuple[Caught, ...]
    shifts: tuple[Shift, ...]
    accounts: int
    arr: Decimal


def placed(candidates: Sequence[Candidate], matches: Mapping[str, frozenset[str]], rules: Rules) -> Placed:
    """Where every customer comes to. ``matches``: by level, whom its conditions hold of."""
    target: dict[str, str] = {}
    for tier in rules.tiers:
        for account in matches.get(tier.name, frozenset()):
            target.setdefault(account, tier.name)
    new = {one.id: target.get(one.id) or rules.otherwise or (one.value or "") for one in candidates}
    names = [tier.name for tier in rules.tiers]
    names += [rules.otherwise] if rules.otherwise and rules.otherwise not in names else []
    levels = [_caught(name, candidates, matches, new, target, rules) for name in names]
    rest = [one for one in candidates if new[one.id] not in names]
    if rest:
        levels.append(Caught("", len(rest), len(rest), _sum(rest), len(rest), 0, 0))
    shifts = [
        Shift(one.id, one.name, one.value, new[one.id], one.arr)
        for one in candidates
        if new[one.id] != (one.value or "")
    ]
    shifts.sort(key=lambda one: (-(one.arr or Decimal(0)), one.account))
    return Placed(tuple(levels), tuple(shifts), len(candidates), _sum(candidates))


def _caught(
    name: str, candidates: Sequence[Candidate], matches: Mapping[str, frozenset[str]], new: Mapping[str, str],
    target: Mapping[str, str], rules: Rules,
) -> Caught:  # fmt: skip
    mine = [one for one in candidates if new[one.id] == name]
    has = [one for one in candidates if one.value == name]
    holds = matches.get(name, frozenset())
    known = sum(one.id in holds for one in candidates)
    if name == rules.otherwise:
        known += sum(one.id not in target for one in candidates)
    return Caught(
        name,
        known,
        len(mine),
        _sum(mine),
        len(has),
        sum(one.value != name for one in mine),
        sum(new[one.id] != name for one in has),
    )


def _sum(candidates: Sequence[Candidate]) -> Decimal:
    return sum((one.arr or Decimal(0) for one in candidates), Decimal(0))
