"""Static lists: accounts that somebody put together by hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.book import shared
from tenure.web.book.asked import LIST, Asked, Filter, link
from tenure.web.book.models import AccountList, Sharing
from tenure.web.book.shared import Keeping
from tenure.web.kit import formats


@dataclass(frozen=True)
class Each:
    """A list: how many of its accounts the reader sees, and where they are."""

    number: int
    name: str
    description: str
    owner: str
    own: bool
    shared: str
    accounts: str
    url: str


@dataclass(frozen=True)
class Lists:
    """Those that the reader may open, and the form for a new one."""

    lists: tuple[Each, ...]
    form: Keeping


@dataclass(frozen=True)
class Changing:
    """One's own list: the form, and where its accounts are."""

    number: int
    name: str
    form: Keeping
    url: str


@page("book/lists/", roles=EVERYONE, title=gettext_lazy("Static lists"), methods=FORM, within="accounts")
def static_lists(request: Request) -> Lists | HttpResponse:
    """The static lists that one may open, and a new one."""
    form = Keeping(request.POST) if request.method == "POST" else Keeping()
    if request.method == "POST" and form.is_valid():
        form.keep(AccountList(owner=request.user))
        messages.success(
            request, _("The list is made. Accounts come onto it from the list of accounts: select some there.")
        )
        return HttpResponseRedirect(reverse("static_lists"))
    content = Lists(tuple(_each(request, one) for one in shared.visible(AccountList, request.user)), form)
    return show(request, content, status=422) if form.is_bound else content


@page("book/lists/<int:number>/", roles=EVERYONE, title=gettext_lazy("A static list"), methods=FORM, within="accounts")
def change_list(request: Request, number: int) -> Changing | HttpResponse:
    """One's own list: under another name, or for others."""
    one = shared.opened(AccountList, number, request.user, own=True)
    form = Keeping(request.POST) if request.method == "POST" else Keeping.of(one)
    if request.method == "POST" and form.is_valid():
        form.keep(one)
        messages.success(request, _("The list is saved."))
        return HttpResponseRedirect(reverse("static_lists"))
    content = Changing(one.pk, one.name, form, _address(one))
    return show(request, content, status=422) if form.is_bound else content


@page("book/lists/<int:number>/remove/", roles=EVERYONE, title=gettext_lazy("Remove a static list"), methods=POST)
def remove_list(request: Request, number: int) -> HttpResponse:
    """Take one's own list away; its accounts stay what they are."""
    shared.opened(AccountList, number, request.user, own=True).delete()
    messages.success(request, _("The list is removed."))
    return HttpResponseRedirect(reverse("static_lists"))


def _each(request: Request, one: AccountList) -> Each:
    on = tuple(one.accounts.values_list("account_id", flat=True))
    seen = (
        request.sight().rows("accounts", columns=("account_id",), where=(("account_id", "one_of", on),), limit=1).total
        if on
        else 0
    )
    words = str(Sharing(one.shared).label)
    return Each(
        one.pk, one.name, one.description, one.owner.name, one.owner_id == request.user.pk, words, formats.number(seen),
        _address(one),
    )  # fmt: skip


def _address(one: AccountList) -> str:
    return reverse("accounts") + link(Asked(status="all", filters=(Filter(LIST, "is", (str(one.pk),)),)))
