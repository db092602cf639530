"""Closing a period in the browser: the same bytes as by the command, once, by whom it is for, and what became of it since."""

from __future__ import annotations

import csv
import io
import re
import shutil
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tenure import keeper
from tenure.engine import audit
from tenure.engine.verbs.close import Close
from tenure.engine.verbs.load import Load
from tenure.figures import kept
from tenure.web.access import people
from tenure.web.access.roles import Role
from tenure.web.closing.figures import HEADLINES
from tenure.web.kit import figure
from tenure.web.post import queue, running, worker
from tenure.web.post.models import Job, Notice, State
from tests.web.company import text_of, today

pytestmark = pytest.mark.django_db
LAST = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
MONTH = f"{LAST:%Y-%m}"
PAGE = f"/closing/{MONTH}/"
LINE = "subscription_id,account_id,amount,currency,started_at\n"


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    """A catalogue of the headlines: to close asks all metrics."""
    few = {slug: kept.entry(slug) for slug in HEADLINES}
    monkeypatch.setattr(kept, "catalogue", lambda _settings=None: few)


@pytest.fixture
def finance(somebody):
    return somebody(Role.FINANCE, name="Fin Example", email="fin@example.com")


def work() -> None:
    for lane in queue.LANES:
        worker.turn(lane)


def load(home, table: str, text: str) -> None:
    file = home / f"later-{len(list(home.glob('later-*')))}.csv"
    file.write_text(text)
    report = keeper.open(home).call("load", Load((str(file),), table)).reports[0]
    assert report.rejected == 0, report


def closes(home) -> tuple[Any, ...]:
    return keeper.open(home).closings().closed


