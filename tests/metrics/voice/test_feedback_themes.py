"""``feedback_themes``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.metrics.voice.requests import request
from tests.metrics.voice.surveys import nps
from tests.world import ACME, BIRCH, World

EXAMPLE = Example(
    """Of the comments in March two are on the price and one is on speed. Dune's has words and no theme: it is left out.
    2 / 3 = 66.7 % are on the price, 1 / 3 = 33.3 % on speed.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,score,scale_min,scale_max,text,theme,answered_at
        a1,nps,acme,6,0,10,Too dear for what we use,price,2026-03-02
        a2,nps,dune,9,0,10,Thank you,,2026-03-04
        """,
        "request": """
        request_id,account_id,kind,theme,created_at
        r1,birch,feedback,price,2026-03-05
        r2,cedar,complaint,speed,2026-03-09
        """,
    },
    "2026-03",
    (
        Shown("0.6667", "2", "3", {"theme": "price"}),
        Shown("0.3333", "1", "3", {"theme": "speed"}),
        Shown(None, slice={"theme": ""}, left_out={"no theme": "1"}),
    ),
    by=("theme",),
)

SLUG = "feedback_themes"


def told():
    """Of 20 comments on a theme 6 are on price, 14 on speed; 5 more are on none."""
    world = World().account(ACME, segment="SMB").account(BIRCH, segment="Enterprise")
    world.add("survey_answer", *(nps(9, text="!", theme="price", account_id=ACME) for _ in range(4)),
              *(nps(9, text="!", theme="speed", account_id=ACME) for _ in range(6)),
              *(nps(9, text="!", account_id=ACME) for _ in range(5)), nps(9, account_id=ACME))  # fmt: skip
    return world.add("request", *(request(ACME, theme="price") for _ in range(2)),
                     *(request(BIRCH, kind="complaint", theme="speed") for _ in range(8)))  # fmt: skip


def test_each_themes_share_of_the_comments_on_any():
    found = {figure.slice["theme"]: figure for figure in told().ask(SLUG, "2026-03")}
    assert {theme: (f.value, f.numerator, f.denominator, f.n) for theme, f in found.items() if theme} == {
        "price": (Decimal("0.3"), 6, 20, 20), "speed": (Decimal("0.7"), 14, 20, 20),
    }  # fmt: skip
    assert (float(found["price"].low), float(found["price"].high)) == pytest.approx((0.1455, 0.5190), abs=5e-5)
    assert (found[None].value, found[None].excluded) == (None, {"no theme": 5})


def test_in_a_slice_a_theme_is_a_share_of_the_slices_comments():
    found = {tuple(f.slice.values()): f.value for f in told().ask(SLUG, "2026-03", by=("segment", "theme"))}
    assert found == {
        ("SMB", "price"): Decimal("0.5"), ("SMB", "speed"): Decimal("0.5"), ("SMB", None): None,
        ("Enterprise", "price"): 0, ("Enterprise", "speed"): 1,
    }  # fmt: skip


def test_examples_are_the_rows_behind_a_theme():
    rows = [row for row in told().rows(SLUG, "2026-03", by=("theme",)) if row["by_theme"] == "price" and row["on_it"]]
    assert len(rows) == 6
    assert sum(bool(row["request_id"]) for row in rows) == 2


def test_of_anonymous_comments_no_more_than_the_theme_is_told_and_that_not_among_fewer_than_five():
    world = World().account(ACME, segment="SMB").account(BIRCH, segment="Enterprise")
    secret = {"text": "!", "theme": "boss", "account_id": ACME, "is_anonymous": True}
    world.add("survey_answer", nps(1, **secret),
              *(nps(9, text="!", theme="price", account_id=BIRCH) for _ in range(5)))  # fmt: skip
    assert world.values(SLUG, "2026-03", by="theme") == {
        "price": Decimal("0.8333333333"),
        "boss": Decimal("0.1666666667"),
    }
    for by in ("segment", "kind", "survey"):
        found = {tuple(f.slice.values()): f.status for f in world.ask(SLUG, "2026-03", by=(by, "theme"))}
        assert {found[None, "boss"], found[None, "price"]} == {"suppressed"}
        assert ("SMB", "boss") not in found
    world = World().add("survey_answer", *(nps(1, **secret) for _ in range(4)))
    assert {f.status for f in world.ask(SLUG, "2026-03", by=("theme",))} == {"suppressed"}


def test_nothing_said_no_share():
    assert World().add("survey_answer", nps(9, text="!")).value(SLUG, "2026-03") is None
