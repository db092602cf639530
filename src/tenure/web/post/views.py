"""What is done with views in the background: files, and mails on a schedule, each as whoever gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.chain import Note
from tenure.web.access import log
from tenure.web.access.events import Kind
from tenure.web.access.sight import Looking
from tenure.web.post import jobs, mail, notices, paper, sending
from tenure.web.post.jobs import job
from tenure.web.post.letters import Attachment, Letter, Part
from tenure.web.post.sending import PDF, TABLE, Asked

if TYPE_CHECKING:
    from tenure.web.post.doing import Doing

FILE, MAIL, LETTER = "view_file", "view_mail", "view_letter"
NOTICES = notices.declare(
    "views",
    gettext_lazy("What is sent to you"),
    gettext_lazy("A view that you get on a schedule, where no mail can be sent."),
)


def _asked(doing: Doing, view: str, address: str) -> Asked:
    """A view as the job's owner sees it, as far as the roles that open it reach."""
    found = sending.find(view, doing.owner)
    return Asked(doing.owner, Looking(doing.owner, found.roles if found else ())(), address, doing.each)


@job(FILE, title=gettext_lazy("View as a file"))
def view_file(doing: Doing, *, view: str, address: str, made_as: str) -> None:
    """Make a file of a view, of what its owner may see."""
    made = sending.made(view, _asked(doing, view, address), made_as)
    doing.hand_over(made.name, made.content_type, made.content, rows=made.rows, columns=made.columns)


@job(MAIL, title=gettext_lazy("View by mail"), quick=True)
def view_mail(doing: Doing, *, view: str, address: str, made_as: str, recipients: list[int]) -> None:
    """Send a view to people who may get it: to each what she sees."""
    asked = Asked(doing.owner, doing.sight(), address)
    title, whom = sending.receivers(view, asked)
    for person in whom:
        if person.pk in recipients:
            key = f"{LETTER}:{doing.job.pk}:{person.pk}"
            jobs.start(person, LETTER, title, key=key, quiet=True, view=view, address=address, made_as=made_as)


@job(LETTER, title=gettext_lazy("View by mail"), pauses=mail.PAUSES)
def view_letter(doing: Doing, *, view: str, address: str, made_as: str) -> None:
    """Send its owner a view, as she sees it now; where mail is not set up, a notice."""
    asked, name, purpose = _asked(doing, view, address), f"job {doing.job.pk}", sending.purpose(view, address)
    if mail.has_declined(doing.owner, purpose):
        return
    link, found = sending.link(view, address), sending.composed(view, asked)
    if not mail.is_set_up():
        text = _("%(title)s is ready to be looked at") % {"title": found.title}
        notices.tell(doing.owner, text, link, NOTICES, name)
        return
    where = Part(lines=((_("Open it in Tenure"), link),))
    why = _("You get this as it was scheduled for you by somebody who may, or by yourself.")
    if made_as == TABLE:
        letter = Letter(found.title, (*paper.parts(found.shown), where), purpose, why)
    else:
        made = sending.on_paper(found) if made_as == PDF else sending.made(view, asked, made_as)
        attached = Attachment(made.name, made.content_type, made.content)
        letter = Letter(found.title, (Part(found.title, note=found.note), where), purpose, why, (attached,))
    if mail.send(doing.owner, letter, name):
        detail = {"of": {"view": view, "name": purpose}, "format": made_as}
        log.append(Note(Kind.EXPORTED.value, "page", "send_view", detail), log.asking())
