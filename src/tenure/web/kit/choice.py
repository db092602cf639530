"""Fields of a form in which one of several values is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.web.kit.shell import Text


@dataclass(frozen=True)
class Option:
    """A value that can be chosen, and what it is called."""

    value: str
    name: Text
    chosen: bool


@dataclass(frozen=True)
class Choice:
    """A field: its parameter in the address, its label and its options."""

    name: str
    label: Text
    options: tuple[Option, ...]


#: Digits of the largest number that names a row.
_LONGEST = 18


def number_of(text: str) -> int:
    """The number that names what was chosen, as it came from a form or an address; 0, which names nothing, where that is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else 0
