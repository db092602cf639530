"""The open tasks about an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tenure.web.accounts.part import Part
from tenure.web.kit import formats
from tenure.web.kit.reading import local_date
from tenure.web.work.models import Priority, Status
from tenure.web.work.tasks import of_account

if TYPE_CHECKING:
    from tenure.engine import Sight

_MOST = 20


@dataclass(frozen=True)
class Task:
    """A task: who is to do it, until when; ``late``: its day is over."""

    id: int
    title: str
    reason: str
    owner: str
    due: str
    late: bool
    pressing: bool


@dataclass(frozen=True)
class Tasks(Part):
    """``done``: how many were done or dropped; ``more``: how many open ones are not listed."""

    rows: tuple[Task, ...]
    more: int
    done: int
    may_tell: bool
    as_of: datetime


def tasks(sight: Sight, account_id: str, name: str, now: datetime, *, may_tell: bool) -> Tasks:
    """The tasks about an account that is in sight."""
    every = of_account(sight, account_id)
    open_ = list(every.filter(status=Status.OPEN)[: _MOST + 1])
    count = every.filter(status=Status.OPEN).count() if len(open_) > _MOST else len(open_)
    today = local_date(now)
    rows = tuple(
        Task(one.pk, one.title, one.reason, one.owner.name, formats.day(one.due), _late(one.due, today), one.priority == Priority.HIGH)
        for one in open_[:_MOST]
    )  # fmt: skip
    return Tasks(
        account_id, name, "tasks", rows, count - len(rows), every.exclude(status=Status.OPEN).count(), may_tell, now
    )


def _late(due: date | None, today: date) -> bool:
    return due is not None and due < today
