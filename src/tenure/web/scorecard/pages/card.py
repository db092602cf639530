"""The scorecard of somebody or of a team: its head at once, its parts as they are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.engine.scorecards.hints import hints
from tenure.web.access.leads import OPENS
from tenure.web.access.page import POST, Request, page, show
from tenure.web.kit import once
from tenure.web.kit.choice import Choice
from tenure.web.kit.people import names
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.scorecard import comments, files, shown
from tenure.web.scorecard.chosen import Chosen, choices, chosen
from tenure.web.scorecard.forms import Commenting

if TYPE_CHECKING:
    from tenure.engine.verbs.scorecard import Scorecard
    from tenure.web.scorecard.models import Comment

BOOK, MOVED, BLEND, HINTS = "book", "moved", "blend", "hints"
_TITLES: dict[str, Text] = {
    BOOK: gettext_lazy("Accounts that changed hands"), MOVED: gettext_lazy("Accounts that moved it most"),
    HINTS: gettext_lazy("What can be told"), BLEND: gettext_lazy("Against targets"),
}  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A part that is asked for by itself."""

    slug: str
    title: Text
    url: str


@dataclass(frozen=True)
class Said:
    """A comment."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class ScorecardPage:
    """``name``: whose it is; empty for a reader who is tied to nobody. ``own``: the reader's. ``since``: since when the rules are in force;
    ``followed``: since when other ones are.
    """

    choices: tuple[Choice, ...]
    name: str = ""
    own: bool = False
    team: bool = False
    of_team: str = ""
    window: str = ""
    before: str = ""
    over: bool = True
    as_of: datetime | None = None
    definition: str = ""
    version: str = ""
    since: datetime | None = None
    followed: datetime | None = None
    groups: tuple[Slot, ...] = ()
    rest: tuple[Slot, ...] = ()
    comments: tuple[Said, ...] = ()
    form: Commenting | None = None
    act: str = ""
    files: str = ""
    sends: str = ""
    about: str = ""


@page("scorecard/", roles=OPENS, title=gettext_lazy("My results"), nav=Nav(Section.WORK, 73, "award"))
def scorecard(request: Request) -> ScorecardPage | HttpResponse:
    """Where do I stand, and what of it was in my hands?"""
    of = chosen(request.user, request.GET.dict())
    if not of.person and not of.team:
        return ScorecardPage(choices(of))
    if request.GET.get("format") in ("csv", "xlsx"):
        made = files.made(of, request.GET["format"])
        of.noted()
        return made
    content = _content(of, of.asked(), Commenting.new())
    of.noted()
    return content


def _content(of: Chosen, card: Scorecard, form: Commenting) -> ScorecardPage:
    window, before = shown.days(card)
    slots = tuple(_slot(of, one.slug, one.name) for one in card.headlines)
    rest = tuple(_slot(of, slug, title) for slug, title in _TITLES.items())
    return ScorecardPage(
        choices(of), card.name, of.own, bool(of.team), card.of_team, window, before, card.over, card.as_of, card.definition,
        card.version[:6], card.since, card.followed, slots, rest, tuple(map(_said, comments.of(of, card))),
        form if comments.may(of) else None, of.address("comment_on_scorecard"), of.address(),
        of.address("send_view", "scorecard"), of.who,
    )  # fmt: skip


def _slot(of: Chosen, slug: str, title: Text) -> Slot:
    return Slot(slug, title, of.address("scorecard_part", slug))


def _said(one: Comment) -> Said:
    return Said(one.by.name, one.at, one.text)


@dataclass(frozen=True)
class ScorecardPart:
    """A part of a scorecard: one of these is there. ``back``: the address of the whole."""

    title: Text
    back: str
    currency: str = ""
    table: shown.Table | None = None
    hands: shown.Hands | None = None
    moves: shown.Moves | None = None
    blend: shown.Blended | None = None
    hints: tuple[shown.Said, ...] | None = None


@page("scorecard/part/<slug:part>/", roles=OPENS, title=gettext_lazy("Part of a scorecard"), unattended=True)
def scorecard_part(request: Request, part: str) -> ScorecardPart | HttpResponse:
    """A part of a scorecard, as a page of its own or in place in the whole."""
    of = chosen(request.user, request.GET.dict())
    content = made(of, part)
    of.noted()
    return show(request, content, template="scorecard/part.html") if request.htmx else content


def made(of: Chosen, part: str) -> ScorecardPart:
    """A part. Raises ``Http404`` for one that there is not."""
    back = of.address()
    if part == HINTS:
        head = of.asked()
        groups = [group for one in head.headlines for group in of.asked(one.slug).groups]
        told = tuple(shown.said(of, one, head.currency) for one in hints(groups))
        return ScorecardPart(_TITLES[HINTS], back, head.currency, hints=told)
    card = of.asked(part)
    if card.book is not None:
        told_book = shown.hands(card.book, card.currency, names.of(of.answers.sight))
        return ScorecardPart(_TITLES[BOOK], back, card.currency, hands=told_book)
    if card.moved is not None:
        return ScorecardPart(_TITLES[MOVED], back, card.currency, moves=shown.moves(card.moved, card.currency))
    if card.blend is not None:
        return ScorecardPart(_TITLES[BLEND], back, card.currency, blend=shown.blended(card.blend, over=card.over))
    if not card.groups:
        raise Http404
    group = card.groups[0]
    return ScorecardPart(group.name, back, card.currency, table=shown.table(of, card, group))


@page("scorecard/comment/", roles=OPENS, title=gettext_lazy("Comment on a scorecard"), methods=POST)
def comment_on_scorecard(request: Request) -> HttpResponse:
    """Say something about one's own results, or about those of a team that one leads."""
    of = chosen(request.user, request.GET.dict())
    card = of.asked()
    if not comments.may(of):
        raise Http404
    form = Commenting(request.POST)
    if not form.is_valid():
        return show(request, _content(of, card, form), status=422, template="scorecard/scorecard.html")
    given = form.cleaned_data
    once.tell(request, lambda: comments.add(of, card, given["text"], given["message_id"]), _("It stands there now."))
    return HttpResponseRedirect(of.address())
