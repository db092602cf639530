"""A parallel run: another tool's figures, whose convention is known here, beside ours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.engine import Scope
from tenure.engine.verbs.beside import Parallel
from tests.engine.conftest import Bench

#: Movements summed over three months, to four decimals. Of 300: in February Birch leaves (100), in April it is back, in
#: June Cedar pays 30 more.
OLDTOOL = {
    "2026-01": "1", "2026-02": "0.6667", "2026-03": "0.6667", "2026-04": "0.6667", "2026-05": "1",
    "2026-06": "1.15",  # 230 of the 200 there were on 1 April
    "2026-07": "1.1",  # 330 of 300
    "2026-08": "1.12",  # 0.02 too much
}  # fmt: skip


@pytest.fixture
def run(bench: Bench) -> Bench:
    """Three customers, and what the old tool reported of them."""
    bench.load("account", "account_id,name\nacme,Acme\nbirch,Birch\ncedar,Cedar\n")
    bench.load(
        "subscription",
        "subscription_id,account_id,amount,started_at,ended_at\na,acme,100,2025-01-01,\n"
        "b,birch,100,2025-01-01,2026-02-01\nb2,birch,100,2026-04-01,\nc,cedar,100,2025-01-01,\nc,cedar,130,2026-06-01,\n",
    )
    rows = [f"oldtool,net_revenue_retention,{month}-01,2026-{int(month[5:]) + 1:02}-01,,{value}"
            for month, value in OLDTOOL.items()]  # fmt: skip
    rows.append("oldtool,mrr,2026-07-01,2026-08-01,segment=SMB,1")
    head = "tool,metric,period_start,period_end,slice,value\n"
    bench.load("reported_figure", head + "\n".join(rows) + "\n")
    return bench


def test_the_convention_of_another_tool_is_found_and_what_it_leaves_is_told(run: Bench) -> None:
    found: Parallel = run.workspace().beside("net_revenue_retention", "oldtool")
    assert [str(pair.theirs) for pair in found.pairs] == list(OLDTOOL.values())
    assert [pair.ours for pair in found.pairs][3] == 1  # point to point over a year nothing was lost by April
    assert found.closest.changes == ("formula=movement_sum", "window=3m")
    assert (found.closest.same, found.closest.periods) == (7, 8)
    assert found.closest.middle < Decimal("0.00005")
    assert found.ours.same == 5  # not in April, June and August
    # The last month: over a year 330 of 300 in ours; by movements Birch is lost; in three months it is not.
    assert found.rest == Decimal("0.02")
    assert found.bridge is not None
    assert [(step.after, step.difference) for step in found.bridge.steps] == [
        ("movement_sum", Decimal("-0.3333333333")), ("3m", Decimal("0.3333333333")),
    ]  # fmt: skip
    assert [line.reason for line in found.bridge.steps[0].lines] == ["came back"]
    assert found.steady is None


def test_the_month_to_be_bridged_can_be_named(run: Bench) -> None:
    ws = run.workspace()
    found = ws.beside("net_revenue_retention", "oldtool", at="2026-04")
    assert found.bridged is not None
    assert (str(found.bridged.period_start), found.bridged.ours) == ("2026-04-01", Decimal(1))
    assert found.rest is not None
    assert abs(found.rest) < Decimal("0.00005")
    with pytest.raises(DataError, match="2025-01"):
        ws.beside("net_revenue_retention", "oldtool", at="2025-01")


def test_a_tool_that_is_always_off_by_a_factor_is_found_out(run: Bench) -> None:
    head = "tool,metric,period_start,period_end,value\n"
    # 300, 200, 200 and 300, times 1.05 and a little
    rows = zip(("01", "02", "03", "04"), ("315.3", "210", "209.8", "315"), strict=True)
    run.load("reported_figure", head + "".join(f"x,mrr,2026-{m}-01,2026-{int(m) + 1:02}-01,{v}\n" for m, v in rows))
    found = run.workspace().beside("mrr", "x")
    assert found.closest.changes == ()
    assert found.bridge is None
    assert found.steady is not None
    assert (found.steady.least, found.steady.times, found.steady.most) == (
        Decimal("1.049"), Decimal("1.05"), Decimal("1.051"),
    )  # fmt: skip


def test_a_metric_of_ones_own_and_a_slice_with_a_comma_run_beside_another_tool_too(run: Bench) -> None:
    (run.home / "metrics").mkdir()
    (run.home / "metrics" / "new_lines.toml").write_text(
        'definition = "Lines begun."\nkind = "total"\ntable = "subscription"\nat = "started_at"\n'
    )
    run.load("account", 'account_id,name,segment\nbirch,Birch,"Small, local"\n')
    head = "tool,metric,period_start,period_end,slice,value\n"
    run.load("reported_figure", head + 'y,new_lines,2026-04-01,2026-05-01,"segment=Small, local",1\n')
    found = run.workspace().beside("new_lines", "y", where=(("segment", "Small, local"),))
    assert [(pair.theirs, pair.ours) for pair in found.pairs] == [(Decimal(1), Decimal(1))]


def test_names_that_nothing_was_reported_under_are_told(run: Bench) -> None:
    ws = run.workspace()
    with pytest.raises(UsageError, match="oldtol") as wrong:
        ws.beside("mrr", "oldtol")
    assert "oldtool" in wrong.value.fix
    with pytest.raises(DataError, match="no such figures of mrr") as none:
        ws.beside("mrr", "oldtool")
    assert "segment=SMB" in none.value.fix
    with pytest.raises(UsageError, match="outside your scope"):
        ws.seen_by(Scope(("ada",))).beside("net_revenue_retention", "oldtool")
