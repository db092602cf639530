"""Beta-binomial: shares of small groups, drawn towards what all have in common

``successes`` of ``trials`` in the group ``name``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tenure.core.confidence import wilson
from tenure.core.errors import DataError
from tenure.core.shrinkage import beta_binomial
from tenure.engine.methods import Estimated, Options, plain
from tenure.sources.files.columns import Wanted

if TYPE_CHECKING:
    from tenure.sources.files.columns import Columns

COLUMNS = (Wanted("name", "text"), Wanted("successes"), Wanted("trials"))
COUNTED = "group"
OPTIONS: tuple[str, ...] = ()
KEYS = dict.fromkeys(("observed", "shrunk", "low", "high"), "name")

_FEWEST = 3
_ALIKE = "The groups differ no more than chance makes them: all have the common share, alpha and beta grow without end."


def estimate(table: Columns, _options: Options) -> Estimated:
    """The distribution of the groups' shares, and each group's own, shrunk, with the 95 % it lies within."""
    names, done, tried = table.texts["name"], table.numbers["successes"], table.numbers["trials"]
    _check(table)
    model = beta_binomial(done, tried)
    low, high = model.interval(done, tried)
    if model.alike:  # what is uncertain then is the common share
        common = wilson(float(done.sum()), float(tried.sum()))
        low, high = (np.full(table.rows, bound, dtype=np.float64) for bound in (common.low, common.high))
    observed = np.divide(done, tried, out=np.full(table.rows, np.nan), where=tried > 0)
    columns = {"observed": observed, "shrunk": model.shrunk(done, tried), "low": low, "high": high}
    results = {key: dict(zip(names, plain(values), strict=True)) for key, values in columns.items()}
    notes = (_ALIKE,) if model.alike else ()
    return Estimated(
        "beta_binomial", {"alpha": model.alpha, "beta": model.beta}, model.loglik, table.rows, results, notes
    )


def _check(table: Columns) -> None:
    """Raise ``DataError`` for rows that are no counts of groups."""
    names, done, tried = table.texts["name"], table.numbers["successes"], table.numbers["trials"]
    for column in ("successes", "trials"):
        values = table.numbers[column]
        table.fault(column, values < 0, "The count is below 0", code="negative", fix="Correct it.")
        table.fault(column, values % 1 != 0, "The count is not whole", code="not_whole", fix="Count, do not weight.")
    table.fault(
        "successes", done > tried, "There are more successes than trials", code="more_than_all",
        fix="Successes are counted among the trials.",
    )  # fmt: skip
    first = {name: row for row, name in reversed(list(enumerate(names)))}
    again = np.array([first[name] != row for row, name in enumerate(names)])
    table.fault("name", again, "The name stands here a second time", code="doubled_name", fix="Add its rows up.")
    if table.rows < _FEWEST:
        raise DataError(
            f"Two parameters need {_FEWEST} groups at least.", code="too_few_rows", where=table.file,
            fix="Give it more groups.",
        )  # fmt: skip
