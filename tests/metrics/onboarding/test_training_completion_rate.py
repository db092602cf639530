"""Courses taken of those that were due."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, BIRCH, World

EXAMPLE = Example(
    """Three required courses are due in March. Ann takes hers in time and Bob late, which is taken too; Cleo has not.
    Dan's was optional and is left out, though he took it. 2 / 3 = 66.7 %.""",
    {
        "training": """
        training_id,account_id,person_id,course,required,assigned_at,due_at,completed_at
        c1,acme,ann,Basics,true,2026-02-15,2026-03-15,2026-03-10
        c2,birch,bob,Basics,true,2026-02-15,2026-03-15,2026-04-02
        c3,cedar,cleo,Basics,true,2026-03-01,2026-03-31,
        c4,cedar,dan,Reports,false,2026-03-01,2026-03-31,2026-03-20
        """
    },
    "2026-03",
    (Shown("0.6667", "2", "3", left_out={"optional course": "1"}),),
)

SLUG = "training_completion_rate"


def course(number, account=ACME, person="p1", done=None, due="2026-03-10", **more):
    row = {
        "training_id": f"t{number}",
        "account_id": account,
        "person_id": person,
        "course": "Basics",
        "required": True,
    }
    return row | {"assigned_at": "2026-02-01", "due_at": due, "completed_at": done} | more


def told():
    world = Cases()

    def case(name, person=None, until=None, **more):
        world.case(name, {"amount": 10, "ended_at": until})
        world.add("person", {"person_id": name, "account_id": name, **(person or {})})
        world.add("training", course(name, name, name, **more))

    case("done", done="2026-03-10 23:59:59")
    case("done late", done="2026-03-11")
    case("not done")
    case("not marked", required=None)
    case("optional", required=False)
    case("left before", {"left_at": "2026-03-10"}, done="2026-03-01")
    case("left later", {"left_at": "2026-03-11"})
    case("account left", until="2026-03-01")
    case("ours", {"is_internal": True}, done="2026-03-01")
    case("a machine", {"is_service": True})
    case("due in April", due="2026-04-01")
    case("never due", due=None)
    return world


def test_what_counts():
    world = told()
    expected = {
        "done": 1, "done late": 1, "not done": 0, "not marked": 0, "optional": None, "left before": None, "left later": 0,
        "account left": None, "ours": None, "a machine": None,
    }  # fmt: skip
    assert world.by_case(SLUG, "2026-03") == expected
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.4"), 2, 5)
    assert figure.excluded == {"left": 2, "one of us": 2, "optional course": 1}
    assert world.by_case(SLUG, "2026-03", variant=("on_time",)) == expected | {"done late": 0}


def several():
    world = World().account(ACME).account(BIRCH)
    return world.add(
        "training",
        course(1, done="2026-03-01"), course(2, done="2026-03-01", course="Admin"), course(3, required=False),
        course(4, person="p2", done="2026-03-01"), course(5, person="p2", course="Admin"),
        course(6, person=None),
        course(7, BIRCH, "p3", done="2026-03-01"), course(8, BIRCH, "p4", required=False),
        course(9, None, None, csm_id="ada", done="2026-03-01"), course(10, None, None, csm_id="ben"),
        course(11, None, None, csm_id="ben", course="Admin", done="2026-03-01"),
        course(12, None, None, csm_id="cleo"),
    )  # fmt: skip


def test_per_user_and_per_account():
    world = several()
    (figure,) = world.ask(SLUG, "2026-03", variant=("per_user",))
    assert (figure.numerator, figure.denominator) == (2, 3)  # p1 and p3 of p1, p2, p3
    assert figure.excluded == {"no person named": 1, "optional course": 1}
    (figure,) = world.ask(SLUG, "2026-03", variant=("per_account",))
    assert (figure.numerator, figure.denominator, figure.excluded) == (1, 2, {})
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator) == (4, 6)


def test_by_course():
    assert several().values(SLUG, "2026-03", "course") == {"Basics": Decimal("0.75"), "Admin": Decimal("0.5")}
    # p1 and p2 had both; p3 one.
    assert several().values(SLUG, "2026-03", "course", variant=("per_user",)) == {"Basics": 1, None: Decimal("0.5")}


def test_our_own_people():
    world = several().add("csm", {"csm_id": "cleo", "name": "Cleo", "ended_at": "2026-02-20"})
    (figure,) = world.ask(SLUG, "2026-03", variant=("own_people",))
    assert (figure.numerator, figure.denominator, figure.excluded) == (2, 3, {"left": 1})
    found = world.values(SLUG, "2026-03", "agent", variant=("own_people", "per_user"))
    assert found == {"ada": 1, "ben": 0, None: None}


def test_what_is_due_today_is_not_due_yet():
    assert World(now="2026-03-10 12:00").account(ACME).add("training", course(1)).value(SLUG, "2026-03") is None
