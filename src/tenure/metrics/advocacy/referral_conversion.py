"""``referral_conversion``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.advocacy.referral import referral
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="share", counted=True)
def referral_conversion(w: World, p: Periods, base: Literal["decided", "made"] = "decided") -> Ratio:
    """The share of the referrals made in the period that were won.

    Formula: referrals won / referrals decided (won or lost), of those made in the period, whenever it was decided, up
    to now. Those still open, qualified or not, are left out; ``bounds`` gives the share if all of them are lost and
    if all are won. Variant of the base: ``made``: / all referrals made, open ones too; of recent periods it is low
    because time has not passed. 2 won, 2 lost and 4 open are 50 %, between 25 % and 75 %; of those made 25 %.

    Referrals to oneself, duplicates and those of partners are left out, as in ``referral_rate``, each under its reason.
    Referrals of accounts that are not customers count too.

    Undefined (null) without a referral that was decided. Unit: share. n: referrals. Interval: Wilson, 95 %. Owner: when
    the referral was made.
    """
    r = referral(w)
    rows = p.select("period", "opens", "closes")
    rows = rows.join(r, [r["at"] >= rows.opens, r["at"] < rows.closes])
    out = rows.flaw.isnull() & ~rows.outcome.isin(["won", "lost"])
    rows = rows.mutate(
        won=(rows.outcome == "won").ifelse(1, 0),
        base=1,
        still_open=out.ifelse(1, 0),
        excluded=out.ifelse(ibis.literal("still open"), rows.flaw) if base == "decided" else rows.flaw,
    )
    return Ratio(rows, "won", "base", spread="wilson", open="still_open" if base == "decided" else None)
