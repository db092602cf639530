"""``subscription``: what an account pays, line by line, and from when to when."""

from __future__ import annotations

from tenure.warehouse.table import Column, Derived, Type, boolean, integer, money, number, share, state, text, time

# The line's list amount per interval, in exact integers of a hundred-millionth of a ten-thousandth (1e-12): the
# product of a price (8 decimals) and a quantity (4) has no rounding in it.
_LIST = """(CASE WHEN committed_amount IS NOT NULL THEN (committed_amount * 10000)::HUGEINT * 100000000
        WHEN unit_amount IS NOT NULL
        THEN (unit_amount * 100000000)::HUGEINT * (coalesce(quantity, 1) * 10000)::HUGEINT
        ELSE (amount * 10000)::HUGEINT * 100000000 END)"""
# What is taken off, in the same unit. A discount given once is no part of what recurs.
_OFF = f"""(CASE WHEN coalesce(discount_kind, 'recurring') = 'once' THEN 0::HUGEINT
        ELSE least({_LIST}, ({_LIST} // 1000000) * (coalesce(discount_share, 0) * 1000000)::HUGEINT
            + (({_LIST} % 1000000) * (coalesce(discount_share, 0) * 1000000)::HUGEINT) // 1000000
            + (coalesce(discount_amount, 0) * 10000)::HUGEINT * 100000000) END)"""
# How many months an interval has, as 12 x months / weeks-as-thirteenths: week = 12/52 months.
_PER = """(CASE coalesce("interval", 'month') WHEN 'month' THEN 13 WHEN 'quarter' THEN 39 WHEN 'year' THEN 156
        ELSE 3 END::HUGEINT * coalesce(interval_count, 1)::HUGEINT)"""


def _monthly(amount: str) -> str:
    """Per month, in whole ten-thousandths, rounded once and half to even."""
    top, bottom = f"(abs({amount}) * 13)", f"({_PER} * 100000000)"
    whole, rest = f"({top} // {bottom})", f"({top} % {bottom})"
    up = f"({rest} * 2 > {bottom} OR ({rest} * 2 = {bottom} AND {whole} % 2 = 1))"
    return f"(CASE WHEN {amount} < 0 THEN -1 ELSE 1 END * ({whole} + CASE WHEN {up} THEN 1 ELSE 0 END))::BIGINT"


subscription = state(
    "subscription",
    "What an account pays, line by line, and from when to when. A change of price, plan or quantity is a row with the "
    "same subscription_id and its own started_at, and ends the row before it.",
    key="subscription_id started_at",
    known="started_at",
    starts="started_at",
    ends="ended_at",
    one_of=(("amount", "unit_amount", "committed_amount"),),
    columns=(
        text("subscription_id", "The line's id in the billing system.", required=True),
        text("account_id", "The account that pays.", required=True, references="account"),
        text("product_id", "The product sold.", references="product"),
        text("plan", "The plan, as sold.", references="plan"),
        text("contract_id", "The contract the line belongs to.", references="contract"),
        number("quantity", "Seats or units.", low=0),
        money("amount", "The line's total per interval, before discount and without tax."),
        Column("unit_amount", Type.PRICE, "The price of one unit per interval; the total is this times quantity."),
        text("interval", "How often the amount recurs.", choices=("month", "quarter", "year", "week"), default="month"),
        integer("interval_count", "Every how many intervals: 6 with month is half-yearly.", default="1", low=1),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        share("discount_share", "The fraction taken off, 0.1 is 10 %."),
        money("discount_amount", "The amount taken off per interval.", low=0),
        text("discount_kind", "Whether the discount recurs or is given once.", choices=("recurring", "once"),
             default="recurring"),
        time("discount_ends_at", "When the discount ends, exclusive.", is_end=True),
        money("committed_amount", "The committed minimum per interval of a line billed by use.", low=0),
        boolean("is_trial", "A trial: no customer yet.", default="false"),
        boolean("is_paused", "Paused: not paying for now.", default="false"),
        time("started_at", "When the line, or this price of it, begins.", required=True),
        time("ended_at", "The end of the paid time, exclusive; empty while it runs.", is_end=True,
             learned=("cancel_requested_at", "ended_at")),
        time("cancel_requested_at", "When notice was given.", learned=("cancel_requested_at",)),
        money("arr", "Yearly amount according to the source.", check_only=True),
        text("status", "Status according to the source.", check_only=True),
    ),
    derived=(
        Derived("monthly_list", "BIGINT", "int64", _monthly(_LIST),
                "Per month before discount, in ten-thousandths of the line's currency."),
        Derived("monthly", "BIGINT", "int64", _monthly(f"{_LIST} - {_OFF}"),
                "Per month after recurring discount, in ten-thousandths of the line's currency."),
        Derived("started_day", "DATE", "date", "(started_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
                "The local day on which the line begins."),
        Derived("ended_day", "DATE", "date", "(ended_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
                "The local day on which the line ends."),
        Derived("discount_ends_day", "DATE", "date", "(discount_ends_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
                "The local day on which the discount ends."),
    ),
)
