"""Exchange rates: what a currency was worth, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.line import FAR_DAY
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIRST_DAY = "0001-01-01"


@fact()
def rate(w: World) -> ir.Table:
    """Units of the reporting currency for one unit of ``currency``, on the days ``[from_day, to_day)``.

    A rate holds until the next one; the first one also holds before its date. With the axis ``rate=budget_rate`` the
    rates are those of the settings (``[budget_rates]``), for all time.
    """
    if w.rate == "budget_rate":
        return _budgeted(w)
    t = w.exchange_rate
    own = ibis.window(group_by="currency", order_by="date")
    first = ibis.row_number().over(own) == 0
    t = t.mutate(nth=first, following=t.date.lead().over(own))
    return t.select(
        "currency",
        "rate",
        from_day=t.nth.ifelse(ibis.literal(FIRST_DAY).cast("date"), t.date),
        to_day=ibis.coalesce(t.following, ibis.literal(FAR_DAY).cast("date")),
    )


def _budgeted(w: World) -> ir.Table:
    """The rates of the settings, each beside the one row that a count is: engines make rows of literals differently."""
    one = w.exchange_rate.aggregate(rates=ibis._.count())
    first, far = (ibis.literal(day).cast("date") for day in (FIRST_DAY, FAR_DAY))

    def row(currency: str, value: str) -> ir.Table:
        amount = ibis.literal(value).cast("decimal(18, 9)")
        return one.select(currency=ibis.literal(currency), rate=amount, from_day=first, to_day=far)

    rows = [row(currency, str(value)) for currency, value in sorted(w.settings.budget_rates.items())]
    return ibis.union(*rows) if rows else row("", "0").filter(ibis.literal(value=False))


def converted(
    w: World, p: Periods, rows: ir.Table, day: str, *, amounts: tuple[str, ...], unrated: str = ""
) -> ir.Table:
    """The rows with ``amounts`` in the reporting currency, at the rate of ``day``: a period's ``opens_day`` or
    ``closes_day``.

    ``rows`` carry that day and ``currency`` (empty means the reporting one). Amounts are integers of a ten-thousandth and
    stay so, each rounded once. An amount whose currency has no rate becomes null; nothing is nothing in any currency.
    ``unrated``: a further column that says whether the row's currency has no rate.
    """
    if not w.foreign:
        return rows.mutate(**{unrated: ibis.literal(value=False)}) if unrated else rows
    days = p.table.select(rated=p.table[day]).distinct()
    r = rate(w)
    # Few days and few currencies: their rates are looked up once, not for every row.
    rates = days.join(r, [r.from_day <= days.rated, r.to_day > days.rated])
    joined = beside(rows, rates.select("currency", "rate", **{day: rates.rated}), ["currency", day])
    home = joined.currency.isnull() | (joined.currency == w.settings.currency)
    factor = joined.rate.cast("decimal(28, 9)")
    exact = {name: joined[name].cast("decimal(28, 0)") * factor for name in amounts}
    whole = {name: product.cast("decimal(38, 0)").cast("int64") for name, product in exact.items()}
    plain = {name: home | (joined[name] == 0) for name in amounts}
    joined = joined.mutate(**{name: plain[name].ifelse(joined[name], amount) for name, amount in whole.items()})
    more = {unrated: ~home & joined.rate.isnull()} if unrated else {}
    return joined.select(*rows.columns, **more)


def without_rate(w: World, rows: ir.Table) -> ir.Table:
    """The rows with ``excluded`` set where ``no_rate`` says that an amount has no exchange rate."""
    if not w.foreign:
        return rows.mutate(excluded=ibis.null("string"))
    return rows.mutate(excluded=rows.no_rate.ifelse(ibis.literal("no exchange rate"), ibis.null("string")))
