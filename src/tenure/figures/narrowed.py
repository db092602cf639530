"""Of large published tables the rows of a scope's accounts, laid beside each other once for all that is asked through it.

To look up half a million account ids among those in sight takes most of a question's time; of questions through one scope
only the first one about a month does so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tenure.figures.scope import SEEN

if TYPE_CHECKING:
    from tenure.figures.reader import SpanPair
    from tenure.metrics.kinds import FactKey

#: Tables with fewer rows are read as they are.
LARGE = 50_000
#: Rows that are laid for one scope at most: what is wider is read as it is, too.
MOST = 3_000_000


class Narrowed:
    """What is laid in one connection for the scope whose accounts are in its table ``SEEN``.

    ``run``: executes a statement there and gives its rows. A fact ``about_months`` is laid month by month, as months are asked for.
    """

    def __init__(self, run: Callable[[str], Sequence[tuple[Any, ...]]], about_months: Collection[str]) -> None:
        self._run = run
        self._about_months = frozenset(about_months)
        self._months: dict[str, set[date]] = {}
        self._large: frozenset[str] | None = None
        self._rows = 0

    def sql(self, facts: Iterable[FactKey], sql: str, spans: Sequence[SpanPair]) -> str:
        """A statement of a question through the scope, over the facts' narrowed tables, where these are large.

        What is of an account comes of rows about that account; only a family is seen as one where all of it is seen, so that it
        is asked of all rows.
        """
        facts = tuple(facts)
        if f'"{SEEN}"' not in sql or any(key.entity != "account" for key in facts):
            return sql
        for key in facts:
            if key.table in self._about_months and self._is_laid(key.table, {span.period.start for span, _ in spans}):
                sql = sql.replace(f'"{key.table}"', f'"{_name(key.table)}"')
        return sql

    def forget(self) -> None:
        """Another scope is looked through."""
        for table in self._months:
            self._run(f'DROP TABLE "{_name(table)}"')
        self._months.clear()
        self._rows = 0

    def _is_laid(self, table: str, months: set[date]) -> bool:
        """See to it that these months of a table are laid; whether they are."""
        if self._large is None:  # all at once: to count the rows of one takes as long
            sizes = (
                "SELECT table_name, sum(estimated_size) AS rows FROM duckdb_tables() WHERE NOT temporary GROUP BY ALL"
            )
            self._large = frozenset(name for name, rows in self._run(sizes) if rows >= LARGE)
        if table not in self._large or (self._rows > MOST and not months <= self._months.get(table, set())):
            return False
        if table not in self._months:
            self._run(f'CREATE TEMP TABLE "{_name(table)}" AS FROM {table} LIMIT 0')
            self._months[table] = set()
        for first, last in _stretches(sorted(months - self._months[table])):
            rows = f"FROM {table} WHERE period BETWEEN DATE '{first}' AND DATE '{last}' AND account_id IN (SELECT account_id FROM {SEEN})"
            self._rows += self._run(f'INSERT INTO "{_name(table)}" {rows}')[0][0]
        self._months[table] |= months
        return True


def _name(table: str) -> str:
    return f"{table} {SEEN}"


def _stretches(months: Sequence[date]) -> Iterator[tuple[date, date]]:
    """The first and the last of months that follow each other: they are read at once."""
    numbered = ((month.year * 12 + month.month - place, month) for place, month in enumerate(months))
    for _key, group in groupby(numbered, key=lambda pair: pair[0]):
        stretch = [month for _number, month in group]
        yield stretch[0], stretch[-1]
