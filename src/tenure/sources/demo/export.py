"""What one exported file is: its rows as SQL over the canonical tables, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass

#: DuckDB SQL of an amount written 1.234,56.
GERMAN_NUMBER = (
    """replace(replace(replace(format('{:,.2f}', CAST(%s AS DECIMAL(18,2))), ',', ' '), '.', ','), ' ', '.')"""
)


@dataclass(frozen=True)
class Export:
    """One file: what is in it, as DuckDB SQL over the canonical tables, and how it is written.

    ``{zone}`` in the SQL stands for the company's zone.
    """

    sql: str
    delimiter: str = ","
    encoding: str = "utf-8"


def utc(column: str) -> str:
    """SQL of an instant written in UTC."""
    return f"""strftime("{column}" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"""


def local(column: str) -> str:
    """SQL of an instant written by the local clock."""
    return f"""strftime("{column}" AT TIME ZONE '{{zone}}', '%Y-%m-%d %H:%M:%S')"""
