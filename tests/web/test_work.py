"""Tasks: given, handed over, done; seen by those who see the account, and by nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import Http404

from tenure.core.acts import Act
from tenure.core.errors import UsageError
from tenure.web.access.models import AuditEntry
from tenure.web.access.roles import Role
from tenure.web.access.sight import Looking
from tenure.web.work import routine, tasks
from tenure.web.work.calendar import workdays
from tenure.web.work.models import Priority, Status, What
from tenure.web.work.tasks import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(small_company, somebody):
    """Cora, Carl, who leads them, and one who only reads."""
    assert small_company
    return {
        "cora": somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com"),
        "carl": somebody(Role.CSM, csm_id="carl", name="Carl", email="carl@example.com"),
        "mona": somebody(Role.MANAGER, csm_id="mona", name="Mona", email="mona@example.com"),
        "vera": somebody(Role.VIEWER, name="Vera", email="vera@example.com"),
    }


def sees(user, task) -> bool:
    try:
        return bool(tasks.get(user, Looking(user)(), task.pk) == task)
    except Http404:
        return False


def test_a_task_is_seen_with_its_account_and_one_without_by_its_people(people) -> None:
    cora, carl, mona, _vera = people.values()
    about = tasks.give(Looking(mona)(), mona, Wanted("Call", carl, "cedar"))
    own = tasks.give(Looking(carl)(), carl, Wanted("Read", carl))
    assert [sees(user, about) for user in people.values()] == [False, True, True, True]
    assert [sees(user, own) for user in people.values()] == [False, True, True, False]
    assert list(tasks.of_account(Looking(carl)(), "cedar")) == [about]
    assert not tasks.of_account(Looking(cora)(), "cedar")
    assert set(tasks.of_person(carl, Looking(carl)())) == {about, own}
    assert set(tasks.of_person(mona, Looking(mona)(), carl)) == {about, own}
    assert not tasks.of_person(cora, Looking(cora)(), carl)
    assert not tasks.of_person(carl, Looking(carl)(), mona)


def test_nobody_gives_what_she_or_the_other_does_not_see(people) -> None:
    cora, carl, mona, vera = people.values()
    with pytest.raises(Http404):
        tasks.give(Looking(cora)(), cora, Wanted("Call", cora, "cedar"))
    with pytest.raises(UsageError, match="Cora does not see this account"):
        tasks.give(Looking(mona)(), mona, Wanted("Call", cora, "cedar"))
    with pytest.raises(UsageError, match="Vera has no tasks"):
        tasks.give(Looking(mona)(), mona, Wanted("Call", vera, "cedar"))
    with pytest.raises(UsageError, match="needs a title"):
        tasks.give(Looking(mona)(), mona, Wanted("  ", carl))


def test_one_cause_makes_one_task(people) -> None:
    cora = people["cora"]
    first = tasks.give(Looking(cora)(), cora, Wanted("Call", cora, "acme", key="quiet:acme:1"))
    tasks.finish(first, cora)
    again = tasks.give(Looking(cora)(), cora, Wanted("Call again", cora, "acme", key="quiet:acme:1"))
    other = tasks.give(Looking(cora)(), cora, Wanted("Call", cora, "acme", key="quiet:acme:2"))
    assert (again.pk, again.title, again.status) == (first.pk, "Call", Status.DONE)
    assert set(tasks.of_keys(["quiet:acme:1", "quiet:acme:2", ""]).values()) == {first, other}


def test_what_happened_to_a_task_is_told_and_audited(people) -> None:
    cora, mona = people["cora"], people["mona"]
    task = tasks.give(Looking(mona)(), mona, Wanted("Call", cora, "acme", due=date(2026, 12, 1)))
    tasks.snooze(task, cora, date(2026, 12, 3))
    tasks.hand_over(task, cora, mona, "You know them")
    tasks.take_over(task, cora)
    tasks.change(task, cora, title="Call them", priority=Priority.HIGH, owner=mona)
    tasks.comment(task, cora, " Busy ")
    tasks.finish(task, cora)
    tasks.finish(task, mona)  # it is done already
    tasks.reopen(task, mona, "Not reached")
    tasks.drop(task, mona)
    task.refresh_from_db()
    assert (task.title, task.owner, task.status, task.done_by) == ("Call them", cora, Status.DROPPED, mona)
    assert (task.snoozed_until, task.due) == (None, date(2026, 12, 1))
    told = [(one.what, one.by, one.note) for one in task.changes.order_by("pk")]
    assert told == [
        (What.GIVEN, mona, ""), (What.SNOOZED, cora, ""), (What.HANDED_OVER, cora, "You know them"),
        (What.TAKEN_OVER, cora, ""), (What.CHANGED, cora, ""), (What.DONE, cora, ""), (What.REOPENED, mona, "Not reached"),
        (What.DROPPED, mona, ""),
    ]  # fmt: skip
    changed = task.changes.get(what=What.CHANGED)
    assert changed.detail == {"title": ["Call", "Call them"], "priority": [Priority.NORMAL, Priority.HIGH]}
    assert [one.text for one in task.comments.all()] == ["Busy"]
    entries = AuditEntry.objects.filter(kind="task").order_by("seq")
    assert [one.act for one in entries] == [
        Act.TASK_GIVEN, Act.TASK_HANDED_OVER, Act.TASK_HANDED_OVER, Act.TASK_DONE, Act.TASK_REOPENED, Act.TASK_DROPPED,
    ]  # fmt: skip
    assert not any("Call" in one.detail or "acme" in one.detail for one in entries)


def test_an_account_that_is_anothers_takes_its_tasks_along(people, small_company) -> None:
    cora, carl = people["cora"], people["carl"]
    task = tasks.give(Looking(cora)(), cora, Wanted("Call", cora, "acme"))
    row = {"account_id": "acme", "csm_id": "carl", "valid_from": "2026-01-01"}
    small_company.record("assignment", [row], by="Mona", message_id="moved")
    assert [sees(user, task) for user in (cora, carl)] == [False, True]
    tasks.take_over(tasks.get(carl, Looking(carl)(), task.pk), carl)
    assert list(tasks.of_person(carl, Looking(carl)())) == [task]
    assert not tasks.of_person(cora, Looking(cora)())


def test_a_template_gives_its_steps_in_business_days(people) -> None:
    cora, carl = people["cora"], people["carl"]
    steps = [routine.Step("Kick off"), routine.Step("Train", 2, "Both teams", Priority.HIGH)]
    found = routine.save_template(cora, " Onboarding ", steps)
    sight = Looking(cora)()
    assert not workdays(sight).is_open(date(2027, 1, 1))
    starts = date(2026, 12, 31)  # Thursday; Friday is a holiday
    given = routine.from_template(sight, cora, found, "acme", cora, starts)
    assert [(one.title, one.due, one.priority, one.reason) for one in given] == [
        ("Kick off", date(2026, 12, 31), Priority.NORMAL, "Onboarding"), ("Train", date(2027, 1, 5), Priority.HIGH, "Onboarding"),
    ]  # fmt: skip
    assert routine.from_template(sight, cora, found, "acme", cora, starts) == given
    assert list(routine.templates(cora)) == [found]
    assert not routine.templates(carl)
    with pytest.raises(Http404):
        routine.template(carl, found.pk)
    routine.save_template(cora, "Onboarding", steps[:1], shared=True, over=found)
    assert routine.template(carl, found.pk).steps.count() == 1
    assert not routine.changes(carl, found)
    with pytest.raises(UsageError, match="one to 50 steps"):
        routine.save_template(cora, "Empty", [])
