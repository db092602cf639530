"""The book of accounts: what the list holds, whose views are whose, what is told of many and taken back, and who is told."""

from __future__ import annotations

import csv
import hashlib
import hmac
import html
import io
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from django.utils import timezone

from tenure import keeper
from tenure.core.errors import UnavailableError, UsageError
from tenure.engine import audit
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run as Running
from tenure.web.access.models import AuditEntry
from tenure.web.access.roles import Role
from tenure.web.book import hooks, telling
from tenure.web.book.asked import Asked, Filter, asked, filter_of
from tenure.web.book.conditions import TESTS, conditions
from tenure.web.book.models import AccountList, Delivery, Hook, Run, View
from tenure.web.work.models import Task
from tests.engine.conftest import new_home
from tests.web.company import put_into, text_of, today

LISTED = re.compile(r'<th scope="row"><a href="/accounts/([^"]+)/">')
NOW = datetime.now(UTC).replace(microsecond=0)
#: Eight accounts: ARR is twelve times the amount. Ada owns four, Ben three; nobody owns one.
ACCOUNTS = [
    # id, name, segment, tier, amount, owner, days since the last contact, days to the renewal, health
    ("a1", "Acme", "SMB", "gold", 100, "ada", 5, 20, 80),
    ("a2", "Birch & Co", "SMB", None, 1_000, "ada", 40, None, 40),
    ("a3", "=Cedar", "ENT", "gold", 5_000, "ada", None, 200, None),
    ("a4", "Dune", "ENT", "silver", 20, "ada", 31, 10, 55),
    ("b1", "Elm", "MM", "gold", 300, "ben", 29, 30, 70),
    ("b2", "Fern", None, "gold", 2_000, "ben", 100, 31, 10),
    ("b3", "Grove", "SMB", "silver", 50, "ben", 1, -5, None),
    ("c1", "Heath", "ENT", None, 700, None, None, None, 90),
]


def _files() -> dict[str, str]:
    def day(days: int) -> str:
        return f"{today() + timedelta(days=days)}T12:00:00Z"

    kept = f"{(NOW - timedelta(hours=2)).isoformat()}"
    return {
        "csm": "csm_id,name,team,manager_id\nada,Ada L.,North,max\nben,Ben,South,max\nmax,Max,,\n",
        "account": "account_id,name,segment,tier,Vip\n"
        + "".join(f'{a[0]},"{a[1]}",{a[2] or ""},{a[3] or ""},{"yes" if a[0] in ("a1", "b2") else ""}\n' for a in ACCOUNTS),
        "subscription": "subscription_id,account_id,amount,started_at\n"
        + "".join(f"s{a[0]},{a[0]},{a[4]},2025-01-01\n" for a in ACCOUNTS),
        "assignment": "account_id,csm_id,valid_from\n" + "".join(f"{a[0]},{a[5]},2025-01-01\n" for a in ACCOUNTS if a[5]),
        "touchpoint": "touchpoint_id,account_id,channel,occurred_at\n"
        + "".join(f"t{a[0]},{a[0]},call,{day(-a[6])}\n" for a in ACCOUNTS if a[6]),
        "contract": "contract_id,account_id,started_at,ended_at,value\n"
        + "".join(f"k{a[0]},{a[0]},2025-01-01,{day(a[7])},{a[4] * 12}\n" for a in ACCOUNTS if a[7]),
        "score": "account_id,model,version,at,score,coverage,band\n"
        + "".join(f"{a[0]},health,v1,{kept},{a[8]},1,{'good' if a[8] >= 70 else 'poor' if a[8] < 45 else 'fair'}\n" for a in ACCOUNTS if a[8]),
    }  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The eight accounts, loaded and published."""
    home = new_home(tmp_path_factory.mktemp("book") / "home")
    workspace = keeper.open(home)
    for table, text in _files().items():
        (home / f"{table}.csv").write_text(text)
        workspace.call("load", Load((str(home / f"{table}.csv"),), table))
    workspace.call("run", Running())
    workspace.close()
    return home


@pytest.fixture
def book(made, home, settings):
    """A workspace of the test's own with them."""
    settings.HOME = home
    return put_into(home, made)


@pytest.fixture
def shared_book(made, settings):
    """The accounts themselves, for tests that only read."""
    settings.HOME = made
    return keeper.open(made)


@pytest.fixture
def ada(somebody, as_):
    """Ada's browser: a CSM with four accounts."""
    return as_(somebody(Role.CSM, csm_id="ada", email="ada@example.com", name="Ada"))


@pytest.fixture
def ops(somebody, as_):
    """The browser of operations, who see everything."""
    return as_(somebody(Role.OPERATIONS, email="ops@example.com", name="Olga"))


def listed(client, query: str) -> list[str]:
    return LISTED.findall(text_of(client, f"/accounts/?{query}"))


# What is asked


