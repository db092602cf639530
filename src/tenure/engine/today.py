"""What is known of today's customers, to score them by: gathered once, kept beside the reports, read by account.

It is worth nothing but time: delete the file and it comes back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import msgspec
import numpy as np

from tenure.core import whole
from tenure.core.config import settings_hash
from tenure.figures import footing, kept
from tenure.figures.publish import last_of
from tenure.figures.published import FOLDER as PUBLISHED
from tenure.figures.reader import FAR
from tenure.scores import signal
from tenure.scores.risk.panel import SIGNALS, Origin, origin
from tenure.scores.signal import CLIENT, JUDGED, Customer, Customers
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published
    from tenure.figures.reader import Reader

_FILE = Path(PUBLISHED) / "reports" / "customers.parquet"
_ABOUT = b"tenure"


class Footing(msgspec.Struct, frozen=True):
    """What something stands on that was made on a ``day``: the code and settings, told by a ``word``; the canonical
    ``tables``; and the last ``batch`` and ``retraction`` that it knows of.
    """

    day: date
    word: str
    tables: tuple[str, ...]
    batch: int
    retraction: int


@dataclass(frozen=True)
class Gathered:
    """The customers of a day and what was known of them at a moment (UTC)."""

    here: Origin
    as_of: datetime


class _About(msgspec.Struct, frozen=True):
    """What a file of customers says of itself."""

    as_of: datetime
    footing: Footing


def word_of(settings: Settings) -> str:
    """The code and the settings: another word, another answer."""
    own = [[file.name, file.text] for file in settings.own]
    told = [kept.code_hash(), _code(), settings_hash(settings), own, {n: asdict(s) for n, s in SIGNALS.items()}]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """The code that learns and reads signals, by the files' names, sizes and times."""
    root = Path(signal.__file__).parent
    files = ((file, file.stat()) for file in sorted(root.rglob("*.py")))
    told = "\n".join(f"{file.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}" for file, stat in files)
    return hashlib.sha256(told.encode()).hexdigest()


def told_since(desk: Desk, on: Footing) -> set[str] | None:
    """The tables of which rows were told since; None where rows were taken back."""
    batch, retraction = last_of(desk.store)
    if retraction != on.retraction or batch < on.batch:
        return None
    rows = desk.store.rows("SELECT DISTINCT table_name FROM main.batch WHERE batch > ?", [on.batch]) if batch else []
    found = {name for (name,) in rows}
    return None if "retraction" in found else found


def of_the_past(desk: Desk, on: Footing, tables: Collection[str], known: datetime) -> bool:
    """Whether rows of these tables were told since that say they were known before a moment."""
    return any(
        desk.store.rows(
            f"SELECT 1 FROM main.{quoted(name)} WHERE batch > ? AND known_at < ? LIMIT 1", [on.batch, known]
        )
        for name in sorted(tables)
    )


def footing_now(desk: Desk, day: date, tables: Collection[str]) -> Footing:
    """What stands on these tables as they are now."""
    return Footing(day, word_of(desk.settings), tuple(sorted(tables)), *last_of(desk.store))


def customers_today(desk: Desk, day: date, published: Published, now: datetime) -> Gathered:
    """Today's customers: as they are kept, or gathered anew where more was told since of what they stand on."""
    there = about(desk.home)
    if there is not None and there.footing.day == day and there.footing.word == word_of(desk.settings):
        since = told_since(desk, there.footing)
        found = None if since is None or since & set(there.footing.tables) else customers_kept(desk.home)
        if found is not None:
            return Gathered(found.here, now.replace(tzinfo=UTC))
    desk.progress("today's customers", 0, 0)
    with desk.in_warehouse(published) as reader:
        on = footing_now(desk, day, _behind(reader, desk.settings))
        found = Gathered(origin(reader, day, FAR, desk.settings, SIGNALS), now.replace(tzinfo=UTC))
    _keep(desk.home, found, on)
    return found


def about(home: Path) -> _About | None:
    """What the kept customers stand on; None where none are kept."""
    import pyarrow.parquet as pq

    try:
        told = (pq.read_schema(_whole(home)).metadata or {})[_ABOUT]
        return msgspec.json.decode(told, type=_About)
    except (OSError, KeyError, ValueError):
        return None


def customers_kept(home: Path, accounts: Collection[str] = ()) -> Gathered | None:
    """The customers that are kept, or some of them; None where none are."""
    import pyarrow.parquet as pq

    try:
        some = [("account_id", "in", list(accounts))] if accounts else None
        table = pq.read_table(_whole(home), filters=some, use_threads=not some)
        told = msgspec.json.decode((table.schema.metadata or {})[_ABOUT], type=_About)
    except (OSError, KeyError, ValueError):
        return None
    of = Customers({each.name: table.column(each.name).to_pylist() for each in fields(Customer)})
    values = {name: table.column(f"signal {name}").to_numpy().astype(np.float64) for name in SIGNALS}
    return Gathered(Origin(told.footing.day, of, values), told.as_of)


def _whole(home: Path) -> pa.BufferReader:
    """The file's content. Raises ``OSError`` where there is none that is whole."""
    import pyarrow as pa

    return pa.BufferReader(whole.read(home / _FILE))


def _behind(reader: Reader, settings: Settings) -> set[str]:
    """The canonical tables on which customers and signals stand."""
    tables, facts = set[str](), {CLIENT, JUDGED}
    for one in SIGNALS.values():
        if one.metric:
            plan = kept.plan(signal.question_of(one, settings), reader.ground, settings)
            tables |= set(plan.tables)
            facts |= set(plan.facts)
    return footing.canonical(tables, facts, reader.ground, settings)


def _keep(home: Path, of: Gathered, on: Footing) -> None:
    """Write beside, then put in its place."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = _table(of.here).replace_schema_metadata({_ABOUT: msgspec.json.encode(_About(of.as_of, on))})
    content = pa.BufferOutputStream()
    pq.write_table(table, content, row_group_size=5_000)  # by id: one account is in one group
    whole.put(home / _FILE, content.getvalue().to_pybytes())


def _table(here: Origin) -> pa.Table:
    import pyarrow as pa

    types = {date: pa.date32(), int: pa.int64(), str: pa.string()}
    columns = {}
    for name, hint in get_type_hints(Customer).items():
        kind = next(each for each in getattr(hint, "__args__", (hint,)) if each is not type(None))
        columns[name] = pa.array(here.columns[name], types[kind])
    return pa.table(
        columns | {f"signal {name}": pa.array(column, pa.float64()) for name, column in here.values.items()}
    )
