"""Against what was to be expected: the fair comparison, of this person alone, with its limits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.access.roles import LEAD
from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.models import Kind
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine.verbs.fairness import Compared, Comparison
    from tenure.web.evaluation.agenda import About
    from tenure.web.kit.scores import Tone

RANK, KINDS = 20, frozenset({Kind.EVALUATION})
#: Fewer expected events say little of one person.
_FEW = 5


def section(about: About) -> Section:
    """A row for each outcome of which somebody's accounts have any to be expected."""
    rows = []
    for metric in about.sight.comparable():
        kept = about.sight.compared(metric)
        found = kept.found if kept else None
        mine = next((one for one in found.groups if one.id == about.person.csm_id), None) if found else None
        if found is not None and mine is not None:
            rows.append(_row(mine, found, about))
    return Section(
        _("Against what was to be expected"),
        (_("Outcome"), _("Came"), _("Expected"), _("Ratio that is believed, and where it may lie"), _("What it tells")),
        tuple(rows),
        _("Nothing is compared yet: that is done each night, and needs accounts that were handed over."),
        _("Expected is what comes of such accounts in the whole company, from what was known when they were handed over. How hard"
          " they were to keep is adjusted for as far as that was known; what was not known then is not."),
    )  # fmt: skip


def _row(mine: Compared, of: Comparison, about: About) -> tuple[Cell, ...]:
    amount = partial(formats.money, currency=about.answers.settings.currency) if of.unit == "money" else formats.number
    ends = " – ".join("…" if end is None else formats.number(end, 2) for end in (mine.low, mine.high))
    few = _("rests on %(count)s expected events only") % {"count": formats.number(mine.events, 1)}
    leads = not about.reader.roles.isdisjoint(LEAD)
    period = f"{formats.day(of.period_start)} – {formats.day(of.period_end)}"
    link = f"{reverse('fair_comparison')}?metric={of.metric}" if leads else ""
    return (
        Cell(titled(of.metric), period, link),
        Cell(amount(mine.observed), of.what, numeric=True),
        Cell(amount(mine.expected), few if mine.events < _FEW else "", numeric=True),
        Cell(formats.number(mine.shrunk, 2), ends, numeric=True),
        Cell(_remark(mine), tone=_tone(mine)),
    )


def _remark(mine: Compared) -> str:
    if mine.remark.startswith("better"):
        return _("better than expected, more than chance makes of it")
    if mine.remark.startswith("worse"):
        return _("worse than expected, more than chance makes of it")
    return _("cannot be told from what was expected")


def _tone(mine: Compared) -> Tone:
    return "good" if mine.remark.startswith("better") else "bad" if mine.remark.startswith("worse") else ""
