"""``time_to_adopt``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.use.product import did, seats, told

EXAMPLE = Example(
    """Reports come out on 5 March: from then on Acme and Birch may use them, from 15 March on Cedar too, which is when it
    gets the product. Acme first does after 10 days, Birch after 30, Cedar has not yet and counts as waiting. Half of the
    three have used them after 30 days.""",
    {
        "feature": """
        feature_id,name,product_id,released_at
        reports,Reports,core,2026-03-05
        """,
        "entitlement": """
        account_id,product_id,valid_from
        acme,core,2025-01-01
        birch,core,2025-02-01
        cedar,core,2026-03-15
        """,
        "usage": """
        account_id,person_id,feature,occurred_at
        acme,ann,reports,2026-03-15
        acme,ann,reports,2026-03-16
        birch,bob,reports,2026-04-04
        """,
    },
    "2026-03",
    (Shown("30", "2", "3", beside={"open": "1"}),),
)

SLUG = "time_to_adopt"
BOTH = (seats("acme", 5, "2026-03-01"), seats("birch", 5, "2026-03-01"))


def march(*rows, entitled=BOTH, **more):
    world = told(*rows, entitled=entitled, now="2026-07-01", **more)
    return {figure.slice["feature"]: figure for figure in world.ask(SLUG, "2026-03", by=("feature",))}


def test_from_the_entitlement_to_the_first_use():
    found = march(did("acme", "ann", "2026-03-05"), did("acme", "ann", "2026-03-03"), did("birch", "bob", "2026-03-11"))
    assert {name: (figure.value, figure.n, figure.extra["open"]) for name, figure in found.items()} == {
        "plan": (2, 2, 0),
        "share": (None, 2, 2),
        "look": (None, 2, 2),
    }
    assert found["plan"].extra["p90"] == 10


def test_what_was_released_later_is_waited_for_from_then_on():
    new = {"feature_id": "new", "name": "New", "product_id": "core", "released_at": "2026-03-20"}
    world = told(did("acme", "ann", "2026-03-25", "new"), did("birch", "bob", "2026-03-10", "new"), entitled=BOTH,
                 now="2026-07-01")  # fmt: skip
    world.add("feature", new)
    (figure,) = world.ask(SLUG, "2026-03", where=(("feature", "new"),))
    assert (figure.value, figure.n, figure.extra["open"]) == (5, 2, 1)  # a use before the release is none


def test_whose_entitlement_ends_never_comes_to_it():
    ended = (seats("acme", 5, "2026-03-01"), seats("birch", 5, "2026-03-01", "2026-03-03"))
    figure = march(did("acme", "ann", "2026-03-05"), entitled=ended)["plan"]
    assert (figure.value, figure.numerator, figure.extra["left"], figure.extra["open"]) == (4, 1, 1, 0)


def test_our_own_people_adopt_nothing_and_early_use_is_left_out():
    world = told(did("acme", "us", "2026-03-02"), did("birch", "bob", "2026-02-20"), entitled=BOTH, now="2026-07-01")
    world.add("person", {"person_id": "us", "is_internal": True})
    (figure,) = world.ask(SLUG, "2026-03", where=(("feature", "plan"),))
    assert (figure.n, figure.extra["open"], figure.excluded) == (1, 1, {"ended before it began": 1})
