"""Who may annotate figures, and the annotations as one reader sees them."""

from __future__ import annotations

from django.urls import reverse

from tenure.web.access import log
from tenure.web.access.models import User
from tenure.web.access.roles import OPERATE, Role
from tenure.web.kit.annotations import Annotation, Marks, written
from tenure.web.kit.asking import Answers

#: Who writes them: they stand on everybody's charts, so whoever does must see all that they speak of.
ANNOTATES = frozenset({Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE, Role.FINANCE})


def author_of(user: User) -> str:
    """A log-in as annotations name it: by its id, so that they hold nothing personal."""
    return log.sender(user.pk)


def may_annotate(user: User) -> bool:
    """Whether somebody may write one."""
    return not ANNOTATES.isdisjoint(user.roles)


def may_change(user: User, each: Annotation) -> bool:
    """Whether somebody may change or remove this one: its author, or who tidies up."""
    return may_annotate(user) and (each.by == author_of(user) or not OPERATE.isdisjoint(user.roles))


def marks(answers: Answers, user: User) -> Marks:
    """The annotations, with their authors' names and where this reader may change them."""
    found = written(answers)
    return Marks(
        found, names(found), lambda each: reverse("annotation", args=[each.id]) if may_change(user, each) else ""
    )


def names(found: tuple[Annotation, ...]) -> dict[str, str]:
    """The names of the authors that are log-ins."""
    return log.names_of(each.by for each in found)