@pytest.fixture(scope="module")
def facts():
    """The same accounts in a table of their own, to be asked by SQL that knows nothing of Tenure."""
    con = duckdb.connect()
    con.execute("CREATE TABLE a (id VARCHAR, name VARCHAR, segment VARCHAR, tier VARCHAR, amount INT, owner VARCHAR,"
                " touched INT, renews INT, health INT)")  # fmt: skip
    con.executemany("INSERT INTO a VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", ACCOUNTS)
    yield con
    con.close()


FILTERS = [
    ("segment~is~SMB|ENT", "segment IN ('SMB', 'ENT')"),
    ("segment~not~SMB|ENT", "coalesce(segment NOT IN ('SMB', 'ENT'), true)"),
    ("name~has~e;name~lacks~ELM", "name ILIKE '%e%' AND name NOT ILIKE '%elm%'"),
    ("arr~least~12000;arr~most~24000", "amount * 12 BETWEEN 12000 AND 24000"),
    ("arr~between~240~1200;tier~is~gold", "tier = 'gold'"),  # one value is nothing between
    ("arr~between~240|1200", "amount * 12 BETWEEN 240 AND 1200"),
    ("last_touch~quiet~30", "touched IS NULL OR touched > 30"),
    ("last_touch~past~30", "touched <= 30"),
    ("renewal_due~ahead~30", "renews BETWEEN 0 AND 30"),
    ("health~none", "health IS NULL"),
    ("health~any;health_band~is~poor|fair", "health < 70"),
    ("tier~none;owner~is~ada", "tier IS NULL AND owner = 'ada'"),
    ("owner~none", "owner IS NULL"),
    ("team~is~South;custom:Vip~is~yes", "id = 'b2'"),
    ("segment~is~SMB;arr~least~1000;last_touch~quiet~30;renewal_due~none", "id = 'a2'"),
]


def test_filters_find_what_sql_finds(shared_book, ops, facts):
    for filters, sql in FILTERS:
        wanted = facts.execute(f"SELECT id FROM a WHERE {sql} ORDER BY amount DESC").fetchall()
        assert listed(ops, f"f={filters}") == [one for (one,) in wanted], filters


def test_a_scope_holds_whatever_is_asked_and_several_columns_sort(shared_book, ada, ops):
    assert listed(ada, "f=tier~is~gold|silver&order=tier,-name") == ["a1", "a3", "a4"]  # "=" comes before letters
    assert listed(ops, "order=tier,segment,name") == ["a3", "b1", "a1", "b2", "a4", "b3", "c1", "a2"]
    assert listed(ada, "f=owner~is~ben") == []
    page = text_of(ada, "/accounts/")
    assert "4 accounts" in page
    assert "€73.4K ARR" in page  # (100 + 1,000 + 5,000 + 20) * 12 = 73,440


def test_an_address_says_what_was_asked_and_nothing_that_makes_no_sense():
    of = Asked(
        "x y", "all", (Filter("custom:A~b;c|d", "is", ("1|2", "3;4", "%7C")),), ("-arr", "name"), ("arr", "custom:A,b")
    )
    assert asked(of.parameters()) == of
    assert asked({"segment": "SMB", "health_band": "poor"}).filters == (
        Filter("segment", "is", ("SMB",)), Filter("health_band", "is", ("poor",)),
    )  # fmt: skip
    for text in ("", "arr", "arr~nothing~1", "~is~x", "arr~least", "arr~between~1"):
        assert filter_of(text) is None
    for name, kind, value in (
        ("least", "number", "1e999999"), ("from", "time", "9999-12-31"), ("ahead", "time", "9" * 4_500),
    ):  # fmt: skip
        assert not TESTS[name].fits(kind, (value,)), "no number, day or span that can be reckoned with"
    assert TESTS["least"].fits("number", ("10.5",))
    day = datetime(2026, 3, 1).date()
    assert conditions("d", "ahead", ("30",), day) == [
        ("d", "at_least", day),
        ("d", "at_most", datetime(2026, 3, 31).date()),
    ]


def test_a_metric_of_the_last_month_stands_beside_and_in_the_file(shared_book, ada):
    query = "cols=arr,metric:mrr,metric:gross_revenue_retention"
    page = text_of(ada, f"/accounts/?{query}")
    assert re.search(r">=Cedar</a>.*?€5,000.00.*?100.0%", page, re.DOTALL)
    assert listed(ada, f"{query}&order=metric:mrr&f=metric:mrr~least~100") == ["a1", "a2", "a3"]
    rows = list(csv.DictReader(io.StringIO(ada.get(f"/accounts/?{query}&format=csv").content.decode())))
    assert [(each["account_id"], Decimal(each["metric:mrr"])) for each in rows] == [
        ("a3", 5_000),
        ("a2", 1_000),
        ("a1", 100),
        ("a4", 20),
    ]
    view = keep(ada, query)
    assert "metric:mrr" in view.asked["cols"]
    assert "metric:mrr" not in ada.get(f"/api/audiences/{view.pk}").json()["data"]["accounts"][0]


