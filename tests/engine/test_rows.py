"""Pages of tables and of the list of accounts: filtered, sorted, counted, and never more than a scope holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import PublishedOnly, Scope, Workspace
from tenure.engine.verbs.rows import Page
from tenure.figures import published
from tenure.warehouse.tables import all_tables
from tests.engine.conftest import Bench
from tests.engine.test_sight import LINES, OWNERS
from tests.workspaces import clock, copy_to

FILES = {
    "account": "account_id,name,segment,region,vip\nacme,Acme O'Neil,SMB,North,yes\nbirch,Birch,ENT,,\ncedar,Cedar,SMB,South,no\n"
    "old,Old,SMB,,\ntest,Test,SMB,,\n",
    "csm": "csm_id,name,email,team,payroll_id\nada,Ada L.,ada@x.org,One,77\nben,Ben,ben@x.org,Two,78\n",
    "subscription": LINES,
    "assignment": OWNERS,
    "contract": (
        "contract_id,account_id,started_at,ended_at,value\nc1,acme,2024-12-01,2025-12-01,900\nc2,acme,2025-12-01,2026-12-01,1200\n"
        "c3,acme,2025-12-01,2027-12-01,10\nc4,birch,2025-12-01,2026-11-21,1\n"
    ),
    "touchpoint": (
        "touchpoint_id,account_id,channel,direction,occurred_at,thread_id,is_automated,text\n"
        "t1,acme,call,both,2026-11-01T10:00:00Z,,,secret word\nt2,acme,email,out,2026-11-19T10:00:00Z,,,\n"
        "t3,birch,email,out,2026-11-02T10:00:00Z,x,,\nt4,birch,email,in,2026-11-02T11:00:00Z,x,,\n"
        "t5,birch,email,both,2026-11-03T11:00:00Z,,true,\nt6,acme,call,both,2026-12-24T10:00:00Z,,,\n"
    ),
    "ticket": (
        "ticket_id,account_id,created_at,solved_at\nx1,acme,2026-11-01,\nx2,acme,2026-11-01,2026-11-02\n"
        "x3,birch,2026-11-01,\nx4,acme,2026-11-01,\nx5,acme,2026-12-01,\n"
    ),
    "ticket_status": "ticket_id,status,at\nx4,open,2026-11-01\nx4,solved,2026-11-02\nx1,solved,2026-11-02\nx1,open,2026-11-03\n",
    "ticket_comment": "comment_id,ticket_id,author_role,is_public,at\nm1,x1,agent,true,2026-11-01\nm2,x3,agent,true,2026-11-01\n",
    "invoice": "invoice_id,account_id,amount,issued_at\ni1,acme,10,2026-01-01\ni2,birch,20,2026-01-01\n",
    "payment": "payment_id,invoice_id,amount,paid_at\np1,i1,10,2026-01-05\np2,i2,20,2026-01-05\n",
    "person": "person_id,account_id,name,email\nq1,acme,Quin,quin@x.org\nq2,birch,Rob,rob@x.org\nq3,,Stray,stray@x.org\n",
    "judgement": (
        "account_id,model,at,score\nacme,csm_pulse,2026-10-10T09:00:00Z,5\nacme,csm_pulse,2026-11-10T09:00:00Z,2\n"
        "acme,other,2026-11-11T09:00:00Z,99\nbirch,csm_pulse,2026-12-01T09:00:00Z,1\n"
    ),
    "note": (
        "note_id,account_id,at,kind,text\nn1,acme,2026-11-11T09:00:00Z,next_step,Call Quin\n"
        "n2,acme,2026-11-12T09:00:00Z,next_step,Send the offer\nn3,acme,2026-11-13T09:00:00Z,memo,Not a step\n"
        "n4,birch,2026-11-01T09:00:00Z,next_step,Ask Rob\n"
    ),
    "target": "metric,period_start,period_end,value\nmrr,2026-01-01,2027-01-01,1000\n",
    "survey_answer": (
        "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at,is_anonymous,text,seat\n"
        "a1,acme,q1,nps,3,0,10,2026-05-01,,,1\na2,acme,q1,nps,9,0,10,2026-06-01,,fine,2\n"
        "a3,acme,q9,nps,1,0,10,2026-07-01,true,whisper,3\na4,birch,q2,nps,2,0,10,2026-07-01,true,whisper,4\n"
    ),
}

#: What kept scores make of an account; nothing was scored here (see test_rated).
RATED = (
    "health health_band health_coverage health_change_30 health_change_91 health_change_182 churn_risk_30 churn_risk_90 "
    "churn_risk_180 risk_band at_risk scored_at"
).split()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A workspace with a little of everything, loaded once and only read."""
    from tests.engine.conftest import new_home

    bench = Bench(new_home(tmp_path_factory.mktemp("rows") / "home"))
    for table, text in FILES.items():
        bench.load(table, text)
    bench.load("account", "account_id,name,merged_into,is_test\nold,Old,acme,\ntest,Test,,true\n")
    return bench


