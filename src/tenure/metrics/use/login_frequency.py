"""``login_frequency``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.use.attendance import attendance
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="count")
def login_frequency(w: World, p: Periods) -> Ratio:
    """How often the people who use the product log in, a week.

    Formula: log-ins in active user-weeks / active user-weeks. An active user-week is a week, Monday to Sunday by local
    days, in which a person did a key action; what one is, and who is left out, is as in ``active_usage_rate``. A log-in
    in a week without a key action is in neither term. Log-ins are the uses of the features marked as such
    (``feature.is_login``).

    A week counts whole, in the period in which it ends; one that is not over counts nowhere yet. So weeks are never cut
    at the end of a month; of days, only Sundays have a value.

    Left out, with the reason, are accounts of which there are daily sums and no key action by a named person; and all of
    them while no feature is marked as a log-in.

    Undefined (null) without active user-weeks. Unit: log-ins per active user-week. n: accounts. Interval: bootstrap over
    accounts up to 1,000, above by the delta method. Owner: just before the close.
    """
    rows = attendance(w, p)
    f = w.feature
    marked = f.filter(f.is_login).count().as_scalar()
    rows = rows.filter((rows.person_weeks > 0) | ((rows.named == 0) & (rows.summed == 1)))
    reason = ibis.cases(
        (rows.person_weeks == 0, "only daily sums of use"),
        (marked == 0, "no feature is marked as a log-in"),
        else_=ibis.null("string"),
    )
    return Ratio(rows.mutate(excluded=reason), "logins", "person_weeks", unit="count")
