"""Publishing, closing and rebuilding: the same figures, whichever way they come."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenure.core import config
from tenure.core.errors import DataError, UsageError
from tenure.engine.verbs.close import Close, Closed
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.verify_close import Verified, VerifyClose
from tenure.figures import publish
from tenure.figures.plan import published_facts
from tenure.figures.published import FOLDER, PublishedReader, current
from tenure.warehouse.store import Store
from tests.engine.conftest import Bench

ACCOUNTS = "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,ENT\n"
LINES = "subscription_id,account_id,amount,started_at,ended_at\ns1,acme,100,2026-01-01,\ns2,birch,50,2026-02-10,2026-06-01\n"


def test_an_attribute_of_the_customer_s_own_may_be_called_anything(bench: Bench) -> None:
    name = 'say "x", it\'s'
    bench.load("account", 'account_id,name,"say ""x"", it\'s"\nacme,Acme,it\'s "y"\nbirch,Birch,z\n')
    bench.load("subscription", LINES)
    (figure,) = bench.workspace().show("mrr", start="2026-03", end="2026-03", by=[name], where=[(name, 'it\'s "y"')])
    assert figure.slice == {name: 'it\'s "y"'}
    assert figure.value == 100
    assert len(bench.workspace().show("mrr", start="2026-03", end="2026-03", where=[(name, "MOMENT_NOW()")])) == 1


def test_published_parts_and_warehouse_give_the_same_figures(company: Bench) -> None:
    ws = company.workspace()
    asked: list[tuple[str, dict[str, Any]]] = [
        ("net_revenue_retention", {"by": ["segment"]}),
        ("mrr_movements", {"by": ["team"]}),
        ("customer_churn_rate", {}),
        ("renewal_rate_value", {"by": ["owner"]}),
        ("net_promoter_score", {}),
    ]
    for metric, more in asked:
        published = ws.show(metric, start="2026-06", end="2026-10", **more)
        # As of today everything is known that is known: but the way there is through the warehouse.
        again = ws.show(metric, start="2026-06", end="2026-10", as_of="2026-11-21", **more)
        assert [(f.slice, f.value, f.low, f.high, f.n) for f in published] == [
            (f.slice, f.value, f.low, f.high, f.n) for f in again
        ]
        assert any(f.value for f in published)


@pytest.mark.parametrize(
    ("metric", "variant"),
    [
        ("customer_churn_rate", ()),
        ("mrr_movements", ()),
        ("survey_response_rate", ()),
        ("net_revenue_retention", ()),
        ("net_revenue_retention", ("owner_months",)),
    ],
)
def test_months_that_are_not_kept_ready_have_the_same_figures(
    company: Bench, monkeypatch: pytest.MonkeyPatch, metric: str, variant: tuple[str, ...]
) -> None:
    """Each with the period before it and the months of its window, on whichever side of the first month kept."""
    asked: dict[str, Any] = {
        "start": "2025-10",
        "end": "2026-10",
        "variant": variant,
        "by": ("team",) if variant else (),
    }
    everything = company.workspace().show(metric, **asked)
    monkeypatch.setattr(publish, "MONTHS", 5)
    company.workspace().call("run", Run(full=True))
    found = current(company.home)
    assert found is not None
    assert (found.first_month, found.whole) == (date(2026, 6, 1), False)
    shown = [
        f
        for start in ("2025-10", "2026-06", "2026-07")
        for f in company.workspace().show(metric, **asked | {"start": start})
    ]
    wanted = [
        f for start in ("2025-10", "2026-06", "2026-07") for f in everything if f"{f.period_start:%Y-%m}" >= start
    ]
    assert [(f.period_start, f.slice, f.value, f.low, f.n, f.extra.get("change")) for f in shown] == [
        (f.period_start, f.slice, f.value, f.low, f.n, f.extra.get("change")) for f in wanted
    ]
    assert any(f.value for f in shown)


def test_a_quarter_is_asked_as_a_quarter(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    (quarter,) = bench.workspace().show("customer_churn_rate", start="2026-Q2", end="2026-Q2", grain="quarter")
    # Two customers on 1 April; Birch's end of 1 June lies in the quarter.
    assert [quarter.numerator, quarter.denominator, quarter.value] == [1, 2, Decimal("0.5")]


def test_showing_again_publishes_nothing_and_a_load_does(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    ws = bench.workspace()
    ws.show("mrr")
    first = current(bench.home)
    ws.show("mrr", by=["segment"])
    assert current(bench.home) == first
    ws.close()
    bench.load("subscription", LINES.replace("100", "130"))
    assert bench.workspace().show("mrr", end="2026-10", start="2026-10")[0].value == 130
    assert current(bench.home) != first


def test_rows_of_the_running_month_leave_the_sealed_part_alone(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    bench.workspace().show("mrr")
    first = current(bench.home)
    assert first is not None
    bench.load(
        "survey_answer",
        "answer_id,survey,account_id,score,scale_min,scale_max,sent_at,answered_at\n"
        "a1,nps,acme,9,0,10,2026-11-02,2026-11-03\n",
    )
    (nps,) = bench.workspace().show("net_promoter_score", start="2026-11", end="2026-11", window="period")
    second = current(bench.home)
    assert second is not None
    assert nps.value == 100
    assert (second.sealed == first.sealed, second.open == first.open) == (True, False)


@pytest.mark.parametrize(
    ("table", "text", "users"),
    [
        (
            "feature",
            "feature_id,name,is_key,released_at\nlook,Look,yes,2026-11-20\n",
            0,
        ),  # the other is no key action then
        ("person", "person_id,name,is_internal,created_at\nann,Ann,yes,2026-11-20\n", 0),
        ("person", "person_id,name,created_at\nann,Ann,2026-11-20\n", 1),
    ],
)
def test_settled_months_feel_what_is_learned_of_features_and_staff(
    bench: Bench, table: str, text: str, users: int
) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", "subscription_id,account_id,amount,quantity,started_at\ns1,acme,100,4,2026-01-01\n")
    bench.load("usage", "account_id,person_id,feature,occurred_at\nacme,ann,plan,2026-05-04T10:00:00Z\n")

    def active() -> object:
        return bench.workspace().show("active_usage_rate", start="2026-05", end="2026-05")[0].numerator

    assert active() == 1
    bench.load(table, text)
    assert active() == users


LATE = (
    ("touchpoint", "touchpoint_id,account_id,channel,direction,occurred_at\nlate,{0},call,both,2026-11-20T10:00:00Z\n"),
    ("ticket", "ticket_id,account_id,created_at\nlate,{0},2026-11-20T10:00:00Z\n"),
    ("touchpoint", "touchpoint_id,account_id,channel,direction,occurred_at\nlater,{1},call,both,2026-11-20T11:00:00Z\n"),
    ("survey_answer", ("answer_id,survey,account_id,score,scale_min,scale_max,sent_at,answered_at\n"
                       "late,nps,{0},1,0,10,2026-11-20,2026-11-20\n")),
    ("subscription", "subscription_id,account_id,amount,started_at\nlate,{1},77,2026-11-20\n"),
)  # fmt: skip


def test_what_is_kept_of_earlier_files_is_what_would_be_made_anew(company: Bench) -> None:
    ws = company.workspace()
    accounts = [row["account_id"] for row in ws.rows("accounts", order=("account_id",), limit=2).rows]
    before = published_rows(company)
    for number, (table, text) in enumerate(LATE):
        company.load(table, text.format(*accounts))
        company.workspace().show("mrr")
        found = current(company.home)
        assert found is not None
        stands = {"fact_movement_month_period", "fact_bill_month_period"} <= set(found.standing)
        assert stands is (table != "subscription")
        assert len(set(found.standing.values())) <= min(number + 1, publish.MOST_EARLIER)
        grown = published_rows(company)
        assert grown["fact_portrait_month_period"] != before["fact_portrait_month_period"]
        before = grown
    company.workspace().call("run", Run(full=True))
    assert before == published_rows(company)


def published_rows(bench: Bench) -> dict[str, Any]:
    """The rows of every fact that is published, in some order."""
    found = current(bench.home)
    assert found is not None
    rows = {}
    with closing(PublishedReader(bench.home, found, config.read(bench.home))) as reader:
        for key in (*published_facts(), *published_facts(latest=True)):
            if found.foreign or key.fact != "rate":
                reader.provide(key)
                rows[key.table] = sorted(map(repr, reader.run(f"SELECT * FROM {key.table}")[1]))
    return rows


def test_a_person_who_becomes_known_later_brings_her_old_answers_along(bench: Bench) -> None:
    """The answer lies in a settled month, she in the running one: the months that are over are made anew."""
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    bench.load("survey_answer", "answer_id,survey,person_id,score,scale_min,scale_max,sent_at,answered_at\n"
               "q1,nps,p1,10,0,10,2026-02-02,2026-02-03\n")  # fmt: skip
    asked: dict[str, Any] = {"start": "2026-02", "end": "2026-02", "by": ["segment"]}
    assert [f.slice for f in bench.workspace().show("survey_response_rate", **asked)] == [{"segment": None}]
    bench.load("person", "person_id,account_id,created_at\np1,acme,2026-11-20\n")
    assert [f.slice for f in bench.workspace().show("survey_response_rate", **asked)] == [{"segment": "SMB"}]


def test_a_known_end_that_comes_makes_new_figures(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES.replace("2026-06-01", "2026-11-21T18:00:00"))
    assert bench.workspace().show("mrr", start="2026-11")[0].value == 150
    bench.now = datetime(2026, 11, 21, 17, 1)  # 18:01 in Berlin
    assert bench.workspace().show("mrr", start="2026-11")[0].value == 100


@pytest.mark.usefixtures("few_metrics")
def test_what_is_closed_is_reported_as_it_was(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    ws = bench.workspace()
    closed: Closed = ws.call("close", Close("2026-10"))
    assert (closed.period, closed.again) == ("2026-10", False)
    ws.close()
    bench.load("subscription", LINES.replace("100", "130"))
    ws = bench.workspace()
    assert ws.show("mrr", start="2026-10", end="2026-10")[0].value == 130
    (reported,) = ws.show("mrr", start="2026-10", end="2026-10", reported=True)
    assert reported.value == 100
    assert {
        f.slice["segment"]: f.value
        for f in ws.show("mrr", start="2026-10", end="2026-10", by=["segment"], reported=True)
    } == {"SMB": 100}
    with pytest.raises(DataError, match="did not freeze"):
        ws.show("mrr", start="2026-10", end="2026-10", by=["industry"], reported=True)
    with pytest.raises(DataError, match="closed"):
        ws.show("mrr", start="2026-09", end="2026-09", reported=True)
    with pytest.raises(UsageError, match="not over"):
        ws.call("close", Close("2026-11"))


def test_rebuild_gives_equal_figures_and_keeps_closes(company: Bench) -> None:
    ws = company.workspace()
    ws.call("close", Close("2026-10"))
    shown = [ws.show(metric, start="2026-08", end="2026-10", by=["segment"]).to_json() for metric in ws.metrics()]
    before = ws.show("mrr", as_of="2026-05-31").to_json()
    ws.call("rebuild", Rebuild())
    assert [ws.show(m, start="2026-08", end="2026-10", by=["segment"]).to_json() for m in ws.metrics()] == shown
    assert ws.show("mrr", as_of="2026-05-31").to_json() == before
    assert len(ws.show("mrr", start="2026-10", end="2026-10", reported=True)) == 1
    (line,), (invoice,) = (ws.rows(table, limit=1).rows for table in ("subscription", "invoice"))
    ws.close()
    company.now += timedelta(days=9)
    told = f"subscription_id,account_id,amount,started_at\nlate,{line['account_id']},100,2026-10-02\n"
    company.load("subscription", told)
    company.load("account", f"account_id,name,segment\n{line['account_id']},Renamed,Moved\n")
    company.load("retraction", f"table_name,key,at,reason\ninvoice,{invoice['invoice_id']},2026-11-30,mistake\n")
    ws = company.workspace()
    verified: Verified = ws.call("verify_close", VerifyClose("2026-10"))
    assert verified.differing == ()
    reported = ws.show("mrr", start="2026-10", end="2026-10", reported=True)[0].value
    assert ws.show("mrr", start="2026-10", end="2026-10")[0].value == (reported or 0) + 100


def test_old_parts_go_and_a_reader_of_the_last_ones_stays(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    for number in range(4):
        bench.load("subscription", LINES.replace("100", str(100 + number)))
        ws = bench.workspace()
        assert ws.show("mrr", start="2026-10", end="2026-10")[0].value == 100 + number
        ws.close()
    names = sorted(path.name for path in (bench.home / FOLDER).glob("*.duckdb"))
    assert len(names) == 4, names  # the current pair and the one before


def test_a_check_holds_the_figures_it_refuses(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load(
        "subscription",
        LINES.replace("ended_at", "ended_at,currency").replace(",\n", ",,XXX\n", 1).replace("06-01\n", "06-01,\n"),
    )
    ws = bench.workspace()
    (held,) = ws.show("mrr", start="2026-10", end="2026-10")
    assert (held.status, held.value) == ("held", None)
    assert "unknown_currency" in held.notes[0]
    assert ws.show("net_promoter_score", start="2026-10", end="2026-10")[0].status != "held"


def test_explained_rows_add_up(company: Bench) -> None:
    ws = company.workspace()
    for metric in ws.metrics():
        found = ws.explain(metric, at="2026-10")
        assert len({tuple(row) for row in found.rows}) <= 1, f"the rows of {metric} have not all the same columns"
        total = list(found.figures)
        if len(total) != 1 or total[0].value is None:
            continue
        figure, sums = total[0], [found.sums[name] for name in found.adds]
        if found.entry.kind == "derived":
            assert set(found.made_of) < set(ws.metrics()), metric
            continue
        if found.entry.kind == "cases":  # those that ended, of all; the other sum is how long they took
            sums[1] = sum((row["weight"] for row in found.rows if row["excluded"] is None), Decimal(0))
        expected = [figure.numerator, figure.denominator] if len(sums) == 2 else [figure.numerator]
        assert sums == expected, metric
        assert found.count >= figure.n
        assert found.sql.count("SELECT") > 1


@pytest.mark.usefixtures("few_metrics")
def test_the_frozen_figures_are_the_shown_ones(company: Bench) -> None:
    ws = company.workspace()
    ws.call("close", Close("2026-Q3"))
    shown = ws.show("gross_revenue_retention", grain="quarter", start="2026-Q3", end="2026-Q3", by=["team"])
    told = ws.show(
        "gross_revenue_retention", grain="quarter", start="2026-Q3", end="2026-Q3", by=["team"], reported=True
    )
    assert [(f.slice, f.value, f.low, f.high) for f in told] == [(f.slice, f.value, f.low, f.high) for f in shown]


def test_before_anything_was_known_there_is_no_value(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)  # learned today
    (figure,) = bench.workspace().show("mrr", start="2026-03", end="2026-03", as_of="2026-04-15")
    assert (figure.value, figure.n) == (None, 0)
    assert "--history" in figure.notes[0]
    bench.load("subscription", LINES, history=True)  # the same file, now as history
    assert bench.workspace().show("mrr", start="2026-03", end="2026-03", as_of="2026-04-15")[0].value == 150


def test_a_contradiction_about_owners_holds_what_is_sliced_by_them(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    bench.load("csm", "csm_id,name,team\nada,Ada,One\nada,Ada,Two\n")
    ws = bench.workspace()
    assert ws.show("mrr", start="2026-10", end="2026-10")[0].status == "ok"
    held = ws.show("mrr", start="2026-10", end="2026-10", by=["team"])
    assert {figure.status for figure in held} == {"held"}


def test_a_month_is_settled_only_when_its_graces_are_over(bench: Bench) -> None:
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES.replace("2026-06-01", "2026-10-25"))
    bench.load(
        "contract",
        "contract_id,account_id,started_at,ended_at,value\nc1,birch,2025-10-25,2026-10-25,600\n",
        history=True,
    )
    ws = bench.workspace()
    (rate,) = ws.show("renewal_rate", start="2026-10", end="2026-10")
    assert (rate.value, rate.excluded) == (None, {"open within the grace": 1})
    (lost,) = ws.show("churn_reasons", start="2026-10", end="2026-10", by=["reason"])
    assert lost.slice == {"reason": "unknown"}
    ws.close()
    bench.load("churn", "churn_id,account_id,at,reason\nx,birch,2026-11-20,price\n")
    ws = bench.workspace()
    (lost,) = ws.show("churn_reasons", start="2026-10", end="2026-10", by=["reason"])
    assert lost.slice == {"reason": "price"}
    bench.now = datetime(2026, 11, 25, 11)  # 30 days of grace are over, and nothing else has happened
    (rate,) = ws.show("renewal_rate", start="2026-10", end="2026-10")
    assert rate.value == 0
    assert rate.excluded == {}


def test_the_warehouse_is_opened_anew_now_and_then_and_nothing_is_otherwise(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every other time that figures are made; the clock that goes on for a day has them made."""
    monkeypatch.setattr("tenure.engine.desk._OFTEN", 2)
    opened: list[Path] = []
    attach = Store.open

    def noted(home: Path) -> Store:
        opened.append(home)
        return attach(home)

    monkeypatch.setattr(Store, "open", noted)
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    ws, found = bench.workspace(), []
    opened.clear()
    for _ in range(5):
        bench.now += timedelta(days=1)
        ws.call("run", Run())
        found.append([one.value for one in ws.show("mrr", start="2026-01", end="2026-03")])
    assert found == [[100, 150, 150]] * 5
    assert len(opened) == 3
