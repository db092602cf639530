"""Every metric gives the same figures on PostgreSQL as on DuckDB, whatever is asked of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tenure.core.config import Settings
from tenure.core.period import Grain, Window
from tenure.figures import kept
from tenure.figures.by_account import by_account
from tenure.figures.request import Asked, resolved
from tenure.figures.scope import Scope
from tests.contracts import engine

SETTINGS = Settings("EUR", engine.ZONE, own=engine.OWN)
SLUGS = [*sorted(kept.catalogue()), *(file.name for file in engine.OWN)]


@pytest.fixture(scope="module")
def engines(postgres):
    both = engine.Engines(postgres)
    yield both
    both.close()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_metric_gives_the_same_figures_on_every_engine(engines, slug):
    compared = []
    for case in engine.cases(kept.entry(slug, SETTINGS), SLUGS.index(slug)):
        here, there = engines.both(case)
        assert there.exact == here.exact, f"{case}"
        assert there.ends == pytest.approx(here.ends, abs=1e-9), f"{case}"
        assert there.rows == here.rows, f"{case}"
        compared += here.figures
    assert any(figure.value for figure in compared), "no figure has a value: nothing was compared"
    if kept.entry(slug, SETTINGS).kind == "ratio":
        assert any(figure.low is not None for figure in compared), "no figure has an interval"


@pytest.mark.parametrize(
    ("slug", "variant", "as_of"),
    [("mrr_movements", (), ""), ("net_revenue_retention", ("parent",), "2026-06-05"), ("net_promoter_score", (), "")],
)
def test_a_scope_holds_the_same_accounts_on_every_engine(engines, slug, variant, as_of):
    times = engine.Times("2026-05", "2026-05", "month", "12m", as_of)
    asked = Asked(slug, times.start, times.end, times.grain, times.window, ("owner",), (), variant, as_of)
    everything = engine.Case("many_currencies", times, asked, rows=True)
    owners = (
        engine.company("many_currencies").con.execute("SELECT DISTINCT csm_id FROM assignment ORDER BY 1").fetchall()
    )
    here, there = engines.both(replace(everything, scope=Scope(("ada", "ben", *(name for (name,) in owners[:2])))))
    assert (there.exact, there.rows) == (here.exact, here.rows)
    assert 0 < here.rows.total() < engines.both(everything)[0].rows.total()


@pytest.mark.parametrize(
    ("slug", "by"), [("mrr", ("segment", "cohort")), ("customer_churn_rate", ()), ("net_promoter_score", ())]
)
def test_accounts_add_the_same_on_every_engine(engines, slug, by):
    times = engine.Times("2026-04", "2026-06", "month", "period")
    world = engine.company("one_currency")
    request = resolved(Asked(slug, times.start, times.end, by=by, window="period"), world.settings, world.now)
    here, there = (
        (kept.plan(request.question, reader.ground, world.settings), reader)
        for reader in engines.readers("one_currency", times)
    )
    rows = by_account(request, *here, world.settings)
    assert any(row["num"] for row in rows)
    assert by_account(request, *there, world.settings) == rows
    some = [(row["account_id"], row["period"]) for row in rows[::3]]
    assert by_account(request, *there, world.settings, some) == rows[::3]
    assert by_account(request, *here, world.settings, []) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_questions_use_every_option_grain_and_window(slug):
    entry = kept.entry(slug, SETTINGS)
    asked = [case.asked for case in engine.cases(entry, SLUGS.index(slug))]
    told = {variant for question in asked for variant in question.variant}
    defaults = {f"{axis}={options[0]}" for axis, options in entry.axes.items()}
    assert told | defaults == {f"{axis}={option}" for axis, options in entry.axes.items() for option in options}
    assert {question.grain for question in asked} == {grain.value for grain in Grain}
    assert {question.window for question in asked} == {window.value for window in Window}
    assert {name for question in asked for name in question.by} >= {"owner", "segment", "product", *entry.by}
    assert any(question.as_of for question in asked)


def test_what_was_learned_late_changes_what_is_known_as_of_a_day(engines):
    """Otherwise the questions with as-of would be no others than those without."""
    world = engine.company("one_currency")
    now, then = (world.value("mrr", "2026-04", as_of=day) for day in ("", "2026-05-20"))
    assert now != then
