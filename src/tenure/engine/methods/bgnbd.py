"""BG/NBD: how often customers without a contract will buy, and who is still one

``frequency`` is how many purchases followed the first, ``recency`` when the last of them was, ``age`` how long ago the
first was; both times are counted from the first purchase on. ``name`` may say who it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import UsageError
from tenure.core.lifetime import bg_nbd
from tenure.engine.methods import Estimated, Options, plain
from tenure.engine.methods._customers import check_frequency, listed
from tenure.sources.files.columns import Wanted

if TYPE_CHECKING:
    from tenure.sources.files.columns import Columns

COLUMNS = (Wanted("frequency"), Wanted("recency"), Wanted("age"), Wanted("name", "text", True, True))
COUNTED = "customer"
OPTIONS = ("horizon",)
KEYS: dict[str, str] = {}


def estimate(table: Columns, options: Options) -> Estimated:
    """The parameters; within the horizon (default: the highest age) the purchases expected of a new customer; and of
    each in the file, with the chance that she is still one.
    """
    x, recency, age = (table.numbers[name] for name in ("frequency", "recency", "age"))
    _check(table)
    horizon = float(age.max()) if options.horizon is None else options.horizon
    if not 0 < horizon < np.inf:
        raise UsageError(
            f"A horizon of {horizon:g} is none.", code="bad_horizon", fix="Give it in the unit of the file's ages: 39"
        )
    model = bg_nbd(x, recency, age)
    coming = model.expected_of(x, recency, age, horizon)
    results = {
        "horizon": horizon,
        "expected": float(model.expected(horizon)),
        "customers": listed(table, alive=plain(model.alive(x, recency, age)), expected=plain(coming)),
    }
    params: dict[str, float | None] = {"r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b}
    return Estimated("bgnbd", params, model.loglik, table.rows, results, model.edges)


def _check(table: Columns) -> None:
    """Raise ``DataError`` for rows that are no history of purchases."""
    x, recency, age = (table.numbers[name] for name in ("frequency", "recency", "age"))
    check_frequency(table)
    for name in ("recency", "age"):
        wrong = table.numbers[name] < 0
        table.fault(name, wrong, f"The {name} is below 0", code="negative", fix="Count it from the first purchase on.")
    table.fault(
        "recency", recency > age, "The recency is above the age", code="recency_above_age",
        fix="Both count from the first purchase: recency to the last one, age to now.",
    )  # fmt: skip
    table.fault(
        "recency", (x == 0) & (recency > 0), "There is a recency without a second purchase", code="recency_alone",
        fix="Frequency does not count the first purchase; without another the recency is 0.",
    )  # fmt: skip
