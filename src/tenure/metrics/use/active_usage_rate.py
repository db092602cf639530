"""``active_usage_rate``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.closing import closing
from tenure.metrics.use.entitled import SEAT
from tenure.metrics.use.licence import licence
from tenure.metrics.use.use import ACTIVE, used
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(axes=("entity",), unit="share")
def active_usage_rate(w: World, p: Periods, of: Literal["users", "accounts"] = "users") -> Ratio:
    """How many of the people who have a licence use the product.

    Formula: distinct people with a key action in the window / licensed users. Licensed users are the seats of each
    product, as seat-days over the days of the window: 10 seats, and 20 from the middle on, are 15. Seats are those of
    the entitlements; an account without any entitlement to a product before the close has the quantities of its
    subscription lines. A later entitlement to the same product says its seats anew. A person who uses two products is
    counted in each, as her seats are; where a key action or a licence of an account names no product, its licences are
    taken together. It may pass 1 where more people use a product than it has seats for.

    A key action is the use of a feature that is marked as one (``feature.is_key``); where none is, every use but a
    log-in. Our own people and technical users are left out.

    Variant ``accounts``: accounts with k or more key actions in the window (setting ``use.key_actions``, 1; by whomever,
    daily sums too) / accounts that are customers just before the close.

    Left out, with the reason, are licences for any number of people, or of which no number is known; those of whose use
    only daily sums are known (distinct people cannot be told from them), or no person is named; and products in which no
    key action of anybody is known in the window. In the variant ``accounts``: those that have too few key actions, but daily sums
    that name no feature.

    Undefined (null) without licences, or customers. Unit: share. n: licences (account and product), or accounts. Interval:
    bootstrap over accounts up to 1,000, above by the delta method. Owner: just before the close.
    """
    plain = replace(w, detail=())
    if of == "accounts":
        return Ratio(_accounts(plain, p), "active", "base")
    return Ratio(licence(plain, p), "users", "seats", clustered=True, den_parts=SEAT)


def _accounts(w: World, p: Periods) -> ir.Table:
    """The customers at the close with whether they are active."""
    rows = closing(w, p).filter(ibis._.is_customer)
    acts = used(w, p, ACTIVE).select("account_id", "period", "uses", "unclear")
    rows = beside(rows, acts, ["account_id", "period"])
    active = rows.uses.fill_null(0) >= w.settings.use.key_actions
    unknown = ~active & (rows.unclear.fill_null(0) > 0)
    return rows.mutate(
        active=active.ifelse(1, 0), base=1,
        excluded=unknown.ifelse(ibis.literal("daily sums of use name no feature"), ibis.null("string")),
    )  # fmt: skip
