"""What a vendor's ``source.py`` says, so that Tenure fetches the vendor's data by itself.

A vendor that has a module ``source`` with ``SOURCE`` beside its ``staging`` can be fetched from. A **stream** lists the
objects of one kind; an object becomes rows of the tables that ``staging`` knows, so there is one staging and two ways
into it: files that a connector exported, and the vendor's interface. A module knows no network and no clock: it is given
an ``Api``, which asks, waits, tries again and renews tokens, and it gives pages, each with the state from which to go on.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import tenure.sources
from tenure.core.errors import unknown

#: What a vendor answers with: JSON. Numbers with a point are ``Decimal``, as exact as they were written.
Object = dict[str, Any]
#: Where a stream stands, JSON too: ``{}`` before its first page. What is in it is the stream's own affair.
State = dict[str, Any]
#: A row of one of the vendor's tables, by the columns' names; what is no text is made one (``tenure.sources.api.text``).
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Some objects of a stream, whole, each with what belongs to it.

    ``state``: from where the stream goes on once this page is kept. An empty page only moves that. ``gone``: the ids of
    objects that no longer exist, of which no more than that is known.
    """

    objects: Sequence[Object]
    state: State
    gone: Sequence[str] = ()


class Api(Protocol):
    """The vendor's interface, as a stream is given it."""

    @property
    def options(self) -> Mapping[str, str]:
        """What the source's table in ``sources.toml`` says, by the names of ``Source.options``."""

    @property
    def now(self) -> datetime:
        """When this pass began (UTC, with its zone), by the earlier of our clock and the vendor's."""

    @property
    def since(self) -> datetime | None:
        """Nothing older need be fetched (UTC, with its zone); None: everything."""

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The answer to a GET, read as JSON. ``path``: below the base, or a whole address of an allowed host, as a vendor
        names its next page. A parameter that is None is left out; a list is given once for each.
        """

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a POST with a JSON body: for questions, and for what may be said twice, since it may be sent again."""

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a PATCH, likewise."""

    def form(self, path: str, fields: Mapping[str, str]) -> Any:
        """The answer to a POST of a form, without the headers of ``Source.headers``: for tokens."""


@dataclass(frozen=True)
class Stream:
    """The objects of one kind.

    ``pages``: yields pages from a state on until everything is told that is there now; what it yields after one page must
    follow from that page's ``state`` alone, since it may be another process that goes on. ``rows``: of an object, the rows
    by table; the columns of a table are the same for all objects, but for those that users define. ``key``: the id.
    ``at``: when the object changed last or was made, as ISO 8601 in UTC; objects are read in this order, and it is what
    "last heard of" shows. ``optional``: an account may lack it (403 or 404 is then no failure).
    """

    name: str
    pages: Callable[[Api, State], Iterator[Page]]
    rows: Callable[[Object], Mapping[str, Sequence[Row]]]
    key: Callable[[Object], str] = lambda found: str(found["id"])
    at: Callable[[Object], str | None] = lambda _found: None
    optional: bool = False


@dataclass(frozen=True)
class Option:
    """Something to be known of an account, as its sub-domain. ``fits``: a regular expression; it is part of addresses."""

    name: str
    about: str
    default: str | None = None
    fits: str = r"[A-Za-z0-9][A-Za-z0-9.-]*"


@dataclass(frozen=True)
class Secret:
    """Something that only the vendor and its customer know. ``kept``: made by ``renew``, not asked for."""

    name: str
    about: str
    optional: bool = False
    kept: bool = False


Given = Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """What is to be written about an account: its id at the vendor, and values by the vendor's own fields; None empties one."""

    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Writing:
    """How a vendor is told about its accounts. ``stream``: the one whose objects they are. ``write``: writes the fields of
    some of them, and gives, by id, why an account was refused; it may be done twice. ``most``: at once.
    """

    stream: str
    write: Callable[[Api, Sequence[Told]], Mapping[str, str]]
    most: int


