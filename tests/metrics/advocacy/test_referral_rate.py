"""``referral_rate``: which referrals count. Expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.advocacy.acts import act, referral
from tests.metrics.cases import Cases
from tests.world import ACME, BIRCH, World

EXAMPLE = Example(
    """Acme, Birch and Cedar are customers at the end of June; Dune is a partner and in neither term. Acme made two
    qualified referrals and counts once. Birch referred Elm too, but Acme's referral of it was won, and Birch's is its
    duplicate. Cedar's is qualified. 2 / 3 = 66.7 %.""",
    {
        "account": """
        account_id,name,is_partner
        acme,Acme,false
        birch,Birch,false
        cedar,Cedar,false
        dune,Dune,true
        """,
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2024-01-01
        s2,birch,50,2024-02-01
        s3,cedar,50,2024-02-01
        s4,dune,80,2024-08-01
        """,
        "advocacy": """
        advocacy_id,account_id,kind,occurred_at,outcome,referred_domain
        v1,birch,referral,2025-11-03,qualified,elm.example
        v2,acme,referral,2025-12-01,won,elm.example
        v3,acme,referral,2026-02-10,qualified,fir.example
        v4,cedar,referral,2026-03-12,qualified,gorse.example
        v5,dune,referral,2026-03-20,won,hazel.example
        """,
    },
    "2026-06",
    (Shown("0.6667", "2", "3", left_out={"partner": "1"}),),
)

SLUG = "referral_rate"
PAID = {"amount": 10}


def test_a_qualified_referral_in_the_last_twelve_months():
    world = Cases(zone="Europe/Berlin")
    told = {
        "qualified": [("2026-03-10", "qualified")],
        "won, and another": [("2026-03-10", "won"), ("2026-03-11", "qualified")],
        "open": [("2026-03-10", "open")],
        "nothing told": [("2026-03-10", None)],
        "lost": [("2026-03-10", "lost")],
        "a year ago": [("2025-04-01", "won")],
        "over a year ago": [("2025-03-31 21:59:59", "won")],
        "later": [("2026-04-01", "won")],
        "none": [],
    }
    for case, referrals in told.items():
        world.case(case, PAID)
        world.add("advocacy", *(referral(case, at, outcome) for at, outcome in referrals))
    world.case("gone", {**PAID, "ended_at": "2026-03-31"}).case("reviewer", PAID)
    world.add("advocacy", referral("gone", "2026-03-10", "won"), act("reviewer", "review", "2026-03-10"))
    assert world.by_case(SLUG, "2026-03") == {
        "qualified": 1, "won, and another": 1, "open": 0, "nothing told": 0, "lost": 0, "a year ago": 1,
        "over a year ago": 0, "later": 0, "none": 0, "reviewer": 0,
    }  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.3"), 3, 10)


def test_referrals_to_oneself_do_not_count():
    world = Cases().case("by account", PAID).case("by domain", PAID, domain="dom.example")
    world.case("by another domain", PAID, domain="was.example")
    world.account("by another domain", domain="is.example", case="by another domain", valid_from="2026-01-01")
    world.case("to a merged one", PAID).account("merged", merged_into="to a merged one", domain="merged.example")
    world.case("to its twin", PAID, domain="twin.example").account("twin", domain="www.TWIN.example")
    world.case("to its child", PAID).account("child", parent_id="to its child")
    world.add(
        "advocacy",
        referral("by account", "2026-03-10", "won", referred_account_id="by account"),
        referral("by domain", "2026-03-10", "won", referred_domain=" https://www.Dom.example/about"),
        referral("by another domain", "2026-03-10", "won", referred_domain="was.example"),
        referral("to a merged one", "2026-03-10", "won", referred_domain="merged.example"),
        referral("to its twin", "2026-03-10", "won", referred_account_id="twin"),
        referral("to its child", "2026-03-10", "won", referred_account_id="child"),
    )
    assert world.by_case(SLUG, "2026-03") == {
        "by account": 0, "by domain": 0, "by another domain": 0, "to a merged one": 0, "to its twin": 0,
        "to its child": 1,
    }  # fmt: skip
    assert world.by_case(SLUG, "2026-03", variant=("parent",))["to its child"] == 0


def test_of_several_referrals_of_one_prospect_one_counts():
    """The first that was won, else the first qualified, else the first; by account, or by domain."""
    world = Cases().account("found", domain="found.example").account("moved", merged_into="found")
    for case in (
        "first",
        "second",
        "by its domain",
        "as it was called",
        "won",
        "qualified before it",
        "other",
        "a partner",
    ):
        world.case(case, PAID)
    world.account("a partner", is_partner=True, case="a partner", valid_from="2020-01-01")
    world.add(
        "advocacy",
        referral("second", "2026-03-02", "qualified", referred_account_id="found"),
        referral("first", "2026-03-01", "qualified", referred_account_id="found"),
        referral("by its domain", "2026-03-03", "qualified", referred_domain="FOUND.example"),
        referral("as it was called", "2026-03-04", "qualified", referred_account_id="moved"),
        referral("qualified before it", "2026-03-01", "qualified", referred_domain="new.example"),
        referral("won", "2026-03-05", "won", referred_domain="http://new.example/"),
        referral("a partner", "2026-03-01", "won", referred_domain="other.example"),
        referral("other", "2026-03-07", "qualified", referred_domain="other.example"),
    )
    assert world.by_case(SLUG, "2026-03") == {
        "first": 1, "second": 0, "by its domain": 0, "as it was called": 0, "won": 1, "qualified before it": 0,
        "other": 1, "a partner": None,
    }  # fmt: skip


def test_partners_are_in_neither_term_while_they_are_partners():
    world = World().account(ACME, is_partner=True).account(ACME, valid_from="2026-03-20").account(BIRCH)
    world.pays(ACME, 10, "2025-01-01").pays(BIRCH, 10, "2025-01-01")
    world.add("advocacy", referral(ACME, "2026-02-10", "won"))
    assert world.value(SLUG, "2026-03") == 0  # a partner when it referred, none at the close
    world.add("advocacy", referral(ACME, "2026-03-20", "won"))
    before, now = world.ask(SLUG, "2026-02", "2026-03")
    assert (before.value, before.denominator, before.excluded) == (0, 1, {"partner": 1})
    assert (now.value, now.denominator, now.excluded) == (Decimal("0.5"), 2, {})


def test_no_customers_no_value():
    assert World().account(ACME).add("advocacy", referral(ACME, "2026-03-10", "won")).value(SLUG, "2026-03") is None
