"""A comparison of CSMs or teams as people read it: a table, or a funnel, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean
from tenure.core.titles import titled

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.verbs.fairness import Compared, Comparison

_SIZES = {"account-months": "months", "contracts due": "due", "promises due": "due", "answers": "answers"}
_WHO = {"owner": "CSM", "team": "Team"}
#: Of the drawing: the highest ratio at its right end, and how many signs it takes.
_TOP = 3.0
_ROOM = 49
#: Less is hardly any.
_SOME = 0.005


def heading(found: Comparison, settings: Settings, style: Style) -> list[str]:
    """What is compared, of which months."""
    last = found.period_end - timedelta(days=1)
    parts = [found.metric, *([settings.currency] if found.unit == "money" else [])]
    if found.observed is not None and found.size is not None:
        parts.append(f"{_amount(found, found.observed)} {found.what}, of {_size(found.size)} {found.of}")
    title = f"{titled(found.what)} and expected, by {found.by}, {found.period_start:%Y-%m} to {last:%Y-%m}"
    return [style.bold(title), style.grey(" · ".join(parts)), ""]


def standings(found: Comparison, style: Style, *, funnel: bool) -> list[str]:
    """Where each stands, and what is to be known of it; or that there is nobody to compare."""
    if not found.groups:
        who = "no account that you may see had an owner" if found.by == "owner" else "no owner of an account had a team"
        return [f"There is nobody to compare: {who} in these months."]
    return _funnel(found, style) if funnel else _table(found, style)


def _table(found: Comparison, style: Style) -> list[str]:
    table = Table(
        [
            Column(_WHO[found.by], flexible=True), Column(_SIZES[found.of], right=True, rank=3), Column(_word(found), right=True),
            Column("expected", right=True), Column("ratio", right=True), Column("believed", right=True, rank=2),
            Column("95 %", right=True), Column("better", right=True), Column("inherited", right=True, rank=1),
            Column("ranks", right=True, rank=4), Column("remark"),
        ]
    )  # fmt: skip
    for each in found.groups:
        ranks = "–".join(map(str, each.rank)) if each.rank and not found.alike else ""
        table.rows.append(
            [
                clean(each.name), _size(each.size), _amount(found, each.observed),
                _amount(found, each.expected, 1), _ratio(each.ratio), _ratio(each.shrunk),
                f"{_ratio(each.low)} – {_ratio(each.high)}", f"{numbers.plain(each.better * 100, 0)} %",
                _ratio(each.inherited_risk), ranks, each.remark,
            ]
        )  # fmt: skip
    told = (
        f"Ratio: {_word(found)} / expected. Believed: the ratio drawn towards 1 as far as chance leaves it open, with its"
        f" 95 % interval. Better: how likely it truly lies {'below' if found.less_is_better else 'above'} 1. Inherited: what"
        " was to be expected of what was handed over, 1 being the company's average. Remark: whether the ratio lies beyond what chance makes."
    )
    if not any(table.rows[at][-2] for at in range(len(table.rows))):
        table = Table(_without(table.columns, -2), [_without(row, -2) for row in table.rows])
    return [*table.lines(style), "", *_below(found, told, style)]


def _funnel(found: Comparison, style: Style) -> list[str]:
    """Each one's ratio within its limits, those with most to tell at the bottom, where the funnel is narrow."""
    ordered = sorted(found.groups, key=lambda each: (each.events, each.id))
    names = [clean(each.name) for each in ordered]
    room = max(map(len, (*names, _WHO[found.by])), default=0)
    ends = "0".ljust(_place(1.0)) + "1".ljust(_place(2.0) - _place(1.0)) + "2".ljust(_place(_TOP) - _place(2.0)) + "3"
    lines = [style.bold(f"{_WHO[found.by]:{room}}  expected  {ends}")]
    lines += [
        f"{name:{room}}  {_amount(found, each.expected, 1):>8}  {_drawn(each)}  {_ratio(each.ratio)}"
        for name, each in zip(names, ordered, strict=True)
    ]
    told = (
        f"●: {_word(found)} / expected. ━: within the 95 % limits of chance, ─: within those of 99.8 %. │: as expected."
    )
    return [*lines, "", *_below(found, told, style)]


def _drawn(each: Compared) -> str:
    signs = [" "] * _ROOM
    for (low, high), sign in ((each.limits_998, "─"), (each.limits_95, "━")):
        if low is not None and high is not None:
            for at in range(_place(low), _place(high) + 1):
                signs[at] = sign
    signs[_place(1.0)] = "│"
    if each.ratio is not None:
        signs[_place(each.ratio)] = "▸" if each.ratio > _TOP else "●"
    return "".join(signs)


def _place(ratio: float) -> int:
    return round(min(ratio, _TOP) / _TOP * (_ROOM - 1))


def _below(found: Comparison, told: str, style: Style) -> list[str]:
    """What is to be known of the comparison, what its words mean, and what it cannot tell."""
    lines = [line for note in (*found.notes, *_apart(found)) for line in paragraph(note, style)]
    if found.gain > 0:
        better = f"{numbers.plain(found.gain * 100, 0)} %" if found.gain >= _SOME else "hardly any"
        lines += paragraph(
            f"What was known at hand-over foretells {better} better than the company's rate for all.", style
        )
    left_out = ", ".join(f"{count:,} {reason}" for reason, count in sorted(found.excluded.items()))
    lines += [f"Not counted: {left_out}."] if left_out else []
    grey = [*paragraph(told, style), "", *(line for limit in found.limits for line in paragraph(f"* {limit}", style))]
    return [*lines, *([""] if lines else []), *map(style.grey, grey)]


def _apart(found: Comparison) -> list[str]:
    """Who can be told from whom."""
    called = {each.id: clean(each.name) for each in found.groups}
    return [
        f"{called[each.id]} can be told apart as better than {', '.join(called[other] for other in each.better_than)}."
        for each in found.groups
        if each.better_than
    ]


def _word(found: Comparison) -> str:
    return "lost" if found.less_is_better else "won"


def _amount(found: Comparison, value: Decimal, places: int = 0) -> str:
    """An amount, or a count, whole where it is whole."""
    if found.unit == "money" or (not places and value == value.to_integral_value()):
        return numbers.plain(value, 0)
    return numbers.plain(value, 1)


def _size(value: Decimal) -> str:
    return numbers.plain(value, 0 if value == value.to_integral_value() else 1)


def _ratio(value: float | None) -> str:
    return numbers.NOTHING if value is None else numbers.plain(value, 2)


def _without(items: Sequence[object], at: int) -> list:  # type: ignore[type-arg]
    return [*items[:at], *items[at + 1 :]]
