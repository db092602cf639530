"""What Stripe's subscriptions pay, line by line and stretch by stretch, as SQL. Reasons: DECISIONS.md beside this file.

A line is an item of a subscription. What it pays can change at a **moment**: when it begins, when a trial begins or ends,
when an invoice bills another price or quantity, when a discount begins or ends, when a pause does. Each row is the line
from one such moment on; moments at which nothing changed are dropped.
"""

from __future__ import annotations

from tenure.sources.stripe.words import instant, major, no, yes

#: An item that was made along with its subscription may be some moments younger.
_TOGETHER = "INTERVAL 1 MINUTE"

#: Prices of both generations: a plan is a price that recurs, under the same id.
PRICES = f"""
    SELECT DISTINCT ON (id) *, coalesce(nickname, id) AS plan,
        {major("coalesce(exact, rounded)", "currency")} AS per,
        coalesce(usage_type, '') = 'metered' AS metered, coalesce(scheme, '') = 'tiered' AS tiered
    FROM (
        SELECT 0 AS later, id, product_id, upper(currency) AS currency, unit_amount_decimal AS exact, unit_amount AS rounded,
            recurring_interval AS every, TRY_CAST(recurring_interval_count AS BIGINT) AS every_count,
            recurring_usage_type AS usage_type, billing_scheme AS scheme, nickname, type,
            TRY_CAST(transform_quantity_divide_by AS BIGINT) AS packed, transform_quantity_round AS rounding, livemode,
            _fivetran_synced
        FROM price
        UNION ALL
        SELECT 1, id, product_id, upper(currency), amount_decimal, amount, "interval",
            TRY_CAST(interval_count AS BIGINT), usage_type, billing_scheme, nickname, 'recurring',
            TRY_CAST(transform_usage_divide_by AS BIGINT), transform_usage_round, livemode, _fivetran_synced
        FROM plan
    ) WHERE NOT {no("livemode")} ORDER BY id, later, _fivetran_synced DESC
"""

_TIMES = (
    "created", "start_date", "start", "ended_at", "canceled_at", "cancel_at", "current_period_start",
    "current_period_end", "trial_start", "trial_end",
)  # fmt: skip
_WORDS = (
    "id", "customer_id", "status", "cancel_at_period_end", "pause_collection_behavior", "plan_id", "quantity", "livemode",
    "cancellation_details_reason", "cancellation_details_feedback", "cancellation_details_comment",
)  # fmt: skip
_QUOTED = [f'"{name}"' for name in _TIMES]
_VERSION = ", ".join([*_WORDS, *(f"{instant(name)} AS {name}" for name in _QUOTED)])

#: All that is told of subscriptions: each row is one as it was from ``known`` on, which only histories say.
VERSIONS = f"""
    SELECT *, status IN ('unpaid', 'paused') OR pause_collection_behavior IS NOT NULL AS rests FROM (
        SELECT 0 AS later, {_VERSION}, {instant("_fivetran_start")} AS known, _fivetran_active, _fivetran_synced
        FROM subscription
        UNION ALL
        SELECT 1, {_VERSION}, {instant("_fivetran_start")}, _fivetran_active, _fivetran_synced FROM subscription_history
    ) WHERE NOT {no("livemode")}
"""

#: Each subscription as it stands, with when its paid time ends, and from when on it rests as far as only this row tells.
SUBSCRIPTIONS = f"""
    SELECT *, coalesce(start_date, start, created) AS begins,
        coalesce(ended_at, CASE WHEN status = 'canceled' THEN canceled_at END, cancel_at,
            CASE WHEN {yes("cancel_at_period_end")} THEN current_period_end END) AS stops,
        CASE WHEN status = 'paused' THEN coalesce(trial_end, current_period_start)
            WHEN rests THEN current_period_start END AS rests_from
    FROM (
        SELECT DISTINCT ON (id) * FROM version
        ORDER BY id, later, {no("_fivetran_active")}, known DESC NULLS LAST, _fivetran_synced DESC
    )
"""

