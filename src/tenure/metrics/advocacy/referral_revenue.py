"""``referral_revenue``."""

from __future__ import annotations

import ibis

from tenure.metrics.advocacy.referral import referral
from tenure.metrics.join import beside
from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.level import level
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="money")
def referral_revenue(w: World, p: Periods) -> Total:
    """The yearly revenue from referrals that were won in the period.

    Formula: the sum of the ``value`` of the referrals won. A referral is won when the account that was referred first
    had recurring revenue, though not before the referral; where it is not known which account that is, or it has had
    none, the referral counts when it was made, and a note says so.

    Referrals to oneself, duplicates and those of partners are left out, as in ``referral_rate``, and so are those that
    were won with no value told; each under its reason, none as 0. n: accounts that referred.

    Unit: the reporting currency, in which values are told. No interval: it is a sum over all referrals. Owner: of the
    account that referred, when it was won.
    """
    r = referral(w)
    r = r.filter(r.outcome == "won")
    t = level(w)
    paid = t.filter(t.day == t.paid_day)
    paid = paid.group_by(prospect="account_id").agg(came=paid["at"].min())
    r = beside(r, paid, ["prospect"])
    undated = "some are dated when the referral was made: it is not known when they were won"
    r = r.mutate(
        at=ibis.greatest(r["at"], ibis.coalesce(r.came, r["at"])),
        note=r.came.isnull().ifelse(ibis.literal(undated), ibis.null("string")),
        excluded=ibis.cases((r.flaw.notnull(), r.flaw), (r.worth.isnull(), "no value"), else_=ibis.null("string")),
    )
    rows = p.select("period", "opens", "closes")
    rows = rows.join(r, [r["at"] >= rows.opens, r["at"] < rows.closes])
    return Total(rows, "worth", note="note")
