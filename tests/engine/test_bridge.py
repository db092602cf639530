"""Bridges from convention to convention: the lines add up to the difference, and say what makes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.engine.verbs.bridge import Bridges, Step
from tenure.figures.bridging import UNEXPLAINED
from tests.engine.conftest import Bench

THIRD = Decimal(1) / 3


def told(step: Step) -> dict[str, tuple[Any, ...]]:
    """A step's lines: numerator, denominator and number of accounts, by reason."""
    return {line.reason: (line.numerator, line.denominator, line.accounts) for line in step.lines}


def changes(step: Step) -> dict[str, Decimal]:
    return {line.reason: line.change for line in step.lines}


def adds_up(step: Step) -> None:
    before, after = (figure.value for figure in step.figures)
    assert before is not None
    assert after is not None
    assert sum(line.change for line in step.lines) == step.difference == after - before


def test_who_came_back_and_what_then_rose_are_lines_of_their_own(bench: Bench) -> None:
    bench.load("account", "account_id,name\nacme,Acme\nbirch,Birch\n")
    bench.load(
        "subscription",
        "subscription_id,account_id,amount,started_at,ended_at\n"
        "a,acme,100,2025-01-01,2026-03-01\n"
        "b,acme,100,2026-05-01,\nb,acme,110,2026-07-01,\n"  # back, and later dearer
        "c,birch,200,2025-01-01,\nc,birch,220,2026-02-01,\n",  # dearer too, and counted alike by both
    )
    found = bench.workspace().bridge("net_revenue_retention", at="2026-10")
    assert not found.chained
    formula = found.steps[0]
    assert (formula.before, formula.after) == ("point_to_point", "movement_sum")
    # (110 + 220) / 300 to 220 / 300
    assert [figure.value for figure in formula.figures] == [Decimal("1.1"), Decimal("0.7333333333")]
    assert told(formula) == {"came back": (-100, 0, 1), "price rises": (-10, 0, 1)}
    assert changes(formula) == {"came back": pytest.approx(-THIRD), "price rises": pytest.approx(-THIRD / 10)}
    assert [mover.account for line in formula.lines for mover in line.biggest] == ["Acme", "Acme"]
    adds_up(formula)
    assert {step.axis for step in found.steps} == {"formula", "entity", "rate", "ownership"}


def test_another_base_of_churn_is_told_by_who_left_and_who_came(bench: Bench) -> None:
    bench.load("account", "account_id,name\na,A\nb,B\nc,C\nd,D\ne,E\nf,F\n")
    bench.load(
        "subscription",
        "subscription_id,account_id,amount,started_at,ended_at\na,a,1,2025-01-01,\nb,b,1,2025-01-01,\n"
        "c,c,1,2025-01-01,\nd,d,1,2025-01-01,2026-06-10\ne,e,1,2026-06-12,\nf,f,1,2026-06-20,\n",
    )
    found = bench.workspace().bridge("customer_churn_rate", at="2026-06")
    (step,) = (step for step in found.steps if step.after == "average_base")
    # 1 of 4 to 1 of (4 + 5) / 2: one who left counts half less in the base, two who came count half more
    assert [figure.value for figure in step.figures] == [Decimal("0.25"), Decimal("0.2222222222")]
    assert told(step) == {"new customers": (0, 1, 2), "left": (0, Decimal("-0.5"), 1)}
    assert changes(step) == {
        "new customers": pytest.approx(-Decimal("0.25") / Decimal("4.5")),
        "left": pytest.approx(Decimal("0.125") / Decimal("4.5")),
    }
    adds_up(step)


@pytest.fixture
def family(bench: Bench) -> Bench:
    """One account of a family leaves, one stays, and one without a family leaves."""
    bench.load("account", "account_id,name,parent_id\nhead,Head,\none,One,head\ntwo,Two,head\nsolo,Solo,\n")
    bench.load(
        "subscription",
        "subscription_id,account_id,amount,started_at,ended_at\n1,one,10,2025-01-01,2026-06-10\n"
        "2,two,20,2025-01-01,\n3,solo,30,2025-01-01,2026-06-15\n",
    )
    bench.load("assignment", "account_id,csm_id,valid_from\none,ada,2025-01-01\ntwo,ben,2025-01-01\n")
    return bench


def test_a_family_that_stays_is_no_loss(family: Bench) -> None:
    (step,) = family.workspace().bridge("customer_churn_rate", at="2026-06", to=["parent"]).steps
    # 2 of 3 to 1 of 2: (-1 + 2/3) / 2
    assert told(step) == {"accounts of one parent: left": (-1, -1, 1)}
    assert changes(step) == {"accounts of one parent: left": pytest.approx(-THIRD / 2)}
    assert [mover.account for mover in step.lines[0].biggest] == ["Head"]
    adds_up(step)


