"""Conditions as people and programs write them: ``segment=SMB``."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.core.errors import UsageError


def conditions(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """``DIM=VALUE`` words as pairs. Raises ``UsageError`` for one without the sign."""
    found = []
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError(f"{text!r} is no condition.", code="bad_where", fix="Write it as DIM=VALUE: segment=SMB")
        found.append((name, value))
    return tuple(found)
