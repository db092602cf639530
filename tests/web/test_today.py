"""The page of a day: what asks for somebody stands on her list until she has done something about it, and on nobody else's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from tenure.engine import Sight
from tenure.engine.verbs.agenda import Cause
from tenure.web.access.roles import Role
from tenure.web.access.sight import Looking
from tenure.web.today.found import of_cause
from tenure.web.work import tasks
from tenure.web.work.models import Status, Task, What
from tenure.web.work.tasks import Wanted
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def people(small_company, somebody):
    """Cora, Carl, and who leads them. Nobody ever spoke to Acme, Birch and Cedar."""
    assert small_company
    return {
        "cora": somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com"),
        "carl": somebody(Role.CSM, csm_id="carl", name="Carl", email="carl@example.com"),
        "mona": somebody(Role.MANAGER, csm_id="mona", name="Mona", email="mona@example.com"),
    }


def today() -> date:
    """The day it is in the company's zone."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


def key_of(account: str) -> str:
    """The cause that an account, a customer since 2025, was never spoken to."""
    return f"gone_quiet:{account}:2025-01-01"


def accounts_on(page: str) -> list[str]:
    """The accounts of the lines, in their order."""
    return re.findall(r'class="item-account" href="/accounts/(\w+)/"', page)


def test_a_day_begins_with_what_most_revenue_hangs_on(people, as_) -> None:
    page = text_of(as_(people["cora"]), "/today/")
    assert accounts_on(page) == ["acme", "birch"]  # 12,000 and 6,000 a year
    assert "Nobody has spoken to them since they became a customer" in page
    assert '<a href="/accounts/acme/contact/">Log a contact</a>' in page, "where what it asks for is done"
    assert "€12K at stake × urgency 80%" in page
    assert accounts_on(text_of(as_(people["carl"]), "/today/")) == ["cedar"]


@pytest.mark.parametrize(
    ("kind", "link", "leads_to"),
    [
        ("growth_candidate", "Open an opportunity", "/pipeline/open/a%201/"),
        ("renewal_near", "Judge the renewal", "/renewals/?from=2027-01&to=2027-01&q=Acme+%26+Sons"),
        ("risk_high", "", ""),
    ],
)
def test_a_line_leads_to_where_what_it_asks_for_is_done(kind, link, leads_to) -> None:
    due = datetime(2027, 1, 15, 12, tzinfo=UTC)
    parts = {
        "days": 3,
        "opportunity": False,
        "contact": False,
        "silent": 3,
        "users": 5,
        "seats": 5,
        "risk": "0.2",
        "before": None,
    }
    cause = Cause(
        "k", "a 1", "Acme & Sons", "cora", "Cora", kind, "", None, due, 1, parts, None, Decimal(1), None, "account"
    )
    assert of_cause(cause, "EUR").then == ((link, leads_to) if link else None)


def test_a_line_that_is_done_is_gone_and_can_be_taken_back(people, as_) -> None:
    cora = as_(people["cora"])
    told = {"token": f"c:{key_of('acme')}", "what": "done"}
    page = cora.post("/today/act/", told, headers=HTMX).content.decode()
    assert accounts_on(page) == ["birch"]
    assert "1 done today" in page
    task = Task.objects.get()
    assert (task.status, task.owner, task.key, task.account_id) == (Status.DONE, people["cora"], key_of("acme"), "acme")
    assert accounts_on(text_of(cora, "/today/")) == ["birch"]
    page = cora.post("/today/undo/", {"task": task.pk}, headers=HTMX).content.decode()
    assert accounts_on(page) == ["acme", "birch"]
    task.refresh_from_db()
    assert task.status == Status.OPEN


def test_a_cause_that_still_holds_comes_back_a_month_after_it_was_done(people, as_) -> None:
    cora = as_(people["cora"])
    cora.post("/today/act/", {"token": f"c:{key_of('acme')}", "what": "done"})
    for days, shown in ((29, ["birch"]), (31, ["acme", "birch"])):
        Task.objects.update(done_at=datetime.now(UTC) - timedelta(days=days))
        assert accounts_on(text_of(cora, "/today/")) == shown
    cora.post("/today/act/", {"token": f"c:{key_of('acme')}", "what": "done"})
    assert [one.what for one in Task.objects.get().changes.order_by("pk")][-2:] == [What.REOPENED, What.DONE]


def test_what_is_put_off_waits_until_its_day(people, as_) -> None:
    cora = as_(people["cora"])
    later = today() + timedelta(days=3)
    page = cora.post(
        "/today/act/", {"token": f"c:{key_of('birch')}", "what": f"later:{later}"}, headers=HTMX
    ).content.decode()
    assert accounts_on(page) == ["acme"]
    assert "Put off until" in page
    assert "Birch" in page.partition("Upcoming")[2]
    Task.objects.update(snoozed_until=today())
    assert accounts_on(text_of(cora, "/today/")) == ["birch", "acme"]  # a task that is due stands first
    page = cora.post(
        "/today/act/", {"token": f"c:{key_of('acme')}", "what": "later", "day": "2020-01-01"}, headers=HTMX
    )
    assert "has to lie ahead" in page.content.decode()
    assert Task.objects.count() == 1


