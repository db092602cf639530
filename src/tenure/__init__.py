"""Tenure measures customer success: ``tenure.open("DIR")`` gives a workspace to ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.engine import Workspace

__all__ = ["open"]


def open(home: str | Path) -> Workspace:  # noqa: A001 - tenure.open reads as what it does
    """The workspace in a folder, through its keeper where one runs.

    Raises ``UsageError`` where the folder is no workspace.
    """
    from tenure.keeper import open as open_workspace

    return open_workspace(Path(home))
