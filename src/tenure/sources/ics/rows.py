"""The rows that meetings come to, and which of them are news beside those that are there.

A calendar is what its people say today. A meeting that was moved or called off after it had been read is taken back, as far back
as calendars are read again; so a touchpoint's id is made of the meeting and of what the row says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tenure.sources.ics.contact import Meeting

#: What the ids of all rows of calendars begin with, and the attributes that say in which calendar a meeting is, and which it is.
PREFIX, SEEN_IN, MEETING = "ics:", "calendar", "meeting"
Row = dict[str, str]
TOUCHPOINTS, TAKEN_BACK = "touchpoints", "taken back"


@dataclass(frozen=True)
class Known:
    """What is there. ``touchpoints``: by id, of those that count, when each was (UTC), in which calendar, and which meeting it is;
    ``gone``: ids of those that were taken back.
    """

    touchpoints: Mapping[str, tuple[datetime, str, str]] = field(default_factory=dict)
    gone: Collection[str] = frozenset()


def news(
    found: Iterable[Meeting],
    known: Known,
    others: tuple[str, ...],
    read: Mapping[str, datetime],
    now: datetime,
    seen: Collection[str] = (),
    *,
    history: bool = False,
) -> dict[str, list[Row]]:
    """By file, the rows to be stored after calendars were read, and those to be taken back.

    ``others``: how the names of calendars begin that are read apart from these. A meeting that is known from them is theirs: two
    that do not see the same of it would take it from each other for ever. ``read``: the calendars that were read, and from
    when on each tells of all there is; of others nothing is taken back, but what is ``seen`` to be otherwise.
    ``history``: what is new counts as known when it took place, and what is otherwise than it was known to be, from now on.
    """
    before = {_meeting(key) for key in known.touchpoints}
    theirs = {_meeting(key) for key, (_, calendar, _) in known.touchpoints.items() if calendar.startswith(others)}
    wanted = {key: one for one in found if _meeting(key := _id(one, known)) not in theirs}
    taken = [
        key
        for key, (at, calendar, meeting) in known.touchpoints.items()
        if key not in wanted
        and not calendar.startswith(others)
        and (meeting in seen or (calendar in read and at >= read[calendar]))
    ]
    return {
        TOUCHPOINTS: [
            {"touchpoint_id": key, **_row(one), SEEN_IN: one.calendar, MEETING: one.meeting}
            | ({"known_at": "" if _meeting(key) in before else _text(one.at)} if history else {})
            for key, one in wanted.items()
            if key not in known.touchpoints
        ],
        TAKEN_BACK: [
            {"table_name": "touchpoint", "key": key, "at": _text(now), "reason": "moved or called off"}
            for key in sorted(taken)
        ],
    }


def _meeting(key: str) -> str:
    """The part of a touchpoint's id that stays whatever its row says."""
    return key.partition(".")[0]


def _id(one: Meeting, known: Known) -> str:
    """The touchpoint's id. One that was taken back is not given again: the row would stay gone."""
    own = hashlib.sha256(f"{one.account}\n{one.meeting}".encode()).hexdigest()[:24]
    said = hashlib.sha256(json.dumps(_row(one), sort_keys=True).encode()).hexdigest()[:8]
    key, time = f"{PREFIX}{own}.{said}", 1
    while key in known.gone:
        key, time = f"{PREFIX}{own}.{said}.{time}", time + 1
    return key


def _row(one: Meeting) -> Row:
    return {
        "account_id": one.account, "csm_id": one.csm, "channel": "review" if one.is_review else "meeting",
        "direction": "both", "occurred_at": _text(one.at), "minutes": "" if one.minutes is None else f"{one.minutes:g}",
        "person_ids": json.dumps(sorted(one.persons)) if one.persons else "", "text": one.text,
    }  # fmt: skip


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