def test_metrics_filter_and_sort_as_sql_does_within_the_scope(shared_book, ada, ops, facts):
    """What was paid in the last month is the amount of the subscription; nobody shrank, so gross retention is 1 where there is any."""
    for tests, sql in [
        ("metric:mrr~between~100|1000", "amount BETWEEN 100 AND 1000"),
        ("metric:mrr~least~50;metric:mrr~most~700;tier~is~gold", "amount BETWEEN 50 AND 700 AND tier = 'gold'"),
        ("metric:mrr~any;metric:gross_revenue_retention~least~1", "true"),
        ("metric:gross_revenue_retention~most~0.5", "false"),
    ]:
        for client, seen in ((ops, "true"), (ada, "owner = 'ada'")):
            wanted = facts.execute(f"SELECT id FROM a WHERE {sql} AND {seen} ORDER BY amount DESC, id").fetchall()
            assert listed(client, f"f={tests}&order=-metric:mrr") == [one for (one,) in wanted], tests
    assert "MRR at least €100" in text_of(ada, "/accounts/?f=metric:mrr~least~100")
    filling = text_of(ada, "/accounts/?adding=metric:gross_revenue_retention")
    assert "Gross revenue retention" in filling
    asked = ada.get("/book/ask/filter/", {"column": "metric:gross_revenue_retention", "test": "least", "first": "95"})
    assert "metric%3Agross_revenue_retention~least~0.95" in asked["Location"]
    assert "2 accounts" in text_of(ada, "/accounts/?f=metric:mrr~least~1000"), "sums are those of the filter"
    page = text_of(ops, "/accounts/?f=metric:nonsense~least~1&order=metric:churned_mrr_of_none")
    assert LISTED.findall(page) == listed(ops, "")
    view = keep(ada, "f=metric:mrr~least~1000")
    found = ada.get(f"/api/audiences/{view.pk}").json()["data"]["accounts"]
    assert sorted(one["account_id"] for one in found) == ["a2", "a3"], "an audience holds no more than the view"


def test_a_metric_that_is_not_at_hand_is_said_and_finds_nobody(shared_book):
    with pytest.raises(UsageError, match="no sum"):
        shared_book.rows("accounts", where=[("metric:time_to_value", "at_least", 1)])
    with pytest.raises(UsageError, match="no metric"):
        shared_book.tally(where=[("metric:nonsense", "at_least", 1)])


def test_what_there_is_not_is_left_out_of_the_address(shared_book, ops):
    everything = listed(ops, "")
    for query in ("f=nothing~is~x", "f=arr~least~x", "f=arr~has~1", "f=segment~least~1", "order=nothing,-arr", "cols=nothing", "f=list~is~99;list~not~99"):  # fmt: skip
        assert listed(ops, query) == ([] if "list" in query else everything), query


def test_a_filter_is_filled_in_changed_and_taken_away(shared_book, ops):
    page = text_of(ops, "/accounts/?adding=segment")
    assert re.findall(r'name="value" value="(\w+)"', page) == ["ENT", "SMB", "MM"]
    to = ops.get("/book/ask/filter/?column=segment&test=is&value=ENT&value=MM&f=tier~is~gold")
    assert to.status_code == 302
    assert LISTED.findall(text_of(ops, to["Location"])) == ["a3", "b1"]
    page = text_of(ops, to["Location"])
    assert ">Segment is ENT or MM</a>" in page
    to = ops.get("/book/ask/filter/?column=segment&test=not&value=ENT&at=1&f=tier~is~gold;segment~is~MM")
    assert LISTED.findall(text_of(ops, to["Location"])) == ["b2", "b1", "a1"]
    to = ops.get("/book/ask/filter/?column=health_coverage&test=least&first=50%25")
    assert "f=health_coverage~least~0.5" in to["Location"]
    for wrong in (
        "column=arr&test=least&first=much",
        "column=arr&test=is&value=1",
        "column=nothing&test=any",
        "column=segment&test=is",
    ):
        assert ops.get(f"/book/ask/filter/?{wrong}")["Location"] == "/accounts/?"
    assert "arranged" not in text_of(ops, "/accounts/")
    to = ops.get("/book/ask/arrange/?column=tier&cols=arr")
    assert "cols=arr%2Ctier" in to["Location"]
    assert ops.get("/book/ask/arrange/?sort=-arr&sort=name&sort=arr")["Location"].endswith("order=-arr%2Cname")


# Saved views


def keep(client, query: str, name: str = "Mine", shared: str = "private", roles: tuple[str, ...] = ()) -> View:
    answer = client.post(
        f"/book/views/new/?{query}", {"name": name, "shared": shared, "roles": roles, "description": ""}
    )
    assert answer.status_code == 302, answer.content.decode()
    return View.objects.get(pk=int(answer["Location"].partition("=")[2]))


