"""Texts as databases have them: plain, JSON with its signs escaped, or an address with what was asked for in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, unquote_plus

#: What parts of an address stand between, and of a filter in one.
_BETWEEN = re.compile(r"([?&=;~|])")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}|\+")


def stored(text: str, told: Callable[[str], str]) -> str:
    """A stored text with every text in it as ``told`` gives it, written as it was; the same where none is another."""
    if text[:1] in ("{", "[", '"'):
        try:
            found = json.loads(text)
        except ValueError:
            return told(text)
        new = _each(found, told)
        return text if new == found else json.dumps(new)
    plain = told(text)
    if _ESCAPED.search(plain) and not re.search(r"\s", plain):
        return "".join(_addressed(part, told) for part in _BETWEEN.split(plain))
    return plain


def _each(found: Any, told: Callable[[str], str]) -> Any:
    if isinstance(found, dict):
        return {stored(name, told): _each(value, told) for name, value in found.items()}
    if isinstance(found, list):
        return [_each(value, told) for value in found]
    return stored(found, told) if isinstance(found, str) else found


def _addressed(part: str, told: Callable[[str], str]) -> str:
    """A part of an address: what is asked for, without the signs that stand for others."""
    plain = unquote_plus(part)
    new = told(plain)
    return part if new == plain else quote_plus(new)
