"""The text of a calendar in pieces, without understanding it: in one pass, whatever is opened and never closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache


@cache
def _ends(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(BEGIN|END):{name}[ \t]*\r?(?:\n|\Z)", re.IGNORECASE | re.MULTILINE)


def pieces(text: str, name: str) -> Iterator[tuple[bool, str]]:
    """All of a text, in order: components of a name, each whole (True), and what stands between them."""
    at, begins = 0, -1
    for end in _ends(name).finditer(text):
        if end[1].upper() == "BEGIN":
            begins = end.start()
        elif begins >= 0:
            yield False, text[at:begins]
            yield True, text[begins : end.end()]
            at, begins = end.end(), -1
    yield False, text[at:]


def components(text: str, name: str) -> list[str]:
    """The components of a name in a text."""
    return [piece for is_one, piece in pieces(text, name) if is_one]
