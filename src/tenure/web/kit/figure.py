"""A figure on a page: its value, interval and change as text, its definition, its time and the way to its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from babel import dates
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.engine import Entry
from tenure.engine.result import Figure
from tenure.web.kit import formats
from tenure.web.kit.charts import Scale
from tenure.web.kit.reading import current
from tenure.web.kit.sparkline import Sparkline, sparkline

Tone = Literal["", "good", "bad"]
#: Whether more of it is better, for the metrics whose change a colour may judge.
_ACRONYMS = frozenset({"mrr", "arr", "csm"})
LESS_IS_BETTER = frozenset(
    {"customer_churn_rate", "gross_revenue_churn_rate", "net_revenue_churn_rate", "pending_churn"}
)


@dataclass(frozen=True)
class Card:
    """One figure with its course. ``change_tone``: what its change means, where it can be told from chance.

    ``note`` says why there is no value, or that it rests on few. ``link`` leads to the metric's page, ``rows`` to the
    rows behind this number.
    """

    title: str
    summary: str
    value: str
    interval: str
    change: str
    change_tone: Tone
    period: str
    note: str
    as_of: datetime
    spark: Sparkline
    link: str
    rows: str


def card(title: str, summary: str, figures: Sequence[Figure], currency: str, *, short: bool = True) -> Card | None:
    """The last of the figures of a metric without slices, with the course of all; None where there is none."""
    if not figures:
        return None
    last = figures[-1]
    link = page_of(last.metric)
    return Card(
        title=title,
        summary=summary,
        value=told(last.value, last.unit, currency, short=short),
        interval=interval(last, currency),
        change=change(last, currency),
        change_tone=_tone(last),
        period=period(last.period_start, last.period_end),
        note=note(last),
        as_of=last.as_of,
        spark=sparkline([None if figure.value is None else float(figure.value) for figure in figures]),
        link=link,
        rows=f"{link}?at={last.period_start:%Y-%m}#rows",
    )


def told(value: Decimal | None, unit: str, currency: str, *, short: bool = False) -> str:
    """A value in its unit."""
    match unit:
        case "share":
            return formats.percent(value, 1)
        case "money":
            return formats.money_short(value, currency) if short else formats.money(value, currency)
        case "points":
            return formats.number(value, 0)
        case "score":
            return formats.number(value, 2)
    return formats.number(value)


def interval(figure: Figure, currency: str) -> str:
    """``108.2% – 115.9%``; empty where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{told(figure.low, figure.unit, currency)} – {told(figure.high, figure.unit, currency)}"


def change(figure: Figure, currency: str) -> str:
    """The difference to the period before: ``+1.8 pp``, ``−€12K``; empty where there is none."""
    found = figure.extra.get("change")
    if found is None:
        return ""
    by = Decimal(found)
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    if figure.unit == "share":
        return f"{sign}{formats.number(abs(by) * 100, 1)} {_('pp')}"
    return sign + told(abs(by), figure.unit, currency, short=True)


def note(figure: Figure) -> str:
    """What a reader must know before believing the number."""
    match figure.status:
        case "small":
            return _("rests on %(count)d only") % {"count": figure.n}
        case "held":
            return figure.notes[0] if figure.notes else _("held by a check")
        case "suppressed":
            return _("hidden: too few answers to stay anonymous")
    if figure.extra.get("different") is False:
        return _("no clear change")
    return ""


def period(start: date, end: date) -> str:
    """``Oct 2026``, ``Q3 2026``, ``2026``, or a range of days."""
    locale = current().locale
    months = (end.year - start.year) * 12 + end.month - start.month
    if start.day != 1 or end.day != 1:
        return f"{formats.day(start)} – {formats.day(date.fromordinal(end.toordinal() - 1))}"
    if months == 1:
        return dates.format_skeleton("yMMM", start, locale=locale)
    if months == 3:
        return dates.format_skeleton("yQQQ", start, locale=locale)
    return str(start.year) if months == 12 and start.month == 1 else f"{start:%Y-%m} – {end:%Y-%m}"


def scale(unit: str, currency: str) -> Scale:
    """How a chart writes the unit."""
    match unit:
        case "share":
            return Scale("percent", 1)
        case "money":
            return Scale("currency", 0, currency)
        case "score":
            return Scale("number", 2)
    return Scale("number", 0)


def title(slug: str) -> str:
    """``Net revenue retention``, ``MRR movements``."""
    words = [word.upper() if word in _ACRONYMS else word for word in slug.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def summary(entry: Entry) -> str:
    """The definition's first sentence, as text."""
    return entry.summary.replace("``", "")


def page_of(slug: str) -> str:
    """The address of a metric's page."""
    return reverse("metric", args=[slug])


def _tone(figure: Figure) -> Tone:
    found = figure.extra.get("change")
    if not found or figure.extra.get("different") is False:
        return ""
    better = (Decimal(found) > 0) != (figure.metric in LESS_IS_BETTER)
    return "good" if better else "bad"
