"""``touchpoint_frequency``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.figures.scope import Scope
from tests.example import Example, Shown
from tests.metrics.relationship.touches import call, mail, told
from tests.oracle.test_money import SMALL
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """In April Ada meets Acme; on another day she writes to it and is answered, which is one contact of two sides. Ben calls
    Cedar. The mail to Birch was not answered, and automated mail is no contact. Cedar was created in the middle of April,
    so that there are 1 + 1 + 0.5 = 2.5 account-months. 3 / 2.5 = 1.2 contacts.""",
    {
        "account": """
        account_id,name,created_at
        acme,Acme,2025-01-10
        birch,Birch,2025-02-03
        cedar,Cedar,2026-04-16
        """,
        "touchpoint": """
        touchpoint_id,account_id,csm_id,channel,direction,occurred_at,is_automated,thread_id
        t1,acme,ada,meeting,both,2026-04-02 10:00,false,
        t2,acme,ada,email,out,2026-04-14 09:00,false,plans
        t3,acme,ada,email,in,2026-04-14 15:00,false,plans
        t4,birch,ben,email,out,2026-04-08 11:00,false,
        t5,birch,,email,out,2026-04-20 06:00,true,
        t6,cedar,ben,call,both,2026-04-22 16:00,false,
        """,
    },
    "2026-04",
    (Shown("1.2", "3", "2.5"),),
)

SLUG = "touchpoint_frequency"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_contacts_per_account_and_month():
    figure = march(told(call(ACME, "2026-03-01"), call(ACME, "2026-03-31 23:59"), call(BIRCH, "2026-03-15"),
                        call(ACME, "2026-02-28"), call(ACME, "2026-04-01")))  # fmt: skip
    assert (figure.numerator, figure.denominator, figure.value, figure.n) == (3, 2, Decimal("1.5"), 2)
    assert (figure.unit, figure.status) == ("count", "small")


def test_a_meeting_of_five_is_one():
    assert march(told(call(ACME, "2026-03-01", channel="meeting", person_ids='["a","b","c","d","e"]'))).numerator == 1


def test_a_thread_counts_once_a_day_and_as_two_way_if_both_spoke_that_day():
    thread = [
        mail(ACME, "2026-03-02 09:00", thread_id="x"),
        mail(ACME, "2026-03-02 10:00", "in", thread_id="x"),
        mail(ACME, "2026-03-02 11:00", thread_id="x"),
        mail(ACME, "2026-03-03 09:00", "in", thread_id="x"),  # nobody answers that day
        mail(ACME, "2026-03-02 09:00", thread_id="y"),
        mail(BIRCH, "2026-03-02 09:00", "both", thread_id="x"),  # another account in the thread
        mail(ACME, "2026-03-02 09:00"),
        mail(ACME, "2026-03-02 09:00"),
    ]
    world = told(*thread)
    assert march(world).numerator == 2
    assert march(world, variant=("all",)).numerator == 6


def test_a_threads_day_is_the_local_one():
    world = told(
        mail(ACME, "2026-03-02 22:30:00", thread_id="x"), mail(ACME, "2026-03-02 23:30:00", "in", thread_id="x"),
        zone="Europe/Berlin",
    )  # fmt: skip
    assert march(world).numerator == 0
    assert march(world, variant=("all",)).numerator == 2


def test_what_is_automated_or_yet_to_come_is_none():
    world = told(mail(ACME, "2026-03-02", "both", is_automated=True), call(ACME, "2026-03-20"), now="2026-03-16")
    assert march(world, variant=("all",)).numerator == 0


def test_the_same_id_told_twice_is_one_contact():
    row = call(ACME, "2026-03-02")
    assert march(told(row, row | {"occurred_at": "2026-03-05"})).numerator == 1


def test_an_account_counts_from_its_creation_each_day_as_its_share_of_the_month():
    world = World().account(ACME).account(BIRCH, created_at="2026-03-22").account("later", created_at="2026-04-01")
    figure = march(world.add("touchpoint", call(BIRCH, "2026-03-25")))
    assert float(figure.denominator) == pytest.approx(1 + 10 / 31, abs=1e-5)
    assert figure.n == 2


def test_a_quarter_has_three_months_and_a_running_month_its_days():
    world = told(call(ACME, "2026-03-02"), now="2026-03-11")
    assert float(march(world).denominator) == pytest.approx(2 * 10 / 31, abs=1e-5)
    (quarter,) = told().ask(SLUG, "2026-Q1", grain="quarter")
    assert (quarter.denominator, quarter.value) == (6, 0)
    (year,) = told().ask(SLUG, "2024", grain="year")
    assert year.denominator == 24
    (week,) = told().ask(SLUG, "2026-W10", grain="week")  # 2 to 8 March
    assert float(week.denominator) == pytest.approx(2 * 7 / 31, abs=1e-5)
    (window,) = told().ask(SLUG, "2026-03", window="12m")
    assert window.denominator == 24


def test_merged_accounts_are_one_and_test_accounts_none():
    world = World().account(ACME).account(BIRCH, merged_into=ACME).account("test", is_test=True)
    world.add("touchpoint", call(ACME, "2026-03-02"), call(BIRCH, "2026-03-03"), call("test", "2026-03-03"))
    figure = march(world)
    assert (figure.numerator, figure.denominator, figure.n) == (2, 1, 1)


def test_of_a_hand_over_each_owner_has_her_own_time():
    world = told(call(ACME, "2026-03-02"), call(ACME, "2026-03-20"), call(ACME, "2026-03-21"))
    world.owns(ADA, ACME).owns(BEN, ACME, "2026-03-11").owns(BEN, BIRCH, share="0.5").owns(ADA, BIRCH, share="0.5")
    found = {f.slice["owner"]: f for f in world.ask(SLUG, "2026-03", by=("owner",))}
    assert {owner: f.numerator for owner, f in found.items()} == {ADA: 1, BEN: 2}
    assert float(found[ADA].denominator) == pytest.approx(10 / 31 + 0.5, abs=1e-5)
    assert float(found[BEN].denominator) == pytest.approx(21 / 31 + 0.5, abs=1e-5)
    assert sum(f.denominator for f in found.values()) == 2
    assert march(world, scope=Scope((BEN,))).denominator == 2


def test_customers_are_a_slice():
    world = told(call(ACME, "2026-03-02"), call(ACME, "2026-03-22"), call(BIRCH, "2026-03-03"))
    world.pays(ACME, 100, "2026-03-11")
    found = {f.slice["is_customer"]: f for f in world.ask(SLUG, "2026-03", by=("is_customer",))}
    assert (found[True].numerator, found[False].numerator) == (1, 2)
    assert float(found[True].denominator) == pytest.approx(21 / 31, abs=1e-5)
    assert found[True].denominator + found[False].denominator == 2


def test_no_accounts_no_value():
    figure = march(World())
    assert (figure.value, figure.denominator, figure.n) == (None, 0, 0)


def test_the_interval_is_over_accounts():
    """Twelve accounts, half of them with two contacts: the mean is 1, of resampled accounts between .5 and 1.5."""
    world = World()
    for number in range(12):
        world.account(f"a{number}")
    figure = march(world.add("touchpoint", *(call(f"a{n % 6}", f"2026-03-{1 + n:02}") for n in range(12))))
    assert (figure.value, figure.status) == (1, "ok")
    assert 0.3 < float(figure.low) < 0.7
    assert 1.3 < float(figure.high) < 1.7


DAYS = st.integers(1, 30).map(lambda day: f"2026-03-{day:02}")


@SMALL
@given(cuts=st.lists(DAYS, max_size=3, unique=True), calls=st.lists(DAYS, max_size=6), born=DAYS)
def test_slices_add_up_to_the_whole(cuts, calls, born):
    world = World(zone="America/New_York").account(ACME, created_at=born)
    world.add("touchpoint", *(call(ACME, day) for day in calls))
    for number, cut in enumerate(cuts):
        world.owns(f"csm {number}", ACME, cut)
    whole, parts = march(world), world.ask(SLUG, "2026-03", by=("owner",))
    assert sum(f.numerator for f in parts) == whole.numerator == len(calls)
    assert abs(sum(Fraction(f.denominator) for f in parts) - Fraction(whole.denominator)) < Fraction(1, 10**5)
