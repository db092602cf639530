"""The effect of a play of which accounts were held out by lot."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.core.errors import DataError
from tenure.core.period import Grain
from tenure.scores.effect.balance import SUSPECT, Balance, as_planned, balance, same_share
from tenure.scores.effect.found import Effect, Group, Split
from tenure.scores.effect.trial import Outcome, contrast, detectable, kind_of
from tenure.scores.effect.values import of_metric, window_before, window_from

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from tenure.figures.reader import SpanPair
    from tenure.figures.request import Request
    from tenure.scores.effect.found import Standing
    from tenure.scores.effect.measured import Terms
    from tenure.scores.effect.plays import Assigned
    from tenure.scores.effect.trial import Arm, Contrast
    from tenure.scores.effect.values import Key, Values

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

NOT_OVER = "their months are not over"
_LOT = "a lot decided who was treated: but for chance the arms differ by nothing else"
#: Segments shown one by one; the others together say too little to look at.
_SEGMENTS = 5
_DAYS_OF_A_MONTH = 365.25 / 12


def measured(play: Assigned, terms: Terms, request: Request, values: Values) -> Effect:
    """Treated minus held out, in the months after each account's own day. Raises ``DataError`` where either are too few."""
    now, settings = request.moment.now, values.settings
    windows = {day: window_from(day, terms.months, settings) for day in sorted(set(play.days))}
    over = [windows[day][0].closes <= now for day in play.days]
    keys = [key for key, done in zip(zip(play.accounts, play.days, strict=True), over, strict=True) if done]
    treated = np.array([arm for arm, done in zip(play.treated, over, strict=True) if done], dtype=bool)
    spans = tuple(pair for pair in windows.values() if pair[0].closes <= now)
    _check_enough("whose months are over", int(treated.sum()), int((~treated).sum()), terms, len(over) - len(keys))
    plan = values.plan(request)
    outcome = _outcome(
        values.read(request, spans, Grain.DAY, keys), keys, plan.spread == "wilson", plan.kind == "total"
    )
    earlier = _earlier(request, values, spans, keys)
    found = contrast(outcome, treated, earlier if outcome.kind == "mean" else None)
    _check_enough(
        "that the metric counts", found.treated.accounts, found.held_out.accounts, terms, len(over) - len(keys)
    )
    alike = _balance(request, values, spans, keys, treated, earlier)
    split = Split(float(treated.mean()), terms.planned, _uneven(treated, terms.planned), _lots(keys, treated))
    left_out = {NOT_OVER: len(over) - len(keys)} if len(over) > len(keys) else {}
    return _told(play, terms, request, found, alike, split, left_out)


def _told(
    play: Assigned, terms: Terms, request: Request, found: Contrast, alike: Balance, split: Split,
    left_out: dict[str, int],
) -> Effect:  # fmt: skip
    standing, because = _standing(alike, split)
    other = found.held_out.value
    tells = found.low is not None and found.high is not None and not found.low <= 0 <= found.high
    return Effect(
        play=play.play.play, metric=request.entry.slug, unit=request.entry.unit, better=request.entry.better,
        months=terms.months, method="hold_out", standing=standing, because=because,
        effect=found.effect, low=found.low, high=found.high,
        relative=found.effect / abs(other) if found.effect is not None and other else None,
        smallest=None if tells else detectable(found.low, found.high), how=found.how,
        groups=(_group("treated", found.treated), _group("held_out", found.held_out)),
        balance=alike, split=split, left_out=left_out, warnings=tuple(_warnings(found, alike, split.lots)), plain=found.plain,
    )  # fmt: skip


def _standing(alike: Balance, split: Split) -> tuple[Standing, str]:
    if split.p is not None and split.p < SUSPECT:
        return "not_causal", (
            f"{_percent(split.share)} were treated where {_percent(split.planned)} were planned: a lot does not do that, "
            "so something else chose"
        )
    if alike.suspect:
        return "conditional", "it is the effect if a lot decided who was treated, which the arms before make doubtful"
    return "causal", _LOT


def _group(name: Any, arm: Arm) -> Group:
    return Group(name, arm.assigned, arm.accounts, arm.value, None, arm.low, arm.high)


def _warnings(found: Contrast, alike: Balance, lots: float | None) -> list[str]:
    told = []
    if alike.suspect:
        told.append(
            f"Before the play the arms differ by more than chance (p = {alike.p:.2g}): see how the accounts were chosen."
        )
    if lots is not None and lots < SUSPECT:
        told.append(
            f"The share that was treated differs between the months of the lot (p = {lots:.2g}): what else changed over time "
            "is then between the arms, too."
        )
    one, other = found.treated, found.held_out
    p = same_share(np.array([one.accounts, other.accounts]), np.array([one.assigned, other.assigned]))
    if p is not None and p < SUSPECT:
        told.append(
            f"The metric counts {_percent(one.accounts / one.assigned)} of the treated and "
            f"{_percent(other.accounts / other.assigned)} of the held out: the play may have changed who is counted."
        )
    return told


