"""The rows that contacts come to, and which of them are news beside those that are there.

Touchpoints never supersede. Of a message that turns out to be something else (an earlier one of its thread was read, a copy
tells more) the touchpoint is taken back, and another stands for it; so its id is made of the message and of what the row says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tenure.sources.mail.contact import Contact
from tenure.sources.mail.threads import PREFIX, Asking, Inquiry, inquiry_id, threads

#: The attribute that holds what a row was made of.
MADE_OF = "mail"
Row = dict[str, str]
TOUCHPOINTS, INQUIRIES, TAKEN_BACK = "touchpoints", "inquiries", "taken back"


@dataclass(frozen=True)
class Known:
    """What is there of some accounts. ``touchpoints``: by id, those that count; ``inquiries``: by id, the rows that count;
    ``gone``: ids of touchpoints that were taken back.
    """

    touchpoints: Mapping[str, Contact] = field(default_factory=dict)
    inquiries: Mapping[str, Row] = field(default_factory=dict)
    gone: Collection[str] = frozenset()


@dataclass
class News:
    """Rows by file. ``known``: contacts that were there before; ``asked``, ``answered``: inquiries that are new, and that have an
    answer now.
    """

    files: dict[str, list[Row]]
    known: int
    asked: int
    answered: int


def news(found: Iterable[Contact], known: Known, asking: Asking, now: datetime, *, history: bool = False) -> News:
    """What is to be stored after some contacts were read, and what is to be taken back. ``known``: all that is there of the
    threads they belong to. ``history``: what is new counts as known when it happened, and what is otherwise than it was known
    to be, from now on.
    """
    found = list(found)
    there = {(one.account, one.identity) for one in known.touchpoints.values()}
    again = {(one.account, one.identity) for one in found} & there
    settled = threads([*known.touchpoints.values(), *found], asking)
    wanted = {_id(thread, one, known): _touchpoint(thread, one) for thread, one in settled.contacts}
    inquiries = {one.inquiry_id: _inquiry(one) for one in settled.inquiries}
    before = {_message(key) for key in known.touchpoints}
    taken = [("touchpoint", key) for key in known.touchpoints if key not in wanted]
    taken += [("inquiry", key) for key in known.inquiries if key not in inquiries]
    return News(
        {
            TOUCHPOINTS: [
                {"touchpoint_id": key, **row, **_learned(row["occurred_at"], history, corrects=_message(key) in before)}
                for key, row in wanted.items()
                if key not in known.touchpoints
            ],
            INQUIRIES: [
                told
                for key, row in inquiries.items()
                if row != known.inquiries.get(key)
                for told in _versions(row, history, corrects=key in known.inquiries)
            ],
            TAKEN_BACK: [
                {"table_name": table, "key": key, "at": text_of(now), "reason": "more of the thread was read"}
                for table, key in sorted(taken)
            ],
        },
        len(again),
        sum(key not in known.inquiries for key in inquiries),
        sum(bool(row["answered_at"]) and not known.inquiries.get(key, {}).get("answered_at") for key, row in inquiries.items()),
    )  # fmt: skip


def _learned(at: str, history: bool, *, corrects: bool) -> Row:
    """When a row is learned; empty: now. A file without the column says that all of it is."""
    return {"known_at": "" if corrects else at} if history else {}


def _versions(row: Row, history: bool, *, corrects: bool) -> list[Row]:
    """An inquiry as it was known: first without its answer."""
    if not history or corrects:
        return [row | _learned("", history, corrects=True)]
    asked = row | {"answered_at": ""} | _learned(row["asked_at"], history, corrects=False)
    return [asked, row | {"known_at": row["answered_at"]}] if row["answered_at"] else [asked]


def _message(key: str) -> str:
    """The part of a touchpoint's id that stays whatever its row says."""
    return key.partition(".")[0]


def _id(thread: str, one: Contact, known: Known) -> str:
    """The touchpoint's id. One that was taken back is not given again: the row would stay gone."""
    own = hashlib.sha256(f"{one.account}\n{one.identity}".encode()).hexdigest()[:24]
    said = hashlib.sha256(json.dumps(_touchpoint(thread, one), sort_keys=True).encode()).hexdigest()[:8]
    key, time = f"{PREFIX}{own}.{said}", 1
    while key in known.gone:
        key, time = f"{PREFIX}{own}.{said}.{time}", time + 1
    return key


def _touchpoint(thread: str, one: Contact) -> Row:
    return {
        "account_id": one.account, "csm_id": one.csm, "channel": "email", "direction": one.direction,
        "occurred_at": text_of(one.at), "person_ids": json.dumps(sorted(one.persons)) if one.persons else "",
        "is_automated": "true" if one.is_automated else "", "thread_id": f"{PREFIX}{thread}", "text": one.text,
        MADE_OF: json.dumps(
            {"id": one.identity, "message": one.message, "root": one.root, "refers": sorted(one.refers), "asked": one.asked}
        ),
    }  # fmt: skip


def _inquiry(one: Inquiry) -> Row:
    return {
        "inquiry_id": one.inquiry_id, "account_id": one.account, "csm_id": one.csm, "asked_at": text_of(one.asked_at),
        "answered_at": text_of(one.answered_at),
    }  # fmt: skip


def contact_of(row: Mapping[str, Any]) -> Contact:
    """The contact that a row of ``touchpoint`` was made of. ``row``: its columns, and ``mail``."""
    made = json.loads(row[MADE_OF])
    return Contact(
        row["account_id"], made["id"], made["message"], made["root"], frozenset(made["refers"]), row["direction"],
        row["occurred_at"].replace(tzinfo=UTC), row["csm_id"] or "", made["asked"], frozenset(json.loads(row["person_ids"] or "[]")),
        bool(row["is_automated"]), row["text"] or "",
    )  # fmt: skip


def text_of(at: datetime | None) -> str:
    """An instant as rows have it; empty for none."""
    return at.astimezone(UTC).isoformat() if at else ""


__all__ = [
    "INQUIRIES", "MADE_OF", "PREFIX", "TAKEN_BACK", "TOUCHPOINTS", "Known", "News", "contact_of", "inquiry_id", "news", "text_of",
]  # fmt: skip