#: Subscriptions of test mode, whose items do not say so themselves.
TESTED = " UNION ".join(
    f"SELECT id FROM {stream} WHERE id IS NOT NULL AND {no('livemode')}"
    for stream in ("subscription", "subscription_history")
)

#: The items. One that is gone is known from the invoices that billed it: until it was credited, or else as long as billed.
_ITEMS = f"""
    SELECT *, NULL::TIMESTAMP AS gone FROM (
        SELECT DISTINCT ON (id) id, subscription_id, coalesce(price_id, plan_id) AS price, quantity,
            {instant("created")} AS added, {instant("_fivetran_synced")} AS seen
        FROM subscription_item WHERE NOT {yes("is_deleted")} AND coalesce(subscription_id, '') NOT IN ({TESTED})
        ORDER BY id, _fivetran_synced DESC
    )
    UNION ALL
    SELECT item, min(subscription_id), arg_max(price, began), arg_max(quantity, began), min(began), NULL,
        coalesce(min(credited) FILTER (credited >= last_began), max(until))
    FROM (
        SELECT *, max(began) OVER (PARTITION BY item) AS last_began,
            (SELECT max({instant("c.period_start")}) FROM invoice_line_item c
                WHERE c.subscription_item_id = billed.item AND TRY_CAST(c.amount AS DECIMAL(28, 7)) < 0) AS credited
        FROM billed WHERE item NOT IN (SELECT id FROM subscription_item WHERE id IS NOT NULL AND NOT {yes("is_deleted")})
    ) GROUP BY item
"""
#: Discounts that recur, one row each, of a subscription or of all of a customer's that have none of their own.
_DISCOUNTS = f"""
    SELECT d.subscription_id, d.customer_id, d.since, upper(c.currency) AS currency,
        coalesce(d.until, CASE WHEN c.duration = 'repeating' THEN
            d.since + to_months(TRY_CAST(c.duration_in_months AS INTEGER)) END) AS until,
        TRY_CAST(c.percent_off AS DOUBLE) / 100 AS part, {major("c.amount_off", "c.currency")} AS taken
    FROM (
        SELECT id, subscription_id, customer_id, coupon_id, {instant('"start"')} AS since, {instant('"end"')} AS until
        FROM subscription_discount WHERE invoice_id IS NULL AND invoice_item_id IS NULL
        UNION
        SELECT id, subscription_id, customer_id, coupon_id, {instant('"start"')}, {instant('"end"')}
        FROM discount WHERE invoice_id IS NULL AND invoice_item_id IS NULL AND checkout_session_id IS NULL
    ) d JOIN (SELECT DISTINCT ON (id) * FROM coupon ORDER BY id, _fivetran_synced DESC) c ON c.id = d.coupon_id
    WHERE c.duration <> 'once' AND d.since IS NOT NULL
"""

#: What invoices billed of each item: ``price`` and ``quantity`` from ``began`` on. Credits are of what was before; use is none.
_BILLED = f"""
    SELECT l.subscription_item_id AS item, l.subscription_id, {instant("l.period_start")} AS began,
        {instant("l.period_end")} AS until, coalesce(l.price_id, l.plan_id) AS price,
        TRY_CAST(l.quantity AS DECIMAL(18, 4)) AS quantity
    FROM invoice_line_item l JOIN price p ON p.id = coalesce(l.price_id, l.plan_id) AND NOT p.metered AND NOT p.tiered
    LEFT JOIN (SELECT DISTINCT ON (id) id, status FROM invoice ORDER BY id, _fivetran_synced DESC) i ON i.id = l.invoice_id
    WHERE l.subscription_item_id IS NOT NULL AND TRY_CAST(l.amount AS DECIMAL(28, 7)) >= 0 AND NOT {no("l.livemode")}
        AND coalesce(i.status, '') NOT IN ('draft', 'void') AND {instant("l.period_start")} IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY item, began ORDER BY l.rowid DESC) = 1
"""

