"""Figures beside their targets: which target is whose, how much of it is attained, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError, unknown
from tenure.core.money import ratio
from tenure.core.period import Grain, Window, period_at
from tenure.figures import kept
from tenure.figures.figure import asked_as
from tenure.figures.finish import plain
from tenure.figures.question import DETAIL, DIMENSIONS
from tenure.figures.request import variants
from tenure.metrics.kinds import FactKey

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.figure import Figure
    from tenure.figures.reader import Reader
    from tenure.figures.request import Request
    from tenure.metrics.kinds import Better, Entry

#: The fact that holds the targets.
TARGET = FactKey("target")
#: A row of it: metric, slice, the period's first day and the day after its last.
Row = tuple[str, str | None, date, date]


@dataclass(frozen=True)
class Aim:
    """Whose target a row is: dimensions and their values, in order, the options of each axis, and the window."""

    slice: tuple[tuple[str, str], ...]
    variant: tuple[tuple[str, str], ...]
    window: str


def named_in(text: str | None) -> list[tuple[str, str]]:
    """What the text of a slice names: ``DIM=VALUE`` pieces separated by commas; a piece without ``=`` belongs to the value
    before it. Raises ``UsageError`` for a text that begins with none.
    """
    pieces: list[tuple[str, str]] = []
    for piece in (text or "").split(",") if text and text.strip() else ():
        name, sign, value = piece.partition("=")
        if sign:
            pieces.append((name.strip(), value.strip()))
        elif pieces:
            pieces[-1] = pieces[-1][0], f"{pieces[-1][1]},{piece.rstrip()}"
        else:
            raise UsageError(f"{piece!r} is no DIM=VALUE.", code="bad_slice", fix="Write it as segment=SMB.")
    return pieces


def aim(entry: Entry, text: str | None) -> Aim:
    """What the text of a target's slice names. Raises ``UsageError`` for an unknown variant or window and for bad form.

    ``window=`` and ``variant=`` (an option, as ``--variant`` takes it) name what is not the default.
    """
    pieces = named_in(text)
    window = [value for name, value in pieces if name == "window"]
    for value in window:
        if value not in list(Window):
            raise unknown("window", value, list(Window), listing=f"There are: {', '.join(Window)}.")
    options = tuple(value for name, value in pieces if name == "variant")
    named = sorted((name, value) for name, value in pieces if name not in ("window", "variant"))
    return Aim(tuple(named), variants(entry, options), window[-1] if window else entry.window)


def attained(
    figures: list[Figure],
    request: Request,
    reader: Reader,
    held: Mapping[str, str] | None = None,
) -> list[Figure]:
    """The figures, those that have a target with ``target``, ``attainment`` and ``to_target`` beside them.

    ``attainment``: value / target; where less is better target / value, so that 1 or more is reached both ways. Null
    without a value, and where one of the two is negative or the divisor 0. ``to_target``: what is missing, in the
    figure's unit: target - value, where less is better value - target; 0 or less is reached. Null where neither way is
    the good one. ``reader``: the one that they were read by. ``held``: as for ``answer``; targets that a check holds are none. A narrow
    scope holds no whole that a target could be of.
    """
    if request.scope.narrow or (held and TARGET.table in held):
        return figures
    aims = _aims(request, reader)
    return [_beside(figure, request, aims) for figure in figures] if aims else figures


def _aims(request: Request, reader: Reader) -> dict[tuple[Aim, date, date], Decimal | None]:
    """The targets of a request's metric and periods; null for one that is given twice, differently."""
    starts = ", ".join(f"DATE '{span.period.start}'" for span, _ in request.spans)
    sql = (
        f"SELECT slice, period_start, period_end, value FROM {TARGET.table} "
        f"WHERE metric = '{request.entry.slug}' AND period_start IN ({starts})"
    )
    found: dict[tuple[Aim, date, date], Decimal | None] = {}
    reader.provide(TARGET)  # it is about no periods: the reader keeps those that it has
    for row in reader.rows(sql):
        try:
            key = aim(request.entry, row["slice"]), row["period_start"], row["period_end"]
        except UsageError:  # tenure check reports it
            continue
        value = Decimal(row["value"])
        found[key] = value if found.get(key, value) == value else None
    return found


def _beside(figure: Figure, request: Request, aims: Mapping[tuple[Aim, date, date], Decimal | None]) -> Figure:
    if figure.status == "suppressed" or any(len(values) > 1 for values in request.filters.values()):
        return figure
    named = {name: values[0] for name, values in request.filters.items()}
    named |= {name: asked_as(value) for name, value in figure.slice.items()}
    whose = Aim(tuple(sorted(named.items())), request.question.variant, figure.window)
    target = aims.get((whose, figure.period_start, figure.period_end))
    if target is None:
        return figure
    better = request.entry.better
    told: dict[str, Decimal | None] = {
        "target": plain(target), "attainment": attainment(figure.value, target, better), "to_target": None,
    }  # fmt: skip
    if figure.value is not None and better:
        told["to_target"] = plain(target - figure.value if better == "more" else figure.value - target)
    return replace(figure, extra=figure.extra | told)


def attainment(value: Decimal | None, target: Decimal, better: Better) -> Decimal | None:
    """How much of a target is attained, as a share (see ``attained``)."""
    if value is None:
        return None
    num, den = (target, value) if better == "less" else (value, target)
    return None if num < 0 or den <= 0 else ratio(num, den)


def objections(rows: Sequence[Row], custom: Collection[str], settings: Settings) -> list[str]:
    """What is wrong with each of these targets, so that no figure has it; empty where nothing is.

    ``custom``: the accounts' custom attributes.
    """
    seen: dict[tuple[str, Aim, date, date], int] = {}
    told = []
    for metric, text, start, end in rows:
        try:
            whose = _sensible(kept.entry(metric, settings), text, custom)
        except UsageError as error:
            told.append(f"{error.message} {error.fix}".strip())
            continue
        key = metric, whose, start, end
        seen[key] = seen.get(key, 0) + 1
        at = [period_at(grain, start, settings.fiscal_year_start) for grain in Grain]
        fits = any((period.start, period.end) == (start, end) for period in at)
        again = "the same slice has another target, too" if seen[key] > 1 else ""
        told.append(
            again if fits else f"{start} to {end} (exclusive) is no month, quarter, half year, year, week or day"
        )
    return told


def _sensible(entry: Entry, text: str | None, custom: Collection[str]) -> Aim:
    whose = aim(entry, text)
    known = (*DIMENSIONS, *DETAIL, *entry.by, *custom)
    for name, _value in whose.slice:
        if name not in known:
            raise unknown("dimension", name, known, listing=f"{entry.slug} can be sliced by: see tenure metrics.")
    return whose
