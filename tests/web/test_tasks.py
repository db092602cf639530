"""Pages of tasks, and tasks for programs: who gives, sees, changes what, and what is left of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tenure.web.access import keys
from tenure.web.access.rights import Right
from tenure.web.access.roles import Role
from tenure.web.access.sight import Looking
from tenure.web.work import routine, tasks
from tenure.web.work.models import Priority, Status, Task, TaskTemplate
from tenure.web.work.tasks import Wanted
from tests.web.company import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(small_company, somebody):
    assert small_company
    return {
        "cora": somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com"),
        "carl": somebody(Role.CSM, csm_id="carl", name="Carl", email="carl@example.com"),
        "mona": somebody(Role.MANAGER, csm_id="mona", name="Mona", email="mona@example.com"),
    }


def give(user, title, owner=None, account="", **more) -> Task:
    return tasks.give(Looking(user)(), user, Wanted(title, owner or user, account, **more))


def test_a_task_is_given_changed_discussed_and_done_on_its_pages(people, as_) -> None:
    cora, mona = as_(people["cora"]), as_(people["mona"])
    form = {
        "title": "Call <them>",
        "account": "Acme",
        "due": "2026-01-02",
        "priority": "3",
        "owner": people["cora"].pk,
        "text": "Soon",
    }
    wrong = {"account": "Cedar"}, {"account": "cedar"}, {"title": ""}, {"owner": people["carl"].pk}, {"due": "x"}
    for each in wrong:
        assert cora.post("/tasks/new/", form | each).status_code == 422, each
    answer = mona.post("/tasks/new/", form)
    task = Task.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/tasks/{task.pk}/")
    assert (task.account_id, task.priority, task.owner, task.given_by) == (
        "acme",
        Priority.HIGH,
        people["cora"],
        people["mona"],
    )
    page = cora.get(f"/tasks/{task.pk}/").content.decode()
    assert "Call &lt;them&gt;" in page
    assert "Acme" in page
    assert (
        cora.post(f"/tasks/{task.pk}/change/", {"title": "Call", "priority": "2", "due": "", "text": ""}).status_code
        == 302
    )
    act = f"/tasks/{task.pk}/act/"
    for said in (
        {"what": "comment", "text": "They are away"}, {"what": "later", "day": "2099-01-01"}, {"what": "done", "note": "Reached"},
        {"what": "reopen"}, {"what": "hand", "to": people["mona"].pk, "note": "Yours"},
    ):  # fmt: skip
        assert cora.post(act, said).url == f"/tasks/{task.pk}/"
    told = text_of(mona, f"/tasks/{task.pk}/")
    for words in (
        "They are away",
        "Reached",
        "put it off until Jan 1, 2099",
        "handed it over to Mona",
        "Yours",
        "priority high → normal",
    ):
        assert words in told, words
    assert mona.post(act, {"what": "drop", "back": "//evil.example"}).url == f"/tasks/{task.pk}/"
    task.refresh_from_db()
    assert (task.status, task.title, task.due) == (Status.DROPPED, "Call", None)
    assert mona.post(act, {"what": "nothing"}).status_code == 404


def test_a_part_of_a_name_is_enough_where_it_is_one_accounts_alone(people, as_) -> None:
    cora = as_(people["cora"])
    form = {"title": "Call", "priority": "2", "owner": people["cora"].pk}
    assert cora.post("/tasks/new/", form | {"account": "acm"}).status_code == 302
    assert Task.objects.get().account_id == "acme"
    unclear = cora.post("/tasks/new/", form | {"account": "c"})
    assert "That may be several accounts: Acme, Birch." in unclear.content.decode(), "and not Cedar, which is another's"
    assert "No account that you may see" in cora.post("/tasks/new/", form | {"account": "edar"}).content.decode()
    assert Task.objects.count() == 1


def test_a_list_shows_what_it_is_asked_for(people, as_) -> None:
    cora, mona = people["cora"], people["mona"]
    today = datetime.now(UTC).date()
    give(cora, "Late one", account="acme", due=date(2026, 1, 1))
    give(mona, "Given one", cora, "birch", due=today + timedelta(days=9), priority=Priority.HIGH)
    done = give(cora, "Done one", account="birch")
    tasks.finish(done, cora)
    carls = give(people["carl"], "Carls", account="cedar")
    browser, leads = as_(cora), as_(mona)

    def shown(client: Client, query: str) -> list[str]:
        page = text_of(client, f"/tasks/{query}")
        return sorted(
            (title for title in ("Late one", "Given one", "Done one", "Carls") if f">{title}<" in page), key=page.index
        )

    assert shown(browser, "") == ["Late one", "Given one"]
    assert shown(browser, "?order=-priority") == ["Given one", "Late one"]
    assert shown(browser, "?status=late") == ["Late one"]
    assert shown(browser, "?status=done") == ["Done one"]
    assert shown(browser, "?status=all&q=birch") == ["Given one", "Done one"]
    assert shown(browser, "?view=team") == shown(browser, "?q=zzz") == []
    assert shown(browser, "?view=all&status=all&q=carl") == []
    assert shown(leads, "?view=given") == ["Given one"]
    assert set(shown(leads, "?view=team")) == {"Late one", "Given one", "Carls"}
    assert shown(leads, f"?view=team&owner={people['carl'].pk}") == ["Carls"]
    assert browser.get(f"/tasks/{carls.pk}/").status_code == 404
    for address in (f"/tasks/{carls.pk}/act/", f"/tasks/{carls.pk}/change/"):
        assert browser.post(address, {"what": "done", "title": "x"}).status_code == 404
    file = browser.get("/tasks/?format=csv&status=all")
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert [(row["title"], row["account_name"], row["owner"], row["priority"]) for row in rows] == [
        ("Late one", "Acme", "cora@example.com", "normal"), ("Given one", "Birch", "cora@example.com", "high"),
        ("Done one", "Birch", "cora@example.com", "normal"),
    ]  # fmt: skip
    back = browser.post(
        f"/tasks/{Task.objects.get(title='Late one').pk}/act/", {"what": "done", "back": "/tasks/?order=due"}
    )
    assert back.url == "/tasks/?order=due"
    assert "You have no open tasks" in text_of(leads, "/tasks/")


def test_a_task_of_ones_own_that_is_handed_over_leads_back_to_the_list(people, as_) -> None:
    cora = people["cora"]
    task = give(cora, "Read")
    tasks.change(task, cora, text="x")
    Task.objects.filter(pk=task.pk).update(given_by=people["carl"])
    assert as_(cora).post(f"/tasks/{task.pk}/act/", {"what": "hand", "to": people["carl"].pk}).url == "/tasks/"


def test_templates_are_made_shared_and_applied(people, as_) -> None:
    cora, carl = as_(people["cora"]), as_(people["carl"])
    assert "There are no templates yet" in text_of(cora, "/task-templates/")
    form = {"name": "Onboarding", "text": "After a sale", "steps": "Kick off\n2: Train both !\n"}
    assert cora.post("/task-templates/new/", form | {"steps": "\n"}).status_code == 422
    assert cora.post("/task-templates/new/", form).url == "/task-templates/"
    found = TaskTemplate.objects.get()
    assert [(step.title, step.after, step.priority) for step in found.steps.all()] == [
        ("Kick off", 0, Priority.NORMAL), ("Train both", 2, Priority.HIGH),
    ]  # fmt: skip
    assert "2: Train both !" in text_of(cora, f"/task-templates/{found.pk}/")
    assert carl.get(f"/task-templates/{found.pk}/apply/").status_code == 404
    cora.post(f"/task-templates/{found.pk}/", form | {"shared": "on"})
    for address in ("", "remove/"):
        assert carl.post(f"/task-templates/{found.pk}/{address}", form).status_code == 404
    told = {"account": "Cedar", "owner": people["carl"].pk, "starts": "2026-12-31"}
    assert carl.post(f"/task-templates/{found.pk}/apply/", told | {"account": "Acme"}).status_code == 422
    assert carl.post(f"/task-templates/{found.pk}/apply/", told | {"owner": people["cora"].pk}).status_code == 422
    assert carl.post(f"/task-templates/{found.pk}/apply/", told).url == "/tasks/"
    assert [(task.title, task.due, task.account_id) for task in Task.objects.order_by("due")] == [
        ("Kick off", date(2026, 12, 31), "cedar"), ("Train both", date(2027, 1, 5), "cedar"),
    ]  # fmt: skip
    cora.post(f"/task-templates/{found.pk}/remove/")
    assert not routine.templates(people["carl"])
    assert Task.objects.count() == 2


def test_programs_list_give_and_change_tasks_with_their_persons_rights(people, somebody) -> None:
    cora, ops = people["cora"], somebody(Role.OPERATIONS, name="Olga", email="olga@example.com")
    mine, foreign = (
        give(cora, "Mine", account="acme", due=date(2026, 1, 1)),
        give(people["carl"], "Carls", account="cedar"),
    )
    reads = {"Authorization": f"Bearer {keys.make(cora, 'reads', 30).secret}"}
    writes = {"Authorization": f"Bearer {keys.make(ops, 'writes', 30, (Right.ACCOUNTS, Right.RECORDS)).secret}"}

    def asked(query: str, headers=reads) -> list[str]:
        answer = Client().get(f"/api/tasks{query}", headers=headers)
        assert answer.status_code == 200, answer.content
        return [one["title"] for one in answer.json()["data"]["tasks"]]

    def sent(path: str, **body) -> tuple[int, dict]:
        answer = Client().post(f"/api/tasks/{path}", json.dumps(body), content_type="application/json", headers=writes)
        return answer.status_code, answer.json()

    assert asked("") == asked("?account=acme") == ["Mine"]
    assert asked("?account=cedar") == asked("?owner=carl@example.com") == asked("?status=done") == []
    assert asked("?owner=carl@example.com", writes) == ["Carls"]
    assert Client().get("/api/tasks?owner=ghost@example.com", headers=reads).status_code == 400
    told = {
        "title": "Check",
        "owner": "cora@example.com",
        "account_id": "acme",
        "due": "2026-12-01",
        "priority": "high",
        "key": "k1",
    }
    status, made = sent("make", **told)
    assert (status, made["data"]["owner"], made["data"]["given_by"]) == (200, "cora@example.com", "olga@example.com")
    assert sent("make", **told)[1]["data"]["task"] == made["data"]["task"]
    assert sent("make", **told | {"account_id": "ghost", "key": ""})[0] == 404
    assert sent("make", **told | {"due": "soon", "key": ""})[1]["code"] == "bad_parameter"
    assert sent("make", **told | {"owner": "carl@example.com", "key": ""})[1]["code"] == "not_seen"
    status, done = sent(f"{mine.pk}/change", title="Ours", status="done", note="By phone", comment="All well")
    assert (status, done["data"]["title"], done["data"]["status"], done["data"]["done_by"]) == (
        200,
        "Ours",
        "done",
        "olga@example.com",
    )
    assert [one.text for one in mine.comments.all()] == ["All well"]
    assert sent(f"{foreign.pk}/change", status="open", snoozed_until="2020-01-01")[1]["code"] == "bad_day"
    assert sent(f"{foreign.pk}/change", owner="cora@example.com", title="Not kept")[1]["code"] == "not_seen"
    foreign.refresh_from_db()
    assert foreign.title == "Carls"
    assert sent("999/change", status="done")[0] == 404
    refused = Client().post(f"/api/tasks/{mine.pk}/change", "{}", content_type="application/json", headers=reads)
    assert refused.status_code == 403
