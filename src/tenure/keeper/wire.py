"""What a command and a keeper say to each other, over a Unix socket between processes of one user.

The keeper greets (``Hello``, a plain dictionary that any version understands), the command sends one ``Call``, the
keeper answers with any number of ``Progress`` and then an ``Answer`` or a ``Failure``. Whoever wants no answer any more
closes the connection: the call is then stopped, as if it had not begun.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tenure
from tenure.core.chain import NOBODY, By
from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError

#: Parts of the package that only one of the two sides needs.
_ONE_SIDED = ("cli", "web")


@dataclass(frozen=True)
class Call:
    """A verb and its request; ``by``: who asks."""

    verb: str
    request: Any
    by: By = NOBODY


@dataclass(frozen=True)
class Progress:
    """How far it is: what is being done, how much of how much (0 where unknown)."""

    what: str
    done: int
    of: int


@dataclass(frozen=True)
class Answer:
    """What the verb gave."""

    value: Any


@dataclass(frozen=True)
class Failure:
    """A ``TenureError`` with its four fields; ``exit_code`` says which."""

    exit_code: int
    message: str
    code: str
    where: str
    fix: str

    @classmethod
    def of(cls, error: TenureError) -> Failure:
        """The error as it travels."""
        return cls(error.exit_code, error.message, error.code, error.where, error.fix)

    def error(self) -> TenureError:
        """The error as it was raised."""
        kinds = {2: UsageError, 3: UnavailableError}
        kind = TenureError if self.code == "internal" else kinds.get(self.exit_code, DataError)
        return kind(self.message, code=self.code, where=self.where, fix=self.fix)


def identity(home: Path) -> tuple[int, int]:
    """A folder by its file system and number: a copy of a workspace, with its files, is another one."""
    status = home.stat()
    return status.st_dev, status.st_ino


@functools.cache
def code_hash() -> str:
    """A hash of the code that both sides must have in common, by the files' names, sizes and times."""
    root = Path(tenure.__file__).parent
    told = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        name = file.relative_to(root)
        if name.parts[0] not in _ONE_SIDED:
            status = file.stat()
            told.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return told.hexdigest()[:16]
