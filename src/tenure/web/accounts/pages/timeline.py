"""The time line of an account, and what is told there: contacts and notes, logged, mended and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import log
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.accounts.forms import Contact, Note
from tenure.web.accounts.naming import PEOPLE
from tenure.web.accounts.part import answered, may_tell
from tenure.web.accounts.parts.told import TimeLine, time_line
from tenure.web.kit.account import named
from tenure.web.kit.contact import row_of
from tenure.web.kit.once import tell

if TYPE_CHECKING:
    from tenure.engine import Sight

#: What can be taken back here: by kind, the table.
_TABLES = {"note": "note", "contact": "touchpoint"}


def _by(request: Request) -> str:
    return log.sender(request.user.pk)


def _time_line(
    request: Request, account_id: str, *, said: str = "", contact: Contact | None = None, note: Note | None = None
) -> TimeLine:
    given = request.GET.dict() if request.method == "GET" else {}
    found = time_line(
        request.sight(), account_id, request.user, given, may_tell=may_tell(request.user), said=said, contact=contact,
        note=note,
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


@page("accounts/<path:account_id>/timeline/", roles=EVERYONE, title=gettext_lazy("Time line"))
def account_timeline(request: Request, account_id: str) -> HttpResponse:
    """What happened with an account, out of all that tells of it."""
    return answered(request, _time_line(request, account_id))


@dataclass(frozen=True)
class Form:
    """A form about an account, in a page of its own. ``action``: what its button says."""

    id: str
    name: str
    form: Contact | Note
    action: str


@page("accounts/<path:account_id>/contact/", roles=TELL, title=gettext_lazy("Log a contact"), methods=FORM)
def log_contact(request: Request, account_id: str) -> HttpResponse:
    """Log a contact with an account; it is in the figures from the next look on."""
    sight = request.sight()
    name, now = named(sight, account_id)
    people = _people(sight, account_id)
    if request.method != "POST":
        return _form(
            request, account_id, name, Contact.new(auto_id="contact_%s", of={"people": people, "now": now}), _("Log it")
        )
    form = Contact(request.POST, people=people, now=now, auto_id="contact_%s")
    if not form.is_valid():
        return _refused(request, account_id, name, form, _("Log it"))
    given = form.cleaned_data
    own_id = f"{log.written_by(request.user.pk)}{given['message_id']}"
    row = row_of(given, own_id, account_id, request.user.csm_id)
    told = partial(sight.record, "touchpoint", [row], by=_by(request), message_id=given["message_id"])
    return _done(request, account_id, told, _("The contact is logged."))


@page("accounts/<path:account_id>/note/", roles=TELL, title=gettext_lazy("Write a note"), methods=FORM)
def write_note(request: Request, account_id: str) -> HttpResponse:
    """Write a note about an account, or one of one's own anew (``note``: its id): what it said before stays readable as of then."""
    sight = request.sight()
    name, now = named(sight, account_id)
    note_id = request.GET.get("note", "")
    before = _own_note(request, sight, account_id, note_id) if note_id else None
    if request.method != "POST":
        given: dict[str, Any] = {"title": before["title"] or "", "text": before["text"] or ""} if before else {}
        return _form(request, account_id, name, Note.new(auto_id="note_%s", **given), _("Keep it"))
    form = Note(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return _refused(request, account_id, name, form, _("Keep it"))
    message_id = form.cleaned_data["message_id"]
    at = before["at"] if before else now
    by = (before["by"] if before else "") or request.user.csm_id or request.user.name
    row = form.row(account_id, note_id or f"{log.written_by(request.user.pk)}{message_id}", at, by)
    if before is None:  # sent twice, it is the same note: it keeps the moment at which it was first told
        again = _note(sight, account_id, row["note_id"])
        row["at"] = again["at"] if again else row["at"]
    told = partial(sight.record, "note", [row], by=_by(request), message_id=message_id)
    return _done(request, account_id, told, _("The note is changed.") if before else _("The note is kept."))


@page("accounts/<path:account_id>/timeline/remove/", roles=TELL, title=gettext_lazy("Take back"), methods=POST)
def take_back_entry(request: Request, account_id: str) -> HttpResponse:
    """Take back a note or a contact that one has told here oneself: from now on it does not count."""
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    named(request.sight(), account_id)
    if kind not in _TABLES or not key.startswith(log.written_by(request.user.pk)):
        raise Http404
    column = "note_id" if kind == "note" else "touchpoint_id"
    where = [(column, "equals", key), ("account_id", "equals", account_id)]
    if not request.sight().rows(_TABLES[kind], columns=(column,), where=where, limit=1).rows:
        raise Http404
    reason = _("taken back by who wrote it")
    told = partial(request.sight().retract, _TABLES[kind], key, reason=reason, by=_by(request))
    return _done(request, account_id, told, _("It is taken back, and counts no more."))


def _note(sight: Sight, account_id: str, note_id: str) -> dict[str, Any] | None:
    where = [("note_id", "equals", note_id), ("account_id", "equals", account_id)]
    found = sight.rows("note", columns=("note_id", "at", "by", "title", "text"), where=where, limit=1).rows
    return found[0] if found else None


def _own_note(request: Request, sight: Sight, account_id: str, note_id: str) -> dict[str, Any]:
    """A note of the reader's own. Raises ``Http404`` for another's, as for one that is not there."""
    found = _note(sight, account_id, note_id) if note_id.startswith(log.written_by(request.user.pk)) else None
    if found is None:
        raise Http404
    return found


def _people(sight: Sight, account_id: str) -> list[tuple[str, str]]:
    found = sight.dossier(account_id, {"person": PEOPLE})
    return [(row["person_id"], row["name"]) for row in found.pages["person"].rows if row["name"]] if found else []


def _form(request: Request, account_id: str, name: str, form: Contact | Note, action: str) -> HttpResponse:
    return show(request, Form(account_id, name, form, action), template="accounts/form.html")


def _refused(request: Request, account_id: str, name: str, form: Contact | Note, action: str) -> HttpResponse:
    if not request.htmx:
        return show(request, Form(account_id, name, form, action), status=422, template="accounts/form.html")
    contact, note = (form if isinstance(form, kind) else None for kind in (Contact, Note))
    content = _time_line(request, account_id, contact=contact, note=note)  # type: ignore[arg-type]
    return answered(request, content, status=422)


def _done(request: Request, account_id: str, does: Callable[[], object], said: str) -> HttpResponse:
    taken = tell(request, does, said)
    if request.htmx:
        return answered(request, _time_line(request, account_id, said=said if taken else ""))
    return HttpResponseRedirect(reverse("account_page", args=[account_id]))
