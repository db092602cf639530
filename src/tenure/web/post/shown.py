"""A part of what is sent or put on paper: a figure, a chart or a table, with what it is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenure.web.kit import figure
from tenure.web.kit.charts import Chart, Table


@dataclass(frozen=True)
class Shown:
    """``note``: over what, and of which slice. Of ``card``, ``chart`` and ``table`` one is there; else ``wrong`` says why none is.
    ``drawing``: where the chart is had as a file; empty where it cannot be. ``width``: of three columns of a sheet of paper;
    ``most``: rows of the table that a mail holds.
    """

    title: str
    note: str
    link: str
    as_of: datetime | None
    card: figure.Card | None = None
    chart: Chart | None = None
    table: Table | None = None
    wrong: str = ""
    drawing: str = ""
    width: int = 3
    most: int = 15
