"""``renewal_forecast``: how CSMs judge the renewals of their accounts, a quarter, two months and one month before."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.sources.demo.columns import blank, ident, instant, money, take, word
from tenure.sources.demo.days import WARM_UP, Ints
from tenure.sources.demo.lines import contract_ids
from tenure.sources.demo.past import Past
from tenure.sources.demo.team import csm_ids

_CATEGORIES = ("commit", "likely", "at_risk", "will_leave")
#: Days before the end, and how much of the outcome has shown by then.
_BEFORE = ((95, 0.35), (60, 0.6), (28, 1.1))
_TEXTS = ("Budget is signed.", "Champion wants to stay.", "Waits for procurement.", "Talks to a competitor.")


def renewal_forecast_table(past: Past, contracts: pa.Table) -> pa.Table:
    """The canonical ``renewal_forecast`` rows. ``contracts``: the rows of the table.

    CSMs see how a customer feels and, the nearer the end, more of what it will do; some are hopeful, some careful. A few
    renewals are judged by nobody.
    """
    rng, calendar = past.draws("renewal forecasts"), past.calendar
    signed, parts = past.life.log.read("contract"), []
    termed = np.flatnonzero(past.traits.term[signed["account"]] > 1)
    hopeful = np.append(past.draws("hope").normal(0.2, 0.45, len(past.staff)), 0.0)
    left = _is(contracts, "outcome", "churned")[termed]
    account, number, ends = (signed[name][termed] for name in ("account", "number", "ends"))
    value = np.asarray(pc.cast(pc.multiply(contracts.column("value"), 100), pa.int64()).to_numpy())[termed]
    for days, shown in _BEFORE:
        day = ends - days + rng.integers(0, 6, len(ends))
        asked = (day >= calendar.starts[WARM_UP]) & (day < calendar.today) & (day > signed["day"][termed])
        asked &= rng.random(len(ends)) < 0.88
        row = np.flatnonzero(asked)
        who, when = account[row], day[row]
        step = np.clip(np.searchsorted(calendar.starts, when, side="right") - 1, 0, calendar.steps - 1)
        owner = past.absences.present(past.owner(who, when), when)
        mood = past.life.mood[who, step].astype(np.float64)
        eye = 0.8 * mood + hopeful[owner] + rng.normal(0, 0.7, len(row)) + shown * np.where(left[row], -1.6, 0.9)
        category = np.select([eye > 0.6, eye > -0.5, eye > -1.5], [0, 1, 2], 3)
        share = np.select([category == 0, category == 1, category == 2], [104, 100, 55], 0)
        told = rng.random(len(row)) < 0.2
        parts.append((who, number[row], past.at(rng, when), category, value[row] * share // 100, owner, told))
    who, number, at, category, amount, owner, told = (np.concatenate(part) for part in zip(*parts, strict=True))
    keep = np.flatnonzero(owner >= 0)
    return pa.table(
        {
            "renewal_id": contract_ids(who[keep], number[keep]),
            "account_id": ident("A", who[keep]),
            "at": instant(at[keep]),
            "category": word(category[keep], _CATEGORIES),
            "amount": money(amount[keep]),
            "currency": take(past.currency, who[keep]),
            "by": csm_ids(owner[keep]),
            "reason": blank(word(category[keep], _TEXTS), ~told[keep]),
        }
    )


def _is(table: pa.Table, column: str, value: str) -> Ints:
    found: Ints = np.asarray(pc.fill_null(pc.equal(table.column(column), value), False).to_numpy())
    return found
