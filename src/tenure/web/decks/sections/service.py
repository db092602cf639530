"""How support did: tickets of the period, and reply and resolution against what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.decks.sections import months
from tenure.web.decks.slides import Grid, Slide, Stat
from tenure.web.kit import formats
from tenure.web.kit.charts import Bars, Scale, Series, Table
from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from tenure.engine.verbs.account_tickets import TicketTold, Took
    from tenure.web.decks.gathered import Gathered


def service(of: Gathered) -> list[Slide]:
    """The tickets that were opened in the period."""
    tickets = of.tickets
    if not tickets:
        return []
    solved = sum(one.solved_at is not None for one in tickets)
    replies = [one.reply for one in tickets if one.reply]
    solutions = [one.resolution for one in tickets if one.resolution]
    counts = {"count": formats.number(len(tickets)), "solved": formats.number(solved)}
    title = ngettext("%(count)s ticket opened", "%(count)s tickets opened", len(tickets)) % counts
    title = _("%(opened)s, %(solved)s solved") % {"opened": title, "solved": counts["solved"]}
    stats = (
        Stat(counts["count"], _("tickets opened in the period")),
        Stat(counts["solved"], _("of them solved by now")),
        Stat(_kept_share(replies), _("first replies as promised"), _kept_of(replies)),
        Stat(_kept_share(solutions), _("solutions as promised"), _kept_of(solutions)),
    )
    grid = Grid(
        (_("Measure"), _("As promised"), _("Typical time")),
        (_measure(_("First reply"), replies), _measure(_("Solution"), solutions)), (2, 2, 2.4), (1, 2),
    )  # fmt: skip
    note = _("Tickets opened in the period, as of %(day)s") % {"day": formats.day(of.today)}
    return [Slide(title, note, stats, _by_month(of, tickets), _("Tickets opened, by month"), grid)]


def _judged(took: Sequence[Took]) -> list[bool]:
    """Of those with a promise that is kept or broken, whether it was kept."""
    return [one.met for one in took if one.met is not None]


def _kept_share(took: Sequence[Took]) -> str:
    judged = _judged(took)
    return formats.percent(sum(judged) / len(judged), 0) if judged else formats.UNKNOWN


def _kept_of(took: Sequence[Took]) -> str:
    judged = _judged(took)
    if not judged:
        return _("nothing was promised")
    return _("%(kept)s of %(all)s") % {"kept": formats.number(sum(judged)), "all": formats.number(len(judged))}


def _measure(name: str, took: Sequence[Took]) -> tuple[str, str, str]:
    done: dict[str, list[int]] = {}
    for one in took:
        if one.done:
            done.setdefault(one.clock, []).append(one.seconds)
    # Hours of business and of the calendar are not mixed: the clock of most tickets tells.
    clock = max(done, key=lambda name: len(done[name]), default="")
    typical = formats.lasted(median(done[clock]), clock) if clock else formats.UNKNOWN
    return name, _kept_of(took), typical


def _by_month(of: Gathered, tickets: Sequence[TicketTold]) -> Bars:
    every = months.between(of.asked.start, min(of.asked.last, of.today))
    opened = [local_date(one.created_at).replace(day=1) for one in tickets]
    counts = [opened.count(month) for month in every]
    names = tuple(months.called(month, short=True) for month in every)
    rows = tuple((name, formats.number(count)) for name, count in zip(names, counts, strict=True))
    says = _("Tickets opened, by month: %(told)s.") % {"told": ", ".join(f"{name} {count}" for name, count in rows)}
    series = Series(_("Tickets"), tuple(map(float, counts)))
    return Bars(says, Table((_("Month"), _("Tickets")), rows), Scale("number"), names, (series,))
