"""The page on which backups are made and what lies on the disk is verified: when last, with what result, and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.engine.in_force import put
from tenure.engine.saving import FOLDER
from tenure.keeper import backups
from tenure.web.access import events
from tenure.web.access.events import Kind
from tenure.web.access.page import POST, Request, page
from tenure.web.access.roles import OPERATE
from tenure.web.kit.shell import Nav, Section
from tenure.web.post import jobs, words
from tenure.web.post.models import OPEN, Job, State
from tenure.web.upkeep.jobs import BACKUP, VERIFICATION

_PLAN = "# Written by the page Backup and verification. Keys: folder (where to), keep (how many stay, the oldest go), keys, warehouse.\nkeep = 14\n"


@dataclass(frozen=True)
class Made:
    """The last backup: when, how large, and which file."""

    at: datetime
    size: str
    file: str


@dataclass(frozen=True)
class Looked:
    """The last verification. ``wrong``: what is damaged, empty for nothing, and ``fix``: what to do. ``job``: of the reader's own the
    number, under which the file lies that tells all.
    """

    at: datetime
    by: str
    wrong: str
    fix: str
    job: int


@dataclass(frozen=True)
class Upkeep:
    """``nightly``: how many are kept of those made every night, in ``folder``; 0 where none are planned. ``fault``: why what is planned cannot
    be understood. ``backs_up``, ``verifies``: one is being made, on behalf of whom. ``keys``: backups hold the keys, too.
    """

    made: Made | None
    nightly: int
    folder: str
    fault: str
    looked: Looked | None
    backs_up: str
    verifies: str
    keys: bool


@page("upkeep/", roles=OPERATE, title=gettext_lazy("Backup and verification"), nav=Nav(Section.DATA, 65, "archive"))
def upkeep(request: Request) -> Upkeep:
    """Could all of this be had again, and is it whole?"""
    home, fault, wanted = Path(settings.HOME), "", None
    try:
        wanted = backups.plan(home)
    except UsageError as error:
        fault = f"{error.message} {error.fix}"
    last = backups.last(home)
    return Upkeep(
        Made(last.at.replace(tzinfo=UTC), words.size(last.size), last.file) if last else None, wanted.keep if wanted else 0,
        str(wanted.folder if wanted else home / FOLDER), fault, _looked(request), _whose(BACKUP), _whose(VERIFICATION),
        bool(wanted and wanted.keys),
    )  # fmt: skip


@page("upkeep/back-up/", roles=OPERATE, title=gettext_lazy("Back up now"), methods=POST)
def back_up(request: Request) -> HttpResponse:
    """Have a backup made now, as a job."""
    return _begun(request, BACKUP)


@page("upkeep/nightly/", roles=OPERATE, title=gettext_lazy("Back up every night"), methods=POST)
def back_up_nightly(request: Request) -> HttpResponse:
    """Have a backup made every night, where none is planned yet."""
    file = Path(settings.HOME) / backups.FILE
    if not file.exists():
        put(file, _PLAN)
        events.record(Kind.BACKUPS_PLANNED, actor=request.user, subject=None)
    messages.success(request, _("From now on one is made every night, after three in the morning."))
    return HttpResponseRedirect(reverse("upkeep"))


@page("upkeep/verify/", roles=OPERATE, title=gettext_lazy("Verify now"), methods=POST)
def verify_now(request: Request) -> HttpResponse:
    """Have the audit log and everything on the disk looked at, as a job."""
    return _begun(request, VERIFICATION, deep=request.POST.get("deep") == "1")


def _begun(request: Request, kind: str, **more: Any) -> HttpResponse:
    if _whose(kind) or jobs.start_alone(request.user, kind, **more) is None:
        messages.warning(request, _("It is under way already. Nothing was begun a second time."))
        return HttpResponseRedirect(reverse("upkeep"))
    messages.success(request, _("It is begun. Here you see how far it is; you may leave."))
    return HttpResponseRedirect(reverse("jobs"))


def _whose(kind: str) -> str:
    """On whose behalf one is being made now; empty where none is."""
    going = Job.objects.filter(kind=kind, state__in=OPEN).select_related("owner").first()
    return going.owner.name if going else ""


def _looked(request: Request) -> Looked | None:
    over = Job.objects.filter(kind=VERIFICATION, state__in=(State.DONE, State.FAILED), ended_at__isnull=False)
    last = over.select_related("owner").order_by("-ended_at").first()
    if last is None or last.ended_at is None:
        return None
    error = last.error or {}
    own = last.pk if last.owner_id == request.user.pk and last.file else 0
    return Looked(last.ended_at, last.owner.name, error.get("message", ""), error.get("fix", ""), own)
