"""Curves of who still waits, beside the formulas as they are written in books."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from math import exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import ADA, BEN, World

DAY = 86_400
Z = 1.959963984540054


def told(cases, owners=()):
    """Accounts that bought on 1 January 2025, each with the day on which it was onboarded or left, or neither."""
    world = World(now="2026-01-01")
    rows: dict[str, list] = {"account": [], "subscription": [], "milestone": []}
    for number, (days, what) in enumerate(cases):
        name, day = f"a{number}", f"2025-{1 + (days - 1) // 28:02}-{1 + (days - 1) % 28:02}"
        rows["account"].append({"account_id": name})
        line = {"subscription_id": name, "account_id": name, "amount": 10, "started_at": "2025-01-01"}
        rows["subscription"].append(line | {"ended_at": day if what == "left" else None})
        if what == "came":
            rows["milestone"].append({"account_id": name, "kind": "onboarded", "completed_at": day})
    for table, found in rows.items():
        world.add(table, *found)
    for name, owner, share in owners:
        world.add("assignment", {"account_id": name, "csm_id": owner, "valid_from": "2020-01-01", "share": share})
    return world


def lengths(world):
    """(days, came, left) of each case, as the rows behind the figure tell."""
    rows = world.rows("onboarding_time", "2025-01")
    return [(row["lasted"] // DAY, row["ended"], row["left_before"]) for row in rows]


def incidence(cases):
    """By day: (F, low, high) of Aalen and Johansen, from the definitions."""
    times = sorted({days for days, _came, _left in cases})
    still, f, steps = 1.0, 0.0, []
    for t in times:
        r = sum(days >= t for days, _, _ in cases)
        d = sum(came for days, came, _ in cases if days == t)
        o = d + sum(left for days, _, left in cases if days == t)
        f += still * d / r
        steps.append((t, r, d, o, still, f))
        still *= 1 - o / r
    found = {}
    for t, *_, f_t in steps:
        variance = 0.0
        for ti, r, d, o, s, fi in steps:
            if ti <= t:
                if o < r:
                    variance += (f_t - fi) ** 2 * o / (r * (r - o))
                variance += s * s * d * (r - d) / r**3 - 2 * (f_t - fi) * s * d / r**2
        ends = (f_t, 0.0)
        if 0 < f_t < 1 - 1e-9:
            reach = Z * sqrt(max(variance, 0)) / (f_t * -log(f_t))
            ends = (f_t ** exp(-reach), f_t ** exp(reach))
        found[t] = (f_t, *ends)
    return found


def first(curve, at, level):
    return min((t for t, values in curve.items() if values[at] >= level - 1e-9), default=None)


CASES = st.lists(
    st.tuples(st.integers(2, 40), st.sampled_from(["came", "came", "left", "waits"])), min_size=2, max_size=40
)


@settings(max_examples=25, deadline=None)
@given(CASES)
def test_the_incidence_is_that_of_the_books(cases):
    world = told(cases)
    (figure,) = world.ask("onboarding_time", "2025-01")
    curve = incidence(lengths(world))
    expected = [first(curve, at, level) for at, level in ((0, 0.5), (1, 0.5), (2, 0.5), (0, 0.9))]
    found = [figure.value, figure.low, figure.high, figure.extra["p90"]]
    assert [None if value is None else int(value) for value in found] == expected


def test_survival_on_a_published_curve():
    """Freireich 1963, 6-MP, in weeks: the median is 23, and the interval on log(-log S) begins at 13 and has no end."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    waits = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    now = datetime(2026, 1, 1)
    world = World(now="2026-01-01").account("acme")
    for number, (weeks, is_over) in enumerate([*((w, True) for w in ended), *((w, False) for w in waits)]):
        began = now - timedelta(weeks=weeks if not is_over else 40)
        over = began + timedelta(weeks=weeks) if is_over else None
        row = {
            "request_id": f"r{number}",
            "account_id": "acme",
            "kind": "feature",
            "created_at": began,
            "informed_at": over,
        }
        world.add("request", row)
    (figure,) = world.ask("closed_loop_time", "2025", "2025", grain="year")
    assert (figure.value, figure.low, figure.high) == (23 * 7, 13 * 7, None)


@pytest.mark.parametrize(
    ("cases", "value"), [([(11, "came"), (21, "waits")], 10), ([(11, "waits"), (21, "waits")], None)]
)
def test_the_half_counts_as_reached(cases, value):
    (figure,) = told(cases).ask("onboarding_time", "2025-01")
    assert figure.value == value


def test_shared_accounts_count_by_their_shares():
    world = told([(11, "came"), (21, "came")], [("a0", ADA, "0.25"), ("a0", BEN, "0.75"), ("a1", ADA, 1)])
    found = {f.slice["owner"]: f for f in world.ask("onboarding_time", "2025-01", by=("owner",))}
    assert {owner: (f.numerator, f.value) for owner, f in found.items()} == {
        ADA: (Decimal("1.25"), 20),
        BEN: (Decimal("0.75"), 10),
    }


def test_the_order_of_what_is_told_changes_nothing():
    cases = [(5, "came"), (9, "left"), (9, "came"), (30, "waits"), (12, "came")]
    (one,), (other,) = (told(each).ask("onboarding_time", "2025-01") for each in (cases, cases[::-1]))
    assert one == other
