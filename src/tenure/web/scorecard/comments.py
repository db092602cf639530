"""Comments on scorecards: by the person herself, on that of a team by those who lead it. They are added, and stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tenure.core.chain import Note
from tenure.web.access import log
from tenure.web.access.events import Kind
from tenure.web.scorecard.models import Comment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenure.engine.verbs.scorecard import Scorecard
    from tenure.web.scorecard.chosen import Chosen


def of(chosen: Chosen, card: Scorecard) -> QuerySet[Comment]:
    """What was said about this scorecard, in order."""
    found = Comment.objects.filter(csm_id=chosen.person, team=chosen.team, start=card.start, end=card.end)
    return found.select_related("by").order_by("at", "pk")


def may(chosen: Chosen) -> bool:
    """Whether the reader comments on it."""
    return chosen.own or bool(chosen.team)


def add(chosen: Chosen, card: Scorecard, text: str, key: str) -> Comment:
    """Say something about it; of a form that was sent before, what is there."""
    with transaction.atomic():
        made, is_new = Comment.objects.get_or_create(
            by=chosen.user, key=key,
            defaults={"csm_id": chosen.person, "team": chosen.team, "start": card.start, "end": card.end, "text": text.strip()},
        )  # fmt: skip
        if is_new:
            kind, name = ("team", chosen.team) if chosen.team else ("csm", chosen.person)
            detail = {"start": card.start.isoformat(), "end": card.end.isoformat(), "comment": made.pk}
            log.append(Note(Kind.SCORECARD_ANSWERED.value, kind, name, detail), log.asking())
    return made
