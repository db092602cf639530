"""The board's parts about customers: by segment, whom we won and lost and why, how they stand, what they think."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.engine.result import Figure
from tenure.web.board.part import Cell, Grid, Part, Row, Told, cell, told
from tenure.web.board.side import Side
from tenure.web.kit import figure, formats, scores
from tenure.web.kit.charts import Bars, Scale, Series, Table, Tone
from tenure.web.kit.movements import named

if TYPE_CHECKING:
    from tenure.engine.verbs.explain import Explanation

#: As many accounts are listed of those won and of those lost.
_MOST = 7
#: The list of accounts can be narrowed by these.
LISTED_BY = ("segment", "team", "region", "owner")
WON, LOST = ("new", "expansion", "reactivation"), ("churn", "contraction")
_BANDS: tuple[tuple[str, Tone], ...] = tuple((band, scores.DRAWN[band]) for band in ("good", "fair", "poor"))
_ZERO = Decimal(0)


def segments(side: Side) -> Part:
    """The figures of each segment, or of each value of the dimension that was chosen."""
    by = side.chosen.by or "segment"
    if side.value:
        by = "segment" if by != "segment" else "team"
    columns = (_("ARR"), _("NRR"), _("GRR"), _("Customer churn"), _("Customers"))
    asked = (
        side.last("arr", by=(by,)), side.last("net_revenue_retention", by=(by,)),
        side.last("gross_revenue_retention", by=(by,)),
        side.last("customer_churn_rate", window=side.chosen.window, by=(by,)),
    )  # fmt: skip
    found: dict[object, dict[int, Figure]] = {}
    for place, figures in enumerate(asked):
        for each in figures:
            found.setdefault(each.slice[by], {})[place] = each
    rows = []
    for value, figures_of in sorted(found.items(), key=lambda pair: -_size(pair[1])):
        cells = [cell(figures_of.get(place), side, changed=True) for place in range(len(asked))]
        base = figures_of.get(0)
        count = Cell(formats.number(base.n), rows=side.rows(base)) if base else Cell("–")
        name = figure.named(by, value, side.people) if value else _("without: %(by)s") % {"by": titled(by)}
        rows.append(Row(name, (*cells, count), _accounts(side, by, value)))
    title = _("By %(dimension)s") % {"dimension": titled(by).lower()}
    note = _("with the change; ≈ where it cannot be told from chance")
    if not rows:
        return Part("segments", title, empty=_("No customer is in any."))
    kept = tuple(one for figures in asked for one in told(figures, side))
    return Part("segments", title, note, grids=(("", Grid(columns, tuple(rows))),), told=kept)


def _size(figures: dict[int, Figure]) -> Decimal:
    return (figures[0].value if 0 in figures else None) or _ZERO


def _accounts(side: Side, by: str, value: object) -> str:
    """Where the accounts of a slice are listed; empty where the list cannot be narrowed to it."""
    asked = dict((*side.only, (by, str(value or ""))))
    if not value or not set(asked) <= set(LISTED_BY):
        return ""
    return f"{reverse('accounts')}?{urlencode(asked)}"


def reasons(side: Side) -> Part:
    """Why the customers left that were lost, the costliest reason first."""
    found = [each for each in side.last("churn_reasons", window=side.chosen.window, by=("reason",)) if each.value]
    title, note = _("Why customers left"), side.chosen.told
    if not found:
        return Part("reasons", title, note, empty=_("Nobody left."))
    whole = sum((each.value or _ZERO for each in found), _ZERO)
    rows = [
        Row(
            figure.named("reason", each.slice["reason"] or _("unknown"), {}),
            (
                Cell(formats.number(each.n), rows=side.rows(each)), cell(each, side),
                Cell(formats.percent((each.value or _ZERO) / whole, 0), rows=side.rows(each)),
            ),
        )
        for each in sorted(found, key=lambda each: -(each.value or _ZERO))
    ]  # fmt: skip
    grid = Grid((_("Accounts"), _("MRR lost"), _("Share")), tuple(rows))
    return Part("reasons", title, note, figure.page_of("churn_reasons"), grids=(("", grid),), told=told(found, side))


def wins(side: Side) -> Part:
    """The accounts that grew, came, shrank and left most, with the reason where one is told."""
    chosen, currency = side.chosen, side.currency
    asked: dict[str, Any] = {"at": chosen.at.label, "grain": chosen.grain.value, "window": chosen.window, "rows": _MOST}

    def moved(kinds: Sequence[str]) -> Explanation:
        where = [*side.only, *(("kind", kind) for kind in kinds)]
        return side.answers.explain("mrr_movements", by=("kind", "cause"), where=where, **asked)

    lost = side.answers.explain("churn_reasons", by=("reason",), where=list(side.only), **asked)
    why = {row["account_id"]: row["reason"] for row in lost.rows}
    won_rows, lost_rows = moved(WON), moved(LOST)
    title, note = _("Biggest wins and losses"), chosen.told
    if not (won_rows.rows or lost_rows.rows):
        return Part("wins", title, note, empty=_("Nothing moved."))
    link = (
        figure.page_of("mrr_movements", {"window": chosen.window})
        if chosen.window != "period"
        else figure.page_of("mrr_movements")
    )
    grids = tuple(
        (name, Grid((_("Owner"), _("ARR"), _("Why")), tuple(_movers(of, side, why)), words=(0, 2)))
        for name, of in ((_("Won and grown"), won_rows), (_("Lost and reduced"), lost_rows))
        if of.rows
    )
    kept = tuple(
        Told("arr_movement", str(row["account"] or row["account_id"]), chosen.at.start, chosen.at.end, row["delta"] * 12,
             "money", note=", ".join(filter(None, (named(row["kind"]), _why(row, why)))))
        for of in (won_rows, lost_rows) for row in of.rows
    )  # fmt: skip
    words = (_("Single movements of the period; amounts in %(currency)s a year.") % {"currency": currency},)
    return Part("wins", title, note, link, grids=grids, words=words, told=kept)


def _movers(of: Explanation, side: Side, why: dict[str, str]) -> Iterator[Row]:
    ids = [row["account_id"] for row in of.rows]
    owners = {
        row["account_id"]: row["owner_name"] or row["owner"]
        for row in side.answers.rows("accounts", where=[("account_id", "one_of", sorted(set(ids)))], limit=_MOST).rows
    }
    for row in of.rows:
        one = next(each for each in of.figures if each.slice["kind"] == row["kind"])
        rows = side.rows(replace(one, slice={"kind": row["kind"]}))
        amount = Cell(figure.moved(row["delta"] * 12, "money", side.currency), rows=rows,
                      tone="good" if row["delta"] > 0 else "bad")  # fmt: skip
        told_why = ", ".join(filter(None, (named(row["kind"]), _why(row, why))))
        cells = (Cell(owners.get(row["account_id"]) or "–"), amount, Cell(told_why))
        name = row["account"] or row["account_id"]
        yield Row(name, cells, reverse("account_page", args=[row["account_id"]]), note=formats.day(row["at"]))


def _why(row: dict[str, Any], why: dict[str, str]) -> str:
    """The reason that was told of a loss, or by what an account grew or shrank."""
    if row["kind"] == "churn":
        reason = why.get(row["account_id"])
        return _("reason not told") if reason in (None, "", "unknown") else titled(str(reason))
    return titled(row["cause"]) if row.get("cause") else ""


def health(side: Side) -> Part:
    """How many customers were in which band of the health score at the close, how that moved, and what may be lost of them."""
    title, at = _("Health of customers"), side.chosen.at
    found = [each for each in side.course("customer_health_score", window="period", by=("band",)) if each.n]
    if not any(each.period_end == at.end for each in found):
        return Part(
            "health",
            title,
            link=reverse("health"),
            empty=_("No health score was kept in this period. Scores are made of each day as it comes, in the night."),
        )
    count = {(each.period_start, each.slice["band"]): each for each in found}
    periods = list(dict.fromkeys((each.period_start, each.period_end) for each in found))
    names = tuple(figure.period(start, end) for start, end in periods)
    series = tuple(
        Series(str(scores.HEALTH[band]), tuple(_counted(count.get((start, band))) for start, _end in periods), tone)
        for band, tone in _BANDS
    )
    table = Table(
        (_("Period"), *(str(scores.HEALTH[band]) for band, _tone in _BANDS)),
        tuple((name, *(formats.number(_counted(count.get((start, band)))) for band, _tone in _BANDS))
              for name, (start, _end) in zip(names, periods, strict=True)),
        tuple(("", *(_rows(count.get((start, band)), side) for band, _tone in _BANDS)) for start, _end in periods),
    )  # fmt: skip
    then = {
        each.slice["band"]: each
        for each in side.last("customer_health_score", window="period", by=("band",), at=side.chosen.against)
    }
    rows = tuple(_bands(side, count, then))
    whole = sum(_counted(count.get((at.start, band))) for band, _tone in _BANDS)
    says = _("Customers by health at the close of each period; at the end %(good)s of %(all)s are good.") % {
        "good": formats.number(_counted(count.get((at.start, "good")))), "all": formats.number(whole),
    }  # fmt: skip
    chart = Bars(says, table, Scale(), names, series, flags=side.marks.on(("customer_health_score",), periods))
    against = figure.period(side.chosen.against.start, side.chosen.against.end)
    columns = (_("Customers"), _("Share"), _("Change since %(period)s") % {"period": against}, _("Mean score"))
    note = _("customers, on the last day of scores of each period")
    link = figure.page_of("customer_health_score")
    return Part("health", title, note, link, chart, (("", Grid(columns, rows)),), told=told(found, side))


def _bands(side: Side, count: dict[tuple[Any, str], Figure], then: dict[str, Figure]) -> Iterator[Row]:
    at = side.chosen.at
    whole = sum(_counted(count.get((at.start, band))) for band, _tone in _BANDS) or 1
    for band, _tone in _BANDS:
        each = count.get((at.start, band))
        number = _counted(each)
        moved = figure.moved(Decimal(number - _counted(then.get(band))), "count", side.currency) if then else "–"
        rows = _rows(each, side)
        cells = (
            Cell(formats.number(number), rows=rows), Cell(formats.percent(number / whole, 0), rows=rows),
            Cell(moved, rows=rows if then else ""), cell(each, side, changed=True),
        )  # fmt: skip
        asked = {"health_band": band, **dict(side.only)}
        link = f"{reverse('accounts')}?{urlencode(asked)}" if set(asked) <= {*LISTED_BY, "health_band"} else ""
        yield Row(str(scores.HEALTH[band]), cells, link)


def _counted(each: Figure | None) -> int:
    return each.n if each else 0


def _rows(each: Figure | None, side: Side) -> str:
    return side.rows(each) if each else ""
