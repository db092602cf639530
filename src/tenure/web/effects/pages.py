"""What plays changed: all that are known, and of one what it did to a metric, with what that is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import DataError, UsageError
from tenure.core.titles import titled
from tenure.engine.verbs.effect import needed
from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import LEAD
from tenure.web.effects.asked import asked, choices
from tenure.web.effects.told import Told, told
from tenure.web.kit import formats
from tenure.web.kit.choice import Choice
from tenure.web.kit.shell import Nav, Section
from tenure.web.kit.table import ON_A_PAGE, Pager, page_of, pager

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine import Sight
    from tenure.engine.verbs.plays import Play
    from tenure.web.effects.asked import Asked

#: What names a play that is not there, or of which nothing is to be seen.
_NOT_THERE = ("no_play", "unknown_play")


@dataclass(frozen=True)
class Listed:
    """A row of the list: ``beside`` says whom the treated are laid beside, ``again`` who was assigned more than once."""

    name: str
    treated: str
    held_out: str
    began: str
    beside: str
    again: str


@dataclass(frozen=True)
class Effects:
    """``own``: only one's own accounts are told of."""

    plays: tuple[Listed, ...]
    own: bool


@dataclass(frozen=True)
class Assigned:
    """An account's assignment to an arm of a play."""

    id: str
    name: str
    arm: str
    day: str


@dataclass(frozen=True)
class OnePlay:
    """``query``: what is asked, as an address has it. ``by_lot``: enough were held out, so that the lot can be tested."""

    play: Listed
    own: bool
    by_lot: bool
    choices: tuple[Choice, ...]
    split: str
    query: str


@dataclass(frozen=True)
class InPlay:
    """Who was assigned to a play, a page of them."""

    play: str
    own: bool
    rows: tuple[Assigned, ...]
    pager: Pager


@dataclass(frozen=True)
class PlayEffect:
    """What came out, or the ``fault`` because of which nothing did, and its ``fix``. ``title``: what is asked."""

    play: str
    title: str
    own: bool
    query: str
    found: Told | None = None
    fault: str = ""
    fix: str = ""


@page("effects/", roles=LEAD, title=gettext_lazy("Effects"), nav=Nav(Section.TEAM, 30, "split"))
def effects_of_plays(request: Request) -> Effects:
    """What did our plays change?"""
    sight = request.sight()
    settings = sight.settings()
    return Effects(tuple(_listed(play, settings) for play in _known(sight)), sight.scope.narrow)


@page("effects/<path:play>/effect/", roles=LEAD, title=gettext_lazy("Effect of a play"))
def play_effect(request: Request, play: str) -> PlayEffect | HttpResponse:
    """What a play changed in a metric, as a page of its own or a part of the play's."""
    content = _measured(request.sight(), play, asked(request.GET.dict()))
    return show(request, content, template="effects/answer.html") if request.htmx else content


@page("effects/<path:play>/accounts/", roles=LEAD, title=gettext_lazy("Accounts in a play"))
def play_accounts(request: Request, play: str) -> InPlay:
    """Who was assigned to which arm of a play, and when."""
    sight, given = request.sight(), request.GET.dict()
    number = page_of(given)
    found = sight.rows(
        "treatment", where=[("play", "equals", play)], order=("at", "account_id"), offset=(number - 1) * ON_A_PAGE,
        limit=ON_A_PAGE,
    )  # fmt: skip
    if not found.total:
        raise Http404
    return InPlay(play, sight.scope.narrow, _assigned(sight, found.rows), pager(found.total, number, given))


@page("effects/<path:play>/", roles=LEAD, title=gettext_lazy("Play"))
def play_page(request: Request, play: str) -> OnePlay:
    """One play: who it was tried on, and what is asked of it."""
    sight = request.sight()
    known = next((each for each in _known(sight) if each.play == play), None)
    if known is None:
        raise Http404
    given = request.GET.dict()
    asks = asked(given)
    return OnePlay(
        play=_listed(known, sight.settings()),
        own=sight.scope.narrow,
        by_lot=known.held_out >= needed(sight.settings()),
        choices=choices(sight, asks),
        split=asks.split,
        query=urlencode({name: value for name, value in given.items() if name in ("metric", "months", "split")}),
    )


def _known(sight: Sight) -> tuple[Play, ...]:
    """The plays in sight, the latest first."""
    try:
        return tuple(sorted(sight.plays(), key=lambda play: play.first, reverse=True))
    except DataError as error:
        if error.code != "no_play":
            raise
        return ()


def _listed(play: Play, settings: Settings) -> Listed:
    first, last = formats.day(play.first), formats.day(play.last)
    return Listed(
        name=play.play,
        treated=formats.number(play.treated),
        held_out=formats.number(play.held_out),
        began=first if first == last else f"{first} – {last}",
        beside=_beside(play, needed(settings)),
        again=_again(play),
    )


def _beside(play: Play, least: int) -> str:
    if play.held_out >= least:
        return _("accounts held out by lot")
    if play.held_out:
        return _("accounts on which it was not tried: fewer than %(least)s were held out") % {"least": least}
    return _("accounts on which it was not tried: nobody was held out")


def _again(play: Play) -> str:
    if not play.again:
        return ""
    text = ngettext("%(count)s account was assigned more than once; the first assignment counts.",
                    "%(count)s accounts were assigned more than once; the first assignment counts.", play.again)  # fmt: skip
    said = text % {"count": formats.number(play.again)}
    if not play.both:
        return said
    both = ngettext("%(count)s was in both arms.", "%(count)s were in both arms.", play.both)
    return f"{said} {both % {'count': formats.number(play.both)}}"


def _assigned(sight: Sight, rows: tuple[dict[str, Any], ...]) -> tuple[Assigned, ...]:
    ids = tuple(row["account_id"] for row in rows)
    known = (
        sight.rows("accounts", columns=("account_id", "name"), where=[("account_id", "one_of", ids)]) if ids else None
    )
    names = {row["account_id"]: row["name"] for row in known.rows} if known else {}
    arms = {"treated": _("treated"), "held_out": _("held out")}
    return tuple(
        Assigned(
            row["account_id"],
            names.get(row["account_id"]) or row["account_id"],
            arms[row["arm"]],
            formats.day(row["at"]),
        )
        for row in rows
    )


def _measured(sight: Sight, play: str, asks: Asked) -> PlayEffect:
    """What the engine finds, or why it finds nothing. Raises ``Http404`` for a play that is not to be seen."""
    title = titled(asks.metric)
    query, own = urlencode(asks.address()), sight.scope.narrow
    if asks.fault:
        if play not in {each.play for each in _known(sight)}:
            raise Http404
        return PlayEffect(play, title, own, query, fault=asks.fault)
    try:
        found = sight.effect(play, metric=asks.metric, months=asks.months, planned=asks.planned)
    except (UsageError, DataError) as error:
        if error.code in _NOT_THERE:
            raise Http404 from error
        return PlayEffect(play, title, own, query, fault=error.message, fix=error.fix)
    entry = sight.metrics()[found.metric]
    return PlayEffect(play, title, own, query, told(found, entry, sight.settings().currency))
