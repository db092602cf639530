"""``workload_hours``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.portfolio.ownership import attributes
from tenure.metrics.portfolio.portfolio import PARTS, PER, Per, portfolio, shared
from tenure.metrics.relationship.contact import touches
from tenure.metrics.relationship.presence import MONTH_PARTS, months_between
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(by=("owner", "team", "manager"), unit="count", better="")
def workload_hours(
    w: World, p: Periods, hours: Literal["logged", "declared"] = "logged", per: Per = "per_head"
) -> Ratio:
    """How many hours the customers that one CSM looks after when the period starts take in the period.

    Formula: hours of contact in the period with the customers of the portfolio / people who own any. The hours are the minutes
    that touchpoints say, whoever of us had them and however often the account changed hands since the start: it is what the
    portfolio took. Automated ones are left out, and one that says no minutes adds none: beside it stands ``minutes_told``,
    the share of the touchpoints that say theirs. Preparing and travelling are in no touchpoint.

    Variant ``declared``: instead the hours a month that the settings declare for accounts of a segment, or else of a tier
    (``[hours_per_account]``), both as of the period's start, x the months of the period; accounts of which none are declared
    are left out. Variant ``per_full_time``: / the working time (``csm.fte``).

    Whose customers count, how shared ones do and how people are counted in slices is as in ``accounts_per_csm``. The period that runs
    is counted up to now. Undefined (null) without owned customers. Unit: hours per CSM. n: customers, a shared one once for each owner.
    Interval: bootstrap over accounts up to 1,000, above by the delta method.
    """
    rows = portfolio(w, p)
    rows = _logged(w, p, rows) if hours == "logged" else _declared(w, p, rows)
    rows = rows.mutate(taken=shared(rows.hours, rows.share))
    told = {"minutes_told": ("told", "contacts")} if hours == "logged" else {}
    return Ratio(rows, "taken", PER[per], unit="count", clustered=True, den_parts=PARTS, extras=told)


def _logged(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """The rows with the hours of contact with the account in the period, and how many contacts said theirs."""
    t = touches(w)
    j = p.join(t, [t.occurred_at >= p.opens, t.occurred_at < p.closes])
    g = j.group_by(["account_id", "period"]).agg(
        minutes=j.minutes.sum(), contacts=j.count(), told=j.minutes.notnull().ifelse(1, 0).sum()
    )
    hours = g.minutes.cast("decimal(28, 4)") * ibis.literal(_HOUR).cast("decimal(28, 14)")
    g = g.mutate(hours=hours.cast("decimal(18, 4)")).drop("minutes")
    rows = beside(rows, g, ["account_id", "period"])
    kept = rows.excluded.isnull()
    return rows.mutate(
        hours=rows.hours.fill_null(0), contacts=kept.ifelse(rows.contacts.fill_null(0), 0),
        told=kept.ifelse(rows.told.fill_null(0), 0),
    )  # fmt: skip


#: A minute in hours: 60 of them are one to the ten-thousandth in which hours are kept.
_HOUR = "0.01666666666667"


def _declared(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """The rows with the hours that the settings declare for the account's segment or tier, times months."""
    rows = beside(rows, attributes(w, "segment", "tier"), ["account_id"], within=("at", "valid_from", "valid_to"))
    rows = rows.drop("valid_from", "valid_to")
    unknown = ibis.null("decimal(18, 4)")
    table = sorted(w.settings.hours_per_account.items())

    def of(attribute: ir.StringValue) -> ir.DecimalValue:
        cases = [(attribute == name, ibis.literal(str(hours)).cast("decimal(18, 4)")) for name, hours in table]
        return ibis.cases(*cases, else_=unknown) if cases else unknown

    monthly = ibis.coalesce(of(rows.segment), of(rows.tier))
    spans = p.select("period", span=months_between(p.opens_day, p.closes_day))
    rows = beside(rows, spans, ["period"], how="inner")
    month = ibis.literal(f"{1 / MONTH_PARTS:.20f}").cast("decimal(28, 20)")
    months = (rows.span.cast("decimal(28, 0)") * month).cast("decimal(18, 10)")
    hours = (monthly.cast("decimal(14, 4)") * months).cast("decimal(18, 4)")
    excluded = ibis.coalesce(rows.excluded, monthly.isnull().ifelse(ibis.literal("no hours declared"), None))
    return rows.mutate(hours=hours.fill_null(0), excluded=excluded)