def test_what_is_handed_over_is_on_the_others_list(people, as_) -> None:
    mona, carl = as_(people["mona"]), people["carl"]
    told = {"of": "cora", "token": f"c:{key_of('acme')}", "what": "hand", "to": carl.pk}
    assert "Carl does not see this account" in mona.post("/today/act/", told, headers=HTMX).content.decode()
    assert not Task.objects.exists()
    page = mona.post("/today/act/", told | {"to": people["mona"].pk, "note": "Mine"}, headers=HTMX).content.decode()
    assert accounts_on(page) == ["birch"]
    assert accounts_on(text_of(mona, "/today/")) == ["acme"]
    assert Task.objects.get().changes.get(what=What.HANDED_OVER).note == "Mine"


@pytest.mark.parametrize("what", ["done", "later:{later}", "hand", "make"])
def test_the_engine_is_asked_before_the_database_is_locked(people, as_, monkeypatch, what) -> None:
    """Whoever writes waits for the one lock of SQLite: it is not held while the engine works out an answer."""
    cora, usual, asked = as_(people["cora"]), Sight._published, []
    outside = len(connection.atomic_blocks)

    def noted(self, read, request):
        asked.append(len(connection.atomic_blocks) - outside)
        return usual(self, read, request)

    monkeypatch.setattr(Sight, "_published", noted)
    later = (today() + timedelta(days=3)).isoformat()
    told = {"token": f"c:{key_of('acme')}", "what": what.format(later=later), "due": later, "to": people["mona"].pk}
    cora.post("/today/act/", told)
    assert Task.objects.count() == 1
    assert asked
    assert set(asked) == {0}


def test_a_line_becomes_a_task_with_a_day(people, as_) -> None:
    cora = as_(people["cora"])
    due = today() + timedelta(days=2)
    cora.post("/today/act/", {"token": f"c:{key_of('acme')}", "what": "make", "due": due.isoformat()})
    assert Task.objects.get().due == due
    page = text_of(cora, "/today/")
    assert accounts_on(page) == ["birch"]
    assert "Acme" in page.partition("Upcoming")[2]


def test_a_task_whose_cause_is_gone_says_so(people, as_, small_company) -> None:
    cora = as_(people["cora"])
    cora.post("/today/act/", {"token": f"c:{key_of('acme')}", "what": "make", "due": today().isoformat()})
    assert "no longer so" not in text_of(cora, "/today/")
    row = {
        "touchpoint_id": "c1",
        "account_id": "acme",
        "channel": "call",
        "direction": "both",
        "occurred_at": f"{today() - timedelta(days=1)}T00:00:01Z",
    }
    small_company.record("touchpoint", [row], by="cora", message_id="c1")
    assert "no longer so" in text_of(cora, "/today/")


def test_without_scripts_an_act_leads_back_to_the_page(people, as_) -> None:
    cora = as_(people["cora"])
    answer = cora.post("/today/act/", {"token": f"c:{key_of('acme')}", "what": "done"})
    assert (answer.status_code, answer.url) == (302, f"/today/?undo={Task.objects.get().pk}")
    page = text_of(cora, answer.url)
    assert "Done: Nobody has spoken" in page
    assert 'action="/today/undo/"' in page
    assert cora.post("/today/undo/", {"task": Task.objects.get().pk}).url == "/today/"


def test_nobody_acts_on_or_sees_what_is_anothers(people, as_) -> None:
    cora, mona = as_(people["cora"]), as_(people["mona"])
    foreign = tasks.give(
        Looking(people["carl"])(), people["carl"], Wanted("Secret", people["carl"], "cedar", due=date(2026, 1, 1))
    )
    assert "Secret" not in text_of(cora, "/today/")
    for token in (f"t:{foreign.pk}", f"c:{key_of('cedar')}", "c:", "t:x", ""):
        assert cora.post("/today/act/", {"token": token, "what": "done"}).status_code == 404
    assert cora.post("/today/undo/", {"task": foreign.pk}).status_code == 404
    assert cora.get("/today/?of=carl").status_code == 404
    page = text_of(mona, "/today/?of=carl")
    assert "Secret" in page
    assert accounts_on(page) == ["cedar", "cedar"]
    assert 'value="cora"' in page
    foreign.refresh_from_db()
    assert foreign.status == Status.OPEN


def test_who_is_no_csm_is_told_what_will_stand_here(small_company, somebody, as_) -> None:
    assert "No accounts are tied to you" in text_of(as_(somebody(Role.OPERATIONS)), "/today/")
    nobodys = as_(somebody(Role.CSM, csm_id="nobody", email="n@example.com"))
    assert "No account is yours yet" in text_of(nobodys, "/today/")
    assert as_(somebody(Role.VIEWER)).get("/today/").status_code == 403


def test_the_month_is_told_beside_what_was_meant(people, as_) -> None:
    cora = as_(people["cora"])
    cora.post("/today/act/", {"token": f"c:{key_of('acme')}", "what": "done"})
    page = text_of(cora, "/today/past/")
    assert "by their day: 100%" in page
    assert "Contacts per account and month" in page
