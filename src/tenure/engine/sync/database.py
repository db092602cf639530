"""Questions to other databases: PostgreSQL, MySQL and files of DuckDB, read only, row by row into a file of texts.

Nothing is written there: the transaction is read-only, besides what rights the user has. Values keep their exactness: numbers
as they are written in decimals, times with their offset where they have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError
from tenure.engine.sync.configured import Configured, Query
from tenure.sources.fetching.guard import judged
from tenure.sources.fetching.session import TokenError
from tenure.sources.fetching.texts import as_text

#: Rows that are in memory at once, and seconds that a question may take.
TOGETHER, LONGEST = 10_000, 1800
_SINCE = re.compile(r"(?<![:\w]):since\b")
_PORTS = {"postgresql": 5432, "postgres": 5432, "mysql": 3306}
#: What ``:since`` stands for before the first time.
BEGINNING = "1970-01-01 00:00:00"


@dataclass(frozen=True)
class Answered:
    """What a question brought: ``rows`` in the file, and the greatest value of its cursor as text ("" where there is none)."""

    path: Path
    rows: int
    through: str


def ask(source: Configured, query: Query, password: str, since: str, folder: Path, most: int = 0) -> Answered:
    """Ask a question, and write its rows into a Parquet file of the folder, all columns as texts.

    ``since``: what ``:since`` stands for. ``most``: rows that are wanted at least, whatever else there is (0: all). Raises ``UsageError`` for an address that is wrong, ``DataError`` for a question
    that the database refuses, ``UnavailableError`` where it does not answer.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{source.name} {query.name}.parquet"
    count = 0
    through: Any = None
    with _asked(source, query, password, since, most) as (names, batches):
        if not names:
            raise UsageError(
                "The question has no answer.", code="vendor_refused", where=query.name, fix="Write a SELECT."
            )
        schema = pa.schema([(name, pa.string()) for name in names])
        cursor = _place(query, names)
        with pq.ParquetWriter(path, schema) as writer:
            for rows in batches:
                columns = [pa.array([as_text(row[at]) for row in rows], pa.string()) for at in range(len(names))]
                writer.write_table(pa.table(columns, schema=schema))
                count += len(rows)
                if cursor is not None:
                    through = _greatest(through, [row[cursor] for row in rows])
                if 0 < most <= count:
                    break
    return Answered(path, count, as_text(through) or since)


def _greatest(so_far: Any, values: Sequence[Any]) -> Any:
    there = [value for value in (so_far, *values) if value is not None]
    return max(there) if there else None


def _place(query: Query, names: Sequence[str]) -> int | None:
    if not query.cursor:
        return None
    if query.cursor not in names:
        raise UsageError(
            f"The question {query.name} has no column {query.cursor!r}, which is its cursor.", code="unknown_column",
            where=query.name, fix=f"It has: {', '.join(names)}.",
        )  # fmt: skip
    return list(names).index(query.cursor)


Answer = tuple[list[str], Iterator[Sequence[Sequence[Any]]]]


@contextmanager
def _asked(source: Configured, query: Query, password: str, since: str, most: int) -> Iterator[Answer]:
    """The names of the columns, and the rows some at a time, while the connection is open."""
    address = urlsplit(source.address)
    open_ = {"postgresql": _postgresql, "postgres": _postgresql, "mysql": _mysql, "duckdb": _duckdb}.get(address.scheme)
    if open_ is None:
        raise UsageError(
            "The address of a database begins with postgresql://, mysql:// or duckdb://.", code="bad_address", where=source.name,
            fix="As in: postgresql://reader@db.example/billing",
        )  # fmt: skip
    if address.password:
        raise UsageError(
            "The password does not belong into sources.toml.", code="bad_address", where=source.name,
            fix=f"Take it out of the address, and set it: tenure source secret {source.name}",
        )  # fmt: skip
    try:
        with open_(source, address, query.sql, password, since, most) as found:
            yield found
    except TenureError:
        raise
    except Exception as error:  # noqa: BLE001 - each database has its own, which are told as ours
        raise _told(source, query, address.scheme, error, password) from None


def _hosted(source: Configured, address: SplitResult) -> tuple[str, int, str]:
    """A database's host, port and the address to connect to: none that is internal, unless that is said."""
    host, port = address.hostname or "localhost", address.port or _PORTS[address.scheme]
    return host, port, "" if source.internal else judged(host, port)[0]


@contextmanager
def _postgresql(
    source: Configured, address: SplitResult, sql: str, password: str, since: str, _most: int
) -> Iterator[Answer]:
    import psycopg
    from psycopg.types.json import set_json_loads

    host, port, checked = _hosted(source, address)
    said = dict(parse_qsl(address.query))
    own: dict[str, Any] = {"host": said.pop("host", host), "port": port, "user": unquote(address.username or ""), "password": password or None,
           "dbname": address.path.lstrip("/"), "connect_timeout": 15, "application_name": "tenure"}  # fmt: skip
    own |= {"hostaddr": checked, "sslmode": said.get("sslmode", "require")} if checked else {}
    own |= {key: value for key, value in said.items() if key in ("sslmode", "sslrootcert")}
    with psycopg.connect(**{key: value for key, value in own.items() if value not in (None, "")}) as con:
        con.read_only = True
        set_json_loads(_as_written, con)
        con.execute("SET TIME ZONE 'UTC'")
        con.execute(f"SET statement_timeout = '{LONGEST}s'")
        with con.cursor(name="tenure") as cursor:
            cursor.itersize = TOGETHER
            given = _SINCE.search(sql) is not None
            text = _SINCE.sub("%(since)s", sql.replace("%", "%%")) if given else sql
            cursor.execute(text.encode(), {"since": since} if given else None)
            names = [column.name for column in cursor.description or ()]
            yield names, iter(lambda: cursor.fetchmany(TOGETHER), [])


