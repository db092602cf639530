"""Billing against the CRM: each account's amounts, whether they agree within 1 %, and why not."""

from __future__ import annotations

from decimal import Decimal

from tenure.engine.verbs.check import Check
from tests.engine.conftest import Bench, loaded

NAMES = (
    "agrees near off discount term monthly currency unbilled coming unsigned ended later timing trial usage test rich"
).split()
ACCOUNTS = "account_id,name,is_test\n" + "".join(f"{name},{name.title()},{name == 'test'}\n" for name in NAMES)
CONTRACTS = """contract_id,account_id,started_at,ended_at,value,currency
c1,agrees,2026-01-01,2027-01-01,1200,
c2,near,2026-01-01,2027-01-01,1211,
c3,off,2026-01-01,2027-01-01,1300,
c4,discount,2026-01-01,2027-01-01,1200,
c5,term,2025-01-01,2028-01-01,3600,
c6,monthly,2026-01-01,2027-01-01,100,
c7,currency,2026-01-01,2027-01-01,1200,USD
c8,unbilled,2026-01-01,2027-01-01,1200,
c9,coming,2026-11-01,2027-11-01,1200,
c10,ended,2025-11-01,2026-11-01,1200,
c11,later,2026-12-01,2027-12-01,1200,
c12,timing,2026-01-01,2027-01-01,2400,
c13,trial,2026-11-01,2027-11-01,1200,
c14,usage,2026-01-01,2027-01-01,5000,
c15,test,2026-01-01,2027-01-01,9999,
c16,rich,2026-01-01,2027-01-01,700,
c17,rich,2026-01-01,2027-01-01,500,
"""
LINES = """subscription_id,account_id,amount,discount_share,committed_amount,is_trial,started_at,ended_at,currency
s1,agrees,100,,,,2026-01-01,,EUR
s2,near,100,,,,2026-01-01,,
s3,off,100,,,,2026-01-01,,
s4,discount,100,0.2,,,2026-01-01,,
s5,term,100,,,,2025-01-01,,
s6,monthly,100,,,,2026-01-01,,
s7,currency,100,,,,2026-01-01,,
s8,coming,100,,,,2026-12-01,,
s9,unsigned,100,,,,2026-01-01,,
s10,ended,100,,,,2025-11-01,,
s11,later,100,,,,2026-11-01,,
s12,timing,100,,,,2026-01-01,,
s13,timing,100,,,,2026-12-10,,
s14,trial,100,,,true,2026-11-01,,
s15,usage,,,300,,2026-01-01,,
s16,test,100,,,,2026-01-01,,
s17,rich,60,,,,2026-01-01,,
s18,rich,40,,,,2026-02-01,,
s19,rich,40,,,,2026-01-01,2026-02-01,
"""
#: Cause, signed, billed and difference by hand: twelve times the monthly amount after discount.
EXPECTED = {
    "off": ("amount", 1300, 1200, -100),
    "discount": ("discount", 1200, 960, -240),
    "term": ("term", 3600, 1200, -2400),
    "monthly": ("monthly", 100, 1200, 1100),
    "currency": ("currency", 1200, 1200, None),
    "unbilled": ("not_billed", 1200, None, -1200),
    "coming": ("billing_to_come", 1200, None, -1200),
    "ended": ("contract_ended", None, 1200, 1200),
    "later": ("contract_to_come", None, 1200, 1200),
    "timing": ("timing", 2400, 1200, -1200),
    "trial": ("trial", 1200, None, -1200),
    "usage": ("usage", 5000, 3600, -1400),
}


def test_every_account_is_held_against_its_contract_with_the_likely_cause(bench: Bench) -> None:
    told = loaded(bench, {"account": ACCOUNTS, "contract": CONTRACTS, "subscription": LINES})
    told.load("exchange_rate", "currency,date,rate\nUSD,2026-01-01,0.9\n")
    workspace = told.workspace()
    found = workspace.billing()
    assert {one.account_id: (one.cause, one.signed, one.billed, one.difference) for one in found.lines} == EXPECTED
    # Left out are the test account, and the one that never had a contract.
    assert (found.accounts, found.agree, found.unsigned) == (15, 3, 1)
    assert found.share == Decimal("0.2000")
    assert [abs(one.difference) for one in found.lines if one.difference is not None] == sorted(
        (abs(one[3]) for one in EXPECTED.values() if one[3] is not None), reverse=True
    )
    euro, dollar = found.sums
    assert (dollar.currency, dollar.signed, dollar.billed) == ("USD", Decimal(1200), Decimal(0))
    signed = 1200 + 1211 + 1200 + sum(one[1] or 0 for name, one in EXPECTED.items() if name != "currency")
    billed = 3 * 1200 + sum(one[2] or 0 for one in EXPECTED.values())
    assert (euro.signed, euro.billed, euro.reconciled) == (Decimal(signed), Decimal(billed), Decimal(3600))
    assert {one.account_id for one in workspace.billing(everything=True).lines} - EXPECTED.keys() == {
        "agrees",
        "near",
        "rich",
    }
    # The check names those that have both, in one currency.
    checks = {one.name: one for one in workspace.call("check", Check())}
    both = {name for name, one in EXPECTED.items() if one[1] and one[2] and one[0] != "currency"}
    assert {row["key"].partition(" / ")[0] for row in checks["billing_against_crm"].rows} == both
