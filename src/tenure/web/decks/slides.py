"""What the slides of a business review say, before anybody draws them: the preview, the slides and the paper show the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tenure.web.kit.charts import Chart


@dataclass(frozen=True)
class Stat:
    """A figure that stands out. ``note``: what it is to be read against."""

    value: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table. ``widths``: of its columns, as parts of the whole; ``numeric``: those that stand to the right, counted from 0."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class Quote:
    """What somebody of the customer's wrote; ``of``: on what and when, never who."""

    words: str
    of: str


@dataclass(frozen=True)
class Slide:
    """A slide. ``title`` says what it shows, ``note`` over what. ``heading``: of the chart. ``opening``: it is the first one.
    ``more``: it goes on from the slide before.
    """

    title: str
    note: str = ""
    stats: tuple[Stat, ...] = ()
    chart: Chart | None = None
    heading: str = ""
    grid: Grid | None = None
    lines: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    opening: bool = False
    more: bool = False

    def going_on(
        self, *, grid: Grid | None = None, lines: tuple[str, ...] = (), quotes: tuple[Quote, ...] = ()
    ) -> Slide:
        """Another slide for what did not find room."""
        return replace(self, stats=(), chart=None, heading="", grid=grid, lines=lines, quotes=quotes, more=True)


@dataclass(frozen=True)
class Deck:
    """All slides. ``foot`` stands on each: whose they are, and as of when; ``name``: of its file."""

    name: str
    foot: str
    slides: tuple[Slide, ...]