_LINES = f"""
    SELECT i.id AS line, i.subscription_id, i.price, TRY_CAST(i.quantity AS DECIMAL(18, 4)) AS quantity, i.seen,
        s.* EXCLUDE (id, quantity, begins, stops, status), least(s.stops, i.gone) AS stops,
        CASE WHEN i.gone IS NULL THEN s.status ELSE 'canceled' END AS status,
        CASE WHEN i.added > s.created + {_TOGETHER} THEN i.added ELSE coalesce(s.begins, i.added) END AS begins
    FROM item i LEFT JOIN sub s ON s.id = i.subscription_id
    WHERE coalesce(s.status, '') NOT IN ('incomplete', 'incomplete_expired')
"""

#: And what an item pays now, if it was never billed or something else was billed last.
_PAYS = """
    SELECT * FROM (
        SELECT 0 AS standing, item, began, price, quantity FROM billed
        UNION ALL
        SELECT 1, l.line, CASE WHEN b.item IS NULL THEN l.begins ELSE greatest(b.began, l.seen) END, l.price, l.quantity
        FROM line l LEFT JOIN (SELECT DISTINCT ON (item) * FROM billed ORDER BY item, began DESC) b ON b.item = l.line
        WHERE b.item IS NULL OR (b.price, b.quantity) IS DISTINCT FROM (l.price, l.quantity)
    ) QUALIFY row_number() OVER (PARTITION BY item, began ORDER BY standing DESC) = 1
"""

_REDUCED = """
    SELECT l.line, d.* FROM line l JOIN discount_of d ON d.subscription_id = l.subscription_id
        OR (d.subscription_id IS NULL AND d.customer_id = l.customer_id AND NOT EXISTS (
            SELECT 1 FROM discount_of o WHERE o.subscription_id = l.subscription_id
        ))
"""

#: The moments of a whole subscription, since its lines share what is taken off.
_MOMENTS = """
    SELECT subscription_id, unnest([begins, trial_start, trial_end, rests_from]) AS began FROM line
    UNION SELECT l.subscription_id, unnest([r.since, r.until]) FROM reduced r JOIN line l USING (line)
    UNION SELECT l.subscription_id, p.began FROM pays p JOIN line l ON l.line = p.item
    UNION SELECT id, known FROM version
"""

#: Before the first that is told of what an item pays, it paid the same.
_STRETCHES = """
    SELECT l.*, m.began, coalesce(m.began >= l.trial_start AND m.began < l.trial_end, false) AS is_trial,
        coalesce(
            (SELECT arg_max(v.rests, v.known) FROM version v WHERE v.id = l.subscription_id AND v.known <= m.began),
            NOT EXISTS (SELECT 1 FROM version v WHERE v.id = l.subscription_id AND v.known IS NOT NULL)
                AND m.began >= l.rests_from, false
        ) AS is_paused,
        coalesce(
            (SELECT arg_max(struct_pack(price := p.price, quantity := p.quantity), p.began) FROM pays p
                WHERE p.item = l.line AND p.began <= m.began),
            (SELECT arg_min(struct_pack(price := p.price, quantity := p.quantity), p.began) FROM pays p
                WHERE p.item = l.line),
            struct_pack(price := l.price, quantity := l.quantity)
        ) AS paid
    FROM line l LEFT JOIN moment m ON m.subscription_id = l.subscription_id AND m.began >= l.begins
        AND (l.stops IS NULL OR m.began < l.stops OR m.began = l.begins)
"""

#: Days have no word: seven times the price a week is the same.
_PRICED = """
    SELECT s.*, p.plan, p.product_id, p.currency, p.metered, p.tiered, p.packed, p.every_count,
        CASE WHEN p.every = 'day' THEN 'week' ELSE p.every END AS every,
        CASE WHEN p.every = 'day' THEN p.per * 7 ELSE p.per END AS per,
        CASE p.rounding WHEN 'down' THEN floor(s.paid.quantity / p.packed)
            ELSE ceil(s.paid.quantity / p.packed) END AS packs
    FROM stretch s LEFT JOIN price p ON p.id = s.paid.price
"""

