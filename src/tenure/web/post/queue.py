"""The queue of jobs: who waits for which lane. Quick things do not wait behind long ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from tenure.web.post.models import OPEN, Job, State

QUICK, LONG = "quick", "long"
LANES = (QUICK, LONG)
#: Set when something has come that need not wait.
arrivals = {lane: threading.Event() for lane in LANES}


@task(queue_name=LONG)
def work_off(number: int) -> None:
    """What the queue runs: one job, by its number. It never fails: what fails is told with the job."""
    from tenure.web.post import running

    running.run(number)


def put(job: Job, lane: str) -> None:
    """Let a job wait for its turn, not before it is due, in the transaction that is open."""
    later = job.due_at if job.due_at > timezone.now() else None
    entry: Any = work_off.using(queue_name=lane, run_after=later).enqueue(job.pk)
    job.entry = str(entry.id)
    job.save(update_fields=["entry"])
    transaction.on_commit(arrivals[lane].set)


def is_waiting(lane: str) -> bool:
    """Whether some job's turn has come."""
    return DBTaskResult.objects.ready().filter(queue_name=lane).exists()


def reap(lane_of: Callable[[Job], str], is_spent: Callable[[Job], bool], give_up: Callable[[Job], None]) -> int:
    """Put back what was cut short, as the one who works the queue off has just begun; gives how many.

    Whatever is marked as running is not: who ran it is dead. ``give_up`` is told of a job that was cut short too often.
    """
    DBTaskResult.objects.exclude(status="READY").delete()
    waiting = {str(each) for each in DBTaskResult.objects.values_list("id", flat=True)}
    lost = [job for job in Job.objects.filter(state__in=OPEN) if job.entry not in waiting]
    for job in lost:
        with transaction.atomic():
            if job.state == State.RUNNING and is_spent(job):
                give_up(job)
                continue
            job.state = State.WAITING
            job.save(update_fields=["state"])
            put(job, lane_of(job))
    return len(lost)


def sweep() -> None:
    """Forget the entries that are through."""
    DBTaskResult.objects.exclude(status__in=["READY", "RUNNING"]).delete()
