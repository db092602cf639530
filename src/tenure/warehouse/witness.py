"""A witness beside the inbox: the largest number that a message in it ever had.

SQLite drops what follows a damaged page of its log without a word, and an inbox that ends earlier looks as whole as one that
never had more. The witness is a file of its own, written after each flush, so that what is missing at the end can be told. It is
not flushed itself: after a power cut it may lag behind, and then says less, never more.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FILE = "inbox.last"
_SIZE = 64


class Witness:
    """The witness of the inbox in the workspace ``home``. It never fails: it is no part of taking anything."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def note(self, epoch: str, number: int) -> None:
        """Note that the inbox of that epoch has a message with this number on disk."""
        with suppress(OSError):
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if number > _number(os.pread(handle, _SIZE, 0), epoch):
                    os.pwrite(handle, f"{epoch} {number:020d}\n".encode(), 0)
            finally:
                os.close(handle)

    def last(self, epoch: str) -> int:
        """The largest number that was noted; 0 where none was in this epoch."""
        try:
            return _number(self._path.read_bytes()[:_SIZE], epoch)
        except OSError:
            return 0


def _number(content: bytes, epoch: str) -> int:
    known, _, number = content.decode("ascii", "replace").strip().partition(" ")
    return int(number) if known == epoch and number.isdecimal() else 0
