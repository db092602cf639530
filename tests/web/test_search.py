"""Search: what is found by its name, by whom, and that nobody finds what is another's."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tenure.core.errors import UnavailableError
from tenure.engine import Scope, Sight
from tenure.engine.verbs.load import Load
from tenure.web.access import people, sight
from tenure.web.access.roles import Role
from tenure.web.kit.lasting import Lasting
from tests.web.company import owners, text_of

pytestmark = pytest.mark.django_db
PARTS = ("names", "accounts")
LINK = re.compile(r'<a (?:role="option" tabindex="-1" )?href="([^"]+)">')


def found(client: Client, words: str) -> list[str]:
    """Where the hits lead to; the page and the parts for the palette find the same."""
    part = [url for name in PARTS for url in LINK.findall(text_of(client, f"/search/?part={name}&q={words}"))]
    page = text_of(client, f"/search/?q={words}").partition('role="search"')[2].partition("</main>")[0]
    assert LINK.findall(page) == part
    return part


def accounts(client: Client, words: str) -> set[str]:
    return {url.split("/")[2] for url in found(client, words) if re.fullmatch("/accounts/.+/", url)}


@pytest.fixture
def books(company):
    """The fullest book's owner, the owner of the fullest one in another line, and who leads whom."""
    held = owners(company)
    staff = {row["csm_id"]: row["manager_id"] for row in company.rows("csm", limit=1000).rows}
    fullest = sorted((name for name in held if staff.get(name)), key=lambda name: -len(held[name]))
    return fullest[0], next(name for name in fullest if staff[name] != staff[fullest[0]]), staff


def test_another_s_account_is_never_found(company, books, somebody, as_):
    mine, other, staff = books
    csm = as_(somebody(Role.CSM, csm_id=mine))
    manager = as_(somebody(Role.MANAGER, csm_id=staff[mine]))
    executive = as_(somebody(Role.EXECUTIVE))
    for owner, seen_by in ((mine, (csm, manager, executive)), (other, (executive,))):
        for row in company.seen_by(Scope((owner,))).rows("accounts", limit=3).rows:
            for words in (row["name"], row["account_id"], row["name"].upper()[:6]):
                for client in (csm, manager, executive):
                    assert (row["account_id"] in accounts(client, words)) == (client in seen_by), words
    own = {row["account_id"] for row in company.seen_by(Scope((mine,))).rows("accounts", limit=1000).rows}
    everything = {row["account_id"] for row in company.rows("accounts", limit=1000).rows}
    letters = [accounts(csm, letter) for letter in "aeiou"]
    assert set().union(*letters) <= own < everything


def test_an_account_of_exactly_that_id_comes_first_and_the_list_has_the_rest(company, somebody, as_):
    ids = [row["account_id"] for row in company.rows("accounts", limit=1000).rows]
    file = company.home / "account.csv"
    lines = [f"x{number},About {ids[5]} number {number:02}" for number in range(12)]
    file.write_text("\n".join(["account_id,name", *lines]) + "\n")
    company.call("load", Load((str(file),), "account"))
    hits = found(as_(somebody(Role.VIEWER)), ids[5])
    assert hits[0] == f"/accounts/{ids[5]}/"
    assert len(hits) == 8 + 1
    assert hits[-1] == f"/accounts/?status=all&q={ids[5]}"


def test_metrics_are_found_by_title_slug_initials_and_what_they_are_about(company, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    for words, slug in (
        ("net revenue ret", "net_revenue_retention"), ("gross_revenue_retention", "gross_revenue_retention"),
        ("nrr", "net_revenue_retention"), ("GRR", "gross_revenue_retention"), ("nps", "net_promoter_score"),
        ("mrr", "mrr"), ("retention net", "net_revenue_retention"), ("detractor", "net_promoter_score"),
    ):  # fmt: skip
        metrics = [url for url in found(client, words) if url.startswith("/metrics/")]
        assert metrics[0] == f"/metrics/{slug}/", words
    assert "/metrics/?q=rate" in found(client, "rate")
    assert found(client, "zz") == []


def test_pages_and_people_are_found_by_whom_they_open_for(administrator, somebody, as_):
    viewer = as_(somebody(Role.VIEWER, name="Vera Example"))
    admin = as_(administrator)
    pages = [
        "/account/",
        "/account/confirm/",
        "/account/keys/add/",
        "/account/password/",
        "/account/second-factors/",
        "/account/second-factors/app/",
        "/account/second-factors/passkey/",
        "/accounts/",
        "/annotations/",
        "/board/",
        "/book/lists/",
        "/book/views/new/",
        "/dashboards/",
        "/dashboards/add/",
        "/dashboards/pin/",
        "/growth/",
        "/health-review/",
        "/health/",
        "/jobs/",
        "/metrics/",
        "/notices/",
        "/pipeline/",
        "/renewals-accuracy/",
        "/renewals-forecast/",
        "/renewals/",
        "/reporting-lines/",
        "/risk/",
        "/risk/contraction/",
        "/troubleshooting/",
    ]
    assert sorted(found(viewer, "")) == sorted(pages)
    assert {"/people/", "/people/add/"} <= set(found(admin, ""))
    assert found(admin, "people")[0] == "/people/"
    assert found(admin, "vera exam") == [f"/people/{people.User.objects.get(name='Vera Example').pk}/"]
    assert found(viewer, "vera exam") == []
    assert not [url for url in found(viewer, "people") if url.startswith("/people/")]


def test_names_are_shown_as_they_are(company, somebody, as_):
    file = company.home / "account.csv"
    file.write_text('account_id,name\nevil,"<img src=x onerror=alert(1)> & ""Sons"""\n')
    company.call("load", Load((str(file),), "account"))
    client = as_(somebody(Role.VIEWER))
    for url in ("/search/?q=onerror", "/search/?part=accounts&q=%3Cimg"):
        page = client.get(url).content.decode()
        assert "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Sons&quot;" in page
        assert "<img src=x" not in page
    assert 'value="&quot;&gt;&lt;b&gt;"' in client.get('/search/?q="><b>').content.decode()


def test_what_can_be_found_is_said_where_nothing_was(somebody, as_):
    client = as_(somebody(Role.VIEWER))
    assert "accounts by name, id or owner" in text_of(client, "/search/?q=zzzz").partition("</main>")[0]
    assert found(client, "zzzz") == []


def test_while_the_keeper_is_busy_the_rest_is_found(company, somebody, as_, monkeypatch):
    client = as_(somebody(Role.VIEWER))

    def busy(*_given, **_more):
        raise UnavailableError("busy", code="locked")

    manager = as_(somebody(Role.MANAGER, csm_id="m1"))
    monkeypatch.setattr(sight, "_lines", Lasting())
    monkeypatch.setattr(sight, "_read_lines", busy)
    assert found(manager, "board")[0] == "/board/", "pages need no reporting line"
    assert "Accounts cannot be searched just now." in text_of(manager, "/search/?q=board")
    monkeypatch.setattr(Sight, "rows", busy)
    assert "/metrics/mrr/" in found(client, "mrr")
    assert "Accounts cannot be searched just now." in text_of(client, "/search/?part=accounts&q=mrr")
