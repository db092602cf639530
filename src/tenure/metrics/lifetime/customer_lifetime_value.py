"""``customer_lifetime_value``."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from tenure.metrics.kinds import Cases, Derived, Factor, Ratio, metric
from tenure.metrics.lifetime.realised import realised
from tenure.metrics.lifetime.renewing import buying, renewing
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World

_REVENUE = "no margin is set (lifetime.margin_percent): this is revenue"


@metric(unit="money")
def customer_lifetime_value(
    w: World,
    p: Periods,
    method: Literal["margin_over_churn", "formula", "realised", "sbg", "bgnbd"] = "margin_over_churn",
) -> Derived | Ratio | Cases:
    """What an average customer is worth over the time it stays, if it goes on as in the last months.

    Formula: ``average_revenue_per_account`` at the close x margin / the monthly ``customer_churn_rate`` of the six months
    before the month in which the period closes, taken together (lost / customers at the beginnings of the months). 100 a month at 5 % churn is
    2,000. Variant ``formula``: the revenue of a year (12 times the month's) x margin x the lifetime in years, which is 1 / the
    churn rate of the last twelve months, at most 5 years (setting ``lifetime.most_years``). 500 a year for 5 years is 2,500.

    Variant ``realised``: what it has been worth so far. All that was billed before the close, to accounts that had been
    customers by then / these accounts. Tax, drafts and void documents are left out, credit notes lessen it, write-offs do
    not: they are a loss and no less revenue. It is revenue, without a margin, and grows as long as customers stay.

    Variants by model (Fader and Hardie), whose parameters are the likeliest ones of the accounts at hand, with the mean over
    these:

    * ``sbg``, for contracts: what those who are customers at the close will yet pay. Their monthly revenue then x the renewals
      still to be expected of whoever has made so many (shifted-beta-geometric; a renewal a month, setting
      ``lifetime.renewal_months``), each later one discounted (``lifetime.discount_percent`` a year). It is told just before
      the next renewal. Beside it the ``renewals`` expected.
    * ``bgnbd``, for purchases without a contract: what customers will yet buy within ``lifetime.most_years``, discounted
      (BG/NBD for how often, Gamma-Gamma for how much). A day's documents are one purchase; the first tells when it began.
      Accounts that ever had a subscription are left out: when those end is on record. Beside it ``purchases``, and the
      share that is still ``alive``.

    The margin is a setting (``lifetime.margin_percent``); without one the value is revenue, and says so. The first two suppose that
    customers leave at one rate however long they have stayed; that is rarely so, and the value is then too low.

    Undefined (null) where nobody was lost, for a lifetime without end has no value, without customers, and where a model has
    too few losses or purchases to settle on. Unit: the reporting
    currency. Interval: by square and add on the logarithms of revenue and churn, as if they were independent; of what is
    realised over accounts; of ``sbg`` what the parameters leave open, of ``bgnbd`` over customers. Owner: at the close for the
    revenue, at the opening for the churn.
    """
    if method == "realised":
        rows = without_rate(w, realised(w, p))
        return Ratio(rows, "billed", "customers", unit="money", money_num=True)
    lifetime = w.settings.lifetime
    margin = Decimal(lifetime.margin_percent) / 100
    if method in ("sbg", "bgnbd"):
        return _modelled(w, p, method, margin)
    note = _REVENUE if margin == 1 else ""
    revenue = Factor("average_revenue_per_account")
    if method == "formula":
        years = Factor("customer_churn_rate", power=-1, most=str(lifetime.most_years), window="12m")
        return Derived({"arpa": revenue, "yearly_churn_rate": years}, unit="money", times=str(12 * margin), note=note)
    churn = Factor("customer_churn_rate", power=-1, months_before=6)
    return Derived({"arpa": revenue, "churn_rate": churn}, unit="money", times=str(margin), note=note)


def _modelled(w: World, p: Periods, method: Literal["sbg", "bgnbd"], margin: Decimal) -> Cases:
    """What is fitted to the accounts; ``discount`` is that of a renewal, or of a year."""
    lifetime = w.settings.lifetime
    yearly = Decimal(lifetime.discount_percent) / 100
    if method == "sbg":
        months = lifetime.renewal_months
        discount = float(1 + yearly) ** (months / 12) - 1
        given = {"discount": repr(discount), "times": str(margin * months)}
        return Cases(
            renewing(w, p, months), lasted="renewals", ended="gone", unit="money", model="sbg", of=("renewals", "gone"),
            worth="paid", given=given,
        )  # fmt: skip
    given = {"discount": str(yearly), "times": str(margin), "years": str(lifetime.most_years)}
    return Cases(
        buying(w, p), lasted="age", ended="frequency", unit="money", model="bgnbd",
        of=("frequency", "recency", "age", "spent"), worth="spent", given=given,
    )  # fmt: skip