def ask(bench: Bench, name: str, owners: Any = None, **query: Any) -> Page:
    return bench.workspace().seen_by(Scope(owners)).rows(name, **query)


def ids(page: Page) -> list[Any]:
    return [next(iter(row.values())) for row in page.rows]


# The list of accounts


def test_an_account_is_one_row_as_it_is_now(home: Bench) -> None:
    page = ask(home, "accounts")
    assert (page.name, page.total, ids(page)) == ("accounts", 3, ["acme", "birch", "cedar"])
    acme, birch, cedar = page.rows
    assert acme == {
        "account_id": "acme", "name": "Acme O'Neil", "owner": "ada", "owner_name": "Ada L.", "team": "One",
        "segment": "SMB", "tier": None, "lifecycle": None, "region": "North", "country": None, "industry": None,
        "is_customer": True, "pulse": 2, "pulse_at": datetime(2026, 11, 10, 9, tzinfo=UTC),
        "next_step_at": datetime(2026, 11, 12, 9, tzinfo=UTC),
        "customer_since": date(2025, 1, 1), "mrr": 100, "arr": 1200,
        "renewal_due": datetime(2026, 11, 30, 23, tzinfo=UTC), "renewal_value": 1200,
        "last_touch": datetime(2026, 11, 1, 10, tzinfo=UTC), "nps": 9, "open_tickets": 1, "custom:vip": "yes",
        **dict.fromkeys(RATED),
    }  # fmt: skip
    assert isinstance(acme["mrr"], Decimal)
    assert (birch["last_touch"], birch["nps"], birch["open_tickets"]) == (
        datetime(2026, 11, 2, 11, tzinfo=UTC),
        None,
        1,
    )
    assert birch["renewal_due"] is None, "it ended this morning"
    assert (cedar["owner"], cedar["last_touch"], cedar["open_tickets"]) == (None, None, 0)
    columns = {column.name: (column.label, column.type, column.unit) for column in page.columns}
    assert columns["mrr"] == ("MRR", "money", "EUR")
    assert columns["renewal_due"] == ("Renewal due", "time", "")
    assert columns["custom:vip"] == ("Vip", "text", "")


def test_the_list_adds_up_to_the_metric(company: Bench) -> None:
    ws = company.workspace()
    total, offset = Decimal(0), 0
    while (page := ws.rows("accounts", columns=["mrr"], offset=offset, limit=50)).rows:
        total += sum(row["mrr"] for row in page.rows)
        offset += 50
    assert 50 < page.total < 60, "merged and test accounts have no row"
    assert total == ws.show("mrr", start="2026-11", end="2026-11")[0].value


def test_an_account_split_between_owners_is_of_the_one_with_the_largest_share(bench: Bench) -> None:
    bench.load("account", "account_id,name\nacme,Acme\n")
    bench.load("assignment", "account_id,csm_id,valid_from,share\nacme,ada,2025-01-01,0.4\nacme,ben,2025-01-01,0.6\n")
    assert [row["owner"] for row in ask(bench, "accounts").rows] == ["ben"]
    assert [ask(bench, "accounts", (name,)).total for name in ("ada", "ben", "eve")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ([("segment", "equals", "SMB")], ["acme", "cedar"]),
        ([("name", "equals", "Acme O'Neil")], ["acme"]),
        ([("name", "equals", "' OR true --")], []),
        ([("owner", "one_of", ["ada", "ben"])], ["acme", "birch"]),
        ([("owner", "one_of", [])], []),
        ([("name", "contains", "R")], ["birch", "cedar"]),
        ([("name", "contains", "%")], []),
        ([("mrr", "less", 100)], ["birch", "cedar"]),
        ([("mrr", "less", "100.0001"), ("mrr", "greater", Decimal(7))], ["acme", "birch"]),
        ([("owner", "empty", True)], ["cedar"]),
        ([("region", "empty", False)], ["acme", "cedar"]),
        ([("is_customer", "equals", True)], ["acme", "birch", "cedar"]),
        ([("renewal_due", "equals", "2026-12-01")], ["acme"]),
        ([("renewal_due", "less", date(2026, 12, 1))], []),
        ([("renewal_due", "greater", "2026-11-30")], ["acme"]),
        ([("renewal_due", "greater", "2026-12-01")], []),
        ([("last_touch", "greater", datetime(2026, 11, 1, 10, tzinfo=UTC))], ["birch"]),
        ([("customer_since", "less", "2025-01-02")], ["acme", "birch", "cedar"]),
        ([("custom:vip", "equals", "yes")], ["acme"]),
        ([("region", "none_of", ["North"])], ["birch", "cedar"]),
        ([("custom:vip", "none_of", ["yes", "no"])], ["birch"]),
        ([("region", "lacks", "nor")], ["birch", "cedar"]),
        ([("mrr", "at_least", 50), ("mrr", "at_most", "100")], ["acme", "birch"]),
        ([("renewal_due", "at_most", "2026-12-01")], ["acme"]),
        ([("renewal_due", "at_most", "2026-11-30")], []),
        ([("renewal_due", "at_least", "2026-12-01")], ["acme"]),
        ([("last_touch", "not_since", "2026-11-02")], ["acme", "cedar"]),
        ([("health", "at_least", 0)], []),
    ],
)
def test_filters(home: Bench, where: Any, found: list[str]) -> None:
    page = ask(home, "accounts", where=where)
    assert (ids(page), page.total) == (found, len(found))


