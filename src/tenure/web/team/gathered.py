"""What is known of the book of each CSM or team: figures by owner or team, asked once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from tenure.core.period import add_months
from tenure.web.access.models import User
from tenure.web.access.roles import TELL
from tenure.web.kit import figure
from tenure.web.kit.asking import Answers
from tenure.web.kit.reading import local_date, local_today
from tenure.web.work import whose
from tenure.web.work.models import Status, Task

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.result import Figure
    from tenure.engine.verbs.away import Absence
    from tenure.engine.verbs.fairness import Compared
    from tenure.engine.verbs.rated import Group
    from tenure.engine.verbs.renewal_forecast import Forecast

#: The figures of a book: metric and what else is asked.
ASKED: dict[str, dict[str, Any]] = {
    "net_revenue_retention": {}, "gross_revenue_retention": {}, "touchpoint_coverage": {},
    "response_time": {"variant": ("csm",), "window": "3m"},
}  # fmt: skip
#: What is compared with what was to be expected of the accounts that were handed over.
EXPECTED = "customer_retention_rate"
#: Renewals are looked at so many days ahead, and those that are late so many days back.
AHEAD, BACK = 90, 366


@dataclass(frozen=True)
class Tasks:
    """Open tasks of somebody, and how many are late. ``link``: where they are listed, if the reader leads who has them."""

    open: int = 0
    late: int = 0
    link: str = ""


@dataclass(frozen=True)
class Book:
    """What is known of one CSM's or team's book. ``figures``: by metric, of the last month that is over. What is not known is None."""

    id: str
    group: Group | None
    figures: Mapping[str, Figure]
    expected: Compared | None
    due: Forecast | None
    tasks: Tasks | None
    absence: Absence | None
    late: int


@dataclass(frozen=True)
class Gathered:
    """The books, and the same of all accounts in sight together. ``month``: the last that is over; ``until``: how far renewals are
    looked at; ``alike``: whether the fair comparison can tell anybody apart (None: there is none).
    """

    by: str
    month: date
    today: date
    until: date
    as_of: datetime
    books: tuple[Book, ...]
    whole: Mapping[str, Figure]
    alike: bool | None
    notes: tuple[str, ...] = field(default=())


def gathered(user: User, answers: Answers, by: str, now: datetime) -> Gathered:
    """What ``user`` may know of the books ``by`` owner or team, at a moment."""
    sight = answers.sight
    here = local_date(now)
    month, until = add_months(here.replace(day=1), -1), here + timedelta(days=AHEAD)
    at = f"{month:%Y-%m}"
    figures: dict[str, dict[str, Figure]] = {}
    whole: dict[str, Figure] = {}
    for slug, more in ASKED.items():
        for each in answers.ask(slug, by=(by,), start=at, end=at, **more):
            if each.slice[by]:
                figures.setdefault(each.slice[by], {})[slug] = each
        for each in answers.ask(slug, start=at, end=at, **more):
            whole[slug] = each
    rated = answers.rated(by)
    # Whoever shares an account with one's own line is not of it.
    mine = sight.scope.owners
    groups = {group.name: group for group in rated.groups if group.name and (mine is None or group.name in mine)}
    due = answers.renewal_forecast(start=here.isoformat(), end=until.isoformat(), by=by)
    ahead = {one.name: one for one in due.groups if one.name}
    past = (here - timedelta(days=BACK)).isoformat()
    overdue = answers.renewal_forecast(start=past, end=here.isoformat(), by=by, where=[("state", "equals", "late")])
    late = {one.name: one.due.count for one in overdue.groups if one.name}
    compared = sight.compared(EXPECTED, by=by)
    fair = compared.found if compared else None
    expected = {one.id: one for one in fair.groups} if fair else {}
    people = _people(user, sight, groups) if by == "owner" else {}
    absences = {one.csm_id: one for one in reversed(sight.away())} if by == "owner" else {}
    books = tuple(
        Book(
            name, groups.get(name), figures.get(name, {}), expected.get(name), ahead.get(name),
            people.get(name), absences.get(name), late.get(name, 0),
        )
        for name in groups
    )  # fmt: skip
    return Gathered(by, month, here, until, rated.as_of, books, whole, fair.alike if fair else None, rated.notes)


def rows_of(each: Figure, only: tuple[tuple[str, str], ...]) -> str:
    """The address of the rows of one of ``ASKED``; ``only``: of whom, where the figure itself is of all."""
    more = ASKED[each.metric]
    asked = {name: value for name, value in more.items() if name == "window"} | (
        {"asked": "csm"} if "variant" in more else {}
    )
    return figure.rows_of(each, asked, only if not each.slice else ())


def renewals_of(of: Gathered, name: str, *, late: bool) -> str:
    """Where the renewals of a book are listed that come up, or that are past their day and not decided."""
    first, last = (of.today - timedelta(days=BACK), of.today) if late else (of.today, of.until)
    asked = {"from": first.isoformat(), "to": last.isoformat(), "state": "late" if late else "all", of.by: name}
    return f"{reverse('renewals')}?{urlencode(asked)}"


def _people(user: User, sight: Sight, owners: Collection[str]) -> dict[str, Tasks]:
    """The tasks of the owners who can log in, as far as they are in sight."""
    seen = sight.scope.owners
    today = local_today()
    wanted = [name for name in owners if seen is None or name in seen]
    known = User.objects.filter(csm_id__in=wanted, is_active=True).values_list("csm_id", "pk")
    led = set() if user.roles.isdisjoint(TELL) else set(whose.team(user).values_list("pk", flat=True))
    found = {name: Tasks(link=f"{reverse('tasks')}?view=team&owner={pk}" if pk in led else "") for name, pk in known}
    counted = (
        whose.visible(user, sight, Task.objects.filter(owner__csm_id__in=wanted, status=Status.OPEN))
        .order_by()
        .values("owner__csm_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due__lt=today)))
    )
    for one in counted:
        name = one["owner__csm_id"]
        found[name] = replace(found[name], open=one["open"], late=one["late"])
    return found
