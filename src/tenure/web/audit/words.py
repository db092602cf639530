"""What entries of the audit log are called."""

from __future__ import annotations

import pwd
from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tenure.core.acts import Act
from tenure.web.access.events import Kind
from tenure.web.access.models import User
from tenure.web.access.page import declared
from tenure.web.kit.shell import Text

ACTS: Mapping[str, Text] = {
    Act.CREATED: lazy("made the workspace"),
    Act.FOUND: lazy("was there before the log began"),
    Act.LOADED: lazy("loaded a file"),
    Act.RECORDED: lazy("recorded rows"),
    Act.CLOSED: lazy("closed a period"),
    Act.REBUILT: lazy("made the warehouse anew"),
    Act.RECOMPUTED: lazy("made all figures anew"),
    Act.SCORED: lazy("had the day's scores made anew"),
    Act.MODEL_SAVED: lazy("put a score model in force"),
    Act.SETTINGS_CHANGED: lazy("changed settings"),
    Act.KEY_CHANGED: lazy("changed the key of this log"),
    Act.MENDED: lazy("mended failed rows"),
    Act.REPLAYED: lazy("replayed failed rows"),
    Act.DISCARDED: lazy("discarded failed rows"),
    Act.REOPENED: lazy("reopened failed rows"),
    Act.RETRACTED: lazy("took rows back"),
    Act.CORRECTED: lazy("corrected data"),
    Act.SOURCE_ADDED: lazy("added a source"),
    Act.SOURCE_CHANGED: lazy("changed a source"),
    Act.SOURCE_REMOVED: lazy("removed a source"),
    Act.SECRET_CHANGED: lazy("changed a secret"),
    Act.SYNCED: lazy("fetched from a source"),
    Act.BACKED_UP: lazy("made a backup"),
    Act.RESTORED: lazy("restored a backup"),
    Act.UPGRADED: lazy("upgraded the workspace"),
    Act.PERSON_EXPORTED: lazy("exported a person's data"),
    Act.PERSON_ERASED: lazy("erased a person's data"),
    Act.CONTENT_PURGED: lazy("took out what was said in mail and meetings"),
    Act.REWRITTEN: lazy("rewrote a message"),
    Act.TASK_GIVEN: lazy("gave a task"),
    Act.TASK_HANDED_OVER: lazy("handed a task over"),
    Act.TASK_DONE: lazy("did a task"),
    Act.TASK_DROPPED: lazy("dropped a task"),
    Act.TASK_REOPENED: lazy("opened a task again"),
    Kind.LOGGED_IN: lazy("logged in"),
    Kind.LOG_IN_REFUSED: lazy("was refused at log-in"),
    Kind.LOGGED_OUT: lazy("logged out"),
    Kind.SESSIONS_ENDED: lazy("logged other browsers out"),
    Kind.SET_UP: lazy("became the first administrator"),
    Kind.INVITED: lazy("invited a person"),
    Kind.LINK_USED: lazy("used an invitation"),
    Kind.PASSWORD_CHANGED: lazy("changed the password"),
    Kind.PERSON_CREATED: lazy("added a person"),
    Kind.PERSON_CHANGED: lazy("changed a person"),
    Kind.ROLES_CHANGED: lazy("changed roles"),
    Kind.IDENTITY_LINKED: lazy("came in by single sign-on for the first time"),
    Kind.SIGN_ON_CHANGED: lazy("changed how people log in"),
    Kind.FACTOR_ADDED: lazy("added a second factor"),
    Kind.FACTOR_REMOVED: lazy("removed a second factor"),
    Kind.FACTORS_RESET: lazy("reset second factors"),
    Kind.FACTOR_REFUSED: lazy("was refused at the second step"),
    Kind.CODES_MADE: lazy("made recovery codes"),
    Kind.CODE_USED: lazy("used a recovery code"),
    Kind.KEY_MADE: lazy("made a key"),
    Kind.MAIL_SET: lazy("set how mail is sent"),
    Kind.BACKUPS_PLANNED: lazy("had backups made every night"),
    Kind.HOOK_MADE: lazy("had another system told of a view"),
    Kind.HOOK_REMOVED: lazy("stopped telling another system"),
    Kind.KEY_ENDED: lazy("ended a key"),
    Kind.DEACTIVATED: lazy("deactivated a person"),
    Kind.REACTIVATED: lazy("reactivated a person"),
    Kind.EXPORTED: lazy("exported a list"),
    Kind.ASKED: lazy("asked by program"),
    Kind.VIEWED: lazy("looked at"),
    Kind.PLAN_SHARED: lazy("shared a success plan"),
    Kind.PLAN_OPENED: lazy("opened a shared success plan"),
    Kind.PLAN_LINK_ENDED: lazy("ended a link to a success plan"),
    Kind.PLAN_LINK_TAKEN_OVER: lazy("took over a link to a success plan"),
    Kind.REVIEW_PLANNED: lazy("planned a review"),
    Kind.REVIEW_DROPPED: lazy("dropped a planned review"),
    Kind.REVIEW_HELD: lazy("held a review"),
    Kind.REVIEW_SIGNED: lazy("signed a review"),
    Kind.REVIEW_UNSIGNED: lazy("changed a review, so that signatures lapsed"),
    Kind.REVIEW_ADDED_TO: lazy("added to a signed review"),
    Kind.REVIEW_READ: lazy("read a review of somebody else"),
    Kind.REVIEWS_ERASED: lazy("erased somebody's reviews"),
    Kind.DEVELOPMENT_ERASED: lazy("erased somebody's development"),
    Kind.SCORECARD_READ: lazy("looked at a scorecard of somebody else or of a team"),
    Kind.SCORECARD_ANSWERED: lazy("commented on a scorecard"),
}


