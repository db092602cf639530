"""TOML that a user wrote: read, and the lines on which its keys stand, so that every complaint can say where."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import Any

from tenure.core.errors import UsageError


def parsed(text: str, place: str, code: str) -> dict[str, Any]:
    """What a text says, its numbers exact. ``place`` names the file, ``code`` the error.

    Raises ``UsageError`` with the line for what is not TOML.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line (\d+), column \d+\)", str(error))
        where = f"{place}:{found[1]}" if found else place
        fix = 'A line reads: key = value. Texts stand in "quotes".'
        raise UsageError(f"This is not TOML: {error}.", code=code, where=where, fix=fix) from None
    except (ValueError, RecursionError) as error:  # a number beyond measure; tables within tables
        raise UsageError(f"This is not TOML that can be read: {error}.", code=code, where=place) from None


def place_of(text: str, place: str, at: tuple[str, ...]) -> str:
    """``tenure.toml:12:figures.small_n``, or without the line where the key cannot be found in the text."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if head := re.match(r"\s*\[+([^\[\]]+)\]", line):
            table = _split(head[1])
            here = table
        elif key := re.match(r"""\s*([\w.\-"' ]+?)\s*=""", line):
            here = table + _split(key[1])
        else:
            continue
        if here == at:
            return f"{place}:{number}:{'.'.join(at)}"
    return f"{place}:{'.'.join(at)}"


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
