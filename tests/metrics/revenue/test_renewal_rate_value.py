"""How much of the value due was renewed."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases

EXAMPLE = Example(
    """3,000 a year come due in March. Acme renews its 1,200 as 1,500: the growth is expansion and not counted. Birch
    renews 900 of 1,200, and Cedar's 600 are lost. (1,200 + 900 + 0) / 3,000 = 70 %.""",
    {
        "contract": """
        contract_id,account_id,started_at,ended_at,value,outcome,renewed_value
        k1,acme,2025-03-10,2026-03-10,1200,renewed,1500
        k2,birch,2025-03-15,2026-03-15,1200,reduced,900
        k3,cedar,2025-03-20,2026-03-20,600,churned,
        """
    },
    "2026-03",
    (Shown("0.7", "2100", "3000"),),
)


def test_the_renewed_value_and_its_fallbacks():
    world = Cases()

    def due(case, *lines, **more):
        world.case(case, *lines)
        world.add("contract", {"contract_id": case, "account_id": case, "started_at": "2025-03-15",
                               "ended_at": "2026-03-15", "value": 1200, **more})  # fmt: skip

    due("told", {"amount": 1}, outcome="renewed", renewed_value=900)
    due("told to grow", outcome="renewed", renewed_value=5000)
    due("of the successor", {"amount": 1}, outcome="renewed", successor_id="next")
    due("of the successor to come", {"amount": 1}, outcome="reduced", successor_id="later")
    due("of what is paid", {"amount": 50, "contract_id": "of what is paid"}, {"amount": 99})
    due("of what the account pays", {"amount": 30}, {"amount": 40})
    due("lost", {"amount": 100, "ended_at": "2026-03-15"})
    due("churned with a value", outcome="churned", renewed_value=900)
    after = {"started_at": "2026-03-15", "ended_at": "2027-03-15"}
    world.add(
        "contract",
        {"contract_id": "next", "account_id": "of the successor", "value": 600, **after},
        {"contract_id": "later", "account_id": "of the successor to come", "value": 300, **after,
         "started_at": "2026-06-15"},
    )  # fmt: skip
    assert world.by_case("renewal_rate_value", "2026-03") == {
        "told": 0.75, "told to grow": 1, "of the successor": 0.5, "of the successor to come": 0.25,
        "of what is paid": 0.5, "of what the account pays": 0.7, "lost": 0, "churned with a value": 0,
    }  # fmt: skip
    (figure,) = world.ask("renewal_rate_value", "2026-03")
    assert (figure.numerator, figure.denominator) == (900 + 1200 + 600 + 300 + 600 + 840, 8 * 1200)


def test_open_value_gives_bounds_and_one_rate_holds_on_both_sides():
    world = Cases(now="2026-04-01", budget_rates={"USD": Decimal(1)}).case("open").case("renewed")
    rates = {"2026-01-01": "0.5", "2026-03-10": 2}
    world.add("exchange_rate", *({"currency": "USD", "date": day, "rate": rate} for day, rate in rates.items()))
    term = {"started_at": "2025-03-15", "ended_at": "2026-03-15", "currency": "USD"}
    world.add(
        "contract",
        {"contract_id": "a", "account_id": "open", "value": 100, **term},
        {"contract_id": "b", "account_id": "renewed", "value": 300, "outcome": "renewed", "renewed_value": 240, **term},
    )
    (figure,) = world.ask("renewal_rate_value", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.8"), 120, 150)
    assert figure.bounds == (Decimal("0.6"), Decimal("0.85"))  # 120 / 200 and 170 / 200
    (figure,) = world.ask("renewal_rate_value", "2026-03", variant=("budget_rate",))
    assert (figure.value, figure.denominator) == (Decimal("0.8"), 300)
