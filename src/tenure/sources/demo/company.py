"""A seeded, simulated subscription company: canonical tables whose true effects are known.

``simulate`` draws who the accounts and the CSMs are, lets the months pass for all accounts at once, and writes down
what happened as the rows a real company would have. Everything hangs on one hidden number per account and month, its
mood: the unhappy answer worse, pay later and leave. A CSM's true effect is added to the mood of the accounts owned; it
is kept in ``Company.truth`` and never written to a file, so that estimators can be held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from tenure.core.errors import UsageError
from tenure.sources.demo.accounts import account_table
from tenure.sources.demo.billing import draw_bills, invoice_line_table, invoice_table, payment_table
from tenure.sources.demo.cast import assignment_table, csm_table, person_table
from tenure.sources.demo.columns import civil, draws, money, word
from tenure.sources.demo.contracts import churn_table, contract_table
from tenure.sources.demo.days import Calendar, Floats, Ints, calendar
from tenure.sources.demo.life import Life, live
from tenure.sources.demo.lines import Lines, read_lines, subscription_table
from tenure.sources.demo.notice import MOOD_ON_CHURN
from tenure.sources.demo.staff import Ownership, Staff, assign, draw_staff, levels
from tenure.sources.demo.traits import Traits, draw_traits
from tenure.sources.demo.voice import draw_tickets, survey_table, ticket_table
from tenure.sources.demo.words import ADD_ON, PLACES, PLANS, PRODUCTS

_IN_EUROS = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17}


@dataclass(frozen=True)
class Truth:
    """What only the simulator knows.

    ``csm_effect``: by csm_id, what the owner adds to the mood of an account. ``mood_on_churn``: log-odds of leaving per
    unit of mood. ``account_mood``: the own temper by account, in the order of ``account_id``.
    """

    csm_effect: dict[str, float]
    mood_on_churn: float
    account_mood: Floats


@dataclass(frozen=True)
class Company:
    """A simulated company: one Arrow table per canonical table, ending at the start of ``today``.

    Civil dates are ``date32`` (days of ``zone``), instants are timestamps in UTC, money is decimal.
    """

    tables: dict[str, pa.Table]
    truth: Truth
    calendar: Calendar
    today: date
    seed: int
    zone: str
    currency: str


def simulate(
    accounts: int = 300,
    months: int = 24,
    *,
    today: date,
    seed: int = 7,
    zone: str = "Europe/Berlin",
    currency: str = "EUR",
) -> Company:
    """The company with that many accounts over ``months`` complete months and the running one.

    The same ``seed``, ``today`` and ``accounts`` give the same tables, byte for byte.
    Raises ``UsageError`` for fewer than 20 accounts or 3 months.
    """
    if accounts < 20 or months < 3:
        raise UsageError(
            "A simulated company needs at least 20 accounts and 3 months.",
            code="company_too_small",
            fix="Ask for more, as --accounts 300.",
        )
    days = calendar(today, months, zone)
    traits, staff = draw_traits(accounts, days, seed), draw_staff(accounts, days, seed)
    ownership = assign(traits, staff, days, seed)
    life = live(traits, days, seed, levels(traits, staff, ownership), ownership.handed)
    codes = [currency] + [code for code in ("USD", "GBP") if code != currency]
    paid_in = _currencies(traits, codes)
    tables = _tables(_Parts(traits, staff, ownership, life, read_lines(life.log), days, seed, paid_in), codes)
    effects = {f"csm-{number + 1:02}": float(effect) for number, effect in enumerate(staff.effect)}
    return Company(tables, Truth(effects, MOOD_ON_CHURN, traits.fit), days, today, seed, zone, currency)


@dataclass(frozen=True)
class _Parts:
    traits: Traits
    staff: Staff
    ownership: Ownership
    life: Life
    lines: Lines
    days: Calendar
    seed: int
    currency: pa.Array  # by account


def _tables(made: _Parts, codes: list[str]) -> dict[str, pa.Table]:
    traits, life, days, seed, currency = made.traits, made.life, made.days, made.seed, made.currency
    bills = draw_bills(life.log, traits, days, seed)
    tickets = draw_tickets(life, traits, days, seed)
    return {
        "account": account_table(traits, made.lines, days, seed, currency),
        "person": person_table(traits, life.log, days, seed),
        "csm": csm_table(made.staff, days),
        "assignment": assignment_table(traits, made.ownership, made.staff, made.lines, days),
        "product": _products(),
        "plan": _plans(),
        "subscription": subscription_table(made.lines, traits, currency),
        "contract": contract_table(life.log, made.lines, traits, days, seed, currency),
        "churn": churn_table(life.log, days, seed),
        "invoice": invoice_table(bills, currency),
        "invoice_line": invoice_line_table(bills),
        "payment": payment_table(bills, currency, days),
        "ticket": ticket_table(tickets),
        "survey_answer": survey_table(life, traits, made.ownership, tickets, days, seed),
        "exchange_rate": _rates(codes, days, seed),
    }


def _currencies(traits: Traits, codes: list[str]) -> pa.Array:
    local = np.array([codes.index(place.currency) if place.currency in codes else 0 for place in PLACES])
    return word(np.where(traits.foreign, local[traits.place], 0), codes)


def _products() -> pa.Table:
    ids, names, families = zip(*PRODUCTS, strict=True)
    return pa.table({"product_id": list(ids), "name": list(names), "family": list(families)})


def _plans() -> pa.Table:
    planner, insights = PRODUCTS[0][0], PRODUCTS[1][0]
    return pa.table(
        {
            "plan": [*PLANS, ADD_ON],
            "product_id": [planner] * len(PLANS) + [insights],
            "rank": [*range(1, len(PLANS) + 1), 1],
        }
    )


def _rates(codes: list[str], days: Calendar, seed: int) -> pa.Table:
    """Rates of every working day, wandering around their usual level."""
    every = np.arange(days.starts[0], days.today)
    day: Ints = every[(every + 3) % 7 < 5]
    foreign = codes[1:]
    walk = draws(seed, "rates").normal(0, 0.002, (len(foreign), len(day))).cumsum(axis=1)
    usual = np.array([_IN_EUROS[code] / _IN_EUROS.get(codes[0], 1.0) for code in foreign])
    rates = np.rint(usual[:, None] * np.exp(walk) * 1_000_000).astype(np.int64)
    return pa.table(
        {
            "currency": word(np.repeat(np.arange(len(foreign)), len(day)), foreign),
            "date": civil(np.tile(day, len(foreign))),
            "rate": money(rates.ravel(), 6),
        }
    )
