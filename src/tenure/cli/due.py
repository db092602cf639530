"""Renewals as a person reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.table import Column, Table, clean
from tenure.core.period import local_day

if TYPE_CHECKING:
    from tenure.cli.style import Style
    from tenure.engine.verbs.renewal_accuracy import Held, RenewalAccuracyFound
    from tenure.engine.verbs.renewal_forecast import Forecast, Maker, RenewalForecastFound
    from tenure.engine.verbs.rows import Page

#: Of what makes the difference so many are told.
_MAKERS = 5


def forecast(found: RenewalForecastFound, listed: Page, zone: str, style: Style) -> list[str]:
    """What is due, called and expected in a window; by groups if they were asked for; and the renewals. ``zone``: of days."""
    one, money = found.total, found.currency
    lines = [
        style.bold(f"{numbers.counted(one.due.count, 'renewal')} due from {found.start} to before {found.end}"),
        "",
    ]
    if not one.due.count:
        return lines[:1]
    lost = one.lost.value + one.lapsed.value
    lines += [
        (
            f"Due {_money(one.due.value)} {money} a year: {_money(one.renewed.amount)} renewed ({one.renewed.count}), "
            f"{_money(lost)} lost ({one.lost.count + one.lapsed.count}), {_money(one.open.value)} open ({one.open.count})."
        ),
        f"Called {_money(one.called)}. The model expects {_money(one.expected)}{_range(one)}.",
    ]
    if found.groups:
        lines += ["", *_groups(found, style)]
    if found.makers:
        lines += ["", "What makes the difference between them:", *(_maker(maker) for maker in found.makers[:_MAKERS])]
    lines += ["", *_listed(listed, zone, style)]
    if len(listed.rows) < listed.total:
        lines += ["", style.grey(f"{listed.total - len(listed.rows)} more: --rows 0 shows all.")]
    return lines


def _groups(found: RenewalForecastFound, style: Style) -> list[str]:
    table = Table(
        [Column(""), Column("due", right=True), Column("renewed", right=True), Column("open", right=True),
         Column("called", right=True), Column("expected", right=True), Column("95 % range", right=True, rank=1)]
    )  # fmt: skip
    for one in (*found.groups, found.total):
        name = clean(one.name or ("total" if one is found.total else "none"))
        table.rows.append(
            [name, *(_money(value) for value in (one.due.value, one.renewed.amount, one.open.value, one.called, one.expected)),
             _range(one).strip(" ()")]
        )  # fmt: skip
    return table.lines(style)


def _maker(one: Maker) -> str:
    judged = f"judged {one.category.replace('_', ' ')}" if one.category else "not judged"
    model = f"the model says {_percent(one.probability)}"
    return f"  {numbers.plain(one.gap, 0, sign=True):>12}  {clean(one.name or one.account_id)}: {judged}, {model}"


def _listed(listed: Page, zone: str, style: Style) -> list[str]:
    table = Table(
        [
            Column("renewal"), Column("name", flexible=True, rank=1), Column("owner", flexible=True, rank=3), Column("due"),
            Column("a year", right=True), Column("state"), Column("judged"), Column("called", right=True),
            Column("model", right=True),
        ]
    )  # fmt: skip
    for row in listed.rows:
        chance = row["renewal_probability"]
        table.rows.append(
            [
                clean(row["renewal_id"]), clean(row["name"] or ""), clean(row["owner_name"] or row["owner"] or ""),
                str(local_day(row["due"].replace(tzinfo=None), zone)), _money(row["value"]), row["state"], (row["category"] or "").replace("_", " "),
                "" if row["called"] is None else _money(row["called"]), "" if chance is None else _percent(chance),
            ]
        )  # fmt: skip
    return table.lines(style) if listed.rows else []


def past(found: RenewalAccuracyFound, style: Style) -> list[str]:
    """How far past forecasts were off."""
    lines = [style.bold("Past quarters' renewal forecasts, as they were known then"), ""]
    told = [one for one in found.quarters if one.judged.n or one.modelled.n]
    if not told:
        return [*lines, "Nothing was judged before a quarter that is over began, and no risks were kept."]
    table = Table(
        [
            Column("quarter"), Column("days before", right=True), Column("open then", right=True), Column("judged", right=True),
            Column("called", right=True), Column("came", right=True), Column("off by", right=True),
            Column("model", right=True, rank=2), Column("kept", right=True, rank=3), Column("off by", right=True, rank=1),
        ]
    )  # fmt: skip
    for place, one in enumerate(told):
        if one.judged.n < 10:
            table.grey.add(place)
        table.rows.append(
            [one.label, str(one.lead), str(one.due), str(one.judged.n), *_held(one.judged), *_held(one.modelled)]
        )
    lines += table.lines(style)
    if found.people:
        lines += ["", *_people(found, style)]
    return [*lines, *(["", *found.notes] if found.notes else [])]


def _people(found: RenewalAccuracyFound, style: Style) -> list[str]:
    table = Table(
        [
            Column("owner"),
            Column("judged", right=True),
            Column("off by", right=True),
            Column("95 % interval", right=True),
        ]
    )
    for place, one in enumerate(found.people):
        if one.is_small:
            table.grey.add(place)
        ends = (one.judged.low, one.judged.high)
        told = "too few" if one.is_small else " – ".join(_share(end) for end in ends)
        table.rows.append([clean(one.owner), str(one.judged.n), _share(one.judged.bias), told])
    apart = {
        None: "Too few renewals were judged to say whether people differ.",
        True: "People differ by more than chance makes them.",
        False: "Chance alone makes differences like these: people cannot be told apart.",
    }[found.apart]
    return [*table.lines(style), "", style.grey(apart)]


def _held(held: Held) -> list[str]:
    return [_money(held.forecast), _money(held.came), _share(held.bias)] if held.n else ["", "", ""]


def _range(one: Forecast) -> str:
    return (
        ""
        if one.low is None or one.high is None or one.low == one.high
        else f" ({_money(one.low)} – {_money(one.high)})"
    )


def _money(value: Decimal | None) -> str:
    return numbers.NOTHING if value is None else numbers.plain(value, 0)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.0f} %"


def _share(value: float | None) -> str:
    return numbers.NOTHING if value is None else f"{numbers.plain(value * 100, 0, sign=True)} %"
