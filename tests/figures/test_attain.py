"""Figures beside their targets. Acme (SMB) pays 100 and from May on 120, Birch (Enterprise) 50 until June 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tenure.core.config import Settings
from tenure.core.errors import UsageError
from tenure.engine.catalogue import metric
from tenure.figures.attain import TARGET, aim, attainment, objections
from tenure.figures.scope import Scope
from tests.world import ACME, ADA, BIRCH, World


def told(*rows, **more):
    world = World(now="2026-07-15").account(ACME, segment="SMB", tier="1").account(BIRCH, segment="Enterprise")
    world.pays(ACME, 100, "2025-01-01", "2026-05-01").pays(ACME, 120, "2026-05-01", line="more").owns(ADA, ACME)
    world.pays(BIRCH, 50, "2025-01-01", "2026-06-01")
    return world.add("target", *(
        {"metric": name, "slice": part, "period_start": start, "period_end": end, "value": value}
        for name, part, start, end, value in rows
    ), **more)  # fmt: skip


JUNE = ("2026-06-01", "2026-07-01")


def beside(world, name, start, **more):
    return [
        tuple(figure.extra.get(part, "none") for part in ("target", "attainment", "to_target"))
        for figure in world.ask(name, start, **more)
    ]


NONE = ("none", "none", "none")


def test_more_is_better_and_less_is_better():
    """MRR of 120 for 150; half of the customers lost where a quarter was the most; both are 0.8 or half attained."""
    world = told(("mrr", None, *JUNE, 150), ("customer_churn_rate", "", *JUNE, "0.25"))
    assert beside(world, "mrr", "2026-06") == [(150, Decimal("0.8"), 30)]
    (figure,) = world.ask("customer_churn_rate", "2026-06")
    assert figure.value == Decimal("0.5")
    assert beside(world, "customer_churn_rate", "2026-06") == [(Decimal("0.25"), Decimal("0.5"), Decimal("0.25"))]


def test_it_is_of_exactly_this_metric_slice_and_period():
    world = told(
        ("mrr", "segment=SMB", *JUNE, 100), ("mrr", " tier = 1 , segment=SMB", *JUNE, 130),
        ("mrr", "segment=", *JUNE, 1), ("mrr", None, "2026-04-01", "2026-07-01", 200), ("arr", "", *JUNE, 9),
    )  # fmt: skip
    assert beside(world, "mrr", "2026-06") == [NONE]  # that of the quarter is not the month's
    assert beside(world, "mrr", "2026-Q2", grain="quarter") == [(200, Decimal("0.6"), 80)]
    assert beside(world, "mrr", "2026-06", by=("segment",)) == [(100, Decimal("1.2"), -20)]
    assert beside(world, "mrr", "2026-06", where=(("segment", "SMB"),))[0][0] == 100
    assert beside(world, "mrr", "2026-06", by=("segment",), where=(("tier", "1"),))[0][0] == 130
    assert beside(world, "mrr", "2026-06", where=(("segment", "SMB"), ("segment", "Enterprise"))) == [NONE]


def test_another_variant_or_window_is_named_by_the_target():
    plain, named = (
        ("net_revenue_retention", "", *JUNE, 1),
        ("net_revenue_retention", "window=3m,variant=movement_sum", *JUNE, 2),
    )
    world = told(plain, named)
    assert beside(world, "net_revenue_retention", "2026-06")[0][0] == 1
    assert beside(world, "net_revenue_retention", "2026-06", window="3m") == [NONE]
    found = beside(world, "net_revenue_retention", "2026-06", window="3m", variant=("movement_sum",))
    assert found[0][0] == 2


def test_what_was_told_later_was_not_the_target_then():
    world = told(("mrr", None, *JUNE, 150), known="2026-06-20")
    world.add("target", {"metric": "mrr", "period_start": JUNE[0], "period_end": JUNE[1], "value": 110}, known="2026-07-10")  # fmt: skip
    assert beside(world, "mrr", "2026-06")[0][0] == 110
    assert beside(world, "mrr", "2026-06", as_of="2026-07-05")[0][0] == 150
    assert beside(world, "mrr", "2026-06", as_of="2026-06-10") == [NONE]


def test_a_narrow_scope_has_no_targets_and_undefined_figures_attain_nothing():
    world = told(("mrr", None, *JUNE, 150), ("mrr", "segment=SMB", *JUNE, 100), ("renewal_rate", "", *JUNE, 1))
    assert beside(world, "mrr", "2026-06", scope=Scope((ADA,))) == [NONE]
    assert beside(world, "mrr", "2026-06", scope=Scope((ADA,)), by=("segment",)) == [NONE]
    (figure,) = world.ask("renewal_rate", "2026-06", where=(("segment", "SMB"),))
    assert (figure.value, figure.extra.get("target")) == (None, None)
    (figure,) = world.ask("opportunity_win_rate", "2026-06")
    assert figure.value is None
    world.add("target", {"metric": "opportunity_win_rate", "period_start": JUNE[0], "period_end": JUNE[1], "value": 1})
    assert beside(world, "opportunity_win_rate", "2026-06") == [(1, None, None)]


def test_two_that_differ_are_none():
    world = told(("mrr", "segment=SMB,tier=1", *JUNE, 1), ("mrr", "tier=1,segment=SMB", *JUNE, 2))
    assert beside(world, "mrr", "2026-06", where=(("segment", "SMB"), ("tier", "1"))) == [NONE]


@pytest.mark.parametrize(
    ("value", "target", "better", "attained"),
    [
        (9, 12, "more", "0.75"), (9, 12, "", "0.75"), (12, 9, "less", "0.75"), (9, 12, "less", "1.3333333333"),
        (0, 12, "more", "0"), (5, 0, "less", "0"), (None, 12, "more", None), (5, 0, "more", None), (0, 5, "less", None),
        (-5, 38, "more", None), (-5, -3, "less", None),
    ],
)  # fmt: skip
def test_how_much_is_attained(value, target, better, attained):
    found = attainment(None if value is None else Decimal(value), Decimal(target), better)
    assert found == (None if attained is None else Decimal(attained))


def test_the_text_of_a_slice():
    mrr = metric("mrr")
    assert aim(mrr, "industry=Retail, Food,segment=SMB").slice == (("industry", "Retail, Food"), ("segment", "SMB"))
    assert aim(mrr, None) == aim(mrr, " ")
    for wrong in ("SMB", "window=2m", "variant=none_such"):
        with pytest.raises(UsageError):
            aim(mrr, wrong)


def test_what_no_figure_has_is_objected_to():
    june, may = (date(2026, 6, 1), date(2026, 7, 1)), (date(2026, 5, 1), date(2026, 5, 31))
    rows = [
        ("mrr", None, *june), ("mrrr", None, *june), ("mrr", "segmnt=SMB", *june), ("mrr", "region=EU", *may),
        ("mrr", "colour=red", *june), ("mrr", "", *june), ("mrr", "variant=x", *june),
    ]  # fmt: skip
    said = objections(rows, ("colour",), Settings(currency="EUR", timezone="UTC"))
    words = ("", "There is no metric called 'mrrr'", "no dimension called 'segmnt'", "is no month, quarter",
             "", "another target, too", "no variant called 'x'")  # fmt: skip
    assert [bool(one) for one in said] == [bool(word) for word in words]
    assert all(word in one for word, one in zip(words, said, strict=True))


def test_a_check_that_holds_the_targets_takes_them_off():
    from tenure.figures.answer import answer
    from tenure.figures.request import Asked, resolved

    world = told(("mrr", None, *JUNE, 150))
    request = resolved(Asked("mrr", "2026-06", "2026-06"), world.settings, world.now)
    (figure,) = answer(request, world.reader(), world.settings, {TARGET.table: "held by the check overlap"})
    assert (figure.status, figure.value, figure.extra.get("target")) == ("ok", 120, None)
