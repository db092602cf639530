"""A workspace's own metrics, calculated by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.figures import kept
from tenure.figures.scope import Scope
from tests.metrics.own.files import ESCALATION_TIME, LOST_DEALS, URGENT_SHARE, own
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

#: June in Berlin: from 31 May, 22:00 UTC, until 30 June, 22:00 UTC.
JUNE = "2026-06"
BERLIN = "Europe/Berlin"


def ticket(name: str, at: str, **more: Any) -> dict[str, Any]:
    return {"ticket_id": name, "created_at": at, "channel": "email", "priority": "urgent"} | more


@pytest.fixture(scope="module")
def desk():
    """Tickets at the edges of June in Berlin; Acme is handed from Ada to Ben on 15 June."""
    world = World("2026-07-01", BERLIN, own=own(urgent_share=URGENT_SHARE, tickets=TICKETS))
    for name, more in ((ACME, {}), (BIRCH, {}), ("old", {"merged_into": ACME}), ("trial", {"is_test": True})):
        world.account(name, **more)
    world.add("person", {"person_id": "pia", "account_id": BIRCH})
    world.owns(ADA, ACME, valid_to="2026-06-15").owns(BEN, ACME, "2026-06-15").owns(BEN, BIRCH)
    world.add("ticket", ticket("first", "2026-05-31 22:00:00", account_id=ACME, priority="low"), known="2026-06-01")
    world.add(
        "ticket", ticket("first", "2026-05-31 22:00:00", account_id=ACME), known="2026-06-20"
    )  # it was urgent after all
    return world.add(
        "ticket",
        ticket("too early", "2026-05-31 21:59:59", account_id=ACME),
        ticket("last", "2026-06-30 21:59:59", account_id=BIRCH, priority="low"),
        ticket("chat", "2026-06-10 10:00:00", account_id=BIRCH, channel="chat"),
        ticket("nobody's", "2026-06-10 10:00:00", channel=None),  # no chat as far as is known
        ticket("pia's", "2026-06-10 10:00:00", requester_id="pia", priority=None),  # Birch's, not known to be urgent
        ticket("test", "2026-06-10 10:00:00", account_id="trial"),
        ticket("merged", "2026-06-20 10:00:00", account_id="old"),  # Acme's
    )


TICKETS = (
    'definition = "Tickets."\nkind = "total"\ntable = "ticket"\nat = "created_at"\nwhere = \'not channel == "chat"\'\n'
)


def test_a_share_counts_rows(desk):
    """first, last, nobody's, pia's and merged are rows; first, nobody's and merged count."""
    (found,) = desk.ask("urgent_share", JUNE)
    assert (found.value, found.numerator, found.denominator, found.n) == (Decimal("0.6"), 3, 5, 5)
    assert (float(found.low), float(found.high)) == pytest.approx((0.2307, 0.8824), abs=1e-4)  # Wilson's, by hand
    assert (found.unit, found.window, found.variant) == ("share", "period", "")


def test_whose_it_is_is_asked_at_the_time_of_the_row(desk):
    """Ada had Acme at first, Ben when the merged account's came in; Birch's are Ben's too."""
    by_owner = {f.slice["owner"]: (f.numerator, f.denominator) for f in desk.ask("urgent_share", JUNE, by=("owner",))}
    assert by_owner == {ADA: (1, 1), BEN: (1, 3), None: (1, 1)}
    assert desk.values("urgent_share", JUNE, "priority") == {"urgent": 1, "low": 0, None: 0}
    assert desk.value("urgent_share", JUNE, where=(("priority", "low"),)) == 0


def test_a_scope_sees_its_accounts_only(desk):
    """Today both are Ben's, and nobody sees what has no account."""
    (found,) = desk.ask("urgent_share", JUNE, scope=Scope((BEN,)))
    assert (found.numerator, found.denominator) == (2, 4)
    (found,) = desk.ask("urgent_share", JUNE, scope=Scope((ADA,)))
    assert (found.value, found.denominator) == (None, 0)


def test_as_of_a_day_it_knows_what_was_known_then(desk):
    """On 15 June first was not yet known to be urgent; last and merged had not come."""
    (found,) = desk.ask("urgent_share", JUNE, as_of="2026-06-15")
    assert (found.numerator, found.denominator) == (1, 3)


def test_windows_and_grains_are_those_of_any_metric(desk):
    (found,) = desk.ask("urgent_share", "2026-06-10", grain="day")
    assert (found.numerator, found.denominator) == (1, 2)
    (found,) = desk.ask("urgent_share", JUNE, window="3m")
    assert (found.numerator, found.denominator) == (4, 6)  # and what came too early for June
    assert desk.value("urgent_share", "2026-02") is None


