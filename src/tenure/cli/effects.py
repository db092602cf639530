"""The effect of a play as people read it: what was compared, by how much it differs, and whether that is the play's doing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.table import Column, Table, clean
from tenure.core.titles import titled

if TYPE_CHECKING:
    from tenure.cli.style import Style
    from tenure.engine.verbs.effect import Effect, Group
    from tenure.engine.verbs.plays import Play

_NAMES = {"treated": "treated", "held_out": "held out", "others": "others"}
_STANDINGS = {"causal": "Causal", "conditional": "Causal on a condition", "not_causal": "Not causal"}
_METHODS = {
    "hold_out": "Treated against held out, each by the arm it was assigned to, from the day of the assignment on.",
    "difference_in_differences": "Treated against accounts on which it was not, or not yet, tried: difference in differences.",
    "before_after": "The treated alone, before and after.",
}


def listed(plays: Sequence[Play], style: Style) -> list[str]:
    """The plays, a line each."""
    table = Table([
        Column("play", flexible=True), Column("treated", right=True), Column("held out", right=True), Column("first"),
        Column("last"),
    ])  # fmt: skip
    for play in plays:
        table.rows.append([
            clean(play.play), f"{play.treated:,}", f"{play.held_out:,}", f"{play.first}", f"{play.last}",
        ])  # fmt: skip
    lines = table.lines(style)
    for play in plays:
        if play.again:
            lines += paragraph(_again(play), style)
    return [*lines, "", style.grey("What one changed: tenure effect PLAY --on METRIC")]


def _again(play: Play) -> str:
    both = f", {play.both} of them to both arms" if play.both else ""
    accounts = numbers.counted(play.again, "account was", "accounts were")
    return f"{clean(play.play)}: {accounts} assigned more than once{both}; the first assignment counts."


def told(found: Effect, currency: str, style: Style) -> list[str]:
    """The lines of an answer."""
    words = _Words.of(found, currency)
    title = f"{clean(found.play)}: {titled(found.metric)}, {numbers.counted(found.months, 'month')}"
    blocks = [
        [style.bold(title), *paragraph(_METHODS[found.method], style)],
        _groups(found, words, style),
        _verdict(found, words, style),
        [line for warning in found.warnings for line in paragraph(f"Warning: {clean(warning)}", style)],
        _balance(found, style),
        _steps(found, words, style),
        [style.grey(line) for note in _remarks(found, words) for line in paragraph(note, style)],
    ]
    return [line for number, block in enumerate(filter(None, blocks)) for line in ([""] if number else []) + block]


@dataclass(frozen=True)
class _Words:
    """How values and differences of one metric are written. ``unit``: beside amounts of money and points in running text; else empty."""

    kind: str
    places: int
    unit: str

    @classmethod
    def of(cls, found: Effect, currency: str) -> _Words:
        values = [Decimal(str(v)) for group in found.groups for v in (group.value, group.before) if v is not None]
        places = 2 if found.unit in ("count", "money", "score") else numbers.places_for(found.unit, values)
        units = {"money": f" {currency}", "points": " points"}
        return cls(found.unit, places, units.get(found.unit, ""))

    def value(self, value: float | None) -> str:
        return numbers.NOTHING if value is None else numbers.figure(Decimal(str(value)), self.kind, self.places)

    def change(self, value: float | None) -> str:
        return numbers.NOTHING if value is None else numbers.change(Decimal(str(value)), self.kind, self.places)

    def size(self, value: float) -> str:
        """A size without a sign."""
        return self.change(abs(value)).lstrip("+") + self.unit

    def between(self, ends: tuple[float | None, float | None], *, change: bool = False) -> str:
        if ends == (None, None):
            return ""
        write = self.change if change else self.value
        return " – ".join("…" if end is None else write(end) for end in ends)


def _groups(found: Effect, words: _Words, style: Style) -> list[str]:
    paired = found.method != "hold_out"
    table = Table([Column(""), Column("accounts", right=True)])
    table.columns += [Column(name, right=True) for name in (("before", "after", "change") if paired else ("value",))]
    table.columns.append(Column("95 %"))
    for group in found.groups:
        table.rows.append([_NAMES[group.name], f"{group.accounts:,}", *_values(group, words, paired=paired)])
    gap = (words.change(found.effect), words.between((found.low, found.high), change=True))
    table.rows.append(["effect", "", *(("", "") if paired else ()), *gap])
    return table.lines(style)


def _values(group: Group, words: _Words, *, paired: bool) -> list[str]:
    if not paired:
        return [words.value(group.value), words.between((group.low, group.high))]
    known = group.value is not None and group.before is not None
    change = words.change((group.value or 0) - (group.before or 0)) if known else numbers.NOTHING
    return [words.value(group.before), words.value(group.value), change, ""]


def _verdict(found: Effect, words: _Words, style: Style) -> list[str]:
    told = found.told_from_none
    if told is None or found.effect is None:
        first = "No interval can be given, so nothing can be told from chance."
    elif told:
        part = f" ({numbers.plain(found.relative * 100, 0, sign=True)} %)" if found.relative is not None else ""
        way = {"more": found.effect > 0, "less": found.effect < 0}.get(found.better)
        good = {True: " That is the good way.", False: " That is the bad way.", None: ""}[way]
        what, good = ("difference", "") if found.standing == "not_causal" else ("change", good)
        first = f"A {what} of {words.change(found.effect)}{words.unit}{part}, more than chance alone gives.{good}"
    else:
        first = "It cannot be told from no effect."
        if found.smallest is not None:
            first += f" A change of {words.size(found.smallest)} or more would have been seen, in 80 of 100 such comparisons."
    standing = f"{_STANDINGS[found.standing]}: {clean(found.because)}."
    return [*paragraph(first, style), *(style.bold(line) for line in paragraph(standing, style))]


def _balance(found: Effect, style: Style) -> list[str]:
    if found.balance is None or not found.balance.traits:
        return []
    table = Table([Column("before the play", flexible=True)])
    table.columns += [Column(name, right=True) for name in ("treated", "held out", "difference")]
    for trait in found.balance.traits:
        gap = numbers.NOTHING if trait.difference is None else numbers.plain(trait.difference, 2, sign=True)
        table.rows.append([clean(trait.name), _mean(trait.treated), _mean(trait.held_out), gap])
    p = found.balance.p
    alike = "The arms differ by more than chance" if found.balance.suspect else "The arms differ by no more than chance"
    end = f"{alike} (p = {p:.2g}, all together). Differences are in standard deviations." if p is not None else ""
    return [*table.lines(style), *paragraph(end, style)]


def _mean(value: float) -> str:
    return numbers.NOTHING if isnan(value) else numbers.plain(value, 2)


def _steps(found: Effect, words: _Words, style: Style) -> list[str]:
    if not found.steps:
        return []
    table = Table([Column("month", right=True), Column("gap moved by", right=True), Column("95 %")])
    for step in found.steps:
        month = f"{step.month}".replace("-", numbers.MINUS)
        bounds = "" if step.month == -1 else words.between((step.low, step.high), change=True)
        table.rows.append([month, words.change(step.effect), bounds])
    return table.lines(style)


def _remarks(found: Effect, words: _Words) -> Iterable[str]:
    if found.split is not None:
        yield _split(found)
    for reason, count in (found.left_out or {}).items():
        yield f"{numbers.counted(count, 'assigned account')} left out: {reason}."
    if found.cohorts:
        yield (
            f"It began in {numbers.counted(found.cohorts, 'month')}; {found.months_before} months before are looked at, "
            "each against the last of them. Errors are clustered by account."
        )
    if words.kind in ("money", "count") and found.groups:
        yield "Values are per account" + (" and month." if found.method != "hold_out" else ".")
    if found.plain is not None:
        yield (
            f"The effect is adjusted by what each account had before; the values themselves differ by "
            f"{words.change(found.plain)}{words.unit}."
        )
    yield from (clean(note) for note in found.notes)


def _split(found: Effect) -> str:
    assert found.split is not None
    share = f"{numbers.plain(found.split.share * 100, 0)} % were treated"
    if found.split.planned is None:
        return f"{share}: --split says what was planned, and tests it."
    return f"{share}, {numbers.plain(found.split.planned * 100, 0)} % were planned (p = {found.split.p:.2g})."