def test_a_narrow_scope_names_only_what_it_holds(family: Bench) -> None:
    # Only Ada's account of the family is seen: then it does not count as one, and its head is not named.
    sight = family.workspace().seen_by(Scope(("ada",)))
    found = sight.bridge("mrr", at="2026-05", to=["parent"])
    (line,) = found.steps[0].lines
    assert (line.change, [mover.account for mover in line.biggest]) == (Decimal(-10), ["One"])
    assert "head" not in repr(found).lower().replace(repr(found.entry).lower(), "")


def test_several_steps_lead_from_the_first_value_to_the_last(family: Bench) -> None:
    ws = family.workspace()
    found: Bridges = ws.bridge("net_revenue_retention", at="2026-10", to=["window=3m", "parent", "movement_sum"])
    assert [(step.axis, step.after) for step in found.steps] == [
        ("window", "3m"), ("entity", "parent"), ("formula", "movement_sum"),
    ]  # fmt: skip
    assert found.chained
    for one, following in zip(found.steps, found.steps[1:], strict=False):
        assert one.figures[1].value == following.figures[0].value
    # Over a year 20 of 60 are left; over three months 20 of 20: One and Solo left before, and are in neither sum.
    assert told(found.steps[0]) == {"left": (0, -40, 2)}
    for step in found.steps:
        adds_up(step)
    with pytest.raises(UsageError, match="no variant"):
        ws.bridge("net_revenue_retention", to=["window=3m", "parnt"])


def test_months_of_each_owner_are_bridged_exactly(bench: Bench) -> None:
    bench.load("account", "account_id,name\na,A\nb,B\n")
    bench.load(
        "subscription",
        "subscription_id,account_id,amount,started_at,ended_at\na,a,100,2025-01-01,\nb,b,100,2025-01-01,2026-09-10\n",
    )
    bench.load("assignment", "account_id,csm_id,valid_from\na,ada,2025-01-01\nb,ada,2025-01-01\nb,ben,2026-09-01\n")
    (step,) = (
        bench.workspace()
        .bridge("net_revenue_retention", at="2026-10", to=["owner_months"], where=(("owner", "ada"),))
        .steps
    )
    # Of 200 at the start 100 are left; in Ada's own months nothing was lost, and B was Ben's when it left.
    assert [figure.value for figure in step.figures] == [Decimal("0.5"), 1]
    assert changes(step) == {"owned in some months only": Decimal("0.5")}


def test_answers_without_a_name_are_nobodys(bench: Bench) -> None:
    bench.load("account", "account_id,name\nacme,Acme\nbirch,Birch\n")
    rows = [f"a{n},nps,relational,{'acme' if n < 6 else 'birch'},{n + 1},0,10,2026-10-02,2026-10-03,{n % 2 == 0}"
            for n in range(10)]  # fmt: skip
    head = "answer_id,survey,kind,account_id,score,scale_min,scale_max,sent_at,answered_at,is_anonymous\n"
    bench.load("survey_answer", head + "\n".join(rows) + "\n")
    (step,) = bench.workspace().bridge("net_promoter_score", at="2026-10", to=["account"]).steps
    adds_up(step)
    assert step.difference
    assert all(not line.biggest for line in step.lines)


def test_the_lines_of_every_metric_add_up(company: Bench) -> None:
    """Every axis of its own, and of every third metric in turn one of those that metrics share."""
    ws, explained = company.workspace(), 0
    for number, (metric, entry) in enumerate(ws.metrics().items()):
        shared = [axis for axis in entry.axes if axis not in entry.own_axes]
        axes = [*entry.own_axes, *([shared[number % len(shared)]] if shared and number % 3 == 0 else [])]
        if not axes:
            continue
        found = ws.bridge(metric, at="2026-10", to=[f"{axis}={entry.axes[axis][-1]}" for axis in axes])
        assert list(dict.fromkeys(step.axis for step in found.steps)) == axes, metric
        for step in found.steps:
            if step.difference is None:
                continue
            adds_up(step)
            assert UNEXPLAINED not in changes(step), (metric, step.after)
            numerators = [line.numerator for line in step.lines if line.numerator is not None]
            if numerators:
                before, after = (figure.numerator or 0 for figure in step.figures)
                assert sum(numerators) == pytest.approx(after - before), (metric, step.after)
            explained += bool(step.lines)
    assert explained > 15
