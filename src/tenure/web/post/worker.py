"""Who works the queue off: threads of the web process. Of all that serve a workspace one at a time does."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.db import connection
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from tenure.keeper import faults
from tenure.keeper.place import Place
from tenure.web.post import doing, hourly, jobs, queue, running, schedules
from tenure.web.post.models import OPEN, Job, Notice, Sent

_LOCK = ".web/worker.lock"
#: Seconds: between two looks at the queue, at what is due and at what can go, and until another try after a fault.
_LOOK, _TICK, _SWEEP, _AFTER_FAULT = 2.0, 5.0, 3_600.0, 10.0
#: How long jobs that are over, and notices, are remembered.
_REMEMBERED, _QUIET_REMEMBERED = timedelta(days=90), timedelta(days=2)

_ending = threading.Event()


def is_ending() -> bool:
    """Whether the process is about to end: what can stop shall stop."""
    return _ending.is_set()


def turn(lane: str) -> bool:
    """Do what waits in a lane, until nothing does; whether something did."""
    if not queue.is_waiting(lane):
        return False
    _worker(lane).run()
    return True


def sweep(place: Path) -> None:
    """Remove what is no longer needed: files after their time, jobs and notices after theirs, entries that are through."""
    now = timezone.now()
    for job in Job.objects.filter(file_until__lte=now).exclude(file=""):
        (place / job.file).unlink(missing_ok=True)
        Job.objects.filter(pk=job.pk).update(file="")
    over = Job.objects.exclude(state__in=OPEN)
    over.filter(ended_at__lte=now - _REMEMBERED).delete()
    over.filter(quiet=True, ended_at__lte=now - _QUIET_REMEMBERED, state="done").delete()
    Notice.objects.filter(at__lte=now - _REMEMBERED).delete()
    Sent.objects.filter(at__lte=now - _REMEMBERED).delete()
    queue.sweep()
    if place.is_dir():
        used = set(Job.objects.exclude(file="").values_list("file", flat=True))
        a_day_ago = time.time() - 86_400
        for file in place.iterdir():
            if file.name not in used and file.stat().st_mtime < a_day_ago:
                file.unlink(missing_ok=True)


class Worker(threading.Thread):
    """Works the queue of a workspace off, as soon as nobody else does; a lane a thread."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True, name="jobs")
        self._home = home
        self._lock: IO[str] | None = None
        self._lanes: list[threading.Thread] = []

    def run(self) -> None:
        """Work until stopped."""
        while not self._is_alone():
            if _ending.wait(_TICK):
                return
        self._safely(lambda: queue.reap(jobs.lane_of, running.is_spent, running.give_up))
        self._lanes = [
            threading.Thread(target=self._work, args=(lane,), daemon=True, name=f"jobs-{lane}") for lane in queue.LANES
        ]
        for lane in self._lanes:
            lane.start()
        swept = -_SWEEP
        while not _ending.is_set():
            self._safely(lambda: schedules.start_due(timezone.now()))
            if time.monotonic() - swept > _SWEEP:
                swept = time.monotonic()
                self._safely(lambda: sweep(doing.folder()))
                for does in hourly.declared():
                    self._safely(does)
            _ending.wait(_TICK)

    def stop(self, seconds: float) -> None:
        """Ask what runs to stop, and wait for it for a while. What does not is run again another time."""
        _ending.set()
        until = time.monotonic() + seconds
        for lane in queue.LANES:
            queue.arrivals[lane].set()
        for thread in (self, *self._lanes):
            if thread.is_alive():
                thread.join(max(until - time.monotonic(), 0))

    def _work(self, lane: str) -> None:
        arrived = queue.arrivals[lane]
        while not _ending.is_set():
            arrived.clear()
            self._safely(lambda: turn(lane))
            arrived.wait(_LOOK)

    def _safely(self, does: Callable[[], object]) -> None:
        """Do something, whatever happens: a fault is logged, and the thread goes on after a pause."""
        try:
            does()
        except Exception as error:  # noqa: BLE001 - a thread that ends would leave all jobs waiting
            faults.logged(error, Place(self._home))
            _ending.wait(_AFTER_FAULT)
        finally:
            connection.close()

    def _is_alone(self) -> bool:
        """Whether nobody else works this workspace's queue off. A lock of the system's: who is killed lets go of it."""
        path = self._home / _LOCK
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115 - kept open
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._lock = file
        return True


def _worker(lane: str) -> db_worker.Worker:
    return db_worker.Worker(
        queue_names=[lane], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=f"{os.getpid()}-{lane}", excluded_queue_names=[],
    )  # fmt: skip