def test_a_view_is_kept_changed_reset_and_the_list_opens_with_it(shared_book, ada):
    view = keep(ada, "f=tier~is~gold&cols=arr,tier")
    assert listed(ada, f"view={view.pk}") == ["a3", "a1"]
    page = text_of(ada, f"/accounts/?view={view.pk}")
    assert "no longer" not in page
    changed = text_of(ada, f"/accounts/?view={view.pk}&status=customers&f=tier~is~silver&cols=arr,tier")
    assert "This is no longer “Mine” as it was saved." in changed
    assert f'href="?view={view.pk}"' in changed
    assert LISTED.findall(changed) == ["a4"]
    asked_now = re.search(r'name="asked" value="([^"]+)"', changed)
    assert ada.post(f"/book/views/{view.pk}/change/", {"asked": html.unescape(asked_now[1])}).status_code == 302
    assert listed(ada, f"view={view.pk}") == ["a4"]
    assert listed(ada, "") == ["a3", "a2", "a1", "a4"]
    ada.post(f"/book/views/{view.pk}/open/", {"opens": "1"})
    assert listed(ada, "") == ["a4"]
    assert listed(ada, "view=all") == ["a3", "a2", "a1", "a4"]
    ada.post(f"/book/views/{view.pk}/open/", {})
    assert len(listed(ada, "")) == 4
    assert listed(ada, f"view={view.pk}&status=all") == ["a3", "a2", "a1", "a4"], "a filter that was taken away is away"
    ada.post(f"/book/views/{view.pk}/remove/")
    assert ada.get(f"/accounts/?view={view.pk}").status_code == 404


def test_whose_view_is_whose_and_everybody_sees_the_own_accounts_in_it(shared_book, ada, ops, somebody, as_):
    ben = as_(somebody(Role.CSM, csm_id="ben", email="ben@example.com"))
    private, csms, all_ = (keep(ada, "f=tier~is~gold", name, shared, roles)
                           for name, shared, roles in (("Secret", "private", ()), ("CSMs", "roles", ("csm",)), ("All", "everyone", ())))  # fmt: skip
    for client, sees in ((ben, (False, True, True)), (ops, (False, False, True))):
        for view, opens in zip((private, csms, all_), sees, strict=True):
            status = 200 if opens else 404
            for url in (f"/accounts/?view={view.pk}", f"/book/views/{view.pk}/", f"/api/audiences/{view.pk}"):
                assert client.get(url).status_code == status, url
            assert (
                client.post(f"/book/views/{view.pk}/change/", {"name": "Taken", "shared": "private"}).status_code == 404
            )
            assert client.post(f"/book/views/{view.pk}/remove/").status_code == 404
            assert client.post(f"/book/views/{view.pk}/open/", {"opens": "1"}).status_code == (302 if opens else 404)
        assert "Secret" not in text_of(client, "/accounts/?view=all")
    assert listed(ben, f"view={all_.pk}") == ["b2", "b1"]
    assert listed(ops, f"view={all_.pk}") == ["a3", "b2", "b1", "a1"]
    assert listed(ben, "") == ["b2", "b1"], "the last view that was chosen to open with"
    ada.post(f"/book/views/{all_.pk}/change/", {"name": "All", "shared": "private"})
    assert len(listed(ben, "")) == 3, "what is not shared any more opens nothing"
    assert ada.post(f"/book/views/{csms.pk}/change/", {"name": "x", "shared": "roles"}).status_code == 422
    for number in ("9" * 30, "0", "-1", "x"):
        assert ada.get(f"/accounts/?view={number}").status_code == 404
        assert ada.get(f"/book/changes/{number}/undo/").status_code == 404


# What is told of accounts


def told(client, url: str, **fields) -> object:
    """Fill in a form as its page gives it, and send it."""
    page = text_of(client, url)
    (message, *_) = re.findall(r'name="message_id" value="([^"]+)"', page)
    return client.post(url, {"message_id": message, "back": "", **fields})


def row(book, account: str) -> dict:
    return dict(book.rows("accounts", where=[("account_id", "equals", account)]).rows[0])


def test_what_is_told_of_an_account_is_seen_at_once_with_who_and_before(book, ada):
    url = "/book/edit/a1/?what="
    assert told(ada, f"{url}tier", value="silver")["Location"] == "/accounts/"
    assert row(book, "a1")["tier"] == "silver"
    assert "silver" in text_of(ada, "/accounts/?cols=tier")
    told(ada, f"{url}pulse", value="2", text="They wrote <b>little</b>")
    told(ada, f"{url}next_step", value="Call <i>Quin</i>")
    found = row(book, "a1")
    assert (found["custom:Vip"], found["pulse"], found["tier"]) == ("yes", 2, "silver")
    page = ada.get("/accounts/?cols=next_step_at,pulse").content.decode()
    assert "Call &lt;i&gt;Quin&lt;/i&gt;" in page
    rows = list(csv.DictReader(io.StringIO(ada.get("/accounts/?cols=next_step_at&format=csv").content.decode())))
    assert {each["account_id"]: each["next_step"] for each in rows}["a1"] == "Call <i>Quin</i>"
    editing = text_of(ada, f"{url}tier")
    assert re.search(r"gold → silver\s+<small[^>]*>Ada, ", editing)
    judged = book.rows("judgement", columns=("score", "by", "text"), where=[("account_id", "equals", "a1")]).rows[0]
    assert judged == {"score": 2, "by": "ada", "text": "They wrote <b>little</b>"}
    noted = [each.value + each.act for each in Run.objects.filter(act="next_step")]
    assert noted == ["next_step"], "what may tell of people is in no other place than the facts"


