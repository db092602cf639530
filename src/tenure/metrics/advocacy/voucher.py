"""Who vouches for us: accounts that are active, and what they did that still holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.closing import closing
from tenure.metrics.revenue.line import FAR
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact()
def voucher(w: World) -> ir.Table:
    """One row for each reference, testimonial, case study and review, up to now, of the accounts that count.

    Columns: ``account_id, advocacy_id, kind``, ``on`` (its local day) and from when to when it may be used:
    ``since`` (when it was given, or the later consent) and ``until`` (exclusive: the end of the consent, or when the
    person left the account; far future without either).
    """
    a = unit_of(w, w.advocacy)
    a = a.filter(a.kind != "referral", a.occurred_at < w.now)
    a = beside(a, w.person.select("person_id", "left_at"), ["person_id"])
    far = ibis.literal(FAR).cast("timestamp(6)")
    return a.select(
        "account_id", "advocacy_id", "kind",
        on=a.occurred_day,
        since=ibis.greatest(a.occurred_at, ibis.coalesce(a.consent_at, a.occurred_at)),
        until=ibis.least(ibis.coalesce(a.expires_at, far), ibis.coalesce(a.left_at, far)),
    )  # fmt: skip


def last_year(p: Periods) -> ir.Table:
    """The periods with ``from_day``, twelve months before their close: ``period, closes, from_day``."""
    return p.select("period", "closes", from_day=(p.closes_day - ibis.interval(months=12)).cast("date"))


def vouching(w: World, p: Periods, kinds: Sequence[str]) -> ir.Table:
    """``account_id, period``: who vouched for us in one of these ways in the twelve months before a close at which it
    still held.
    """
    v = voucher(w)
    v = v.filter(v.kind.isin(list(kinds)))
    year = last_year(p)
    j = year.join(v, [v.on >= year.from_day, v.since < year.closes, v.until >= year.closes])
    return j.select("account_id", "period").distinct()


def active(w: World, p: Periods) -> ir.Table:
    """The customers at the close of a period (rows of ``closing``), those whose amounts have no exchange rate excluded."""
    rows = closing(w, p)
    return without_rate(w, rows.filter(rows.is_customer.fill_null(False) | rows.no_rate))


def among(rows: ir.Table, those: ir.Table, name: str) -> ir.Table:
    """The rows with ``name``, 1 where the account is in ``those`` in the period, else 0, and ``base``, always 1."""
    rows = beside(rows, those.mutate(found=ibis.literal(1)), ["account_id", "period"])
    return rows.mutate(base=ibis.literal(1), **{name: rows.found.fill_null(0)}).drop("found")
