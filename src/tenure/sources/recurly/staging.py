"""What Recurly's tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.recurly.lines import ACCOUNTS, LINES, PLANS, PRODUCTS, SUBSCRIPTIONS, VERSIONS, latest
from tenure.sources.vendor import Ask, Made, Vendor, moment

COLUMNS: dict[str, tuple[str, ...]] = {
    "account_history": (
        "id", "code", "company", "email", "account_first_name", "account_last_name", "account_country", "state",
        "created_at", "updated_at", "deleted_at", "parent_account_id", "_fivetran_synced",
    ),
    "plan_history": (
        "id", "code", "name", "interval_unit", "interval_length", "updated_at", "_fivetran_synced",
    ),
    "plan_add_on_history": ("id", "code", "name", "add_on_type", "updated_at", "_fivetran_synced"),
    "subscription_history": (
        "id", "account_id", "plan_id", "state", "currency", "unit_amount", "quantity", "add_ons_total", "created_at",
        "updated_at", "activated_at", "canceled_at", "expires_at", "current_period_started_at", "current_term_ends_at",
        "trial_started_at", "trial_ends_at", "paused_at", "expiration_reason", "_fivetran_synced",
    ),
    "subscription_add_on_history": (
        "id", "subscription_id", "plan_add_on_id", "unit_amount", "quantity", "created_at", "updated_at", "expired_at",
        "_fivetran_synced",
    ),
    "subscription_change_history": (
        "id", "subscription_id", "plan_id", "unit_amount", "quantity", "activate_at", "activated",
    ),
    "coupon_history": ("id", "duration", "updated_at", "_fivetran_synced"),
    "coupon_discount": ("coupon_id", "type", "percentage", "amount", "currency"),
    "coupon_redemption_history": (
        "id", "account_id", "subscription_id", "coupon_id", "created_at", "removed_at", "updated_at", "_fivetran_synced",
    ),
    "invoice_history": (
        "id", "account_id", "type", "origin", "state", "currency", "total", "tax", "previous_invoice_id", "created_at",
        "due_at", "updated_at", "_fivetran_synced",
    ),
    "invoice_subscription_history": ("invoice_id", "subscription_id"),
    "line_item_history": (
        "id", "invoice_id", "subscription_id", "plan_id", "add_on_id", "origin", "subtotal", "discount", "start_date",
        "end_date", "updated_at", "_fivetran_synced",
    ),
    "transaction": (
        "id", "invoice_id", "type", "status", "amount", "currency", "created_at", "collected_at", "_fivetran_synced",
    ),
    "credit_payment_history": (
        "id", "applied_to_invoice_id", "action", "amount", "currency", "created_at", "voided_at", "updated_at",
        "_fivetran_synced",
    ),
}  # fmt: skip

#: What a line is of, by its origin. The others are no sale: credits, balances brought forward, gift cards.
_KINDS = {
    "plan": "recurring", "plan_trial": "recurring", "add_on": "recurring", "add_on_trial": "recurring",
    "setup_fee": "setup", "debit": "one_off", "one_time": "one_off",
}  # fmt: skip
_ORIGINS = ", ".join(f"'{origin}'" for origin in _KINDS)
_WHENS = " ".join(f"WHEN '{origin}' THEN '{kind}'" for origin, kind in _KINDS.items())
_MOVED = "status = 'success' AND type IN ('purchase', 'capture', 'refund')"

ACCOUNT_ROWS = Made(
    ("account_history",),
    f"""
    WITH account AS ({ACCOUNTS})
    SELECT coalesce(h.code, h.id) AS account_id, coalesce(h.company, h.code, h.id) AS name,
        coalesce(p.account_id, h.parent_account_id) AS parent_id, h.account_country AS country, h.created_at,
        CASE WHEN h.state IN ('inactive', 'closed') OR h.deleted_at IS NOT NULL THEN 'true' END AS churn_flag
    FROM {latest("account_history")} h LEFT JOIN account p ON p.id = h.parent_account_id ORDER BY 1
    """,
)

PEOPLE = Made(
    ("account_history",),
    f"""
    SELECT id AS person_id, coalesce(code, id) AS account_id,
        nullif(concat_ws(' ', account_first_name, account_last_name), '') AS name, email, created_at
    FROM {latest("account_history")}
    WHERE email IS NOT NULL OR account_first_name IS NOT NULL OR account_last_name IS NOT NULL ORDER BY id
    """,
)

PAYERS = Made(
    ("subscription_history", "account_history"),
    f"""
    WITH version AS ({VERSIONS}), sub AS ({SUBSCRIPTIONS}), account AS ({ACCOUNTS})
    SELECT s.id AS subscription, coalesce(a.account_id, s.account_id) AS account_id
    FROM sub s LEFT JOIN account a ON a.id = s.account_id ORDER BY 1
    """,
)

LOSSES = Made(
    ("subscription_history", "account_history"),
    f"""
    WITH version AS ({VERSIONS}), sub AS ({SUBSCRIPTIONS}), account AS ({ACCOUNTS})
    SELECT s.id AS churn_id, coalesce(a.account_id, s.account_id) AS account_id, s.id AS subscription_id, s.stops AS at,
        CASE WHEN s.expiration_reason LIKE 'nonpayment%' THEN 'non_payment' ELSE 'voluntary' END AS kind,
        s.expiration_reason AS reason
    FROM sub s LEFT JOIN account a ON a.id = s.account_id
    WHERE s.state = 'expired' AND s.expiration_reason IS NOT NULL ORDER BY 1
    """,
)

INVOICES = Made(
    ("invoice_history", "account_history", "invoice_subscription_history"),
    f"""
    WITH account AS ({ACCOUNTS}), single AS (
            SELECT invoice_id, min(subscription_id) AS subscription_id FROM invoice_subscription_history GROUP BY 1
            HAVING count(DISTINCT subscription_id) = 1
        )
    SELECT h.id AS invoice_id, coalesce(a.account_id, h.account_id) AS account_id, o.subscription_id,
        CASE WHEN h.type <> 'credit' OR h.type IS NULL THEN 'invoice' WHEN h.origin = 'write_off' THEN 'write_off'
            ELSE 'credit_note' END AS kind,
        CASE WHEN h.type = 'credit' THEN h.previous_invoice_id END AS credits_id, h.total AS amount,
        upper(h.currency) AS currency, h.created_at AS issued_at, h.due_at, h.state AS status
    FROM {latest("invoice_history")} h LEFT JOIN account a ON a.id = h.account_id
    LEFT JOIN single o ON o.invoice_id = h.id ORDER BY 1
    """,
)

BILLED = Made(
    ("line_item_history", "plan_add_on_history"),
    f"""
    WITH product AS ({PRODUCTS})
    SELECT l.invoice_id, CASE WHEN p.add_on_type = 'usage' THEN 'usage' ELSE CASE l.origin {_WHENS} END END AS kind,
        coalesce(p.product_id, l.add_on_id) AS product_id, l.subscription_id, {moment("l.start_date")} AS period_start,
        nullif({moment("l.end_date")}, {moment("l.start_date")}) AS period_end,
        coalesce(CAST(TRY_CAST(l.subtotal AS DECIMAL(18, 4)) - coalesce(TRY_CAST(l.discount AS DECIMAL(18, 4)), 0) AS VARCHAR),
            l.subtotal) AS amount
    FROM {latest("line_item_history")} l LEFT JOIN product p ON p.id = l.add_on_id
    WHERE l.origin IN ({_ORIGINS}) AND l.invoice_id IS NOT NULL ORDER BY l.id
    """,
)

TAXES = Made(
    ("invoice_history",),
    f"""
    SELECT id AS invoice_id, 'tax' AS kind, tax AS amount FROM {latest("invoice_history")}
    WHERE coalesce(TRY_CAST(tax AS DOUBLE), 1) <> 0 AND tax IS NOT NULL ORDER BY id
    """,
)

#: Credit that was applied to an invoice pays it, as money does.
CREDITED = Made(
    ("credit_payment_history",),
    f"""
    SELECT id AS payment_id, applied_to_invoice_id AS invoice_id, amount, upper(currency) AS currency, created_at AS paid_at
    FROM {latest("credit_payment_history")} WHERE action = 'payment' AND voided_at IS NULL ORDER BY id
    """,
)


def remarks(ask: Ask) -> Iterator[str]:
    """What is left out and why, and what the files do not tell."""
    for stream in sorted(name for name in COLUMNS if "updated_at" in COLUMNS[name]):
        ((older,),) = ask(f"SELECT count(*) - count(DISTINCT id) FROM {stream}")
        if older:
            yield f"{stream}: {older:,} older versions{_OLDER.get(stream, '; the last of each counts')}."
    yield from _subscriptions(ask)
    yield from _money(ask)


_OLDER = {
    "subscription_history": " tell what was paid before", "subscription_add_on_history": " tell what was paid before",
}  # fmt: skip


def _subscriptions(ask: Ask) -> Iterator[str]:
    known = f"WITH version AS ({VERSIONS}), sub AS ({SUBSCRIPTIONS})"
    ((failed, totals),) = ask(
        f"{known} SELECT count(*) FILTER (state = 'failed'), count(*) FILTER (add_ons_total > 0 AND id NOT IN "
        "(SELECT subscription_id FROM subscription_add_on_history WHERE subscription_id IS NOT NULL)) FROM sub"
    )
    if failed:
        yield f"subscription_history: {failed:,} whose first payment failed left out."
    if totals:
        yield f"subscription_history: {totals:,} with add-ons that are in no file; their total is a line of its own."
    ((unknown,),) = ask(
        "SELECT count(DISTINCT r.id) FROM coupon_redemption_history r WHERE r.coupon_id NOT IN "
        "(SELECT coupon_id FROM coupon_discount WHERE coupon_id IS NOT NULL)"
    )
    if unknown:
        yield f"coupon_redemption_history: {unknown:,} of coupons that are in no file; what they take off is not counted."
    ((open_ended,),) = ask(
        "SELECT count(DISTINCT r.id) FROM coupon_redemption_history r WHERE r.coupon_id NOT IN "
        "(SELECT id FROM coupon_history WHERE id IS NOT NULL)"
    )
    if open_ended:
        yield (
            f"coupon_redemption_history: {open_ended:,} whose coupon does not say how long it holds (coupon_history); they "
            "count until they are removed."
        )


def _money(ask: Ask) -> Iterator[str]:
    for origin, count in ask(
        f"SELECT coalesce(origin, ''), count(*) FROM {latest('line_item_history')} WHERE origin IS NULL "
        f"OR origin NOT IN ({_ORIGINS}) GROUP BY 1 ORDER BY 1"
    ):
        yield f"line_item_history: {count:,} {origin or 'without origin'} left out: it is no sale."
    ((waiting,),) = ask(
        f"SELECT count(*) FROM {latest('line_item_history')} WHERE origin IN ({_ORIGINS}) AND invoice_id IS NULL"
    )
    if waiting:
        yield f"line_item_history: {waiting:,} not yet on an invoice left out."
    for kind, status, count in ask(
        "SELECT coalesce(type, 'without type'), coalesce(status, 'without status'), count(*) FROM \"transaction\" "
        f"WHERE NOT coalesce({_MOVED}, false) GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        yield f"transaction: {count:,} {kind}, {status}, left out: no money moved for good."
    for action, voided, count in ask(
        f"SELECT coalesce(action, ''), voided_at IS NOT NULL, count(*) FROM {latest('credit_payment_history')} "
        "WHERE NOT (coalesce(action, '') = 'payment' AND voided_at IS NULL) GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        yield f"credit_payment_history: {count:,} {action}{', voided,' if voided else ''} left out: it paid no invoice."


VENDOR = Vendor(
    name="recurly",
    columns=COLUMNS,
    made={
        "accounts": ACCOUNT_ROWS, "people": PEOPLE, "payers": PAYERS, "losses": LOSSES, "invoices": INVOICES,
        "billed": BILLED, "taxes": TAXES, "credited": CREDITED,
        "products": Made(
            ("plan_add_on_history",),
            f"SELECT product_id, min(name) AS name FROM ({PRODUCTS}) GROUP BY 1 ORDER BY 1",
        ),
        "plans": Made(("plan_history",), f"SELECT DISTINCT code AS plan FROM ({PLANS}) ORDER BY 1"),
        "intervals": Made(("plan_history",), f'SELECT id, "interval" FROM ({PLANS}) ORDER BY 1'),
        "lines": Made(
            ("subscription_history", "subscription_add_on_history", "subscription_change_history", "plan_history",
             "plan_add_on_history", "coupon_history", "coupon_discount", "coupon_redemption_history"), LINES,
        ),
    },
    remarks=remarks,
    aside=frozenset({
        "account_balance_history", "account_note_history", "billing_info_history",
        "invoice_coupon_redemption_history", "plan_currency_history", "transaction_subscription",
    }),
)  # fmt: skip
