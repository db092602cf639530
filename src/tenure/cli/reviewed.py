"""The weekly review of health, as a team goes through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from tenure.cli import numbers
from tenure.cli.disagreed import reading
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.engine.verbs.review import Decision, Mover, ReviewFound, Who

T = TypeVar("T")


def told(found: ReviewFound, most: int, style: Style) -> list[str]:
    """Who moved, what disagrees, who came and left, and what was decided."""
    head = f"Health of {numbers.counted(found.accounts, 'customer')}, {found.since} to {found.day}"
    lines = [style.bold(head), ""]
    for title, movers in (("down", found.down), ("up", found.up)):
        lines += [style.bold(f"{numbers.counted(len(movers), 'score')} {title} by 2 points or more")]
        lines += ["", *_movers(found, _first(movers, most)).lines(style), ""] if movers else [""]
    for title, people in (("came", found.came), ("left", found.left)):
        if people:
            lines += [style.bold(f"{numbers.counted(len(people), 'customer')} {title}"), ""]
            lines += [*(_who(found, one) for one in _first(people, most)), ""]
    if found.disagreements:
        count = numbers.counted(len(found.disagreements), "pair")
        lines += [style.bold(f"{count} of signals that disagree, against a quarter ago"), ""]
        lines += [
            f"{one.account_id:12}{one.kind:32}{reading(one.good)}, {reading(one.bad)}"
            for one in _first(found.disagreements, most)
        ] + [""]
    lines += [style.bold(f"{numbers.counted(len(found.decisions), 'decision')} made or due")]
    lines += (
        ["", *(f"{one.account_id:12}{decision(one)}  [{one.decision_id}]" for one in found.decisions)]
        if found.decisions
        else []
    )
    return [*lines, "", style.grey('To note one: tenure health note ACCOUNT --by NAME --text "..." [--follow-up DAY]')]


def decision(one: Decision) -> str:
    """A decision in a line."""
    due = "" if one.follow_up is None or not one.is_open else f", {'due' if one.is_due else 'again on'} {one.follow_up}"
    return f"{one.at:%Y-%m-%d} {clean(one.by)}: {clean(one.text)}{due}{'' if one.is_open else ' (done)'}"


def _first(rows: Sequence[T], most: int) -> Sequence[T]:
    return rows[:most] if most else rows


def _movers(found: ReviewFound, movers: Sequence[Mover]) -> Table:
    table = Table(
        [
            Column("account"), Column("name", flexible=True, rank=1), Column("owner", flexible=True, rank=2),
            Column(f"MRR {found.currency}", right=True, rank=3), Column("was", right=True), Column("is", right=True),
            Column("change", right=True), Column("band"), Column("mostly"),
        ]
    )  # fmt: skip
    for one in movers:
        band = one.band or ""
        table.rows.append(
            [
                one.account_id, clean(one.name or ""), clean(one.owner_name or one.owner or ""),
                numbers.NOTHING if one.mrr is None else numbers.plain(one.mrr, 0), numbers.plain(one.before, 1),
                numbers.plain(one.score, 1), numbers.plain(one.change, 1, sign=True),
                band if one.band == one.band_before else f"{one.band_before} → {band}",
                f"{clean(one.most.replace('_', ' '))} {numbers.plain(one.most_change, 1, sign=True)}",
            ]
        )  # fmt: skip
    return table


def _who(found: ReviewFound, one: Who) -> str:
    worth = numbers.NOTHING if one.mrr is None else f"{numbers.plain(one.mrr, 0)} {found.currency} a month"
    return f"{one.account_id:12}{clean(one.name or '')}, {worth}"
