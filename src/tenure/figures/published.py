"""Reading what is published, without opening the warehouse: this is what screens and ``show`` do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import duckdb
import msgspec

from tenure.core import whole
from tenure.core.config import settings_hash
from tenure.core.period import local_day
from tenure.figures import kept
from tenure.figures.filing import POINTER
from tenure.figures.question import Ground
from tenure.figures.reader import FEW_PERIODS, Reader, Rows, SpanPair
from tenure.figures.scope import COLUMNS, STANDS_ON, Scope
from tenure.warehouse.store import literal
from tenure.warehouse.told import covers

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.metrics.kinds import FactKey

FOLDER = "published"
SEALED, OPEN = "sealed_part", "open_part"


class Published(msgspec.Struct, frozen=True):
    """What the pointer says: which files are current, and what they stand on.

    ``seen`` names the state of the inbox that they contain, ``last_batch`` and ``last_retraction`` the last batches of
    the warehouse; ``now`` is the moment they were made for, ``holds_until`` the moment at which something already known
    begins or ends, so that they must be made anew. ``undated`` names the content that every month depends on.
    ``first_month``: the first that is kept ready, ``whole``: nothing was before it. ``base``: the facts that belong to
    all months. ``held``: the tables and facts that a failing check holds, and what it says. ``standing``: the facts whose open part
    an earlier file holds, and that file: nothing that they stand on has changed since.
    """

    sealed: str
    open: str
    now: datetime
    holds_until: datetime
    seen: str
    last_batch: int
    last_retraction: int
    undated: str
    settings: str
    meaning: str
    code: str
    custom: tuple[str, ...]
    foreign: bool
    zone: str
    first_month: date
    whole: bool
    open_month: date
    facts: tuple[str, ...]
    about_months: tuple[str, ...]
    base: tuple[str, ...]
    held: dict[str, str]
    standing: dict[str, str]

    @property
    def files(self) -> dict[str, str]:
        """The files, by the names under which they are attached."""
        return {SEALED: self.sealed, OPEN: self.open, **{alias: name for name, alias in self._earlier().items()}}

    def parts(self, tables: Collection[str] | None = None) -> tuple[str, ...]:
        """The files that hold these tables; all of them, where none are named or others are read too."""
        if tables is None or not set(tables) <= self.tables:
            return tuple(self.files.values())
        opened = {self.standing.get(name, self.open) for name in set(tables).intersection(self.facts) - set(self.base)}
        return self.sealed, *sorted(opened)

    @property
    def tables(self) -> set[str]:
        """What a plan may read here."""
        return {*self.facts, "periods", "calendar", *COLUMNS}

    def open_part(self, table: str) -> str:
        """The name under which the file with a fact's open part is attached."""
        return self._earlier()[self.standing[table]] if table in self.standing else OPEN

    def _earlier(self) -> dict[str, str]:
        return earlier_parts(self.standing)

    @property
    def ground(self) -> Ground:
        """What the SQL over these files stands on."""
        return Ground(self.meaning, self.custom, self.foreign)


def earlier_parts(standing: Mapping[str, str]) -> dict[str, str]:
    """The earlier files that standing facts lie in, and the name under which each is attached."""
    return {name: f"{OPEN}_{number}" for number, name in enumerate(sorted(set(standing.values())))}


def current(home: Path) -> Published | None:
    """What is published in a workspace; None where nothing is, or where another version of Tenure did it."""
    try:
        found = msgspec.json.decode(whole.read(home / FOLDER / POINTER), type=Published)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.code == kept.code_hash() else None


def forget(home: Path) -> None:
    """See to it that everything that is published is made anew by whoever needs it next."""
    (home / FOLDER / POINTER).unlink(missing_ok=True)


def is_fresh(found: Published | None, settings: Settings, seen: str, now: datetime) -> bool:
    """Whether published facts answer what would be asked of the warehouse now. ``seen``: what must be in them: the state of the
    inbox (``state_of``), or for whoever only reads what is published, what was told (``told_of``).
    """
    return (
        found is not None
        and covers(found.seen, seen)
        and found.settings == settings_hash(settings)
        and local_day(found.now, found.zone) == local_day(now, found.zone)
        and now < found.holds_until
    )