@dataclass(frozen=True)
class Source:
    """How a vendor is fetched from. ``name``: the vendor's.

    ``base``: the address below which all paths lie, from the options. ``hosts``: the only ones that are asked, as
    ``*.zendesk.com``. ``headers``: from secrets and options, what each request bears. ``renew``: secrets anew where the
    vendor answers 401: those that change, which are then kept. ``try_``: a path that any valid key may get. ``pace``:
    requests a second that the vendor allows with some room; ``wait``: seconds to wait before the next request, from an
    answer's headers (in small letters), where the vendor says how many are left. ``writing``: how it is told what Tenure
    found out, where it can be. ``options_of``: the options that the host of an account's address tells.
    ``about``: what its streams tell, in a few plain words each, by their names; of several that tell of one thing only one.
    """

    name: str
    title: str
    base: Callable[[Given], str]
    hosts: tuple[str, ...]
    headers: Callable[[Given, Given], Mapping[str, str]]
    streams: tuple[Stream, ...]
    try_: str
    options: tuple[Option, ...] = ()
    secrets: tuple[Secret, ...] = field(default=())
    renew: Callable[[Api, Given], Mapping[str, str]] | None = None
    pace: float = 10.0
    wait: Callable[[Mapping[str, str]], float] | None = None
    writing: Writing | None = None
    options_of: Callable[[str], Given] | None = None
    about: Mapping[str, str] = field(default_factory=dict)


def fetched() -> tuple[str, ...]:
    """The names of all that can be fetched from."""
    packages = (module.name for module in pkgutil.iter_modules(tenure.sources.__path__) if module.ispkg)
    return tuple(sorted(name for name in packages if importlib.util.find_spec(f"tenure.sources.{name}.source")))


def find(name: str) -> Source:
    """How the vendor of that name is fetched from. Raises ``UsageError`` with the nearest ones."""
    if name not in fetched():
        raise unknown("kind of source", name, fetched(), listing=f"There are: {', '.join(fetched())}.")
    source: Source = importlib.import_module(f"tenure.sources.{name}.source").SOURCE
    return source


# What most vendors' modules need.


def flat(found: Mapping[str, Any], *, lists: bool = False) -> dict[str, Any]:
    """An object as one row: what is nested under ``outer_inner``, as connectors write it. ``lists``: as JSON, else left out."""
    row: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, Mapping):
            row |= {f"{name}_{inner}": deep for inner, deep in flat(value, lists=lists).items()}
        elif not isinstance(value, list) or lists:
            row[name] = value
    return row


def moment(value: Any) -> str | None:
    """A time as ISO 8601 in UTC: of seconds or thousandths since 1970, or of a text; None of what is none."""
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return None
        return iso(read if read.tzinfo else read.replace(tzinfo=UTC))
    if value is None or value == "" or isinstance(value, bool):
        return None
    number = int(value)
    unit = timedelta(milliseconds=1) if abs(number) >= 10**11 else timedelta(seconds=1)
    return iso(datetime(1970, 1, 1, tzinfo=UTC) + number * unit)


def iso(at: datetime) -> str:
    """A time as ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds" if at.microsecond else "seconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Window:
    """What a pass asks for: changes from ``since`` on (None: everything), and when it began.

    ``since`` lies before where the pass before it began, by an overlap: changes become visible some time after they are
    made, and clocks differ. What comes twice for it changes nothing.
    """

    since: datetime | None
    began: datetime

    def going(self, **place: Any) -> State:
        """The state in the middle of the pass: ``place`` is what the next request needs."""
        return {"since": iso(self.since) if self.since else None, "began": iso(self.began), **place}

    def done(self) -> State:
        """The state at its end: the next pass asks from its beginning on."""
        return {"through": iso(self.began)}


def window(api: Api, state: State, overlap: timedelta = timedelta(minutes=10)) -> Window:
    """The pass that a state is in the middle of, or the next one."""
    if "began" in state:
        since = state["since"]
        return Window(datetime.fromisoformat(since) if since else None, datetime.fromisoformat(state["began"]))
    through = state.get("through")
    return Window(datetime.fromisoformat(through) - overlap if through else api.since, api.now)
