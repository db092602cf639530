"""The page of one's notices: what is new, what was, and which kinds one wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.kit import table
from tenure.web.kit.shell import Text
from tenure.web.post import digest, mail
from tenure.web.post import notices as post
from tenure.web.post.forms import When, initial_of
from tenure.web.post.models import Notice


@dataclass(frozen=True)
class One:
    """A notice as a line."""

    id: int
    text: str
    kind: Text
    at: datetime
    has_url: bool
    is_new: bool


@dataclass(frozen=True)
class Kind:
    """A kind, and whether one is told of it."""

    name: str
    title: Text
    explained: Text
    is_on: bool


@dataclass(frozen=True)
class Notices:
    """One's notices, the newest first; ``form``: when the digest comes by mail, if mail is set up at all."""

    notices: tuple[One, ...]
    kinds: tuple[Kind, ...]
    unread: int
    pager: table.Pager
    form: When
    mail_is_set: bool


@page("notices/", roles=EVERYONE, title=gettext_lazy("Notices"))
def notices(request: Request) -> Notices | HttpResponse:
    """What I was told, and what I want to be told of."""
    content = _content(request)
    return show(request, content, template="notices/list.html") if request.htmx else content


def _content(request: Request, form: When | None = None) -> Notices:
    kinds, number = post.kinds(), table.page_of(request.GET)
    found = Notice.objects.filter(user=request.user).order_by("-at", "-pk")
    first = (number - 1) * table.ON_A_PAGE
    titles = {each.name: each.title for each in kinds}
    muted = post.muted(request.user)
    return Notices(
        tuple(
            One(each.pk, each.text, titles.get(each.kind, each.kind), each.at, bool(each.url), each.read_at is None)
            for each in found[first : first + table.ON_A_PAGE]
        ),
        tuple(Kind(each.name, each.title, each.explained, each.name not in muted) for each in kinds),
        post.unread(request.user),
        table.pager(found.count(), number, {}),
        form or When(initial=initial_of(digest.chosen(request.user)), may_never=True),
        mail.is_set_up(),
    )  # fmt: skip


@page("notices/<int:notice>/", roles=EVERYONE, title=gettext_lazy("Read a notice"), methods=POST)
def read_notice(request: Request, notice: int) -> HttpResponse:
    """Note that a notice of one's own is read, and go to what it is about; another's is not there."""
    found = Notice.objects.filter(user=request.user, pk=notice).first()
    if found is None:
        raise Http404
    post.read(request.user, notice)
    return HttpResponseRedirect(found.url or reverse("notices"))


@page("notices/all/", roles=EVERYONE, title=gettext_lazy("Read all notices"), methods=POST)
def read_notices(request: Request) -> HttpResponse:
    """Note that all of one's notices are read."""
    post.read(request.user)
    return HttpResponseRedirect(reverse("notices"))


@page("notices/kinds/", roles=EVERYONE, title=gettext_lazy("Choose notices"), methods=POST)
def mute_notices(request: Request) -> HttpResponse:
    """Be told of these kinds, and of no others."""
    wanted = set(request.POST.getlist("kind"))
    for kind in post.kinds():
        post.mute(request.user, kind.name, muted=kind.name not in wanted)
    messages.success(request, _("You are told of what you have chosen."))
    return HttpResponseRedirect(reverse("notices"))


@page("notices/digest/", roles=EVERYONE, title=gettext_lazy("Choose the digest"), methods=POST)
def choose_digest(request: Request) -> HttpResponse:
    """Get the digest by mail at a time of one's own choice, or never."""
    form = When(request.POST, may_never=True)
    if not form.is_valid():
        return show(request, _content(request, form), status=422, template="notices/notices.html")
    digest.choose(request.user, form.rule())
    messages.success(request, _("You get it as you have chosen."))
    return HttpResponseRedirect(reverse("notices"))
