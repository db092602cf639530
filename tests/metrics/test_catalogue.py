"""What every metric must have and do, whoever adds it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from tenure.figures import kept
from tenure.figures.question import Question
from tenure.metrics.catalogue import find, metrics
from tenure.metrics.kinds import SHARED_AXES
from tests.example import agrees, example_of
from tests.world import World

HERE = Path(__file__).parent
EVERY = sorted(metrics())
#: Sums over what was judged: without any judgement nothing is known, and the sum is not 0.
JUDGED = {"revenue_at_risk"}
IN_WORDS = {
    "formula": re.compile(r"Formula|Variants of the formula|Value:|\d+ x ``|/", re.IGNORECASE),
    "unit": re.compile(r"Unit: "),
    "edge": re.compile(r"null|without|never|not |No interval|leaves? out|left out"),
}


@cache
def empty():
    return World()


@pytest.mark.parametrize("slug", EVERY)
def test_it_is_defined_in_words_and_tested_under_its_name(slug):
    metric = find(slug)
    for what, words in IN_WORDS.items():
        assert words.search(metric.definition), f"the definition of {slug} names no {what}"
    assert metric.summary.endswith(".")
    assert (HERE / metric.family / f"test_{slug}.py").is_file()
    for options in metric.axes.values():
        assert len(options) == len(set(options)) > 1
    assert {
        axis: options for axis, options in metric.axes.items() if axis in SHARED_AXES
    }.items() <= SHARED_AXES.items()
    assert kept.entry(slug).axes == metric.axes


@pytest.mark.parametrize("slug", EVERY)
def test_its_worked_example_comes_out(slug):
    example = example_of(find(slug))
    assert example, f"test_{slug}.py holds no EXAMPLE"
    figures = example.come_out(slug)
    assert len(figures) == len(example.shows)
    for shown in example.shows:
        assert any(agrees(shown, figure) for figure in figures), (shown, figures)


def test_options_are_told_apart_by_their_names():
    for slug in EVERY:
        options = [option for options in metrics()[slug].axes.values() for option in options]
        assert len(options) == len(set(options)), slug


@pytest.mark.parametrize("slug", EVERY)
def test_an_empty_warehouse_has_no_value_and_no_error(slug):
    metric = find(slug)
    for figure in empty().ask(slug, "2026-01", "2026-02"):
        assert figure.value == (0 if metric.kind == "total" and slug not in JUDGED else None)
        counted = (
            metric.kind == "total" and metric.unit == "count"
        )  # of no events at all, up to 3.7 were to be expected
        ends = (0, Decimal("3.688879")) if counted else (None, None)
        assert (figure.n, figure.low, figure.high) == (0, *ends)


@pytest.mark.parametrize("slug", EVERY)
def test_it_says_of_itself_whether_it_is_a_share_of_counted_things(slug):
    """Its interval is Wilson's exactly then: mark it with ``counted``, and options that change that ``uncounted``."""
    metric, world = find(slug), empty()
    for variant in ((), *(((axis, option),) for axis, options in metric.axes.items() for option in options[1:])):
        plan = kept.plan(Question(slug, variant), world.ground(), world.settings)
        compounded = ("ownership", "owner_months") in variant
        options = [option for _axis, option in variant]
        assert metric.counts(options) == (plan.spread == "wilson" and not compounded), variant
