"""Judgements: at which levels the two saw the person at the last evaluation. Levels are words; nothing is added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.engine.review_rules import read
from tenure.web.evaluation import whose
from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.models import Kind, Review
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine.review_rules import Skill
    from tenure.web.evaluation.agenda import About
    from tenure.web.evaluation.models import Judged

RANK, KINDS = 70, frozenset({Kind.ONE_TO_ONE, Kind.EVALUATION})


def section(about: About) -> Section | None:
    """The last evaluation of the same two that was signed, as its reader may see it."""
    review = about.review
    last = (
        Review.objects.filter(
            kind=Kind.EVALUATION, leader=review.leader_id, subject=review.subject_id, signed_at__isnull=False
        )
        .exclude(pk=review.pk)
        .order_by("-day", "-pk")
        .select_related("rules")
        .first()
    )
    if last is None:
        return None
    said = {(one.by_id, one.skill): one for one in whose.judged(about.reader, last).filter(shared_at__isnull=False)}
    rows = [
        (
            Cell(skill.name, link=reverse("one_review", args=[last.pk])),
            Cell(_level(said.get((last.subject_id or 0, skill.slug)), skill)),
            Cell(_level(said.get((last.leader_id, skill.slug)), skill)),
        )
        for skill in read(last.rules.text).skills
    ]
    return Section(
        _("Judgements at the evaluation of %(day)s") % {"day": formats.day(last.day)},
        (_("Skill"), _("The person"), _("Who leads")),
        tuple(rows) if said else (),
        _("Nothing was judged then."),
        _("Levels are descriptions, not grades: they are not added up or averaged."),
    )


def _level(one: Judged | None, skill: Skill) -> str:
    """The level in words, behind its place; nothing where nothing was said."""
    if one is None or not 1 <= one.level <= len(skill.levels):
        return "–"
    return _("%(place)s of %(all)s: %(words)s") % {
        "place": one.level, "all": len(skill.levels), "words": skill.levels[one.level - 1],
    }  # fmt: skip
