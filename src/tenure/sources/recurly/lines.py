"""What Recurly's subscriptions pay, line by line and stretch by stretch, as SQL. Reasons: DECISIONS.md beside this file.

A line is a subscription's plan, or an add-on of it. Recurly's tables hold a row for each version of a thing. What a line
pays can change at a **moment**: when a version is told, a change takes effect, a trial begins or ends, a pause begins, a
coupon is redeemed or removed. Each row is the line from one such moment on; those at which nothing changed are dropped.
"""

from __future__ import annotations

from tenure.sources.vendor import moment


def latest(stream: str) -> str:
    """The last version of each thing."""
    order = f"id, {moment('updated_at')} DESC NULLS LAST, _fivetran_synced DESC"
    return f"(SELECT DISTINCT ON (id) * FROM {stream} ORDER BY {order})"


#: The accounts by their code, which is the id that the company itself gave them.
ACCOUNTS = f"SELECT id, coalesce(code, id) AS account_id FROM {latest('account_history')}"

_TIMES = (
    "updated_at", "created_at", "activated_at", "canceled_at", "expires_at", "current_period_started_at",
    "current_term_ends_at", "trial_started_at", "trial_ends_at", "paused_at",
)  # fmt: skip

VERSIONS = f"""
    SELECT id, account_id, plan_id, state, upper(currency) AS currency, expiration_reason, _fivetran_synced,
        TRY_CAST(unit_amount AS DECIMAL(18, 8)) AS unit_amount, TRY_CAST(quantity AS DECIMAL(18, 4)) AS quantity,
        TRY_CAST(add_ons_total AS DECIMAL(18, 4)) AS add_ons_total,
        {", ".join(f"{moment(name)} AS {name}" for name in _TIMES)}
    FROM subscription_history
"""

#: Each subscription as it stands. One that is cancelled runs until its term is over.
SUBSCRIPTIONS = """
    SELECT * EXCLUDE (unit_amount, quantity), coalesce(activated_at, current_period_started_at, created_at) AS begins,
        coalesce(expires_at, CASE WHEN state = 'canceled' THEN current_term_ends_at END) AS stops
    FROM (SELECT DISTINCT ON (id) * FROM version ORDER BY id, updated_at DESC NULLS LAST, _fivetran_synced DESC)
"""

#: Plans: what an amount is per. Days have no word: seven times the price a week is the same.
PLANS = f"""
    SELECT id, code, coalesce(name, code) AS name,
        CASE interval_unit WHEN 'days' THEN 'week' WHEN 'months' THEN 'month' END AS "interval",
        TRY_CAST(interval_length AS BIGINT) AS interval_count, CASE interval_unit WHEN 'days' THEN 7 ELSE 1 END AS times
    FROM {latest("plan_history")}
"""

_ADD_ONS = f"""
    SELECT id, subscription_id, plan_add_on_id, {moment("created_at")} AS created_at, {moment("expired_at")} AS expired_at,
        {moment("updated_at")} AS updated_at, TRY_CAST(unit_amount AS DECIMAL(18, 8)) AS unit_amount,
        TRY_CAST(quantity AS DECIMAL(18, 4)) AS quantity, _fivetran_synced
    FROM subscription_add_on_history
"""

#: Things sold as add-ons: those of one code are one product, whatever plan they belong to.
PRODUCTS = f"SELECT id, coalesce(code, id) AS product_id, name, add_on_type FROM {latest('plan_add_on_history')}"

#: All lines; ``kind`` says of what they are. Where the add-ons of a subscription are in no file, their total is a line.
_LINES = """
    SELECT s.*, s.id AS line, 'plan' AS kind, s.begins AS since, s.stops AS until, NULL AS product_id, false AS used FROM sub s
    UNION ALL
    SELECT s.*, s.id || ':add_ons', 'total', s.begins, s.stops, NULL, false FROM sub s
    WHERE s.id NOT IN (SELECT subscription_id FROM add_on WHERE subscription_id IS NOT NULL)
        AND EXISTS (SELECT 1 FROM version v WHERE v.id = s.id AND v.add_ons_total > 0)
    UNION ALL
    SELECT
        s.* REPLACE (a.subscription_id AS id, CASE WHEN a.expired_at IS NULL THEN s.state ELSE 'expired' END AS state),
        a.id, 'add_on', greatest(s.begins, a.created_at), least(s.stops, a.expired_at),
        coalesce(p.product_id, a.plan_add_on_id), coalesce(p.add_on_type = 'usage', false)
    FROM (SELECT DISTINCT ON (id) * FROM add_on ORDER BY id, updated_at DESC NULLS LAST, _fivetran_synced DESC) a
    LEFT JOIN sub s ON s.id = a.subscription_id LEFT JOIN product p ON p.id = a.plan_add_on_id
"""

#: What each line pays from when on. Of two at one moment the version counts: it is what became of the change.
_PAYS = f"""
    SELECT * FROM (
        SELECT 1 AS standing, id AS line, updated_at AS began, plan_id, unit_amount, quantity FROM version
        UNION ALL
        SELECT 0, subscription_id, {moment("activate_at")}, plan_id, TRY_CAST(unit_amount AS DECIMAL(18, 8)),
            TRY_CAST(quantity AS DECIMAL(18, 4))
        FROM subscription_change_history WHERE lower(activated) = 'true'
        UNION ALL
        SELECT 1, id || ':add_ons', updated_at, plan_id, add_ons_total, NULL FROM version
        UNION ALL
        SELECT 1, id, updated_at, NULL, unit_amount, quantity FROM add_on
    ) WHERE began IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY line, began ORDER BY standing DESC, unit_amount) = 1
"""

