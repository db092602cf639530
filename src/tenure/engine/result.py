"""Figures as a result: to read, to print as JSON, to hand to pandas, polars or Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, overload

import msgspec

from tenure.figures.figure import AIMED, NOT_OVER, SAME, TIMES, Figure

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["AIMED", "NOT_OVER", "SAME", "TIMES", "Figure", "Result", "as_json"]

_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Result(Sequence[Figure]):
    """The figures that answer a request, by period and slice."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = tuple(figures)

    def standing_at(self, moment: datetime) -> Result:
        """The same figures, where they still hold at a later moment (UTC, without a zone)."""
        later = moment.replace(tzinfo=UTC)
        if all(figure.as_of >= later for figure in self._figures):
            return self
        return Result([replace(figure, as_of=max(later, figure.as_of)) for figure in self._figures])

    @overload
    def __getitem__(self, at: int) -> Figure: ...
    @overload
    def __getitem__(self, at: slice) -> Result: ...
    def __getitem__(self, at: int | slice) -> Figure | Result:
        return Result(self._figures[at]) if isinstance(at, slice) else self._figures[at]

    def __len__(self) -> int:
        return len(self._figures)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures)

    def to_json(self) -> str:
        """A list of figures, numbers printed from exact decimals."""
        return as_json(self._figures)

    def to_arrow(self) -> pa.Table:
        """A table: a column for each field, the slice's dimensions as columns of their own."""
        import pyarrow as pa

        return pa.Table.from_pylist(self._rows())

    def to_pandas(self) -> pd.DataFrame:
        """A data frame with the columns of ``to_arrow``, decimals as Python objects."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """A polars frame with the columns of ``to_arrow``."""
        import polars as pl

        found = pl.from_arrow(self.to_arrow())
        assert isinstance(found, pl.DataFrame)
        return found

    def _rows(self) -> list[dict[str, Any]]:
        plain = [f.name for f in fields(Figure) if f.name not in ("slice", "bounds", "excluded", "extra", "notes")]
        rows = []
        for figure in self._figures:
            row = {name: getattr(figure, name) for name in plain}
            row |= {name: value for name, value in figure.slice.items() if name not in row}
            row["notes"] = "; ".join(figure.notes)
            rows.append(row)
        return rows


def as_json(value: Any) -> str:
    """JSON with decimals as exact numbers, never in exponents."""
    return _ENCODER.encode(value).decode()
