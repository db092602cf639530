"""``handover_item``: what is passed on from sales to success, and from one CSM to the next."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, ident, take, word
from tenure.sources.demo.days import NEVER, WARM_UP, Ints
from tenure.sources.demo.onboarding import won_days
from tenure.sources.demo.past import Past
from tenure.sources.demo.team import csm_ids, seller_ids

_FROM_SALES = ("goals", "contacts", "promises made", "technical set-up")
_FROM_CSM = ("goals", "contacts", "open matters", "renewal")
_ITEMS = tuple(dict.fromkeys(_FROM_SALES + _FROM_CSM))
_DONE = (0.88, 0.93)  # from sales, from a colleague


def handover_item_table(past: Past) -> pa.Table:
    """The canonical ``handover_item`` rows of the window. The pool takes and gives nothing."""
    rng, calendar = past.draws("hand-overs"), past.calendar
    won, begun = won_days(past), past.begun()
    owner = past.owner(np.arange(len(begun)), np.minimum(begun, calendar.today))
    sold = np.flatnonzero((won < NEVER) & (begun >= calendar.starts[WARM_UP]) & (owner >= 0))
    handed = past.ownership.handed & (np.arange(calendar.steps) >= WARM_UP)
    passed, step = np.nonzero(handed & (past.life.paying | np.roll(past.life.paying, 1, axis=1)))
    before, after = past.ownership.owner[passed, step - 1], past.ownership.owner[passed, step]
    kept = (before >= 0) & (after >= 0) & (calendar.starts[step] < calendar.today)
    passed, step, before, after = passed[kept], step[kept], before[kept], after[kept]
    # Between the same two, in the same direction, the latest hand-over tells the state.
    _, latest = np.unique(((passed * 4096 + before) * 4096 + after)[::-1], return_index=True)
    rows = np.sort(len(passed) - 1 - latest)
    passed, step, before, after = passed[rows], step[rows], before[rows], after[rows]
    account, day = np.concatenate([sold, passed]), np.concatenate([begun[sold], calendar.starts[step]])
    kind = np.repeat([0, 1], [len(sold), len(passed)])
    giver = pa.concat_arrays([seller_ids(past.traits.region[sold]), csm_ids(before)])
    taker = csm_ids(np.concatenate([owner[sold], after]))
    return _items(past, account, day, kind, giver, taker, rng)


def _items(
    past: Past, account: Ints, day: Ints, kind: Ints, giver: pa.Array, taker: pa.Array, rng: np.random.Generator
) -> pa.Table:
    """Four items for each hand-over, most of them done."""
    codes = np.array([[_ITEMS.index(item) for item in items] for items in (_FROM_SALES, _FROM_CSM)])
    which, item = np.repeat(np.arange(len(account)), 4), codes[kind].ravel()
    done = day[which] + rng.integers(-3, 18, len(which))
    done = np.where(rng.random(len(which)) < np.array(_DONE)[kind][which], done, NEVER)
    return pa.table(
        {
            "account_id": ident("A", account[which]),
            "kind": word(kind[which], ("sales_to_success", "csm_to_csm")),
            "from_id": take(giver, which),
            "to_id": take(taker, which),
            "item": word(item, _ITEMS),
            "due_at": civil(day[which] + 14),
            "done_at": civil(np.where(done < past.calendar.today, done, NEVER)),
        }
    )
