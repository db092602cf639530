"""Everything that can go wrong on purpose.

``TenureError``
├── ``UsageError``        used wrongly: exit code 2
├── ``DataError``         the data says no: exit code 1
└── ``UnavailableError``  cannot now (locked, no space, unreachable): exit code 3

Each says what happened, where, and what to do. Whatever leaves the process (a terminal line, a JSON answer) is made
from these four fields; a traceback is a bug.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TenureError(Exception):
    """A failure with a sentence for the person who meets it.

    ``code`` is a short stable word for programs (``unknown_metric``), ``message`` says what happened, ``where`` names
    the place (``accounts.csv:12:renewal``), ``fix`` says what to do.
    """

    exit_code = 1

    def __init__(self, message: str, *, code: str, where: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  {self.fix}" if self.fix else head

    def as_dict(self) -> dict[str, str]:
        """The error as the API answers it: ``code``, ``message``, ``where``, ``fix``."""
        return {"code": self.code, "message": self.message, "where": self.where, "fix": self.fix}


class DataError(TenureError):
    """The data, or a check on it, says no."""

    exit_code = 1


class UsageError(TenureError):
    """Something was asked for that does not exist or does not make sense."""

    exit_code = 2


class UnavailableError(TenureError):
    """Nothing is wrong with the request, but it cannot be answered now."""

    exit_code = 3


def unknown(kind: str, name: str, known: Iterable[str], *, listing: str) -> UsageError:
    """The error for a name nobody knows, with the nearest names.

    ``kind`` is the word for the thing ("metric"), ``listing`` the command that lists what there is.
    """
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else ""
    return UsageError(
        f"There is no {kind} called {name!r}.",
        code=f"unknown_{kind.replace(' ', '_')}",
        fix=f"{hint} {listing}".strip(),
    )
