"""The digest: a mail that tells a person what waits for her, at a time that she chose. Where nothing does, none is sent.

What it tells is in sections: a module ``digest`` of a feature is found by being there, and declares some by ``@section``. They are
asked when the mail is written, as its person sees things then.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure import web
from tenure.web.post import mail, schedules
from tenure.web.post.jobs import job
from tenure.web.post.letters import Letter, Part
from tenure.web.post.models import Notice, Schedule

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.post.doing import Doing
    from tenure.web.post.times import Rule

#: The job, the name of its schedule, and what is declined.
DIGEST = "digest"
#: As many lines has a section; of more it is said.
_MOST = 20
Line = tuple[str, str]
Section = Callable[["Doing"], Sequence[Line]]

_sections: dict[str, tuple[int, object, Section]] = {}


def section(name: str, title: object, rank: int) -> Callable[[Section], Section]:
    """Declare a section: a function of the ``Doing``, which gives lines, each with the address that it leads to."""

    def declare(tells: Section) -> Section:
        _sections[name] = (rank, title, tells)
        return tells

    return declare


@cache
def _find() -> None:
    for folder in web.folders():
        name = f"tenure.web.{folder}.digest"
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)


def choose(user: User, rule: Rule | None) -> None:
    """Send a person the digest by a rule; None: never."""
    if rule is None:
        Schedule.objects.filter(owner=user, kind=DIGEST).delete()
        return
    mail.accept(user, DIGEST)
    schedules.keep(user, DIGEST, rule, str(_("Digest by mail")), name=DIGEST, quiet=True)


def chosen(user: User) -> Schedule | None:
    """When a person gets the digest; None: never."""
    return None if mail.has_declined(user, DIGEST) else schedules.named(user, DIGEST, DIGEST)


@job(DIGEST, title=gettext_lazy("Digest by mail"), quick=True, pauses=mail.PAUSES)
def digest(doing: Doing) -> None:
    """Send the digest, where there is something to say."""
    if not mail.is_set_up():
        return
    told = _new(doing.owner)  # first: what comes while the mail is written is told in the next, too
    letter = written(doing)
    if letter is None:
        return
    if mail.send(doing.owner, letter, f"job {doing.job.pk}"):
        Notice.objects.filter(pk__in=told).update(digested_at=timezone.now())


def written(doing: Doing) -> Letter | None:
    """The mail; None where there is nothing to say."""
    _find()
    parts, count = [], 0
    for _rank, title, tells in sorted(_sections.values(), key=lambda each: each[0]):
        lines = list(tells(doing))
        if lines:
            count += len(lines)
            more = len(lines) - _MOST
            note = _("and %(count)d more") % {"count": more} if more > 0 else ""
            parts.append(Part(str(title), tuple(lines[:_MOST]), note=note))
    if not parts:
        return None
    subject = ngettext("One thing waits for you", "%(count)d things wait for you", count) % {"count": count}
    return Letter(subject, tuple(parts), DIGEST, _("You get this as you chose a digest under Notices."))


def _new(user: User) -> Sequence[int]:
    return list(Notice.objects.filter(user=user, read_at=None, digested_at=None).values_list("pk", flat=True))


@section("notices", gettext_lazy("Notices"), rank=90)
def _notices(doing: Doing) -> Sequence[Line]:
    found = Notice.objects.filter(pk__in=_new(doing.owner)).order_by("-at", "-pk")
    return [(each.text, each.url) for each in found]
