"""What a row says, as SQL: whether two rows say the same, which of two wins, and the id of a row that has none.

Loading and deriving versions must agree on this to the letter; so it stands here once.
"""

from __future__ import annotations

from collections.abc import Iterable

from tenure.warehouse.schema import quoted
from tenure.warehouse.table import Table

# Between the parts of a row's text; it occurs in no value (control characters come out of no text column unescaped).
_BETWEEN = "chr(31)"


def content_hash(table: Table, row: str, *, without: Iterable[str] = (), custom: bool = True) -> str:
    """SQL (VARCHAR, 32 hex digits) of the content of ``row``, an alias over all of the table's stored columns.

    Empty columns add nothing, so that a column added to the definition later changes no hash. Personal columns are
    left out: they may be erased, and no hash may tell of them.
    """
    left_out = set(without)
    parts = [
        f"'{column.name}=' || {row}.{quoted(column.name)}::VARCHAR"
        for column in table.columns
        if not column.personal and column.name not in left_out
    ]
    if custom:
        parts.append(f"'custom=' || {row}.custom")
    nothing = "''"  # a table may be all key
    return f"md5(concat_ws({', '.join([_BETWEEN, *(parts or [nothing])])}))"


def precedence(table: Table, row: str) -> list[str]:
    """SQL expressions, the later the larger, that order rows of one key learned at the same moment.

    Own time, then the hash of what can tell of nobody, so that erasing a person lets the same row win; then the rest: never
    file order.
    """
    own = [f"{row}.{quoted(table.own_time)}"] if table.own_time else []
    people = [column.name for column in table.people]
    personal = [column.name for column in table.columns if column.personal and column.name not in people]
    said = content_hash(table, row, without=(*table.key, *people), custom=False)
    return [*own, said, *(f"{row}.{quoted(name)}" for name in (*personal, *people)), f"{row}.custom"]


def same_key(table: Table, left: str, right: str) -> str:
    """SQL: the two aliases stand for the same key. A key's optional parts are equal when both are empty."""
    return " AND ".join(
        f"{left}.{quoted(name)} {'=' if table.column(name).required else 'IS NOT DISTINCT FROM'} {right}.{quoted(name)}"
        for name in table.key
    )


def same_content(columns: Iterable[str], left: str, right: str) -> str:
    """SQL: the two aliases say the same in these columns."""
    return (
        " AND ".join(f"{left}.{quoted(name)} IS NOT DISTINCT FROM {right}.{quoted(name)}" for name in columns) or "true"
    )