_VALUED = """
    SELECT *, CASE WHEN NOT metered AND NOT tiered AND packed IS NOT NULL
            THEN CAST(per * CAST(packs AS BIGINT) AS DECIMAL(18, 4)) END AS amount,
        CASE WHEN NOT metered AND NOT tiered AND packed IS NULL THEN CAST(per AS DECIMAL(18, 8)) END AS unit_amount,
        CASE WHEN metered THEN 0 END AS committed_amount
    FROM priced
"""

#: An amount off is one amount off the whole subscription: each line's part of it is as its own amount.
_WEIGHED = """
    SELECT *, size / nullif(sum(size) OVER (PARTITION BY subscription_id, began), 0) AS portion
    FROM (SELECT *, coalesce(amount, unit_amount * coalesce(paid.quantity, 1), 0) AS size FROM valued)
"""

_RUNS = "r.line = w.line AND r.since <= w.began AND (r.until IS NULL OR r.until > w.began)"
_TOLD = f"""
    SELECT line AS subscription_id, customer_id AS account_id, product_id, plan,
        CASE WHEN NOT metered THEN paid.quantity END AS quantity, amount, unit_amount, committed_amount,
        every AS "interval", every_count AS interval_count, currency,
        (SELECT nullif(round(1 - product(1 - r.part), 6), 0) FROM reduced r WHERE {_RUNS}) AS discount_share,
        (SELECT nullif(round(sum(r.taken) * w.portion, 4), 0) FROM reduced r
            WHERE {_RUNS} AND r.currency = w.currency) AS discount_amount,
        is_trial, is_paused, coalesce(began, begins) AS started_at, stops AS ended_at,
        canceled_at AS cancel_requested_at,
        CASE WHEN rests AND status <> 'unpaid' THEN 'paused' ELSE status END AS status,
        subscription_id AS subscription
    FROM weighed w
"""

#: What makes a row another than the one before it.
_PAID = """product_id, plan, quantity, amount, unit_amount, committed_amount, "interval", interval_count, currency,
        discount_share, discount_amount, is_trial, is_paused"""


def lines(items: str) -> str:
    """The rows of the table ``subscription`` that these items come to."""
    return f"""
    WITH price AS ({PRICES}), version AS ({VERSIONS}), sub AS ({SUBSCRIPTIONS}), discount_of AS ({_DISCOUNTS}),
        billed AS ({_BILLED}), item AS ({items}), line AS ({_LINES}), pays AS ({_PAYS}), reduced AS ({_REDUCED}),
        moment AS ({_MOMENTS}), stretch AS ({_STRETCHES}), priced AS ({_PRICED}), valued AS ({_VALUED}),
        weighed AS ({_WEIGHED}), told AS ({_TOLD})
    SELECT * FROM told
    WINDOW own AS (PARTITION BY subscription_id ORDER BY started_at)
    QUALIFY row_number() OVER own = 1 OR ({_PAID}) IS DISTINCT FROM lag(({_PAID})) OVER own
    ORDER BY subscription_id, started_at
    """


ITEMS_LINES = lines(_ITEMS)


def whole_lines(later: int) -> str:
    """The rows of subscriptions without items, that name their one plan themselves, as those of old did.

    ``later``: 0 for those of the table ``subscription``, 1 for those that only a history tells.
    """
    return lines(f"""
        SELECT id, id AS subscription_id, plan_id AS price, quantity, NULL::TIMESTAMP AS added,
            {instant("_fivetran_synced")} AS seen, NULL::TIMESTAMP AS gone
        FROM sub WHERE plan_id IS NOT NULL AND later = {later}
            AND id NOT IN (SELECT subscription_id FROM subscription_item WHERE subscription_id IS NOT NULL)
    """)
