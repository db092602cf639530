"""Sources that are fetched by themselves: list them, add one, remove one, set a secret.

Without a word more it lists the sources, with how fresh each is. `tenure source add stripe billing --every 1h` adds a source
of the kind stripe under the name billing; `tenure source secret billing` then reads its secret from standard input, so that
it stands in no history of commands; `tenure source test billing` asks whether it is accepted; `tenure sync` fetches.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.figures import Frame
from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.cli.table import Column, Table, clean
from tenure.core import config
from tenure.core.acts import Act
from tenure.core.errors import UsageError, unknown
from tenure.core.period import Grain

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "source"
EXAMPLE = "tenure source add stripe billing --every 1h"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("what", nargs="?", default="list", metavar="|".join(_WHAT), help="what to do (default: list)")
    parser.add_argument("words", nargs="*", metavar="NAME", help="a source; of add its kind first, as stripe")
    parser.add_argument("--every", default="", metavar="1h", help="add: how often it is fetched: 15m, 1h, 1d")
    parser.add_argument("--at", default="", metavar="03:00", help="add: or the time of day, in the workspace's zone")
    parser.add_argument("--since", default="", metavar="DAY", help="add: nothing older is fetched")
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="add: what else the kind needs"
    )
    parser.add_argument(
        "--address", default="", metavar="URL", help="add: instead of the vendor's; of sql the database's"
    )
    parser.add_argument("--internal", action="store_true", help="add: the address may lie in an internal network")
    parser.add_argument("--from-env", default="", metavar="VARIABLE", help="secret: read it from this variable instead")
    parser.add_argument("--rotate", action="store_true", help="secret: encrypt all secrets under a new key")
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Do it, and say what was done."""
    config.read(home)
    if args.what not in _WHAT:
        raise unknown("thing to do", args.what, _WHAT, listing=f"There are: {', '.join(_WHAT)}.")
    return _WHAT[args.what](home, args)


def _names(args: argparse.Namespace, *names: str) -> list[str]:
    """The words, one for each name."""
    if len(args.words) != len(names):
        raise UsageError(
            f"It needs {' and '.join(names)}." if names else "That takes no name.", code="missing_argument",
            fix=f"Run: tenure source {args.what} {' '.join(names)}".rstrip(),
        )  # fmt: skip
    return list(args.words)


def _list(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.sync.status import sources

    _names(args)
    now = datetime.now(UTC)
    found = sources(home, now)
    if args.format == "json":
        answer_json(found)
        return 0
    if not found:
        say(["No source is fetched from yet. Add one: tenure source add KIND NAME. Kinds: tenure source kinds"])
        return 0
    frame = Frame(Grain.MONTH, config.read(home))
    table = Table([Column(name, flexible=name == "source", head=name == "source") for name in _COLUMNS])
    for one in found:
        times = (one.succeeded, one.latest, one.next)
        told = [frame.moment(at.replace(tzinfo=None)) if at else "" for at in times]
        table.rows.append([one.name, one.kind, one.schedule, _STATES[one.state], *told])
    style = of_output()
    say(table.lines(style))
    for one in found:
        say(
            paragraph(f"{one.name}: {clean(one.error)} {one.fix.replace('NAME', one.name)}", style) if one.error else []
        )
        for stream in one.streams:
            say(paragraph(f"{one.name}: {stream.name}: {clean(stream.trouble)}", style) if stream.trouble else [])
    return 0


_COLUMNS = ("source", "kind", "fetched", "state", "last success", "latest object", "next")
_STATES = {
    "off": "off", "new": "not fetched yet", "fresh": "fresh", "late": "late", "failing": "failing, tried again",
    "needs_you": "needs you",
}  # fmt: skip


def _kinds(_home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.sync.kinds import kinds

    _names(args)
    found = kinds()
    if args.format == "json":
        answer_json(found)
        return 0
    for kind in found:
        say([f"{kind.name:12} {kind.title}"])
        for name, about in (*kind.options.items(), *kind.secrets.items()):
            what = "option" if name in kind.options else "secret"
            say(paragraph(f"{what} {name}: {about}", of_output(), " " * 13))
    return 0


def _add(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.sync import configured

    kind, name = _names(args, "KIND", "NAME")
    options = dict(word.partition("=")[::2] for word in args.option)
    said: dict[str, object] = {"kind": kind}
    said |= {key: getattr(args, key) for key in ("every", "at", "since", "address") if getattr(args, key)}
    if not args.every and not args.at:
        said["every"] = "1h"
    said |= {"internal": True} if args.internal else {}
    said |= {"options": options} if options else {}
    source = configured.add(home, name, said)
    _note(home, Act.SOURCE_ADDED, name, vendor=kind)
    say([f"{name} is fetched {source.schedule}, once its secret is set: tenure source secret {name}"])
    return 0


def _remove(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.sync.pull import removed

    (name,) = _names(args, "NAME")
    removed(home, name)
    _note(home, Act.SOURCE_REMOVED, name)
    say([f"{name} is removed, with its secrets and where it stood. What was loaded stays."])
    return 0


def _secret(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.sync import configured, status, vault
    from tenure.engine.sync.kinds import kind_of

    if args.rotate:
        _names(args)
        say([f"{vault.rotate(home):,} secrets are encrypted under the new key."])
        return 0
    if len(args.words) == 1:
        name, which = args.words[0], ""
    else:
        name, which = _names(args, "NAME", "SECRET")
    known = kind_of(configured.one(home, name).kind).secrets
    which = which or next(iter(known))
    if which not in known:
        raise unknown("secret", which, known, listing=f"There are: {', '.join(known)}.")
    vault.keep(home, name, {which: _read(args.from_env, f"{which} of {name}: ")})
    status.mended(home, name)
    _note(home, Act.SECRET_CHANGED, name, secret=which)
    say([f"The {which} of {name} is kept, encrypted. Whether it is accepted: tenure source test {name}"])
    return 0


def _read(variable: str, prompt: str) -> str:
    """A secret: of a variable, typed in unseen, or of standard input the first line, or all of it where that is JSON."""
    if variable:
        found = os.environ.get(variable, "")
    elif sys.stdin.isatty():
        found = getpass.getpass(prompt)
    else:
        found = sys.stdin.readline()
        found += sys.stdin.read() if found.lstrip().startswith("{") else ""
    if not found.strip():
        raise UsageError(
            "No secret was given.", code="no_secret", fix="Give it on standard input, or name a variable: --from-env."
        )
    return found.strip()


def _test(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.sync import configured
    from tenure.engine.sync.means import Means
    from tenure.engine.sync.pull import tried

    (name,) = _names(args, "NAME")
    tried(home, configured.one(home, name), Means())
    say([f"{name} answers, and accepts what it is given."])
    return 0


def _switch(home: Path, args: argparse.Namespace) -> int:
    from tenure.engine.sync import configured

    (name,) = _names(args, "NAME")
    configured.switch(home, name, on=args.what == "on")
    _note(home, Act.SOURCE_CHANGED, name, switched=args.what)
    say([f"{name} is {args.what}."])
    return 0


def _note(home: Path, act: Act, name: str, **detail: str) -> None:
    """Note in the audit log what was done."""
    with opened(home) as workspace:
        workspace.note_source(act, name, **detail)


_WHAT: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "list": _list, "kinds": _kinds, "add": _add, "remove": _remove, "secret": _secret, "test": _test, "on": _switch, "off": _switch,
}  # fmt: skip
