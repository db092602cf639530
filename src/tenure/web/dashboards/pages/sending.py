"""A dashboard as a file, and by mail on a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.dashboards import whose
from tenure.web.dashboards.jobs import FILE, MAIL, people
from tenure.web.dashboards.models import Dashboard
from tenure.web.kit import drawn
from tenure.web.post import jobs, mail, schedules
from tenure.web.post.forms import When, initial_of


class MailForm(When):
    """When a dashboard is sent, as what, and to whom."""

    made_as = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=[("table", gettext_lazy("tables in the mail")), ("pdf", gettext_lazy("PDF, with charts")),
                 ("xlsx", gettext_lazy("workbook (XLSX)")), ("csv", gettext_lazy("tables (CSV)"))],
    )  # fmt: skip
    recipients = forms.MultipleChoiceField(label=gettext_lazy("To"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *data: Any, whom: list[User], **more: Any) -> None:
        super().__init__(*data, may_never=True, **more)
        recipients = self.fields["recipients"]
        assert isinstance(recipients, forms.MultipleChoiceField)
        recipients.choices = [(str(each.pk), each.name) for each in whom]
        recipients.help_text = _(
            "Each gets the figures of her own accounts. Only who sees the dashboard can be chosen."
        )


@dataclass(frozen=True)
class MailDashboard:
    """``is_set``: mail can be sent; ``draws``: a PDF can be made."""

    id: int
    title: str
    form: MailForm
    is_set: bool
    draws: bool


@page("dashboards/<int:dashboard>/export/", roles=EVERYONE, title=gettext_lazy("Export a dashboard"), methods=POST)
def export_dashboard(request: Request, dashboard: int) -> HttpResponse:
    """Have a file made of a dashboard; it waits among one's jobs."""
    found = whose.seen(request.user, dashboard)
    kind = request.POST.get("format", "")
    if kind not in ("csv", "xlsx", "pdf"):
        raise Http404
    jobs.start(request.user, FILE, f"{found.title} ({kind.upper()})", dashboard=found.pk, made_as=kind)
    messages.success(request, _("The file is being made. It waits for you here."))
    return HttpResponseRedirect(reverse("jobs"))


@page("dashboards/<int:dashboard>/mail/", roles=EVERYONE, title=gettext_lazy("Send by mail"), methods=FORM)
def mail_dashboard(request: Request, dashboard: int) -> MailDashboard | HttpResponse:
    """Have a dashboard sent by mail on a schedule: its owner to whom it is shared with, everybody else to herself."""
    found = whose.seen(request.user, dashboard)
    whom = people(found) if found.owner_id == request.user.pk else [request.user]
    name = f"dashboard:{found.pk}"
    kept = schedules.named(request.user, MAIL, name)
    if request.method != "POST":
        told = kept.arguments if kept else {"made_as": "table", "recipients": [request.user.pk]}
        initial = initial_of(kept) | {
            "made_as": told["made_as"],
            "recipients": [str(each) for each in told["recipients"]],
        }
        return _page(found, MailForm(initial=initial, whom=whom))
    form = MailForm(request.POST, whom=whom)
    if not form.is_valid():
        return show(request, _page(found, form), status=422)
    rule = form.rule()
    if rule is None:
        if kept:
            schedules.drop(request.user, kept.pk)
        messages.success(request, _("It is not sent any more."))
        return HttpResponseRedirect(reverse("one_dashboard", args=[found.pk]))
    recipients = [int(each) for each in form.cleaned_data["recipients"]]
    title = _("%(title)s by mail") % {"title": found.title}
    if request.user.pk in recipients:
        mail.accept(request.user, name)
    schedules.keep(
        request.user,
        MAIL,
        rule,
        title,
        name=name,
        dashboard=found.pk,
        made_as=form.cleaned_data["made_as"],
        recipients=recipients,
    )
    messages.success(request, _("It is sent from now on. Under Jobs you see when next."))
    return HttpResponseRedirect(reverse("one_dashboard", args=[found.pk]))


def _page(found: Dashboard, form: MailForm) -> MailDashboard:
    return MailDashboard(found.pk, found.title, form, mail.is_set_up(), drawn.is_there())
