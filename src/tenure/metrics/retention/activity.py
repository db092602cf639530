"""Which accounts used a key feature lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.use.done import by_people, key_of, uses
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


def key_use(w: World) -> ir.Table:
    """When accounts used a key feature: ``account_id, at``.

    Key features are those with ``feature.is_key``; where no feature says so, every use but a log-in counts. Internal
    and service users are left out.
    """
    u = key_of(w, by_people(w, uses(w)))
    u = u.filter(u.is_key == 1)
    return unit_of(w, u.select("account_id", at=u.occurred_at))


def used_before(w: World, p: Periods, uses: ir.Table, end: str) -> ir.Table:
    """``account_id, period`` of the accounts that used one in the last days before ``end`` (opens or closes)."""
    days = ibis.interval(days=w.settings.retention.inactive_days)
    j = p.join(uses, [uses["at"] < p.table[end], uses["at"] >= p.table[end] - days])
    return j.select("account_id", "period").distinct()
