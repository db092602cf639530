"""Saved views for programs: who is in them, and whom changes are told."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.csv_text import csv_of
from tenure.core.errors import TenureError, UsageError
from tenure.engine.verbs.rows import Column
from tenure.web.access.endpoint import Answer, Asked, endpoint
from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import EVERYONE, OPERATE
from tenure.web.book import hooks, shared
from tenure.web.book.audiences import audience
from tenure.web.book.models import Delivery, Hook, View
from tenure.web.kit.table import Export


@dataclass(frozen=True)
class AudienceNamed:
    """A saved view that one may open."""

    id: int
    name: str
    description: str
    owner: str
    changed_at: datetime


@dataclass(frozen=True)
class AudienceFound:
    """A page of the accounts in a view, in the order of their ids. ``total``: on all pages. ``next``: the cursor of the next page;
    null on the last.
    """

    id: int
    name: str
    total: int
    columns: tuple[Column, ...]
    accounts: tuple[dict[str, Any], ...]
    next: str | None


class Paged(Asked, frozen=True):
    """``cursor``: as the page before gave it. ``format``: ``json`` or ``csv``, whose header ``Tenure-Next`` is the cursor."""

    cursor: str = ""
    limit: int = 1_000
    format: str = "json"


@endpoint("audiences", roles=EVERYONE, title=gettext_lazy("Audiences"), data=tuple[AudienceNamed, ...])
def api_audiences(request: Request, _asked: Asked) -> Answer:
    """The saved views that one may open."""
    return Answer(
        tuple(
            AudienceNamed(each.pk, each.name, each.description, each.owner.name, each.changed_at)
            for each in shared.visible(View, request.user)
        )
    )


@endpoint("audiences/<int:number>", roles=EVERYONE, title=gettext_lazy("Audience"), asks=Paged, data=AudienceFound)
def api_audience(request: Request, asked: Paged, number: int) -> Answer | HttpResponse:
    """The accounts that are in a saved view now, as far as one sees them: a page of them, by a cursor."""
    view, sight = shared.opened(View, number, request.user), request.sight()
    of = audience(view, request.user, sight)
    after = _after(asked.cursor)
    where = (*of.question["where"], *((("account_id", "greater", after),) if after else ()))
    found = sight.rows("accounts", where=where, search=of.question["search"], order=("account_id",), limit=asked.limit)
    names = [column.name for column in of.columns]
    rows = tuple({name: row[name] for name in names} for row in found.rows)
    further = _cursor(rows[-1]["account_id"]) if found.total > len(rows) and rows else None
    if asked.format == "csv":
        return _as_csv(view, names, rows, further)
    if asked.format != "json":
        raise UsageError(
            f"There is no format {asked.format!r}.", code="bad_parameter", where="format", fix="There are json and csv."
        )
    total = sight.tally(**of.question).groups[0].accounts
    return Answer(AudienceFound(view.pk, view.name, total, of.columns, rows, further), found.as_of, found.notes)


def _as_csv(view: View, names: list[str], rows: tuple[dict[str, Any], ...], further: str | None) -> HttpResponse:
    response = Export(csv_of(names, rows) + "\n", content_type="text/csv; charset=utf-8")
    response.rows, response.columns = len(rows), names
    response.headers["Content-Disposition"] = f'attachment; filename="audience-{view.pk}.csv"'
    if further:
        response.headers["Tenure-Next"] = further
    return response


def _cursor(account: str) -> str:
    return base64.urlsafe_b64encode(account.encode()).decode().rstrip("=")


def _after(cursor: str) -> str:
    """The account that a cursor names. Raises ``UsageError`` for one that is none."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise UsageError(
            "That is no cursor.",
            code="bad_parameter",
            where="cursor",
            fix="Give it as the page before gave it, or none.",
        ) from None


class NewHook(forms.Form):
    """Where changes are told."""

    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https")


@dataclass(frozen=True)
class Hooked:
    """A hook that was just made, with its secret, which is shown this once; or the form with its fault."""

    number: int
    view: str
    url: str
    secret: str
    form: NewHook | None


@page("book/views/<int:number>/hooks/", roles=OPERATE, title=gettext_lazy("Tell another system"), methods=POST)
def add_hook(request: Request, number: int) -> HttpResponse:
    """Have an address told who enters a view and who leaves it."""
    view = shared.opened(View, number, request.user)
    form = NewHook(request.POST)
    if form.is_valid():
        try:
            hook = hooks.make(view, request.user, form.cleaned_data["url"])
        except TenureError as error:
            form.add_error("url", f"{error.message} {error.fix}")
        else:
            return show(
                request, Hooked(view.pk, view.name, hook.url, hooks.secret(hook), None), template="book/hooked.html"
            )
    return show(request, Hooked(view.pk, view.name, "", "", form), status=422, template="book/hooked.html")


@page("book/hooks/<int:number>/remove/", roles=OPERATE, title=gettext_lazy("Stop telling"), methods=POST)
def remove_hook(request: Request, number: int) -> HttpResponse:
    """Tell an address nothing any more."""
    hook = _hook(request, number)
    view = hook.view_id
    hooks.remove(hook, request.user)
    messages.success(request, _("It is told nothing any more."))
    return HttpResponseRedirect(reverse("view_page", args=[view]))


@page("book/hooks/<int:number>/again/", roles=OPERATE, title=gettext_lazy("Send again"), methods=POST)
def send_again(request: Request, number: int) -> HttpResponse:
    """Send a hook's messages that were given up, or wait, at the next round."""
    hook = _hook(request, number)
    count = Delivery.objects.filter(hook=hook, done_at__isnull=True).update(due_at=timezone.now(), tries=0)
    text = ngettext(
        "%(count)s message is sent again in a moment.", "%(count)s messages are sent again in a moment.", count
    )
    messages.success(request, text % {"count": count})
    return HttpResponseRedirect(reverse("view_page", args=[hook.view_id]))


def _hook(request: Request, number: int) -> Hook:
    hook = Hook.objects.select_related("view").filter(pk=min(number, shared.BEYOND)).first()
    if hook is None or not hook.view.opens_for(request.user):
        raise Http404
    return hook
