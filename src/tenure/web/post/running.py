"""One job done: as its owner, with her rights of now, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError, UnavailableError, UsageError
from tenure.keeper import faults
from tenure.keeper.place import Place
from tenure.web.access import log
from tenure.web.access.following import followers
from tenure.web.kit.reading import reading_in
from tenure.web.post import jobs, notices, queue
from tenure.web.post.doing import CancelledError, Doing, StoppedError
from tenure.web.post.models import Job, State

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.post.jobs import Declared

#: So often a job may be cut short, by a killed server or a full memory, before it is taken to be the reason.
MOST_CUTS = 3


def run(number: int) -> None:
    """Do a job whose turn has come. Nothing is done for one that is over."""
    job = _begun(number)
    if job is None:
        return
    try:
        found = jobs.find(job.kind)
        owner = _owner(job, found)
        with log.working(owner.pk, job.pk), reading_in(job.locale):
            found.run(Doing(job, owner), **job.arguments)
    except CancelledError:
        _over(job, State.CANCELLED)
    except StoppedError:
        _back(job)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is told to the owner, and the next job is done
        _failed(job, _told(error))
    else:
        _over(job, State.DONE)


def _begun(number: int) -> Job | None:
    with transaction.atomic():
        job = Job.objects.select_related("owner").filter(pk=number, state=State.WAITING).first()
        if job is None:
            return None
        if job.stops:  # cancelled while it ran, and then it was cut short
            _over(job, State.CANCELLED)
            return None
        job.state, job.started_at, job.attempts = State.RUNNING, timezone.now(), job.attempts + 1
        job.save(update_fields=["state", "started_at", "attempts"])
    _say(job)
    return job


def _owner(job: Job, found: Declared) -> User:
    """The owner, if she may still do it. Raises ``UsageError``."""
    owner: User = job.owner
    if not owner.is_active or found.roles.isdisjoint(owner.roles):
        fix = _("Ask an administrator for the role, or have somebody else do it.")
        raise UsageError(_("Its owner may not do this any more."), code="not_allowed", fix=fix)
    return owner


def _told(error: Exception) -> TenureError:
    """The error as one of the project's own."""
    if isinstance(error, DatabaseError):
        fix = _("If it stays so, look at the disk and at the rights of the workspace.")
        return UnavailableError(_("The database cannot be used just now."), code="database", fix=fix)
    return faults.told(error, Place(settings.HOME))


def _failed(job: Job, error: TenureError) -> None:
    """Try it again later where it only cannot be done now, as often as is declared; else it has failed."""
    pauses = found.pauses if (found := jobs.declared().get(job.kind)) else ()
    if isinstance(error, UnavailableError) and job.attempts <= len(pauses):
        if Job.objects.filter(pk=job.pk, stops=True).exists():
            _over(job, State.CANCELLED)
            return
        with transaction.atomic():
            job.state, job.error = State.WAITING, error.as_dict()
            job.due_at = timezone.now() + timedelta(seconds=pauses[job.attempts - 1])
            job.save(update_fields=["state", "error", "due_at"])
            queue.put(job, jobs.lane_of(job))
        _say(job)
        return
    job.error = error.as_dict()
    _over(job, State.FAILED)


def give_up(job: Job) -> None:
    """Fail a job that was cut short too often."""
    message = _("It was cut short %(times)d times: perhaps it needs more memory than there is.") % {
        "times": job.attempts
    }
    job.error = UnavailableError(message, code="cut_short", fix=_("Ask for less at once, and run it again.")).as_dict()
    _over(job, State.FAILED)


def is_spent(job: Job) -> bool:
    """Whether a job that was found cut short shall not be begun again."""
    return job.attempts >= MOST_CUTS + len(found.pauses if (found := jobs.declared().get(job.kind)) else ())


def _back(job: Job) -> None:
    """Let it wait again, as if it had not been begun."""
    job.state, job.attempts = State.WAITING, job.attempts - 1
    job.save(update_fields=["state", "attempts"])


def _over(job: Job, state: State) -> None:
    job.state, job.ended_at, job.stops = state, timezone.now(), False
    fields = ["state", "ended_at", "stops", "error"]
    if state == State.DONE:
        job.error = None
        if job.quiet:  # a mail, say: what it held is nobody's business any more
            job.arguments = {}
            fields.append("arguments")
    with transaction.atomic():
        job.save(update_fields=fields)
        if not job.quiet and state in (State.DONE, State.FAILED):
            said = _("%(title)s: done") if state == State.DONE else _("%(title)s: failed")
            key = f"job:{job.pk}:{job.ended_at.isoformat()}"
            notices.tell(job.owner, said % {"title": job.title}, notices.JOBS_PAGE, notices.JOBS, key)
    _say(job)


def _say(job: Job) -> None:
    if not job.quiet:
        followers.tell(job.owner_id)
