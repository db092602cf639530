"""A figure taken apart by account: what each adds to it, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tenure.core.money import SCALE
from tenure.figures import kept
from tenure.figures.answer import rows_behind
from tenure.figures.request import by_months, months_within, with_compared

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.figures.reader import Reader
    from tenure.figures.request import Request

#: An account's id. None: rows of no account, and those that must not tell whose they are.
Key = str | None
Parts = dict[Key, Fraction]
#: The steps of a figure that is compounded, by their name: the parts of each one's numerator and denominator.
Steps = dict[tuple[str, ...], tuple[Parts, Parts]]


@dataclass
class Apart:
    """A figure by account.

    ``num``, ``den``: the parts of its sums (of a total only ``num``), in the units in which they are shown.
    ``pieces``: the parts of its value, which is ``base`` and all of them. ``divides``: the value is nothing but the one
    sum over the other, times ``factor``. ``steps``: how many an account was counted in. ``excluded``: an account's rows that do not count, by
    reason. ``names``: of the accounts. ``members``: the accounts that a key stands for, where these are several.
    ``masked``: some rows must not tell whose they are. ``money``: what ``num`` is in.
    """

    base: Fraction = Fraction(0)
    factor: Fraction = Fraction(1)
    divides: bool = False
    num: Parts = field(default_factory=dict)
    den: Parts = field(default_factory=dict)
    pieces: Parts = field(default_factory=dict)
    steps: dict[Key, int] = field(default_factory=dict)
    excluded: dict[Key, Counter[str]] = field(default_factory=dict)
    names: dict[Key, str] = field(default_factory=dict)
    members: dict[Key, set[Key]] = field(default_factory=dict)
    masked: bool = False
    money: bool = False

    @cached_property
    def sums(self) -> tuple[Fraction, Fraction]:
        """The numerator and the denominator."""
        return sum(self.num.values(), Fraction(0)), sum(self.den.values(), Fraction(0))

    @cached_property
    def most_steps(self) -> int:
        """How many steps there are of whoever was there all the time."""
        return max(self.steps.values(), default=0)

    def together(self, heads: Mapping[str, str]) -> Apart:
        """The same by what stands for each account (``heads``); an account that is not named stands for itself."""

        def head(key: Key) -> Key:
            return heads.get(key, key) if key else None

        def added(parts: Parts) -> Parts:
            found: Parts = {}
            for key, part in parts.items():
                found[head(key)] = found.get(head(key), Fraction(0)) + part
            return found

        one = replace(
            self, num=added(self.num), den=added(self.den), pieces=added(self.pieces), excluded={}, members={}
        )
        for key in self.names:
            one.members.setdefault(head(key), set()).add(key)
        for key, reasons in self.excluded.items():
            one.excluded.setdefault(head(key), Counter()).update(reasons)
        return one


def apart(request: Request, reader: Reader, settings: Settings) -> dict[tuple[Any, ...], Apart]:
    """The figures of a request's last period, taken apart, by slice. Nothing of times and products, which are no sums."""
    monthly, (span, _) = by_months(request), request.spans[-1]
    # With the period before it, as the figure is asked: facts that were made for that need not be made again.
    spans = with_compared(request, settings)
    inside = {span.period.start}
    if monthly:
        spans = months_within(spans, settings, request.moment.now)
        inside = {m.period.start for m, _ in spans if span.opens_day <= m.opens_day and m.closes_day <= span.closes_day}
        request = replace(request, question=replace(request.question, grain="month", window="period"))
    plan = kept.plan(request.question, reader.ground, settings)
    if plan.kind not in ("ratio", "total"):
        return {}
    slices: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows_behind(replace(request, spans=spans), reader, settings):
        if row["period"] not in inside:
            continue
        slices.setdefault(tuple(row[f"by_{name}"] for name in plan.by), []).append(row)
    if not plan.by:
        slices.setdefault((), [])
    return {of: _taken(rows, plan, monthly=monthly) for of, rows in slices.items()}


def _taken(rows: Iterable[Mapping[str, Any]], plan: Plan, *, monthly: bool) -> Apart:
    found, steps = Apart(), Steps()
    for row in rows:
        hidden = bool(plan.respondents and row.get("is_anonymous"))
        found.masked = found.masked or hidden
        key = None if hidden else row.get("account_id")
        if key is not None:
            found.names[key] = row.get("account") or key
        if row["excluded"] is not None:
            if row["excluded"]:
                found.excluded.setdefault(key, Counter())[row["excluded"]] += 1
            continue
        weight = Fraction(row["weight"]) / plan.scale
        parts = [Fraction(row[name] or 0) * weight for name in plan.adds]
        step = (str(row["period"]) if monthly else "", str(row[plan.steps]) if plan.steps else "")
        for into, part in zip(steps.setdefault(step, ({}, {})), parts, strict=False):
            into[key] = into.get(key, Fraction(0)) + part
        found.steps.setdefault(key, 0)
    _put(found, plan, steps, monthly=monthly)
    return found


def _put(found: Apart, plan: Plan, steps: Steps, *, monthly: bool) -> None:
    """Work out the parts of the sums and of the value from the steps."""
    found.money = plan.money_num or (plan.kind == "total" and plan.unit == "money")
    num_unit = SCALE if found.money else 1
    den_unit = SCALE if plan.money_den else plan.den_parts
    for nums, dens in steps.values():
        for key in nums:
            found.steps[key] += 1
            found.num[key] = found.num.get(key, Fraction(0)) + nums[key] / num_unit
            if plan.kind == "ratio":
                found.den[key] = found.den.get(key, Fraction(0)) + dens[key] / den_unit
    if plan.kind == "total":
        found.pieces = dict(found.num)
        return
    found.divides = not (monthly or plan.steps)
    found.factor = Fraction(100 if plan.unit == "points" else 1)
    found.base = Fraction(0 if plan.complement else 1) * found.factor
    for key, part in _compounded(steps if not found.divides else {("", ""): (found.num, found.den)}, plan).items():
        found.pieces[key] = part * found.factor


def _compounded(steps: Steps, plan: Plan) -> Parts:
    """What each account adds to the ratio compounded over its steps: to one minus what is kept, where that is its value.

    Each step multiplies what is kept so far by its ratio; the difference that makes divides over the step's accounts.
    """
    kept_so_far, pieces = Fraction(1), Parts()
    for _, (nums, dens) in sorted(steps.items()):
        base = sum(dens.values(), Fraction(0))
        if not base:
            continue
        for key in nums:
            part = nums[key] if plan.complement else nums[key] - dens[key]
            pieces[key] = pieces.get(key, Fraction(0)) + kept_so_far * part / base
        ratio = sum(nums.values(), Fraction(0)) / base
        kept_so_far *= 1 - ratio if plan.complement else ratio
    return pieces
