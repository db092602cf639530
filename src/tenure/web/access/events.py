"""What is noted of people: log-ins, links, roles, sessions, and what they took out or looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from tenure.core.chain import Note
from tenure.engine import catalogue
from tenure.web.access import log
from tenure.web.kit.table import Export

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from tenure.web.access.models import User
    from tenure.web.access.page import Page, Request


class Kind(StrEnum):
    """What can happen."""

    LOGGED_IN = "logged_in"
    LOG_IN_REFUSED = "log_in_refused"
    LOGGED_OUT = "logged_out"
    SESSIONS_ENDED = "sessions_ended"
    SET_UP = "set_up"
    INVITED = "invited"
    LINK_USED = "link_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    PERSON_CREATED = "person_created"
    PERSON_CHANGED = "person_changed"
    ROLES_CHANGED = "roles_changed"
    IDENTITY_LINKED = "identity_linked"
    SIGN_ON_CHANGED = "sign_on_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    FACTOR_REFUSED = "factor_refused"
    CODES_MADE = "codes_made"
    CODE_USED = "code_used"
    KEY_MADE = "key_made"
    KEY_ENDED = "key_ended"
    MAIL_SET = "mail_set"
    BACKUPS_PLANNED = "backups_planned"
    HOOK_MADE = "hook_made"
    HOOK_REMOVED = "hook_removed"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    EXPORTED = "exported"
    ASKED = "asked"
    VIEWED = "viewed"
    PLAN_SHARED = "plan_shared"
    PLAN_OPENED = "plan_opened"
    PLAN_LINK_ENDED = "plan_link_ended"
    PLAN_LINK_TAKEN_OVER = "plan_link_taken_over"
    REVIEW_PLANNED = "review_planned"
    REVIEW_DROPPED = "review_dropped"
    REVIEW_HELD = "review_held"
    REVIEW_SIGNED = "review_signed"
    REVIEW_UNSIGNED = "review_unsigned"
    REVIEW_ADDED_TO = "review_added_to"
    REVIEW_READ = "review_read"
    REVIEWS_ERASED = "reviews_erased"
    DEVELOPMENT_ERASED = "development_erased"
    SCORECARD_READ = "scorecard_read"
    SCORECARD_ANSWERED = "scorecard_answered"


#: Parameters that hold whatever somebody typed, and one that says nothing.
_TYPED, _SILENT = frozenset({"q", "search", "name", "email"}), frozenset({"export", "format", "csrfmiddlewaretoken"})
#: What stands for a value that may be personal.
WITHHELD = "…"


def record(kind: Kind, *, actor: User | None, subject: User | None, **detail: Any) -> None:
    """Note an event, in the transaction of what it is about. ``detail`` holds ids and roles, never a name, an address or a
    secret.
    """
    note = Note(kind.value, *(("user", str(subject.pk)) if subject else ("", "")), detail)
    log.append(note, replace(log.asking(), who=log.who(actor.pk if actor else None)))


def note_answer(request: Request, page: Page, response: HttpResponse, named: Mapping[str, Any]) -> None:
    """Note what an answer takes out: a file, or data for a program; and that somebody looked at what is sensitive.

    ``named``: what the address names.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or page.public:
        return
    is_file = "attachment" in response.headers.get("Content-Disposition", "")
    kind = Kind.EXPORTED if is_file else Kind.ASKED if page.data else Kind.VIEWED if page.sensitive else None
    if kind is None:
        return
    detail: dict[str, Any] = {"asked": parameters(request.GET)} if request.GET else {}
    if named:
        detail["of"] = {name: str(value) for name, value in named.items()}
    if isinstance(response, Export):
        detail |= {"rows": response.rows, "columns": list(response.columns)}
    log.append(Note(kind.value, "page", page.name, detail), log.asking())


def parameters(given: QueryDict) -> dict[str, str]:
    """What was asked for, without what somebody typed and without values of columns that tell of people."""
    told = {name: [_plain(name, value) for value in values] for name, values in given.lists() if name not in _SILENT}
    return {name: " ".join(values) for name, values in told.items() if any(values)}


def _plain(name: str, value: str) -> str:
    if name == "f":  # filters of the list of accounts: column and test stay, what they are held against is typed
        return ";".join("~".join(part.split("~")[:2]) for part in value.split(";"))
    column, is_condition, _ = value.partition("=")
    if value and (name in _TYPED or name in _personal()):
        return WITHHELD
    return f"{column}={WITHHELD}" if is_condition and column in _personal() else value


@cache
def _personal() -> frozenset[str]:
    """The columns that tell of people, of whatever table."""
    return frozenset(c.name for table in catalogue.tables().values() for c in table.columns if c.personal)