class PublishedReader(Reader):
    """A reader of what is published: the files are open read-only, the connection (``con``, where there is one to them already) is its own."""

    def __init__(
        self, home: Path, found: Published, settings: Settings, con: duckdb.DuckDBPyConnection | None = None
    ) -> None:
        self.con = con or opened(home, **found.files)
        self.con.execute(FEW_PERIODS)
        self.published = found
        super().__init__(self._execute, found.ground, settings, ready=())
        self._shown: set[str] = set()

    def _execute(self, sql: str) -> Rows:
        done = self.con.execute(sql)
        return [item[0] for item in done.description or ()], done.fetchall()

    def provide(self, key: FactKey) -> None:
        """Show the published table under the name that the SQL uses."""
        if key.table in self._shown:
            return
        parts = (SEALED, self.published.open_part(key.table))
        sealed, opened = (f"SELECT * FROM {part}.main.{key.table}" for part in parts)
        undated = sealed if key.table in self.published.base else opened
        both = key.grain and key.table in self.published.facts  # a list is of now, and in the open part only
        self.con.execute(f"CREATE TEMP VIEW {key.table} AS {f'{sealed} UNION ALL {opened}' if both else undated}")
        self._shown.add(key.table)

    def look(self, scope: Scope, now: datetime, *tables: str) -> None:  # noqa: ARG002 - the same for as long as the files hold
        """As ``Reader.look``: whoever begins or ceases to own something has the files made anew (``holds_until``)."""
        super().look(scope, self.published.now, *tables)

    def _know_owners(self, now: datetime) -> None:  # noqa: ARG002 - it is published with its times
        self.provide(STANDS_ON)

    def close(self) -> None:
        """Let go of the files."""
        self.con.close()


@contextmanager
def staying(home: Path, found: Published, settings: Settings, scope: Scope) -> Iterator[PublishedReader]:
    """A reader that stays for the next question through the same scope, with the small tables that it has laid: for questions that
    leave nothing else there. After an error it is closed.
    """
    files = (str(home), found.sealed, found.open, found.now, found.settings)
    with _opening:
        reader = _staying.pop((files, scope), None)
    reader = reader or PublishedReader(home, found, settings)
    try:
        yield reader
    except BaseException:
        reader.close()
        raise
    now = current(home)
    if now is None or files[1:] != (
        now.sealed,
        now.open,
        now.now,
        now.settings,
    ):  # others are published: nobody will ask this one
        reader.close()
        return
    with _opening:
        gone = [key for key in _staying if key == (files, scope) or (key[0][0] == files[0] and key[0] != files)]
        _staying[files, scope], left = reader, [_staying.pop(key) for key in gone]
        while len(_staying) > _MOST_STAYING:
            left.append(_staying.pop(next(iter(_staying))))
    for one in left:
        one.close()


def can_answer(found: Published, tables: Sequence[str], spans: Sequence[SpanPair]) -> bool:
    """Whether the published files hold all that a plan reads for these spans (``request.spans_read``)."""
    if not set(tables) <= found.tables:
        return False
    if not set(tables) & set(found.about_months):
        return True
    return all(
        span.period.start >= found.first_month or (found.whole and span.closes_day <= found.first_month)
        for span, _ in spans
    )


# Files that stay open


def opened(home: Path, **files: str) -> duckdb.DuckDBPyConnection:
    """A connection of its own to published files, read-only, each attached under the name it is given by.

    The files stay open after it, with what was read of them: opening them takes longer than most questions. Raises
    ``OSError`` where a file is not there.
    """
    paths = {alias: home / FOLDER / name for alias, name in files.items()}
    key = tuple((str(path), (stat := path.stat()).st_ino, stat.st_mtime_ns) for path in paths.values())
    with _opening:
        con = _open.pop(key, None)
        if con is None:
            con = duckdb.connect()
            con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
            for alias, path in paths.items():
                con.execute(f"ATTACH {literal(str(path))} AS {alias} (READ_ONLY)")
        _open[key] = con  # the last of all
        while len(_open) > _MOST_OPEN:
            _open.pop(
                next(iter(_open))
            )  # not closed: its cursors would be, too; the files are when the last of these goes
        return con.cursor()


#: How many sets of files one process keeps open: those of before, too, while somebody still asks there.
_MOST_OPEN = 4
#: How many readers stay in one process, each for a scope.
_MOST_STAYING = 24
_opening = Lock()
_staying: dict[tuple[tuple[object, ...], Scope], PublishedReader] = {}
_open: dict[object, duckdb.DuckDBPyConnection] = {}
