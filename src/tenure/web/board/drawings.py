"""The board's charts, each from the figures of one metric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from tenure.engine.result import Figure
from tenure.web.kit import figure, formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Bars, HeatMap, Lines, Scale, Series, Step, Table, Tone, Values, Waterfall

#: The kinds of movement in the order in which they are read, and their colours.
KINDS: dict[str, Tone] = {
    "new": "new", "reactivation": "fifth", "expansion": "expansion", "contraction": "contraction", "churn": "churn",
}  # fmt: skip
_QUARTERS = 9


def _named(kind: str) -> str:
    names = {
        "new": _("New"), "reactivation": _("Reactivation"), "expansion": _("Expansion"),
        "contraction": _("Contraction"), "churn": _("Churn"), "fx": _("Exchange rates"),
    }  # fmt: skip
    return names.get(kind, kind.replace("_", " "))


def bridge(answers: Answers) -> Waterfall | None:
    """From the ARR of a year ago to that of now: the levels are the metric's, the steps the year's monthly movements times
    twelve, so that the bridge and the months beside it add up to the same.
    """
    currency = answers.settings.currency
    moved = answers.ask("mrr_movements")
    if not moved:
        return None
    last = max(each.period_end for each in moved)
    closing = next(each for each in answers.ask("arr") if each.period_end == last).value or Decimal(0)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in moved:
        sums[each.slice["kind"]] += (each.value or Decimal(0)) * 12
    steps = {kind: sums[kind] for kind in dict.fromkeys((*KINDS, *sums)) if sums[kind]}
    opening = closing - sum(steps.values(), Decimal(0))
    ended = next(each for each in moved if each.period_end == last)
    rows = [
        (_month_a_year_before(ended), opening),
        *((_named(kind), amount) for kind, amount in steps.items()),
        (figure.period(ended.period_start, ended.period_end), closing),
    ]
    drawn = [
        Step(name, float(amount), _tone(place, len(rows), steps), level=place in (0, len(rows) - 1))
        for place, (name, amount) in enumerate(rows)
    ]
    table = Table(("", _("ARR")), tuple((name, formats.money(amount, currency)) for name, amount in rows))
    says = _("ARR went from %(opening)s a year ago to %(closing)s: %(steps)s.") % {
        "opening": formats.money_short(opening, currency),
        "closing": formats.money_short(closing, currency),
        "steps": ", ".join(f"{name} {formats.money_short(amount, currency)}" for name, amount in rows[1:-1]),
    }
    return Waterfall(says, table, Scale("currency", 0, currency), tuple(drawn))


def _month_a_year_before(each: Figure) -> str:
    """The month with whose end the twelve months began."""
    start, end = (day.replace(year=day.year - 1) for day in (each.period_start, each.period_end))
    return figure.period(start, end)


def _tone(place: int, count: int, steps: dict[str, Decimal]) -> Tone:
    if place in (0, count - 1):
        return "muted"
    return KINDS.get(list(steps)[place - 1], "sixth")


def movements(answers: Answers) -> Bars | None:
    """What moved, month by month."""
    found = answers.ask("mrr_movements")
    months = list(dict.fromkeys((each.period_start, each.period_end) for each in found))
    if not months:
        return None
    currency = answers.settings.currency
    by_kind: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for each in found:
        if each.value:
            by_kind[each.slice["kind"]][each.period_start] = each.value
    kinds = [kind for kind in (*KINDS, "fx") if kind in by_kind]
    names = tuple(figure.period(start, end) for start, end in months)
    series = tuple(
        Series(
            _named(kind), tuple(float(by_kind[kind].get(start, 0)) for start, _end in months), KINDS.get(kind, "sixth")
        )
        for kind in kinds
    )
    table = Table(
        (_("Month"), *(_named(kind) for kind in kinds)),
        tuple(
            (name, *(formats.money(by_kind[kind].get(start), currency) for kind in kinds))
            for name, (start, _end) in zip(names, months, strict=True)
        ),
    )
    says = _("MRR movements by month: %(kinds)s.") % {"kinds": ", ".join(_named(kind) for kind in kinds)}
    return Bars(says, table, Scale("currency", 0, currency), names, series)


def retention(answers: Answers) -> Lines | None:
    """Net and gross revenue retention of the last twelve months, each with its interval."""
    pairs: tuple[tuple[str, str, Tone], ...] = (
        ("net_revenue_retention", _("Net"), "new"), ("gross_revenue_retention", _("Gross"), "contraction"),
    )  # fmt: skip
    asked = [(name, tone, answers.ask(slug)) for slug, name, tone in pairs]
    months = [(each.period_start, each.period_end) for each in asked[0][2]]
    if not months:
        return None
    names = tuple(figure.period(start, end) for start, end in months)
    series = tuple(_line(name, found, tone) for name, tone, found in asked)
    rows = tuple(
        (
            name,
            *(f"{formats.percent(found[n].value)} ({figure.interval(found[n], '') or '–'})" for _n, _t, found in asked),
        )
        for n, name in enumerate(names)
    )
    latest = [formats.percent(found[-1].value) for _name, _tone, found in asked]
    says = _("Net revenue retention is %(net)s and gross revenue retention %(gross)s in %(month)s.") % {
        "net": latest[0], "gross": latest[1], "month": names[-1],
    }  # fmt: skip
    table = Table((_("Month"), *(name for name, _tone, _found in asked)), rows)
    return Lines(says, table, Scale("percent", 1), names, series)


def _line(name: str, figures: Sequence[Figure], tone: Tone) -> Series:
    """A series with the band of its intervals."""

    def floats(values: Iterable[Decimal | None]) -> Values:
        return tuple(None if value is None else float(value) for value in values)

    low, high = floats(each.low for each in figures), floats(each.high for each in figures)
    has_band = any(value is not None for value in low)
    values = floats(each.value for each in figures)
    return Series(name, values, tone, low if has_band else (), high if has_band else ())


def cohorts(answers: Answers) -> HeatMap | None:
    """The MRR that those who came in one quarter still pay, quarter by quarter, against their first one's."""
    found = answers.ask("mrr", by=("cohort",), grain="quarter", start=_years_ago(answers, 2))
    over = answers.ask("arr")[-1].period_end
    ends = sorted({each.period_end for each in found if each.period_end <= over})[-_QUARTERS:]
    paid: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in found:
        cohort, value = each.slice["cohort"], each.value
        if cohort and value and each.period_end in ends:
            paid[_quarter(cohort)][ends.index(each.period_end)] += value
    names = [_told(end) for end in ends]
    started = [(place, paid[key]) for place, key in enumerate(_quarter_ending(end) for end in ends) if key in paid]
    rows = [(names[place], [levels.get(n) for n in range(place, len(ends))]) for place, levels in started]
    rows = [(name, levels) for name, levels in rows if levels and levels[0]]
    if len(rows) < 2:
        return None
    shares = [_shares(levels) for _name, levels in rows]
    ages = tuple(str(age) for age in range(max(map(len, shares))))
    values = tuple(
        tuple(None if share is None else float(share) for share in row) + (None,) * (len(ages) - len(row))
        for row in shares
    )
    table = Table(
        (_("Came in"), *(_("after %(count)s quarters") % {"count": age} for age in ages)),
        tuple((name, *(formats.percent(share, 0) for share in row), *[""] * (len(ages) - len(row)))
              for (name, _levels), row in zip(rows, shares, strict=True)),
    )  # fmt: skip
    says = _("How much of their first quarter's MRR the accounts that came in each quarter still pay.")
    return HeatMap(says, table, Scale("percent", 0), ages, tuple(name for name, _levels in rows), values, 0.7, 1.2)


def _shares(levels: list[Decimal | None]) -> list[Decimal | None]:
    """Each level against the first."""
    first = levels[0]
    return [None if level is None or not first else level / first for level in levels]


def _years_ago(answers: Answers, years: int) -> str:
    last = answers.ask("arr")[-1].period_start
    return f"{last.year - years}-{last.month:02d}-01"


def _quarter(cohort: str) -> str:
    return f"{cohort[:4]}-{(int(cohort[5:7]) + 2) // 3}"


def _quarter_ending(end: date) -> str:
    last = date.fromordinal(end.toordinal() - 1)
    return f"{last.year}-{(last.month + 2) // 3}"


def _told(end: date) -> str:
    last = date.fromordinal(end.toordinal() - 1)
    return f"Q{(last.month + 2) // 3} {last.year}"
