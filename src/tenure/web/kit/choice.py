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
