"""Whom a review makes a notice for. A notice says that there is something to read, and never what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.kit import formats
from tenure.web.post import notices

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.evaluation.models import Review
    from tenure.web.evaluation.rhythm import Due

REVIEWS = notices.declare(
    "reviews",
    gettext_lazy("Reviews"),
    gettext_lazy(
        "A review is planned with you, somebody wrote to it, answered or signed it, or one that you hold is late."
    ),
)


def planned(review: Review, to: list[User]) -> None:
    """Tell those who take part that a review is planned."""
    text = _("%(name)s planned with you: %(review)s on %(day)s")
    given = {"name": review.leader.name, "review": review.name, "day": formats.day(review.day)}
    _tell(review, review.leader, to, text % given, "planned")


def held(review: Review, to: list[User]) -> None:
    """Tell those who take part that it was held, and is to be read and signed."""
    text = _("%(review)s with %(name)s is ready to be read and signed")
    _tell(review, review.leader, to, text % {"name": review.leader.name, "review": review.name}, "held")


def judged(review: Review, by: User, to: list[User]) -> None:
    """Tell the other one that a judgement was shared."""
    text = _("%(name)s shared a judgement: %(review)s")
    _tell(review, by, to, text % {"name": by.name, "review": review.name}, f"judged:{by.pk}")


def answered(review: Review, by: User, to: list[User], number: int) -> None:
    """Tell the other one that she answered or added something."""
    text = _("%(name)s wrote to %(review)s of %(day)s")
    given = {"name": by.name, "review": review.name, "day": formats.day(review.day)}
    _tell(review, by, to, text % given, f"answered:{number}")


def signed(review: Review, by: User, to: list[User], number: int) -> None:
    """Tell the other one that somebody signed."""
    text = _("%(name)s signed %(review)s of %(day)s")
    given = {"name": by.name, "review": review.name, "day": formats.day(review.day)}
    _tell(review, by, to, text % given, f"signed:{number}")


def late(leader: User, subject: User | None, due: Due) -> None:
    """Tell who leads that a review is late, once for each day that it was due on."""
    given = {"review": due.name, "day": formats.day(due.due), "name": subject.name if subject else _("the team")}
    url = reverse("one_review", args=[due.planned.pk]) if due.planned else reverse("team_reviews")
    whom = subject.pk if subject else "team"
    text = _("Late: %(review)s with %(name)s was due on %(day)s") % given
    notices.tell(leader, text, url, REVIEWS, f"review-late:{due.kind}:{whom}:{due.due}")


def _tell(review: Review, by: User, to: list[User], text: str, what: str) -> None:
    """Tell the others, once for each thing that there is."""
    url = reverse("one_review", args=[review.pk])
    for one in to:
        if one.pk != by.pk:
            notices.tell(one, text, url, REVIEWS, f"review:{review.pk}:{what}")
