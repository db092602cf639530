"""The rows that come of events: uses as they are, of people and companies the last that was said of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from tenure.sources.events.plain import Plain, UnreadableError, plain

USES, PEOPLE, COMPANIES, UNREADABLE = "uses", "people", "companies", "unreadable"
#: What is known of people: the account of each, of those that have one.
Accounts = Callable[[Collection[str]], Mapping[str, str]]
Row = dict[str, str]


@dataclass(frozen=True)
class Taken:
    """An event as it was received, in UTC. ``source``: whose key it came with."""

    source: str
    event_id: str
    text: str
    received_at: datetime


@dataclass
class Rows:
    """``files``: by the name of the map and the columns that are filled, rows of texts in the order of the events. ``aside``: how
    many events say nothing that is kept; ``merged``: how many say of a person or company what a later one says again; ``twice``:
    how many say something of both.
    """

    files: dict[tuple[str, tuple[str, ...]], list[Row]] = field(default_factory=dict)
    aside: int = 0
    merged: int = 0
    twice: int = 0

    def add(self, file: str, row: Row) -> None:
        """Add a row to the file of its name whose rows have the same columns."""
        self.files.setdefault((file, tuple(sorted(row))), []).append(row)


def rows(
    events: Sequence[Taken], wanted: Mapping[str, Collection[str]], accounts: Accounts, also: Sequence[Plain] = ()
) -> Rows:
    """The rows of some events, which are all that there is of them. ``wanted``: by file the columns that the map names; ``also``:
    other events that tell to which account somebody belongs.
    """
    found = Rows()
    said: list[tuple[Taken, Plain]] = []
    for event in events:
        try:
            said.append((event, plain(event.text, event.received_at)))
        except UnreadableError as error:
            found.add(UNREADABLE, _unreadable(event, error))
    belongs = _Belongs([*also, *(told for _, told in said)], accounts)
    for event, told in said:
        if told.kind in ("track", "page", "screen"):
            found.add(USES, _use(event, told, belongs.account(told), wanted.get(USES, ())))
        elif told.kind == "alias" or not (told.person or told.account):
            found.aside += 1
        elif told.kind == "group" and told.person:
            found.twice += 1
    _states(found, PEOPLE, "person_id", _people(said, wanted.get(PEOPLE, ())))
    _states(found, COMPANIES, "account_id", _companies(said, wanted.get(COMPANIES, ())))
    return found


def id_of(source: str, event_id: str) -> str:
    """The id of a use, among those of all sources."""
    return f"{source}:{event_id}"


def _unreadable(event: Taken, error: UnreadableError) -> Row:
    said = [error.field, repr(error.value) if error.value else "", error.reason]
    why = " ".join(part for part in said if part)
    return {"event_id": event.event_id, "why": why, "event": event.text, "source": event.source}


class _Belongs:
    """To which account people belong: as was last said before an event, else as was said after it, else as is known."""

    def __init__(self, said: Sequence[Plain], accounts: Accounts) -> None:
        self._said: dict[str, list[tuple[datetime, str]]] = {}
        for told in said:
            if told.person and told.account:
                self._said.setdefault(told.person, []).append((told.at, told.account))
        for own in self._said.values():
            own.sort()
        unsaid = {told.person for told in said if told.person and not told.account} - self._said.keys()
        self._known = accounts(unsaid) if unsaid else {}

    def account(self, told: Plain) -> str:
        """Of an event; empty where nothing is known."""
        if told.account:
            return told.account
        own = self._said.get(told.person, [])
        before = [account for at, account in own if at <= told.at]
        if before:
            return before[-1]
        return own[0][1] if own else self._known.get(told.person, "")


def _use(event: Taken, told: Plain, account: str, wanted: Collection[str]) -> Row:
    row = {
        "event_id": id_of(event.source, event.event_id), "person_id": told.person, "account_id": account, "type": told.kind,
        "name": told.name, "at": told.at.isoformat(), "session_id": told.session, "source": event.source,
        "properties": _json(told.properties) if told.properties else "",
    }  # fmt: skip
    return row | carried_by(told.properties, wanted)


def carried_by(properties: Mapping[str, Any], wanted: Collection[str]) -> Row:
    """What the map asks for of a use's properties; empty where they do not say it."""
    return dict.fromkeys(_carried("properties", wanted), "") | _named("properties", properties, wanted)


def _people(said: Iterable[tuple[Taken, Plain]], wanted: Collection[str]) -> Iterable[tuple[Plain, Row]]:
    for event, told in said:
        if told.kind in ("identify", "group") and told.person:
            row = {"person_id": told.person, "at": told.at.isoformat(), "source": event.source}
            row |= {"account_id": told.account} if told.account else {}
            yield told, row | (_named("traits", told.traits, wanted) if told.kind == "identify" else {})


def _companies(said: Iterable[tuple[Taken, Plain]], wanted: Collection[str]) -> Iterable[tuple[Plain, Row]]:
    for event, told in said:
        if told.kind == "group":
            row = {"account_id": told.account, "at": told.at.isoformat(), "source": event.source}
            yield told, row | _named("traits", told.traits, wanted)


def _states(found: Rows, file: str, key: str, each: Iterable[tuple[Plain, Row]]) -> None:
    """One row of each thing: what was said of it at last; what was said before and not again is there still."""
    together: dict[str, Row] = {}
    for _, row in sorted(each, key=lambda pair: pair[0].at):
        found.merged += row[key] in together
        together.setdefault(row[key], {}).update(row)
    for row in together.values():
        found.add(file, row)


def _carried(part: str, wanted: Collection[str]) -> list[str]:
    return [name for name in wanted if name.startswith(f"{part}.")]


def _named(part: str, said: Mapping[str, Any], wanted: Collection[str]) -> Row:
    """What the map asks for of traits or properties, as far as it is said: ``traits.address.city`` goes further down."""
    found = {}
    for name in _carried(part, wanted):
        value: Any = said
        for step in name.split(".")[1:]:
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None:
            found[name] = value if isinstance(value, str) else _json(value)
    return found


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
