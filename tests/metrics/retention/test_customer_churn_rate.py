"""Who is no longer a customer, under each convention of the field."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Acme, Birch, Cedar and Elm are customers when March begins. Birch is lost on 10 March. Cedar leaves on 5 March and
    is back on 20 March, which is no loss; Dune comes and goes inside March and is in neither term. 1 / 4 = 25 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2025-01-01,
        s2,birch,50,2025-02-01,2026-03-10
        s3,cedar,50,2025-02-01,2026-03-05
        s4,cedar,60,2026-03-20,
        s5,dune,80,2026-03-03,2026-03-25
        s6,elm,40,2025-06-01,
        """
    },
    "2026-03",
    (Shown("0.25", "1", "4"),),
)


def several(*stories, **settings):
    """A world of accounts a0, a1, ...; each story is (started_at, ended_at) pairs of its lines."""
    world = World(**settings)
    world.add("account", *({"account_id": f"a{n}"} for n in range(len(stories))))
    world.add("subscription", *(
        {"subscription_id": f"a{n}-{k}", "account_id": f"a{n}", "amount": 10, "started_at": start, "ended_at": end}
        for n, story in enumerate(stories) for k, (start, end) in enumerate(story)
    ))  # fmt: skip
    return world


STAYS = [("2025-01-01", None)]


