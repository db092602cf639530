"""The page of one's jobs: how far each is, what it made, and what runs again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.kit import formats
from tenure.web.kit.shell import Text
from tenure.web.kit.table import Export
from tenure.web.post import jobs as post
from tenure.web.post import schedules, words
from tenure.web.post.doing import folder
from tenure.web.post.models import OPEN, Job, Schedule, State

#: As many are shown; older ones are forgotten after a while anyway.
_MOST = 60
_TONES = {State.DONE: "good", State.FAILED: "bad", State.RUNNING: "", State.WAITING: "", State.CANCELLED: ""}


@dataclass(frozen=True)
class One:
    """A job as a line. ``done`` of ``total``, empty where it is not told; ``error`` what happened and ``fix`` what to do;
    ``file``: what it is called, with its size, where it is still kept until ``until``.
    """

    id: int
    title: str
    state: Text
    tone: str
    sentence: str
    done: int
    total: int | None
    at: datetime
    took: str
    error: str
    fix: str
    file: str
    size: str
    until: datetime | None
    is_open: bool
    stops: bool
    may_repeat: bool


@dataclass(frozen=True)
class Planned:
    """What runs again and again."""

    id: int
    title: str
    when: str
    next_at: datetime
    ran_at: datetime | None
    is_on: bool


@dataclass(frozen=True)
class Jobs:
    """One's jobs, the newest first, and one's schedules, the next first."""

    jobs: tuple[One, ...]
    schedules: tuple[Planned, ...]
    running: int


@page("jobs/", roles=EVERYONE, title=gettext_lazy("Jobs"))
def jobs(request: Request) -> Jobs | HttpResponse:
    """What is done for me in the background, and what became of it."""
    content = _content(request)
    return show(request, content, template="jobs/list.html") if request.htmx else content


def _content(request: Request) -> Jobs:
    found = Job.objects.filter(owner=request.user, quiet=False).order_by("-made_at", "-pk")[:_MOST]
    planned = tuple(map(_planned, schedules.of(request.user)))
    lines = tuple(map(_one, found))
    return Jobs(lines, planned, sum(line.is_open for line in lines))


def _one(job: Job) -> One:
    error, about = job.error or {}, job.file_about
    began, ended = job.started_at, job.ended_at
    is_open = job.state in OPEN
    later = job.state == State.WAITING and job.error is not None
    counted = f"{formats.number(job.done)} / {formats.number(job.total)} " if job.total else ""
    sentence = _("tried again %(when)s") % {"when": formats.since(job.due_at)} if later else counted + job.sentence
    return One(
        job.pk, job.title, State(job.state).label, _TONES[State(job.state)], sentence if is_open else "",
        job.done, job.total if job.state == State.RUNNING else None, job.made_at,
        formats.duration(ended - began) if began and ended and (ended - began).total_seconds() >= 30 else "",
        error.get("message", ""), error.get("fix", ""), about.get("name", "") if job.file else "",
        words.size(about.get("size", 0)), job.file_until, is_open, job.stops,
        job.state in (State.FAILED, State.CANCELLED) and job.kind in post.declared(),
    )  # fmt: skip


def _planned(each: Schedule) -> Planned:
    return Planned(each.pk, each.title, words.told(schedules.rule_of(each)), each.next_at, each.ran_at, each.is_on)


@page("jobs/<int:job>/file/", roles=EVERYONE, title=gettext_lazy("File of a job"))
def job_file(request: Request, job: int) -> HttpResponse:
    """The file that a job of one's own made; another's is not there, and none after its time."""
    found = Job.objects.filter(owner=request.user, pk=job, file_until__gt=timezone.now()).exclude(file="").first()
    if found is None:
        raise Http404
    try:
        content = (folder() / found.file).read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    about = found.file_about
    response = Export(content, content_type=about["type"])
    response.rows, response.columns = about["rows"], tuple(about["columns"])
    response.headers["Content-Disposition"] = words.disposition(about["name"])
    return response


@page("jobs/<int:job>/cancel/", roles=EVERYONE, title=gettext_lazy("Cancel a job"), methods=POST)
def cancel_job(request: Request, job: int) -> HttpResponse:
    """Cancel a job of one's own."""
    if not post.cancel(request.user, job):
        raise Http404
    messages.success(request, _("The job ends as soon as it can."))
    return HttpResponseRedirect(reverse("jobs"))


@page("jobs/<int:job>/again/", roles=EVERYONE, title=gettext_lazy("Run a job again"), methods=POST)
def repeat_job(request: Request, job: int) -> HttpResponse:
    """Have a job of one's own done again that failed or was cancelled."""
    if post.again(request.user, job) is None:
        raise Http404
    messages.success(request, _("The job waits for its turn."))
    return HttpResponseRedirect(reverse("jobs"))


@page("jobs/schedules/<int:schedule>/", roles=EVERYONE, title=gettext_lazy("Change a schedule"), methods=POST)
def change_schedule(request: Request, schedule: int) -> HttpResponse:
    """Pause a schedule of one's own, let it go on, or end it."""
    what = request.POST.get("what", "")
    done = {
        "pause": lambda: schedules.switch(request.user, schedule, on=False),
        "go_on": lambda: schedules.switch(request.user, schedule, on=True),
        "end": lambda: schedules.drop(request.user, schedule),
    }.get(what)
    if done is None or not done():
        raise Http404
    said = {"pause": _("It is paused."), "go_on": _("It runs again."), "end": _("It has ended.")}
    messages.success(request, said[what])
    return HttpResponseRedirect(reverse("jobs"))
