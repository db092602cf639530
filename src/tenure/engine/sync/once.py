"""An account of a vendor, or a database, fetched and loaded once: by the code by which sources are, with nothing left behind.

What was fetched lies in a folder of its own until it is loaded. What enters the archive are the files that it came to, as of any
load; who fetches once more loads the same again, which changes nothing.
"""

from __future__ import annotations

import fnmatch
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tenure.core import config
from tenure.core.errors import UsageError, unknown
from tenure.engine.sync import answers, configured, touched
from tenure.engine.sync.changes import changes
from tenure.engine.sync.configured import SQL, Configured
from tenure.engine.sync.pull import Synced, loaded, passes
from tenure.sources.api import Source, fetched, find
from tenure.sources.fetching.pulled import Pulled
from tenure.sources.vendor import find as find_vendor

if TYPE_CHECKING:
    from tenure.engine.desk import Progress
    from tenure.engine.sync.means import Means

#: Gives what a kind needs to know, by the name of it and what it is; empty where that is not to be had.
Ask = Callable[[str, str], str]
_AS = 'Write: --query "account=SELECT id AS account_id, name FROM customers"'


@dataclass(frozen=True)
class Account:
    """What is fetched once: ``says`` is the table that would stand in ``sources.toml``, ``secrets`` what only its owner knows."""

    kind: str
    says: Mapping[str, Any]
    secrets: Mapping[str, str]


def account(kind: str, url: str, ask: Ask, queries: Sequence[str] = (), *, internal: bool = False) -> Account:
    """What an address and a few questions tell. ``queries``: of a database, each ``TABLE=SELECT ...``.

    Raises ``UsageError`` for a kind that cannot be fetched, and for what is missing.
    """
    says: dict[str, Any] = {"kind": kind} | ({"internal": True} if internal else {})
    if kind == SQL:
        if not queries:
            raise UsageError("A database is asked something.", code="missing_argument", fix=_AS)
        password = ask("password", "the password of the database's user")
        return Account(kind, says | {"address": url, "query": [_query(one) for one in queries]}, {"password": password})
    if kind in touched.KINDS:
        raise UsageError(
            "Mail and calendars are fetched by a source, not once.", code="bad_option", where=kind,
            fix=f"Run: tenure source add {kind} NAME. Or load a folder of files: tenure load --from {kind} FOLDER",
        )  # fmt: skip
    known = [one for one in (*fetched(), SQL) if one not in touched.KINDS]
    if kind not in known:
        raise unknown("kind of source", kind, known, listing=f"There are: {', '.join(known)}.")
    source, host = find(kind), urlsplit(url).hostname or ""
    theirs = any(fnmatch.fnmatchcase(host, one) for one in source.hosts)
    told = source.options_of(host) if theirs and source.options_of else {}
    options = {one.name: told.get(one.name) or ask(one.name, one.about) or one.default or "" for one in source.options}
    says |= {"options": {name: text for name, text in options.items() if text}} if any(options.values()) else {}
    says |= {} if theirs else {"address": url.rstrip("/")}
    secrets = {one.name: ask(one.name, one.about) for one in source.secrets if not one.kept}
    missing = [one.name for one in source.secrets if not one.optional and not one.kept and not secrets[one.name]]
    if missing:
        raise UsageError(
            f"{source.title} is not read without {' and '.join(missing)}.", code="no_secret", where=kind,
            fix=f"Type it in when asked, or set {variable(kind, missing[0])}.",
        )  # fmt: skip
    return Account(kind, says, {name: text for name, text in secrets.items() if text})


def variable(kind: str, name: str) -> str:
    """The variable of the environment in which a secret or an option may be given."""
    return f"TENURE_{kind}_{name}".upper()


def once(home: Path, found: Account, means: Means, call: Callable[[str, Any], Any], progress: Progress, *, history: bool) -> Synced:  # fmt: skip
    """Fetch everything and load it. Raises ``TenureError``; what was fetched until then is let go of."""
    source = configured.checked(found.kind, found.says)
    done = Synced(source.name)
    with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
        folder, work = Path(scratch) / "fetched", Path(scratch) / "work"
        folder.mkdir()
        work.mkdir()
        with Pulled.open(folder, source.name) as pulled:
            if source.kind == SQL:
                zone = config.read(home).timezone
                told, _ = answers.asked(
                    zone, source, found.secrets.get("password", ""), pulled, means, work, None, progress
                )
            else:
                done = _passed(folder, source, pulled, means, progress, found.secrets)
                told = changes(find_vendor(source.kind), pulled, None, work, config.read(home).timezone, source.name)
            loaded(told, work, call, done, history=history)
    return done


def _passed(
    folder: Path, source: Configured, pulled: Pulled, means: Means, progress: Progress, secrets: Mapping[str, str]
) -> Synced:
    """Go through all streams. Raises ``TenureError`` where one that any account has cannot be read: half an account is none."""
    done = passes(folder, source, pulled, means, progress, secrets)
    for name, why in done.troubles.items():
        if not next(stream for stream in _source(source).streams if stream.name == name).optional:
            raise UsageError(f"{name} cannot be read: {why}", code="vendor_refused", where=source.kind)
    return done


def _source(source: Configured) -> Source:
    return find(source.kind)


def _query(said: str) -> dict[str, str]:
    table, _, sql = said.partition("=")
    if not table.strip() or not sql.strip():
        raise UsageError(f"{said!r} is no question for a table.", code="bad_option", fix=_AS)
    return {"table": table.strip(), "sql": sql.strip()}