#: Coupons while they are redeemed; those of a single use are no part of what recurs.
_REDUCED = f"""
    SELECT l.line, {moment("r.created_at")} AS since, {moment("r.removed_at")} AS until, upper(d.currency) AS currency,
        TRY_CAST(d.percentage AS DOUBLE) / 100 AS part, TRY_CAST(d.amount AS DECIMAL(18, 4)) AS taken
    FROM {latest("coupon_redemption_history")} r JOIN coupon_discount d ON d.coupon_id = r.coupon_id
    LEFT JOIN {latest("coupon_history")} c ON c.id = r.coupon_id
    JOIN line l ON l.account_id = r.account_id AND (r.subscription_id IS NULL OR r.subscription_id = l.id)
    WHERE coalesce(c.duration, '') <> 'single_use' AND d.type IN ('percent', 'fixed')
        AND (d.type = 'percent' OR upper(d.currency) = l.currency)
"""

#: The moments of a whole subscription, since its lines share what is taken off.
_MOMENTS = """
    SELECT id, unnest([since, trial_started_at, trial_ends_at]) AS began FROM line
    UNION SELECT id, unnest([updated_at, CASE WHEN state = 'paused' THEN paused_at END]) FROM version
    UNION SELECT l.id, p.began FROM pays p JOIN line l USING (line)
    UNION SELECT l.id, unnest([r.since, r.until]) FROM reduced r JOIN line l USING (line)
"""

#: Before the first that is told of what a line pays, it paid the same; it was paused from when the version says.
_STRETCHES = """
    SELECT l.*, m.began, coalesce(m.began >= l.trial_started_at AND m.began < l.trial_ends_at, false) AS is_trial,
        coalesce(v.state = 'paused' AND m.began >= coalesce(v.paused_at, v.updated_at), false) AS is_paused,
        coalesce(
            (SELECT arg_max(struct_pack(plan := p.plan_id, unit := p.unit_amount, number := p.quantity), p.began)
                FROM pays p WHERE p.line = l.line AND p.began <= m.began),
            (SELECT arg_min(struct_pack(plan := p.plan_id, unit := p.unit_amount, number := p.quantity), p.began)
                FROM pays p WHERE p.line = l.line)
        ) AS paid
    FROM line l LEFT JOIN moment m ON m.id = l.id AND m.began >= l.since
        AND (l.until IS NULL OR m.began < l.until OR m.began = l.since)
    LEFT JOIN LATERAL (
        SELECT w.state, w.paused_at, w.updated_at FROM version w WHERE w.id = l.id
        ORDER BY w.updated_at <= m.began DESC, CASE WHEN w.updated_at <= m.began THEN w.updated_at END DESC NULLS LAST,
            w.updated_at LIMIT 1
    ) v ON true
"""

_VALUED = """
    SELECT s.*, coalesce(s.paid.plan, s.plan_id) AS per_plan, p.interval_count,
        CASE WHEN kind = 'plan' THEN p.code END AS plan,
        CASE WHEN NOT used AND kind = 'total' THEN CAST(s.paid.unit * coalesce(p.times, 1) AS DECIMAL(18, 4)) END AS amount,
        CASE WHEN NOT used AND kind <> 'total' THEN CAST(s.paid.unit * coalesce(p.times, 1) AS DECIMAL(18, 8)) END
            AS unit_amount
    FROM stretch s LEFT JOIN plan p ON p.id = coalesce(s.paid.plan, s.plan_id)
"""

#: An amount off is one amount off the whole subscription: each line's part of it is as its own amount.
_WEIGHED = """
    SELECT *, size / nullif(sum(size) OVER (PARTITION BY id, began), 0) AS portion
    FROM (SELECT *, coalesce(amount, unit_amount * coalesce(paid.number, 1), 0) AS size FROM valued)
"""

_RUNS = "r.line = w.line AND r.since <= w.began AND (r.until IS NULL OR r.until > w.began)"
_TOLD = f"""
    SELECT line AS subscription_id, id AS subscription, product_id, plan, CASE WHEN NOT used THEN paid.number END AS quantity,
        amount, unit_amount, CASE WHEN used THEN 0 END AS committed_amount, per_plan, interval_count, currency,
        (SELECT nullif(round(1 - product(1 - r.part), 6), 0) FROM reduced r WHERE {_RUNS}) AS discount_share,
        (SELECT nullif(round(sum(r.taken) * w.portion, 4), 0) FROM reduced r
            WHERE {_RUNS} AND r.part IS NULL) AS discount_amount,
        is_trial, is_paused, coalesce(began, since) AS started_at, until AS ended_at, canceled_at AS cancel_requested_at,
        state AS status
    FROM weighed w
"""

#: What makes a row another than the one before it.
_PAID = """product_id, plan, quantity, amount, unit_amount, committed_amount, per_plan, interval_count, currency,
        discount_share, discount_amount, is_trial, is_paused"""

#: The rows of the table ``subscription``; their accounts and intervals are looked up by the map.
LINES = f"""
    WITH version AS ({VERSIONS}), sub AS ({SUBSCRIPTIONS}), plan AS ({PLANS}), add_on AS ({_ADD_ONS}),
        product AS ({PRODUCTS}), line AS (SELECT * FROM ({_LINES}) WHERE coalesce(state, '') <> 'failed'), pays AS ({_PAYS}),
        reduced AS ({_REDUCED}), moment AS ({_MOMENTS}), stretch AS ({_STRETCHES}), valued AS ({_VALUED}),
        weighed AS ({_WEIGHED}), told AS ({_TOLD})
    SELECT * FROM told
    WINDOW own AS (PARTITION BY subscription_id ORDER BY started_at)
    QUALIFY row_number() OVER own = 1 OR ({_PAID}) IS DISTINCT FROM lag(({_PAID})) OVER own
    ORDER BY subscription_id, started_at
"""
