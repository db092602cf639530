"""The same slides on paper: a page of the same size each, everything at the same place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from tenure.web.decks.layout import Bar, Box, Drawing, Leaf, Rows, Words
from tenure.web.decks.slides import Deck
from tenure.web.kit import drawn

TYPE = "application/pdf"
_PIXELS = 96
#: Inches of a drawing's box that its heading takes.
_HEADING = 0.3


@dataclass(frozen=True)
class Placed:
    """A box on paper. ``name``: of its class in the style sheet; ``kind``: which of the boxes it is."""

    name: str
    kind: str
    box: Box
    svg: SafeString | None = None


@dataclass(frozen=True)
class Sheet:
    """A page."""

    name: str
    placed: tuple[Placed, ...]


def pdf(deck: Deck, leaves: tuple[Leaf, ...]) -> bytes:
    """The file. Raises ``UnavailableError`` where the extra is missing."""
    with drawn.Drawer() as drawer:
        sheets = tuple(
            Sheet(leaf.name, tuple(_placed(box, f"b{number}-{place}", drawer) for place, box in enumerate(leaf.boxes)))
            for number, leaf in enumerate(leaves)
        )
    html = render_to_string("decks/paper.html", {"deck": deck, "sheets": sheets})
    look = (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")
    places = "\n".join(_style(placed) for sheet in sheets for placed in sheet.placed)
    return drawn.pdf(html, look + places)


def _placed(box: Box, name: str, drawer: drawn.Drawer) -> Placed:
    if not isinstance(box, Drawing):
        return Placed(name, _KINDS[type(box)], box)
    svg = drawer.svg(box.chart, round(box.w * _PIXELS), round((box.h - _HEADING) * _PIXELS))
    return Placed(name, "drawing", box, mark_safe(svg))  # noqa: S308 - drawn here


def _style(placed: Placed) -> str:
    """Where a box stands, and how wide the columns of a table are."""
    box = placed.box
    rules = [f".{placed.name}{{left:{box.x:.3f}in;top:{box.y:.3f}in;width:{box.w:.3f}in;height:{box.h:.3f}in}}"]
    if isinstance(box, Rows):
        rules.append(f".{placed.name} tbody{{font-size:{box.size}pt}}")
        for place, width in enumerate(box.widths, 1):
            rules.append(
                f".{placed.name} th:nth-child({place}),.{placed.name} td:nth-child({place}){{width:{width:.3f}in}}"
            )
            if place - 1 in box.grid.numeric:
                rules.append(f".{placed.name} tr>:nth-child({place}){{text-align:right}}")
    if isinstance(box, Words):
        for place, one in enumerate(box.paragraphs, 1):
            rules.append(f".{placed.name} p:nth-child({place}){{font-size:{one.size}pt;margin-bottom:{one.after}in}}")
    return "\n".join(rules)


_KINDS: dict[type[Box], str] = {Words: "words", Bar: "bar", Rows: "rows"}
