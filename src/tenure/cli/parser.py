"""Words into arguments. Mistakes are ``UsageError``, with the nearest names."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NoReturn, Protocol

from tenure.core.errors import UsageError, unknown


class Command(Protocol):
    """What a module of ``cli/commands`` holds. Its docstring's first line is its summary.

    ``EXAMPLE``: one command line and what it does. ``run`` is given the workspace's folder.
    """

    NAME: str
    EXAMPLE: str

    @staticmethod
    def add(parser: Parser) -> None:
        """Say which words the command takes."""

    @staticmethod
    def run(home: Path, args: argparse.Namespace) -> int:
        """Do it, print the answer, give the exit code."""


class Parser(argparse.ArgumentParser):
    """The words of one command."""

    def __init__(self, module: ModuleType) -> None:
        self.name: str = module.NAME
        super().__init__(
            prog=f"tenure {self.name}",
            description=module.__doc__,
            epilog=f"example:\n  {module.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.add_argument("--home", metavar="DIR", help="the workspace (default: TENURE_HOME, or the current folder)")

    def add_format(self, *formats: str) -> None:
        """Take ``--format``, the first being the default."""
        self.add_argument(
            "--format", default=formats[0], type=_one_of("format", formats), metavar="|".join(formats),
            help=f"how to print the answer (default: {formats[0]})",
        )  # fmt: skip

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """The arguments. Raises ``UsageError``; ``SystemExit`` after ``--help``."""
        found, more = self.parse_known_args(words)
        if more:
            raise self._surplus(more[0])
        return found

    def error(self, message: str) -> NoReturn:
        """As argparse calls it: what is wrong, in its words."""
        if message.startswith("the following arguments are required: "):
            missing = message.partition(": ")[2]
            raise UsageError(f"It needs {missing}.", code="missing_argument", fix=f"{self.usage_line()}")
        raise UsageError(message[:1].upper() + message[1:] + ".", code="bad_argument", fix=self.usage_line())

    def usage_line(self) -> str:
        """Where to read on."""
        return f"See: tenure {self.name} --help"

    def _surplus(self, word: str) -> UsageError:
        if word.startswith("-"):
            options = [text for action in self._actions for text in action.option_strings]
            return unknown("option", word.partition("=")[0], options, listing=self.usage_line())
        return UsageError(f"{word!r} is one word too many.", code="surplus_argument", fix=self.usage_line())


def _one_of(kind: str, names: Sequence[str]) -> type[str]:
    """A type for argparse that takes one of the names. Its ``UsageError`` passes through argparse untouched."""

    def take(text: str) -> str:
        if text not in names:
            raise unknown(kind, text, names, listing=f"There are: {', '.join(names)}.")
        return text

    return take  # type: ignore[return-value]
