"""When the next review of a pair, or of a team, is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tenure.web.access import leads
from tenure.web.evaluation.models import Kind, Review, Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tenure.engine.review_rules import ReviewRules
    from tenure.web.access.models import User


@dataclass(frozen=True)
class Due:
    """A review of a kind. ``last``: that was held; ``planned``: the one that is planned; ``due``: when the next one is, in days of the
    organisation's zone; ``late``: that day is over, or the planned one's.
    """

    kind: str
    name: str
    every: int
    last: Review | None
    planned: Review | None
    due: date
    late: bool


def due(rules: ReviewRules, leader: User, subject: User | None, kind: Kind, today: date) -> Due:
    """Where a pair (``subject`` None: the team) stands. The first one is due as far from the day on which the two (or the first of the team)
    began as one is from the next.
    """
    template = rules.template(kind)
    assert template is not None, "the rules have a review of each kind"
    mine = Review.objects.filter(leader=leader, subject=subject, kind=kind).select_related("subject")
    last = mine.filter(held_at__isnull=False).order_by("-day", "-pk").first()
    planned = mine.filter(held_at=None).order_by("day", "pk").first()
    every = every_of(leader, subject, kind) or template.every
    next_ = planned.day if planned else (last.day if last else _began(leader, subject, today)) + timedelta(days=every)
    return Due(kind, template.name, every, last, planned, next_, next_ < today)


def _began(leader: User, subject: User | None, today: date) -> date:
    """Since when there is a pair, or a team."""
    people = [subject] if subject else leads.team(leader)
    return min((leads.since(leader, one) for one in people), default=today)


def kinds_of(subject: User | None) -> tuple[Kind, ...]:
    """The kinds of reviews that are held with somebody, or with the team."""
    return (Kind.ONE_TO_ONE, Kind.EVALUATION) if subject else (Kind.TEAM,)


def late(rules: ReviewRules, leader: User, people: Sequence[User], today: date) -> Iterator[tuple[User | None, Due]]:
    """The reviews with some people, and with all of them as a team, whose day is over."""
    for subject in (*people, None):
        for kind in kinds_of(subject):
            found = due(rules, leader, subject, kind, today)
            if found.late:
                yield subject, found


def every_of(leader: User, subject: User | None, kind: str) -> int | None:
    """The days of a pair's own, where it has them."""
    found = Rhythm.objects.filter(leader=leader, subject=subject, kind=kind).first()
    return found.every if found else None


def keep(leader: User, subject: User | None, kind: str, every: int | None) -> None:
    """Have reviews of a kind so many days apart; None: as the template has it."""
    if every is None:
        Rhythm.objects.filter(leader=leader, subject=subject, kind=kind).delete()
    else:
        Rhythm.objects.update_or_create(leader=leader, subject=subject, kind=kind, defaults={"every": every})