def test_what_is_not_hers_she_does_not_change(book, ada, ops, somebody, as_):
    for what in ("tier", "pulse", "custom:Vip"):
        assert ada.get(f"/book/edit/b1/?what={what}").status_code == 404
    for url in (
        "/book/edit/a1/?what=owner",
        "/book/edit/a1/?what=name",
        "/book/edit/a1/?what=custom:New",
        "/book/edit/zz/?what=tier",
    ):
        assert ada.get(url).status_code == 404, url
    assert "what=owner" not in text_of(ada, "/accounts/"), "what she may not say has no pencil"
    assert "what=owner" in text_of(ops, "/accounts/")
    viewer = as_(somebody(Role.VIEWER))
    assert viewer.get("/book/edit/a1/?what=tier").status_code == 403
    assert "data-edit" not in text_of(viewer, "/accounts/")
    both = as_(somebody(Role.VIEWER, Role.CSM, csm_id="ben", email="both@example.com"))
    assert len(listed(both, "")) == 8
    assert both.get("/book/edit/a1/?what=tier").status_code == 404, "seen as a viewer is not hers as a CSM"
    assert both.get("/book/edit/b1/?what=tier").status_code == 200
    page = both.post("/book/many/", {"act": "attribute", "account": ["a1", "a2", "b1"]}).content.decode()
    assert (
        re.sub(r"<[^>]+>", "", page).count("Accounts chosen: 3. Not yours to change, so that they stay as they are: 2.")
        == 1
    )
    form = re.search(r'name="message_id" value="([^"]+)"', page)[1]
    both.post(
        "/book/many/",
        {"act": "attribute", "account": ["a1", "a2", "b1"], "message_id": form, "column": "tier", "value": "iron"},
    )
    assert [row(book, each)["tier"] for each in ("a1", "a2", "b1")] == ["gold", None, "iron"]
    assert ops.post("/book/many/", {"act": "owner"}).status_code == 302, "of nobody nothing is told"


def many(client, act: str, chosen: dict, **fields) -> object:
    """Choose accounts, and fill in what is to be told of them."""
    page = client.post("/book/many/", {"act": act, **chosen}).content.decode()
    message = re.search(r'name="message_id" value="([^"]+)"', page)
    assert message, page
    return client.post("/book/many/", {"act": act, **chosen, "message_id": message[1], **fields})


def figures(book) -> list:
    """MRR by owner and by tier, and contacts, of each month of this year."""
    told_ = [
        (metric, each.period_start, str(each.slice), each.value)
        for metric, by in (("mrr", "owner"), ("mrr", "tier"), ("touchpoint_frequency", "owner"))
        for each in book.show(metric, start=f"{NOW.year}-01", end=f"{NOW:%Y-%m}", by=[by])
    ]
    return sorted(told_, key=str)


def test_what_was_told_of_many_is_taken_back_to_equal_figures(book, somebody, as_):
    max_ = as_(somebody(Role.MANAGER, csm_id="max", email="max@example.com", name="Max"))
    before = figures(book)
    whole = {
        "whole": "1",
        "f": "arr~least~1000",
    }  # a1, a2, a3, b1, b2: of Ada's and Ben's, not Heath, which is nobody's
    assert many(max_, "owner", whole, value="ben").status_code == 302
    assert {each: row(book, each)["owner"] for each in ("a1", "a2", "a3", "a4", "b1", "c1")} == {
        "a1": "ben", "a2": "ben", "a3": "ben", "a4": "ada", "b1": "ben", "c1": None,
    }  # fmt: skip
    many(max_, "attribute", {"account": ["a2", "b3"]}, column="tier", value="iron")
    when = f"{NOW - timedelta(days=1):%Y-%m-%dT%H:%M}"
    many(max_, "contact", {"account": ["a1", "a3"]}, channel="meeting", direction="both", occurred_at=when, minutes="", outcome="", text="Webinar")  # fmt: skip
    assert row(book, "a3")["last_touch"] is not None
    owner, tier, contact = Run.objects.order_by("pk")
    assert [(each.act, each.accounts) for each in (owner, tier, contact)] == [("owner", 3), ("tier", 2), ("contact", 2)]
    assert "Max" in text_of(max_, "/book/changes/")
    for run in (owner, tier, contact):
        assert max_.get(f"/book/changes/{run.pk}/undo/").status_code == 200
        assert max_.post(f"/book/changes/{run.pk}/undo/").status_code == 302
    assert figures(book) == before
    assert "taken back by Max" in text_of(max_, "/book/changes/")
    assert max_.post(f"/book/changes/{owner.pk}/undo/").status_code == 302, "once is enough"
    noted, count = audit.entries(book.home, audit.Asked(act="recorded", who=f"user:{owner.by_id}"), 10)
    assert count == 6, "each in the audit log: three that were told, three that were taken back"
    assert {each.via for each in noted} == {"web"}


