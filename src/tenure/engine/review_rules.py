"""What people are judged by in reviews, and how reviews go: a file of the workspace, or the one that comes with Tenure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from tenure.core.errors import UsageError
from tenure.core.toml_text import parsed

#: How a workspace's own rules are called, in its folder.
OWN = "reviews.toml"
KINDS = ("one_to_one", "team", "evaluation")
_FEWEST, _MOST = 4, 5
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
        return read(own.read_bytes().decode("utf-8-sig", "replace"), OWN)
    return read(resources.files("tenure.engine").joinpath(OWN).read_text(encoding="utf-8"), OWN)


def read(text: str, place: str) -> ReviewRules:
    """The rules that a text holds. Raises ``UsageError`` with what is wrong in ``place``."""
    document = parsed(text, place, "bad_reviews")
    skills = tuple(_skill(one, place) for one in _tables(document, "skill", place))
    templates = tuple(_template(one, place) for one in _tables(document, "review", place))
    for what, names in (("skills", [one.slug for one in skills]), ("reviews", [one.name for one in templates])):
        if len(set(names)) < len(names):
            raise _wrong(place, f"Two {what} have the same name.", "Give each a name of its own.")
    if not skills and any(one.judged for one in templates):
        raise _wrong(place, "Skills are to be judged, and there are none.", "Add a [[skill]] with its levels.")
    for kind in KINDS:
        if not any(one.kind == kind for one in templates):
            raise _wrong(place, f"There is no review of the kind {kind}.", f'Add a [[review]] with kind = "{kind}".')
    version = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH]
    return ReviewRules(version, text, skills, templates)


def _skill(given: dict[str, Any], place: str) -> Skill:
    name, levels = _text(given, "name", place), _texts(given, "levels", place)
    if not _FEWEST <= len(levels) <= _MOST:
        fix = f"Describe {_FEWEST} or {_MOST} levels, the first one first."
        raise _wrong(place, f"The skill {name!r} has {len(levels)} levels.", fix)
    slug = _text(given, "slug", place)
    if not slug.isidentifier():
        raise _wrong(place, f"The skill {name!r} has the slug {slug!r}.", "Write it in small letters and underscores.")
    return Skill(slug, name, _text(given, "about", place, needed=False), levels)


def _template(given: dict[str, Any], place: str) -> ReviewTemplate:
    name, kind, every = _text(given, "name", place), given.get("kind"), given.get("every")
    if kind not in KINDS:
        raise _wrong(place, f"The review {name!r} is of the kind {kind!r}.", f"Kinds are: {', '.join(KINDS)}.")
    if isinstance(every, bool) or not isinstance(every, int) or not 1 <= every <= 1_000:
        raise _wrong(place, f"every is {every!r}.", "It is a number of days, as every = 14.")
    judged = given.get("judged", False)
    if not isinstance(judged, bool):
        raise _wrong(place, f"judged is {judged!r}.", "It is true or false.")
    if judged and kind == "team":
        raise _wrong(place, "Nobody is judged in front of the team.", "Take judged out of reviews of the kind team.")
    return ReviewTemplate(name, kind, every, judged, _texts(given, "topic", place))


def _text(given: dict[str, Any], name: str, place: str, *, needed: bool = True) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        raise _wrong(place, f"{name} is missing, or no text.", f'Write it as {name} = "...".')
    return value.strip()


def _texts(given: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
        raise _wrong(place, f"{name} is no list of texts.", f'Write it as {name} = ["...", "..."].')
    return tuple(one.strip() for one in found)


def _tables(given: dict[str, Any], name: str, place: str) -> list[dict[str, Any]]:
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _wrong(place, f"{name} is no list of tables.", f"Begin each with [[{name}]].")
    return found


def _wrong(place: str, message: str, fix: str) -> UsageError:
    return UsageError(message, code="bad_reviews", where=place, fix=fix)
