"""``sources.toml``: what a workspace fetches by itself, a table for each source. No secret is ever in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import tomlkit

from tenure.core.errors import UsageError, unknown
from tenure.core.toml_text import parsed, place_of
from tenure.sources.api import fetched, find

FILE = "sources.toml"
#: The kind of a source that is a question to a database.
SQL = "sql"
_HEAD = """\
# What Tenure fetches by itself. `tenure source` writes this file and keeps your comments; you may edit it, too.
# A table is a source, under a name of your choice:
#
#   [billing]
#   kind = "stripe"       # whose it is: `tenure source kinds`
#   every = "1h"          # how often: 15m, 1h, 1d, or: at = "03:00", a time of day in the workspace's zone
#   since = 2024-01-01    # nothing older is fetched (default: everything)
#   leave = ["dispute"]   # what is not fetched
#   on = true             # false: nothing is fetched until it is true again
#   [billing.options]     # what else the kind needs to know
#   [crm.write]           # what is written into the fields of its accounts: health, health_band, risk (90 days), owner
#   health = "Tenure_Health__c"
#
# Secrets are not in here: `tenure source secret billing`.
"""
#: What can be written to a vendor, and the column of the list of accounts that has it.
WRITTEN = {"health": "health", "health_band": "health_band", "risk": "churn_risk_90", "owner": "owner"}
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_EVERY = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SHORTEST = timedelta(minutes=5)
_KEYS = ("kind", "every", "at", "since", "leave", "on", "address", "internal", "options", "query", "timezone", "write")


@dataclass(frozen=True)
class Query:
    """A question to a database: ``sql``, whose rows are of a canonical ``table``. ``cursor``: the column that grows with
    each change, which ``:since`` in the question stands for. ``says``: what else a map says of a load.
    """

    name: str
    table: str
    sql: str
    cursor: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Configured:
    """A source. ``every`` or ``at`` (neither: only when told to); ``since``: UTC, with its zone. ``address``: instead of the
    vendor's, or of the database. ``internal``: the address may lie in an internal network. ``write``: the vendor's fields of accounts, by what is written
    into them (``WRITTEN``).
    """

    name: str
    kind: str
    every: timedelta | None = None
    at: time | None = None
    since: datetime | None = None
    leave: frozenset[str] = frozenset()
    on: bool = True
    address: str = ""
    internal: bool = False
    timezone: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    queries: tuple[Query, ...] = ()
    write: Mapping[str, str] = field(default_factory=dict)

    @property
    def schedule(self) -> str:
        """When it is fetched, as a person would say it."""
        if self.at is not None:
            return f"at {self.at:%H:%M}"
        if self.every is None:
            return "when told to"
        unit = next(name for name in "dhm" if self.every % _UNITS[name] == timedelta(0))
        return f"every {self.every // _UNITS[unit]}{unit}"


def read(home: Path) -> dict[str, Configured]:
    """The sources of a workspace, by name, in the order of the file. Raises ``UsageError`` with the line of what is wrong."""
    path = home / FILE
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8-sig")
    document = parsed(text, FILE, "bad_sources")
    return {name: _Checking(text, name).source(said) for name, said in document.items()}


def one(home: Path, name: str) -> Configured:
    """A source by its name. Raises ``UsageError`` with the nearest ones."""
    sources = read(home)
    if name not in sources:
        raise unknown("source", name, sources, listing="All of them: tenure source")
    return sources[name]


def add(home: Path, name: str, said: Mapping[str, Any]) -> Configured:
    """Write a source's table, after the others. Raises ``UsageError`` for a name that is taken and for what is wrong."""
    path = home / FILE
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else _HEAD
    document = tomlkit.parse(text)
    if name in document:
        raise UsageError(
            f"There is a source {name!r} already.",
            code="source_exists",
            where=FILE,
            fix="Name it otherwise, or remove it first.",
        )
    table = tomlkit.table()
    for key, value in said.items():
        if key == "options":
            inner = tomlkit.table()
            inner.update(value)
            table.add(key, inner)
        elif key == "query":
            questions = tomlkit.aot()
            for one_ in value:
                question = tomlkit.table()
                question.update(one_)
                questions.append(question)
            table.add(key, questions)
        else:
            table.add(key, value)
    document.add(tomlkit.nl())
    document.add(name, table)
    found = _Checking(tomlkit.dumps(document), name).source({**said})
    _write(path, tomlkit.dumps(document))
    return found


