"""Who sees what of whom: somebody her own, who leads her line that of her people, nobody else, whatever the role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404

from tenure.web.access import leads
from tenure.web.access import seen as seen_levels
from tenure.web.access.lines import direct_now, manager_now
from tenure.web.access.sight import book_of
from tenure.web.growing.models import Praise, PulseRound, SkillSeen

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User


def of(user: User) -> set[str]:
    """The ids of those whose courses and skills somebody sees: her own, and of her line. Raises as ``leads.below`` does."""
    return (leads.below(user) | {user.csm_id}) - {""}


def sight(user: User) -> Sight:
    """The workspace as far as these people's courses and accounts reach. Raises as ``leads.below`` does."""
    return book_of(user, leads.OPENS, of(user))


def person(user: User, csm_id: str) -> str:
    """The id of one of those. Raises ``Http404`` for another."""
    if csm_id not in of(user):
        raise Http404
    return csm_id


def led(user: User, csm_id: str) -> str:
    """The id of one of the line. Raises ``Http404`` for another."""
    if csm_id not in leads.below(user):
        raise Http404
    return csm_id


def seen(user: User, csm_id: str) -> QuerySet[SkillSeen]:
    """What was said of somebody's skills, the latest first: of what only one side has said yet, one's own side alone (decision 0067)."""
    found = SkillSeen.objects.filter(csm_id=person(user, csm_id))
    both = {
        skill for skill in found.filter(by_self=True).values_list("skill", flat=True).distinct()
        if found.filter(by_self=False, skill=skill).exists()
    }  # fmt: skip
    own = Q(by_self=csm_id == user.csm_id)
    return found.filter(own | Q(skill__in=both)).select_related("by").order_by("-at", "-pk")


@seen_levels.tells
def led_levels(user: User) -> dict[str, dict[str, int]]:
    """By skill and id the level at which who leads sees somebody last, as far as a reader may read it: as of ``seen``."""
    rows = SkillSeen.objects.filter(csm_id__in=of(user)).order_by("at", "pk")
    said = list(rows.values_list("csm_id", "skill", "by_self", "level"))
    own = {(csm_id, skill) for csm_id, skill, by_self, _level in said if by_self}
    found: dict[str, dict[str, int]] = {}
    for csm_id, skill, by_self, level in said:
        if not by_self and (csm_id != user.csm_id or (csm_id, skill) in own):
            found.setdefault(skill, {})[csm_id] = level
    return found


def praises(user: User) -> QuerySet[Praise]:
    """What somebody gave and got, what those of her line got, and what her team did; the latest first."""
    above = manager_now(user.csm_id) if user.csm_id else ""
    ids = of(user) | (direct_now(above) if above else set())
    mine = Q(by=user) | Q(to=user) | Q(to__csm_id__in=ids - {""})
    return Praise.objects.filter(mine).select_related("by", "to").order_by("-at", "-pk")


def rounds(user: User) -> QuerySet[PulseRound]:
    """The rounds of the pulse that somebody asked for, was asked in, or that of those of her line; the latest first."""
    mine = Q(leader=user) | Q(seats__user=user) | Q(leader__csm_id__in=leads.below(user) - {""})
    found = PulseRound.objects.filter(mine).distinct().select_related("leader", "box")
    return found.order_by("-opened_on", "-pk")


def round_of(user: User, round_id: int) -> PulseRound:
    """One of those. Raises ``Http404`` for another."""
    found = rounds(user).filter(pk=round_id).first()
    if found is None:
        raise Http404
    return found


def asked_in(user: User, round_id: int) -> PulseRound | None:
    """A round in which somebody is asked; None for another."""
    return PulseRound.objects.filter(pk=round_id, seats__user=user).select_related("leader").first()
