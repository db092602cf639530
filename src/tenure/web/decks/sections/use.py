"""How many people use it, which features, and how that went."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.titles import titled
from tenure.web.decks.sections import months
from tenure.web.decks.slides import Grid, Slide, Stat
from tenure.web.kit import formats
from tenure.web.kit.charts import Lines, Scale, Series, Table

if TYPE_CHECKING:
    from tenure.engine.verbs.account_use import Used, UseFound
    from tenure.web.decks.gathered import Gathered

#: As many features are listed, the most used first.
_MOST = 8


def use(of: Gathered) -> list[Slide]:
    """People by month, and the features of the period."""
    found = of.use
    if found is None:
        return []
    first, last = of.asked.start.replace(day=1), min(of.asked.last, of.today).replace(day=1)
    shown = [place for place, month in enumerate(found.months) if month <= last]
    within = [place for place in shown if found.months[place] >= first]
    uses = sum(found.people.uses[place] or 0 for place in within)
    if not (within and any(found.people.uses[place] for place in shown)):
        return []
    features = _features(of, found, within)
    counted = any(found.people.users[place] for place in shown)
    month, people = months.called(last), found.people.users[shown[-1]]
    stats = _people(found, shown, within) if counted else []
    stats.append(Stat(formats.number(uses), _("uses in the period"), "" if counted else _("people are not told apart")))
    stats.append(Stat(formats.number(len(features)), _("features used in the period")))
    note = _("By whole months to %(month)s") % {"month": month}
    if last == of.today.replace(day=1):
        note += " · " + _("that month still runs")
    title = ngettext("%(count)s person used it in %(month)s", "%(count)s people used it in %(month)s", people or 0) % {
        "count": formats.number(people), "month": month,
    } if counted else _("How it is used")  # fmt: skip
    grid = Grid(
        (_("Feature"), _("People in %(month)s") % {"month": month}, _("Uses in the period")),
        tuple(each[1:] for each in features[:_MOST]), (3, 1.6, 1.6), (1, 2),
    )  # fmt: skip
    chart = _course(found, shown) if counted else None
    return [
        Slide(title, note, tuple(stats), chart, _("People who used it, by month"), grid if features else None)
    ]  # fmt: skip


def _people(found: UseFound, shown: list[int], within: list[int]) -> list[Stat]:
    """The people of the last month, beside those of the month before the period, and beside the licences."""
    users = found.people.users
    now, before = users[shown[-1]], users[within[0] - 1] if within[0] else None
    name = _("people in %(month)s") % {"month": months.called(found.months[shown[-1]])}
    note = "" if before is None else _("%(count)s in %(month)s") % {
        "count": formats.number(before), "month": months.called(found.months[within[0] - 1]),
    }  # fmt: skip
    stats = [Stat(formats.number(now), name, note)]
    seats = [one.seats[shown[-1]] for one in found.products if one.seats and not one.unlike]
    known = sum((seat for seat in seats if seat), Decimal(0))
    if known:
        stats.append(Stat(formats.number(known, 0), _("licences")))
    return stats


def _features(of: Gathered, found: UseFound, within: list[int]) -> list[tuple[int, str, str, str]]:
    """Those that were used in the period, the most used first: how often, and the row of the table."""

    def row(one: Used) -> tuple[int, str, str, str]:
        uses = sum(one.uses[place] or 0 for place in within)
        name = of.things.get(one.id or "") or titled(one.id or "")
        return uses, name, formats.number(one.users[within[-1]]), formats.number(uses)

    rows = [row(one) for one in found.features]
    return sorted((each for each in rows if each[0]), key=lambda each: (-each[0], each[1]))


def _course(found: UseFound, shown: list[int]) -> Lines:
    known = [place for place in shown if found.people.users[place] is not None]
    named = tuple(months.called(found.months[place], short=True) for place in known)
    users = [found.people.users[place] for place in known]
    rows = tuple((month, formats.number(count)) for month, count in zip(named, users, strict=True))
    says = _("People who used it, by month, from %(first)s in %(start)s to %(last)s in %(end)s.") % {
        "first": rows[0][1], "start": named[0], "last": rows[-1][1], "end": named[-1],
    }  # fmt: skip
    values = tuple(None if count is None else float(count) for count in users)
    table = Table((_("Month"), _("People")), rows)
    return Lines(says, table, Scale("number"), named, (Series(_("People"), values),), from_zero=True)