def checked(name: str, said: Mapping[str, Any]) -> Configured:
    """What a table says that stands in no file. Raises ``UsageError`` for what is wrong."""
    return _Checking(tomlkit.dumps({name: dict(said)}), name).source(dict(said))


def ask_more(home: Path, name: str, query: Mapping[str, Any]) -> Configured:
    """Write one more question into the table of a source that is a database. Raises ``UsageError`` for what is wrong."""
    one(home, name)
    document = tomlkit.parse((home / FILE).read_text(encoding="utf-8-sig"))
    questions = document[name].setdefault("query", tomlkit.aot())
    inner = tomlkit.table()
    inner.update(query)
    questions.append(inner)
    found = _Checking(tomlkit.dumps(document), name).source(document[name].unwrap())
    _write(home / FILE, tomlkit.dumps(document))
    return found


def remove(home: Path, name: str) -> None:
    """Take a source's table out of the file. Raises ``UsageError`` where there is none."""
    one(home, name)
    document = tomlkit.parse((home / FILE).read_text(encoding="utf-8-sig"))
    document.remove(name)
    _write(home / FILE, tomlkit.dumps(document))


def switch(home: Path, name: str, *, on: bool) -> None:
    """Have a source fetched, or not. Raises ``UsageError`` where there is none."""
    one(home, name)
    document = tomlkit.parse((home / FILE).read_text(encoding="utf-8-sig"))
    document[name]["on"] = on
    _write(home / FILE, tomlkit.dumps(document))


