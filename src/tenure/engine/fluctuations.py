"""Metrics whose last figure is unlike the periods before, in total or of a segment: for information, as a check among the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.period import add_months, local_day
from tenure.core.titles import titled
from tenure.figures import kept
from tenure.figures.answer import answer
from tenure.figures.expected import Known, Unlike, unlike
from tenure.figures.published import can_answer
from tenure.figures.request import Asked, resolved, spans_read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.figures.figure import Figure
    from tenure.figures.published import Published, PublishedReader

#: What is watched: the company's totals by month, each by its default variant, besides the workspace's own metrics. Those
#: of the first kind stand at a moment, and are looked at in the month that runs; the others when a month is over.
STANDING = ("mrr", "average_revenue_per_account")
FLOWING = (
    "net_revenue_retention", "gross_revenue_churn_rate", "customer_churn_rate", "expansion_revenue", "ticket_volume",
    "time_to_resolution", "login_frequency", "active_usage_rate", "net_promoter_score", "customer_satisfaction",
    "survey_response_rate", "feedback_volume", "touchpoint_frequency", "renewal_rate",
)  # fmt: skip
#: So many months are looked back.
_MONTHS = 30
#: The least change worth a word: of amounts and counts as a fraction, of shares and of points (-100 to 100) in their unit.
_LEAST = {"share": 0.05, "points": 10.0}
_FRACTION = 0.15
#: A segment is looked at where its figure rests on as many accounts or cases; smaller ones jump about.
_CASES = 30


@dataclass(frozen=True)
class Fluctuation:
    """A metric whose figure of a month is far from the expected, in total or of a ``segment``. ``told``: in words."""

    metric: str
    segment: str
    month: str
    found: Unlike
    told: str


def fluctuations(desk: Desk, found: Published, now: datetime) -> list[Fluctuation]:
    """The metrics of which this is so, as far as figures lie ready: nothing is worked out for it. Segments are told of where the
    total is as expected: else they say the same again.
    """
    settings = desk.settings
    own = [name for name, entry in kept.catalogue(settings).items() if entry.family == "own"]
    this = local_day(now, settings.timezone).replace(day=1)
    told = []
    with desk.published(found) as reader:
        for name in (*STANDING, *FLOWING, *own):
            last = this if name in STANDING else add_months(this, -1)
            first = max(add_months(last, -_MONTHS), found.first_month)
            if first >= last:
                continue
            months = (f"{first:%Y-%m}", f"{last:%Y-%m}")
            told += _far(desk, found, reader, Asked(name, *months), now) or _far(
                desk, found, reader, Asked(name, *months, by=("segment",)), now
            )
    return told


def _far(desk: Desk, found: Published, reader: PublishedReader, wanted: Asked, now: datetime) -> list[Fluctuation]:
    """Of what is far: one for the total, or for each segment that is so."""
    settings = desk.settings
    asked = resolved(wanted, settings, now)
    plan = kept.plan(asked.question, found.ground, settings)
    if not can_answer(found, plan.tables, spans_read(asked, plan, settings)):
        return []
    series: dict[str | None, list[Figure]] = {}
    for one in answer(asked, reader, settings, found.held):
        if bool(one.slice) == bool(wanted.by):
            series.setdefault(one.slice.get("segment"), []).append(one)
    judged = (
        _judged(wanted.metric, segment or "", figures)
        for segment, figures in series.items()
        if not wanted.by or (segment is not None and figures[-1].n >= _CASES)
    )
    return [one for one in judged if one is not None]


def _judged(name: str, segment: str, figures: Sequence[Figure]) -> Fluctuation | None:
    unit = figures[0].unit
    relative = unit not in _LEAST
    judged = unlike([_known(one) for one in figures], relative=relative, least=_LEAST.get(unit, _FRACTION))
    if judged is None:
        return None
    month, of = f"{figures[-1].period_start:%Y-%m}", f" (segment {segment})" if segment else ""
    return Fluctuation(name, segment, month, judged, f"{titled(name)}{of} of {month} is {_words(judged, unit)}")


def _known(figure: Figure) -> Known | None:
    if figure.value is None or figure.status in ("held", "suppressed"):
        return None
    error = 0.0
    if figure.low is not None and figure.high is not None:
        error = float(figure.high - figure.low) / (2 * 1.96)
    return Known(float(figure.value), error)


def _words(found: Unlike, unit: str) -> str:
    under = "under" if found.change < 0 else "over"
    of = f"{found.periods} months"
    if unit == "share":
        return f"{found.value:.1%}, {abs(100 * found.change):.1f} points {under} the expected {found.expected:.1%} (by the last {of})"
    if unit == "points":
        return f"{found.value:.0f}, {abs(found.change):.0f} points {under} the expected {found.expected:.0f} (by the last {of})"
    return f"{found.value:,.4g}, {abs(found.change):.0%} {under} the expected {found.expected:,.4g} (by the last {of})"
