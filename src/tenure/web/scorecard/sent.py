"""A scorecard, as it is put on paper. It is sent to nobody but whoever asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.access.leads import OPENS
from tenure.web.kit.charts import Table
from tenure.web.post.sending import Asked, Composed, sent
from tenure.web.post.shown import Shown
from tenure.web.scorecard import shown
from tenure.web.scorecard.chosen import chosen
from tenure.web.scorecard.pages.card import BLEND, BOOK, HINTS, MOVED, made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import QueryDict

    from tenure.web.access.models import User
    from tenure.web.scorecard.pages.card import ScorecardPart
    from tenure.web.scorecard.shown import Cell, Mover, Row


def _called(user: User, given: QueryDict) -> str:
    return _("Scorecard of %(name)s") % {
        "name": chosen(user, {name: str(value) for name, value in given.items()}).asked().name
    }


def _page(given: QueryDict) -> str:
    return f"{reverse('scorecard')}?{given.urlencode()}" if given else reverse("scorecard")


@sent("scorecard", roles=OPENS, link=_page, title=_called, whom=lambda sender, _given: [sender])
def scorecard(asked: Asked) -> Composed:
    """All parts, with what the figures can say and cannot."""
    of = chosen(asked.user, asked.plain)
    head = of.asked()
    of.noted()
    window, before = shown.days(head)
    note = " · ".join(
        (
            window,
            _("compared with %(period)s") % {"period": before},
            _("rules %(version)s") % {"version": head.version[:6]},
        )
    )
    parts: list[Shown] = []
    for slug in asked.each([*(one.slug for one in head.headlines), BOOK, MOVED, HINTS, BLEND], _("parts")):
        parts += _shown(made(of, slug), of.address())
    limits = Table((_("What these figures can say"),), tuple((text,) for text in _limits()))
    parts.append(
        Shown(_("What these figures can say"), "", of.address(), head.as_of, table=limits, most=len(limits.rows))
    )
    return Composed(_("Scorecard of %(name)s") % {"name": head.name}, note, tuple(parts))


def _shown(part: ScorecardPart, link: str) -> Iterator[Shown]:
    title = str(part.title)
    heads, rows, note = _laid(part)
    if rows:
        yield Shown(title, note, link, None, table=Table(heads, tuple(rows)), most=len(rows))
    else:
        yield Shown(title, note, link, None, wrong=_("There is nothing to tell of."))


def _laid(part: ScorecardPart) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    if table := part.table:
        heads = (_("Measure"), _("Value"), _("n"), _("Target"), _("Change"), _("Expected"), _("Team"))
        return *_filled(heads, [_row(one) for one in table.rows]), " ".join(table.notes)
    if hands := part.hands:
        heads = (_("Account"), _("What"), _("Day"), _("From or to"), _("MRR then"), _("MRR at the close"), _("Became"))
        named = ((_("taken over"), hands.came), (_("new"), hands.new), (_("handed over"), hands.went))
        return heads, [_hand(what, one) for what, some in named for one in some], hands.sums
    if moves := part.moves:
        heads = (_("Account"), _("By"), _("What"))
        rows = [(one.name, one.then, one.other) for one in moves.revenue]
        return heads, rows + [(one.name, one.then, _("health")) for one in moves.health], ""
    if (blend := part.blend) and blend.nothing:
        return (), [], ""
    if blend:
        heads = (_("Target"), _("Attained"), _("Counted"), _("Weight"))
        told = _("own %(own)s, team %(team)s, together %(value)s")
        note = told % {"own": blend.own, "team": blend.team, "value": blend.value or "–"}
        return (
            heads,
            [(one.name, one.attained, one.counted, one.weight) for one in (*blend.own_parts, *blend.team_parts)],
            note,
        )
    return (_("What"), _("Evidence"), _("Next")), [(one.text, one.evidence, one.then) for one in part.hints or ()], ""


def _filled(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Without the columns in which no row has anything."""
    there = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    return tuple(heads[place] for place in there), [tuple(row[place] for place in there) for row in rows]


def _row(one: Row) -> tuple[str, ...]:
    targets = "; ".join(map(_cell, one.targets))
    return one.name, _cell(one.value), one.n, targets, _cell(one.change), _cell(one.expected), _cell(one.team)


def _cell(one: Cell) -> str:
    return f"{one.text} ({one.more})" if one.more else one.text


def _hand(what: str, one: Mover) -> tuple[str, ...]:
    return one.name, what, one.day, one.other, one.then, one.now, one.became


def _limits() -> tuple[str, ...]:
    return (
        _("Adjusted: only what stands against what was to be expected."),
        _(
            "Not adjusted: all other results. They depend on the book that somebody was given, on prices, product and luck."
        ),
        _("Not known: whoever hands accounts over may choose who gets the hard ones. No adjustment sees that."),
        _("Few cases: an interval says where the true value may lie; where it is wide, the figure tells little."),
        _(
            "No ranking: nobody is compared with a colleague. It stands beside a talk about somebody's work, never in its place."
        ),
    )
