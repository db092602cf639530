"""Where a keeper leaves its traces: the folder ``.keeper`` of a workspace.

``lock`` is held by the one process that works in the workspace, and names it; ``socket`` is where a keeper listens, or
``address`` says where; ``key`` opens it; ``log`` tells what failed unexpectedly.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

FOLDER = ".keeper"
#: Bytes that the path of a Unix socket may have: 108 with the closing zero on Linux, 104 on macOS.
LONGEST_SOCKET = 100
_PRIVATE_PREFIX = "tenure-"


class Place:
    """The paths of one workspace's keeper. ``home`` is made absolute, so that a later change of folder is harmless."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.folder = self.home / FOLDER
        self.lock = self.folder / "lock"
        self.log = self.folder / "log"
        self._key = self.folder / "key"
        self._address = self.folder / "address"
        self._socket = self.folder / "socket"

    def prepare(self) -> None:
        """Make the folder, for nobody but its owner. Raises ``OSError``."""
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def key(self) -> bytes | None:
        """What opens the keeper's socket; None where none was ever made."""
        try:
            return self._key.read_bytes()
        except OSError:
            return None

    def new_key(self) -> bytes:
        """A key that no other process has seen, readable by this user only."""
        key = secrets.token_bytes(32)
        self._key.unlink(missing_ok=True)
        with open(self._key, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(key)
        return key

    def socket(self) -> Path | None:
        """Where a keeper listens, or listened when it was killed; None where there is nothing."""
        try:
            found = Path(self._address.read_text(encoding="utf-8"))
        except OSError:
            found = self._socket
        return found if found.exists() else None

    def new_socket(self) -> Path:
        """A path for a socket, free of what a killed keeper left. Only for the process that holds the lock."""
        self.clear()
        if len(os.fsencode(self._socket)) <= LONGEST_SOCKET:
            return self._socket
        path = Path(tempfile.mkdtemp(prefix=_PRIVATE_PREFIX)) / "socket"
        self._address.write_text(str(path), encoding="utf-8")
        return path

    def clear(self) -> None:
        """Remove the socket and what leads to it. Only for the process that holds the lock."""
        self._socket.unlink(missing_ok=True)
        try:
            elsewhere = Path(self._address.read_text(encoding="utf-8")).parent
        except OSError:
            return
        if elsewhere.name.startswith(_PRIVATE_PREFIX) and elsewhere.is_dir() and elsewhere.owner() == self.home.owner():
            shutil.rmtree(elsewhere, ignore_errors=True)
        self._address.unlink(missing_ok=True)
