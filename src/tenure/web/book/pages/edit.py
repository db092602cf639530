"""What is told of one account on the list: its owner, an attribute, a pulse, the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.engine import Sight
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import TELL
from tenure.web.book import telling
from tenure.web.book.columns import ATTRIBUTES, CUSTOM
from tenure.web.book.forms import OF_ONE, NewValue, Telling, filled, staff
from tenure.web.book.models import Change
from tenure.web.book.rights import may_assign
from tenure.web.book.telling import NEXT_STEP, OWNER, PULSE
from tenure.web.kit.people import names


@dataclass(frozen=True)
class Past:
    """Something told before: what it was, what it became, who said so and when; ``undone``: it was taken back."""

    before: str
    after: str
    by: str
    at: datetime
    undone: bool


@dataclass(frozen=True)
class Editing:
    """The form. ``what``: what is told; ``called``: in words; ``now``: as it is; ``values``: those that other accounts have;
    ``back``: what the list asked.
    """

    id: str
    name: str
    what: str
    called: str
    now: str
    form: Telling
    values: tuple[str, ...]
    past: tuple[Past, ...]
    back: str


@page("book/edit/<path:account_id>/", roles=TELL, title=gettext_lazy("Edit an account"), methods=FORM)
def edit_cell(request: Request, account_id: str) -> Editing | HttpResponse:
    """Tell one thing of one account; it is shown at once, and can be taken back for a day."""
    what, sight = request.GET.get("what", ""), request.sight()
    row = _row(sight, account_id, what)
    if what == OWNER and not may_assign(request.user):
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = _form(what, data, sight, row)
    if data is not None and form.is_valid():
        told = telling.tell(sight, request.user, what, [account_id], form.told(), form.cleaned_data["message_id"])
        _say(request, told, row["name"] or account_id, what)
        return HttpResponseRedirect(_back(request.POST.get("back", "")))
    values = tuple(
        str(each.value) for each in sight.tally(what).groups if each.value not in (None, "")
    ) if isinstance(form, NewValue) else ()  # fmt: skip
    people = names.of(sight)
    content = Editing(
        account_id, row["name"] or account_id, what, telling.called(what), _as_it_is(sight, row, what), form, values,
        tuple(_past(each, what, people) for each in telling.history(account_id, what)), request.GET.get("back", ""),
    )  # fmt: skip
    template = "book/editing.html" if request.htmx else ""
    return show(request, content, template=template, status=422 if form.is_bound else 200)


def _row(sight: Sight, account_id: str, what: str) -> dict[str, Any]:
    """The account's row of the list. Raises ``Http404`` for one that is not the person's to change, or nothing that is told."""
    found = sight.rows("accounts", where=(("account_id", "equals", account_id),), limit=1)
    told = {OWNER, PULSE, NEXT_STEP, *ATTRIBUTES, *(c.name for c in found.columns if c.name.startswith(CUSTOM))}
    if not found.rows or what not in told:
        raise Http404
    return found.rows[0]


def _form(what: str, data: QueryDict | None, sight: Sight, row: dict[str, Any]) -> Telling:
    kind = OF_ONE.get(what, NewValue)
    if what == OWNER:
        return filled(kind, data, people=staff(sight), initial={"value": row["owner"]})
    if what in (PULSE, NEXT_STEP):
        return filled(kind, data)
    return filled(kind, data, initial={"value": row[what] or ""})


def _as_it_is(sight: Sight, row: dict[str, Any], what: str) -> str:
    if what == OWNER:
        return str(row["owner_name"] or row["owner"] or "")
    if what == NEXT_STEP:
        return next((each.text for each in sight.next_steps([row["account_id"]])), "")
    return "" if row[what] is None else f"{row[what]:f}".rstrip("0").rstrip(".") if what == PULSE else str(row[what])


def _past(of: Change, what: str, people: Any) -> Past:
    def named(value: str) -> str:
        return people.get(value, value) if what == OWNER else value

    return Past(named(of.before), named(of.after), of.run.by.name, of.run.at, of.run.undone_at is not None)


def _say(request: Request, told: telling.Told, name: str, what: str) -> None:
    if told.run is None:
        messages.info(request, _("That is so already."))
        return
    said = _("%(what)s of %(name)s is noted.") % {"what": telling.called(what), "name": name}
    undo = reverse("undo_run", args=[told.run.pk])
    messages.success(request, format_html('{} <a href="{}">{}</a>', said, undo, _("Undo")))


def _back(query: str) -> str:
    """The list as it was asked. Only its parameters are taken, so that nobody is led elsewhere."""
    told = QueryDict(query).urlencode()
    return reverse("accounts") + (f"?{told}" if told else "")