def cells(page: str) -> list[list[str]]:
    """The texts of all rows of tables."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in found]


def row(page: str, name: str) -> list[str]:
    (found,) = (one for one in cells(page) if one and one[0] == name)
    return found


def test_a_month_closed_here_is_the_one_the_command_closes(small_company, home, tmp_path, finance, somebody, as_):
    chief, mona = somebody(Role.EXECUTIVE, name="Chief"), somebody(Role.MANAGER, csm_id="mona")
    cora = somebody(Role.CSM, csm_id="cora")
    small_company.close()
    shutil.copytree(home, tmp_path / "other")
    with time_machine.travel(timezone.now(), tick=False):
        client = as_(finance)
        page = text_of(client, PAGE)
        assert row(page, "ARR")[1] == "€20,400.00"  # (1,000 + 500 + 200) a month
        assert client.post(PAGE, {"note": "Told the <board>."}).status_code == 302
        assert closes(home) == (), "it is done in the background"
        assert "being closed" in text_of(client, PAGE)
        work()
        keeper.open(tmp_path / "other").call("close", Close(MONTH))
    job = Job.objects.get(kind="close_period")
    assert (job.state, job.error) == (State.DONE, None)
    (mine,), (theirs,) = closes(home), closes(tmp_path / "other")
    assert mine.sha256 == theirs.sha256
    files = [next(folder.rglob(f"*{mine.sha256}*")).read_bytes() for folder in (home / "archive", tmp_path / "other")]
    assert files[0] == files[1]
    page = client.get(PAGE).content.decode()
    assert "Told the &lt;board&gt;." in page
    assert "Closed by Fin Example" in page
    assert row(page, "ARR")[1] == "€20,400.00"
    frozen = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}?format=csv").content.decode())))
    assert len(frozen) == mine.figures
    assert {one["slice"]: one["value"] for one in frozen if one["metric"] == "arr"} == {
        "": "20400", "segment=SMB": "20400", "team=": "20400", "owner=carl": "2400", "owner=cora": "18000",
    }  # fmt: skip
    noted, _count = audit.entries(home, audit.Asked(act="closed"), 9)
    assert [(one.who, one.via) for one in noted] == [(f"user:{finance.pk}", f"job:{job.pk}")]
    told = {one.user_id: one.url for one in Notice.objects.filter(kind="closed_periods")}
    assert told == {chief.pk: f"/board/?over=month&at={MONTH}", mona.pk: f"/board/?over=month&at={MONTH}"}
    assert cora.pk not in told
    listed = list(csv.DictReader(io.StringIO(client.get("/closing/?format=csv").content.decode())))
    assert [(one["period"], one["closed_by"], one["arr_reported"], one["arr_now"]) for one in listed] == [
        (MONTH, "Fin Example", "20400", "20400")
    ]
    asked = client.get("/api/closings").json()["data"]
    assert [(one["period"], one["by"], one["figures"]) for one in asked["closed"]] == [
        (MONTH, "Fin Example", mine.figures)
    ]
    assert asked["next"] is None


def test_two_clicks_and_a_killed_server_close_once(small_company, home, finance, administrator, as_):
    first, second, other = as_(finance), as_(finance), as_(administrator)
    assert "Look and close" in text_of(first, "/closing/")
    for client in (first, second, other):
        assert client.post(PAGE, {"note": ""}).status_code == 302
    assert "Fin Example closes it" in text_of(other, PAGE)
    assert "See how far it is" in text_of(other, "/closing/")
    job = Job.objects.get(kind="close_period")
    work()
    assert [one.times for one in closes(home)] == [1]
    # As after a server that was killed when the figures were frozen, and before that was written down:
    Job.objects.filter(pk=job.pk).update(state=State.WAITING)
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (State.DONE, None)
    assert "It is closed already" in other.post(PAGE, {"note": ""}, follow=True).content.decode()
    assert Job.objects.filter(kind="close_period").count() == 1
    assert [one.times for one in closes(home)] == [1]


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.MANAGER, Role.CSM, Role.VIEWER])
def test_who_does_not_answer_for_what_is_reported_closes_nothing(role, small_company, home, somebody, as_):
    client = as_(somebody(role, csm_id="cora"))
    for url in ("/closing/", PAGE, f"{PAGE}restated/", f"{PAGE}?format=csv", "/api/closings", f"/api/closings/{MONTH}"):
        assert client.get(url).status_code == 403, url
    assert client.post(PAGE, {"note": ""}).status_code == 403
    assert Job.objects.count() == 0
    assert "/closing/" not in client.get("/board/part/restatements/").content.decode()


def test_who_may_no_more_when_its_turn_comes_closes_nothing(small_company, home, finance, as_):
    client = as_(finance)
    assert 'href="/closing/"' in client.get("/board/part/restatements/").content.decode()
    assert client.post(PAGE, {"note": ""}).status_code == 302
    people.give_roles(finance, {Role.VIEWER}, by=None)
    work()
    job = Job.objects.get(kind="close_period")
    assert (job.state, job.error["code"]) == (State.FAILED, "not_allowed")
    assert closes(home) == ()


def test_a_blocked_month_says_why_and_is_closed_once_that_is_mended(small_company, home, finance, administrator, as_):
    load(home, "subscription", f"{LINE}s9,acme,10,XXX,{LAST}\n")
    client, operator = as_(finance), as_(administrator)
    page = text_of(client, PAGE)
    found = row(page, "Unknown currency")
    assert found[1] == "blocks"
    assert found[2].startswith("1 row holds ARR, Customer churn rate, Gross revenue retention, Net revenue retention.")
    assert "It cannot be closed yet: 1 check holds figures" in page
    assert f">Close {figure.period(LAST, today().replace(day=1))}</button>" not in page
    assert 'href="/checks/' not in page, "finance does not open the pages of the data"
    assert 'href="/checks/of/unknown_currency/"' in text_of(operator, PAGE)
    assert "See what blocks it" in text_of(client, "/closing/")
    assert client.post(PAGE, {"note": ""}).status_code == 422
    assert Job.objects.count() == 0
    (told,) = client.get(f"/api/closings/{MONTH}").json()["data"]["blocking"]
    assert (told["check"], told["metrics"]) == ("unknown_currency", sorted(set(HEADLINES) - {"net_promoter_score"}))
    load(home, "subscription", f"{LINE}s9,acme,10,EUR,{LAST}\n")
    assert row(text_of(client, PAGE), "Checks that hold figures")[1] == "fine"
    assert client.post(PAGE, {"note": ""}).status_code == 302
    # What comes between the click and its turn is seen, too:
    load(home, "subscription", f"{LINE}s9,acme,10,XXX,{LAST}\n")
    work()
    job = Job.objects.get(kind="close_period")
    assert (job.state, job.error["code"]) == (State.FAILED, "figures_held")
    assert "unknown_currency (1 row)" in text_of(client, "/jobs/")
    assert closes(home) == ()


def test_what_does_not_block_is_said_and_leads_to_where_it_is_mended(small_company, home, finance, administrator, as_):
    (home / "sources.toml").write_text('[billing]\nkind = "stripe"\n')
    file = home / "bad.csv"
    file.write_text("account_id,name,created_at\ndogwood,Dogwood,soon\n")
    assert keeper.open(home).call("load", Load((str(file),), "account")).reports[0].rejected == 1
    operator, client = as_(administrator), as_(finance)
    page = text_of(operator, PAGE)
    assert row(page, "Warnings")[1:] == ["look at it", "The data was never checked."]
    assert row(page, "Sources")[1:] == ["look at it", "Not fresh: billing."]
    assert row(page, "Failed rows")[1:] == ["look at it", "1 row waits to be mended."]
    assert row(page, "Billing against the CRM")[1] == "not known", "there are no contracts"
    for link in ("/checks/", "/sources/", "/failed-rows/", "/reconciliation/"):
        assert f'<th scope="row"><a href="{link}">' in page
    (home / "sources.toml").write_text('[billing]\nkind = "strip"\n')
    page = text_of(client, PAGE)
    assert "stripe" not in row(page, "Sources")[2]
    assert "strip" in row(page, "Sources")[2]
    assert re.findall(r'<th scope="row"><a href="(?!/metrics)([^"]+)">', page) == ["/reconciliation/"]
    assert f">Close {figure.period(LAST, today().replace(day=1))}</button>" in page


def test_what_was_closed_shows_what_a_late_row_made_of_it(small_company, home, finance, as_):
    client = as_(finance)
    client.post(PAGE, {"note": ""})
    work()
    assert "Nothing is restated" in text_of(client, f"{PAGE}restated/")
    name = figure.period(LAST, today().replace(day=1))
    assert row(text_of(client, "/closing/"), name)[3:6] == ["€20,400.00", "€20,400.00", "unchanged"]
    load(home, "subscription", f"{LINE}s9,birch,100,EUR,2025-06-01\n")
    page = text_of(client, f"{PAGE}restated/")
    assert row(page, "ARR") == ["ARR", "€20,400.00", "€21,600.00", "+€1,200.00", ""]
    assert row(page, "Late facts") == ["Late facts", "", "", "+€1,200.00", "Birch"]
    assert 'href="/accounts/birch/"' in page
    assert row(text_of(client, "/closing/"), name)[3:6] == ["€20,400.00", "€21,600.00", "+€1,200.00"]
    told = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}restated/?format=csv").content.decode())))
    lines = [(one["line"], one["amount"], one["accounts"]) for one in told if one["metric"] == "arr"]
    assert lines == [("reported", "20400", ""), ("late_facts", "1200", "birch"), ("now", "21600", "")]
    assert row(text_of(client, PAGE), "ARR")[1] == "€20,400.00", "what was reported stays"


def test_only_a_period_that_is_over_is_closed_and_an_address_is_written_one_way(small_company, finance, as_):
    client = as_(finance)
    running_now = f"/closing/{date.today():%Y}-12/" if today().month < 12 else "/closing/2999-12/"
    assert "It is not over" in text_of(client, running_now)
    assert client.post(running_now, {"note": ""}).status_code == 422
    assert Job.objects.count() == 0
    for wrong in ("soon", "2026-1", "2026-13", "2026-q1", "9999"):
        assert client.get(f"/closing/{wrong}/").status_code == 404, wrong
    assert client.get("/api/closings/soon").status_code == 404
    assert "The period is not closed" in text_of(client, f"{PAGE}restated/")


def test_a_damaged_file_is_said_where_it_is_asked_for(small_company, home, finance, as_):
    client = as_(finance)
    client.post(PAGE, {"note": ""})
    work()
    (closed,) = closes(home)
    next((home / "archive").rglob(f"*{closed.sha256}*")).write_bytes(b"{}")
    assert "An archived file was changed or damaged." in text_of(client, PAGE)
    assert client.get("/closing/").status_code == 200
