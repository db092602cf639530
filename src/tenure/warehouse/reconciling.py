"""Billing against the CRM, account by account on one day: what is billed in a year and what was signed, and why they differ."""

from __future__ import annotations

from tenure.warehouse.checks.world import World, accounts, current, lines
from tenure.warehouse.store import literal

#: Beyond this share of the larger amount two amounts differ.
TOLERANCE = "0.01"
#: Days in which what begins or ends in the one system may follow the other.
_NEAR = 45


def reconciled(world: World) -> str:
    """SQL of a row for each account with a contract or a subscription running now.

    Columns: ``account_id, name, signed`` and ``billed`` (a year, in ``currency``), ``signed_currency``,
    ``billed_currency, difference`` (billed less signed; null where the currencies differ), ``agrees`` and ``cause``: ``agrees,
    no_contract, contract_ended, contract_to_come, not_billed, billing_to_come, trial, currency, discount, term, monthly,
    timing, usage, amount``; ``no_contract``: there never was one, so that there is nothing to compare. Test accounts are left out.
    """
    here = world.moment
    return f"""
        WITH signed AS ({_signed(world)}), billed AS ({_billed(world)}),
        near AS (SELECT account_id, max(CASE WHEN ended_at <= {here} THEN ended_at END) AS ended,
            min(CASE WHEN started_at > {here} THEN started_at END) AS coming FROM {current("contract")}
            WHERE started_at < {here} + INTERVAL {_NEAR} DAY GROUP BY account_id),
        both_sides AS (SELECT coalesce(s.account_id, b.account_id) AS account_id, s.signed, b.billed, s.currency AS signed_currency,
            b.currency AS billed_currency, s.years, b.list, b.before, b.after, b.coming AS billing_from, b.is_trial, b.by_use,
            n.ended, n.coming FROM signed s FULL JOIN billed b ON b.account_id = s.account_id
            LEFT JOIN near n ON n.account_id = coalesce(s.account_id, b.account_id)),
        told AS (SELECT *, {_near("signed", "billed")} AND signed_currency = billed_currency AS same FROM both_sides
            WHERE signed IS NOT NULL OR billed IS NOT NULL)
        SELECT t.account_id, a.name, t.signed, t.billed, t.signed_currency, t.billed_currency,
            CASE WHEN t.signed_currency = t.billed_currency OR t.signed IS NULL OR t.billed IS NULL
                THEN coalesce(t.billed, 0) - coalesce(t.signed, 0) END AS difference,
            coalesce(t.same, false) AS agrees, {_CAUSE} AS cause
        FROM told t LEFT JOIN ({accounts()}) a ON a.account_id = t.account_id WHERE NOT coalesce(a.is_test, false)"""


def _near(one: str, other: str) -> str:
    return f"abs({one} - {other}) <= {TOLERANCE} * greatest(abs({one}), abs({other}))"


_CAUSE = f"""CASE WHEN t.same THEN 'agrees'
            WHEN t.signed IS NULL AND t.coming IS NOT NULL THEN 'contract_to_come'
            WHEN t.signed IS NULL AND t.ended IS NOT NULL THEN 'contract_ended'
            WHEN t.signed IS NULL THEN 'no_contract'
            WHEN t.billed IS NULL AND t.billing_from IS NOT NULL THEN 'billing_to_come'
            WHEN t.billed IS NULL AND t.is_trial THEN 'trial'
            WHEN t.billed IS NULL THEN 'not_billed'
            WHEN t.signed_currency <> t.billed_currency THEN 'currency'
            WHEN {_near("t.signed", "t.list")} THEN 'discount'
            WHEN {_near("t.signed", "t.before")} OR {_near("t.signed", "t.after")} THEN 'timing'
            WHEN t.years >= 2 AND {_near("t.signed", "t.billed * t.years")} THEN 'term'
            WHEN {_near("t.signed * 12", "t.billed")} OR {_near("t.signed", "t.billed * 12")} THEN 'monthly'
            WHEN t.by_use THEN 'usage' ELSE 'amount' END"""


def _code(world: World) -> str:
    """SQL of a row's currency; without one it is the reporting currency."""
    return f"upper(coalesce(currency, {literal(world.currency)}))"


def _signed(world: World) -> str:
    """What is signed now, by account. ``years``: of the longest term. Several currencies are none."""
    here, own = world.moment, _code(world)
    return f"""SELECT account_id, sum(value)::DECIMAL(38,4) AS signed,
        CASE WHEN count(DISTINCT {own}) = 1 THEN any_value({own}) ELSE 'several' END AS currency,
        max(round(date_diff('day', started_at, ended_at) / 365.25)) AS years FROM {current("contract")}
        WHERE started_at <= {here} AND ended_at > {here} GROUP BY account_id"""


def _billed(world: World) -> str:
    """What is billed in a year, by account: ``billed`` now, at ``list`` price, and some weeks ``before`` and ``after``."""
    here, own = world.moment, _code(world)
    net = f"CASE WHEN discount_ends_at <= {here} THEN monthly_list ELSE monthly END"

    def running(at: str) -> str:
        return f"FILTER (started_at <= {at} AND ended_at > {at} AND NOT coalesce(is_trial, false))"

    def yearly(amount: str, at: str) -> str:
        return f"(sum(({amount})::HUGEINT) {running(at)} * 12)::DECIMAL(30,0) * 0.0001::DECIMAL(5,4)"

    there = f"FILTER (started_at <= {here} AND ended_at > {here})"
    coming = f"FILTER (started_at > {here} AND started_at < {here} + INTERVAL {_NEAR} DAY)"
    return f"""SELECT account_id, {yearly(net, here)} AS billed, {yearly("monthly_list", here)} AS list,
        {yearly(net, f"({here} - INTERVAL {_NEAR} DAY)")} AS before, {yearly(net, f"({here} + INTERVAL {_NEAR} DAY)")} AS after,
        CASE WHEN count(DISTINCT {own}) {running(here)} <= 1 THEN any_value({own}) {running(here)} ELSE 'several' END AS currency,
        min(started_at) {coming} AS coming, bool_or(coalesce(is_trial, false)) {there} AS is_trial,
        bool_or(committed_amount IS NOT NULL) {there} AS by_use FROM {lines()} GROUP BY account_id"""