def test_undo_is_for_a_day_for_oneself_and_leaves_what_was_told_since(book, ada, ops, somebody, as_):
    many(ada, "attribute", {"account": ["a1", "a2"]}, column="tier", value="iron")
    (run,) = Run.objects.all()
    ben = as_(somebody(Role.CSM, csm_id="ben", email="ben@example.com"))
    assert ben.get(f"/book/changes/{run.pk}/undo/").status_code == 404
    told(ada, "/book/edit/a1/?what=lifecycle", value="adoption")
    assert ops.post(f"/book/changes/{run.pk}/undo/").status_code == 302
    assert (row(book, "a1")["tier"], row(book, "a2")["tier"]) == ("iron", None)
    run.refresh_from_db()
    assert (run.kept, run.undone_by.name) == (1, "Olga")
    other = Run.objects.get(act="lifecycle")
    Run.objects.filter(pk=other.pk).update(at=timezone.now() - telling.UNDO - timedelta(minutes=1))
    ada.post(f"/book/changes/{other.pk}/undo/")
    assert row(book, "a1")["lifecycle"] == "adoption"


def test_the_same_form_sent_twice_is_taken_once(book, ada):
    page = ada.post("/book/many/", {"act": "contact", "account": "a1"}).content.decode()
    sent = {"act": "contact", "account": "a1", "message_id": re.search(r'name="message_id" value="([^"]+)"', page)[1],
            "channel": "call", "direction": "both", "occurred_at": f"{NOW - timedelta(days=1):%Y-%m-%dT%H:%M}"}  # fmt: skip
    before = book.rows("touchpoint").total
    for _ in range(2):
        assert ada.post("/book/many/", sent).status_code == 302
    assert book.rows("touchpoint").total == before + 1
    later = {**sent, "message_id": "0" * 32, "occurred_at": f"{NOW + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    assert ada.post("/book/many/", later).status_code == 422
    assert ada.post("/book/many/", {**sent, "message_id": "mine"}).status_code == 422


def test_owners_are_given_a_task_about_each_account_once(shared_book, ada, ops, somebody):
    chosen = {"account": ["a1", "a2", "b1", "c1"]}  # of Ada, twice, of Ben, who does not log in here, and of nobody
    page = ops.post("/book/many/", {"act": "task", **chosen}).content.decode()
    sent = {"act": "task", **chosen, "message_id": re.search(r'name="message_id" value="([^"]+)"', page)[1],
            "title": "Ask for a reference", "due": f"{NOW + timedelta(days=7):%Y-%m-%d}"}  # fmt: skip
    for _ in range(2):
        to = ops.post("/book/many/", sent)
    assert sorted(Task.objects.values_list("account_id", "owner__csm_id", "title")) == [
        ("a1", "ada", "Ask for a reference"), ("a2", "ada", "Ask for a reference"),
    ]  # fmt: skip
    assert "2 accounts have no owner who logs in here" in text_of(ops, to["Location"])
    assert ops.post("/book/many/", {**sent, "title": "", "message_id": "2" * 32}).status_code == 422


def test_a_static_list_holds_what_was_put_on_it_for_those_who_may_open_it(book, ada, ops):
    many(ada, "list", {"account": ["a1", "a3"]}, name="Pilot", value="")
    pilot = AccountList.objects.get()
    assert listed(ada, f"f=list~is~{pilot.pk}") == ["a3", "a1"]
    assert listed(ada, f"f=list~not~{pilot.pk}") == ["a2", "a4"]
    assert "On the list Pilot" in text_of(ada, f"/accounts/?f=list~is~{pilot.pk}")
    assert listed(ops, f"f=list~is~{pilot.pk}") == [], "another's private list holds nobody"
    assert "Pilot" not in text_of(ops, f"/accounts/?f=list~is~{pilot.pk}") + text_of(ops, "/book/lists/")
    assert ops.get(f"/book/lists/{pilot.pk}/").status_code == 404
    many(ada, "list", {"account": ["a3"]}, name="", value=str(pilot.pk), off="on")
    assert listed(ada, f"f=list~is~{pilot.pk}") == ["a1"]
    ada.post(f"/book/lists/{pilot.pk}/", {"name": "Pilots", "shared": "everyone"})
    assert listed(ops, f"f=list~is~{pilot.pk}") == ["a1"]
    assert ops.post("/book/many/", {"act": "list", "account": "b1", "message_id": "1" * 32, "value": str(pilot.pk), "name": ""}).status_code == 422  # fmt: skip


# Files


def test_files_hold_the_view_run_nothing_and_load_again_to_the_same(book, ada, ops, tmp_path):
    answer = ada.get("/accounts/?f=tier~is~gold&cols=tier,arr,segment&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert list(rows[0]) == ["account_id", "name", "tier", "arr", "segment"]
    assert [(each["account_id"], each["name"], Decimal(each["arr"])) for each in rows] == [
        ("a3", "'=Cedar", 60_000),
        ("a1", "Acme", 1_200),
    ]
    answer = ada.get("/accounts/?cols=tier,arr,segment,last_touch&format=xlsx")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    file = tmp_path / "account.xlsx"
    file.write_bytes(answer.content)
    from zipfile import ZipFile

    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["account_id", "name", "tier", "arr", "segment", "last_touch"]
    assert sheet[1][:5] == ["a3", "=Cedar", "gold", 60000.0, "ENT"]
    assert "<f>" not in "".join(
        ZipFile(file).read(name).decode() for name in ZipFile(file).namelist() if "sheet" in name
    )
    noted = AuditEntry.objects.filter(act="exported").order_by("seq")
    assert [json.loads(each.detail)["rows"] for each in noted] == [2, 4]
    canonical = tmp_path / "canonical.xlsx"
    canonical.write_bytes(ada.get("/accounts/?cols=tier,segment&format=xlsx").content)
    (loaded,) = book.call("load", Load((str(canonical),), "account")).reports
    assert (loaded.read, loaded.unchanged, loaded.rejected) == (4, 4, 0)


# Programs


def pages(client, url: str) -> list[str]:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        data = client.get(f"{url}{cursor}").json()["data"]
        found += [each["account_id"] for each in data["accounts"]]
        assert data["total"] == 4
        cursor = data["next"] and f"&cursor={data['next']}"
    return found


def test_an_audience_is_read_by_pages_as_far_as_one_sees(shared_book, ada, ops):
    view = keep(ops, "f=tier~is~gold&cols=arr", shared="everyone")
    assert pages(ops, f"/api/audiences/{view.pk}?limit=3") == ["a1", "a3", "b1", "b2"]
    mine = ada.get(f"/api/audiences/{view.pk}").json()["data"]
    assert [(each["account_id"], each["arr"]) for each in mine["accounts"]] == [("a1", 1200), ("a3", 60000)]
    assert mine["next"] is None
    text = ops.get(f"/api/audiences/{view.pk}?format=csv&limit=2")
    assert text.content.decode().splitlines() == ["account_id,name,arr", "a1,Acme,1200.0000", "a3,'=Cedar,60000.0000"]
    rest = ops.get(f"/api/audiences/{view.pk}?format=csv&cursor={text['Tenure-Next']}")
    assert [line.split(",")[0] for line in rest.content.decode().splitlines()[1:]] == ["b1", "b2"]
    assert "Tenure-Next" not in rest.headers
    for wrong in ("cursor=%C3%BC", "format=xml", "limit=0", "page=2"):
        assert ops.get(f"/api/audiences/{view.pk}?{wrong}").status_code == 400
    assert [each["name"] for each in ada.get("/api/audiences").json()["data"]] == ["Mine"]


class Receiver:
    """Takes messages, or does not: each answer is a status, or why there is none."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.got: list[tuple] = []

    def __call__(self, _home, url, body, headers) -> int:
        self.got.append((url, json.loads(body), headers, body))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def hook(shared_book, ops, monkeypatch):
    """A hook of operations on accounts of the tier gold, looked at once."""
    view = keep(ops, "f=tier~is~gold", "Gold")
    monkeypatch.setattr("tenure.engine.hooking.checked", lambda _home, url: url)
    page = ops.post(f"/book/views/{view.pk}/hooks/", {"url": "https://hooks.example.com/in"}).content.decode()
    made = Hook.objects.get()
    assert hooks.secret(made) in page
    assert hooks.secret(made) not in text_of(ops, f"/book/views/{view.pk}/")
    assert hooks.look(made, timezone.now()) == 0, "those who are in it already are no news"
    return made


def test_of_two_servers_one_sends(hook, book, ops):
    told(ops, "/book/edit/a2/?what=tier", value="gold")
    assert hooks.look(Hook.objects.get(), timezone.now()) == 1
    other = Receiver()

    def slow(home, url, body, headers) -> int:
        assert hooks.send_due(timezone.now(), other) == 0, "another server comes by while this one sends"
        return 200

    assert hooks.send_due(timezone.now(), slow) == 1
    assert other.got == []


def test_what_was_told_before_the_server_was_killed_can_be_taken_back(shared_book, book, ops, monkeypatch):
    before = row(book, "a2")["tier"]
    with monkeypatch.context() as killed:
        killed.setattr(telling, "_remembered", lambda *_given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            told(ops, "/book/edit/a2/?what=tier", value="gold")
    assert row(book, "a2")["tier"] == "gold"
    run = Run.objects.get()
    assert ops.post(f"/book/changes/{run.pk}/undo/").status_code == 302
    assert row(book, "a2")["tier"] == before


def test_numbers_of_lists_that_are_none_stop_no_round(hook, ops):
    for wrong in ("\u00b2", "9" * 30):
        assert ops.get("/accounts/", {"f": f"list~is~{wrong}"}).status_code == 200
    hook.view.asked = {"f": "list~is~\u00b2"}
    hook.view.save()
    assert hooks.look(Hook.objects.get(), timezone.now()) >= 0


def test_the_log_keeps_no_word_that_was_typed_into_a_filter_and_knows_of_hooks(hook, ops):
    ops.get("/accounts/", {"f": "name~has~Jane%20Doe;tier~is~gold", "format": "csv"})
    told = " ".join(str(each.detail) for each in AuditEntry.objects.all())
    assert "name~has" in told
    assert "Jane" not in told
    hooks.remove(hook, hook.made_by)
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"hook_made", "hook_removed", "exported"} <= acts


def test_who_enters_and_leaves_is_told_once_signed(hook, book, ops):
    many(ops, "attribute", {"account": ["a2", "c1"]}, column="tier", value="gold")
    many(ops, "attribute", {"account": ["b1"]}, column="tier", value="")
    assert hooks.look(hook, timezone.now()) == 1
    assert hooks.look(hook, timezone.now()) == 0
    taker, now = Receiver(), timezone.now()
    assert hooks.send_due(now, taker) == 1
    assert hooks.send_due(now, taker) == 0
    ((url, message, headers, body),) = taker.got
    assert url == "https://hooks.example.com/in"
    assert message["entered"] == [{"account_id": "a2", "name": "Birch & Co"}, {"account_id": "c1", "name": "Heath"}]
    assert message["left"] == [{"account_id": "b1"}]
    assert message["audience"] == {"id": hook.view_id, "name": "Gold"}
    stamp, _, told_ = headers["Tenure-Signature"].partition(",v1=")
    expected = hmac.new(hooks.secret(hook).encode(), f"{stamp.removeprefix('t=')}.".encode() + body, hashlib.sha256)
    assert told_ == expected.hexdigest()
    ops.post(f"/book/changes/{Run.objects.order_by('pk').first().pk}/undo/")
    hooks.look(hook, timezone.now())
    hooks.send_due(timezone.now(), taker)
    assert (taker.got[1][1]["entered"], [each["account_id"] for each in taker.got[1][1]["left"]]) == ([], ["a2", "c1"])
    assert "taken" in text_of(ops, f"/book/views/{hook.view_id}/")


def test_what_is_not_taken_is_tried_again_in_order_until_it_is_given_up(ops, hook):
    first, second = (
        Delivery.objects.create(hook=hook, name=name, body=json.dumps({"id": name}), due_at=timezone.now())
        for name in ("one", "two")
    )
    down = UnavailableError("hooks.example.com does not answer: ConnectTimeout.", code="unreachable")
    taker, now = Receiver(500, down, 302, *[503] * 4, 200), timezone.now()
    tries = []
    for wait in (timedelta(), *hooks.WAITS):
        hooks.send_due(now + wait - timedelta(seconds=1), taker) if wait else None
        tries.append(len(taker.got))
        now += wait
        hooks.send_due(now, taker)
    assert tries == [0, 1, 2, 3, 4, 5, 6], "never before its time, and nothing overtakes"
    first.refresh_from_db()
    assert (first.tries, first.due_at, first.done_at, first.answer) == (7, None, None, "HTTP 503")
    second.refresh_from_db()
    assert second.done_at is not None
    ids = [message["id"] for _, message, _, _ in taker.got]
    assert ids == [first.name] * 7 + [second.name]
    ops.post(f"/book/hooks/{hook.pk}/again/")
    assert hooks.send_due(timezone.now() + timedelta(seconds=1), taker) == 1


def test_a_hook_tells_no_more_than_its_maker_sees_and_stops_with_her(hook):
    maker = hook.made_by
    maker.is_active = False
    maker.save()
    many_before = Delivery.objects.count()
    assert hooks.look(Hook.objects.get(), timezone.now()) == 0
    hook.refresh_from_db()
    assert (Delivery.objects.count(), "may not open" in hook.problem) == (many_before, True)


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.com/", "https://127.0.0.1/", "https://[::1]:8443/", "https://10.1.2.3/", "https://[64:ff9b::a00:1]/",
     "https://user:secret@hooks.example.com/", "ftp://hooks.example.com/", "https://169.254.169.254/latest"],
)  # fmt: skip
def test_nothing_inside_is_told(shared_book, ops, url):
    view = keep(ops, "f=tier~is~gold")
    answer = ops.post(f"/book/views/{view.pk}/hooks/", {"url": url})
    assert answer.status_code == 422
    assert not Hook.objects.exists()


def test_who_connects_nothing_cannot_tell_other_systems(shared_book, ada):
    view = keep(ada, "f=tier~is~gold")
    assert ada.post(f"/book/views/{view.pk}/hooks/", {"url": "https://hooks.example.com/"}).status_code == 403
    assert "Who is told" not in text_of(ada, f"/book/views/{view.pk}/")


def test_sums_are_those_of_the_filter(shared_book, ops):
    total = shared_book.tally(where=[("arr", "at_least", 1000)], sums=("arr",)).groups[0].sums["arr"]
    assert total == Decimal(12 * (100 + 1_000 + 5_000 + 300 + 2_000 + 700))
    assert "6 accounts" in text_of(ops, "/accounts/?f=arr~least~1000")
