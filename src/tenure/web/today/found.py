"""What there is to do today: the tasks that are due and the causes that nobody looks after yet, as one list."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.web.kit import formats
from tenure.web.kit.reading import current, local_date, local_today
from tenure.web.today import words
from tenure.web.work import tasks
from tenure.web.work.models import Priority, Status, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tenure.engine import Sight
    from tenure.engine.verbs.agenda import Agenda, Cause
    from tenure.web.access.models import User
    from tenure.web.kit.asking import Answers
    from tenure.web.kit.scores import Tone
    from tenure.web.kit.shell import Text
    from tenure.web.today.day import Day

#: As many causes are a day's share, and as many are looked through at most.
SHARE, MOST = 12, 500
#: After so many days what was done comes back, if its cause is still there.
BACK_AFTER = 30
AHEAD = 14
#: The kind of tasks that were made of a cause.
KIND = "agenda"
_PRESSING, _LATER = Decimal("0.8"), Decimal("0.5")
#: Where the rows of a cause are shown, if not on the account's page.
_PAGES = {"risk_high": "account_risk", "risk_risen": "account_risk", "health_dropped": "account_health"}


@dataclass(frozen=True)
class Item:
    """A line of the list. ``token`` names the task or the cause; ``words``: what it is about, ``label`` and ``tone`` in a word and colour.
    ``stake``: the revenue at stake, ``why``: why it stands where it stands. ``link`` leads to the task, else to the rows of the cause;
    ``then``: where what it asks for is done, and how that is called.
    """

    id: str
    token: str
    words: str
    label: Text
    tone: Tone
    account_id: str
    account: str
    stake: str
    why: str
    due: str
    late: bool
    notes: tuple[str, ...]
    link: str
    is_task: bool
    then: tuple[Text, str] | None = None


@dataclass(frozen=True)
class Found:
    """The list of a day. ``more``: causes beyond the day's share; ``done``: tasks closed today; ``accounts``: how many were looked at."""

    items: tuple[Item, ...]
    more: int
    done: int
    accounts: int
    as_of: datetime
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    """What is known of the accounts that tasks name: name and ARR, by id."""

    rows: Mapping[str, Mapping[str, Any]]
    currency: str

    @classmethod
    def of(cls, sight: Sight, account_ids: Iterable[str]) -> Book:
        """Of these accounts, as far as they are seen."""
        wanted = sorted({name for name in account_ids if name})
        where = [("account_id", "one_of", wanted)]
        rows = sight.every("accounts", columns=("account_id", "name", "arr"), where=where) if wanted else ()
        return cls({row["account_id"]: row for row in rows}, sight.settings().currency)

    def name(self, account_id: str) -> str:
        """What an account is called."""
        return str(self.rows.get(account_id, {}).get("name") or account_id)

    def arr(self, account_id: str) -> str:
        """What it pays in a year; empty where nothing is known."""
        arr = self.rows.get(account_id, {}).get("arr")
        return formats.money_short(arr, self.currency) if arr else ""


def agenda_of(answers: Answers, csm_id: str) -> Agenda | None:
    """What there is to do about somebody's accounts; None for who is no CSM."""
    return answers.agenda(csm_id, ahead=AHEAD, limit=MOST) if csm_id else None


def found(answers: Answers, user: User, day: Day, *, everything: bool = False) -> Found:
    """The list of ``day``, as ``user`` may see it. ``everything``: beyond the day's share, too."""
    sight, today = answers.sight, local_today()
    agenda = agenda_of(answers, day.csm_id)
    causes = agenda.causes if agenda else ()
    made = tasks.of_keys(one.key for one in causes)
    waiting = [one for one in causes if is_waiting(made.get(one.key))]
    mine = list(due(user, sight, day.owner, today)) if day.owner else []
    book = Book.of(sight, (task.account_id for task in mine))
    holds = {one.key for one in causes} if agenda and agenda.total <= MOST else None
    shown = waiting if everything else waiting[:SHARE]
    return Found(
        (*(of_task(task, book, user, today, holds) for task in mine), *(of_cause(one, book.currency) for one in shown)),
        len(waiting) - len(shown) + max(0, (agenda.total if agenda else 0) - MOST), _done(day.owner, today), agenda.accounts if agenda else 0,
        agenda.as_of if agenda else timezone.now(), agenda.notes if agenda else (),
    )  # fmt: skip


