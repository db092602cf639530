"""Templates: several tasks that belong together, and giving them at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import UsageError
from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import TELL
from tenure.web.kit.reading import local_today
from tenure.web.tasks.forms import ApplyForm, TemplateForm
from tenure.web.work import routine


@dataclass(frozen=True)
class Template:
    """A template of the list. ``days``: after how many business days its last step is due; ``changes``: the reader may change it."""

    id: int
    name: str
    text: str
    steps: tuple[str, ...]
    days: int
    owner: str
    shared: bool
    changes: bool


@dataclass(frozen=True)
class Templates:
    """The templates that the reader may apply."""

    templates: tuple[Template, ...]


@page("task-templates/", roles=TELL, title=gettext_lazy("Task templates"), within="tasks")
def task_templates(request: Request) -> Templates:
    """The templates that one may apply: one's own and what others share."""
    found = routine.templates(request.user).prefetch_related("steps")
    return Templates(
        tuple(
            Template(
                one.pk, one.name, one.text, tuple(step.title for step in one.steps.all()),
                max((step.after for step in one.steps.all()), default=0), one.owner.name, one.shared,
                routine.changes(request.user, one),
            )
            for one in found
        )
    )  # fmt: skip


@dataclass(frozen=True)
class TemplateChanging:
    """The form of a template; ``id``: of one that is there already, else 0."""

    id: int
    form: TemplateForm


@page("task-templates/new/", roles=TELL, title=gettext_lazy("New template"), methods=FORM, within="tasks")
def make_template(request: Request) -> TemplateChanging | HttpResponse:
    """Make a template."""
    if request.method != "POST":
        return TemplateChanging(0, TemplateForm())
    return _saved(request, None)


@page("task-templates/<int:template_id>/", roles=TELL, title=gettext_lazy("Template"), methods=FORM, within="tasks")
def change_template(request: Request, template_id: int) -> TemplateChanging | HttpResponse:
    """Change a template. Tasks that were given from it stay as they are."""
    found = routine.template(request.user, template_id)
    if not routine.changes(request.user, found):
        raise Http404
    if request.method != "POST":
        return TemplateChanging(found.pk, TemplateForm(initial=TemplateForm.told(found)))
    return _saved(request, template_id)


@page("task-templates/<int:template_id>/remove/", roles=TELL, title=gettext_lazy("Remove a template"), methods=POST)
def remove_template(request: Request, template_id: int) -> HttpResponse:
    """Remove a template. Tasks that were given from it stay as they are."""
    found = routine.template(request.user, template_id)
    if not routine.changes(request.user, found):
        raise Http404
    found.delete()
    messages.success(request, _("The template is removed."))
    return HttpResponseRedirect(reverse("task_templates"))


def _saved(request: Request, template_id: int | None) -> HttpResponse:
    form = TemplateForm(request.POST)
    if not form.is_valid():
        return show(request, TemplateChanging(template_id or 0, form), status=422, template="tasks/make_template.html")
    given = form.cleaned_data
    over = routine.template(request.user, template_id) if template_id else None
    routine.save_template(
        request.user, given["name"], given["steps"], text=given["text"], shared=given["shared"], over=over
    )
    messages.success(request, _("The template is kept."))
    return HttpResponseRedirect(reverse("task_templates"))


@dataclass(frozen=True)
class Applying:
    """The form in which a template is applied."""

    id: int
    name: str
    form: ApplyForm


@page(
    "task-templates/<int:template_id>/apply/",
    roles=TELL,
    title=gettext_lazy("Apply a template"),
    methods=FORM,
    within="tasks",
)
def apply_template(request: Request, template_id: int) -> Applying | HttpResponse:
    """Give every step of a template as a task about an account."""
    sight, found = request.sight(), routine.template(request.user, template_id)
    if request.method != "POST":
        today = local_today()
        initial = {"owner": request.user.pk, "account": request.GET.get("account", ""), "starts": today}
        return Applying(found.pk, found.name, ApplyForm(sight, initial=initial))
    form = ApplyForm(sight, request.POST)
    if not form.is_valid():
        return show(request, Applying(found.pk, found.name, form), status=422)
    given = form.cleaned_data
    owner = User.objects.get(pk=given["owner"])
    try:
        made = routine.from_template(sight, request.user, found, given["account"], owner, given["starts"])
    except UsageError as error:
        form.add_error("owner", error.message)
        return show(request, Applying(found.pk, found.name, form), status=422)
    said = ngettext("%(number)s task is given.", "%(number)s tasks are given.", len(made)) % {"number": len(made)}
    messages.success(request, said)
    return HttpResponseRedirect(reverse("tasks") + ("" if owner == request.user else "?view=given"))
