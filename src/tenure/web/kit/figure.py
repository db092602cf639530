"""A figure on a page: its value, interval and change as text, its definition, its time and the way to its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import urlencode

from babel import dates
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.period import months_between
from tenure.core.titles import titled
from tenure.engine import Entry
from tenure.engine.result import AIMED, NOT_OVER, SAME, TIMES, Figure
from tenure.web.kit import formats, movements
from tenure.web.kit.charts import Scale
from tenure.web.kit.reading import current
from tenure.web.kit.sparkline import Sparkline, sparkline

Tone = Literal["", "good", "bad"]
#: Dimensions whose values are ids of our people.
PEOPLE = ("owner", "manager", "agent")
#: Dimensions whose values are words of ours, not names of theirs.
_WORDS = ("cause", "reason", "lifecycle")
#: What is said of a figure elsewhere on its card or in its row.
_TOLD = {"before", "change", "different", *AIMED, *SAME.values()}


@dataclass(frozen=True)
class Card:
    """One figure with its course. ``change_tone``: what its change means, where it can be told from chance.

    ``note`` says why there is no value, or that it rests on few; ``target`` what it was meant to be; ``n``: on how many it
    stands. ``link`` leads to the metric's page, ``rows`` to the rows behind this number.
    """

    title: str
    summary: str
    value: str
    interval: str
    change: str
    change_tone: Tone
    period: str
    note: str
    target: str
    as_of: datetime
    spark: Sparkline
    link: str
    rows: str
    n: str


def card(
    title: str,
    entry: Entry,
    figures: Sequence[Figure],
    currency: str,
    asked: Mapping[str, str],
    *,
    short: bool = True,
    only: Sequence[tuple[str, str]] = (),
) -> Card | None:
    """The last of the figures of a metric without slices, with the course of all; None where there is none.

    ``asked``: what was asked beside the metric, as an address of its page holds it (``window``, ``grain``, ...); ``only``: of
    which slice they are.
    """
    if not figures:
        return None
    last = figures[-1]
    return Card(
        title=title,
        summary=summary(entry),
        value=told(last.value, last.unit, currency, short=short),
        interval=interval(last, currency),
        change=change(last, currency),
        change_tone=_tone(last, entry),
        period=over(last),
        note=note(last),
        target=target(last, currency),
        as_of=last.as_of,
        spark=sparkline([None if figure.value is None else float(figure.value) for figure in figures]),
        link=page_of(entry.slug, asked),
        rows=rows_of(last, asked, only),
        n=formats.number(last.n) if last.value is not None else "",
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
        case "minutes" | "days":
            return formats.lasting(value, unit)
    return formats.number(value)


def interval(figure: Figure, currency: str) -> str:
    """``108.2% – 115.9%``, ``40 days – …`` where one end is open; empty where there is none."""
    ends = (figure.low, figure.high)
    if ends == (None, None):
        return ""
    return " – ".join("…" if end is None else told(end, figure.unit, currency) for end in ends)


def change(figure: Figure, currency: str) -> str:
    """The difference to the period before: ``+1.8 pp``, ``−€12K``; empty where there is none."""
    found = figure.extra.get("change")
    if found is None:
        return ""
    return moved(Decimal(found), figure.unit, currency)


def moved(by: Decimal, unit: str, currency: str) -> str:
    """A difference of two values, signed; of shares in percentage points."""
    text = (
        f"{formats.number(abs(by) * 100, 1)} {_('pp')}"
        if unit == "share"
        else told(abs(by), unit, currency, short=True)
    )
    shows = any(sign in "123456789" for sign in text)
    return ("±" if not shows else "+" if by > 0 else "−") + text


def aim(figure: Figure, currency: str) -> tuple[str, str]:
    """What it was meant to be, and whether it is: ``106.0%`` and ``missed by 1.1 pp``; empty where there is none."""
    meant, missing = figure.extra.get("target"), figure.extra.get("to_target")
    value = "" if meant is None else told(Decimal(meant), figure.unit, currency)
    if missing is None:
        return value, ""
    running, by = NOT_OVER in figure.notes, moved(Decimal(missing), figure.unit, currency).lstrip("+±")
    if missing <= 0:
        return value, _("reached so far") if running else _("reached")
    return value, (_("missed by %(by)s so far") if running else _("missed by %(by)s")) % {"by": by}


def target(figure: Figure, currency: str) -> str:
    """The same in words: ``106.0%, missed by 1.1 pp``."""
    return ", ".join(filter(None, aim(figure, currency)))


def note(figure: Figure) -> str:
    """What a reader must know before believing the number."""
    match figure.status:
        case "small":
            return _("rests on %(count)d only") % {"count": figure.n}
        case "held":
            return figure.notes[0] if figure.notes else _("held by a check")
        case "suppressed":
            return _("hidden: too few answers to stay anonymous")
    match figure.extra.get("different"):
        case False:
            return _("no clear change")
        case True:
            return _("more than chance")
    return ""


def period(start: date, end: date) -> str:
    """``Oct 2026``, ``Q3 2026``, ``Jan – Jun 2026``, ``2026``, or a range of days."""
    locale = current().locale
    months = months_between(start, end)
    if start.day != 1 or end.day != 1:
        return f"{formats.day(start)} – {formats.day(date.fromordinal(end.toordinal() - 1))}"
    if months == 1:
        return dates.format_skeleton("yMMM", start, locale=locale)
    if months == 3:
        return dates.format_skeleton("yQQQ", start, locale=locale)
    if months == 12 and start.month == 1:
        return str(start.year)
    return str(dates.format_interval(start, date.fromordinal(end.toordinal() - 1), "yMMM", locale=locale))


def over(figure: Figure) -> str:
    """A figure's period, and what lies behind it where its window is longer: ``12 months to Oct 2026``."""
    return spanning(figure.window, figure.period_start, figure.period_end)


