"""The lock of a workspace: one process at a time works in it."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from typing import IO

from tenure.core.errors import UnavailableError
from tenure.keeper.place import Place


@dataclass(frozen=True)
class Holder:
    """The process that holds a workspace; ``serves``: it answers others over its socket."""

    pid: int
    serves: bool

    def __str__(self) -> str:
        return f"process {self.pid}" + (" (its keeper)" if self.serves else "")


class Lock:
    """The lock, held until ``release`` or the end of the process, however that ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, place: Place, *, serves: bool = False) -> Lock | None:
        """The lock, or None where another process holds it. Raises ``UnavailableError`` where it cannot be written."""
        try:
            place.prepare()
            file = place.lock.open("a+", encoding="utf-8")
        except OSError as error:
            raise UnavailableError(
                f"The workspace cannot be used: {error.strerror}.",
                code="not_writable",
                where=str(place.folder),
                fix="Make the folder writable for the user who runs this.",
            ) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "serves": serves}))
        file.flush()
        return cls(file)

    def release(self) -> None:
        """Let another process have it."""
        self._file.close()


def holder(place: Place) -> Holder | None:
    """Who holds a workspace now; None where nobody does."""
    try:
        with place.lock.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                told = json.loads(file.read() or "{}")
                return Holder(int(told.get("pid", 0)), bool(told.get("serves")))
    except (OSError, ValueError):
        return None
    return None
