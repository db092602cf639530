"""What a review is prepared with: what changed since the last one, gathered by the modules of ``sections``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from tenure.core.registry import discover
from tenure.web.access import leads
from tenure.web.access.sight import book_of
from tenure.web.kit.asking import Answers
from tenure.web.kit.reading import local_today

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.review_rules import ReviewRules
    from tenure.web.access.models import User
    from tenure.web.evaluation.models import Review
    from tenure.web.kit.scores import Tone


@dataclass(frozen=True)
class Cell:
    """A cell: what it says, with ``more`` in small letters below. ``link``: an address within Tenure."""

    text: str
    more: str = ""
    link: str = ""
    tone: Tone = ""
    numeric: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the agenda, as texts. ``nothing``: what is said where there are no ``rows``; ``explained``: what has to be known to read it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    nothing: str
    explained: str = ""

    @property
    def headings(self) -> tuple[tuple[str, bool], ...]:
        """The columns' names, each with whether it is one of numbers."""
        first = self.rows[0] if self.rows else ()
        return tuple((name, cell.numeric) for name, cell in zip(self.columns, first, strict=False))


@dataclass(frozen=True)
class About:
    """What an agenda is about. ``person``: whose results they are, or who leads the team; ``owners``: the ids of the books that it is of:
    hers, and those of her line. ``since``: the day from which on it looks.
    """

    sight: Sight
    answers: Answers
    reader: User
    review: Review
    rules: ReviewRules
    person: User
    owners: tuple[str, ...]
    since: date
    today: date


class Maker(Protocol):
    """A module of ``sections``."""

    RANK: int
    KINDS: frozenset[str]

    def section(self, about: About) -> Section | None:
        """What there is to say."""


@cache
def makers() -> tuple[Maker, ...]:
    """The sections that there are, in their order."""
    found = [cast("Maker", module) for module in discover("tenure.web.evaluation.sections").values()]
    return tuple(sorted(found, key=lambda one: one.RANK))


def about(reader: User, review: Review, rules: ReviewRules) -> About:
    """What the agenda of a review is about, as far as its reader sees. Raises ``UnavailableError`` where the reporting lines cannot be
    had.
    """
    person = review.subject or review.leader
    owners = tuple(sorted(leads.below(person) | ({person.csm_id} - {""})))
    sight = book_of(reader, leads.OPENS, owners)
    now = local_today()
    template = rules.template(review.kind)
    since = review.since or review.day - timedelta(days=template.every if template else 0)
    return About(sight, Answers(sight), reader, review, rules, person, owners, min(since, now - timedelta(days=1)), now)


def prepared(of: About) -> tuple[Section, ...]:
    """The agenda as it is now."""
    found = (each.section(of) for each in makers() if of.review.kind in each.KINDS)
    return tuple(one for one in found if one is not None)


def as_kept(sections: Iterable[Section]) -> list[Any]:
    """An agenda as it is kept with a review: as JSON has it."""
    return [asdict(one) for one in sections]


def kept(review: Review) -> tuple[Section, ...]:
    """The agenda that was kept with a review."""
    return tuple(
        Section(**{**one, "columns": tuple(one["columns"]), "rows": tuple(tuple(Cell(**cell) for cell in row) for row in one["rows"])})
        for one in review.agenda
    )  # fmt: skip
