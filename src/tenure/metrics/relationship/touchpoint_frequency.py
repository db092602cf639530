"""``touchpoint_frequency``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.relationship.contact import contact
from tenure.metrics.relationship.presence import MONTH_PARTS, months_between, presence, there
from tenure.metrics.world import Periods, World, is_kept


@metric(unit="count", better="")
def touchpoint_frequency(w: World, p: Periods, direction: Literal["two_way", "all"] = "two_way") -> Ratio:
    """Two-way contacts per account and month.

    Formula: contacts in the period / account-months in it. A contact is two-way if both sides spoke (variant ``all``:
    one-way contacts count too). A meeting is one contact, however many took part; what is said in one thread on one
    local day is one contact, and two-way if both spoke that day. Automated mail is none.

    An account-month is an account that was there for a month: from its creation (``created_at``; without it, always) on,
    customer or not; a day counts as its share of its month. The period that runs is counted up to now. Merged accounts
    count as their survivor, test accounts never. Sliced, an account's time counts where it was, day by day: of a
    hand-over in mid-month, each owner has the time of her own.

    Undefined (null) without accounts. Unit: contacts per account-month. n: accounts. Interval: bootstrap over accounts up
    to 1,000, above by the delta method. Owner: when the contact was.
    """
    spans = p.select("period", "opens", "closes", span=months_between(p.opens_day, p.closes_day))
    known = presence(w, p) if is_kept("presence", p) else there(w, p)
    known = beside(known.select("account_id", "period", "since"), spans, ["period"], how="inner")
    none = ibis.literal(0).cast("int64")
    known = known.select(
        "account_id", "period", "opens", "closes", "span", at="since", until="closes", contacts=none
    )  # fmt: skip
    had = contact(w, p)
    had = had if direction == "all" else had.filter(had.two_way == 1)
    had = beside(had, spans, ["period"], how="inner")
    had = had.select(
        "account_id", "period", "opens", "closes", "at", span=none, until=had["at"] + ibis.interval(microseconds=1),
        contacts=none + 1,
    )  # fmt: skip
    rows = known.union(had.select(known.columns))
    return Ratio(rows, "contacts", "span", unit="count", clustered=True, lasting=True, den_parts=MONTH_PARTS)
