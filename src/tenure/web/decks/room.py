"""How much room texts take: estimated, so that what does not fit goes on another slide instead of over its edge.

Fonts differ from place to place: widths are those of Helvetica and its kin, and a little more.
"""

from __future__ import annotations

#: Parts of the font's size that signs are wide; others are as wide as small letters.
_WIDTHS = {
    **dict.fromkeys("ijl.,:;'|!ıí", 0.28), **dict.fromkeys("ft()[]/ -·–r", 0.34), **dict.fromkeys("mwMW@%—…", 0.92),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ&+=<>", 0.72),
}  # fmt: skip
_USUAL, _WIDE = 0.56, 1.0
#: From here on are the signs of scripts whose letters are as wide as high.
_FULL = 0x1100
_SPARE, _BOLD = 1.06, 1.1
#: The height of a line, by its font's size.
LINE = 1.25
_POINTS = 72.0


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Inches that a text takes in one line, in a font of so many points."""
    signs = sum(_WIDE if ord(sign) >= _FULL else _WIDTHS.get(sign, _USUAL) for sign in text)
    return signs * size / _POINTS * _SPARE * (_BOLD if bold else 1)


def lines(text: str, size: float, inches: float, *, bold: bool = False) -> int:
    """How many lines a text takes in so many inches."""
    count, taken = 1, 0.0
    space = width(" ", size, bold=bold)
    for word in text.split():
        needs = width(word, size, bold=bold)
        if taken and taken + space + needs > inches:
            count, taken = count + 1, 0.0
        taken += needs + (space if taken else 0)
        if taken > inches:  # a word that is longer than a line is broken
            count, taken = count + int(taken / inches), taken % inches
    return count


def height(text: str, size: float, inches: float, *, bold: bool = False) -> float:
    """Inches that it is high there."""
    return lines(text, size, inches, bold=bold) * size * LINE / _POINTS


def clipped(text: str, size: float, inches: float, most: int, *, bold: bool = False) -> str:
    """The text, ended early where it takes more than so many lines."""
    plain = " ".join(text.split())
    if lines(plain, size, inches, bold=bold) <= most:
        return plain
    low, high = 0, len(plain)
    while low < high:
        middle = (low + high + 1) // 2
        if lines(plain[:middle].rstrip() + "…", size, inches, bold=bold) <= most:
            low = middle
        else:
            high = middle - 1
    return plain[:low].rstrip() + "…"
