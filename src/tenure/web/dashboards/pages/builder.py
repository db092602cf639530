"""Where a tile is built: what is chosen is shown at once, as it will stand on the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.web.access.models import User
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.dashboards import question as questions
from tenure.web.dashboards import shown, whose
from tenure.web.dashboards.models import Dashboard, Look
from tenure.web.dashboards.question import COUNTS, Question
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice, Option, number_of
from tenure.web.kit.chosen import DIMENSIONS, choices, variants
from tenure.web.post.shown import Shown

_FIRST = "net_revenue_retention"
#: What may be asked of the builder, and where a new dashboard is wanted.
_NEW = "new"
_KEPT = ("metric", "dashboard", "look", "count", "width", "grain", "title")
_WIDTHS = {1: gettext_lazy("a third"), 2: gettext_lazy("two thirds"), 3: gettext_lazy("all")}


@dataclass(frozen=True)
class Builder:
    """``metrics``: by family; ``dashboards``: where to put it, for a new tile; ``tile``: 0 of a new one; ``wrong``: why nothing can be
    shown.
    """

    tile: int
    back: str
    metrics: tuple[tuple[str, tuple[Option, ...]], ...]
    choices: tuple[Choice, ...]
    variants: tuple[Choice, ...]
    varied: bool
    dashboards: Choice | None
    title: str
    suggested: str
    shown: Shown | None
    wrong: str


@page("dashboards/pin/", roles=EVERYONE, title=gettext_lazy("Pin a figure"), methods=FORM)
def pin(request: Request) -> Builder | HttpResponse:
    """Choose what to see, and pin it to a dashboard of one's own."""
    if request.method == "POST":
        return _pinned(request)
    content = _builder(request, request.GET)
    return show(request, content, template="dashboards/builder.html") if request.htmx else content


def _pinned(request: Request) -> HttpResponse:
    asked = questions.asked(request.POST, Answers(request.sight()))
    given = request.POST.get("dashboard", _NEW)
    if given == _NEW:
        dashboard = Dashboard.objects.create(owner=request.user, title=_("My dashboard"))
    else:
        dashboard = whose.own(request.user, number_of(given))
    whose.pin(dashboard, asked.text(), request.POST.get("title", "").strip()[:120], _width(request.POST))
    messages.success(request, _("Pinned."))
    return HttpResponseRedirect(reverse("one_dashboard", args=[dashboard.pk]))


@page("dashboards/tiles/<int:tile>/edit/", roles=EVERYONE, title=gettext_lazy("Change a tile"), methods=FORM)
def edit_tile(request: Request, tile: int) -> Builder | HttpResponse:
    """Change what a tile of one's own shows."""
    found = whose.own_tile(request.user, tile)
    if request.method == "POST":
        asked = questions.asked(request.POST, Answers(request.sight()))
        found.question, found.title = asked.text(), request.POST.get("title", "").strip()[:120]
        found.width = _width(request.POST)
        found.save(update_fields=["question", "title", "width"])
        whose.touch(found.dashboard)
        messages.success(request, _("Changed."))
        return HttpResponseRedirect(reverse("one_dashboard", args=[found.dashboard_id]))
    given: QueryDict = request.GET
    if "metric" not in given:
        own = urlencode({"title": found.title, "width": found.width})
        given = QueryDict(f"{found.question}&{own}")
    content = _builder(request, given, found.pk, found.dashboard_id)
    return show(request, content, template="dashboards/builder.html" if request.htmx else "dashboards/pin.html")


def _builder(request: Request, given: QueryDict, tile: int = 0, dashboard: int = 0) -> Builder:
    answers = Answers(request.sight())
    entries = answers.sight.metrics()
    if given.get("metric") not in entries:
        metric = _FIRST if _FIRST in entries else next(iter(entries))
        given = _kept(given, metric=metric)
    elif given.get("was", given["metric"]) != given["metric"]:
        given = _kept(given)  # another metric has a window, slices and variants of its own
    asked = questions.asked(given, answers)
    found, wrong = None, ""
    try:
        found = shown.shown(asked, answers, given.get("title", "").strip())
    except UsageError as error:
        wrong = f"{error.message} {error.fix}".strip()
    title = given.get("title", "").strip()
    return Builder(
        tile, reverse("one_dashboard", args=[dashboard]) if dashboard else "", _metrics(answers, asked),
        _choices(asked, answers, given), variants(asked.chosen, asked.entry), bool(asked.chosen.variants),
        None if tile else _boards(request.user, given.get("dashboard", "")), title, asked.title(asked.people(answers)), found, wrong,
    )  # fmt: skip


def _kept(given: QueryDict, **more: str) -> QueryDict:
    """What still holds of a question when its metric becomes another."""
    return QueryDict(urlencode({**{name: given.get(name, "") for name in _KEPT}, **more}))


def _metrics(answers: Answers, asked: Question) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    by_family: dict[str, list[Option]] = {}
    for entry in answers.sight.metrics().values():
        option = Option(entry.slug, titled(entry.slug), entry.slug == asked.entry.slug)
        by_family.setdefault(entry.family.capitalize(), []).append(option)
    return tuple((name, tuple(options)) for name, options in sorted(by_family.items()))


def _choices(asked: Question, answers: Answers, given: QueryDict) -> tuple[Choice, ...]:
    look = Choice("look", _("Shown as"), tuple(Option(v, n, v == asked.look) for v, n in Look.choices))
    counts = tuple(Option(str(n), formats.number(n), n == asked.count) for n in COUNTS)
    width = _width(given)
    widths = tuple(Option(str(n), name, n == width) for n, name in _WIDTHS.items())
    where = given.get("where", "")
    dimensions = tuple(dict.fromkeys((*asked.entry.by, *DIMENSIONS)))
    slices = (Option("", _("all"), not where), *(Option(n, titled(n), n == where) for n in dimensions))
    found = [look, *choices(asked.chosen, asked.entry), Choice("count", _("How many"), counts)]
    found.append(Choice("where", _("Only of a"), slices))
    if where in dimensions:
        people = asked.people(answers)
        try:
            told = questions.values(asked, answers, where)
        except UsageError:  # the metric knows no such dimension: the answer says so
            told = ()
        options = tuple(Option(v, people.get(v, v), v == given.get("value", "")) for v in told)
        found.append(Choice("value", titled(where), (Option("", _("choose"), not given.get("value")), *options)))
    found.append(Choice("width", _("Width"), widths))
    return tuple(found)


def _boards(user: User, wanted: str) -> Choice:
    mine = Dashboard.objects.filter(owner=user, deleted_at=None).order_by("-changed_at")
    options = tuple(Option(str(each.pk), each.title, str(each.pk) == wanted) for each in mine)
    return Choice("dashboard", _("On"), (*options, Option(_NEW, _("a new dashboard"), wanted == _NEW)))


def _width(given: QueryDict) -> int:
    width = given.get("width", "")
    return int(width) if width in map(str, whose.WIDTHS) else 1