def _percent(share: float | None) -> str:
    return f"{(share or 0) * 100:.0f} %"


def _uneven(treated: Bools, planned: float | None) -> float | None:
    return None if planned is None else as_planned(int(treated.sum()), int((~treated).sum()), planned)


def _lots(keys: list[Key], treated: Bools) -> float | None:
    """How often lots of one share treat shares as different as those of the months in which they were drawn."""
    _, month = np.unique([day.year * 12 + day.month for _, day in keys], return_inverse=True)
    return same_share(np.bincount(month, weights=treated).astype(np.int64), np.bincount(month))


def _check_enough(which: str, treated: int, held_out: int, terms: Terms, running: int) -> None:
    if min(treated, held_out) >= terms.least:
        return
    later = f" The months of {running:,} more are not over: ask for fewer, or later." if running else ""
    raise DataError(
        f"There are {treated:,} treated and {held_out:,} held-out accounts {which}; each arm needs {terms.least}.",
        code="too_few_accounts", fix=f"Try the play on more accounts, and hold more out.{later}",
    )  # fmt: skip


def _outcome(rows: dict[Key, dict[str, Any]], keys: list[Key], counted: bool, total: bool) -> Outcome:
    """The values of the assigned, in their order. An account without a row adds nothing."""
    num = np.array([rows[key]["num"] if key in rows else 0.0 for key in keys])
    den = np.array([rows[key]["den"] if key in rows else 0.0 for key in keys])
    if total:
        den = np.ones(len(keys))
    return Outcome(num, den, kind_of(num, den, counted=counted, total=total))


# What the accounts were like before


def _balance(
    request: Request, values: Values, spans: tuple[SpanPair, ...], keys: list[Key], treated: Bools, earlier: Floats
) -> Balance:
    """The arms before the play: MRR, tenure, segment, use and the outcome itself, as far as they are known and not held."""
    slug = request.entry.slug
    columns: dict[str, Floats] = {}
    mrr = _before(of_metric(request, "mrr", ("segment", "cohort")), values, spans, keys)
    if mrr:
        columns["MRR"] = np.array([mrr[key]["num"] if key in mrr else 0.0 for key in keys])
        columns["months as a customer"] = np.array([_tenure(mrr.get(key), key[1]) for key in keys])
    if slug != "active_usage_rate":
        use = _before(of_metric(request, "active_usage_rate"), values, spans, keys)
        columns["active users of licensed"] = _ratios(use, keys)
    if slug not in ("mrr", "arr"):
        columns["the metric before"] = earlier
    columns |= _segments([mrr[key]["by_segment"] if key in mrr else None for key in keys]) if mrr else {}
    varied = {name: column for name, column in columns.items() if np.unique(column[~np.isnan(column)]).size > 1}
    return balance(varied, treated)


def _before(asked: Request, values: Values, spans: tuple[SpanPair, ...], keys: list[Key]) -> dict[Key, dict[str, Any]]:
    """The values of the months before; none where a check holds them."""
    if values.reasons(values.plan(asked)):
        return {}
    return values.read(asked, tuple(window_before(pair, values.settings) for pair in spans), Grain.DAY, keys)


def _earlier(request: Request, values: Values, spans: tuple[SpanPair, ...], keys: list[Key]) -> Floats:
    """The outcome in the months before. Who adds nothing to a total has 0, to a ratio no value."""
    rows = _before(request, values, spans, keys)
    if values.plan(request).kind == "total":
        return np.array([rows[key]["num"] if key in rows else 0.0 for key in keys])
    return _ratios(rows, keys)


def _ratios(rows: dict[Key, dict[str, Any]], keys: list[Key]) -> Floats:
    found = [rows.get(key) for key in keys]
    return np.array([row["num"] / row["den"] if row and row["den"] else nan for row in found])


def _tenure(row: dict[str, Any] | None, day: date) -> float:
    began = row and row["by_cohort"]
    if not began:
        return nan
    year, month = (int(part) for part in str(began)[:7].split("-"))
    return (day - day.replace(year=year, month=month, day=1)).days / _DAYS_OF_A_MONTH


def _segments(names: list[str | None]) -> dict[str, Floats]:
    known, counts = np.unique([name for name in names if name is not None], return_counts=True)
    shown = [str(known[place]) for place in np.argsort(-counts, kind="stable")[:_SEGMENTS]]
    return {f"segment {name}": np.array([float(each == name) for each in names]) for name in shown}
