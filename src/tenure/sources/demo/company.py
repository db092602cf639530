"""A seeded, simulated subscription company: canonical tables whose true effects are known.

``simulate`` draws who the accounts and the CSMs are, lets the months pass for all accounts at once, and writes down
what happened as the rows a real company would have. Everything hangs on one hidden number per account and month, its
mood: the unhappy use less, ask more, answer worse, pay later and leave. A CSM's true effect is added to the mood of the
accounts owned, and that of a play to those it was tried on; both are kept in ``Company.truth`` and never written to a
file, so that estimators can be held against them.

Every canonical table is filled but three, whose rows are born in Tenure itself and have no simulated past: ``close``,
``approval`` and ``retraction``. The file that simulates a table names it in its first line;
``product``, ``plan`` and ``exchange_rate`` are here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from tenure.core.errors import UsageError
from tenure.sources.demo.absence import absence_table, draw_absences
from tenure.sources.demo.accountability import accountability_table
from tenure.sources.demo.accounts import account_table
from tenure.sources.demo.advocacy import advocacy_table
from tenure.sources.demo.billing import draw_bills, invoice_line_table, invoice_table, payment_table
from tenure.sources.demo.called import renewal_forecast_table
from tenure.sources.demo.cast import assignment_table
from tenure.sources.demo.columns import civil, draws, money, texts, whole, word
from tenure.sources.demo.contracts import churn_table, contract_table
from tenure.sources.demo.days import Calendar, Floats, Ints, calendar
from tenure.sources.demo.features import entitlement_table, feature_table
from tenure.sources.demo.goals import goal_table
from tenure.sources.demo.handover import handover_item_table
from tenure.sources.demo.hours import holiday_table, schedule_table, sla_target_table
from tenure.sources.demo.life import live
from tenure.sources.demo.lines import read_lines, subscription_table
from tenure.sources.demo.notice import MOOD_ON_CHURN
from tenure.sources.demo.objectives import objective_tables
from tenure.sources.demo.onboarding import milestone_table, training_table
from tenure.sources.demo.past import Past
from tenure.sources.demo.people import People, all_people, draw_people
from tenure.sources.demo.pipeline import credit_table, draw_deals, opportunity_line_table, opportunity_table
from tenure.sources.demo.plays import EFFECTS, Plays, draw_plays, lift, treatment_table
from tenure.sources.demo.pulse import judgement_table
from tenure.sources.demo.relationship import inquiry_table, touchpoint_table
from tenure.sources.demo.reported import reported_figure_table, target_table
from tenure.sources.demo.request import request_table
from tenure.sources.demo.staff import assign, draw_staff, levels
from tenure.sources.demo.support import (
    draw_course,
    draw_escalations,
    escalation_table,
    ticket_assignee_table,
    ticket_comment_table,
    ticket_status_table,
)
from tenure.sources.demo.team import csm_table
from tenure.sources.demo.tickets import draw_tickets, ticket_table
from tenure.sources.demo.traits import Traits, draw_traits
from tenure.sources.demo.use import draw_use, last_seen, usage_daily_table, usage_table
from tenure.sources.demo.voice import survey_table
from tenure.sources.demo.words import ADD_ON, IN_EUROS, PLACES, PLANS, PRODUCTS


@dataclass(frozen=True)
class Truth:
    """What only the simulator knows.

    ``csm_effect``: by csm_id, what the owner adds to the mood of an account. ``mood_on_churn``: log-odds of leaving per
    unit of mood. ``account_mood``: the own temper by account, in the order of ``account_id``. ``play_effect``: by play,
    what it adds to the mood of the accounts treated, for half a year.
    """

    csm_effect: dict[str, float]
    mood_on_churn: float
    account_mood: Floats
    play_effect: dict[str, float]


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
    codes = [currency] + [code for code in ("USD", "GBP") if code != currency]
    plays, past = _past(accounts, days, seed, codes)
    effects = {f"csm-{number + 1:02}": float(effect) for number, effect in enumerate(past.staff.effect)}
    truth = Truth(effects, MOOD_ON_CHURN, past.traits.fit, dict(EFFECTS))
    return Company(_tables(past, plays, codes), truth, days, today, seed, zone, currency)


def _past(accounts: int, days: Calendar, seed: int, codes: list[str]) -> tuple[Plays, Past]:
    """Let the months pass."""
    traits, staff = draw_traits(accounts, days, seed), draw_staff(accounts, days, seed)
    ownership, plays = assign(traits, staff, days, seed), draw_plays(traits, days, seed)
    usual = levels(traits, staff, ownership) + lift(plays, days.steps)
    life = live(traits, days, seed, usual, ownership.handed)
    absences, paid_in = draw_absences(staff, days, seed), _currencies(traits, codes)
    return plays, Past(traits, staff, ownership, absences, life, read_lines(life.log), days, seed, paid_in)


def _tables(past: Past, plays: Plays, codes: list[str]) -> dict[str, pa.Table]:
    """What a company keeps of it, in the order of who is named before who names."""
    people = draw_people(past)
    return {
        **_offer(past, codes),
        **_who(past, people),
        **_business(past),
        **_support(past, people),
        **_daily(past, people, plays),
        "target": target_table(past.calendar),
        **objective_tables(past),
        "accountability": accountability_table(past),
        "reported_figure": reported_figure_table(past, codes),
    }


def _offer(past: Past, codes: list[str]) -> dict[str, pa.Table]:
    return {
        "product": _products(),
        "plan": _plans(),
        "feature": feature_table(past.calendar),
        "exchange_rate": _rates(codes, past.calendar, past.seed),
        "schedule": schedule_table(past.calendar),
        "holiday": holiday_table(past.calendar),
        "sla_target": sla_target_table(past.calendar),
    }


def _who(past: Past, people: People) -> dict[str, pa.Table]:
    traits, lines, days = past.traits, past.lines, past.calendar
    use = draw_use(past, people)
    return {
        "account": account_table(traits, lines, days, past.seed, past.currency),
        "person": all_people(people, past, last_seen(use, people)),
        "csm": csm_table(past.staff, days),
        "absence": absence_table(past.absences),
        "assignment": assignment_table(traits, past.ownership, past.staff, lines, days),
        "entitlement": entitlement_table(lines, days),
        "usage": usage_table(use, people),
        "usage_daily": usage_daily_table(past),
    }


def _business(past: Past) -> dict[str, pa.Table]:
    traits, lines, days, log = past.traits, past.lines, past.calendar, past.life.log
    bills = draw_bills(log, traits, days, past.seed)
    contracts = contract_table(log, lines, traits, days, past.seed, past.currency)
    deals = draw_deals(past, contracts)
    return {
        "subscription": subscription_table(lines, traits, past.currency),
        "contract": contracts,
        "renewal_forecast": renewal_forecast_table(past, contracts),
        "churn": churn_table(log, days, past.seed),
        "opportunity": opportunity_table(past, deals),
        "opportunity_line": opportunity_line_table(deals),
        "credit": credit_table(past, deals),
        "invoice": invoice_table(bills, past.currency),
        "invoice_line": invoice_line_table(bills),
        "payment": payment_table(bills, past.currency, days),
    }


def _support(past: Past, people: People) -> dict[str, pa.Table]:
    tickets = draw_tickets(past.life, past.traits, past.calendar, past.seed)
    course, escalations = draw_course(past, tickets), draw_escalations(past, tickets)
    rows = ticket_table(tickets, people, escalations.by_ticket(len(tickets)), past.calendar, past.seed)
    requester = rows.column("requester_id").combine_chunks()
    return {
        "ticket": rows,
        "ticket_status": ticket_status_table(tickets, course, requester),
        "ticket_assignee": ticket_assignee_table(tickets, course),
        "ticket_comment": ticket_comment_table(past, tickets, course, requester),
        "escalation": escalation_table(escalations),
        "survey_answer": survey_table(past, people, tickets),
    }


def _daily(past: Past, people: People, plays: Plays) -> dict[str, pa.Table]:
    return {
        "milestone": milestone_table(past),
        "training": training_table(past, people),
        "handover_item": handover_item_table(past),
        "touchpoint": touchpoint_table(past, people),
        "inquiry": inquiry_table(past),
        "goal": goal_table(past, people),
        "advocacy": advocacy_table(past, people),
        "request": request_table(past, people),
        "treatment": treatment_table(plays, past.life, past.calendar),
        "judgement": judgement_table(past),
    }


def _currencies(traits: Traits, codes: list[str]) -> pa.Array:
    local = np.array([codes.index(place.currency) if place.currency in codes else 0 for place in PLACES])
    return word(np.where(traits.foreign, local[traits.place], 0), codes)


def _products() -> pa.Table:
    ids, names, families = (texts(words) for words in zip(*PRODUCTS, strict=True))
    return pa.table({"product_id": ids, "name": names, "family": families})


def _plans() -> pa.Table:
    planner, insights = PRODUCTS[0][0], PRODUCTS[1][0]
    return pa.table(
        {
            "plan": texts([*PLANS, ADD_ON]),
            "product_id": texts([planner] * len(PLANS) + [insights]),
            "rank": whole(np.array([*range(1, len(PLANS) + 1), 1])),
        }
    )


def _rates(codes: list[str], days: Calendar, seed: int) -> pa.Table:
    """Rates of every working day, wandering around their usual level."""
    every = np.arange(days.starts[0], days.today)
    day: Ints = every[(every + 3) % 7 < 5]
    foreign = codes[1:]
    walk = draws(seed, "rates").normal(0, 0.002, (len(foreign), len(day))).cumsum(axis=1)
    usual = np.array([IN_EUROS[code] / IN_EUROS.get(codes[0], 1.0) for code in foreign])
    rates = np.rint(usual[:, None] * np.exp(walk) * 1_000_000).astype(np.int64)
    return pa.table(
        {
            "currency": word(np.repeat(np.arange(len(foreign)), len(day)), foreign),
            "date": civil(np.tile(day, len(foreign))),
            "rate": money(rates.ravel(), 6),
        }
    )
