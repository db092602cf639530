"""Sparklines: a line without axes, drawn on the server, so that a page full of them needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 240.0, 40.0, 2.0


@dataclass(frozen=True)
class Sparkline:
    """SVG paths in a box of ``WIDTH`` by ``HEIGHT``: the ``line``, the ``area`` under it, and ``dots`` where a value has
    none beside it. Empty without two values.
    """

    line: str
    area: str
    dots: str


def sparkline(values: Sequence[float | None]) -> Sparkline:
    """The line through ``values`` from left to right, lowest to highest over the whole height; gaps stay gaps."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Sparkline("", "", "")
    low, high = min(known), max(known)
    step = WIDTH / (len(values) - 1)

    def place(number: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(number * step, 1), round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)

    stretches: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append(place(number, value))
    lines = ["M" + " ".join(f"{x:g},{y:g}" for x, y in stretch) for stretch in stretches if len(stretch) > 1]
    areas = [
        f"M{stretch[0][0]:g},{HEIGHT:g} "
        + " ".join(f"{x:g},{y:g}" for x, y in stretch)
        + f" {stretch[-1][0]:g},{HEIGHT:g}Z"
        for stretch in stretches
        if len(stretch) > 1
    ]
    dots = [f"M{x:g},{y:g}h0" for stretch in stretches if len(stretch) == 1 for x, y in stretch]
    return Sparkline(" ".join(lines), " ".join(areas), " ".join(dots))
