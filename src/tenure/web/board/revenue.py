"""The board's parts about revenue: the bridge, its months, and retention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from tenure.engine.result import Figure
from tenure.web.board.part import Part, Told, told
from tenure.web.board.side import YEARLY, Side
from tenure.web.kit import figure, formats
from tenure.web.kit.charts import Bars, Lines, Scale, Series, Step, Table, Tone, Values, Waterfall
from tenure.web.kit.movements import KINDS, named

_ZERO = Decimal(0)


def bridge(side: Side) -> Part:
    """From the ARR at the opening to that at the close: the levels and the movements (times twelve) are the metrics' own."""
    title, note = _("ARR bridge"), side.chosen.told
    closing = _only(side.last("arr"))
    moved = [each for each in side.last("mrr_movements", window=side.chosen.window) if each.value]
    if closing is None or not (closing.value or moved):
        return Part("bridge", title, note, empty=_("There is no recurring revenue in this period."))
    moved.sort(key=lambda each: list(KINDS).index(each.slice["kind"]) if each.slice["kind"] in KINDS else len(KINDS))
    start = side.chosen.opening
    rungs = [
        Rung(figure.period(start.start, start.end), "muted", _only(side.last("arr", at=start)), 1),
        *(Rung(named(each.slice["kind"]), KINDS.get(each.slice["kind"], "sixth"), each, 12) for each in moved),
        Rung(figure.period(closing.period_start, closing.period_end), "muted", closing, 1),
    ]
    return Part("bridge", title, note, figure.page_of("mrr_movements"), _drawn(rungs, side), told=tuple(_filed(rungs)))


@dataclass(frozen=True)
class Rung:
    """A level (``times`` 1) or a movement of MRR (``times`` 12) of the bridge."""

    name: str
    tone: Tone
    each: Figure | None
    times: int

    @property
    def amount(self) -> Decimal:
        """In ARR."""
        return ((self.each.value if self.each else None) or _ZERO) * self.times

    @property
    def level(self) -> bool:
        """Whether it is one of the two ends."""
        return self.times == 1


def _drawn(rungs: Sequence[Rung], side: Side) -> Waterfall:
    currency, first, last = side.currency, rungs[0], rungs[-1]
    table = Table(
        ("", _("ARR"), _("Accounts")),
        tuple(
            (each.name, formats.money(each.amount, currency), formats.number(each.each.n if each.each else 0))
            for each in rungs
        ),
        tuple(("", _rows(each.each, side), _rows(each.each, side)) for each in rungs),
    )
    steps = [f"{each.name} {figure.moved(each.amount, 'money', currency)}" for each in rungs[1:-1]]
    says = _("ARR went from %(opening)s to %(closing)s: %(steps)s.") % {
        "opening": formats.money_short(first.amount, currency), "closing": formats.money_short(last.amount, currency),
        "steps": ", ".join(steps) or _("nothing moved"),
    }  # fmt: skip
    drawn = tuple(Step(each.name, float(each.amount), each.tone, each.level) for each in rungs)
    return Waterfall(says, table, Scale("currency", 0, currency), drawn)


def _filed(rungs: Sequence[Rung]) -> Iterator[Told]:
    for rung in rungs:
        each = rung.each
        if each is not None:
            name = "arr" if rung.level else "arr_movement"
            yield Told(name, rung.name, each.period_start, each.period_end, rung.amount, "money", n=each.n)


def _only(found: Sequence[Figure]) -> Figure | None:
    return found[-1] if found else None


