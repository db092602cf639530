"""Real inputs through the front door, against the answers published with them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from tenure.engine.verbs.check import Check
from tenure.engine.verbs.load import Load
from tenure.engine.workspace import Workspace
from tests.engine.conftest import Bench

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def _loaded(bench: Bench, shared_data: Path, name: str) -> dict[str, int]:
    """The rows read by table; nothing may be lost."""
    ws = bench.workspace()
    loaded = ws.call("load", Load((str(shared_data / name),), map=str(EXAMPLES / name / "map.toml"), history=True))
    for report in loaded.reports:
        assert report.read == report.loaded + report.unchanged + report.superseded + report.rejected
        assert report.rejected == 0
    return {report.table: report.read for report in loaded.reports}


def test_ravenstack_gives_its_published_figures(bench: Bench, shared_data: Path) -> None:
    read = _loaded(bench, shared_data, "ravenstack")
    assert (read["account"], read["subscription"], read["usage"], read["churn"]) == (500, 5_000, 25_000, 600)
    ws = bench.workspace()
    (first,) = ws.show("mrr", start="2023-12", end="2023-12")
    (last,) = ws.show("mrr", start="2024-12", end="2024-12")
    assert (first.value, first.n) == (Decimal(1_262_113), 185)
    assert (last.value, last.n) == (Decimal(10_159_608), 500)
    (nrr,) = ws.show("net_revenue_retention", start="2024-12", end="2024-12")
    (grr,) = ws.show("gross_revenue_retention", start="2024-12", end="2024-12")
    assert nrr.value is not None
    assert round(nrr.value, 4) == Decimal("2.9227")
    assert grr.value is not None
    assert round(grr.value, 4) == Decimal("0.9959")
    (kept,) = ws.show("customer_retention_rate", start="2024", end="2024", grain="year")
    assert kept.value == 1
    _tickets_are_as_published(ws)


def _tickets_are_as_published(ws: Workspace) -> None:
    """2,000 tickets, solved after 35.861 hours on average; of 1,175 ratings 405 are fours and 374 fives."""
    years: dict[str, Any] = {"start": "2023", "end": "2025", "grain": "year"}
    solved = [figure for figure in ws.show("time_to_resolution", **years) if figure.n]
    assert sum(figure.n for figure in solved) == 2_000
    minutes = sum(figure.extra["mean"] * figure.n for figure in solved) / 2_000
    assert round(minutes / 60, 3) == Decimal("35.861")
    rated = ws.show("customer_satisfaction", **years)
    assert [sum(getattr(f, name) or 0 for f in rated) for name in ("numerator", "denominator")] == [779, 1_175]


def test_ravenstack_contradictions_are_counted(bench: Bench, shared_data: Path) -> None:
    _loaded(bench, shared_data, "ravenstack")
    ws = bench.workspace()
    found = {result.name: result.count for result in ws.call("check", Check())}
    assert found["duplicate_event"] == 21
    assert found["use_before_start"] == 19_142
    assert found["use_after_end"] == 290
    assert found["flag_against_intervals"] > 0


def test_telco_gives_its_published_figures(bench: Bench, shared_data: Path) -> None:
    _loaded(bench, shared_data, "ibm_telco")
    ws = bench.workspace()
    (churn,) = ws.show("customer_churn_rate", start="2018-01", end="2018-01")
    assert (churn.numerator, churn.denominator) == (Decimal(1_869), Decimal(7_043))
    assert (round(churn.low or 0, 5), round(churn.high or 0, 5)) == (Decimal("0.25519"), Decimal("0.27581"))
    (before,) = ws.show("mrr", start="2017-12", end="2017-12")
    assert before.value == Decimal("456116.6")
    (lost,) = ws.show("gross_revenue_churn_rate", start="2018-01", end="2018-01")
    assert lost.numerator == Decimal("139130.85")
    assert lost.value is not None
    assert round(lost.value, 5) == Decimal("0.30503")
    (stay,) = ws.show("customer_lifetime", start="2018-01-01", end="2018-01-01", grain="day")
    assert round(stay.extra["one_year_share"], 4) == Decimal("0.8432")
    by_contract = ws.show("customer_churn_rate", start="2018-01", end="2018-01", by=["Contract"])
    assert {f.slice["Contract"]: f"{f.numerator} of {f.denominator}" for f in by_contract} == {
        "Month-to-month": "1655 of 3875",
        "One year": "166 of 1473",
        "Two year": "48 of 1695",
    }
