"""The key that signs what leaves the server: a file of the workspace that its owner alone can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE = "app.key"


def make(home: Path) -> None:
    """Make the key of a workspace, unless it has one. Raises ``OSError``."""
    try:
        with open(home / FILE, "x", opener=_private, encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        return


def read(home: Path) -> str:
    """The key of a workspace; where there is none, one that holds for this process only."""
    try:
        return (home / FILE).read_text(encoding="ascii") or secrets.token_urlsafe(64)
    except FileNotFoundError:
        return secrets.token_urlsafe(64)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
