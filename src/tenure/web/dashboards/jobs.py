"""What is done with dashboards in the background: files, and mails on a schedule, each as whoever gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.chain import Note
from tenure.core.errors import UsageError
from tenure.web.access import log
from tenure.web.access.events import Kind
from tenure.web.access.models import User
from tenure.web.dashboards import files, whose
from tenure.web.dashboards.models import ALL, Dashboard
from tenure.web.kit.asking import Answers
from tenure.web.post import jobs, mail, notices
from tenure.web.post.jobs import job
from tenure.web.post.letters import Attachment, Letter, Part

if TYPE_CHECKING:
    from tenure.web.post.doing import Doing

FILE, MAIL, LETTER = "dashboard_file", "dashboard_mail", "dashboard_letter"
NOTICES = notices.declare(
    "dashboards",
    gettext_lazy("Dashboards"),
    gettext_lazy("A dashboard that you get on a schedule, where no mail can be sent."),
)


def people(dashboard: Dashboard) -> list[User]:
    """Who sees a dashboard: its owner, and whom it is shared with."""
    roles = {share.role for share in dashboard.shares.all()}
    found = User.objects.filter(is_active=True, grants__isnull=False)
    if ALL not in roles:
        found = found.filter(Q(pk=dashboard.owner_id) | Q(grants__role__in=roles))
    return list(found.distinct().order_by("name", "pk"))


def _seen(doing: Doing, number: int) -> Dashboard:
    found = whose.visible(doing.owner).filter(pk=number).first()
    if found is None:
        fix = _("Ask its owner; what runs by itself is ended under Jobs.")
        message = _("The dashboard is no longer there, or no longer shared with you.")
        raise UsageError(message, code="not_found", fix=fix)
    return found


@job(FILE, title=gettext_lazy("Dashboard as a file"))
def dashboard_file(doing: Doing, *, dashboard: int, made_as: str) -> None:
    """Make a file of a dashboard, of the figures that its owner may see."""
    found = _seen(doing, dashboard)
    made = files.made(
        found, whose.tiles(found), Answers(doing.sight()), made_as, lambda tiles: doing.each(tiles, _("tiles"))
    )
    doing.hand_over(made.name, made.content_type, made.content, rows=made.rows, columns=made.columns)


@job(MAIL, title=gettext_lazy("Dashboard by mail"), quick=True)
def dashboard_mail(doing: Doing, *, dashboard: int, made_as: str, recipients: list[int]) -> None:
    """Send a dashboard to people who see it: to each what she sees."""
    found = _seen(doing, dashboard)
    wanted = set(recipients) if found.owner_id == doing.owner.pk else {doing.owner.pk} & set(recipients)
    for person in people(found):
        if person.pk in wanted:
            key = f"{LETTER}:{doing.job.pk}:{person.pk}"
            jobs.start(person, LETTER, found.title, key=key, quiet=True, dashboard=dashboard, made_as=made_as)


@job(LETTER, title=gettext_lazy("Dashboard by mail"), pauses=mail.PAUSES)
def dashboard_letter(doing: Doing, *, dashboard: int, made_as: str) -> None:
    """Send its owner a dashboard, as she sees it now; where mail is not set up, a notice."""
    found, name = _seen(doing, dashboard), f"job {doing.job.pk}"
    url = reverse("one_dashboard", args=[found.pk])
    if not mail.is_set_up():
        text = _("%(title)s is ready to be looked at") % {"title": found.title}
        notices.tell(doing.owner, text, url, NOTICES, name)
        return
    purpose = f"dashboard:{found.pk}"
    if mail.has_declined(doing.owner, purpose):
        return
    answers, tiles = Answers(doing.sight()), whose.tiles(found)
    where = Part(lines=((_("Open it in Tenure"), url),))
    why = _("You get this as it was scheduled for you by its owner, or by yourself.")
    if made_as == "table":
        letter = Letter(found.title, (*files.parts(tiles, answers, doing.each), where), purpose, why)
    else:
        made = files.made(found, tiles, answers, made_as, doing.each)
        attached = Attachment(made.name, made.content_type, made.content)
        letter = Letter(found.title, (Part(found.title, note=found.note), where), purpose, why, (attached,))
    if mail.send(doing.owner, letter, name):
        detail = {"of": {"dashboard": str(found.pk)}, "format": made_as}
        log.append(Note(Kind.EXPORTED.value, "page", "mail_dashboard", detail), log.asking())
