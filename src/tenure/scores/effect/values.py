"""What each account adds to a metric, in windows around a play: read as every figure is, never by SQL of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tenure.core.errors import DataError, UsageError
from tenure.core.period import Grain, Period, Span, Window, add_months, instant, months_between, periods
from tenure.figures import kept
from tenure.figures.by_account import by_account
from tenure.figures.request import paired, variants

if TYPE_CHECKING:
    from datetime import date

    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.figures.question import Ground
    from tenure.figures.reader import Reader, SpanPair
    from tenure.figures.request import Request

#: An account in a period, by the period's first day.
Key = tuple[str, "date"]


@dataclass(frozen=True)
class Values:
    """Where values are read. ``reader_of``: a reader for a request and its plan; ``held``: what checks hold, and what they
    say.
    """

    reader_of: Callable[[Request, Plan], Reader]
    ground: Ground
    settings: Settings
    held: Mapping[str, str]

    def plan(self, request: Request) -> Plan:
        """The plan of a request."""
        return kept.plan(request.question, self.ground, self.settings)

    def reasons(self, plan: Plan) -> list[str]:
        """Why figures of a plan are held; none where they are not."""
        return sorted({self.held[name] for name in plan.tables if name in self.held})

    def read(
        self, request: Request, spans: tuple[SpanPair, ...], grain: Grain, only: Collection[Key] | None = None
    ) -> dict[Key, dict[str, Any]]:
        """The rows of ``by_account`` for these spans, or ``only`` of these keys. Raises ``DataError`` where a check holds what they stand on."""
        request = replace(request, spans=spans, question=replace(request.question, grain=grain.value))
        plan = self.plan(request)
        if reasons := self.reasons(plan):
            raise DataError(
                f"{request.entry.slug} is held: {'; '.join(reasons).removesuffix('.')}.", code="held", fix="See what holds it: tenure check.",
            )  # fmt: skip
        if not spans:
            return {}
        rows = by_account(request, plan, self.reader_of(request, plan), self.settings, only)
        return {(row["account_id"], row["period"]): row for row in rows}


def of_metric(request: Request, slug: str, by: tuple[str, ...] = ()) -> Request:
    """The same request for another of Tenure's metrics, by its defaults."""
    entry = kept.entry(slug)
    question = replace(
        request.question, metric=slug, variant=variants(entry, ()), by=by, where=(), own=None, zone="",
    )  # fmt: skip
    return replace(request, entry=entry, question=question, filters={})


def check_outcome(request: Request, plan: Plan) -> None:
    """Raise ``UsageError`` for a metric that is not made of what single accounts add."""
    reason = ""
    if plan.factors:
        reason = "is a product of other figures"
    elif plan.kind == "cases":
        reason = "is a time, or is made by a model"
    elif plan.by:
        reason = f"has a figure for each {plan.by[0]}"
    elif plan.stepped:
        reason = "is compounded over steps"
    if reason:
        raise UsageError(
            f"{request.entry.slug} {reason}: it is not made of what single accounts add.", code="no_outcome",
            fix="Ask for a share, a ratio or a total, as customer_churn_rate, net_revenue_retention or ticket_volume.",
        )  # fmt: skip


def window_from(day: date, months: int, settings: Settings) -> SpanPair:
    """The months from a day on, with those before it, both named by the day."""
    named, zone = Period(Grain.DAY, day, add_months(day, months)), settings.timezone
    start, end = add_months(day, -months), add_months(day, months)
    return (
        Span(named, instant(day, zone), instant(end, zone), day, end),
        Span(named, instant(start, zone), instant(day, zone), start, day),
    )


def window_before(pair: SpanPair, settings: Settings) -> SpanPair:
    """The months before a day alone, still named by it."""
    before = pair[1]
    months = months_between(before.opens_day, before.closes_day)
    earlier = window_from(before.opens_day, months, settings)[1]
    return before, replace(earlier, period=before.period)


def month_spans(first: date, last: date, settings: Settings, request: Request) -> tuple[SpanPair, ...]:
    """The months from the one of ``first`` to the one of ``last``."""
    months = periods(Grain.MONTH, first, last, settings.fiscal_year_start)
    return paired(months, Window.PERIOD, settings, request.moment.now)
