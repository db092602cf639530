"""Handed over completely of what was won."""

from __future__ import annotations

from decimal import Decimal

from tenure.core.config import Handover
from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, World

EXAMPLE = Example(
    """Three accounts are won in March. Acme's contacts and goals are both handed over. Of Birch the goals are still missing.
    Of Cedar nothing is noted at all: it was not handed over. 1 / 3 = 33.3 %.""",
    {
        "milestone": """
        account_id,kind,completed_at
        acme,closed_won,2026-03-02
        birch,closed_won,2026-03-10
        cedar,closed_won,2026-03-16
        """,
        "handover_item": """
        account_id,kind,from_id,to_id,item,done_at
        acme,sales_to_success,sid,ada,contacts,2026-03-03
        acme,sales_to_success,sid,ada,goals,2026-03-05
        birch,sales_to_success,sid,ben,contacts,2026-03-12
        birch,sales_to_success,sid,ben,goals,
        """,
    },
    "2026-03",
    (Shown("0.3333", "1", "3"),),
)

SLUG = "handover_quality"


def item(account, name, done=None, due=None, **more):
    row = {"account_id": account, "kind": "sales_to_success", "from_id": "eve", "to_id": ADA, "item": name}
    return row | {"done_at": done, "due_at": due} | more


def won(account, at="2026-03-10", milestone=None, name=""):
    return {
        "milestone_id": milestone or f"{account}{name}",
        "account_id": account,
        "kind": "closed_won",
        "completed_at": at,
    }


def told(**more):
    world = Cases(**more)

    def case(name, *items, at="2026-03-10"):
        world.case(name).add("milestone", won(name, at))
        world.add("handover_item", *(item(name, *i) for i in items))

    case("complete", ("goals", "2026-03-12"), ("contacts", "2026-03-20", "2026-03-20"))
    case("late", ("goals", "2026-03-21", "2026-03-20"))
    case("late, without a day", ("goals", "2026-03-25"))
    case("goals missing", ("goals",), ("contacts", "2026-03-20"))
    case("both missing", ("goals",), ("contacts",))
    case("nothing noted")
    case("due in August", ("goals", None, "2026-08-01"), ("contacts", "2026-03-20"))
    case("one missing, one due in August", ("goals", None, "2026-08-01"), ("contacts",))
    case("noted twice", ("goals",), ("goals", "2026-03-20"))
    case("won in April", ("goals", "2026-03-20"), at="2026-04-01")
    world.case("by opportunity").add("handover_item", item("by opportunity", "goals", "2026-03-12"))
    sale = {"account_id": "by opportunity", "amount": 1, "created_at": "2026-01-01", "status": "won"}
    world.add("opportunity", sale | {"opportunity_id": "o1", "kind": "new", "closed_at": "2026-03-10"},
              sale | {"opportunity_id": "o2", "kind": "new", "closed_at": "2026-04-10"},
              sale | {"opportunity_id": "o3", "kind": "upsell", "closed_at": "2026-02-10"})  # fmt: skip
    world.case("only between CSMs").add("milestone", won("only between CSMs"))
    return world.add("handover_item", item("only between CSMs", "goals", "2026-03-12", kind="csm_to_csm"))


RIGHT = {
    "complete": 1, "late": 1, "late, without a day": 1, "noted twice": 1, "by opportunity": 1, "goals missing": 0,
    "both missing": 0, "nothing noted": 0, "one missing, one due in August": 0, "only between CSMs": 0,
    "due in August": None,
}  # fmt: skip


def told_twice_is_two_rows(world):
    """The second row of one item is another person's: the same would be a correction."""
    return world.add("handover_item", item("noted twice", "goals", to_id="ben"))


def test_complete_hand_overs_of_what_was_won():
    world = told_twice_is_two_rows(told())
    assert world.by_case(SLUG, "2026-03") == RIGHT
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.excluded) == (Decimal("0.5"), 10, {"still open": 1})
    assert figure.bounds == (Decimal("0.4545454545"), Decimal("0.5454545455"))  # 5 and 6 of 11
    late = {"late": 0, "late, without a day": 0}  # the grace ends on 24 March
    assert world.by_case(SLUG, "2026-03", variant=("on_time",)) == RIGHT | late
    assert world.by_case(SLUG, "2026-04") == {"won in April": 1}


def test_what_is_missing_is_named():
    figures = {f.slice["item"]: f.n for f in told().ask(SLUG, "2026-03", by=("item",))}
    assert figures == {None: 5, "goals": 1, "contacts": 1, "several": 1, "no hand-over": 2}
    found = {f.slice["item"]: (f.numerator, f.denominator, f.excluded)
             for f in told().ask(SLUG, "2026-03", by=("item",), variant=("per_item",))}  # fmt: skip
    assert found == {
        "goals": (5, 7, {"still open": 2}), "contacts": (3, 5, {}), "no hand-over": (0, 0, {"no hand-over": 2}),
    }  # fmt: skip


def test_within_the_grace_nothing_is_missing_yet():
    (figure,) = told(now="2026-03-18").ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.excluded) == (1, 1, {"still open": 10})


def test_items_declared_for_every_hand_over_are_missing_where_nobody_noted_them():
    world = told(handover=Handover(items=("goals", "budget")))
    assert world.by_case(SLUG, "2026-03") == RIGHT | dict.fromkeys([n for n, v in RIGHT.items() if v == 1], 0) | {
        "due in August": 0
    }
    found = {f.slice["item"]: f.value for f in world.ask(SLUG, "2026-03", by=("item",), variant=("per_item",))}
    assert found["budget"] == 0


def test_who_handed_over_to_whom_and_the_first_owner():
    world = World().account(ACME).add("milestone", won(ACME)).add("handover_item", item(ACME, "goals", "2026-03-12"))
    world.owns(ADA, ACME, "2026-03-20")
    for by, who in (("owner", ADA), ("agent", ADA), ("seller", "eve")):
        assert world.values(SLUG, "2026-03", by) == {who: 1}
    world.add("handover_item", item(ACME, "contacts", "2026-03-13", from_id=ADA))
    assert world.values(SLUG, "2026-03", "seller") == {"eve": 1}, "whoever took over said that it is done"