def movements(side: Side) -> Part:
    """What moved, period by period."""
    title = _("MRR movements")
    found = side.course("mrr_movements", window="period")
    periods = list(dict.fromkeys((each.period_start, each.period_end) for each in found))
    by_kind: dict[str, dict[date, Figure]] = defaultdict(dict)
    for each in found:
        if each.value:
            by_kind[each.slice["kind"]][each.period_start] = each
    kinds = [kind for kind in KINDS if kind in by_kind]
    if not kinds:
        return Part("movements", title, empty=_("Nothing moved."))
    names = tuple(figure.period(start, end) for start, end in periods)
    series = tuple(
        Series(named(kind), tuple(_float(by_kind[kind].get(start)) or 0.0 for start, _end in periods), KINDS[kind])
        for kind in kinds
    )
    table = Table(
        (_("Period"), *(named(kind) for kind in kinds)),
        tuple((name, *(_money(by_kind[kind].get(start), side) for kind in kinds))
              for name, (start, _end) in zip(names, periods, strict=True)),
        tuple(("", *(_rows(by_kind[kind].get(start), side) for kind in kinds)) for start, _end in periods),
    )  # fmt: skip
    says = _("MRR movements by period: %(kinds)s.") % {"kinds": ", ".join(named(kind) for kind in kinds)}
    flags = side.marks.on(("mrr_movements", "mrr", "arr"), periods)
    chart = Bars(says, table, Scale("currency", 0, side.currency), names, series, flags=flags)
    return Part(
        "movements", title, _("each period by itself"), figure.page_of("mrr_movements"), chart, told=told(found, side)
    )


def _money(each: Figure | None, side: Side) -> str:
    return formats.money(each.value if each else None, side.currency)


def _rows(each: Figure | None, side: Side) -> str:
    return "" if each is None or each.value is None else side.rows(each)


def _float(each: Figure | None) -> float | None:
    return None if each is None or each.value is None else float(each.value)


def retention(side: Side) -> Part:
    """Net and gross revenue retention of the last periods, each with its interval."""
    title = _("Net and gross retention")
    tones: tuple[Tone, Tone] = ("new", "contraction")
    names = (_("Net"), _("Gross"))
    asked = [side.course(slug) for slug in YEARLY]
    if not any(each.value is not None for each in asked[0]):
        return Part("retention", title, empty=_("There were no customers a year before to be kept."))
    periods = [(each.period_start, each.period_end) for each in asked[0]]
    periods_named = tuple(figure.period(start, end) for start, end in periods)
    series = tuple(_line(name, found, tone) for name, tone, found in zip(names, tones, asked, strict=True))
    if aims := _aims(asked[0]):
        series = (*series, Series(_("Target, net"), aims, "muted", dashed=True))
    table = Table(
        (_("Period"), *names),
        tuple((name, *(_spanned(found[n]) for found in asked)) for n, name in enumerate(periods_named)),
        tuple(("", *(_rows(found[n], side) for found in asked)) for n in range(len(periods))),
    )
    says = _("Net revenue retention is %(net)s and gross revenue retention %(gross)s in %(month)s.") % {
        "net": formats.percent(asked[0][-1].value), "gross": formats.percent(asked[1][-1].value),
        "month": periods_named[-1],
    }  # fmt: skip
    chart = Lines(says, table, Scale("percent", 1), periods_named, series, flags=side.marks.on(YEARLY, periods))
    figures = tuple(each for found in asked for each in found)
    note = _("over 12 months, with 95 % intervals")
    return Part("retention", title, note, figure.page_of(YEARLY[0]), chart, told=told(figures, side))


def _spanned(each: Figure) -> str:
    return f"{formats.percent(each.value)} ({figure.interval(each, '') or '–'})"


def _aims(found: Sequence[Figure]) -> Values:
    """What it was meant to be, period by period; nothing where no period has a target."""
    aims = tuple(float(each.extra["target"]) if each.extra.get("target") is not None else None for each in found)
    return aims if any(aim is not None for aim in aims) else ()


def _line(name: str, figures: Sequence[Figure], tone: Tone) -> Series:
    """A series with the band of its intervals."""

    def floats(values: Iterable[Decimal | None]) -> Values:
        return tuple(None if value is None else float(value) for value in values)

    low, high = floats(each.low for each in figures), floats(each.high for each in figures)
    has_band = any(value is not None for value in low)
    values = floats(each.value for each in figures)
    return Series(name, values, tone, low if has_band else (), high if has_band else ())
