"""Where everything stands on a slide, in inches: once for slides and for paper. Nothing leaves a slide, and nothing covers another.

What does not fit goes on a slide more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from tenure.web.decks import room
from tenure.web.decks.slides import Deck, Grid, Quote, Slide
from tenure.web.kit.charts import Chart

WIDTH, HEIGHT = 13.333, 7.5
_LEFT, _RIGHT = 0.65, 0.65
_INNER = WIDTH - _LEFT - _RIGHT
_TOP, _FOOT, _BOTTOM = 0.5, 7.02, 6.85
_GAP = 0.3
#: Sizes of fonts, in points.
TITLE, NOTE, CELL, SMALL = 26.0, 13.0, 12.0, 10.5
#: Those of points, of cells and of figures, the largest first: the first in which all find room is taken, else the last.
_TEXTS, _CELLS, _VALUES = (20.0, 16.0), (15.0, CELL), (28.0, 22.0, 17.0, 13.0)
#: How much room cells and panels leave around their texts.
CELL_SIDE, CELL_TOP, PANEL = 0.08, 0.06, 0.14
_STATS, _ABREAST = 1.25, 4  # how high figures are, and how many stand side by side
#: Of the body's width, what a chart takes beside something else.
_CHART = 0.56
_MOST_LINES = 3  # of one cell
#: Of less room than this nothing is made: it holds the longest quote.
_LEAST = 3.0


@dataclass(frozen=True)
class Box:
    """A place, in inches."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.h


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. ``tone``: a colour of ``kit.drawn.look``. ``after``: inches below it."""

    text: str
    size: float
    tone: str = "text"
    bold: bool = False
    bullet: bool = False
    after: float = 0.0


@dataclass(frozen=True)
class Words(Box):
    """A text. ``title``: it is the slide's; ``panel``: it stands on a ground of its own; ``end``: to the right."""

    paragraphs: tuple[Paragraph, ...]
    title: bool = False
    panel: bool = False
    end: bool = False


@dataclass(frozen=True)
class Bar(Box):
    """A plain mark in the accent's colour."""


@dataclass(frozen=True)
class Drawing(Box):
    """A chart, and its heading."""

    chart: Chart
    heading: str


@dataclass(frozen=True)
class Rows(Box):
    """A table. ``widths`` and ``heights`` of its columns and rows, its heading's first, in inches; ``size``: of its font."""

    grid: Grid
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]


@dataclass(frozen=True)
class Leaf:
    """A slide as it is laid out. ``name``: its title."""

    name: str
    boxes: tuple[Box, ...]


def leaves(deck: Deck) -> tuple[Leaf, ...]:
    """All slides, laid out."""
    found = [leaf for slide in deck.slides for leaf in _laid(slide)]
    return tuple(
        replace(leaf, boxes=(*leaf.boxes, *_footed(deck.foot, number))) if number > 1 else leaf
        for number, leaf in enumerate(found, 1)
    )


def _footed(foot: str, number: int) -> tuple[Box, ...]:
    text = room.clipped(foot, SMALL, _INNER - 1.2, 1)
    return (
        Words(_LEFT, _FOOT, _INNER - 1.0, 0.3, (Paragraph(text, SMALL, "muted"),)),
        Words(WIDTH - _RIGHT - 0.8, _FOOT, 0.8, 0.3, (Paragraph(str(number), SMALL, "muted"),), end=True),
    )


def _laid(slide: Slide) -> Iterator[Leaf]:
    """A slide, and as many more as it needs."""
    if slide.opening:
        yield _opening(slide)
        return
    left: Slide | None = slide
    while left is not None:
        leaf, left = _one(left)
        yield leaf


