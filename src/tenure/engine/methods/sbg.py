"""Shifted-beta-geometric (sBG): how a cohort of subscribers melts

``survivors`` is how many of the cohort are there after ``period`` renewals; period 0 is the beginning, with all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import DataError, UsageError
from tenure.core.lifetime import ShiftedBetaGeometric, shifted_beta_geometric
from tenure.engine.methods import Estimated, Options, plain
from tenure.sources.files.columns import Wanted

if TYPE_CHECKING:
    from tenure.sources.files.columns import Columns

COLUMNS = (Wanted("period"), Wanted("survivors"))
COUNTED = "customer"
OPTIONS = ("discount",)
KEYS = {"observed": "period", "survival": "period", "derl": "renewals"}
DISCOUNT = 0.1


def estimate(table: Columns, options: Options) -> Estimated:
    """The parameters, the fitted survival by period beside the observed, and the discounted expected residual lifetime
    by renewals made.
    """
    discount = DISCOUNT if options.discount is None else options.discount
    if not 0 <= discount < np.inf:
        raise UsageError(
            f"A discount of {discount:g} is none.", code="bad_discount", fix="Give it a period, as a share: 0.1"
        )
    period, survivors = table.numbers["period"], table.numbers["survivors"]
    _check(table)
    model = shifted_beta_geometric(period, survivors)
    periods = np.arange(int(period.max()) + 1)
    names = [str(number) for number in periods.tolist()]
    began = float(survivors[period == 0][0])
    observed = dict(zip(period.astype(int).tolist(), (survivors / began).tolist(), strict=True))
    derl = dict(zip(names, plain(model.residual_lifetime(periods, discount)), strict=True))
    results = {
        "discount": discount,
        "observed": {name: observed.get(int(name)) for name in names},
        "survival": dict(zip(names, plain(model.survival(periods)), strict=True)),
        "derl": derl,
    }
    params: dict[str, float | None] = {"alpha": model.alpha, "beta": model.beta}
    return Estimated("sbg", params, model.loglik, round(began), results, tuple(_notes(model, table, derl)))


def _check(table: Columns) -> None:
    """Raise ``DataError`` for rows that are no counts of one cohort."""
    period, survivors = table.numbers["period"], table.numbers["survivors"]
    odd = (period < 0) | (period % 1 != 0)
    table.fault("period", odd, "The period is no whole number from 0", code="not_whole", fix="Number them 0, 1, 2, ...")
    order = np.argsort(period, kind="stable")
    again, grown = np.zeros(table.rows, dtype=bool), np.zeros(table.rows, dtype=bool)
    again[order[1:]] = np.diff(period[order]) == 0
    grown[order[1:]] = np.diff(survivors[order]) > 0
    table.fault(
        "period", again, "The period stands here a second time", code="doubled_period",
        fix="Give one row a period; a file is one cohort.",
    )  # fmt: skip
    table.fault("survivors", survivors < 0, "Survivors are below 0", code="negative", fix="Correct the count.")
    table.fault(
        "survivors", grown, "Survivors grow: there are more than the period before", code="survivors_grow",
        fix="Count who is left of those of period 0; who came later is of another cohort.",
    )  # fmt: skip
    if period.min() != 0 or survivors[order[0]] == 0:
        raise DataError(
            "Period 0, with how many began, is missing.", code="no_beginning", where=table.file,
            fix="Add a row with period 0 and the size of the cohort.",
        )  # fmt: skip


def _notes(model: ShiftedBetaGeometric, table: Columns, derl: dict[str, float | None]) -> list[str]:
    notes = []
    period, survivors = table.numbers["period"], table.numbers["survivors"]
    if model.alike:
        notes.append("Retention does not rise with time: customers do not differ, alpha and beta grow without end.")
    if model.apart:
        notes.append("Some left at once and the others never: alpha and beta go to 0.")
    if len(period) <= period.max():
        notes.append("Periods are missing: who was lost there counts as lost somewhere between.")
    if survivors.max() <= 1:
        notes.append("The survivors are shares: the log-likelihood is that of one customer.")
    if None in derl.values():
        notes.append("Without a discount the expected lifetime is infinite: too many would never leave.")
    return notes
