"""The slides that the author writes: the opening, the summary, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.decks.asked import lines_of
from tenure.web.decks.slides import Grid, Slide
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.web.decks.gathered import Gathered


def opening(of: Gathered) -> Slide:
    """What it is about, of when, and by whom."""
    by = _("Presented by %(name)s") % {"name": of.asked.presenter} if of.asked.presenter else ""
    lines = tuple(filter(None, (of.asked.period, by, formats.day(of.today))))
    return Slide(of.name, _("Business review"), lines=lines, opening=True)


def summary(of: Gathered) -> list[Slide]:
    """The author's summary, where there is one."""
    lines = lines_of(of.asked.summary)
    return [Slide(_("Summary"), of.asked.period, lines=lines)] if lines else []


def steps(of: Gathered) -> list[Slide]:
    """What the author wrote, and the steps of the plan that are not done."""
    lines = lines_of(of.asked.steps)
    open_ = [row for row in of.rows.get("step", ()) if row["done_at"] is None]
    grid = Grid(
        (_("Step of the success plan"), _("Who does it"), _("By when")),
        tuple(
            (row["name"], of.name if row["side"] == "customer" else _("We"), formats.day(row["due_at"])) for row in open_
        ),
        (6, 3, 2),
    )  # fmt: skip
    if not (lines or open_):
        return []
    planned = ngettext("%(count)s step of the plan is open", "%(count)s steps of the plan are open", len(open_)) % {
        "count": formats.number(len(open_))
    }
    return [Slide(_("Next steps"), planned if open_ else of.asked.period, lines=lines, grid=grid if open_ else None)]