def act(name: str) -> Text:
    """What an act is called; one of another version by its own name."""
    return ACTS.get(name, name)


class People:
    """Who stands behind the ids of some entries. People who were erased since are not called by a name."""

    def __init__(self, whos: Iterable[str]) -> None:
        numbers = {int(one[5:]) for one in whos if one.startswith("user:") and one[5:].isdecimal()}
        self._names = dict(User.objects.filter(pk__in=numbers).values_list("pk", "name"))

    def called(self, who: str) -> str:
        """A name for somebody."""
        kind, _colon, number = who.partition(":")
        if kind == "user":
            name = self._names.get(int(number)) if number.isdecimal() else ""
            return name or _("Erased person (%(number)s)") % {"number": number}
        if kind == "os":
            return _("%(name)s, on the machine") % {"name": _of_the_machine(number)}
        if kind == "link":
            return _("A customer, by plan link %(number)s") % {"number": number}
        return _("Tenure itself") if who == "keeper" else who or _("Unknown")


def way(via: str) -> str:
    """By which way somebody came."""
    kind, _colon, number = via.partition(":")
    told = {"web": "", "link": "", "cli": _("command line"), "python": _("Python")}
    if kind == "job":
        return _("by job %(number)s") % {"number": number}
    return _("with key %(number)s") % {"number": number} if kind == "key" else told.get(via, via)


def about(kind: str, name: str, people: People, messages: Mapping[str, str]) -> str:
    """What an entry is about."""
    match kind:
        case "user":
            return people.called(f"user:{name}")
        case "message":
            return messages.get(name) or _("message %(number)s") % {"number": name}
        case "page":
            return str(next((page.title for page in declared() if page.name == name), name))
    return f"{kind} {name}".strip()


def _of_the_machine(number: str) -> str:
    try:
        return pwd.getpwuid(int(number)).pw_name
    except (KeyError, ValueError):
        return number


def options(names: Collection[str]) -> list[tuple[str, Text]]:
    """Acts that can be chosen, in the order of their words."""
    return sorted(((name, act(name)) for name in names), key=lambda one: str(one[1]))
