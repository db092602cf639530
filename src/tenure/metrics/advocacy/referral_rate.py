"""``referral_rate``."""

from __future__ import annotations

import ibis

from tenure.metrics.advocacy.referral import PARTNER, partners, referral
from tenure.metrics.advocacy.voucher import active, among, last_year
from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="share", counted=True)
def referral_rate(w: World, p: Periods) -> Ratio:
    """The share of active accounts that made a qualified referral in the twelve months before the close of the period.

    Formula: active accounts with a qualified referral / active accounts. Active are the customers at the close; a
    referral is qualified if its outcome is qualified or won. However many an account made, it counts once.

    Not counted are referrals to oneself (the same account, or its domain), duplicates (of several referrals of one
    account or domain, whoever made them, one counts: the first that was won, else the first qualified, else the first)
    and those of partners, who are in neither term. Merged accounts count as their survivor.

    The window moves no more than the period's close: twelve months are looked back whatever the window.

    Undefined (null) without active accounts. Unit: share. Interval: Wilson, 95 %. Owner: just before the close.
    """
    r = referral(w)
    r = r.filter(r.flaw.isnull(), r.outcome.isin(["qualified", "won"]))
    year = last_year(p)
    j = year.join(r, [r.on >= year.from_day, r["at"] < year.closes])
    rows = among(active(w, p), j.select("account_id", "period").distinct(), "referred")
    rows = beside(rows, partners(w), ["account_id"], within=("at", "partner_from", "partner_to"))
    excluded = rows.partner_from.notnull().ifelse(ibis.literal(PARTNER), rows.excluded)
    return Ratio(rows.mutate(excluded=excluded), "referred", "base", spread="wilson")
