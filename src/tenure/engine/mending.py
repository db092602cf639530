"""What is published is worth nothing but time: where it is damaged, it is left aside and made anew."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tenure.core.errors import UnavailableError

T = TypeVar("T")


def or_made_anew(home: Path, read: Callable[[], T | None]) -> T | None:
    """What ``read`` gives from published files; None, so that it is asked for where they are made, if one is damaged."""
    try:
        return read()
    except Exception as error:
        if not _forgotten(home, error):
            raise
        return None


def told(home: Path, error: Exception) -> Exception:
    """What to say of an error of a verb: where it comes from a published file, that this is made anew."""
    if not _forgotten(home, error):
        return error
    return UnavailableError(
        "What was published was damaged on the disk. It was left aside.", code="mended", where=str(home),
        fix="Ask again: it is made anew.",
    )  # fmt: skip


def _forgotten(home: Path, error: Exception) -> bool:
    """Whether an error comes from a published file that is damaged; then all of them are left aside."""
    duckdb = sys.modules.get("duckdb")
    if not isinstance(error, OSError) and not (duckdb and isinstance(error, duckdb.Error)):
        return False
    from tenure.engine.verified import derived
    from tenure.figures import dossiers, published

    if not derived.damaged(home):
        return False
    published.forget(home)
    dossiers.forget(home)
    return True
