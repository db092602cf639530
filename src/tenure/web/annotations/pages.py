"""The pages on which annotations are listed, written, changed and removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.titles import titled
from tenure.web.access import annotating
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.kit.annotations import Annotation, written
from tenure.web.kit.asking import Answers
from tenure.web.kit.once import Once, tell
from tenure.web.kit.reading import local_today

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 200


class Writing(Once):
    """What happened, and on which charts it stands."""

    text = forms.CharField(
        label=gettext_lazy("What happened"), max_length=_LONGEST,
        help_text=gettext_lazy("A few words that everybody may read, as “Prices up by 5 %”. Name no customer and no person."),
    )  # fmt: skip
    day = forms.DateField(label=gettext_lazy("When"), widget=forms.DateInput(attrs={"type": "date"}))
    metric = forms.ChoiceField(label=gettext_lazy("On the charts of"), required=False)

    def __init__(self, *given: Any, metrics: Iterable[str], **more: Any) -> None:
        super().__init__(*given, **more)
        named = sorted((titled(slug), slug) for slug in metrics)
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            ("", _("every metric")), *((slug, title) for title, slug in named),
        ]  # fmt: skip

    def row(self, name: str, by: str) -> dict[str, Any]:
        """It as a row of ``annotation``."""
        given = self.cleaned_data
        return {
            "annotation_id": name, "metric": given["metric"] or None, "day": given["day"].isoformat(),
            "text": given["text"], "by": by, "at": datetime.now(UTC),
        }  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """One of the list. ``link``: where the reader changes it; empty where she may not."""

    day: date
    text: str
    metric: str
    by: str
    at: datetime
    link: str


@dataclass(frozen=True)
class List:
    """All annotations, the latest day first. ``writes``: the reader may write one."""

    every: tuple[Listed, ...]
    writes: bool


@dataclass(frozen=True)
class Form:
    """The form. ``back``: where one came from; ``remove``: where the annotation is removed, empty while it is written."""

    form: Writing
    back: str
    remove: str = ""


@page("annotations/", roles=EVERYONE, title=gettext_lazy("Annotations"))
def annotated(request: Request) -> List:
    """What was written down beside our figures?"""
    answers = Answers(request.sight())
    marks = annotating.marks(answers, request.user)
    every = tuple(
        Listed(
            each.day, each.text, titled(each.metric) if each.metric else _("every metric"),
            marks.names.get(each.by, each.by), each.at, marks.link(each),
        )
        for each in reversed(marks.found)
    )  # fmt: skip
    return List(every, annotating.may_annotate(request.user))


@page("annotations/write/", roles=annotating.ANNOTATES, title=gettext_lazy("Annotate"), methods=FORM)
def annotate(request: Request) -> Form | HttpResponse:
    """Write down what happened on a day; it stands on the charts from the next look on."""
    sight, back = request.sight(), _back(request)
    if request.method != "POST":
        today = local_today()
        form = Writing.new(of={"metrics": sight.metrics()}, day=today, metric=request.GET.get("metric", ""))
        return Form(form, back)
    form = Writing(request.POST, metrics=sight.metrics())
    if not form.is_valid():
        return show(request, Form(form, back), status=422)
    name = f"app-{form.cleaned_data['message_id']}"
    by = annotating.author_of(request.user)
    told = partial(sight.record, "annotation", [form.row(name, by)], by=by, message_id=f"annotation {name}")
    tell(request, told, _("The annotation stands on the charts."))
    return HttpResponseRedirect(back)


@page(
    "annotations/<path:annotation>/",
    roles=annotating.ANNOTATES,
    title=gettext_lazy("Change an annotation"),
    methods=FORM,
)
def annotation(request: Request, annotation: str) -> Form | HttpResponse:
    """Change an annotation. What it said before stays readable as of that time."""
    sight, back = request.sight(), _back(request)
    found = _own(request, annotation)
    remove = reverse("remove_annotation", args=[found.id])
    if request.method != "POST":
        form = Writing.new(of={"metrics": sight.metrics()}, text=found.text, day=found.day, metric=found.metric)
        return Form(form, back, remove)
    form = Writing(request.POST, metrics=sight.metrics())
    if not form.is_valid():
        return show(request, Form(form, back, remove), status=422)
    name = f"annotation {found.id} {form.cleaned_data['message_id']}"
    row, by = form.row(found.id, found.by), annotating.author_of(request.user)
    tell(request, partial(sight.record, "annotation", [row], by=by, message_id=name), _("The annotation is changed."))
    return HttpResponseRedirect(back)


@page("annotations/<path:annotation>/remove/", roles=annotating.ANNOTATES, title=gettext_lazy("Remove"), methods=POST)
def remove_annotation(request: Request, annotation: str) -> HttpResponse:
    """Take an annotation off all charts."""
    found, by = _own(request, annotation), annotating.author_of(request.user)
    row: dict[str, Any] = {
        "table_name": "annotation",
        "key": found.id,
        "at": datetime.now(UTC),
        "reason": f"removed by {by}",
    }
    request.sight().record(
        "retraction", [row], by=by, message_id=f"annotation {found.id} removed {row['at'].isoformat()}"
    )
    messages.success(request, _("The annotation is removed."))
    return HttpResponseRedirect(_back(request))


def _own(request: Request, name: str) -> Annotation:
    """An annotation that this person may change. Raises ``Http404``."""
    for each in written(Answers(request.sight())):
        if each.id == name and annotating.may_change(request.user, each):
            return each
    raise Http404


def _back(request: Request) -> str:
    """Where the person came from, as long as that is a page of ours; else the list."""
    given = request.POST.get("next") or request.GET.get("next", "")
    return given if url_has_allowed_host_and_scheme(given, allowed_hosts=None) else reverse("annotated")
