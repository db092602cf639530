"""What our people are to learn, and how well: a file of the workspace, or the one that comes with Tenure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tenure.core.toml_reader import ListReader
from tenure.core.toml_text import parsed
from tenure.engine.review_rules import Skill, skills_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from tenure.portfolio.known import Account

#: How a workspace's own rules are called, in its folder.
OWN = "growing.toml"
_NEED, _STEP, _QUESTION = (
    ("skill", "level", "role", "segment"),
    ("plan", "course", "day", "required"),
    ("slug", "text", "kind", "low", "high"),
)
_LATEST, _LONGEST = 730, 60
#: Whoever looks after customers, as ``csm.role`` says.
_CSM = "csm"
_HASH = 12


@dataclass(frozen=True)
class Need:
    """The ``level`` of a ``skill`` that is needed by whoever has a ``role``, and accounts of a ``segment``; empty: of any."""

    skill: str
    level: int
    role: str
    segment: str


@dataclass(frozen=True)
class Step:
    """A course of a ``plan``, due so many days (``day``) after the first one."""

    plan: str
    course: str
    day: int
    required: bool


@dataclass(frozen=True)
class Question:
    """A question of the team pulse: on a scale of 1 (``low``) to 5 (``high``), or in words."""

    slug: str
    text: str
    kind: Literal["scale", "words"]
    low: str
    high: str


@dataclass(frozen=True)
class GrowingRules:
    """The rules of a text. ``pulse_open``: days for which a round of the team pulse is open."""

    version: str
    skills: tuple[Skill, ...]
    needs: tuple[Need, ...]
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
    pulse_open: int

    @property
    def plans(self) -> tuple[str, ...]:
        """The names of the plans, in their order."""
        return tuple(dict.fromkeys(one.plan for one in self.steps))

    def skill(self, slug: str) -> Skill | None:
        """The skill of a name."""
        return next((one for one in self.skills if one.slug == slug), None)

    def needed(self, skill: str, role: str, segments: Collection[str]) -> int | None:
        """The highest level of a skill that somebody's role and accounts ask for; None where nothing does."""
        levels = [
            one.level
            for one in self.needs
            if one.skill == skill and one.role in ("", role) and (not one.segment or one.segment in segments)
        ]
        return max(levels, default=None)

    def asked_by(self, account: Account) -> dict[str, int]:
        """The level of each skill that a customer's success manager needs, by its segment."""
        segments = (account.segment,) if account.segment else ()
        asked = {one.slug: self.needed(one.slug, _CSM, segments) for one in self.skills}
        return {slug: level for slug, level in asked.items() if level is not None}


def rules(home: Path) -> GrowingRules:
    """The rules in force. Raises ``UsageError`` for a file that is wrong."""
    own = home / OWN
    if own.is_file():
        return read(own.read_bytes().decode("utf-8-sig", "replace"), OWN)
    return read(resources.files("tenure.engine").joinpath(OWN).read_text(encoding="utf-8"), OWN)


def read(text: str, place: str) -> GrowingRules:
    """The rules that a text holds. Raises ``UsageError`` with what is wrong in ``place``."""
    document, said = parsed(text, place, "bad_growing"), ListReader(place, "bad_growing")
    said.known(document, ("skill", "need", "step", "question", "pulse_open"))
    skills = skills_of(document, said)
    needs = tuple(_need(one, said, skills) for one in said.entries(document, "need", _NEED))
    steps = tuple(_step(one, said) for one in said.entries(document, "step", _STEP))
    questions = tuple(_question(one, said) for one in said.entries(document, "question", _QUESTION))
    told = ("skills", [one.slug for one in skills]), ("questions", [one.slug for one in questions])
    for what, names in (*told, ("steps of a plan", [(one.plan, one.course) for one in steps])):
        if len(set(names)) < len(names):
            raise said.wrong(f"Two {what} have the same name.", "Give each a name of its own.")
    version = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH]
    opened = _whole(document, "pulse_open", 1, _LONGEST, said, default=7)
    return GrowingRules(version, skills, needs, steps, questions, opened)


def _need(given: dict[str, Any], said: ListReader, skills: tuple[Skill, ...]) -> Need:
    name = said.text(given, "skill")
    skill = next((one for one in skills if one.slug == name), None)
    if skill is None:
        raise said.wrong(f"There is no skill {name!r}.", f"There are: {', '.join(one.slug for one in skills)}.")
    level = _whole(given, "level", 1, len(skill.levels), said)
    return Need(name, level, said.text(given, "role", needed=False), said.text(given, "segment", needed=False))


def _step(given: dict[str, Any], said: ListReader) -> Step:
    required = given.get("required", True)
    if not isinstance(required, bool):
        raise said.wrong(f"required is {required!r}.", "It is true or false.")
    return Step(said.text(given, "plan"), said.text(given, "course"), _whole(given, "day", 0, _LATEST, said), required)


def _question(given: dict[str, Any], said: ListReader) -> Question:
    slug, kind = said.text(given, "slug"), given.get("kind", "scale")
    if not slug.isidentifier():
        raise said.wrong(f"A question has the slug {slug!r}.", "Write it in small letters and underscores.")
    if kind not in ("scale", "words"):
        raise said.wrong(f"The question {slug!r} is of the kind {kind!r}.", "Kinds are: scale, words.")
    ends = (said.text(given, end, needed=kind == "scale") for end in ("low", "high"))
    return Question(slug, said.text(given, "text"), "words" if kind == "words" else "scale", *ends)


def _whole(
    given: dict[str, Any], name: str, least: int, most: int, said: ListReader, default: int | None = None
) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise said.wrong(f"{name} is {value!r}.", f"It is a whole number from {least} to {most}.")
    return value
