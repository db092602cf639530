"""The effect of a play of which nobody was held out: against accounts on which it was not, or not yet, tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.core.errors import DataError
from tenure.core.period import Grain, add_months, local_day, months_between
from tenure.scores.effect.by_hold_out import NOT_OVER
from tenure.scores.effect.found import Effect, Group
from tenure.scores.effect.staggered import NEVER, Panel, changed, staggered
from tenure.scores.effect.trial import detectable
from tenure.scores.effect.values import month_spans, of_metric

if TYPE_CHECKING:
    from datetime import date

    from tenure.figures.request import Request
    from tenure.scores.effect.found import Standing
    from tenure.scores.effect.measured import Terms
    from tenure.scores.effect.plays import Assigned
    from tenure.scores.effect.staggered import Staggered
    from tenure.scores.effect.values import Values

#: Months before that are looked at, at least: with fewer nothing is told of how both went.
_LEAST_BEFORE = 3
#: Below this the two groups did not go alike before.
_APART = 0.05
_HOW = "Student's t, clustered by account"
_NOT_THERE = "no customers throughout the months before"


@dataclass(frozen=True)
class _Laid:
    """The panel, and how many of the treated have months that are not over."""

    panel: Panel
    running: int


def measured(play: Assigned, terms: Terms, request: Request, values: Values) -> Effect:
    """How the gap between treated and others changed; with too few others, how the treated changed.

    Raises ``DataError`` where the treated are too few, or have no value before that could be otherwise.
    """
    before = max(terms.months, _LEAST_BEFORE)
    laid = _laid(play, terms, before, request, values)
    found = staggered(laid.panel, before, terms.months)
    if found and min(found.treated, found.others) >= terms.least:
        return _compared(play, terms, before, request, found, laid)
    return _alone(play, terms, before, request, laid, found.others if found else 0)


def _compared(play: Assigned, terms: Terms, before: int, request: Request, found: Staggered, laid: _Laid) -> Effect:
    standing, because = _standing(found, before)
    low, high = found.interval.low, found.interval.high
    tells = low is not None and high is not None and not low <= 0 <= high
    otherwise = found.means[1] - found.effect
    return Effect(
        play=play.play.play, metric=request.entry.slug, unit=request.entry.unit, better=request.entry.better,
        months=terms.months, method="difference_in_differences", standing=standing, because=because,
        effect=found.effect, low=low, high=high, relative=found.effect / abs(otherwise) if otherwise else None,
        smallest=None if tells else detectable(low, high), how=_HOW,
        groups=(
            Group("treated", play.play.treated, found.treated, found.means[1], found.means[0]),
            Group("others", found.others, found.others, found.means[3], found.means[2]),
        ),
        months_before=before, cohorts=found.cohorts, alike_before=found.alike_before, steps=found.steps,
        left_out=_left_out(laid, found.passed_over), notes=tuple(_notes(play, terms)),
    )  # fmt: skip


def _standing(found: Staggered, before: int) -> tuple[Standing, str]:
    if found.alike_before is None:
        return "not_causal", "whether both went alike before cannot be tested: nothing could change there"
    if found.alike_before < _APART:
        return "not_causal", (
            f"treated and others went apart already in the {before} months before (p = {found.alike_before:.2g}): the "
            "difference goes on what had begun"
        )
    return "conditional", (
        "it is the effect if without the play both would have changed alike; in the months before they did "
        f"(p = {found.alike_before:.2f})"
    )


def _notes(play: Assigned, terms: Terms) -> list[str]:
    few = play.play.held_out
    told = ["Month 0 is the one in which the play began; it counts as after."]
    if few:
        told.append(f"Only {few} were held out, and a hold-out needs {terms.least}: they stand among the others.")
    return told


def _left_out(laid: _Laid, passed_over: int) -> dict[str, int]:
    found = {NOT_OVER: laid.running, _NOT_THERE: passed_over - laid.running}
    return {reason: count for reason, count in found.items() if count > 0}


def _alone(play: Assigned, terms: Terms, before: int, request: Request, laid: _Laid, others: int) -> Effect:
    """Before and after, of the treated alone: what would have happened anyway is in it."""
    found = changed(laid.panel, before, terms.months)
    accounts = found[4] if found else 0
    if found is None or accounts < terms.least:
        raise DataError(
            f"There are {accounts:,} treated accounts that were customers throughout the {before} months before and have "
            f"{terms.months} months behind them; {terms.least} are needed.", code="too_few_accounts",
            fix=f"The months of {laid.running:,} are not over: ask for fewer (--months), or later." if laid.running
            else "Try the play on more accounts, and hold some out by lot.",
        )  # fmt: skip
    was, became, gap, interval, _ = found
    if request.entry.counted and was in (0, 1):
        raise DataError(
            f"Before the play {request.entry.slug} was {was * 100:.0f} % for all who were treated, as it could not be otherwise: "
            "before and after tell nothing.", code="nothing_to_compare",
            fix=f"Hold some accounts out by lot: {terms.least} at least.",
        )  # fmt: skip
    return Effect(
        play=play.play.play, metric=request.entry.slug, unit=request.entry.unit, better=request.entry.better,
        months=terms.months, method="before_after", standing="not_causal",
        because=f"{others} other accounts can be laid beside the treated, and {terms.least} are needed: this is only what "
        "changed",
        effect=gap, low=interval.low, high=interval.high, relative=gap / abs(was) if was else None, smallest=None, how=_HOW,
        groups=(Group("treated", play.play.treated, accounts, became, was),),
        months_before=before, left_out=_left_out(laid, play.play.treated - accounts), notes=tuple(_notes(play, terms)),
    )  # fmt: skip


# Laying the panel


def _laid(play: Assigned, terms: Terms, before: int, request: Request, values: Values) -> _Laid:
    """Everybody's months, from those before the first treatment to those after the last, as far as they are over."""
    began = {a: day.replace(day=1) for a, arm, day in zip(play.accounts, play.treated, play.days, strict=True) if arm}
    if not began:
        raise DataError(
            "The play was tried on nobody.", code="too_few_accounts", fix="Load the accounts that were treated."
        )
    this_month = local_day(request.moment.now, values.settings.timezone).replace(day=1)
    first = add_months(min(began.values()), -before)
    last = min(add_months(max(began.values()), terms.months - 1), add_months(this_month, -1))
    spans = month_spans(first, max(first, last), values.settings, request)
    months = {pair[0].period.start: place for place, pair in enumerate(spans)}
    outcome = values.read(request, spans, Grain.MONTH)
    money = values.read(of_metric(request, "mrr"), spans, Grain.MONTH)
    accounts = sorted({*began, *(account for account, _ in (*money, *outcome))})
    place = {account: row for row, account in enumerate(accounts)}
    shape = len(accounts), len(months)
    num, den, paid = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for into, rows, part in ((num, outcome, "num"), (den, outcome, "den"), (paid, money, "num")):
        _fill(into, rows, part, place, months)
    if values.plan(request).kind == "total":
        den[:] = 1.0
    begins = np.full(len(accounts), NEVER)
    for account, month in began.items():
        begins[place[account]] = months_between(first, month)
    running = sum(add_months(month, terms.months) > this_month for month in began.values())
    return _Laid(Panel(num, den, paid > 0, begins), running)


def _fill(into: Any, rows: Any, part: str, place: dict[str, int], months: dict[date, int]) -> None:
    if rows:
        at = np.array([(place[account], months[period]) for account, period in rows])
        into[at[:, 0], at[:, 1]] = [row[part] for row in rows.values()]
