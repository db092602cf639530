"""Accounts that move between slices: transfers in and out, so that movements add up in every slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.figures.question import OWNERSHIP
from tenure.figures.stints import stint
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


def transfers(w: World, p: Periods, columns: dict[str, str]) -> ir.Table:
    """What accounts carried from slice to slice inside a period.

    ``columns``: dimension to the name of its column. One row for each account, hand-over and slice it touched, with
    the unit's keys, ``period, at``, the dimensions' columns, ``kind`` (``transfer_in`` or ``transfer_out``) ``delta``
    (the MRR just before the hand-over, at the rate of the period's opening) and a signed ``weight`` (1, or the owner's
    share in millionths). A hand-over at the very start of
    a period stands between the periods.
    """
    owners = any(name in OWNERSHIP for name in columns)
    s = stint(w)
    s = s if owners else s.filter(s.is_lead)
    named = {column: f"custom:{name}" if name in w.custom else name for name, column in columns.items()}
    s = s.select("account_id", "share", "valid_from", "valid_to", **named)
    inside = p.select("period", "opens", "closes", "opens_day")
    came = inside.join(s, [s.valid_from > inside.opens, s.valid_from < inside.closes]).mutate(sign=1)
    went = inside.join(s, [s.valid_to > inside.opens, s.valid_to < inside.closes]).mutate(sign=-1)
    came, went = came.mutate(at=came.valid_from), went.mutate(at=went.valid_to)
    keep = ["account_id", "share", "period", "opens_day", "at", "sign", *columns.values()]
    ends = came.select(keep).union(went.select(keep))
    held = level(w).select(*w.keys, "currency", since="at", until="next_at", carried="after")
    # The state just before the hand-over: the last change before its instant.
    r = held.rename({f"{name}__r": name for name in held.columns})
    j = ends.join(r, [ends.account_id == r.account_id__r, r.since__r < ends["at"], r.until__r >= ends["at"]])
    j = j.mutate(currency=j.currency__r, carried=j.carried__r, **{name: j[f"{name}__r"] for name in w.detail})
    j = converted(w, p, j, "opens_day", amounts=("carried",))
    j = j.mutate(share=j.share * j.sign if owners else j.sign)
    keys = [*w.keys, "period", "at", "carried", *columns.values()]
    g = j.group_by(keys).agg(weight=j.share.sum().cast("int64"))
    g = g.filter(g.weight != 0, g.carried.isnull() | (g.carried != 0))
    inward = (g.weight > 0) == (g.carried > 0)
    kind = inward.ifelse(ibis.literal("transfer_in"), ibis.literal("transfer_out"))
    return g.mutate(kind=kind, delta=g.carried)
