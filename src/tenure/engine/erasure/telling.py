"""Which of a person's own texts tell of that person wherever they stand: telephone numbers, addresses, titles of several words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: Names of fields whose values are looked for in all texts; of others only where they stand in what is the person's own.
_NAMES = re.compile(
    r"phone|mobile|fax|cell|telef|handy|mail|address|adresse|street|stra(?:ss|ß)e|linkedin|twitter|skype|social|birth|geb(?:oren|urt)"
    r"|passport|title|titel|position",
    re.IGNORECASE,
)
#: What looks like a telephone number whatever it is called.
_PHONE = re.compile(r"\+?[0-9][0-9\s().\-/]{5,}")
_DIALLED = re.compile(r"\+|00")
#: Characters that a value has at least, and digits a telephone number.
_SHORTEST, _DIGITS = 6, 7


def tells(name: str, text: str) -> bool:
    """Whether the value of a field, or of an attribute, tells of whose it is in any text. ``name``: the field's.

    A word alone does not, whatever it stands for: ``Engineer`` is a title, and may be anybody's.
    """
    text = text.strip()
    if len(text) < _SHORTEST or not any(sign.isdigit() or sign in " @/" for sign in text):
        return False
    return is_named(name) or (is_phone(text) and bool(_DIALLED.match(text))) or ("@" in text and " " not in text)


def is_named(name: str) -> bool:
    """Whether the name of a field says that its values tell of whose they are."""
    return bool(_NAMES.search(name))


def is_phone(text: str) -> bool:
    """Whether a text may be a telephone number: nothing but digits, enough of them, and what stands between them."""
    return bool(_PHONE.fullmatch(text.strip())) and sum(map(str.isdigit, text)) >= _DIGITS


def dialled(text: str) -> str:
    """A pattern of a telephone number however it is written: for ``re`` and for DuckDB, without what may stand around it."""
    return r"\+?" + r"[\s().\-/]{0,3}".join(sign for sign in text if sign.isdigit())


def values(found: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """All texts and numbers within what was read of JSON, each with the names on the way to it."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from values(value, f"{name}.{key}")
    elif isinstance(found, list):
        for value in found:
            yield from values(value, name)
    elif found is not None and not isinstance(found, bool):
        yield name, str(found)
