"""What a metric is along the line: each unit's figure is of the accounts that its people owned, and the parts make the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tenure.core.period import Grain, last_complete
from tenure.engine.lines.line import COMPANY
from tenure.figures import kept
from tenure.figures.request import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from tenure.core.config import Settings
    from tenure.core.period import Period
    from tenure.engine.lines.line import Line, Unit
    from tenure.figures.figure import Figure
    from tenure.figures.scope import Scope

    Ask = Callable[[Asked], tuple[Figure, ...]]

#: ``unit``: of the line; ``own``: the accounts of who leads the unit above, or of somebody in it of whom nothing is asked; ``left``: of somebody who is here no more, in whose line they stay;
#: ``other``: of an owner who is nobody of us, as a pool; ``nobody``: that nobody owned.
Kind = Literal["unit", "own", "left", "other", "nobody"]
#: Of what happens in a period a month says little.
_WINDOW = "3m"


@dataclass(frozen=True)
class Part:
    """A figure of the line. ``id``: the unit's, or the owner's; ``above``: the unit that it is a part of. ``seen``: whoever asks sees all of its accounts;
    else there is no ``figure``, and none where nothing is owned.
    """

    kind: Kind
    id: str
    above: str
    seen: bool
    figure: Figure | None


@dataclass(frozen=True)
class Rolled:
    """The parts of a metric's figure in a period. ``adds_up``: whether numerators and denominators of the owners make those of the whole; null where
    it has none, as a median, or where something is held back.
    """

    metric: str
    unit: str
    period: Period
    window: str
    parts: tuple[Part, ...]
    adds_up: bool | None


def rolled(metric: str, unit: str, line: Line, scope: Scope, settings: Settings, ask: Ask, *, deep: bool) -> Rolled:
    """The figure of a unit, of those right below it or (``deep``) all below, and of what stands beside them.

    The accounts are those that each owned when it counted, whoever asks: a part of them that one happens to see would be another number for everybody.
    """
    entry, period = kept.entry(metric, settings), last_period(line.day, settings)
    window = entry.window if entry.window != "period" or entry.kind == "total" else _WINDOW
    question = Asked(metric, period.label, period.label, period.grain.value, window)
    by_owner = {each.slice["owner"] or "": each for each in ask(replace(question, by=("owner",)))}

    def of_unit(one: Unit) -> Part:
        owners = sorted(line.members(one.id) & by_owner.keys())
        if not _sees(scope, line, one.id):
            return Part("unit", one.id, one.above, seen=False, figure=None)
        if one.id != COMPANY and not owners:
            return Part("unit", one.id, one.above, seen=True, figure=None)
        if owners == [one.id]:
            return Part("unit", one.id, one.above, seen=True, figure=by_owner[one.id])
        where = () if one.id == COMPANY else tuple(("owner", owner) for owner in owners)
        return Part("unit", one.id, one.above, seen=True, figure=_one(ask, question, where))

    top = line.by_id[unit]
    below = [one for one in line.units if one.id != unit and one.carries and _under(one, unit, line, deep=deep)]
    parts = [of_unit(top)]
    for one in (top, *(below if deep else ())):
        parts += [of_unit(each) for each in below if each.above == one.id]
        parts += _beside(one, line, by_owner, scope)
    parts += _apart(line, by_owner, scope) if unit == COMPANY else []
    owned = by_owner if unit == COMPANY else {owner: by_owner[owner] for owner in line.members(unit) & by_owner.keys()}
    adds = parts[0].seen and entry.kind != "cases"
    return Rolled(
        metric, unit, period, window, tuple(parts), _adds_up(parts[0].figure, owned.values()) if adds else None
    )


def last_period(day: date, settings: Settings) -> Period:
    """The last month that was over on a day."""
    (period,) = last_complete(Grain.MONTH, 1, day + timedelta(days=1), settings.fiscal_year_start)
    return period


def _under(one: Unit, unit: str, line: Line, *, deep: bool) -> bool:
    if not deep or unit == COMPANY:
        return deep or one.above == unit
    return unit in line.above(one.id)


def _sees(scope: Scope, line: Line, unit: str) -> bool:
    return scope.owners is None or (unit != COMPANY and line.members(unit) <= set(scope.owners))


def _one(ask: Ask, question: Asked, where: tuple[tuple[str, str], ...]) -> Figure | None:
    found = ask(replace(question, where=where))
    return found[0] if len(found) == 1 else None


def _beside(unit: Unit, line: Line, by_owner: dict[str, Figure], scope: Scope) -> list[Part]:
    """What a unit's figure is made of besides the units below it: its leader's own accounts, and those of people who left."""
    found = []
    leader = unit.leads if unit.level != "person" else ""
    for owner in sorted(line.members(unit.id) & by_owner.keys()):
        place = line.unit(owner)
        if place in line.by_id and line.by_id[place].carries and owner != leader:
            continue
        above = next(
            (place for place in map(line.unit, line.above(owner)) if place in line.by_id and line.by_id[place].carries),
            COMPANY,
        )
        if owner == leader or above == unit.id:
            sees = scope.owners is None or owner in scope.owners
            kind: Kind = "own" if owner == leader or line.people[owner].here else "left"
            found.append(Part(kind, owner, unit.id, sees, by_owner[owner] if sees else None))
    return found


def _apart(line: Line, by_owner: dict[str, Figure], scope: Scope) -> list[Part]:
    """What no reporting line holds. Only whoever sees everything sees it."""
    if scope.owners is not None:
        return []
    kinds: Iterable[tuple[Kind, str]] = (
        ("nobody" if owner == "" else "other", owner) for owner in sorted(by_owner) if owner not in line.people
    )
    return [Part(kind, owner, COMPANY, seen=True, figure=by_owner[owner]) for kind, owner in kinds]


def _adds_up(whole: Figure | None, parts: Iterable[Figure]) -> bool | None:
    each: Sequence[Figure] = list(parts)
    if whole is None or whole.numerator is None or any(one.numerator is None for one in each):
        return None
    sums = [(whole.numerator, [one.numerator for one in each])]
    if whole.denominator is not None:
        sums.append((whole.denominator, [one.denominator for one in each]))
    return all(
        _near(total, sum((one or Decimal(0) for one in summed), Decimal(0)), len(each)) for total, summed in sums
    )


def _near(total: Decimal, summed: Decimal, count: int) -> bool:
    """Whether a sum is the whole, but for the rounding of each part."""
    return abs(total - summed) <= Decimal("0.01") * max(count, 1)
