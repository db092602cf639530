"""``mrr_movements``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.book import at_close, book
from tenure.metrics.revenue.movement import changes, movement
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World

#: As a bridge is read: what came, what went, what only moved.
ORDER = ("new", "expansion", "reactivation", "contraction", "churn", "transfer_in", "transfer_out", "fx")


@metric(axes=("entity", "rate", "dating"), by=("kind", "cause"), unit="money", better="")
def mrr_movements(w: World, p: Periods) -> Total:
    """What moved recurring revenue from the opening of the period to its close, by kind.

    Formula: the sum over the period of each account's net change of a local day, by kind: ``new`` (no recurring revenue
    ever before), ``reactivation`` (a return), ``expansion``, ``contraction``, ``churn``, and in slices ``transfer_in``
    and ``transfer_out`` (accounts that changed owner, segment, ...), which are zero in total; with several currencies
    ``fx``. Amounts are signed, so that

        opening + new + reactivation + expansion + contraction + churn (+ transfers + fx) = closing

    in every period and slice, to the cent. Each account's changes of one local day are netted: 100 ending in the
    morning and 120 beginning in the afternoon is an expansion of 20. Cancelling one of two subscriptions is
    contraction. An expiring discount is expansion. Churn is dated at the end of the paid time (variant ``request_day``:
    on the day notice was given, here as in ``mrr``). Movements are valued at the exchange rate of the period's opening,
    the close at its own; ``fx`` is the difference.

    ``--by cause`` splits expansion and contraction, signed: ``seats`` (at the old price), then ``price``, ``tier``
    (another plan of the same product), ``cross_sell`` (a product added or dropped) and ``discount``. 10 seats at 10
    becoming 12 at 9 is seats +20, price -12.

    Unit: the reporting currency. n: the accounts that moved. No interval: it is a sum over all customers.
    """
    # The causes of a change add up to it: where nobody asks for them, the change does.
    rows = _by_cause(w, movement(w, p)) if "cause" in w.dimensions else _whole(w, changes(w, p))
    if w.foreign and w.rate == "opening":
        rows = rows.union(_fx(w, p).select(rows.columns))
    rows = without_rate(w, rows)
    return Total(rows, "delta", kinds=("kind",), order=ORDER, stock=True)


def _whole(w: World, moved: ibis.Table) -> ibis.Table:
    """A row for each change."""
    rows = moved.filter((moved.delta != 0) | moved.no_rate)
    return rows.select(*w.keys, "period", "no_rate", "at", "kind", "delta", cause=ibis.null("string"))


def _by_cause(w: World, moved: ibis.Table) -> ibis.Table:
    """A row for each change, or for each cause of an expansion or contraction."""
    keep = [*w.keys, "period", "no_rate", "at", "kind"]
    split = moved.kind.isin(["expansion", "contraction"])
    rows = moved.filter((~split & (moved.delta != 0)) | moved.no_rate)
    rows = rows.select(*keep, cause=ibis.null("string"), delta=rows.delta)
    for cause in ("seats", "price", "tier", "cross_sell", "discount"):
        part = moved.filter(split, moved[cause] != 0, ~moved.no_rate)
        rows = rows.union(part.select(*keep, cause=ibis.literal(cause), delta=part[cause]))
    return rows


def _fx(w: World, p: Periods) -> ibis.Table:
    """What the exchange rates alone changed between the opening and the close."""
    b = book(w, p)
    b = at_close(p, b.filter(b.closing_now != b.closing))
    return b.select(
        *w.keys, "period", "no_rate", "at", kind=ibis.literal("fx"), cause=ibis.null("string"),
        delta=b.closing_now - b.closing,
    )  # fmt: skip
