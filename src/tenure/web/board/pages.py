"""The board's page: ARR and how it came about, retention with its intervals, churn and its reasons, satisfaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.period import add_months
from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE, Role
from tenure.web.board import drawings
from tenure.web.kit import figure, formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Bars, Chart, HeatMap, Lines, Waterfall
from tenure.web.kit.shell import Nav, Section


@dataclass(frozen=True)
class Part:
    """A chart on the page. ``note`` says what it shows; ``link`` leads to the metric's page."""

    title: str
    note: str
    chart: Chart
    link: str


@dataclass(frozen=True)
class Cell:
    """A figure in a table: its value, its interval, and whether it rests on few cases."""

    value: str
    interval: str
    small: bool


@dataclass(frozen=True)
class Segment:
    """A row of the table by segment."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Reason:
    """Why customers left: how many accounts, with how much MRR, and which share of all that was lost."""

    name: str
    accounts: str
    lost: str
    share: str


@dataclass(frozen=True)
class Board:
    """``empty``: nothing has been loaded that could be shown. ``period``: the last month that is over."""

    empty: bool
    period: str
    as_of: datetime | None
    cards: tuple[figure.Card, ...]
    bridge: Part | None
    movements: Part | None
    retention: Part | None
    cohorts: Part | None
    columns: tuple[str, ...]
    segments: tuple[Segment, ...]
    reasons: tuple[Reason, ...]


@page(
    "board/",
    roles=EVERYONE,
    title=gettext_lazy("Board"),
    nav=Nav(Section.WORK, 10, "layout-dashboard"),
    lands=(Role.EXECUTIVE, Role.FINANCE, Role.VIEWER, Role.OPERATIONS),
)
def board(request: Request) -> Board:
    """Are we keeping and growing customers?"""
    answers = Answers(request.sight())
    arr = answers.ask("arr")
    if not any(each.value for each in arr):
        return Board(True, "", None, (), None, None, None, None, (), (), ())
    last = arr[-1]
    columns, segments = _by_segment(answers)
    return Board(
        empty=False,
        period=figure.period(last.period_start, last.period_end),
        as_of=last.as_of,
        cards=tuple(_cards(answers)),
        bridge=_part(_("ARR bridge"), _("the last 12 months"), drawings.bridge(answers), "mrr_movements"),
        movements=_part(_("MRR movements"), _("by month"), drawings.movements(answers), "mrr_movements"),
        retention=_part(
            _("Net and gross retention"), _("over 12 months, with 95 % intervals"), drawings.retention(answers),
            "net_revenue_retention",
        ),
        cohorts=_part(
            _("MRR kept by start cohort"), _("share of the first quarter's MRR, by quarters since"),
            drawings.cohorts(answers), "mrr",
        ),
        columns=columns,
        segments=segments,
        reasons=_reasons(answers),
    )  # fmt: skip


def _cards(answers: Answers) -> Iterator[figure.Card]:
    # No window of answers lies ready: half a year of them is worked out in a third of the time that two take.
    last = answers.ask("arr")[-1].period_start
    half_a_year = {"start": f"{add_months(last, -5):%Y-%m}", "end": f"{last:%Y-%m}"}
    wanted: tuple[tuple[str, str, dict[str, str], dict[str, str]], ...] = (
        (_("ARR"), "arr", {}, {}),
        (_("Net revenue retention"), "net_revenue_retention", {}, {}),
        (_("Gross revenue retention"), "gross_revenue_retention", {}, {}),
        (_("Customer churn"), "customer_churn_rate", {"window": "12m"}, {}),
        (_("NPS"), "net_promoter_score", {"window": "3m"}, half_a_year),
    )
    metrics, currency = answers.sight.metrics(), answers.settings.currency
    for title, slug, asked, periods in wanted:
        found = figure.card(title, metrics[slug], answers.ask(slug, **asked, **periods), currency, asked)
        if found is not None:
            yield found


def _part(title: str, note: str, chart: Bars | HeatMap | Lines | Waterfall | None, slug: str) -> Part | None:
    return None if chart is None else Part(title, note, chart, figure.page_of(slug))


def _by_segment(answers: Answers) -> tuple[tuple[str, ...], tuple[Segment, ...]]:
    """The last month's figures of every segment."""
    wanted = (
        (_("ARR"), "arr", ""),
        (_("NRR"), "net_revenue_retention", ""),
        (_("GRR"), "gross_revenue_retention", ""),
        (_("Churn"), "customer_churn_rate", "12m"),
    )
    currency = answers.settings.currency
    last = f"{answers.ask('arr')[-1].period_start:%Y-%m}"
    by_segment: dict[str, dict[str, Cell]] = {}
    for title, slug, window in wanted:
        for each in answers.ask(slug, by=("segment",), window=window, start=last, end=last):
            name = each.slice["segment"] or _("without a segment")
            value = figure.told(each.value, each.unit, currency, short=True)
            cell = Cell(value, figure.interval(each, currency), each.status == "small")
            by_segment.setdefault(name, {})[title] = cell
    titles = tuple(title for title, _slug, _window in wanted)
    nothing = Cell("–", "", small=False)
    rows = [Segment(name, tuple(cells.get(title, nothing) for title in titles)) for name, cells in by_segment.items()]
    return titles, tuple(rows)


def _reasons(answers: Answers) -> tuple[Reason, ...]:
    """Why the accounts left that were lost over the last 12 months, the costliest reason first."""
    found = answers.ask("churn_reasons", window="12m", by=("reason",))
    end = max((each.period_end for each in found), default=None)
    lost = [each for each in found if each.period_end == end and each.value]
    whole = sum((each.value or Decimal(0) for each in lost), Decimal(0))
    currency = answers.settings.currency
    return tuple(
        Reason(
            figure.named("reason", each.slice["reason"] or _("unknown"), {}),
            formats.number(each.n),
            figure.told(each.value, "money", currency, short=True),
            formats.percent((each.value or Decimal(0)) / whole, 0),
        )
        for each in sorted(lost, key=lambda each: -(each.value or 0))
    )
