"""``subscription``: what an account pays, line by line, and from when to when."""

from __future__ import annotations

from tenure.warehouse.table import Column, Derived, Type, boolean, integer, money, number, share, state, text, time

# Amounts are worked out in whole numbers, so that nothing is rounded before the end. The largest price (ten digits
# before the point), times a thousand million units, times the 13 and the 1e6 below just fits into 128 bits.


def _whole(column: str, decimals: int) -> str:
    """A decimal column as a whole number of its last place. Widened first: 18 digits overflow when multiplied."""
    return f"({column}::DECIMAL(38, {decimals}) * {10**decimals})::HUGEINT"


# The line's amount per interval before discount, in 1e-12: a price has 8 decimals and a quantity 4.
_LIST = f"""(CASE WHEN committed_amount IS NOT NULL THEN {_whole("committed_amount", 4)} * 100000000
        WHEN unit_amount IS NOT NULL THEN {_whole("unit_amount", 8)} * {_whole("coalesce(quantity, 1)", 4)}
        ELSE {_whole("amount", 4)} * 100000000 END)"""
# The same without its sign and in 1e-18, before and after discount. A discount makes a line smaller, a credit (with its
# negative amount) too, and never turns its sign. What is given once is no part of what recurs.
_BEFORE = f"(abs({_LIST}) * 1000000)"
_AFTER = f"""(CASE WHEN discount_kind = 'once' THEN {_BEFORE}
        ELSE greatest(0::HUGEINT, abs({_LIST}) * (1000000 - {_whole("coalesce(discount_share, 0)", 6)})
            - {_whole("coalesce(discount_amount, 0)", 4)} * 100000000000000) END)"""
# What an amount per interval is divided by to be one per month; a week is 3/13 of a month (12/52).
_PER_MONTH = """(CASE "interval" WHEN 'quarter' THEN 3 WHEN 'year' THEN 12 WHEN 'week' THEN 3 ELSE 1 END::HUGEINT
        * coalesce(interval_count, 1))"""


def _rounded(top: str, bottom: str) -> str:
    """``top`` (not negative) divided by ``bottom``, rounded half to even."""
    whole = f"({top} // {bottom})"
    rest = f"({top} - {whole} * {bottom})"
    return (
        f"({whole} + ({rest} * 2 + {whole} % 2 > {bottom})::INTEGER)"  # an exact half goes up from an odd number only
    )


def _any_monthly(size: str) -> str:
    """Per month with its sign, in whole ten-thousandths, rounded once and half to even; null where out of range."""
    top = f"""({size} * CASE WHEN "interval" = 'week' THEN 13 ELSE 1 END)"""
    sign = f"CASE WHEN {_LIST} < 0 THEN -1 WHEN {_LIST} >= 0 THEN 1 END"  # null without an amount, unlike greatest()
    return f"TRY_CAST({sign} * {_rounded(top, f'({_PER_MONTH} * 100000000000000)')} AS BIGINT)"


# 128 bits take ten times as long. Most lines are small enough for 64 (each product below stays under 1e18), whether they
# have an amount, or a price and a quantity without a discount.
_COUNTED = """coalesce(interval_count, 1) BETWEEN 1 AND 1000 AND "interval" IS DISTINCT FROM 'week'
        AND committed_amount IS NULL"""
_AMOUNT_FITS = f"""(unit_amount IS NULL AND amount BETWEEN -99999999 AND 99999999
        AND coalesce(discount_amount, 0) <= 99999999 AND {_COUNTED})"""
_PRODUCT_FITS = f"""(unit_amount BETWEEN -99999 AND 99999 AND coalesce(quantity, 1) <= 99999999
        AND abs(unit_amount::DOUBLE * coalesce(quantity, 1)::DOUBLE) < 900000 AND {_COUNTED})"""
_UNDISCOUNTED = "((discount_share IS NULL AND discount_amount IS NULL) OR discount_kind = 'once')"
_MONTHS = """(CASE "interval" WHEN 'quarter' THEN 3 WHEN 'year' THEN 12 ELSE 1 END::BIGINT
        * coalesce(interval_count, 1))"""


def _small(column: str, decimals: int, digits: int = 8) -> str:
    """As ``_whole``, of a number with at most so many ``digits`` before the point."""
    return f"({column}::DECIMAL({digits + decimals}, {decimals}) * {10**decimals}::DECIMAL({decimals + 1}, 0))::BIGINT"


