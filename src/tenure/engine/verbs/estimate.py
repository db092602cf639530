"""``estimate``: a statistical model of what a file holds. Nothing is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import DataError, UsageError
from tenure.engine import methods
from tenure.engine.methods import Estimated, Options

if TYPE_CHECKING:
    from types import ModuleType

    from tenure.engine.desk import Desk

__all__ = ["Estimate", "Estimated", "Options", "estimate"]


@dataclass(frozen=True)
class Estimate:
    """``method``: one of ``tenure.engine.methods``; ``file``: an absolute path; ``name``: how messages call it."""

    method: str
    file: str
    name: str = ""
    options: Options = field(default_factory=Options)


def estimate(desk: Desk, request: Estimate) -> Estimated:
    """Read the file's columns and estimate. Needs no workspace.

    Raises ``UsageError`` for a method or an option there is not, ``DataError`` for a file whose rows cannot be.
    """
    method = methods.method(request.method)
    _check(request, method)
    from tenure.sources.files.columns import read_columns

    name = request.name or request.file
    desk.progress(f"reading {Path(name).name}", 0, 0)
    table = read_columns(Path(request.file), name, method.COLUMNS)
    desk.progress("estimating", 0, 0)
    try:
        found: Estimated = method.estimate(table, request.options)
    except DataError as error:
        raise DataError(error.message, code=error.code, where=error.where or name, fix=error.fix) from None
    return found


def _check(request: Estimate, method: ModuleType) -> None:
    """Raise ``UsageError`` for an option that means nothing to the method."""
    for option in fields(Options):
        if getattr(request.options, option.name) is not None and option.name not in method.OPTIONS:
            fitting = [name for name in methods.names() if option.name in methods.method(name).OPTIONS]
            raise UsageError(
                f"{request.method} knows no {option.name}.", code="surplus_option",
                fix=f"Leave it out; it is for {', '.join(fitting)}.",
            )  # fmt: skip