def test_sorting_puts_what_is_empty_last_and_pages_share_the_total(home: Bench) -> None:
    def regions(*order: str) -> list[Any]:
        return [row["region"] for row in ask(home, "accounts", order=order).rows]

    assert (regions("region"), regions("-region")) == (["North", "South", None], ["South", "North", None])
    pages = [ask(home, "accounts", columns=["name"], order=["-mrr"], offset=n, limit=1) for n in range(4)]
    assert [row["name"] for page in pages for row in page.rows] == ["Acme O'Neil", "Birch", "Cedar"]
    assert {page.total for page in pages} == {3}


def test_search_looks_into_the_texts_that_are_shown(home: Bench) -> None:
    assert ids(ask(home, "accounts", search=" o'neil ")) == ["acme"]
    assert ids(ask(home, "accounts", search="ada l")) == ["acme"]
    assert ids(ask(home, "accounts", columns=["account_id"], search="o'neil")) == []


@pytest.mark.parametrize(
    ("name", "query", "code", "hint"),
    [
        ("accuonts", {}, "unknown_table", "accounts"),
        ("accounts", {"columns": ["segmnt"]}, "unknown_column", "segment"),
        ("accounts", {"order": ["-mr"]}, "unknown_column", "mrr"),
        ("accounts", {"where": [("nme", "equals", "x")]}, "unknown_column", "name"),
        ("accounts", {"where": [("name", "equal", "x")]}, "unknown_operator", "equals"),
        ("accounts", {"where": [("mrr", "less", "1 OR 1")]}, "bad_value", "number"),
        ("accounts", {"where": [("mrr", "contains", "1")]}, "bad_operator", "equals"),
        ("accounts", {"where": [("is_customer", "less", "true")]}, "bad_operator", "equals"),
        ("accounts", {"where": [("renewal_due", "less", datetime(2026, 1, 1))]}, "bad_value", "zone"),
        ("accounts", {"where": [("owner", "empty", "yes")]}, "bad_value", "true"),
        ("accounts", {"where": [("owner", "one_of", "ada")]}, "bad_value", "list"),
        ("accounts", {"limit": 0}, "bad_page", "1 to 10000"),
        ("accounts", {"offset": -1}, "bad_page", "from 0"),
    ],
)
def test_what_makes_no_sense_is_an_error(home: Bench, name: str, query: dict[str, Any], code: str, hint: str) -> None:
    with pytest.raises(UsageError) as wrong:
        ask(home, name, **query)
    assert wrong.value.code == code
    assert hint in wrong.value.fix


# Canonical tables


def test_a_table_is_given_as_known_now(home: Bench) -> None:
    page = ask(home, "contract", order=["-value"], limit=2)
    assert (page.total, ids(page)) == (4, ["c2", "c1"])
    assert page.rows[0]["ended_at"] == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert {c.name: c.unit for c in page.columns}["value"] == "currency"
    assert ask(home, "account", where=[("account_id", "equals", "old")]).rows[0]["merged_into"] == "acme"


def test_every_table_can_be_asked_through_every_scope(home: Bench) -> None:
    """And whatever names an account, or is personal without being asked for, is of the scope's."""
    for name in all_tables():
        everything, mine, nothing = (ask(home, name, owners) for owners in (None, ("ada",), ()))
        assert everything.total >= mine.total >= nothing.total
        assert not any(column.personal for column in everything.columns)
        assert {row.get("account_id", "acme") for row in mine.rows} <= {"acme", "old"}, name
        assert nothing.total == (everything.total if all_tables()[name].reference else 0), name


