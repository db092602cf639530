"""Who answers: the results of each reporting line, added up over the accounts that it owned. No evaluation of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.titles import titled
from tenure.engine.result import Figure
from tenure.web.access.lines import Reports, reports
from tenure.web.board.part import Cell, Grid, Part, Row, Told, cell
from tenure.web.board.side import YEARLY, Side
from tenure.web.kit import figure, formats
from tenure.web.kit.gaps import GAPS

if TYPE_CHECKING:
    from tenure.engine.lines.standing import Cell as Standing

#: What the lines are shown of, and who answers for it.
_SHOWN = ("arr", *YEARLY)
#: So many lines are shown, from the top; how many more there are is said.
_MOST = 16
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Sum:
    """What the owners of a line add up to: ARR, and the parts of retention; ``n``: their customers at the close."""

    arr: Decimal
    n: int
    parts: dict[str, tuple[Decimal, Decimal]]


def accountable(side: Side) -> Part:
    """The results by reporting line. A line is a manager and all who report to her, directly or through others."""
    title, note = (
        _("Who answers"),
        _(
            "who answers for ARR, NRR and GRR now; figures by who owned the accounts then; ≈ where a change cannot be told from chance"
        ),
    )
    by_owner = {slug: side.last(slug, by=("owner",)) for slug in _SHOWN}
    tree = reports(side.answers.sight)
    owners = {each.slice["owner"] for figures in by_owner.values() for each in figures if each.slice["owner"]}
    lines = list(_lines(tree, owners))
    if not lines:
        return Part("lines", title, note, empty=_("No reporting lines are known: csm rows with manager_id bring them."))
    answering, rows, kept = _answering(side), [], []
    for manager, depth, members in lines[:_MOST]:
        mine = sorted(owners & members)
        row, figures = _row(side, manager, depth, mine, by_owner, answering.get(manager))
        rows.append(row)
        kept += figures
    others = sorted(owners - set().union(*(members for _m, _d, members in lines)))
    if others:
        row, figures = _row(side, "", 0, others, by_owner)
        rows.append(row)
        kept += figures
    unowned = [each for each in by_owner["arr"] if not each.slice["owner"]]
    if unowned and unowned[0].value:
        cells = (
            Cell("–"),
            cell(unowned[0], side),
            Cell("–"),
            Cell("–"),
            Cell(formats.number(unowned[0].n), rows=side.rows(unowned[0])),
        )
        rows.append(Row(_("Nobody's"), cells))
    grid = Grid((_("Who answers"), _("ARR"), _("NRR"), _("GRR"), _("Customers")), tuple(rows), words=(0,))
    link, words = reverse("reporting_lines"), _words(len(lines) - _MOST)
    return Part("lines", title, note, link, grids=(("", grid),), words=words, told=tuple(kept))


def _answering(side: Side) -> dict[str, Cell]:
    """Who answers for what is shown of each line, by who leads it, and what is wrong about that."""
    found = side.answers.lines()
    leads = {unit.id: unit.leads for unit in found.units if unit.leads}
    by: dict[str, list[Standing]] = {}
    for one in found.cells:
        if one.metric in _SHOWN and one.unit in leads:
            by.setdefault(leads[one.unit], []).append(one)
    return {leader: Cell(_who(some, side.people), rows=_page(side, leader)) for leader, some in by.items()}


def _who(some: Sequence[Standing], people: Mapping[str, str]) -> str:
    """``Mona Berg``, or ``Mona Berg: ARR · nobody: Net revenue retention``."""
    by: dict[str, list[str]] = {}
    for one in some:
        names = ", ".join(people.get(each.csm_id, each.csm_id) for each in one.told)
        wrong = str(GAPS[one.gap][1]) if one.gap else ""
        by.setdefault(f"{names} ({wrong})" if names and wrong else names or wrong, []).append(titled(one.metric))
    if len(by) == 1:
        return next(iter(by))
    return " · ".join(f"{who}: {', '.join(metrics)}" for who, metrics in by.items())


def _page(side: Side, leader: str) -> str:
    """Where it stands what somebody answers for."""
    return reverse("person_answers", args=[leader]) if leader in side.people else ""


def _words(more: int) -> tuple[str, ...]:
    """What the sums do not say, and how many lines there are beyond those shown."""
    words = _(
        "Sums of accounts: they say what became of a book, not how well somebody works. For that see the fair comparison."
    )
    if more <= 0:
        return (words,)
    text = ngettext("%(count)s more line is not shown.", "%(count)s more lines are not shown.", more)
    return (words, text % {"count": formats.number(more)})


def _lines(tree: Reports, owners: set[Any]) -> Iterator[tuple[str, int, set[str]]]:
    """Each manager whose line owns accounts, from the top; a line that is the same as the one above it is left out."""

    def below(manager: str, depth: int, above: set[str]) -> Iterator[tuple[str, int, set[str]]]:
        members = tree.line(manager)
        mine = members & owners
        if mine and mine != above:
            yield manager, depth, members
            depth += 1
        for each in tree.managers_under(manager):
            yield from below(each, depth, mine)

    for top in tree.tops:
        yield from below(top, 0, set())


def _row(
    side: Side,
    manager: str,
    depth: int,
    mine: Sequence[str],
    by_owner: dict[str, list[Figure]],
    who: Cell | None = None,
) -> tuple[Row, list[Told]]:
    """A line's results. Its intervals are those of its accounts taken together."""
    name = side.people.get(manager, manager) if manager else _("Outside every line")
    where = [*side.only, *(("owner", owner) for owner in mine)]
    levels = [each for each in by_owner["arr"] if each.slice["owner"] in mine]
    arr, n = sum((each.value or _ZERO for each in levels), _ZERO), sum(each.n for each in levels)
    cells = [who or Cell("–"), Cell(formats.money_short(arr, side.currency), rows=_rows(side, "arr", where))]
    kept = [Told("arr", name, side.chosen.at.start, side.chosen.at.end, arr, "money", n=n)]
    for slug in YEARLY:
        (whole,) = _asked(side, slug, where) or (None,)
        cells.append(cell(whole, side, changed=True))
        if whole is not None:
            cells[-1] = _to_rows(cells[-1], _rows(side, slug, where))
            kept.append(
                Told(
                    slug,
                    name,
                    whole.period_start,
                    whole.period_end,
                    whole.value,
                    whole.unit,
                    whole.low,
                    whole.high,
                    whole.n,
                )
            )
    cells.append(Cell(formats.number(n), rows=_rows(side, "arr", where)))
    return Row(name, tuple(cells), link=_page(side, manager), depth=depth), kept


def _asked(side: Side, slug: str, where: Sequence[tuple[str, str]]) -> list[Figure]:
    at = side.chosen.at.label
    return list(side.answers.ask(slug, start=at, end=at, grain=side.chosen.grain.value, where=list(where)))


def _to_rows(of: Cell, rows: str) -> Cell:
    return Cell(of.value, of.interval, of.more, rows if of.rows else "", of.small, of.tone)


def _rows(side: Side, slug: str, where: Sequence[tuple[str, str]]) -> str:
    """The address of the rows of several owners' accounts together."""
    only = [f"{name}:{value}" for name, value in where]
    asked = {**side.address(slug), "at": _at(side), "only": only}
    return f"{figure.page_of(slug)}?{urlencode(asked, doseq=True)}#rows"


def _at(side: Side) -> str:
    return side.chosen.at.label
