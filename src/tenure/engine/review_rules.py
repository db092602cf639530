"""What people are judged by in reviews, and how reviews go: a file of the workspace, or the one that comes with Tenure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from tenure.core.toml_reader import ListReader
from tenure.core.toml_text import parsed

#: How a workspace's own rules are called, in its folder.
OWN = "reviews.toml"
KINDS = ("one_to_one", "team", "evaluation")
_FEWEST, _MOST = 4, 5
#: The keys of a skill, and of a review.
_SKILL, _REVIEW = ("slug", "name", "about", "levels"), ("name", "kind", "every", "judged", "topic")
#: Characters of the hash that names a version.
_HASH = 12


@dataclass(frozen=True)
class Skill:
    """What is judged. ``levels``: described in words, the first one first; there is no number to them but their place."""

    slug: str
    name: str
    about: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class ReviewTemplate:
    """How a review of a ``kind`` goes. ``every``: days from one to the next; ``judged``: skills are judged in it; ``topics``: what it
    goes through.
    """

    name: str
    kind: str
    every: int
    judged: bool
    topics: tuple[str, ...]


@dataclass(frozen=True)
class ReviewRules:
    """The rules of a text. ``version``: the hash of the text, so that one which was judged by can be told from another."""

    version: str
    text: str
    skills: tuple[Skill, ...]
    templates: tuple[ReviewTemplate, ...]

    def template(self, kind: str) -> ReviewTemplate | None:
        """The first template of a kind."""
        return next((one for one in self.templates if one.kind == kind), None)


def rules(home: Path) -> ReviewRules:
    """The rules in force. Raises ``UsageError`` for a file that is wrong."""
    own = home / OWN
    if own.is_file():
        return read(own.read_bytes().decode("utf-8-sig", "replace"))
    return read(resources.files("tenure.engine").joinpath(OWN).read_text(encoding="utf-8"))


def read(text: str) -> ReviewRules:
    """The rules that a text holds. Raises ``UsageError`` with what is wrong in it."""
    document, said = parsed(text, OWN, "bad_reviews"), ListReader(OWN, "bad_reviews")
    said.known(document, ("skill", "review"))
    skills = skills_of(document, said)
    templates = tuple(_template(one, said) for one in said.entries(document, "review", _REVIEW))
    for what, names in (("skills", [one.slug for one in skills]), ("reviews", [one.name for one in templates])):
        if len(set(names)) < len(names):
            raise said.wrong(f"Two {what} have the same name.", "Give each a name of its own.")
    if not skills and any(one.judged for one in templates):
        raise said.wrong("Skills are to be judged, and there are none.", "Add a [[skill]] with its levels.")
    for kind in KINDS:
        if not any(one.kind == kind for one in templates):
            raise said.wrong(f"There is no review of the kind {kind}.", f'Add a [[review]] with kind = "{kind}".')
    version = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH]
    return ReviewRules(version, text, skills, templates)


def skills_of(document: dict[str, Any], said: ListReader) -> tuple[Skill, ...]:
    """The skills of a file, each with its described levels. Raises ``UsageError`` for one that is wrong."""
    return tuple(_skill(one, said) for one in said.entries(document, "skill", _SKILL))


def _skill(given: dict[str, Any], said: ListReader) -> Skill:
    name, levels = said.text(given, "name"), said.texts(given, "levels")
    if not _FEWEST <= len(levels) <= _MOST:
        fix = f"Describe {_FEWEST} or {_MOST} levels, the first one first."
        raise said.wrong(f"The skill {name!r} has {len(levels)} levels.", fix)
    slug = said.text(given, "slug")
    if not slug.isidentifier():
        raise said.wrong(f"The skill {name!r} has the slug {slug!r}.", "Write it in small letters and underscores.")
    return Skill(slug, name, said.text(given, "about", needed=False), levels)


def _template(given: dict[str, Any], said: ListReader) -> ReviewTemplate:
    name, kind, every = said.text(given, "name"), given.get("kind"), given.get("every")
    if kind not in KINDS:
        raise said.wrong(f"The review {name!r} is of the kind {kind!r}.", f"Kinds are: {', '.join(KINDS)}.")
    if isinstance(every, bool) or not isinstance(every, int) or not 1 <= every <= 1_000:
        raise said.wrong(f"every is {every!r}.", "It is a number of days, as every = 14.")
    judged = given.get("judged", False)
    if not isinstance(judged, bool):
        raise said.wrong(f"judged is {judged!r}.", "It is true or false.")
    if judged and kind == "team":
        raise said.wrong("Nobody is judged in front of the team.", "Take judged out of reviews of the kind team.")
    return ReviewTemplate(name, kind, every, judged, said.texts(given, "topic"))
