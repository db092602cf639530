"""The list of tasks, and the form in which one is given."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access.models import User
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import TELL
from tenure.web.kit.choice import Choice
from tenure.web.kit.shell import Nav, Section
from tenure.web.kit.table import ON_A_PAGE, Heading, Pager, address, exported, heading, order_of, page_of, pager
from tenure.web.tasks import listed
from tenure.web.tasks.forms import TaskForm
from tenure.web.tasks.listed import COLUMNS, DEFAULT_ORDER, EXPORTED, NAMES, WIDE, Row
from tenure.web.work import tasks as work

#: What of an address narrows the list.
_ASKS = {"q", "view", "status", "owner", "kind"}


@dataclass(frozen=True)
class Tasks:
    """The list as the address asks for it. ``here``: its address, to come back to."""

    rows: tuple[Row, ...]
    headings: tuple[Heading, ...]
    pager: Pager
    search: str
    filters: tuple[Choice, ...]
    export: str
    order: str
    here: str
    narrowed: bool


@page("tasks/", roles=TELL, title=gettext_lazy("Tasks"), nav=Nav(Section.WORK, 20, "circle-check"))
def tasks(request: Request) -> Tasks | HttpResponse:
    """The tasks that one may see: filtered, sorted, by pages, or all of them as a file."""
    given, sight = request.GET.dict(), request.sight()
    order, number = order_of(given, NAMES, DEFAULT_ORDER), page_of(given)
    found = listed.in_order(listed.asked(request.user, sight, given), order)
    if given.get("format") == "csv":
        every = list(found)
        accounts = listed.accounts_of(sight, every)
        return exported("tasks", EXPORTED, (listed.told(task, accounts) for task in every))
    some = list(found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE])
    content = Tasks(
        listed.rows(some, listed.accounts_of(sight, some)),
        tuple(heading(label, name, order, given, numeric=first, wide=name in WIDE) for name, label, first in COLUMNS),
        pager(found.count(), number, given), given.get("q", ""), listed.filters(request.user, given),
        address(given, format="csv", page=""), given.get("order", ""), address(given), bool(_ASKS & given.keys()),
    )  # fmt: skip
    return show(request, content, template="tasks/list.html") if request.htmx else content


@dataclass(frozen=True)
class TaskMaking:
    """The form in which a task is given."""

    form: TaskForm


@page("tasks/new/", roles=TELL, title=gettext_lazy("New task"), methods=FORM)
def make_task(request: Request) -> TaskMaking | HttpResponse:
    """Give a task, to oneself or a colleague."""
    sight = request.sight()
    if request.method != "POST":
        initial = {"owner": request.user.pk, "account": request.GET.get("account", "")}
        return TaskMaking(TaskForm(sight, initial=initial))
    form = TaskForm(sight, request.POST)
    if not form.is_valid():
        return show(request, TaskMaking(form), status=422)
    given = form.cleaned_data
    wanted = work.Wanted(
        given["title"],
        User.objects.get(pk=given["owner"]),
        given["account"],
        given["text"],
        given["due"],
        given["priority"],
    )
    try:
        task = work.give(sight, request.user, wanted)
    except UsageError as error:
        form.add_error("owner", error.message)
        return show(request, TaskMaking(form), status=422)
    messages.success(request, _("The task is given."))
    return HttpResponseRedirect(reverse("task_page", args=[task.pk]))
