"""What the renewals of this quarter and the next will bring: what is decided, what people call, what the model expects."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.period import Grain, Period, period_at
from tenure.core.titles import titled
from tenure.web.board.part import Cell, Grid, Part, Row, Told
from tenure.web.kit import formats
from tenure.web.kit.charts import Bars, Scale, Series, Table, Tone
from tenure.web.kit.reading import local_today

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.engine.verbs.renewal_forecast import Forecast, RenewalForecastFound
    from tenure.web.board.side import Side

#: By what renewals can be told apart.
_BY = ("segment", "team", "owner", "tier", "region")
_ZERO = Decimal(0)


def forecast(side: Side) -> Part:
    """Two quarters of renewals: the one that runs, and the next."""
    title, note = _("Renewals ahead"), _("yearly value of what comes up, as judged now")
    if side.value and side.chosen.by not in _BY:
        return Part("forecast", title, empty=_("Renewals are not told by %(by)s.") % {"by": titled(side.chosen.by)})
    where = [(name, "equals", value) for name, value in side.only]
    here = period_at(Grain.QUARTER, local_today(), side.chosen.at.fiscal_year_start)
    quarters = (here, period_at(Grain.QUARTER, here.end, here.fiscal_year_start))
    found = [(each, side.answers.renewal_forecast(start=each.label, end=each.label, where=where)) for each in quarters]
    told = [(quarter, one.total) for quarter, one in found]
    if not any(total.due.count for _quarter, total in told):
        return Part("forecast", title, note, empty=_("Nothing comes up for renewal in these two quarters."))
    grid = Grid(
        (_("Up"), _("Renewals"), _("Renewed"), _("Lost"), _("People call"), _("Model expects")),
        tuple(_row(quarter, total, side) for quarter, total in told),
    )
    words = (*_words(found[0][1]), *found[0][1].notes)
    kept = tuple(one for quarter, total in told for one in _filed(quarter, total))
    return Part("forecast", title, note, reverse("renewals"), _drawn(told, side), (("", grid),), words, told=kept)


def _words(of: RenewalForecastFound) -> tuple[str, ...]:
    """What the model's expectation is worth."""
    if not of.learned_from:
        return (
            _("The model says nothing yet: too few customers left to learn from, or no risks were made of them yet."),
        )
    text = _(
        "The model expects what was renewed, and the value of each open renewal times its probability; 95 %% of outcomes lie in "
        "the range. It learned from %(count)s customers who left."
    )
    return (text % {"count": formats.number(of.learned_from)},)


def _filed(quarter: Period, total: Forecast) -> Iterator[Told]:
    lost = total.lost.value + total.lapsed.value
    for name, value, count in (
        ("renewals_due", total.due.value, total.due.count),
        ("renewals_renewed", total.renewed.amount, total.renewed.count),
        ("renewals_lost", lost, total.lost.count + total.lapsed.count),
        ("renewals_called", total.called, total.open.count),
    ):
        yield Told(name, quarter.label, quarter.start, quarter.end, value, "money", n=count)
    yield Told(
        "renewals_expected", quarter.label, quarter.start, quarter.end, total.expected, "money", total.low, total.high,
        total.open.count,
    )  # fmt: skip


def _link(quarter: Period, side: Side, state: str = "") -> str:
    """The renewals of a quarter, one by one."""
    asked = {"window": quarter.label, **({"state": state} if state else {}), **dict(side.only)}
    return f"{reverse('renewals')}?{urlencode(asked)}"


def _row(quarter: Period, total: Forecast, side: Side) -> Row:
    def money(value: Decimal | None) -> str:
        return formats.money_short(value, side.currency)

    every = _link(quarter, side, "all")
    span = f"{money(total.low)} – {money(total.high)}" if total.low is not None else ""
    untold = _("%(count)s without a probability") % {"count": total.untold.count} if total.untold.count else ""
    lapsed = _("%(money)s lapsed") % {"money": money(total.lapsed.value)} if total.lapsed.count else ""
    late = _("%(count)s late") % {"count": total.late.count} if total.late.count else ""
    cells = (
        Cell(money(total.due.value), rows=every), Cell(formats.number(total.due.count), more=late, rows=every),
        Cell(money(total.renewed.amount), rows=_link(quarter, side, "renewed")),
        Cell(money(total.lost.value), more=lapsed, rows=_link(quarter, side, "lost")), Cell(money(total.called), rows=every),
        Cell(money(total.expected), span, untold, every if total.expected is not None else ""),
    )  # fmt: skip
    return Row(formats.quarter(quarter.label), cells, every)


def _drawn(told: list[tuple[Period, Forecast]], side: Side) -> Bars:
    """What is decided, and of the rest what the model expects to be kept and lost; without a model, what is open."""

    def parts(total: Forecast) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        lost = total.lost.value + total.lapsed.value
        if total.expected is None:
            return total.renewed.amount, total.open.value, _ZERO, lost
        kept = max(_ZERO, total.expected - total.renewed.amount)
        return total.renewed.amount, kept, max(_ZERO, total.open.value - kept), lost

    names = (_("Renewed"), _("Open, expected to renew"), _("Open, expected to be lost"), _("Lost"))
    rows = [parts(total) for _quarter, total in told]
    labels = tuple(formats.quarter(quarter.label) for quarter, _total in told)
    tones: tuple[Tone, ...] = ("new", "expansion", "contraction", "churn")
    series = tuple(
        Series(name, tuple(float(row[n]) for row in rows), tone)
        for n, (name, tone) in enumerate(zip(names, tones, strict=True))
    )  # fmt: skip
    table = Table(
        (_("Quarter"), *names),
        tuple(
            (label, *(formats.money(value, side.currency) for value in row))
            for label, row in zip(labels, rows, strict=True)
        ),
        tuple(
            ("", *(_link(quarter, side, state) for state in ("renewed", "undecided", "undecided", "lost")))
            for quarter, _t in told
        ),
    )
    says = _("Renewals of two quarters: %(first)s and %(second)s come up.") % {
        "first": formats.money_short(told[0][1].due.value, side.currency),
        "second": formats.money_short(told[1][1].due.value, side.currency),
    }  # fmt: skip
    return Bars(says, table, Scale("currency", 0, side.currency), labels, series)