def test_the_rows_behind_a_figure_add_up_to_it(desk):
    rows = desk.rows("urgent_share", JUNE)
    assert {row["ticket_id"] for row in rows if row["counted"]} == {"first", "nobody's", "merged"}
    assert sum(row["base"] for row in rows) == 5
    assert {row["account_id"] for row in rows} == {ACME, BIRCH, None}


def test_a_total_without_a_value_counts_rows(desk):
    (found,) = desk.ask("tickets", JUNE)
    assert (found.value, found.n) == (5, 2)
    assert (float(found.low), float(found.high)) == pytest.approx(
        (1.6235, 11.6683), abs=1e-4
    )  # Poisson's, from a table
    assert found.unit == "count"


def test_its_entry_says_all_that_one_must_know(desk):
    entry = kept.entry("urgent_share", desk.settings)
    assert (entry.family, entry.kind, entry.unit, entry.better, entry.by) == (
        "own",
        "ratio",
        "share",
        "less",
        ("priority",),
    )
    assert entry.counts()
    assert entry.axes == {}
    for told in (
        "Share of the period's tickets",
        'priority == "urgent"',
        'channel != "chat"',
        "metrics/urgent_share.toml",
    ):
        assert told in entry.definition
    assert entry.summary == "Share of the period's tickets that came in as urgent."
    assert "urgent_share" not in kept.catalogue()
    with pytest.raises(UsageError):
        kept.entry("urgent_share")


@pytest.fixture(scope="module")
def deals():
    """Deals lost in June, in four currencies; a dollar is worth 0.90 at its opening, 0.80 later."""
    texts = {"lost_deals": LOST_DEALS, "expected": LOST_DEALS.replace('"amount"', '"amount * probability - 1"')}
    world = World("2026-07-01", BERLIN, own=own(**texts))
    world.account(ACME).account(BIRCH).owns(ADA, ACME, share="0.25").owns(BEN, ACME, share="0.75")
    for day, value in (("2026-05-01", "0.9"), ("2026-06-15", "0.8")):
        world.add("exchange_rate", {"currency": "USD", "date": day, "rate": value})
    rows = [("euros", "100.10", "EUR"), ("dollars", "200", "USD"), ("ours", "10.0001", None), ("pounds", "50", "GBP")]
    more = {
        "status": "lost",
        "closed_at": "2026-06-20",
        "created_at": "2026-01-01",
        "probability": "0.5",
        "kind": "new",
    }
    world.add("opportunity", {"opportunity_id": "won", "account_id": ACME, "amount": 7, **more, "status": "won"})
    return world.add(
        "opportunity",
        *({"opportunity_id": name, "account_id": BIRCH if name == "dollars" else ACME, "amount": amount, "currency": currency,
           **more} for name, amount, currency in rows),
    )  # fmt: skip


def test_money_is_converted_at_the_opening_and_nothing_is_made_of_what_is_not_known(deals):
    (found,) = deals.ask("lost_deals", JUNE)
    assert found.value == Decimal("100.10") + 200 * Decimal("0.9") + Decimal("10.0001")
    assert found.excluded == {"no exchange rate": 1}
    assert (found.unit, found.n, found.low) == ("money", 2, None)


def test_money_is_split_among_those_who_share_an_account(deals):
    by_owner = deals.values("lost_deals", JUNE, "owner")
    assert by_owner == {ADA: Decimal("27.525025"), BEN: Decimal("82.575075"), None: 180}


def test_a_value_may_be_worked_out(deals):
    """Half of each less one, in its own currency, exact to a ten-thousandth: 49.05, 99 dollars, 4.00005 (up)."""
    (found,) = deals.ask("expected", JUNE)
    assert found.value == Decimal("49.05") + 99 * Decimal("0.9") + Decimal("4.0001")
    assert found.excluded == {"no exchange rate": 1}


def test_numbers_that_are_no_money_add_up_with_their_decimals():
    text = 'definition = "Seats."\nkind = "total"\ntable = "subscription"\nat = "started_at"\nvalue = "quantity"\n'
    world = World(own=own(seats=text)).account(ACME)
    for name, quantity in (("a", "1.5"), ("b", "2.25"), ("c", None), ("huge", 10**9)):
        world.pays(ACME, 1, "2026-06-03", line=name, quantity=quantity)
    (found,) = world.ask("seats", JUNE)
    assert (found.value, found.low) == (Decimal("1000000003.75"), None), "no chance of counting is claimed for a sum"
    assert found.excluded == {"no value": 1}
    world.owns(ADA, ACME, share="0.5").owns(BEN, ACME, share="0.5")
    assert world.values("seats", JUNE, "owner") == {ADA: Decimal("500000001.875"), BEN: Decimal("500000001.875")}


def opened(name: str, at: str, until: str | None, **more: Any) -> dict[str, Any]:
    return {"escalation_id": name, "account_id": ACME, "opened_at": at, "closed_at": until, "level": "manager", **more}