def test_the_example_of_chartmogul():
    """chartmogul-logo: of 100, 12 churned, one of them back and one who joined in the period: 10 %."""
    stories = [STAYS] * 89 + [[("2025-01-01", "2026-03-15")]] * 10
    stories += [[("2025-01-01", "2026-03-05"), ("2026-03-20", None)], [("2026-03-05", "2026-03-20")]]
    (figure,) = several(*stories).ask("customer_churn_rate", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.1"), 10, 100)


def test_formulas_on_one_story():
    # February 2026, 28 days: a leaves on the 11th, b comes on the 15th, c leaves on the 5th and is back on the 19th, d stays.
    world = several(
        [("2025-01-01", "2026-02-11")],
        [("2026-02-15", None)],
        [("2025-01-01", "2026-02-05"), ("2026-02-19", None)],
        STAYS,
    )

    def churn(*variant):
        (figure,) = world.ask("customer_churn_rate", "2026-02", variant=variant)
        return figure.value, figure.numerator, figure.denominator

    third = Decimal("0.3333333333")
    assert churn() == (third, 1, 3)
    assert churn("average_base") == (third, 1, 3)  # 3 at the start, 3 at the end
    # Mornings: 3 on the 5th when c goes; 2 on the 11th when a goes: 1 - 2/3 x 1/2.
    assert churn("daily")[0] == Decimal("0.6666666667")
    # Customer-days by the morning: a 11, b 13 (16th to 28th), c 5 + 9, d 28; two leave: 2 x 28 / 66.
    assert churn("hazard") == (Decimal("0.8484848485"), 56, 66)
    march = world.ask("customer_churn_rate", "2026-03", variant=("daily",))[0]
    assert march.value == 0


def test_average_base_counts_both_ends():
    world = several(STAYS, [("2025-01-01", "2026-03-05")], [("2026-03-05", None)], [("2026-03-06", None)])
    (figure,) = world.ask("customer_churn_rate", "2026-03", variant=("average_base",))
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.4"), 1, Decimal("2.5"))


def test_the_28th_of_february_is_one_day():
    world = several(STAYS, [("2025-01-01", "2026-02-28")], [("2025-01-01", "2026-02-28 12:00:00")], STAYS)
    assert world.value("customer_churn_rate", "2026-02", variant=("daily",)) == Decimal("0.5")
    (figure,) = world.ask("customer_churn_rate", "2026-02", variant=("hazard",))
    assert figure.denominator == 4 * 28


def test_daily_gives_a_loss_to_who_owned_that_morning():
    world = several(STAYS, [("2025-01-01", "2026-02-10 12:00:00")])
    world.owns(ADA, "a0", "2025-01-01").owns(ADA, "a1", "2025-01-01").owns(BEN, "a1", "2026-02-10 09:00:00")
    assert world.values("customer_churn_rate", "2026-02", "owner", variant=("daily",)) == {ADA: Decimal("0.5")}


def test_a_base_of_those_whose_term_ends():
    world = World()
    for name, start, end, interval in (
        ("due and renewed", "2025-03-10", None, "year"),
        ("due and lost", "2025-03-10", "2026-03-10", "year"),
        ("due on the first, lost", "2024-03-01", "2026-03-01", "year"),
        ("not due", "2025-04-01", None, "year"),
        ("monthly, lost", "2025-03-10", "2026-03-10", "month"),
    ):
        world.account(name).pays(name, 1200, start, end, interval=interval)
    (figure,) = world.ask("customer_churn_rate", "2026-03", variant=("due_base",))
    assert (figure.numerator, figure.denominator) == (2, 3)
    world.add("contract", {"contract_id": "k", "account_id": "not due", "started_at": "2025-04-01",
                           "ended_at": "2026-03-15", "value": 1})  # fmt: skip
    (figure,) = world.ask("customer_churn_rate", "2026-03", variant=("due_base",))
    assert (figure.numerator, figure.denominator) == (0, 1)  # contracts, once there are any


def test_inactive_customers_count_as_lost():
    world = World()
    world.add(
        "feature", {"feature_id": "report", "name": "Report", "is_key": True}, {"feature_id": "login", "name": "Log-in"}
    )
    world.add("person", {"person_id": "robot", "is_service": True})
    for name in (ACME, BIRCH, CEDAR, "d", "e"):
        world.account(name).pays(name, 1, "2025-01-01", "2026-03-20" if name == "d" else None)

    def use(account, at, feature="report", **more):
        return {"account_id": account, "feature": feature, "occurred_at": at, **more}

    world.add(
        "usage",
        *(use(name, "2026-02-10") for name in (ACME, BIRCH, CEDAR, "d")),  # e never used it: in neither term
        use(ACME, "2026-03-10"),
        use(BIRCH, "2026-03-10", "login"), use(CEDAR, "2026-03-10", person_id="robot"), use("d", "2026-03-10"),
        use("e", "2026-03-10"),
    )  # fmt: skip
    (figure,) = world.ask("customer_churn_rate", "2026-03", variant=("inactive",))
    assert (figure.numerator, figure.denominator) == (3, 4)
    assert world.value("customer_churn_rate", "2026-03") == Decimal("0.2")
    with pytest.raises(UsageError, match="day by day"):
        world.ask("customer_churn_rate", "2026-03", variant=("inactive", "daily"))


def test_owner_months_compound_what_is_kept():
    world = several(STAYS, [("2025-01-01", "2026-02-10")], [("2025-01-01", "2026-03-10")], STAYS)
    for n in range(4):
        world.owns(ADA, f"a{n}", "2025-01-01")
    # Kept: 4/4, 3/4, 2/3: lost 1 - 1/2.
    for variant in (("owner_months",), ("owner_months", "daily")):
        found = world.values("customer_churn_rate", "2026-Q1", "owner", grain="quarter", variant=variant)
        assert found == {ADA: Decimal("0.5")}


def test_churn_is_dated_at_the_end_of_the_paid_time_or_at_the_request():
    world = World().account(ACME).pays(ACME, 1, "2025-01-01", "2026-05-01", cancel_requested_at="2026-02-20")
    assert [f.value for f in world.ask("customer_churn_rate", "2026-02", "2026-05")] == [0, 0, 0, 1]
    early = world.ask("customer_churn_rate", "2026-02", "2026-03", variant=("request_day",))
    assert [f.value for f in early] == [1, None]


def test_trailing_windows_open_months_before_the_close():
    world = several(
        [("2025-01-01", "2025-06-15")], [("2025-01-01", "2026-02-15")], STAYS, [("2025-07-01", "2026-01-15")]
    )

    def churn(window, period="2026-02"):
        (figure,) = world.ask("customer_churn_rate", period, window=window)
        return figure.numerator, figure.denominator

    assert churn("period") == (1, 2)
    assert churn("3m") == (2, 3)  # opens on 1 December
    assert churn("12m") == (2, 3)  # opens on 1 March 2025
    several_days = World(now="2026-05-31").account(ACME).pays(ACME, 1, "2025-01-01", "2026-03-01")
    (figure,) = several_days.ask("customer_churn_rate", "2026-05-30", grain="day", window="3m")
    assert figure.numerator == 1  # 31 May minus three months is 28 February: there it still ran


def test_a_monthly_rate_shows_what_it_comes_to_over_a_year():
    # 2 of 100 in March: 1 - 0.98^12 = 0.2152832... over a year, not 24 %.
    world = several(*[STAYS] * 98, *[[("2025-01-01", "2026-03-15")]] * 2)
    (march,) = world.ask("customer_churn_rate", "2026-03")
    assert (march.value, march.extra["annualised_rate"]) == (Decimal("0.02"), Decimal("0.215283"))
    for longer in ({"window": "3m"}, {"grain": "quarter"}):
        (figure,) = world.ask("customer_churn_rate", "2026-Q1" if "grain" in longer else "2026-03", **longer)
        assert figure.numerator == 2
        assert "annualised_rate" not in figure.extra
