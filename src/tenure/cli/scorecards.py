"""The scorecard of somebody, or of a team, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.table import Column, Table, clean
from tenure.core.titles import titled
from tenure.engine.scorecards.hints import hints

if TYPE_CHECKING:
    from decimal import Decimal

    from tenure.cli.style import Style
    from tenure.core.config import Settings
    from tenure.engine.result import Figure
    from tenure.engine.scorecards.book import Book
    from tenure.engine.scorecards.hints import Hint
    from tenure.engine.scorecards.lines import Expected, Line, Lines
    from tenure.engine.scorecards.moved import Movers
    from tenure.engine.verbs.scorecard import Scorecard

#: What is said of a hint.
_SAID = {
    "worse_than_expected": "worse than expected of these accounts", "missed": "short of its target", "weak_in": "weak in",
    "worse_than_before": "worse than in the window before", "better_than_expected": "better than expected of these accounts",
    "reached": "reached its target", "better_than_before": "better than in the window before",
}  # fmt: skip
_APART = {
    "small_team": "too few share the team's results to show them", "no_team": "no team is known", "no_more": "", "": "",
}  # fmt: skip


def told(found: Scorecard, settings: Settings, style: Style) -> list[str]:
    """All of it."""
    last, before = found.end - timedelta(days=1), found.start - timedelta(days=1)
    who = f"{clean(found.name)}{f', team {clean(found.of_team)}' if found.of_team else ''}"
    compared = f"compared with {found.before_start} to {before}"
    lines = [
        style.bold(f"Scorecard of {who}, {found.start} to {last}"),
        style.grey(" · ".join((compared, settings.currency, f"rules {found.version}"))), "",
        *paragraph(found.definition, style),
    ]  # fmt: skip
    for group in found.groups:
        lines += ["", *_group(group, style)]
    lines += ["", *_blend(found, style)]
    if found.book:
        lines += ["", *_book(found.book, settings, style)]
    if found.moved:
        lines += ["", *_moved(found.moved, settings, style)]
    said = hints(found.groups)
    lines += ["", style.bold("What can be told")]
    lines += [f"  {_hint(one)}" for one in said] or ["  Nothing stands apart from chance, target or expectation."]
    return [*lines, "", *_fair(style)]


def _group(group: Lines, style: Style) -> Iterator[str]:
    yield style.bold(group.name + (" (for information)" if group.beside else ""))
    table = Table(
        [
            Column("measure", flexible=True), Column("value", right=True), Column("95 %", right=True), Column("n", right=True),
            Column("target", right=True, rank=1), Column("change", right=True, rank=2), Column("expected", right=True, rank=3),
            Column("team", right=True, rank=4), Column("remark"),
        ]
    )  # fmt: skip
    for number, line in enumerate(group.lines):
        table.rows.append(_row(line))
        if line.few:
            table.grey.add(number)
    yield from table.lines(style)
    apart = next((_APART[line.apart] for line in group.lines if _APART[line.apart]), "")
    if apart:
        yield style.grey(f"Team: {apart}.")


def _row(line: Line) -> list[str]:
    name = " ".join((titled(line.metric), *line.variant))
    if line.figure is None:
        return [name, numbers.NOTHING, "", "", "", "", "", "", clean(line.told)]
    each = line.figure
    places = numbers.places_for(each.unit, [each.value, each.low, each.high])
    change = each.extra.get("change")
    clear = each.extra.get("different")
    moved = "" if change is None else ("" if clear else "≈ ") + numbers.change(change, each.unit, places)
    aims = ", ".join(numbers.figure(aim.goal, aim.unit, places) for aim in line.aims)
    return [
        name, numbers.figure(each.value, each.unit, places), numbers.interval(each.low, each.high, each.unit, places),
        f"{each.n:,}", aims, moved, _expected(line.expected), _team(line.team, places), _remark(line),
    ]  # fmt: skip


def _expected(one: Expected | None) -> str:
    return "" if one is None else f"{numbers.plain(one.observed, 1)} of {numbers.plain(one.expected, 1)}"


def _team(each: Figure | None, places: int) -> str:
    return "" if each is None else numbers.figure(each.value, each.unit, places)


def _remark(line: Line) -> str:
    if line.few:
        return "too few to say"
    one = line.expected
    return "" if one is None else "expected too little to say" if one.few else one.remark


def _blend(found: Scorecard, style: Style) -> Iterator[str]:
    yield style.bold("Blend")
    one = found.blend
    if one is None or not (one.own or one.of_team):
        yield "No objective of exactly this window has a target and a value, so nothing is blended."
        return
    names = "own", "team"
    for name, parts, share, mean in zip(
        names, (one.own, one.of_team), one.shares, (one.individual, one.team), strict=True
    ):
        yield f"  {name} ({_percent(share)}): {_percent(mean)}"
        for part in parts:
            yield f"    {clean(part.aim.name)}: {_percent(part.aim.attained)} of the target, counted {_percent(part.counted)}, weight {part.weight}"
    yield (
        f"  together: {_percent(one.value)}"
        if one.value is not None
        else "  One of the two has no target: nothing is blended."
    )


def _book(book: Book, settings: Settings, style: Style) -> Iterator[str]:
    money = settings.currency
    yield style.bold("Accounts that changed hands")
    yield f"  taken over: {len(book.came)}, new customers: {len(book.new)}, handed over: {len(book.went)}"
    if book.came:
        yield (
            f"  of those taken over, in sight: MRR {numbers.plain(book.then, 2)} {money} then, {numbers.plain(book.soon, 2)} after "
            f"{book.days} days or at the close, {numbers.plain(book.now, 2)} at the close; "
            f"{book.lost_soon} lost in these days, {book.lost_later} later"
        )
    for word, rows in (("from", book.came), ("to", book.went)):
        for one in rows:
            name = clean(one.name) if one.account else "an account out of your sight"
            other = f" {word} {one.other}" if one.other else ""
            yield f"  {one.day} {name}{other}: MRR {_amount(one.then)} then, {_amount(one.now)} at the close, {one.became}"


def _moved(found: Movers, settings: Settings, style: Style) -> Iterator[str]:
    yield style.bold("Accounts that moved it most")
    for one in found.revenue:
        name = clean(one.name) if one.account else "an account out of your sight"
        yield f"  {name}: MRR {numbers.plain(one.by, 2, sign=True)} {settings.currency} ({', '.join(one.kinds)})"
    for one in found.health:
        yield f"  {clean(one.name) or 'an account out of your sight'}: health {numbers.plain(one.by, 0, sign=True)}"
    if not found.revenue and not found.health:
        yield "  None moved."


def _hint(one: Hint) -> str:
    name = " ".join((titled(one.line.metric), *one.line.variant))
    where = f" {one.weak.dimension} {clean(one.weak.value)}" if one.weak else ""
    aim = f": {clean(one.aim.name)}" if one.aim else ""
    return f"{name}: {_SAID[one.kind]}{where}{aim}"


def _fair(style: Style) -> list[str]:
    return paragraph(
        "Adjusted: what stands under expected, for what was known of the accounts at hand-over. Not adjusted: all else. ≈: the change"
        " cannot be told from chance. Nobody is ranked. It stands beside a talk about somebody's work, never in its place.",
        style,
    )


def _percent(value: Decimal | None) -> str:
    return numbers.NOTHING if value is None else f"{numbers.plain(value * 100, 1)} %"


def _amount(value: Decimal | None) -> str:
    return numbers.NOTHING if value is None else numbers.plain(value, 2)
