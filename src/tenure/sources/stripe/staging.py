"""What Stripe's tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.stripe.lines import ITEMS_LINES, PRICES, SUBSCRIPTIONS, TESTED, VERSIONS, whole_lines
from tenure.sources.stripe.words import instant, no, written, yes
from tenure.sources.vendor import Ask, Made, Personal, Vendor

_SUBSCRIPTION = (
    "id", "customer_id", "status", "created", "start_date", "start", "ended_at", "canceled_at", "cancel_at",
    "cancel_at_period_end", "current_period_start", "current_period_end", "trial_start", "trial_end",
    "pause_collection_behavior", "plan_id", "quantity", "livemode", "cancellation_details_reason",
    "cancellation_details_feedback", "cancellation_details_comment", "_fivetran_start", "_fivetran_active",
    "_fivetran_synced",
)  # fmt: skip
_DISCOUNT = ("id", "subscription_id", "customer_id", "coupon_id", "start", "end", "invoice_id", "invoice_item_id")

COLUMNS: dict[str, tuple[str, ...]] = {
    "customer": (
        "id", "name", "description", "email", "created", "currency", "is_deleted", "livemode", "_fivetran_synced",
    ),
    "product": ("id", "livemode"),
    "price": (
        "id", "product_id", "currency", "unit_amount", "unit_amount_decimal", "recurring_interval",
        "recurring_interval_count", "recurring_usage_type", "billing_scheme", "nickname", "type",
        "transform_quantity_divide_by", "transform_quantity_round", "livemode", "_fivetran_synced",
    ),
    "plan": (
        "id", "product_id", "currency", "amount", "amount_decimal", "interval", "interval_count", "usage_type",
        "billing_scheme", "nickname", "transform_usage_divide_by", "transform_usage_round", "livemode",
        "_fivetran_synced",
    ),
    "subscription": _SUBSCRIPTION,
    "subscription_history": _SUBSCRIPTION,
    "subscription_item": (
        "id", "subscription_id", "price_id", "plan_id", "quantity", "created", "is_deleted", "_fivetran_synced",
    ),
    "coupon": (
        "id", "amount_off", "percent_off", "currency", "duration", "duration_in_months", "_fivetran_synced",
    ),
    "subscription_discount": _DISCOUNT,
    "discount": (*_DISCOUNT, "checkout_session_id"),
    "invoice": (
        "id", "customer_id", "status", "paid", "is_deleted", "livemode", "total", "tax", "total_excluding_tax", "currency",
        "status_transitions_finalized_at", "finalized_at", "created", "date", "period_end", "charge_id",
        "payment_intent_id", "paid_out_of_band", "amount_paid", "starting_balance", "ending_balance",
        "status_transitions_paid_at", "_fivetran_synced",
    ),
    "invoice_line_item": (
        "id", "invoice_id", "type", "amount", "currency", "price_id", "plan_id", "subscription_id",
        "subscription_item_id", "quantity", "period_start", "period_end", "livemode",
    ),
    "charge": (
        "id", "invoice_id", "payment_intent_id", "amount", "amount_captured", "captured", "currency", "status", "livemode",
        "_fivetran_synced",
    ),
    "refund": ("id", "charge_id", "amount", "currency", "status", "_fivetran_synced"),
    "dispute": ("id", "charge_id", "amount", "currency", "status", "livemode", "_fivetran_synced"),
    "credit_note": ("id", "total", "amount", "currency", "livemode", "_fivetran_synced"),
}  # fmt: skip

CUSTOMERS = Made(
    ("customer",),
    f"""
    SELECT DISTINCT ON (id) id, coalesce(name, description, id) AS name, upper(currency) AS currency,
        CASE WHEN {yes("is_deleted")} THEN 'true' END AS churn_flag
    FROM customer ORDER BY id, _fivetran_synced DESC
    """,
)

PEOPLE = Made(
    ("customer",),
    f"""
    SELECT DISTINCT ON (id) id AS person_id, id AS account_id, name, email, created AS created_at
    FROM customer WHERE email IS NOT NULL AND NOT {no("livemode")} ORDER BY id, _fivetran_synced DESC
    """,
)

_PLANS = f"SELECT DISTINCT plan, product_id FROM ({PRICES}) WHERE coalesce(type, 'recurring') = 'recurring' "

_ISSUED = 'coalesce(l.status_transitions_finalized_at, l.finalized_at, l.created, l."date", l.period_end)'
#: The status of an invoice and when it was issued, as far as the columns of its generation tell; its one line, if it has one.
INVOICES = Made(
    ("invoice", "invoice_line_item"),
    f"""
    WITH latest AS (SELECT DISTINCT ON (id) * FROM invoice ORDER BY id, _fivetran_synced DESC),
        single AS (
            SELECT invoice_id, min(subscription_item_id) AS item FROM invoice_line_item GROUP BY 1
            HAVING count(DISTINCT subscription_item_id) = 1 AND count(*) = count(subscription_item_id)
        )
    SELECT l.id, l.customer_id, {written("l.total", "l.currency")} AS amount, o.item,
        CASE WHEN {yes("l.is_deleted")} THEN 'void' WHEN l.status IS NULL AND {yes("l.paid")} THEN 'paid'
            ELSE l.status END AS status,
        coalesce(CAST({instant(_ISSUED)} AS VARCHAR), {_ISSUED}) AS issued_at
    FROM latest l LEFT JOIN single o ON o.invoice_id = l.id ORDER BY l.id
    """,
)

#: In the order of the file. What names an item recurs, unless its price is for use or is paid once.
BILLED = Made(
    ("invoice_line_item", "price", "plan"),
    f"""
    WITH price AS ({PRICES})
    SELECT l.invoice_id, CASE WHEN p.metered THEN 'usage' WHEN p.type = 'one_time' THEN 'one_off'
            WHEN l.type = 'subscription' OR l.subscription_item_id IS NOT NULL THEN 'recurring' ELSE 'one_off' END AS kind,
        p.product_id, l.subscription_item_id AS subscription_id, {instant("l.period_start")} AS period_start,
        nullif({instant("l.period_end")}, {instant("l.period_start")}) AS period_end,
        {written("l.amount", "l.currency")} AS amount
    FROM invoice_line_item l LEFT JOIN price p ON p.id = coalesce(l.price_id, l.plan_id)
    WHERE NOT {no("l.livemode")} ORDER BY l.rowid
    """,
)

TAXES = Made(
    ("invoice",),
    f"""
    SELECT id AS invoice_id, 'tax' AS kind, {written("tax", "currency")} AS amount FROM (
        SELECT DISTINCT ON (id) id, currency, livemode, coalesce(tax, CAST(
            TRY_CAST(total AS DECIMAL(28, 7)) - TRY_CAST(total_excluding_tax AS DECIMAL(28, 7)) AS VARCHAR)) AS tax
        FROM invoice ORDER BY id, _fivetran_synced DESC
    ) WHERE NOT {no("livemode")} AND coalesce(TRY_CAST(tax AS DOUBLE), 1) <> 0 AND tax IS NOT NULL ORDER BY id
    """,
)

#: The charges that succeeded and paid an invoice: by the charge, by the invoice, or by the payment that both belong to.
CHARGES = Made(
    ("charge", "invoice"),
    """
    WITH invoiced AS (SELECT DISTINCT ON (id) * FROM invoice ORDER BY id, _fivetran_synced DESC)
    SELECT DISTINCT ON (c.id) c.id, coalesce(c.invoice_id, i.id, p.id) AS invoice_id
    FROM charge c LEFT JOIN invoiced i ON i.charge_id = c.id LEFT JOIN invoiced p ON p.payment_intent_id = c.payment_intent_id
    WHERE coalesce(c.invoice_id, i.id, p.id) IS NOT NULL AND c.status = 'succeeded' ORDER BY c.id, c._fivetran_synced DESC
    """,
)

#: What was paid by other ways than through Stripe, as Stripe was told, and from the credit that a customer had.
ELSEWHERE = Made(
    ("invoice",),
    f"""
    WITH latest AS (
            SELECT DISTINCT ON (id) *, {_ISSUED} AS issued_at,
                TRY_CAST(ending_balance AS DECIMAL(28, 7)) - TRY_CAST(starting_balance AS DECIMAL(28, 7)) AS credit
            FROM invoice l ORDER BY id, _fivetran_synced DESC
        ), told AS (
            SELECT id || ':out_of_band' AS payment_id, id, amount_paid AS amount, currency,
                status_transitions_paid_at AS paid_at
            FROM latest WHERE {yes("paid_out_of_band")} AND NOT {no("livemode")}
            UNION ALL
            SELECT id || ':balance', id, CAST(credit AS VARCHAR), currency, issued_at FROM latest
            WHERE credit > 0 AND status IN ('open', 'paid', 'uncollectible') AND NOT {no("livemode")}
        )
    SELECT payment_id, id AS invoice_id, {written("amount", "currency")} AS amount, upper(currency) AS currency,
        coalesce(CAST({instant("paid_at")} AS VARCHAR), paid_at) AS paid_at
    FROM told ORDER BY payment_id
    """,
)


def _amounts(stream: str, amount: str = "amount") -> Made:
    told = f"SELECT DISTINCT ON (id) id, {written(amount, 'currency')} AS amount FROM {stream}"
    return Made((stream,), f"{told} ORDER BY id, _fivetran_synced DESC")


_KNOWN = f"WITH version AS ({VERSIONS}), sub AS ({SUBSCRIPTIONS})"

PAYERS = Made(
    ("subscription_item", "subscription", "subscription_history"),
    f"{_KNOWN} SELECT id AS subscription, customer_id FROM sub ORDER BY id",
)


def _losses(later: int) -> str:
    """Why subscriptions ended, where Stripe was told. ``later``: as of ``whole_lines``."""
    return f"""
    {_KNOWN}
    SELECT id AS churn_id, customer_id AS account_id, stops AS at,
        CASE WHEN cancellation_details_reason IN ('payment_failed', 'payment_disputed') THEN 'non_payment'
            ELSE 'voluntary' END AS kind,
        coalesce(cancellation_details_feedback, cancellation_details_reason) AS reason,
        cancellation_details_comment AS text
    FROM sub WHERE status = 'canceled' AND cancellation_details_reason IS NOT NULL AND later = {later} ORDER BY id
    """


_CAPTURED = f"CASE WHEN {no('captured')} THEN '0' ELSE coalesce(amount_captured, amount) END"
#: All that lines are made of.
_OF = (
    "subscription_item", "subscription", "subscription_history", "price", "plan", "coupon", "discount",
    "subscription_discount", "invoice_line_item", "invoice",
)  # fmt: skip


def remarks(ask: Ask) -> Iterator[str]:
    """What is left out and why, and what the files do not tell."""
    yield from _test_mode(ask)
    yield from _subscriptions(ask)
    yield from _prices(ask)
    yield from _money(ask)


def _test_mode(ask: Ask) -> Iterator[str]:
    for stream, columns in COLUMNS.items():
        if "livemode" in columns:
            ((count,),) = ask(f'SELECT count(*) FROM "{stream}" WHERE {no("livemode")}')
            if count:
                yield f"{stream}: {count:,} of Stripe's test mode left out."


def _subscriptions(ask: Ask) -> Iterator[str]:
    never = "status IN ('incomplete', 'incomplete_expired')"
    ((begun, resting, bare),) = ask(
        f"{_KNOWN} SELECT count(*) FILTER ({never}), count(*) FILTER (rests AND stops IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM version v WHERE v.id = sub.id AND v.known IS NOT NULL)), "
        f"count(*) FILTER (NOT {never} AND plan_id IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM subscription_item i WHERE i.subscription_id = sub.id)) FROM sub"
    )
    if begun:
        yield f"subscription: {begun:,} whose first payment never succeeded (incomplete) left out."
    if resting:
        yield (
            f"subscription: {resting:,} paused or unpaid, and since when is told in no history; they count as resting from "
            "the beginning of the period that runs."
        )
    if bare:
        yield f"subscription: {bare:,} without items in any file left out: what they pay is not known."
    ((lost,),) = ask(
        f"{_KNOWN} SELECT count(*) FROM subscription_item WHERE subscription_id NOT IN (SELECT id FROM sub UNION {TESTED})"
    )
    if lost:
        yield f"subscription_item: {lost:,} of subscriptions that are in no file, so that nobody is known who pays."


def _prices(ask: Ask) -> Iterator[str]:
    ((tiered, metered),) = ask(
        f"SELECT count(*) FILTER (tiered AND NOT metered), count(*) FILTER (metered) FROM ({PRICES})"
    )
    if tiered:
        yield f"price: {tiered:,} with tiers, which no file tells: lines at these have no amount and are refused."
    if metered:
        yield f"price: {metered:,} by use: lines at these commit to nothing; what was used is in invoice lines."
    ((unpriced,),) = ask(
        f"SELECT count(*) FROM subscription_item WHERE NOT {yes('is_deleted')} "
        f"AND coalesce(subscription_id, '') NOT IN ({TESTED}) AND coalesce(price_id, plan_id, '') NOT IN (SELECT id FROM ({PRICES}))"
    )
    if unpriced:
        yield f"subscription_item: {unpriced:,} at prices that are in no file: these lines have no amount and are refused."
    for coupon, count in ask(
        "SELECT coupon_id, count(*) FROM (SELECT id, coupon_id FROM subscription_discount UNION SELECT id, coupon_id FROM "
        "discount) WHERE coupon_id NOT IN (SELECT id FROM coupon) GROUP BY 1 ORDER BY 1"
    ):
        yield f"discount: the coupon {coupon!r} ({count:,}) is in no file; what it takes off is not counted."


def _money(ask: Ask) -> Iterator[str]:
    ((undated,),) = ask(
        'SELECT count(*) FROM invoice WHERE coalesce(status_transitions_finalized_at, finalized_at, created, "date") IS NULL'
    )
    if undated:
        yield f"invoice: {undated:,} do not say when they were issued; the end of their period stands for it."
    ((unseen,),) = ask(
        f"SELECT count(DISTINCT id) FROM invoice WHERE status = 'paid' AND TRY_CAST(amount_paid AS DOUBLE) > 0 "
        f"AND NOT {yes('paid_out_of_band')} AND NOT {no('livemode')} AND id NOT IN (SELECT invoice_id FROM ({CHARGES.sql}))"
    )
    if unseen:
        yield f"invoice: {unseen:,} paid by charges that are in no file or name no invoice; by their payments they are unpaid."
    for stream, counted in (("charge", "succeeded"), ("refund", "succeeded"), ("dispute", "lost")):
        for status, count in ask(
            f"SELECT coalesce(status, ''), count(*) FROM {stream} WHERE coalesce(status, '') <> '{counted}' "
            "GROUP BY 1 ORDER BY 1"
        ):
            yield f"{stream}: {count:,} {status or 'without status'} left out: no money moved for good."


VENDOR = Vendor(
    name="stripe",
    columns=COLUMNS,
    made={
        "customers": CUSTOMERS, "people": PEOPLE,
        "prices": Made(("price", "plan"), f"{_PLANS} AND id IN (SELECT id FROM price) ORDER BY ALL"),
        "plans": Made(("plan", "price"), f"{_PLANS} AND id NOT IN (SELECT id FROM price) ORDER BY ALL"),
        "lines": Made(_OF, ITEMS_LINES),
        "plan_lines": Made(("subscription", *_OF), whole_lines(0)),
        "past_lines": Made(("subscription_history", *_OF), whole_lines(1)),
        "losses": Made(("subscription", "subscription_history"), _losses(0)),
        "past_losses": Made(("subscription_history", "subscription"), _losses(1)),
        "payers": PAYERS, "invoices": INVOICES, "billed": BILLED, "taxes": TAXES, "charges_of_invoices": CHARGES,
        "elsewhere": ELSEWHERE, "charges": _amounts("charge", _CAPTURED),
        "refunds": _amounts("refund"), "disputes": _amounts("dispute"),
        "credit_notes": _amounts("credit_note", "coalesce(total, amount)"),
    },
    remarks=remarks,
    aside=frozenset({
        "account", "balance_transaction", "card", "credit_note_line_item", "fee", "payment_intent", "payment_method",
        "payment_method_card", "payout", "payout_balance_transaction", "transfer",
    }),
    personal={
        "customer": Personal(("id",), ("email",), own=True),
        "subscription": Personal(("customer_id",), ("cancellation_details_comment",)),
        "subscription_discount": Personal(("customer_id",)),
        "discount": Personal(("customer_id",)),
        "invoice": Personal(("customer_id",)),
    },
)  # fmt: skip
