"""``bridge``: a figure by one convention and by others, and line by line what makes the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError, unknown
from tenure.core.money import SCALE
from tenure.core.period import Window
from tenure.figures import kept
from tenure.figures.answer import answer, rows_behind
from tenure.figures.apart import Apart, apart
from tenure.figures.bridging import Change, Line, Moved, Movements, Mover, lines, whole
from tenure.figures.figure import Figure
from tenure.figures.finish import plain
from tenure.figures.question import OWNERSHIP, Question
from tenure.figures.request import Asked, Request, resolved, variants
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import Entry, FactKey

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["WINDOW", "Bridge", "Bridges", "Line", "Mover", "Step", "bridge"]

#: What a figure looks back over is changed as if it were an axis of variants.
WINDOW = "window"
#: The families whose figures are moved by what moves revenue.
MOVED = ("retention", "revenue")
_CAUSES = {
    "seats": ("more seats", "fewer seats"), "price": ("price rises", "price cuts"),
    "tier": ("higher plans", "lower plans"), "cross_sell": ("products added", "products dropped"),
    "discount": ("discounts ended", "discounts given"),
}  # fmt: skip
_KINDS = {"new": "new customers", "reactivation": "came back", "churn": "left", "fx": "exchange rates"}
_TIMES = "a median does not divide over accounts"
_PRODUCT = "a product of other figures does not divide over accounts"


@dataclass(frozen=True)
class Bridge:
    """``asked``: one period, the last of those it spans, by the convention to begin with. ``to``: the options to come
    to, one after the other (``window=3m`` is one too); none: each option of each axis, one at a time. ``scope``: whose
    accounts.
    """

    asked: Asked
    to: tuple[str, ...] = ()
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Step:
    """One axis changed, from an option to another, in one slice. ``difference``: of the values, null where one of them is;
    the lines add up to it.
    """

    axis: str
    before: str
    after: str
    figures: tuple[Figure, Figure]
    difference: Decimal | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Bridges:
    """The figures asked for, and the steps from them: each from there, or (``chained``) each from where the last led.

    ``notes``: options that cannot be, and why.
    """

    entry: Entry
    start: tuple[Figure, ...]
    steps: tuple[Step, ...]
    chained: bool
    notes: tuple[str, ...] = ()


@dataclass
class _Side:
    """A convention's figures and what they are made of, by slice."""

    request: Request
    figures: dict[tuple[Any, ...], Figure]
    parts: dict[tuple[Any, ...], Apart] = field(default_factory=dict)


def bridge(desk: Desk, request: Bridge) -> Bridges:
    """The bridges. Raises ``UsageError`` for names that do not exist, and for an option to come to that cannot be."""
    first = resolved(request.asked, desk.settings, desk.clock(), request.scope)
    goals = _goals(request, first)
    start = here = _side(desk, request.asked, request.scope)
    knows = _Knows(desk, start.request)
    steps: list[Step] = []
    notes: list[str] = []
    for number, (change, asked) in enumerate(goals):
        desk.progress(f"{change.axis} {change.after}", number, len(goals))
        try:
            there = _side(desk, asked, request.scope)
        except UsageError as error:
            if request.to or error.code not in ("bad_variants", "unknown_variant", "window_too_short"):
                raise
            notes.append(f"{change.after}: {error.message}")
            continue
        steps += _steps(change, here, there, knows)
        here = there if request.to else start
    return Bridges(first.entry, tuple(start.figures.values()), tuple(steps), bool(request.to), tuple(notes))


def _goals(request: Bridge, first: Request) -> list[tuple[Change, Asked]]:
    """What is changed, and what is then asked: from the start each, or one after the other."""
    asked, entry, now = request.asked, first.entry, dict(first.question.variant)
    owned = any(name in first.filters for name in OWNERSHIP)
    window = first.question.window

    def goal(axis: str, option: str) -> tuple[Change, Asked]:
        if axis == WINDOW:
            return Change(axis, window, option, owned), replace(asked, variant=_named(now), window=option)
        change = Change(axis, now[axis], option, owned)
        return change, replace(asked, variant=_named(now | {axis: option}), window=window)

    if not request.to:
        return [goal(axis, option) for axis, options in entry.axes.items() for option in options if option != now[axis]]
    found = []
    for axis, option in _wanted(request.to, entry).items():
        if option != (window if axis == WINDOW else now[axis]):
            found.append(goal(axis, option))
            window, now = (option, now) if axis == WINDOW else (window, now | {axis: option})
    return found


def _wanted(names: tuple[str, ...], entry: Entry) -> dict[str, str]:
    """The options to come to, by axis, in the order named."""
    windows = {f"{WINDOW}={window.value}": window.value for window in Window}
    options = tuple(name for name in names if name not in windows)
    for name in options:
        if name.startswith(f"{WINDOW}="):
            raise unknown("window", name, windows, listing=f"There are: {', '.join(windows.values())}.")
    chosen = dict(variants(entry, options))
    axis_of = {option: axis for axis, known in entry.axes.items() for option in known}
    found: dict[str, str] = {}
    for name in names:
        axis = WINDOW if name in windows else axis_of[name.rpartition("=")[2]]
        found[axis] = windows[name] if name in windows else chosen[axis]
    return found