def _opening(slide: Slide) -> Leaf:
    name = room.clipped(slide.title, 40, _INNER, 2, bold=True)
    about = tuple(
        Paragraph(room.clipped(line, 18, _INNER, 1), 18, "muted", after=0.08) for line in slide.lines[:_ABREAST]
    )
    return Leaf(
        name,
        (
            Bar(_LEFT, 2.2, 0.9, 0.09),
            Words(_LEFT, 2.45, _INNER, 0.5, (Paragraph(slide.note, 20, "accent", bold=True),)),
            Words(_LEFT, 3.0, _INNER, 1.5, (Paragraph(name, 40, bold=True),), title=True),
            Words(_LEFT, 4.6, _INNER, 1.6, about),
        ),
    )


def _one(slide: Slide) -> tuple[Leaf, Slide | None]:
    """One slide, and what is left for another."""
    title = room.clipped(slide.title, TITLE, _INNER, 1, bold=True)
    title = (
        room.clipped(_("%(title)s, continued") % {"title": title}, TITLE, _INNER, 1, bold=True) if slide.more else title
    )
    boxes: list[Box] = [
        Bar(_LEFT, _TOP, 0.6, 0.07),
        Words(_LEFT, _TOP + 0.15, _INNER, 0.55, (Paragraph(title, TITLE, bold=True),), title=True),
    ]
    y = _TOP + 0.75
    if slide.note:
        boxes.append(
            Words(_LEFT, y, _INNER, 0.34, (Paragraph(room.clipped(slide.note, NOTE, _INNER, 1), NOTE, "muted"),))
        )
    y += 0.55 if slide.note else 0.1
    if slide.stats:
        boxes += _stats(slide, y)
        y += _STATS + _GAP
    body = Box(_LEFT, y, _INNER, _BOTTOM - y)
    found, left = _body(slide, body)
    return Leaf(title, (*boxes, *found)), left


def _stats(slide: Slide, y: float) -> Iterator[Box]:
    each = (_INNER - _GAP * (_ABREAST - 1)) / _ABREAST
    inner = each - 2 * PANEL
    shown = slide.stats[:_ABREAST]
    fit = (size for size in _VALUES if all(room.width(one.value, size, bold=True) <= inner for one in shown))
    size = next(fit, _VALUES[-1])
    for place, stat in enumerate(shown):
        told = [Paragraph(room.clipped(stat.value, size, inner, 1, bold=True), size, "accent", bold=True)]
        told.append(Paragraph(room.clipped(stat.name, CELL, inner, 1), CELL))
        if stat.note:
            told.append(Paragraph(room.clipped(stat.note, SMALL, inner, 1), SMALL, "muted"))
        yield Words(_LEFT + place * (each + _GAP), y, each, _STATS, tuple(told), panel=True)


def _body(slide: Slide, body: Box) -> tuple[list[Box], Slide | None]:
    """What stands below the figures: a chart, and beside it a table or words; else one below the other."""
    if slide.chart is not None:
        beside = slide.grid is not None or bool(slide.quotes)
        drawn = Drawing(
            body.x, body.y, (body.w - _GAP) * _CHART if beside else body.w, body.h, slide.chart, slide.heading
        )
        room_left = replace(body, x=drawn.right + _GAP, w=body.w - drawn.w - _GAP)
        found, left = _column(replace(slide, lines=()), room_left) if beside else ([], None)
        return [drawn, *found], left
    return _column(slide, body)


def _column(slide: Slide, body: Box) -> tuple[list[Box], Slide | None]:
    """Points, a table and quotes, one below the other."""
    boxes: list[Box] = []
    if slide.lines:
        words, lines = _listed(slide.lines, body)
        boxes.append(words)
        if lines:
            return boxes, slide.going_on(lines=lines, grid=slide.grid, quotes=slide.quotes)
        body = _below(words, body)
    if slide.grid is not None:
        rows, rest = _rows(slide.grid, body)
        boxes += rows
        if rest:
            return boxes, slide.going_on(grid=rest, quotes=slide.quotes)
        body = _below(rows[0], body)
    if slide.quotes:
        said, quotes = _quoted(slide.quotes, body)
        boxes += said
        if quotes:
            return boxes, slide.going_on(quotes=quotes)
    return boxes, None