def _write(path: Path, text: str) -> None:
    """The file is the old one or the new one, never half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


@dataclass
class _Checking:
    """The checks of one table. ``text``: of the whole file, to say where."""

    text: str
    name: str

    def source(self, said: Any) -> Configured:
        """What the table says."""
        if not _NAME.fullmatch(self.name):
            raise self._error("A source's name is small letters, digits, - and _, and begins with a letter.", ())
        if not isinstance(said, dict):
            raise self._error("A source is a table: [name], with a kind.", ())
        for key in said:
            if key not in _KEYS:
                raise unknown("key", key, _KEYS, listing=f"In {place_of(self.text, FILE, (self.name, key))}.")
        kind = self._text(said, "kind", required=True)
        if kind != SQL:
            find(kind)
        elif "query" not in said:
            raise self._error(
                f"A source of the kind sql needs a question: [[{self.name}.query]].", (),
                f'Write it into {FILE}, or run: tenure load --from sql ADDRESS --keep {self.name} --query "TABLE=SELECT ..."',
            )  # fmt: skip
        if "every" in said and "at" in said:
            raise self._error("Either every or at.", ("at",))
        return Configured(
            self.name, kind, self._every(said), self._at(said), self._since(said), self._leave(said, kind),
            self._flag(said, "on", default=True), self._text(said, "address"), self._flag(said, "internal", default=False),
            self._text(said, "timezone"), self._options(said, kind), self._queries(said), self._write(said, kind),
        )  # fmt: skip

    def _error(self, message: str, key: tuple[str, ...], fix: str = "") -> UsageError:
        return UsageError(message, code="bad_sources", where=place_of(self.text, FILE, (self.name, *key)), fix=fix)

    def _text(self, said: Mapping[str, Any], key: str, *, required: bool = False) -> str:
        value = said.get(key, "")
        if not isinstance(value, str):
            raise self._error(f'{key} is a text: {key} = "...".', (key,))
        if required and not value:
            kinds = ", ".join((*fetched(), SQL))
            raise self._error(f"The source needs a {key}.", (), f"There are: {kinds}.")
        return value

    def _flag(self, said: Mapping[str, Any], key: str, *, default: bool) -> bool:
        value = said.get(key, default)
        if not isinstance(value, bool):
            raise self._error(f"{key} is true or false.", (key,))
        return value

    def _every(self, said: Mapping[str, Any]) -> timedelta | None:
        text = self._text(said, "every")
        if not text:
            return None
        found = _EVERY.fullmatch(text)
        every = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
        if every < _SHORTEST:
            raise self._error(
                f"{text!r} is no interval, or one that is too short.", ("every",), 'Write "15m", "1h" or "1d".'
            )
        return every

    def _at(self, said: Mapping[str, Any]) -> time | None:
        value = said.get("at")
        if value is None or isinstance(value, time):
            return value
        try:
            return time.fromisoformat(value)
        except (ValueError, TypeError):
            raise self._error(f"{value!r} is no time of day.", ("at",), 'Write "03:00".') from None

    def _since(self, said: Mapping[str, Any]) -> datetime | None:
        value = said.get("since")
        if value is None:
            return None
        try:
            read_ = datetime.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(read_, datetime):
                return read_.astimezone(UTC) if read_.tzinfo else read_.replace(tzinfo=UTC)
            if isinstance(read_, date):
                return datetime(read_.year, read_.month, read_.day, tzinfo=UTC)
        except ValueError:
            pass
        raise self._error(f"{value!r} is no day.", ("since",), "Write 2024-01-31.")

    def _leave(self, said: Mapping[str, Any], kind: str) -> frozenset[str]:
        value = said.get("leave", [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._error("leave is a list of names.", ("leave",))
        names = [stream.name for stream in find(kind).streams] if kind != SQL else []
        for name in value:
            if name not in names:
                raise unknown("stream", name, names, listing=f"There are: {', '.join(names)}.")
        return frozenset(value)

    def _options(self, said: Mapping[str, Any], kind: str) -> dict[str, str]:
        value = said.get("options", {})
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise self._error("options is a table of texts.", ("options",))
        known = {option.name: option for option in find(kind).options} if kind != SQL else {}
        for name in value:
            if name not in known:
                raise unknown("option", name, known, listing=f"There are: {', '.join(known) or 'none'}.")
        found: dict[str, str] = {}
        for name, option in known.items():
            text = value.get(name, option.default)
            if text is None:
                raise self._error(f"The source needs the option {name}: {option.about}.", ("options",))
            if text and not re.fullmatch(option.fits, text):
                raise self._error(f"{text!r} is no {name}: {option.about}.", ("options", name))
            found[name] = str(text)
        return found

    def _write(self, said: Mapping[str, Any], kind: str) -> dict[str, str]:
        value = said.get("write", {})
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise self._error("write is a table of the vendor's fields.", ("write",))
        if value and (kind == SQL or find(kind).writing is None):
            raise self._error(f"Nothing can be written to {kind}.", ("write",))
        for name, text in value.items():
            if name not in WRITTEN:
                raise unknown("value", name, WRITTEN, listing=f"There are: {', '.join(WRITTEN)}.")
            if not _FIELD.fullmatch(text):
                raise self._error(f"{text!r} is no field's name.", ("write", name))
        return dict(value)

    def _queries(self, said: Mapping[str, Any]) -> tuple[Query, ...]:
        found: list[Query] = []
        for number, query in enumerate(said.get("query", ()), start=1):
            if not isinstance(query, dict) or not all(isinstance(query.get(key), str) for key in ("table", "sql")):
                raise self._error(f"Query {number} needs a table and sql.", ("query",))
            own = {key: value for key, value in query.items() if key not in ("table", "sql", "cursor", "name")}
            name = str(query.get("name", query["table"]))
            if not _NAME.fullmatch(name) or any(name == other.name for other in found):
                raise self._error(f"Query {number} needs a name of its own, of small letters.", ("query",))
            found.append(Query(name, query["table"], query["sql"], str(query.get("cursor", "")), own))
        return tuple(found)
