"""Gamma-Gamma: what a customer's purchases will be worth on average

``frequency`` is how many purchases ``monetary`` is the average of; customers with frequency 0 say nothing and may leave
it empty. ``name`` may say who it is. It stands on the purchases' value not depending on how often somebody buys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tenure.core.lifetime import gamma_gamma
from tenure.engine.methods import Estimated, Options, plain
from tenure.engine.methods._customers import check_frequency, listed
from tenure.sources.files.columns import Wanted

if TYPE_CHECKING:
    from tenure.sources.files.columns import Columns

COLUMNS = (Wanted("frequency"), Wanted("monetary", may_be_empty=True), Wanted("name", "text", True, True))
COUNTED = "customer"
OPTIONS: tuple[str, ...] = ()
KEYS: dict[str, str] = {}

_TOGETHER = 0.3


def estimate(table: Columns, _options: Options) -> Estimated:
    """The parameters, the average value over all customers, and that expected of each; ``n``: who bought again."""
    x, average = table.numbers["frequency"], table.numbers["monetary"]
    check_frequency(table)
    bought = x > 0
    table.fault(
        "monetary", bought & ~(average > 0), "The average value of purchases is not above 0", code="not_positive",
        fix="Take out what was given away or given back, or the customer.",
    )  # fmt: skip
    model = gamma_gamma(x, average)
    results = {"mean": model.mean(), "customers": listed(table, expected=plain(model.expected_of(x, average)))}
    notes = list(model.edges)
    if model.mean() is None:
        notes.append("The average over all customers is infinite: q is not above 1.")
    together = _correlation(x[bought], average[bought])
    if abs(together) > _TOGETHER:
        notes.append(
            f"Value and frequency go together (correlation {together:.2f}): the model takes them as independent."
        )
    params: dict[str, float | None] = {"p": model.p, "q": model.q, "v": model.v}
    return Estimated("gamma_gamma", params, model.loglik, int(bought.sum()), results, tuple(notes))


def _correlation(one: np.ndarray, two: np.ndarray) -> float:
    if one.std() == 0 or two.std() == 0:
        return 0.0
    return float(np.corrcoef(one, two)[0, 1])