def test_cases_count_who_still_waits():
    """1 and 3 and 5 days, and one that has waited for 2: of 4, then of 2, one ends: 3/4, 3/8. The median is 3 days."""
    world = World("2026-07-01", own=own(escalation_time=ESCALATION_TIME)).account(ACME)
    world.add(
        "escalation", opened("one", "2026-06-02", "2026-06-03"), opened("three", "2026-06-02", "2026-06-05"),
        opened("five", "2026-06-02", "2026-06-07"), opened("waits", "2026-06-29", None),
        opened("in July", "2026-07-05", None), opened("back", "2026-06-05", "2026-06-04"),
    )  # fmt: skip
    (found,) = world.ask("escalation_time", JUNE)
    assert (found.value, found.unit, found.numerator, found.denominator) == (3, "days", 3, 4)
    assert found.extra["open"] == 1
    assert found.excluded == {"ended before it began": 1}
    hours = ESCALATION_TIME + 'unit = "minutes"\nwhere = "closed_at < add_days(opened_at, 3)"\n'
    (found,) = World("2026-07-01", own=own(quick=hours)).account(ACME).add(
        "escalation", opened("one", "2026-06-02", "2026-06-03"), opened("three", "2026-06-02", "2026-06-05")
    ).ask("quick", JUNE)  # fmt: skip
    assert (found.value, found.denominator) == (1440, 1)


def test_what_comes_first_and_ends_a_case_otherwise_keeps_it_in_the_base():
    """Of 4: 1 day ends one, 2 days take one out, 3 days end one of the 2 left: 1/4, then 1/4 + 1/2 x 1/2 = 1/2."""
    text = """
definition = "Time until a ticket is solved, unless it is escalated."
kind = "cases"
table = "ticket"
from = "created_at"
until = "solved_at"
left = "escalated_at"
"""
    world = World("2026-07-01", own=own(calm_time=text)).account(ACME)
    ends = {"one": "2026-06-03", "out": None, "three": "2026-06-05", "four": "2026-06-06"}
    world.add(
        "ticket",
        *({"ticket_id": name, "account_id": ACME, "created_at": "2026-06-02", "solved_at": end,
           "escalated_at": "2026-06-04" if name == "out" else None} for name, end in ends.items()),
    )  # fmt: skip
    (found,) = world.ask("calm_time", JUNE)
    assert (found.value, found.extra["left"], found.extra["open"]) == (3, 1, 0)


def test_a_civil_day_belongs_to_its_own_period_in_every_zone():
    text = 'definition = "Sessions."\nkind = "total"\ntable = "usage_daily"\nat = "day"\nvalue = "events"\n'
    world = World("2026-07-01", "America/New_York", own=own(sessions=text)).account(ACME).owns(ADA, ACME, "2026-06-30")
    for day, events in (("2026-05-31", 1), ("2026-06-01", 2), ("2026-06-30", 4), ("2026-07-01", 8)):
        world.add("usage_daily", {"account_id": ACME, "day": day, "events": events})
    assert world.values("sessions", JUNE, "owner") == {None: 2, ADA: 4}


def test_dates_written_out_are_the_organisations():
    """1 June begins in Berlin when it is still 31 May by UTC."""
    text = URGENT_SHARE.replace('channel != "chat"', 'created_at >= "2026-06-01"')
    world = World("2026-07-01", BERLIN, own=own(urgent_share=text)).account(ACME)
    world.add("ticket", ticket("in", "2026-05-31 22:00:00"), ticket("out", "2026-05-31 21:59:59"))
    assert [row["ticket_id"] for row in world.rows("urgent_share", "2026", grain="year")] == ["in"]


def test_anonymous_answers_are_never_told():
    text = 'definition = "Tens."\nkind = "share"\ntable = "survey_answer"\nat = "answered_at"\ncounts = "score == 10"\n'
    world = World(own=own(tens=text))
    rows = [(ACME, 4, True), (BIRCH, 6, False), (CEDAR, 6, True)]
    for name, count, anonymous in rows:
        world.account(name, segment=name).add(
            "survey_answer",
            *({"answer_id": f"{name}{n}", "account_id": name, "survey": "nps", "score": 10 if n < 3 else 5,
               "answered_at": "2026-06-10", "is_anonymous": anonymous, "scale_min": 0, "scale_max": 10} for n in range(count)),
        )  # fmt: skip
    found = {f.slice["segment"]: f for f in world.ask("tens", JUNE, by=("segment",))}
    assert {name: f.status for name, f in found.items()} == {ACME: "suppressed", BIRCH: "suppressed", CEDAR: "small"}
    assert found[CEDAR].value == Decimal("0.5")
    assert world.value("tens", JUNE, where=(("segment", ACME),)) is None
