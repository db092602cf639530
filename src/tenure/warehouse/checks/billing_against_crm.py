"""Accounts whose yearly contract value differs by more than 1 % from twelve times their monthly revenue today."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, lines
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Find out which of the two systems is right."
GUIDE = "two-numbers-differ"


def find(world: World) -> str | None:
    """One row for each account with both a contract and a subscription running now, in one currency."""
    if not world.has("contract", "subscription", "account"):
        return None
    runs = f"started_at <= {world.moment} AND ended_at > {world.moment}"
    net = f"CASE WHEN discount_ends_at <= {world.moment} THEN monthly_list ELSE monthly END"
    money = "any_value(upper(currency)) AS currency, count(DISTINCT upper(currency)) AS currencies"
    billed = (
        f"SELECT account_id, (sum(({net})::HUGEINT) * 12)::DECIMAL(38,4) / 10000 AS amount, {money} FROM "
        f"{lines()} WHERE {runs} AND NOT coalesce(is_trial, false) GROUP BY account_id"
    )
    signed = (
        f"SELECT account_id, sum(value) AS amount, {money} FROM {current('contract')} WHERE {runs} GROUP BY account_id"
    )
    what = "'contracts ' || c.amount || ', billed ' || s.amount"
    accounts = (
        f"(SELECT * FROM {current('account')} QUALIFY row_number() OVER (PARTITION BY account_id "
        "ORDER BY valid_from DESC NULLS LAST) = 1)"
    )
    return (
        f"SELECT {failing(find_table('account'), 'a', what)} FROM {accounts} a JOIN ({signed}) c USING (account_id) "
        f"JOIN ({billed}) s USING (account_id) WHERE c.currencies <= 1 AND s.currencies <= 1 "
        "AND c.currency IS NOT DISTINCT FROM s.currency AND abs(c.amount - s.amount) > 0.01 * abs(c.amount)"
    )