def is_waiting(made: Task | None) -> bool:
    """Whether nobody looks after a cause of which this task was made, or none: what was done long ago comes back."""
    if made is None:
        return True
    return (
        made.status != Status.OPEN
        and made.done_at is not None
        and timezone.now() - made.done_at > timedelta(days=BACK_AFTER)
    )


def due(user: User, sight: Sight, owner: User, today: date) -> Sequence[Task]:
    """The open tasks of somebody whose day has come, those of high priority first, then by their days."""
    open_ = tasks.of_person(user, sight, owner).filter(status=Status.OPEN)
    come = Q(due__lte=today) | Q(snoozed_until__lte=today)
    return list(open_.filter(come).exclude(snoozed_until__gt=today).order_by("-priority", "due", "pk"))


def of_task(task: Task, book: Book, user: User, today: date, holds: set[str] | None = None) -> Item:
    """A task as a line. ``holds``: the causes that hold now, if all are known."""
    notes = []
    if task.given_by_id not in (None, task.owner_id, user.pk):
        notes.append(_("from %(name)s") % {"name": task.given_by.name if task.given_by else ""})
    if task.kind == KIND and holds is not None and task.key not in holds:
        notes.append(_("no longer so: it may be done"))
    if task.reason and task.kind != KIND:
        notes.append(task.reason)
    late = task.due is not None and task.due < today
    return Item(
        f"t-{task.pk}", f"t:{task.pk}", task.title, _("Task"), "bad" if task.priority == Priority.HIGH else "", task.account_id,
        book.name(task.account_id) if task.account_id else "", book.arr(task.account_id), "",
        _told_due(task.due, today), late, tuple(notes), reverse("task_page", args=[task.pk]), is_task=True,
    )  # fmt: skip


def of_cause(cause: Cause, currency: str) -> Item:
    """A cause as a line."""
    tone: Tone = "bad" if cause.urgency >= _PRESSING else "warn" if cause.urgency >= _LATER else ""
    stake = formats.money_short(cause.stake, currency) if cause.stake else ""
    why = _("%(stake)s at stake × urgency %(urgency)s") % {
        "stake": stake or _("nothing"), "urgency": formats.percent(cause.urgency, 0),
    }  # fmt: skip
    return Item(
        f"c-{hashlib.sha256(cause.key.encode()).hexdigest()[:12]}", f"c:{cause.key}", words.sentence(cause, currency),
        words.LABELS.get(cause.kind, cause.kind), tone, cause.account_id, cause.name or cause.account_id, stake, why, "", False, (),
        reverse(_PAGES.get(cause.kind, "account_page"), args=[cause.account_id]), is_task=False, then=_then(cause),
    )  # fmt: skip


def _then(cause: Cause) -> tuple[Text, str] | None:
    """Where what a cause asks for is done; None where that is no page of its own."""
    match cause.kind:
        case "growth_candidate":
            return _("Open an opportunity"), reverse("open_opportunity", args=[cause.account_id])
        case "gone_quiet":
            return _("Log a contact"), reverse("log_contact", args=[cause.account_id])
        case "renewal_near" if cause.due is not None:
            month = f"{local_date(cause.due):%Y-%m}"
            asked = urlencode({"from": month, "to": month, "q": cause.name or cause.account_id})
            return _("Judge the renewal"), f"{reverse('renewals')}?{asked}"
    return None


def _told_due(due: date | None, today: date) -> str:
    if due is None:
        return ""
    late = (today - due).days
    if late > 0:
        return _("%(days)s late") % {"days": words.days(late)}
    return _("today") if late == 0 else formats.day(due)


def _done(owner: User | None, today: date) -> int:
    """How many tasks somebody closed since the day began."""
    if owner is None:
        return 0
    began = datetime.combine(today, time(), current().zone).astimezone(UTC)
    return Task.objects.filter(owner=owner, status=Status.DONE, done_at__gte=began).count()
