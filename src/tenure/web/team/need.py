"""Who needs help: what can be told from chance, or is a plain fact, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.kit import formats
from tenure.web.kit.reading import local_date
from tenure.web.team.gathered import renewals_of, rows_of

if TYPE_CHECKING:
    from tenure.web.team.gathered import Book, Gathered

#: So many times the median of customers a head is a book of its own size.
_MANY = 1.5


@dataclass(frozen=True)
class Need:
    """A sign that somebody may need help, and where one sees more of it."""

    words: str
    link: str = ""


def needs(book: Book, of: Gathered) -> tuple[Need, ...]:
    """The signs of one book, what weighs most first."""
    return tuple(_signs(book, of))


def _signs(book: Book, of: Gathered) -> Iterator[Need]:
    if book.absence is not None and not book.absence.cover_csm_id and local_date(book.absence.begins) <= of.today:
        yield Need(_("away, and nobody stands in"), reverse("coverage"))
    if book.expected is not None and book.expected.remark.startswith("worse"):
        yield Need(_("loses more than was to be expected"), f"{reverse('fair_comparison')}?{urlencode({'by': of.by})}")
    coverage, whole = book.figures.get("touchpoint_coverage"), of.whole.get("touchpoint_coverage")
    if coverage and whole and coverage.high is not None and whole.value is not None and coverage.high < whole.value:
        yield Need(_("fewer accounts in touch than all have"), rows_of(coverage, ()))
    answer, usual = book.figures.get("response_time"), of.whole.get("response_time")
    if answer and usual and answer.low is not None and usual.value is not None and answer.low > usual.value:
        yield Need(_("answers later than all do"), rows_of(answer, ()))
    if book.group and (median := _median(of)) and book.group.accounts > _MANY * median:
        text = _("%(count)s customers, where half of all have at most %(median)s")
        link = reverse("workload_of", args=[book.id]) if of.by == "owner" else reverse("workload")
        yield Need(text % {"count": formats.number(book.group.accounts), "median": formats.number(median)}, link)
    if book.tasks and book.tasks.late:
        text = ngettext("%(count)s task is late", "%(count)s tasks are late", book.tasks.late)
        yield Need(
            text % {"count": formats.number(book.tasks.late)}, f"{book.tasks.link}&status=late" if book.tasks.link else ""
        )  # fmt: skip
    if book.late:
        text = ngettext("%(count)s renewal is past its day", "%(count)s renewals are past their day", book.late)
        yield Need(text % {"count": formats.number(book.late)}, renewals_of(of, book.id, late=True))


def _median(of: Gathered) -> int:
    sizes = sorted(book.group.accounts for book in of.books if book.group)
    return sizes[(len(sizes) - 1) // 2] if len(sizes) > 2 else 0
