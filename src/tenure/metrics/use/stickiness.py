"""``stickiness``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.use.attendance import attendance
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="share")
def stickiness(w: World, p: Periods) -> Ratio:
    """On how many of the days of a month those who use the product in it are there: daily over monthly active users.

    Formula: the sum over the days of the people with a key action on that day / the sum over the months of the days of
    the month x the people with a key action in it. That is the mean of the daily active users over the monthly ones;
    days are local ones, weekends too. 100 people in a month of 30 days, 20 of them on a usual day, is 20 %.

    A window of several months is asked month by month, and the parts are added up; months are counted back from the
    close. A window no longer than a month is one of its own: in a week, it is daily over weekly active users, and in a
    month that runs the days so far count. A person who is there for two accounts counts in each. What a key action is
    and who is left out is as in ``active_usage_rate``; use that names no person is not counted.

    Left out, as ``only daily sums of use``, are accounts of which there are sums and no key action by a named person:
    distinct people over more than a day cannot be told from sums.

    Undefined (null) when nobody did a key action. Unit: share. n: accounts. Interval: bootstrap over accounts up to 1,000,
    above by the delta method. Owner: just before the close.
    """
    rows = attendance(w, p)
    rows = rows.filter((rows.possible_days > 0) | ((rows.named == 0) & (rows.summed == 1)))
    only = (rows.possible_days == 0).ifelse(ibis.literal("only daily sums of use"), ibis.null("string"))
    return Ratio(rows.mutate(excluded=only), "person_days", "possible_days")
