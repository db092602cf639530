"""The first steps: an operator is led from an empty workspace to first figures, and others are told whom to ask."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from tenure import keeper
from tenure.web.access.roles import Role
from tenure.web.data import kept
from tenure.web.guide.kinds import KINDS
from tenure.web.guide.models import Step
from tests.web.browsing import NARROWEST, Watched, check
from tests.web.company import text_of
from tests.web.serving import served
from tests.web.test_browser import PASSWORD, browser  # noqa: F401 - browser is a fixture

TODAY = datetime.now(UTC).date()
LONG_AGO, LATELY, NEXT_YEAR = (
    f"{TODAY - timedelta(days=900)}",
    f"{TODAY - timedelta(days=150)}",
    f"{TODAY + timedelta(days=200)}",
)
#: A year ago 150 a month were paid; of that 100 became 120 and 50 left: 80 % are kept. Cedar is new, and no part of it.
FILES = {
    "crm_accounts.csv": "account_id,name\nacme,Acme\nbirch,Birch\ncedar,Cedar\n",
    "subscriptions.csv": (
        "subscription_id,account_id,amount,started_at,ended_at,quantity\n"
        f"s1,acme,100,{LONG_AGO},{LATELY},1\ns2,acme,120,{LATELY},,1\ns3,birch,50,{LONG_AGO},{LATELY},1\n"
        f"s4,cedar,70,{LATELY},,1\ns5,cedar,1,{LATELY},,-3\n"
    ),
    "team.csv": "csm_id,name\ncora,Cora\n",
    "assignments.csv": f"account_id,csm_id,valid_from\nacme,cora,{LONG_AGO}\n",
    "contracts.csv": f"contract_id,account_id,started_at,ended_at,value\nk1,acme,{LATELY},{NEXT_YEAR},1440\n",
    "leads.csv": "lead\nx\n",
}  # fmt: skip


def brought(client, files: dict[str, str]) -> str:
    """Where the files wait that are brought."""
    sent = [SimpleUploadedFile(name, text.encode()) for name, text in files.items()]
    answer = client.post("/data/bring/", {"files": sent, "history": "on"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def navigation(client) -> str:
    return text_of(client, "/metrics/").partition('<nav aria-label="Pages">')[2].partition("</nav>")[0]


def test_who_operates_is_led_until_all_is_done_and_can_put_it_aside(administrator, as_, somebody):
    ada = as_(administrator)
    assert ada.get("/")["Location"] == "/guide/"
    page = text_of(ada, "/guide/")
    assert "0 of 8 done" in page
    assert "EUR, Europe/Berlin, the fiscal year begins in January." in page
    assert page.count('aria-current="step"') == 1
    assert ada.post("/guide/step/", {"step": "settings", "how": "told"}).status_code == 302
    for wrong in ({"step": "accounts", "how": "told"}, {"step": "accounts", "how": "left"}, {"step": "x", "how": ""}):
        assert ada.post("/guide/step/", wrong).status_code == 404, "what the data tells nobody can say"
    ada.post("/guide/step/", {"step": "use", "how": "left"})
    assert "2 of 8 done" in text_of(ada, "/guide/")
    ada.post("/guide/step/", {"step": "use", "how": ""})
    assert "1 of 8 done" in text_of(ada, "/guide/")
    assert "First steps" in navigation(ada)
    assert ada.post("/guide/aside/")["Location"] == "/"
    assert ada.get("/")["Location"] == "/people/"
    assert "First steps" not in navigation(ada)
    assert 'href="/guide/"' in text_of(ada, "/data/")
    olga = as_(somebody(Role.OPERATIONS, name="Olga"))
    assert "First steps" in navigation(olga), "each puts it aside for herself"
    assert "1 colleague may log in" in text_of(olga, "/guide/")
    ada.post("/guide/aside/", {"again": "1"})
    Step.objects.bulk_create([Step(name=name, how="seen") for name in KINDS], ignore_conflicts=True)
    assert "First steps" not in navigation(ada)
    assert "First steps" not in navigation(olga)


def test_held_figures_are_not_told_to_be_missing(administrator, as_, somebody, home):
    ada = as_(administrator)
    twice = f"s1,acme,10,{LONG_AGO}\ns1,acme,20,{LONG_AGO}\n"
    files = {
        "accounts.csv": "account_id,name\nacme,Acme\n",
        "subscriptions.csv": f"subscription_id,account_id,amount,started_at\n{twice}",
    }
    ada.post(brought(ada, files), {"table-0": "account", "table-1": "subscription", "history": "on", "load": "1"})
    for client, url in ((ada, "/checks/"), (as_(somebody(Role.VIEWER)), "Ada Example can mend them")):
        page = text_of(client, "/board/").partition("<main")[2]
        assert "The figures are held" in page
        assert "There is no revenue to show yet" not in page
        assert url in page
    assert "ARR is held by a check" in text_of(ada, "/guide/")


def test_a_page_that_lacks_data_says_whom_to_ask(administrator, as_, somebody):
    ada, vera = as_(administrator), as_(somebody(Role.VIEWER, name="Vera"))
    for page in ("/board/", "/accounts/", "/renewals/", "/pipeline/", "/health/", "/risk/", "/growth/"):
        told = text_of(ada, page).partition("<main")[2]
        assert 'href="/guide/"' in told, page
        told = text_of(vera, page).partition("<main")[2]
        assert "Ask Ada Example" in told, page
        assert "/guide/" not in told, page
    assert vera.get("/guide/").status_code == 403
    assert vera.get("/data/bring/").status_code == 403


def test_files_are_looked_at_and_loaded_by_who_brought_them(administrator, as_, somebody, home):
    ada = as_(administrator)
    assert ada.post("/data/bring/", {}).status_code == 422
    where = brought(ada, FILES)
    page = text_of(ada, where)
    assert re.search(r"Load 5\s+files", page)
    assert "quantity is less than 0" in page
    assert "Say which table it is for" in page, "leads are after no table"
    assert keeper.open(home).rows("account").total == 0, "nothing is loaded by looking"
    assert as_(somebody(Role.OPERATIONS)).get(where).status_code == 404
    tables = dict(zip([f"table-{n}" for n in range(6)], map(kept.guess, FILES), strict=True))
    assert list(tables.values()) == ["account", "subscription", "csm", "assignment", "contract", ""]
    assert ada.post(where, {**tables, "history": "on", "load": "1"})["Location"] == "/guide/"
    page = text_of(ada, "/guide/")
    assert ada.get(where).status_code == 404
    assert "11 rows were read." in page
    assert "1 row could not be taken" in page
    assert "net revenue retention 80.0%" in page
    assert "Rows of csm: 1, assignment: 1" in page
    assert [one.file for one in keeper.open(home).failed().rows] == ["subscriptions.csv"]
    again = brought(ada, {"my.csv": "Number,Called\nd1,Dune\n"})
    mapped = '[[load]]\nfile = "my.csv"\ntable = "account"\n[load.columns]\naccount_id = "Number"\nname = "Called"\n'
    looked = ada.post(again, {"table-0": "account"}).content.decode()
    assert "no column for account_id" in looked
    assert "its columns have other names" in looked
    assert "under [load.columns]" not in looked, "what is chosen on a page nobody is told to write"
    assert "Load 1" in ada.post(again, {"map": mapped}).content.decode()
    assert "has no column" in ada.post(again, {"map": mapped.replace("name =", "nam =")}).content.decode()
    ada.post(again, {"map": mapped, "load": "1"})
    assert keeper.open(home).rows("account").total == 4
    assert not list(kept._root().iterdir())


def test_from_nothing_to_the_first_figures_in_a_browser(tmp_path, chromium, browser):  # noqa: F811
    """The one whole way: the first log-in, real files, and net revenue retention on the board."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    with served(tmp_path / "home") as server:
        watched = Watched(browser.new_context(base_url=server.base), server.base)
        page = watched.page
        page.set_default_timeout(60_000)
        page.goto(server.link())
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password, once more").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", name="First steps")).to_be_visible()
        check(page, "first steps")
        page.get_by_role("button", name="They are right").click()
        page.get_by_role("link", name="Bring files").first.click()
        check(page, "bring files")
        page.get_by_label("Files", exact=True).set_input_files([tmp_path / name for name in FILES])
        page.get_by_role("button", name="Look at them").click()
        expect(page.get_by_label("Table of crm_accounts.csv")).to_have_value("account")
        check(page, "looked at")
        page.set_viewport_size({"width": NARROWEST, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST
        page.get_by_role("button", name="Load 5 files").click()
        expect(page.get_by_text("net revenue retention 80.0%")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST
        page.emulate_media(color_scheme="dark")
        check(page, "first steps with data, dark")
        page.get_by_role("link", name="Open the board").click()
        nrr = page.locator("section.figure, .figures > *").filter(has_text="Net revenue retention").first
        expect(nrr).to_contain_text("80.0%")
        watched.is_quiet()