def _named(options: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{axis}={option}" for axis, option in options.items())


def _side(desk: Desk, asked: Asked, scope: Scope) -> _Side:
    """A convention's figures of the last period asked for, taken apart unless one of them must not be shown."""
    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    request = resolved(asked, settings, now, scope)
    request = replace(request, spans=request.spans[-1:])
    plan = kept.plan(request.question, found.ground, settings)
    with desk.reader(request, plan, now) as reader:
        figures = answer(request, reader, settings, found.held)
        side = _Side(request, {tuple(figure.slice.values()): figure for figure in figures})
        if all(figure.status not in ("suppressed", "held") for figure in figures):
            side.parts = apart(request, reader, settings)
    return side


def _steps(change: Change, here: _Side, there: _Side, knows: _Knows) -> list[Step]:
    """The step from one side to the other, in each slice that either has."""
    found = []
    for of in dict.fromkeys((*here.figures, *there.figures)):
        pair = here.figures.get(of), there.figures.get(of)
        one = next(figure for figure in pair if figure is not None)
        nothing = Decimal(0) if here.request.entry.kind == "total" else None
        missing = replace(one, value=nothing, numerator=nothing, denominator=None, n=0, low=None, high=None, extra={})
        figures = (pair[0] or missing, pair[1] or missing)
        was, now = (figure.value for figure in figures)
        difference = None if was is None or now is None else plain(now - was)
        found.append(Step(change.axis, change.before, change.after, figures, difference,
                          _lines(change, figures, of, (here, there), knows) if difference else ()))  # fmt: skip
    return found


def _lines(
    change: Change, figures: tuple[Figure, Figure], of: tuple[Any, ...], sides: tuple[_Side, _Side], knows: _Knows
) -> tuple[Line, ...]:
    kind = sides[0].request.entry.kind
    if kind in ("cases", "derived"):
        return whole(figures, _TIMES if kind == "cases" else _PRODUCT)
    if not all(side.parts for side in sides):
        return ()
    before, after = (side.parts.get(of, Apart()) for side in sides)
    heads = knows.heads() if change.axis == "entity" else {}
    moves = knows.moves(sides[0].request, sides[1].request)
    if heads:
        before, after = before.together(heads), after.together(heads)
        moves = _by_head(moves, heads)
    return lines(change, figures, (before, after), moves)


def _by_head(moves: Movements, heads: Mapping[str, str]) -> Movements:
    found: dict[str | None, list[Moved]] = {}
    for key, moved in moves.items():
        found.setdefault(heads.get(key, key) if key else None, []).extend(moved)
    return found


class _Knows:
    """What is to be known of accounts for the reasons: looked up where it is needed, once for each kind of world."""

    def __init__(self, desk: Desk, request: Request) -> None:
        self._desk = desk
        self._request = request
        self._heads: dict[str, str] | None = None
        self._moves: dict[Question, Movements] = {}

    def heads(self) -> dict[str, str]:
        """The head of each account that belongs to another."""
        if self._heads is None:
            topmost = FactKey("topmost")
            rows = self._fetched(self._request, (topmost,), f"SELECT account_id, stands_for FROM {topmost.table}")
            self._heads = {row["account_id"]: row["stands_for"] for row in rows}
        return self._heads

    def moves(self, before: Request, after: Request) -> Movements:
        """What moved the accounts' revenue in the longer of two windows, by the first one's convention."""
        if before.entry.family not in MOVED:
            return {}
        longer = max(before, after, key=lambda request: request.spans[0][0].closes - request.spans[0][0].opens)
        entry = kept.entry("mrr_movements")
        chosen = {axis: option for axis, option in before.question.variant if option in entry.axes.get(axis, ())}
        question = replace(
            longer.question, metric=entry.slug, variant=variants(entry, _named(chosen)), by=("cause",), where=()
        )
        if question not in self._moves:
            self._moves[question] = self._moved(replace(longer, entry=entry, question=question, filters={}))
        return self._moves[question]

    def _moved(self, request: Request) -> Movements:
        desk = self._desk
        plan = kept.plan(request.question, desk.fresh(desk.clock()).ground, desk.settings)
        with desk.reader(request, plan, desk.clock()) as reader:
            rows = rows_behind(request, reader, desk.settings)
        found: dict[str | None, list[Moved]] = {}
        for row in rows:
            if row["excluded"] is None and row["delta"]:
                kind, amount = row["by_kind"], Fraction(row["delta"]) / SCALE
                words = _CAUSES[row["by_cause"]][amount < 0] if row["by_cause"] else _KINDS[kind]
                found.setdefault(row["account_id"], []).append(Moved(row["at"], kind, words, amount))
        return found

    def _fetched(self, request: Request, facts: tuple[FactKey, ...], sql: str) -> list[dict[str, Any]]:
        desk = self._desk
        plan = kept.plan(request.question, desk.fresh(desk.clock()).ground, desk.settings)
        with desk.reader(request, plan, desk.clock()) as reader:
            return reader.fetch(facts, sql, request.spans, request.moment)
