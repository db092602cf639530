"""Whether a machine wrote a message, and what kind of message it is. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

import re
from typing import Literal

from tenure.sources.mail.headers import Headers

#: ``list``: it came over a list, by which people write too if the list is one of ours.
Kind = Literal["", "invitation", "report", "automatic", "list"]

#: Bytes of a message in which invitations are looked for.
_MOST_BYTES = 1 << 18
_INVITES = re.compile(
    rb'"TEXT" "CALENDAR" \([^()]*"METHOD" "(?:REQUEST|REPLY|CANCEL|COUNTER|DECLINECOUNTER|ADD)"', re.IGNORECASE
)
#: The same of a message that is there as a whole.
_CARRIES = re.compile(
    rb"^content-type:[ \t]*text/calendar\b(?:[^\r\n]|\r?\n[ \t]){0,500}?\bmethod[ \t]*=", re.IGNORECASE | re.MULTILINE
)
_METHOD = re.compile(r"\bmethod\s*=", re.IGNORECASE)
_REPORTS = re.compile(r"report-type\s*=\s*\"?(delivery-status|disposition-notification|feedback-report)", re.IGNORECASE)
_SERVERS = re.compile(r"(mailer-daemon|postmaster|mail-daemon|maildaemon)@", re.IGNORECASE)
_MACHINES = re.compile(
    r"(no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?|notifications?|newsletter|auto[-_.]?(reply|mailer|response)|listserv"
    r"|majordomo|mailman)([-+_.=][^@]*)?@",
    re.IGNORECASE,
)
_ANSWERERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Vacation", "X-Mail-Autoreply")
_AWAY = re.compile(
    r"(automatic reply|auto(matic)?[ -]?response|auto(matic)?[ -]?reply|autoreply|out of (the )?office|automatische antwort"
    r"|abwesenheitsnotiz|abwesend|r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|risposta automatica"
    r"|resposta autom[áa]tica|automatisch antwoord|autosvar)\b",
    re.IGNORECASE,
)
_LISTS = ("List-Id", "List-Unsubscribe", "List-Post")


def kind_of(headers: Headers, sender: str, raw: bytes = b"", structure: bytes = b"") -> Kind:
    """What kind of message it is; empty: a person's own. ``raw``: all that is there of it; ``structure``: its parts as IMAP
    describes them (BODYSTRUCTURE).
    """
    content = headers.first("Content-Type").lower()
    if _is_invitation(headers, content) or _INVITES.search(structure) or _CARRIES.search(raw[:_MOST_BYTES]):
        return "invitation"
    if content.startswith("multipart/report") and _REPORTS.search(content):
        return "report"
    if _SERVERS.match(sender) or headers.has("X-Failed-Recipients"):
        return "report"
    if _is_automatic(headers) or _MACHINES.match(sender) or _AWAY.match(headers.decoded("Subject")):
        return "automatic"
    precedence = headers.first("Precedence").lower()
    if precedence in ("bulk", "junk", "list") or any(headers.has(name) for name in _LISTS):
        return "list"
    return ""


def _is_invitation(headers: Headers, content: str) -> bool:
    """Invitations, and answers to them: calendars tell of these."""
    if content.startswith("text/calendar") and _METHOD.search(content):
        return True
    return headers.first("Content-Class").lower() == "urn:content-classes:calendarmessage"


def _is_automatic(headers: Headers) -> bool:
    submitted = headers.first("Auto-Submitted").partition(";")[0].strip().lower()
    suppressed = {part.strip().lower() for part in headers.first("X-Auto-Response-Suppress").split(",")}
    return (
        submitted not in ("", "no")
        or bool(suppressed & {"all", "oof", "autoreply"})
        or headers.first("Return-Path") == "<>"
        or headers.first("Precedence").lower() in ("auto_reply", "auto-reply")
        or any(headers.has(name) for name in _ANSWERERS)
    )
