"""A metric's definition as a page shows it: the docstring's paragraphs and lists, with its code set apart."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Some words: plain, or ``code``."""

    text: str
    code: bool


Sentence = tuple[Piece, ...]


@dataclass(frozen=True)
class Block:
    """A paragraph (``items`` has one sentence), or a list."""

    listed: bool
    items: tuple[Sentence, ...]


def blocks(definition: str) -> tuple[Block, ...]:
    """The definition's blocks, in order. Lists are lines that begin with ``*``."""
    found = []
    for paragraph in definition.split("\n\n"):
        lines = paragraph.strip()
        if lines.startswith("* "):
            items = re.split(r"\n?^\* ", lines, flags=re.MULTILINE)
            found.append(Block(True, tuple(_sentence(item) for item in items if item.strip())))
        elif lines:
            found.append(Block(False, (_sentence(lines),)))
    return tuple(found)


def _sentence(text: str) -> Sentence:
    parts = re.split(r"``(.+?)``", " ".join(text.split()))
    return tuple(Piece(part, code=place % 2 == 1) for place, part in enumerate(parts) if part)