def test_what_belongs_to_an_account_is_seen_with_it(home: Bench) -> None:
    expected = {
        "account": ["acme", "old"], "ticket_comment": ["m1"], "payment": ["p1"], "person": ["q1"], "target": [],
        "csm": ["ada", "ben"], "ticket": ["x1", "x2", "x4", "x5"], "survey_answer": ["a1", "a2"],
    }  # fmt: skip
    assert {name: ids(ask(home, name, ("ada",))) for name in expected} == expected
    assert ask(home, "target").total == 1


def test_personal_columns_are_given_where_they_are_named(home: Bench) -> None:
    assert "name" not in ask(home, "person").rows[0]
    page = ask(home, "person", ("ada",), columns=["name", "email"], search="QUIN")
    assert page.rows == ({"name": "Quin", "email": "quin@x.org"},)
    assert page.columns[0].personal
    assert ask(home, "touchpoint", search="secret").total == 0
    assert ask(home, "touchpoint", columns=["text"], search="secret").total == 1


def test_of_colleagues_a_narrow_scope_tells_the_name(home: Bench) -> None:
    assert ask(home, "csm", columns=["name", "payroll_id"]).rows[0] == {"name": "Ada L.", "payroll_id": "77"}
    assert ask(home, "csm", ("ada",), columns=["name"]).rows[1] == {"name": "Ben"}
    for query in ({"columns": ["payroll_id"]}, {"order": ["payroll_id"]}, {"where": [("email", "contains", "ben")]}):
        with pytest.raises(UsageError, match="no column"):
            ask(home, "csm", ("ada",), **query)


SECRET = ("answer_id", "account_id", "person_id", "text", "answered_at", "custom:seat")


def test_whose_an_anonymous_answer_is_cannot_be_told(home: Bench) -> None:
    rows = ask(home, "survey_answer", columns=[*SECRET, "score", "is_anonymous"]).rows
    told = [row for row in rows if row["is_anonymous"]]
    assert sorted(row["score"] for row in told) == [1, 2]
    assert {row[name] for row in told for name in SECRET} == {None}
    assert {row["text"] for row in rows} == {None, "fine"}
    for name, value in (("account_id", "birch"), ("person_id", "q2"), ("text", "whisper"), ("custom:seat", "4")):
        assert ask(home, "survey_answer", where=[(name, "equals", value)]).total == 0
    assert ask(home, "survey_answer", columns=["text"], search="whisper").total == 0
    assert ask(home, "survey_answer", ("ben",)).total == 0, "or it would be told whose it is"
    assert ask(home, "survey_answer", ("ada", "ben"), where=[("is_anonymous", "equals", True)]).total == 0


def test_published_lists_and_those_through_the_desk_are_the_same(home: Bench) -> None:
    from tenure.engine.verbs.rows import Query, Rows

    ws = home.workspace()
    shown = ws.seen_by(Scope(("ada",))).rows("accounts", order=["-mrr"])
    assert ws.call("rows", Rows("accounts", Query(order=("-mrr",)), Scope(("ada",)))) == shown
    assert ids(shown) == ["acme"]


def test_amounts_are_in_the_reporting_currency(bench: Bench) -> None:
    bench.load("account", "account_id,name\nacme,Acme\nbirch,Birch\n")
    bench.load("exchange_rate", "currency,date,rate\nUSD,2026-01-01,0.5\nUSD,2026-11-01,0.8\n")
    bench.load(
        "subscription",
        "subscription_id,account_id,amount,currency,started_at\ns1,acme,100,USD,2025-01-01\ns2,acme,7,EUR,2025-01-01\n"
        "s3,birch,5,USD,2026-02-01\n",
    )
    bench.load(
        "contract",
        "contract_id,account_id,started_at,ended_at,value,currency\nc1,acme,2026-01-01,2027-01-01,1000,USD\n"
        "c2,acme,2026-01-01,2027-06-01,1,EUR\n",
    )
    acme, birch = ask(bench, "accounts").rows
    assert (acme["mrr"], acme["arr"], acme["renewal_value"]) == (87, 1044, 800)
    assert (birch["mrr"], birch["renewal_value"]) == (4, None)
    assert bench.workspace().show("mrr", start="2026-11", end="2026-11")[0].value == 91


def test_who_asks_again_is_answered_though_others_opened_many_files_meanwhile(tmp_path):
    """What stays open for the next question is not closed when the files of other workspaces, or of later figures, are opened."""
    sights = [
        Workspace(copy_to(tmp_path / f"home-{number}"), PublishedOnly(), clock=clock)
        for number in range(published._MOST_OPEN + 1)
    ]
    first = sights[0].rows("accounts").rows
    assert [each["account_id"] for each in first] == ["birch", "acme"], "by name: =Birch, Acme"
    assert all(sight.rows("accounts").rows == first for sight in sights)
    assert sights[0].rows("accounts").rows == first
