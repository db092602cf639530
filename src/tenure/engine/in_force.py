"""A text that is in force (settings, a model, rules, a map), and another that is put in its place."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from tenure.core.errors import UsageError
from tenure.warehouse.archive import flush

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.figures.scope import Scope


class Replacing(Protocol):
    """A request to put a text in the place of one in force: see ``SaveModel``, for one."""

    @property
    def by(self) -> str:
        """Who says so."""

    @property
    def over(self) -> str:
        """The version that it is to follow; empty: any."""

    @property
    def scope(self) -> Scope:
        """Of whoever says so."""


def may_replace(request: Replacing, before: str, whose: str) -> None:
    """Raise ``UsageError`` where what is in force (the version ``before``) may not be replaced: through a narrow scope (``whose`` says for
    whom it is), by nobody, and where it is another one than the request is to follow.
    """
    if request.scope.narrow:
        raise UsageError(whose, code="out_of_scope", fix="Have it saved by somebody who sees everything.")
    if not request.by.strip():
        raise UsageError("What is to be saved needs a name of who saves it.", code="bad_message", fix="Give one.")
    if request.over and request.over != before:
        raise UsageError(
            f"The version in force is {before} by now, not {request.over}.", code="changed_meanwhile",
            fix="Look at what is in force now, and change that.",
        )  # fmt: skip


def put(path: Path, text: str) -> None:
    """Write beside, then put in its place: after a power cut there is what was, or all of it. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, "utf-8", newline="\n")
        flush(part)
        part.replace(path)
        flush(path.parent)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def version(text: str) -> str:
    """What names the content of a text: the same as the audit log has."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
