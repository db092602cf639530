"""How judgements compare with the facts, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.engine.verbs.optimism import Leaning, OptimismFound


def told(found: OptimismFound, most: int, style: Style) -> list[str]:
    """What it is for comes first; then people, then the accounts that are worth a talk."""
    from tenure.engine.verbs.optimism import FEWEST

    lines = [style.bold(f"Judgements ({clean(found.judgement)}) beside the facts, {found.since} to {found.day}"), ""]
    lines += [*paragraph(found.notes[0], style), "", *_people(found).lines(style), ""]
    if found.usual is not None:
        lines.append(f"On average customers are judged {_signed(found.usual)} points from the facts.")
    if any(one.shrunk is None for one in found.people):
        lines.append(f"Of fewer than {FEWEST} customers nothing is said.")
    if found.beyond:
        shown = found.beyond[:most] if most else found.beyond
        lines += ["", style.bold("Judged much better than the facts today"), "", *_beyond(found, most).lines(style)]
        if len(shown) < len(found.beyond):
            lines += ["", style.grey(f"{len(found.beyond) - len(shown)} more: --rows 0 shows all.")]
    rest = "drawn: towards all others as far as it is uncertain. left: of those judged to be well, within 90 days."
    return [*lines, "", *map(style.grey, paragraph(rest, style)), *map(style.grey, paragraph(found.notes[1], style))]


def _people(found: OptimismFound) -> Table:
    table = Table(
        [
            Column("who", flexible=True), Column("customers", right=True), Column("judgements", right=True, rank=3),
            Column("judged", right=True, rank=2), Column("facts", right=True, rank=2), Column("apart", right=True),
            Column("95 %", right=True), Column("drawn", right=True, rank=1), Column("left", right=True, rank=1),
        ]
    )  # fmt: skip
    for number, one in enumerate(found.people):
        if one.shrunk is None:
            table.grey.add(number)
        table.rows.append(_person(found, one))
    return table


def _person(found: OptimismFound, one: Leaning) -> list[str]:
    ends = "" if one.low is None or one.high is None else f"{_signed(one.low)} – {_signed(one.high)}"
    return [
        clean(found.names.get(one.by, one.by)), str(one.accounts), str(one.judgements), numbers.plain(one.judged, 0),
        numbers.plain(one.facts, 0), "too few" if one.difference is None else _signed(one.difference), ends,
        "" if one.shrunk is None else _signed(one.shrunk), f"{one.left} of {one.good}" if one.good else "",
    ]  # fmt: skip


def _beyond(found: OptimismFound, most: int) -> Table:
    table = Table(
        [
            Column("account"), Column("name", flexible=True, rank=1), Column("by", flexible=True),
            Column(f"MRR {found.currency}", right=True, rank=2), Column("judged", right=True), Column("facts", right=True),
            Column("days ago", right=True, rank=3),
        ]
    )  # fmt: skip
    for one in found.beyond[:most] if most else found.beyond:
        table.rows.append(
            [
                one.account_id, clean(one.name or ""), clean(one.by_name or one.by),
                numbers.NOTHING if one.mrr is None else numbers.plain(one.mrr, 0), numbers.plain(one.judged, 0),
                numbers.plain(one.facts, 0), str(one.age),
            ]
        )  # fmt: skip
    return table


def _signed(value: float) -> str:
    return numbers.plain(value, 1, sign=True)
