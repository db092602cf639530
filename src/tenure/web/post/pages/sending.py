"""A view as a file, and by mail on a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.kit import drawn
from tenure.web.post import jobs, mail, schedules, sending
from tenure.web.post.forms import When, initial_of
from tenure.web.post.sending import LONGEST, PDF, TABLE
from tenure.web.post.views import FILE, MAIL

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.post.sending import View

_KINDS = {
    TABLE: gettext_lazy("tables in the mail"), PDF: gettext_lazy("PDF, with charts"),
    "xlsx": gettext_lazy("workbook (XLSX)"), "csv": gettext_lazy("tables (CSV)"),
}  # fmt: skip


class MailForm(When):
    """When a view is sent, as what, and to whom."""

    made_as = forms.ChoiceField(label=gettext_lazy("As"))
    recipients = forms.MultipleChoiceField(
        label=gettext_lazy("To"), widget=forms.CheckboxSelectMultiple,
        template_name="kit/checks.html",  # type: ignore[call-arg]  # since Django 5.0; the stubs lack it
    )  # fmt: skip

    def __init__(self, *data: Any, kinds: list[str], whom: list[User], **more: Any) -> None:
        super().__init__(*data, may_never=True, **more)
        made_as, recipients = self.fields["made_as"], self.fields["recipients"]
        assert isinstance(made_as, forms.ChoiceField)
        assert isinstance(recipients, forms.MultipleChoiceField)
        made_as.choices = [(kind, _KINDS[kind]) for kind in kinds]
        recipients.choices = [(str(each.pk), each.name) for each in whom]
        recipients.help_text = _("Each gets the figures of their own accounts. Only who opens it can be chosen.")


@dataclass(frozen=True)
class SendView:
    """``back``: where the view is; ``is_set``: mail can be sent; ``draws``: a PDF can be made; ``files``: where one of ``kinds`` is
    had.
    """

    title: str
    back: str
    form: MailForm
    is_set: bool
    draws: bool
    files: str
    kinds: tuple[str, ...]


@page("send/<slug:view>/", roles=EVERYONE, title=gettext_lazy("Send, or as a file"), methods=FORM)
def send_view(request: Request, view: str) -> SendView | HttpResponse:
    """Have a view sent by mail on a schedule: its address stands behind the question mark."""
    found, address, title = _view(request, view)
    name = sending.purpose(view, address)
    kept = schedules.named(request.user, MAIL, name)
    of_form: dict[str, Any] = {
        "kinds": [TABLE, PDF, *found.files], "whom": found.whom(request.user, request.GET),
    }  # fmt: skip
    if request.method != "POST":
        told = kept.arguments if kept else {"made_as": TABLE, "recipients": [request.user.pk]}
        recipients = [str(each) for each in told["recipients"]]
        initial = initial_of(kept) | {"made_as": told["made_as"], "recipients": recipients}
        return _page(view, address, title, MailForm(initial=initial, **of_form))
    form = MailForm(request.POST, **of_form)
    if not form.is_valid():
        return show(request, _page(view, address, title, form), status=422)
    rule = form.rule()
    if rule is None:
        if kept:
            schedules.drop(request.user, kept.pk)
        messages.success(request, _("It is not sent any more."))
        return HttpResponseRedirect(reverse("jobs"))
    recipients_of = [int(each) for each in form.cleaned_data["recipients"]]
    if request.user.pk in recipients_of:
        mail.accept(request.user, name)
    schedules.keep(
        request.user, MAIL, rule, _("%(title)s by mail") % {"title": title}, name=name, view=view, address=address,
        made_as=form.cleaned_data["made_as"], recipients=recipients_of,
    )  # fmt: skip
    messages.success(request, _("It is sent from now on. Here you see when next."))
    return HttpResponseRedirect(reverse("jobs"))


@page("send/<slug:view>/file/", roles=EVERYONE, title=gettext_lazy("View as a file"), methods=POST)
def file_view(request: Request, view: str) -> HttpResponse:
    """Have a file made of a view; it waits among one's jobs."""
    found, address, title = _view(request, view)
    kind = request.POST.get("format", "")
    if kind not in (PDF, *found.files):
        raise Http404
    jobs.start(request.user, FILE, f"{title} ({kind.upper()})", view=view, address=address, made_as=kind)
    messages.success(request, _("The file is being made. It waits for you here."))
    return HttpResponseRedirect(reverse("jobs"))


def _view(request: Request, view: str) -> tuple[View, str, str]:
    """The view, its address, and what it is called. Raises ``Http404`` for one that the person does not open."""
    found = sending.find(view, request.user)
    address = urlencode([(name, value) for name, values in request.GET.lists() for value in values if value])
    if found is None or len(address) > LONGEST:
        raise Http404
    return found, address, found.titled(request.user, request.GET)[:150]


def _page(view: str, address: str, title: str, form: MailForm) -> SendView:
    asked = f"?{address}" if address else ""
    back, kinds = sending.link(view, address), (PDF, *sending.declared()[view].files)
    return SendView(
        title, back, form, mail.is_set_up(), drawn.is_there(), reverse("file_view", args=[view]) + asked, kinds
    )
