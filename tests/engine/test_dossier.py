"""What is known of one account: the same as tables say of it, whatever was told since, and nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Query, Scope, Workspace
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Local
from tenure.figures import dossiers
from tenure.warehouse.inbox import state_of
from tests.engine.conftest import Bench
from tests.engine.test_rows import FILES

#: What comes after the first files, in five deliveries; the last three take back what can be told anew and what cannot, and
#: say something twice.
LATER = (
    {
        "touchpoint": "touchpoint_id,account_id,channel,direction,occurred_at\nt7,cedar,call,both,2026-11-20T10:00:00Z\n",
        "ticket": "ticket_id,account_id,created_at,solved_at,mood\nx3,birch,2026-11-01,2026-11-20,fine\nx9,acme,2026-11-20,,\n",
        "contract": "contract_id,account_id,started_at,ended_at,value\nc9,cedar,2026-01-01,2027-01-01,5\n",
        "payment": "payment_id,invoice_id,amount,paid_at\np3,i1,4,2026-11-20\np4,i9,5,2026-11-20\n",  # i9 comes later
    },
    {
        "ticket": "ticket_id,account_id,created_at,solved_at\nx9,cedar,2026-11-20,\n",  # of another account
        "subscription": "subscription_id,account_id,started_at,plan\ns1,acme,2025-01-01,gold\n",  # the amount stays
        "person": "person_id,account_id,name,email\nq3,cedar,Stray,stray@x.org\n",  # an account at last
        "invoice": "invoice_id,account_id,amount,issued_at\ni9,cedar,5,2026-01-01\ni2,cedar,20,2026-01-01\n",  # of another
        "survey_answer": (
            "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at,is_anonymous\n"
            "a1,acme,q1,nps,3,0,10,2026-05-01,true\n"
        ),
    },
    {"retraction": "table_name,key,at,reason\nticket,x2,2026-11-20,twice\n"},
    {"retraction": "table_name,key,at,reason\ntouchpoint,t1,2026-11-20,wrong\n"},
    {
        "touchpoint": (
            "touchpoint_id,account_id,channel,direction,occurred_at\nt7,cedar,call,both,2026-11-20T10:00:00Z\n"
            "t8,acme,call,both,2026-11-20T10:00:00Z\n"
        )
    },
)
WANTED = {name: Query(limit=1_000) for name in dossiers.tables()}


def told(bench: Bench) -> dict[str, Any]:
    """Every account's dossier, by its id."""
    ws = bench.workspace()
    ids = [row["account_id"] for row in ws.rows("accounts", columns=("account_id",), limit=1_000).rows]
    found = {one: ws.dossier(one, WANTED) for one in ids}
    return {one: {name: page.rows for name, page in about.pages.items()} for one, about in found.items() if about}


def in_tables(bench: Bench) -> dict[str, Any]:
    """The same out of the tables."""
    ws = bench.workspace()
    ids = [row["account_id"] for row in ws.rows("accounts", columns=("account_id",), limit=1_000).rows]
    return {one: {name: rows_in(ws, name, one) for name in WANTED} for one in ids}


def rows_in(ws: Workspace, name: str, account: str) -> tuple[dict[str, Any], ...]:
    """The rows of a table that an account has, by itself or through what its rows belong to."""
    where: tuple[str, str, Any] = ("account_id", "equals", account)
    if name in dossiers.THROUGH:
        column, owner = dossiers.THROUGH[name]
        where = (column, "one_of", [row[column] for row in rows_in(ws, owner, account)])
    return ws.rows(name, where=[where], limit=1_000).rows


def base(bench: Bench) -> str:
    """The name of the base."""
    found = dossiers.current(bench.home, state_of(bench.home))
    assert found
    return found.base


def begin(bench: Bench) -> None:
    for table, text in FILES.items():
        bench.load(table, text)


def test_a_dossier_says_what_the_tables_say_whatever_comes(bench: Bench) -> None:
    begin(bench)
    before, bases = told(bench), [base(bench)]
    assert before == in_tables(bench)
    for delivery in LATER:
        for table, text in delivery.items():
            bench.load(table, text)
        now = told(bench)
        assert now == in_tables(bench)
        assert now != before, f"{delivery} should have changed a dossier"
        before = now
        bases.append(base(bench))
    # Small news leaves the base alone, a row of state that is taken back too, until an event is.
    assert bases[0] == bases[1] == bases[2] == bases[3] != bases[4]


def test_much_news_is_worked_into_the_base(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(bench)
    told(bench)
    before = base(bench)
    monkeypatch.setattr(dossiers, "MOST_RECENT", 1)
    bench.load("touchpoint", LATER[-1]["touchpoint"])
    assert told(bench) == in_tables(bench)
    assert base(bench) != before


def test_what_is_made_anew_holds_no_older_dossiers(bench: Bench) -> None:
    begin(bench)
    before, first = told(bench), base(bench)
    bench.workspace().call("rebuild", Rebuild())  # may number batches otherwise
    assert (told(bench), base(bench) == first) == (before, False)
    second = base(bench)
    (bench.home / "published" / dossiers.FOLDER / second).unlink()
    assert (told(bench), base(bench) == second) == (before, False)


def test_a_small_company_reads_the_same_from_dossiers(company: Bench) -> None:
    told_once = told(company)
    assert len(told_once) > 50
    assert sum(len(rows) for about in told_once.values() for rows in about.values()) > 5_000
    for one in list(told_once)[::10]:
        for name in WANTED:
            assert told_once[one][name] == rows_in(company.workspace(), name, one)


def test_a_dossier_of_another_is_not_there(bench: Bench) -> None:
    begin(bench)
    ada = bench.workspace().seen_by(Scope(("ada",)))
    mine = ada.dossier("acme", {"touchpoint": Query(), "ticket": Query(columns=("ticket_id",), limit=1)})
    assert mine is not None
    assert mine.account["name"] == "Acme O'Neil"
    assert {row["account_id"] for row in mine.pages["touchpoint"].rows} == {"acme"}
    assert (mine.pages["ticket"].total, mine.pages["ticket"].rows) == (4, ({"ticket_id": "x1"},))
    assert ada.dossier("birch", {}) is None
    assert ada.dossier("nowhere", {}) is None
    assert bench.workspace().seen_by(Scope(())).dossier("acme", {}) is None
    bench.load("assignment", "account_id,csm_id,valid_from\nbirch,ada,2026-11-21T09:00:00\n")
    handed = bench.workspace().seen_by(Scope(("ada",))).dossier("birch", {"survey_answer": Query()})
    assert handed is not None
    assert handed.pages["survey_answer"].rows == ()  # an anonymous one is nobody's


def test_a_dossier_is_read_while_somebody_else_holds_the_warehouse(bench: Bench) -> None:
    begin(bench)
    bench.workspace().dossier("acme", {})

    class Busy(Local):
        def call(self, verb: str, request: Any, progress: Any, by: Any = None) -> Any:
            raise AssertionError(verb)

    def at(home: Path) -> Workspace:
        return Workspace(home, Busy(home), clock=lambda: bench.now)

    about = at(bench.home).dossier("acme", {"contract": Query()})
    assert about is not None
    assert [row["contract_id"] for row in about.pages["contract"].rows] == ["c1", "c2", "c3"]


def test_only_what_tells_of_accounts_is_in_a_dossier(bench: Bench) -> None:
    begin(bench)
    with pytest.raises(UsageError, match="tickt"):
        bench.workspace().dossier("acme", {"tickt": Query()})
    with pytest.raises(UsageError, match="csm"):
        bench.workspace().dossier("acme", {"csm": Query()})
