"""``tenure``: the command line. Answers on standard output, complaints on standard error, exit codes 0 to 3."""

from __future__ import annotations

import importlib
import itertools
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from tenure.cli import commands
from tenure.cli.output import complain
from tenure.core.errors import TenureError, UsageError, unknown

_INTERRUPTED = 130  # as shells count it: 128 and the signal's number


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say (default: the process's own). Gives the exit code."""
    words = list(sys.argv[1:] if words is None else words)
    try:
        code = _do(words)
        sys.stdout.flush()
    except TenureError as error:
        complain(error, as_json=_wants_json(words))
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # whoever read the answer has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:  # noqa: BLE001 - a traceback is no answer
        told = _internal(error, words)
        complain(told, as_json=_wants_json(words))
        return told.exit_code
    return code


def names() -> list[str]:
    """Every command there is: each a module, registered by existing."""
    return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))


def _do(words: list[str]) -> int:
    home, rest = _leading(words)
    if not rest or rest[0] in ("-h", "--help"):
        print(_help())
        return 0 if rest else 2
    if rest[0] == "--version":
        from importlib.metadata import version

        print(f"tenure {version('tenure')}")
        return 0
    if rest[0].startswith("-"):
        raise unknown("option", rest[0], ["--home", "--help", "--version"], listing="See: tenure --help")
    if rest[0] == "help":
        rest = [*(rest[1:] or ["--help"]), "--help"] if rest[1:] else ["--help"]
        return _do(rest)
    return _command(rest[0], rest[1:], home)


def _command(name: str, words: list[str], home: str) -> int:
    """Carry out one command: only its own module is imported."""
    if name not in names():
        raise unknown("command", name, names(), listing="All of them: tenure --help")
    from tenure.cli.parser import Parser

    module = _module(name)
    parser = Parser(module)
    module.add(parser)
    try:
        args = parser.parse(words)
    except SystemExit:  # the help was printed
        return 0
    where = args.home or home or os.environ.get("TENURE_HOME") or "."
    code: int = module.run(Path(where), args)
    return code


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{commands.__name__}.{name}")


def _leading(words: list[str]) -> tuple[str, list[str]]:
    """The workspace named before the command, and the words from the command on."""
    home = ""
    rest = list(words)
    while rest and (rest[0] == "--home" or rest[0].startswith("--home=")):
        word = rest.pop(0)
        if word == "--home":
            if not rest:
                raise UsageError("--home needs a folder.", code="missing_argument", fix="See: tenure --help")
            home = rest.pop(0)
        else:
            home = word.partition("=")[2]
    return home, rest


def _help() -> str:
    listed = [(name, (_module(name).__doc__ or "").split("\n")[0].rstrip(".")) for name in names()]
    lines = "\n".join(f"  {name:9} {summary}" for name, summary in listed)
    return (
        "usage: tenure [--home DIR] COMMAND ...\n\n"
        "Customer success, measured: retention, revenue and satisfaction figures that anyone can re-run.\n\n"
        f"commands:\n{lines}\n\n"
        "options:\n"
        "  --home DIR  the workspace (default: TENURE_HOME, or the current folder)\n"
        "  --version   print the version\n"
        "  --help      print this; tenure COMMAND --help prints that of a command\n\n"
        "example:\n"
        "  tenure demo --home demo    make an example company and see its figures"
    )


def _wants_json(words: Sequence[str]) -> bool:
    return "--format=json" in words or ("--format", "json") in itertools.pairwise(words)


def _internal(error: Exception, words: list[str]) -> TenureError:
    """What to say of a fault of our own; the details go to the workspace's log, where there is one."""
    from tenure.keeper import faults
    from tenure.keeper.place import Place

    home = _leading(words)[0] or os.environ.get("TENURE_HOME") or "."
    for word, following in zip(words, [*words[1:], ""], strict=True):
        home = following if word == "--home" else word.partition("=")[2] if word.startswith("--home=") else home
    return faults.told(error, Place(Path(home)))
