"""Skills: at which described level the two sides see somebody, what that rests on, and what is needed. Levels are words: nothing is
added up, averaged or ordered by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.errors import UsageError
from tenure.web.growing import whose
from tenure.web.growing.models import SkillSeen
from tenure.web.kit import sides
from tenure.web.kit.scores import Tone

if TYPE_CHECKING:
    from collections.abc import Collection

    from tenure.engine.growing_rules import GrowingRules
    from tenure.engine.review_rules import Skill
    from tenure.web.access.models import User


@dataclass(frozen=True)
class Side:
    """How one side sees it. ``state``: why nothing is shown; ``against``: what lies between this level and the one that is needed."""

    name: str
    state: str = ""
    place: str = ""
    words: str = ""
    text: str = ""
    by: str = ""
    at: datetime | None = None
    against: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Said:
    """What was said of a skill at a time."""

    at: datetime
    by: str
    place: str
    text: str


@dataclass(frozen=True)
class OfSkill:
    """A skill of somebody, both sides side by side. ``needed``: the level that is asked for, in words."""

    slug: str
    name: str
    about: str
    needed: str
    words: str
    herself: Side
    leader: Side
    between: str
    apart: bool
    history: tuple[Said, ...]


def say(by: User, csm_id: str, skill: Skill, level: int, text: str, *, version: str, key: str) -> SkillSeen:
    """Say at which level one sees somebody of one's line, or oneself; of a form that was sent before, what is there. Raises ``Http404``
    for another, ``UsageError`` for a level that there is not, without what it rests on, and of a form that said something else before.
    """
    whose.person(by, csm_id)
    if not 1 <= level <= len(skill.levels):
        raise UsageError(_("There is no such level."), code="bad_level", fix=_("Choose one of those described."))
    if not text.strip():
        raise UsageError(_("It is not said what that rests on."), code="no_text", fix=_("Give an example."))
    given = {
        "csm_id": csm_id, "by_self": csm_id == by.csm_id, "skill": skill.slug, "level": level, "of": len(skill.levels),
        "words": skill.levels[level - 1], "version": version, "text": text.strip(),
    }  # fmt: skip
    said, is_new = SkillSeen.objects.get_or_create(by=by, key=key, defaults=given)
    if not is_new and (said.csm_id, said.skill, said.level, said.text) != (csm_id, skill.slug, level, text.strip()):
        raise UsageError(_("This form was sent before, and said something else."), code="message_reused")
    return said


def of(
    user: User, csm_id: str, name: str, rules: GrowingRules, role: str, segments: Collection[str]
) -> tuple[OfSkill, ...]:
    """The skills of somebody as ``user`` may see them."""
    found = list(whose.seen(user, csm_id))
    hidden = _sides_said(csm_id)
    made = []
    for skill in rules.skills:
        mine = [one for one in found if one.skill == skill.slug]
        needed = rules.needed(skill.slug, role, segments)
        last = {side: next((one for one in mine if one.by_self is side), None) for side in (True, False)}
        herself, leader = (
            _side(last[side], who, needed, is_hidden=(skill.slug, side) in hidden)
            for side, who in ((True, name), (False, _("Who leads")))
        )
        made.append(OfSkill(
            skill.slug, skill.name, skill.about, _place(needed, len(skill.levels)) if needed else "",
            skill.levels[needed - 1] if needed else "", herself, leader,
            *sides.between(*(one.level if one else None for one in (last[True], last[False]))),
            tuple(Said(one.at, one.by.name, _place(one.level, one.of), one.text) for one in mine),
        ))  # fmt: skip
    return tuple(made)


def below(user: User, csm_id: str, rules: GrowingRules, role: str, segments: Collection[str]) -> tuple[str, ...]:
    """The names of the skills in which somebody is below what is needed, as who leads sees it last and ``user`` may see."""
    last: dict[str, SkillSeen] = {}
    for one in whose.seen(user, csm_id).filter(by_self=False):
        last.setdefault(one.skill, one)
    needs = ((skill, rules.needed(skill.slug, role, segments)) for skill in rules.skills)
    return tuple(
        skill.name for skill, level in needs if level and skill.slug in last and last[skill.slug].level < level
    )


def _sides_said(csm_id: str) -> set[tuple[str, bool]]:
    return set(SkillSeen.objects.filter(csm_id=csm_id).values_list("skill", "by_self"))


def _side(one: SkillSeen | None, name: str, needed: int | None, *, is_hidden: bool) -> Side:
    if one is None:
        return Side(name, _("said, and shown once both have") if is_hidden else _("nothing said yet"))
    against, tone = _against(one.level, needed)
    return Side(name, "", _place(one.level, one.of), one.words, one.text, one.by.name, one.at, against, tone)


def _place(level: int, of: int) -> str:
    return _("level %(place)s of %(all)s") % {"place": level, "all": of}


def _against(level: int, needed: int | None) -> tuple[str, Tone]:
    if needed is None:
        return "", ""
    if level >= needed:
        return (_("as is needed") if level == needed else _("more than is needed")), "good"
    short = needed - level
    text = ngettext("%(count)s level below what is needed", "%(count)s levels below what is needed", short)
    return text % {"count": short}, "warn"