def spanning(window: str, start: date, end: date) -> str:
    """The same of a window and a period."""
    told = period(start, end)
    if window == "period":
        return told
    return _("%(count)s months to %(period)s") % {"count": window.removesuffix("m"), "period": told}


def scale(unit: str, currency: str) -> Scale:
    """How a chart writes the unit."""
    match unit:
        case "share":
            return Scale("percent", 1)
        case "money":
            return Scale("currency", 0, currency)
        case "score":
            return Scale("number", 2)
        case "minutes" | "days":
            return Scale("number", 1)
    return Scale("number", 0)


def summary(entry: Entry) -> str:
    """The definition's first sentence, as text."""
    return entry.summary.replace("``", "")


def page_of(slug: str, asked: Mapping[str, str] | None = None) -> str:
    """The address of a metric's page, asked as told."""
    return reverse("metric", args=[slug]) + (f"?{urlencode(asked)}" if asked else "")


def rows_of(figure: Figure, asked: Mapping[str, str], only: Sequence[tuple[str, str]] = ()) -> str:
    """The address of the rows behind one figure: its period, its slice within ``only``, and what else was asked."""
    slices = [f"{name}:{_asked(value)}" for name, value in (*only, *figure.slice.items())]
    return f"{page_of(figure.metric)}?{urlencode({**asked, 'at': at(figure, asked), 'only': slices}, doseq=True)}#rows"


def at(figure: Figure, asked: Mapping[str, str]) -> str:
    """A figure's period as an address holds it: ``2026-10``, ``2026``, or its first day."""
    start, grain = figure.period_start, asked.get("grain") or "month"
    return {"month": f"{start:%Y-%m}", "year": f"{start:%Y}"}.get(grain, start.isoformat())


def named(dimension: str, value: object, people: Mapping[str, str]) -> str:
    """A slice as a reader knows it: people by their names, words of ours as words, all else as it is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return _("none")
    text = str(value)
    if dimension in PEOPLE:
        return people.get(text, text)
    if dimension == "kind":
        return movements.named(text)
    return titled(text) if dimension in _WORDS else text


def details(figure: Figure, currency: str) -> tuple[tuple[str, str], ...]:
    """What else must be known of a figure: its parts, what stands beside it, what does not count, and why."""
    found: list[tuple[str, str]] = []
    if figure.denominator is not None:
        found.append((_("Made of"), f"{_number(figure.numerator)} / {_number(figure.denominator)}"))
    if figure.bounds:
        low, high = (told(end, figure.unit, currency) for end in figure.bounds)
        found.append((_("If all that is open is lost, or won"), f"{low} – {high}"))
    for name, value in figure.extra.items():
        if name not in _TOLD and value is not None:
            share = name.endswith(("_share", "_rate"))
            shown = formats.percent(Decimal(value)) if share else _number(value)
            found.append((titled(name), told(Decimal(value), figure.unit, currency) if name in TIMES else shown))
    if meant := target(figure, currency):
        found.append((_("Target"), meant))
    if figure.excluded:
        reasons = (f"{formats.number(count)} ({reason})" for reason, count in figure.excluded.items())
        found.append((_("Not counted"), ", ".join(reasons)))
    found += [(_("Note"), text) for text in figure.notes if text not in _TOLD]
    return tuple(found)


def _asked(value: object) -> str:
    """A value of a dimension as a question names it; what has none is named by nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _number(value: Decimal | int | str | None) -> str:
    if value is None:
        return formats.UNKNOWN
    exact = Decimal(value)
    return formats.number(exact, 2 if exact % 1 else 0)


def _tone(figure: Figure, entry: Entry) -> Tone:
    found = figure.extra.get("change")
    if not found or not entry.better or figure.extra.get("different") is False:
        return ""
    return "good" if (Decimal(found) > 0) == (entry.better == "more") else "bad"