_AMOUNT = _small("amount", 4)
# Exact: below 1e13, a double has digits to spare.
_PRODUCT = f"""(round(unit_amount::DOUBLE * 1e8)::BIGINT * {_small("coalesce(quantity, 1)", 4)})"""
_REDUCED = f"""greatest(0, abs({_AMOUNT}) * (1000000 - {_small("coalesce(discount_share, 0)", 6, 1)})
        - {_small("coalesce(discount_amount, 0)", 4)} * 1000000)"""


def _small_monthly(*, discounted: bool) -> str:
    """The branches of a CASE for the lines whose numbers are small: what ``_any_monthly`` gives."""
    plain = f"AND {_UNDISCOUNTED}" if discounted else ""
    whens = f"""WHEN {_AMOUNT_FITS} {plain} AND {_MONTHS} = 1 THEN {_AMOUNT}
        WHEN {_AMOUNT_FITS} {plain} THEN sign(amount) * {_rounded(f"abs({_AMOUNT})", _MONTHS)}
        WHEN {_PRODUCT_FITS} {plain}
            THEN sign(unit_amount) * {_rounded(f"abs({_PRODUCT})", f"({_MONTHS} * 100000000)")}"""
    if discounted:
        whens += f" WHEN {_AMOUNT_FITS} THEN sign(amount) * {_rounded(_REDUCED, f'({_MONTHS} * 1000000)')}"
    return whens


def _monthly(size: str, *, discounted: bool) -> str:
    return f"CASE {_small_monthly(discounted=discounted)} ELSE {_any_monthly(size)} END"


# The list price of one unit per month, for telling what a change of quantity is worth.
_LIST_MONTHLY = _monthly(_BEFORE, discounted=False)
_UNIT = f"""CASE WHEN quantity > 0 AND quantity <= 99999999 AND ({_AMOUNT_FITS} OR {_PRODUCT_FITS})
            THEN CASE {_small_monthly(discounted=False)} END * 10000 // {_small("quantity", 4)}
        WHEN quantity > 0
            THEN TRY_CAST(({_any_monthly(_BEFORE)})::HUGEINT * 10000 // {_whole("quantity", 4)} AS BIGINT) END"""


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
        number("quantity", "Seats or units.", low=0, high=1_000_000_000),
        money("amount", "The line's total per interval, before discount and without tax."),
        Column("unit_amount", Type.PRICE, "The price of one unit per interval; the total is this times quantity."),
        text("interval", "How often the amount recurs.", choices=("month", "quarter", "year", "week"), default="month"),
        integer("interval_count", "Every how many intervals: 6 with month is half-yearly.", default="1", low=1),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        share("discount_share", "The fraction taken off, 0.1 is 10 %."),
        money("discount_amount", "The amount taken off per interval.", low=0),
        text(
            "discount_kind",
            "Whether the discount recurs or is given once.",
            choices=("recurring", "once"),
            default="recurring",
        ),
        time("discount_ends_at", "When the discount ends, exclusive.", is_end=True),
        money("committed_amount", "The committed minimum per interval of a line billed by use.", low=0),
        boolean("is_trial", "A trial: no customer yet.", default="false"),
        boolean("is_paused", "Paused: not paying for now.", default="false"),
        time("started_at", "When the line, or this price of it, begins.", required=True),
        time(
            "ended_at",
            "The end of the paid time, exclusive; empty while it runs.",
            is_end=True,
            learned=("cancel_requested_at", "ended_at"),
        ),
        time("cancel_requested_at", "When notice was given.", learned=("cancel_requested_at",)),
        money("arr", "Yearly amount according to the source.", check_only=True),
        text("status", "Status according to the source.", check_only=True),
    ),
    derived=(
        Derived(
            "monthly_list",
            "BIGINT",
            "int64",
            _LIST_MONTHLY,
            "Per month before discount, in ten-thousandths of the line's currency.",
        ),
        Derived(
            "monthly",
            "BIGINT",
            "int64",
            _monthly(_AFTER, discounted=True),
            "Per month after recurring discount, in ten-thousandths of the line's currency.",
        ),
        Derived(
            "monthly_unit",
            "BIGINT",
            "int64",
            _UNIT,
            "The list price of one unit per month, in ten-thousandths of the line's currency, cut off.",
        ),
        Derived(
            "started_day",
            "DATE",
            "date",
            "(started_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which the line begins.",
        ),
        Derived(
            "ended_day",
            "DATE",
            "date",
            "(ended_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which the line ends.",
        ),
        Derived(
            "cancel_requested_day",
            "DATE",
            "date",
            "(cancel_requested_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which notice was given.",
        ),
        Derived(
            "discount_ends_day",
            "DATE",
            "date",
            "(discount_ends_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which the discount ends.",
        ),
    ),
)
