"""Jobs and schedules: done as their owner, once, whatever is killed; and shown to nobody else."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tenure.core.errors import DataError, UnavailableError
from tenure.engine import Scope
from tenure.web.access import log, people
from tenure.web.access.following import NEWS, Followers
from tenure.web.access.roles import Role
from tenure.web.kit import formats
from tenure.web.post import doing, hourly, jobs, notices, queue, running, schedules, worker
from tenure.web.post.models import Every, Job, Notice, Schedule, State
from tenure.web.post.times import Rule, next_after
from tests.web.company import text_of
from tests.web.serving import made, until

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


# Times


def after(rule: Rule, year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return next_after(rule, BERLIN, datetime(year, month, day, hour, minute, tzinfo=UTC))


def test_local_times_keep_to_the_wall_when_the_clocks_change():
    night = Rule(Every.DAY, time(2, 30))
    # 2027-03-28: 02:00 to 03:00 does not exist in Berlin; 02:30 by the clock of before is 01:30 UTC, 03:30 on the wall
    assert after(night, 2027, 3, 27, 12) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert after(night, 2027, 3, 28, 1, 30) == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)
    # 2026-10-25: 02:30 comes at 00:30 and at 01:30 UTC: it runs at the first, and not again before the next day
    assert after(night, 2026, 10, 24, 12) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert after(night, 2026, 10, 25, 0, 30) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    # the day of a moment is that of the organisation: 23:30 UTC is half past midnight there
    assert after(Rule(Every.DAY, time(0, 15)), 2026, 11, 26, 23, 30) == datetime(2026, 11, 27, 23, 15, tzinfo=UTC)


def test_weeks_workdays_and_short_months():
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)  # 10:00 in Berlin
    eight = time(8)
    assert next_after(Rule(Every.WORKDAY, eight), BERLIN, friday) == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert next_after(Rule(Every.WEEK, eight, 5), BERLIN, friday) == datetime(2026, 12, 4, 7, tzinfo=UTC)
    assert next_after(Rule(Every.WEEK, time(10, 1), 5), BERLIN, friday) == datetime(2026, 11, 27, 9, 1, tzinfo=UTC)
    last = Rule(Every.MONTH, eight, 31)
    found, moment = [], friday
    for _ in range(4):
        moment = next_after(last, BERLIN, moment)
        found.append(moment.astimezone(BERLIN).date().isoformat())
    assert found == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]


# Jobs


@pytest.fixture
def declare(monkeypatch):
    """Declare a job for the test alone."""
    jobs.declared()
    monkeypatch.setattr(jobs, "_declared", dict(jobs._declared))
    monkeypatch.setattr(jobs, "declared", lambda: jobs._declared)
    return jobs.job


@pytest.fixture
def ada(somebody):
    return somebody(Role.CSM, csm_id="c1", email="cora@example.com")


def work(*lanes: str) -> None:
    for lane in lanes or queue.LANES:
        worker.turn(lane)


def test_a_job_is_done_as_its_owner_with_the_rights_of_then(declare, ada, administrator, as_):
    seen = []

    @declare("look", title="Look")
    def look(mine, *, word):
        seen.append((mine.owner.pk, mine.sight().scope, log.asking().who, log.asking().via, word))
        seen.append(formats.number(1234.5))
        mine.hand_over("Größe.csv", "text/csv", b"a\n1\n", rows=1, columns=("a",))

    started = jobs.start(ada, "look", word="hello")
    Job.objects.update(locale="de_DE")
    people.change(ada, name=ada.name, csm_id="c2", roles=(Role.CSM,), by=administrator)
    work()
    assert seen == [(ada.pk, Scope(("c2",)), f"user:{ada.pk}", f"job:{started.pk}", "hello"), "1.234,5"]
    job = Job.objects.get()
    assert (job.state, job.attempts, job.file_about["size"]) == (State.DONE, 1, 4)
    answer = as_(ada).get(f"/jobs/{job.pk}/file/")
    assert answer.content == b"a\n1\n"
    assert answer["Content-Disposition"].endswith("filename*=UTF-8''Gr%C3%B6%C3%9Fe.csv")
    assert as_(administrator).get(f"/jobs/{job.pk}/file/").status_code == 404
    assert as_(administrator).post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert "Look" in text_of(as_(ada), "/jobs/")
    assert "Look" not in text_of(as_(administrator), "/jobs/").partition("<main")[2]
    assert [notice.text for notice in Notice.objects.filter(user=ada)] == ["Look: done"]
    with time_machine.travel(timezone.now() + doing.KEPT, tick=False):
        assert as_(ada).get(f"/jobs/{job.pk}/file/").status_code == 404
        worker.sweep(doing.folder())
    assert list(doing.folder().iterdir()) == []


def test_what_is_looked_after_every_hour_is_done_though_a_part_of_it_fails(monkeypatch, home):
    ended, done = threading.Event(), []

    def broken() -> None:
        done.append("broken")
        raise RuntimeError

    def whole() -> None:
        done.append("whole")
        ended.set()

    monkeypatch.setattr(hourly, "_does", [broken, whole])
    monkeypatch.setattr(worker, "_ending", ended)
    monkeypatch.setattr(worker, "_AFTER_FAULT", 0)
    monkeypatch.setattr(worker, "connection", SimpleNamespace(close=lambda: None))  # it is this test's own
    monkeypatch.setattr(queue, "LANES", ())
    works = worker.Worker(home)
    works.run()
    assert works._lock is not None
    works._lock.close()
    assert done == ["broken", "whole"]


def test_who_may_no_more_does_not(declare, ada, administrator):
    @declare("count", title="Count", roles=(Role.CSM,))
    def count(_doing):
        raise AssertionError("it ran")

    jobs.start(ada, "count")
    people.give_roles(ada, (Role.VIEWER,), by=administrator)
    work()
    assert Job.objects.get().error["code"] == "not_allowed"
    people.give_roles(ada, (Role.CSM,), by=administrator)
    again = jobs.again(ada, Job.objects.get().pk)
    people.deactivate(ada, by=administrator)
    work()
    assert Job.objects.get(pk=again.pk).error["code"] == "not_allowed"


def test_what_cannot_be_done_now_is_tried_again_and_what_is_wrong_is_not(declare, ada, as_):
    tries = []

    @declare("fetch", title="Fetch", pauses=(10, 60))
    def fetch(_doing):
        tries.append(timezone.now())
        raise UnavailableError("The other side is away.", code="away", fix="Wait.")

    @declare("wrong", title="Wrong")
    def wrong(_doing):
        raise DataError("There is nothing of that kind.", code="nothing", fix="Ask for another.")

    @declare("broken", title="Broken")
    def broken(_doing):
        raise ZeroDivisionError("secret@example.com")

    start = datetime(2026, 11, 27, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as now:
        jobs.start(ada, "fetch")
        for second in (0, 9, 10, 69, 70, 1000):
            now.move_to(start + timedelta(seconds=second))
            work()
    assert [(each - start).total_seconds() for each in tries] == [0, 10, 70]
    assert Job.objects.get().state == State.FAILED
    jobs.start(ada, "wrong")
    jobs.start(ada, "broken")
    work()
    assert [job.attempts for job in Job.objects.order_by("pk")] == [3, 1, 1]
    page = text_of(as_(ada), "/jobs/")
    assert "The other side is away." in page
    assert "There is nothing of that kind. " in page
    assert "Something in Tenure itself failed (ZeroDivisionError, reference " in page
    assert "secret@example.com" not in page


def test_a_job_is_cancelled_where_it_waits_and_where_it_runs(declare, ada, as_):
    steps = []

    @declare("long", title="Long")
    def long(mine):
        for step in range(3):
            steps.append(step)
            mine._told -= 2  # a second has passed
            mine.tell(step, 3, "steps")
            if step == 1:
                assert as_(ada).post(f"/jobs/{mine.job.pk}/cancel/").status_code == 302

    first, second = jobs.start(ada, "long"), jobs.start(ada, "long")
    assert jobs.cancel(ada, first.pk)
    work()
    assert steps == [0, 1, 2]
    assert {job.state for job in Job.objects.all()} == {State.CANCELLED}
    assert not jobs.cancel(ada, second.pk)


def test_of_a_key_there_is_one_and_a_missed_run_is_made_up_for_once(declare, ada, settings):
    ran = []
    declare("report", title="Report")(lambda _doing, *, of: ran.append(of))
    assert jobs.start(ada, "report", key="k", of=1).pk == jobs.start(ada, "report", key="k", of=2).pk
    now = datetime(2026, 11, 27, 9, tzinfo=UTC)
    with time_machine.travel(now, tick=False) as machine:
        kept = schedules.keep(ada, "report", Rule(Every.DAY, time(8)), "Report", name="r", of=3)
        schedules.keep(ada, "report", Rule(Every.DAY, time(7)), "Report", name="r", of=4)
        assert Schedule.objects.get().pk == kept.pk
        machine.move_to(now + timedelta(days=4, hours=1))
        assert schedules.start_due(timezone.now()) == 1
        assert schedules.start_due(timezone.now()) == 0
        work()
        assert ran == [1, 4]
        assert Schedule.objects.get().next_at > timezone.now()
        # the organisation moves: 07:00 is another moment from then on
        before = Schedule.objects.get().next_at
        toml = settings.HOME / "tenure.toml"
        toml.write_text(toml.read_text().replace('timezone = "', 'timezone = "Asia/Tokyo" # "'))
        schedules.start_due(timezone.now())
        moved = Schedule.objects.get().next_at.astimezone(ZoneInfo("Asia/Tokyo"))
        assert (moved.hour, moved.minute) == (7, 0)
        assert moved != before


def test_what_was_cut_short_is_run_again_but_not_for_ever(declare, ada):
    ran = []
    declare("report", title="Report", pauses=())(lambda _doing: ran.append(1))
    job = jobs.start(ada, "report")
    for cut in range(running.MOST_CUTS):
        # as a killed server leaves it: begun, and its entry claimed or not yet
        Job.objects.filter(pk=job.pk).update(state=State.RUNNING, attempts=cut + 1)
        DBTaskResult.objects.update(status="RUNNING")
        if cut == 1:
            DBTaskResult.objects.all().delete()
        assert queue.reap(jobs.lane_of, running.is_spent, running.give_up) == 1
    assert Job.objects.get().error["code"] == "cut_short"
    jobs.again(ada, job.pk)
    DBTaskResult.objects.all().delete()  # lost between two commits
    queue.reap(jobs.lane_of, running.is_spent, running.give_up)
    assert queue.reap(jobs.lane_of, running.is_spent, running.give_up) == 0
    work()
    assert (ran, Job.objects.get().state) == ([1], State.DONE)


def test_a_killed_server_loses_no_job(tmp_path):
    home = made(tmp_path / "home")
    program = [sys.executable, str(Path(__file__).with_name("jobs_program.py")), str(home)]
    lines = home / "lines"
    first = subprocess.Popen([*program, "start"])
    until(lambda: lines.exists() and len(lines.read_text().split()) > 3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert len(lines.read_text().split()) < 20
    second = subprocess.run(program, check=True, capture_output=True, text=True, timeout=60)
    assert second.stdout == "done 2 20\n"


def test_pages_of_a_person_are_told_and_of_nobody_else():
    async def told():
        followers = Followers(lambda: "w", set, look=60.0)
        ada, eve = followers.follow(1, "a"), followers.follow(2, "b")
        assert [await anext(ada), await anext(eve)] == ["data: w\n\n"] * 2
        waiting = asyncio.ensure_future(anext(eve))
        await asyncio.to_thread(followers.tell, 1)
        assert await anext(ada) == NEWS
        assert not waiting.done()
        waiting.cancel()

    asyncio.run(told())


# Notices


def test_a_notice_is_told_once_and_read_by_its_person_alone(ada, administrator, as_):
    assert notices.tell(ada, "Lightning is at risk", "/accounts/x/", notices.JOBS, "a")
    assert not notices.tell(ada, "Lightning is at risk", "/accounts/x/", notices.JOBS, "a")
    assert notices.tell(administrator, "Another", "", notices.JOBS, "a")
    with pytest.raises(ValueError, match="leads away"):
        notices.tell(ada, "Click", "//evil.example/", notices.JOBS, "b")
    mine = Notice.objects.get(user=ada)
    assert as_(administrator).post(f"/notices/{mine.pk}/").status_code == 404
    assert notices.unread(ada) == 1
    assert "Notices: 1 unread" in text_of(as_(ada), "/post/badges/")
    assert as_(ada).post(f"/notices/{mine.pk}/")["Location"] == "/accounts/x/"
    assert (notices.unread(ada), notices.unread(administrator)) == (0, 1)
    assert as_(ada).post("/notices/kinds/", {}).status_code == 302
    assert not notices.tell(ada, "More", "", notices.JOBS, "c")
    assert as_(ada).post("/notices/kinds/", {"kind": [notices.JOBS]}).status_code == 302
    assert notices.tell(ada, "More", "", notices.JOBS, "c")
    as_(ada).post("/notices/all/")
    assert notices.unread(ada) == 0


def test_a_schedule_is_changed_by_its_owner_alone(declare, ada, administrator, as_):
    declare("report", title="Report")(lambda _doing: None)
    kept = schedules.keep(ada, "report", Rule(Every.WEEK, time(8), 1), "Monday's report")
    assert "every week on Monday at" in text_of(as_(ada), "/jobs/")
    for what, still in (("pause", True), ("go_on", True), ("end", False)):
        assert as_(administrator).post(f"/jobs/schedules/{kept.pk}/", {"what": what}).status_code == 404
        assert as_(ada).post(f"/jobs/schedules/{kept.pk}/", {"what": what}).status_code == 302
        found = Schedule.objects.filter(pk=kept.pk)
        assert found.exists() == still
        assert [each.is_on for each in found] == [what != "pause"] * still
