"""How long it takes to balance 5,000 accounts between 100 people, and how even it gets."""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from tenure.portfolio.balance import Ground, proposal
from tenure.portfolio.known import Account, Person
from tenure.portfolio.rules import read, shipped
from tenure.portfolio.workload import capacity_of, hours_of

DAY = date(2026, 11, 27)
REGIONS, LANGUAGES = ("North", "South", "West"), ("de", "en", "fr")


def world(accounts: int, people: int, seed: int = 7, *, even: float = 3.0) -> Ground:
    """People of three regions; some have far more to do than others, the less the more ``even``."""
    rng, rules = np.random.default_rng(seed), read(shipped())
    staff = [
        Person(
            f"p{n:03}", f"Person {n}", region=REGIONS[n % 3], languages=("en", LANGUAGES[n % 3]), skills=(),
            fte=Decimal("0.8") if n % 9 == 0 else Decimal(1), began=DAY - timedelta(days=int(rng.integers(20, 2_000))),
        )
        for n in range(people)
    ]  # fmt: skip
    pull = rng.gamma(even, 1.0, people)
    book = []
    for n in range(accounts):
        region = int(rng.integers(0, 3))
        inside = np.arange(region, people, 3)
        owner = int(rng.choice(inside, p=pull[inside] / pull[inside].sum()))
        began = int(rng.integers(0, 1_500))
        book.append(Account(
            f"a{n:05}", f"Account {n}", f"p{owner:03}", (f"p{owner:03}",), owned_since=DAY - timedelta(days=began),
            region=REGIONS[region], language=LANGUAGES[region] if rng.random() < 0.7 else "en",
            arr=Decimal(int(rng.lognormal(9.5, 1.0))), risk=Decimal(f"{rng.beta(1, 12):.4f}"),
            renewal=DAY + timedelta(days=int(rng.integers(0, 365))), contacts=int(rng.integers(0, 9)),
            last_contact=DAY - timedelta(days=int(rng.integers(0, 180))), tickets=int(rng.poisson(1.0)),
            projects=int(rng.poisson(0.3)), minutes=Decimal(int(rng.gamma(2.0, 300))), history=182,
        ))  # fmt: skip
    hours = {one.id: hours_of(one, rules, DAY) for one in book}
    capacities = {one.id: capacity_of(one, rules.time, DAY) for one in staff}
    return Ground(book, staff, hours, capacities, rules, DAY)


def main() -> None:
    for accounts, people in ((500, 12), (5_000, 100)):
        ground = world(accounts, people)
        began = time.process_time()
        plan = proposal(ground)
        took = time.process_time() - began
        print(
            f"= {accounts:,} accounts, {people} people: {took:.1f} s of processor time (limit 60), {len(plan.moves)} of {plan.most} moves, "
            f"spread of load {plan.spread_before:.3f} -> {plan.spread_after:.3f}"
        )
        if took > 60:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