def _below(box: Box, body: Box) -> Box:
    return Box(body.x, box.bottom + _GAP, body.w, body.bottom - box.bottom - _GAP)


def _listed(texts: Sequence[str], body: Box) -> tuple[Words, tuple[str, ...]]:
    """Texts as points, as many as find room, and the others."""
    inner, after = body.w - 0.5, 0.12
    tried = []
    for size in _TEXTS:
        plain = [room.clipped(text, size, inner, 8) for text in texts]
        tried.append((size, plain, [room.height(text, size, inner) + after for text in plain]))
    size, plain, needs = next((one for one in tried if sum(one[2]) <= body.h), tried[-1])
    count = max(sum(sum(needs[: place + 1]) <= body.h for place in range(len(needs))), 1)
    told = tuple(Paragraph(text, size, bullet=True, after=after) for text in plain[:count])
    return Words(body.x, body.y, body.w, sum(needs[:count]), told), tuple(texts[count:])


def _quoted(quotes: Sequence[Quote], body: Box) -> tuple[list[Box], tuple[Quote, ...]]:
    """Quotes one below the other, each on a ground of its own, and those that found no room."""
    boxes: list[Box] = []
    if body.h < _LEAST:
        return boxes, tuple(quotes)
    y, inner = body.y, body.w - 2 * PANEL
    for place, quote in enumerate(quotes):
        words = room.clipped(f"“{quote.words}”", 14, inner, 9)
        h = room.height(words, 14, inner) + 0.06 + SMALL * room.LINE / 72 + 2 * PANEL
        if y + h > body.bottom:
            return boxes, tuple(quotes[place:])
        told = (Paragraph(words, 14, after=0.06), Paragraph(room.clipped(quote.of, SMALL, inner, 1), SMALL, "muted"))
        boxes.append(Words(body.x, y, body.w, h, told, panel=True))
        y += h + 0.15
    return boxes, ()


def _rows(grid: Grid, body: Box) -> tuple[list[Rows], Grid | None]:
    """As many rows as find room, and the others; none where there is no room for the first."""
    widths = tuple(body.w * part / sum(grid.widths) for part in grid.widths)
    inner = [width - 2 * CELL_SIDE for width in widths]
    heads = tuple(room.clipped(cell, SMALL, w, 2) for cell, w in zip(grid.columns, inner, strict=True))
    tried = [(size, *_fitted(grid.rows, inner, size)) for size in _CELLS]
    first = _high(heads, inner, SMALL)
    size, fitted, high = next((one for one in tried if first + sum(one[2]) <= body.h), tried[-1])
    heights = [first, *high]
    shown = sum(sum(heights[: place + 2]) <= body.h for place in range(len(fitted)))
    if not shown:
        return [], grid
    heights = heights[: shown + 1]
    taken = replace(grid, columns=heads, rows=tuple(fitted[:shown]))
    rest = replace(grid, rows=grid.rows[shown:]) if shown < len(grid.rows) else None
    return [Rows(body.x, body.y, body.w, sum(heights), taken, size, widths, tuple(heights))], rest


def _fitted(
    rows: Sequence[Sequence[str]], widths: Sequence[float], size: float
) -> tuple[list[tuple[str, ...]], list[float]]:
    """Rows in a font of a size, and how high each is."""
    found = [
        tuple(
            room.clipped(cell, size, w, _MOST_LINES, bold=place == 0)
            for place, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return found, [_high(row, widths, size) for row in found]


def _high(cells: Sequence[str], widths: Sequence[float], size: float) -> float:
    most = max(
        room.lines(cell, size, w, bold=place == 0) for place, (cell, w) in enumerate(zip(cells, widths, strict=True))
    )
    return most * size * room.LINE / 72 + 2 * CELL_TOP
