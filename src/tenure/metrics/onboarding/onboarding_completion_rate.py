"""``onboarding_completion_rate``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.onboarding.due import REASONS, due, gone, together, with_reasons
from tenure.metrics.onboarding.journey import milestones
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), by=("kind", "blocked_by"), unit="share", counted=True)
def onboarding_completion_rate(
    w: World,
    p: Periods,
    unit: Literal["per_account", "per_step"] = "per_account",
    when: Literal["ever", "on_time"] = "ever",
) -> Ratio:
    """The share of the accounts whose onboarding was due in the period that are onboarded.

    Formula: accounts onboarded / accounts with a milestone ``onboarded`` due in the period; an account with several
    (of several products) has all of them done. Variant ``per_step``: milestones done / milestones due, of every kind
    but closed_won, told apart by ``kind``. Done is what was reached up to now, also late (variant ``on_time``: by the end of
    the due day). ``blocked_by`` is who held it up. What the setting ``milestones`` names is done when use of the product tells so, whatever
    its rows say.

    A milestone without a due date is never due, one that is due today not before the day is over. Accounts that had
    been customers and were none any more on the due day are left out as ``left``, onboarded or not; those that are no
    customers yet count. By product the entity is account x product. Users' part is told by ``training_completion_rate``.

    Undefined (null) when nothing was due. Unit: share. Interval: Wilson, 95 %. Owner: on the due day.
    """
    m = milestones(w)
    m = m.filter(m.kind == "onboarded" if unit == "per_account" else m.kind != "closed_won")
    rows = gone(w, due(w, p, m, when), "milestone_id")
    rows = rows.mutate(why=rows.gone.ifelse(ibis.literal(REASONS.index("left")), None))
    if unit == "per_account":
        own = ["account_id", *(["product_id"] if "product_id" in w.detail else [])]
        rows = together(rows, own, ("kind", "blocked_by"))
    rows = with_reasons(rows).drop("why")
    return Ratio(rows, "done", "base", spread="wilson", clustered=True)