@contextmanager
def _mysql(
    source: Configured, address: SplitResult, sql: str, password: str, since: str, most: int
) -> Iterator[Answer]:
    import pymysql  # type: ignore[import-untyped]
    from pymysql.constants import FIELD_TYPE  # type: ignore[import-untyped]
    from pymysql.converters import conversions, convert_datetime  # type: ignore[import-untyped]
    from pymysql.cursors import SSCursor  # type: ignore[import-untyped]

    def moment(text: str) -> Any:
        """A TIMESTAMP is an instant, which the session tells in UTC; a DATETIME is of no zone."""
        read = convert_datetime(text)
        return read.replace(tzinfo=UTC) if isinstance(read, datetime) else read

    host, port, checked = _hosted(source, address)
    con = pymysql.connect(
        host=checked or host, port=port, user=unquote(address.username or ""), password=password,
        database=address.path.lstrip("/"), connect_timeout=15, read_timeout=LONGEST, charset="utf8mb4", cursorclass=SSCursor,
        ssl={} if checked else None, conv={**conversions, FIELD_TYPE.TIMESTAMP: moment},
    )  # fmt: skip
    try:
        with con.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
            # a change of a table ends its transaction and begins another, which has to be read-only, too
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            if most:  # its driver reads an answer to the end, though nobody wants more of it
                cursor.execute(f"SET SESSION sql_select_limit = {most}")
            cursor.execute("START TRANSACTION READ ONLY")
            given = _SINCE.search(sql) is not None
            text = _SINCE.sub("%(since)s", sql.replace("%", "%%")) if given else sql
            cursor.execute(text, {"since": since.removesuffix("Z")} if given else None)  # MySQL knows no Z
            names = [column[0] for column in cursor.description or ()]
            yield names, iter(lambda: list(cursor.fetchmany(TOGETHER)), [])
    finally:
        con.close()


@contextmanager
def _duckdb(
    source: Configured, address: SplitResult, sql: str, _password: str, since: str, _most: int
) -> Iterator[Answer]:
    import duckdb

    path = Path(unquote(address.netloc + address.path))
    if not source.internal:
        raise UsageError(
            "A file on this machine is only read where that is meant.", code="internal_address", where=source.name,
            fix="The source's table in sources.toml says: internal = true.",
        )  # fmt: skip
    if not path.is_file():
        raise UnavailableError("There is no such file.", code="no_file", where=str(path), fix="Write duckdb:///PATH.")
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        given = _SINCE.search(sql) is not None
        done = con.execute(_SINCE.sub("$since", sql), {"since": since} if given else None)
        names = [column[0] for column in done.description or ()]
        yield names, iter(lambda: done.fetchmany(TOGETHER), [])


def _as_written(text: str | bytes) -> str:
    """JSON that need not be read."""
    return text if isinstance(text, str) else text.decode()


_NO_ENTRY = re.compile(r"password|authenti|access denied|no pg_hba", re.IGNORECASE)


#: What a server of MySQL says when it cannot answer now; of its own numbers all others are about the question.
_LATER = frozenset({1040, 1053, 1077, 1105, 1129, 1152, 1158, 1159, 1160, 1161, 1205, 1213})


def _is_refusal(error: Exception) -> bool:
    """Whether MySQL has understood, and says no: its driver calls that, too, a fault of operation."""
    number = error.args[0] if error.args else None
    return isinstance(number, int) and 1000 <= number < 2000 and number not in _LATER


def _told(source: Configured, query: Query, scheme: str, error: Exception, password: str) -> TenureError:
    """What a database said, as one of our errors, without the password."""
    said = " ".join(str(error).split())[:300]
    said = said.replace(password, "•••") if password else said
    where = f"{source.name}:{query.name}"
    name = type(error).__name__
    if isinstance(error, ModuleNotFoundError):
        return UnavailableError(
            f"Tenure is installed without what it takes to ask {scheme}.", code="not_installed", where=where,
            fix=f"Install it with the extra {'mysql' if scheme == 'mysql' else 'postgres'}.",
        )  # fmt: skip
    if _NO_ENTRY.search(said):
        return TokenError(
            "The database does not accept the user or the password.", code="needs_token", where=where,
            fix=f"Set it anew: tenure source secret {source.name}",
        )  # fmt: skip
    if not _is_refusal(error) and name in (
        "OperationalError",
        "InterfaceError",
        "IOException",
        "ConnectionTimeout",
        "ConnectionError",
    ):
        return UnavailableError(f"The database does not answer ({scheme}): {said}", code="no_answer", where=where,
                                fix="It is asked again later.")  # fmt: skip
    return DataError(f"The database refuses the question: {said}", code="vendor_refused", where=where,
                     fix="Try it with a client of the database.")  # fmt: skip
