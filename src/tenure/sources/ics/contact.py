"""Which meetings took place with whom: the copies in all calendars together, without what was called off or declined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tenure.sources.ics.meeting import Copy
from tenure.sources.parties import Parties, Party

#: What is kept of what a meeting is about: nothing, its title, or its description too.
Content = Literal["none", "subject", "text"]
#: Meetings whose title says so are reviews.
REVIEW = r"\b(QBR|EBR|(quarterly|executive|business) (business )?review)\b"


@dataclass(frozen=True)
class Meeting:
    """A meeting with an account. ``meeting``: its id in all calendars; ``calendar``: one that has it. ``minutes``: None where it is of
    whole days. ``at`` is in UTC.
    """

    account: str
    meeting: str
    calendar: str
    at: datetime
    minutes: float | None
    is_review: bool
    csm: str = ""
    persons: frozenset[str] = frozenset()
    text: str = ""


@dataclass
class Met:
    """``meetings``: one for each account. ``aside``: how many meetings are none, by reason; ``domains``: of guests of whom nothing
    is known, in how many meetings.
    """

    meetings: list[Meeting] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)


def met(copies: Iterable[Copy], parties: Parties, content: Content = "none", review: str = REVIEW) -> Met:
    """What the copies of meetings in all calendars come to, in whatever order. ``review``: a pattern of titles."""
    by_meeting: dict[str, list[Copy]] = {}
    for copy in copies:
        by_meeting.setdefault(copy.meeting, []).append(copy)
    found, is_review = Met(), re.compile(review, re.IGNORECASE)
    for name in sorted(by_meeting):
        own = by_meeting[name]
        telling = max(own, key=_weight)
        guests = _answers(own, telling)
        why = _why_not(own, telling, guests, parties)
        if why:
            found.aside[why] += 1
            if why in ("not known", "several accounts"):
                found.domains.update(
                    {address.rpartition("@")[2] for address in guests if _is_open(parties.party(address))}
                )
            continue
        found.meetings += _meetings(own, telling, guests, parties, content, is_review)
    return found


def _weight(copy: Copy) -> tuple[bool, tuple[int, str], str]:
    """The organizer's copy tells most, then the newest."""
    return bool(copy.organizer) and copy.organizer == copy.calendar.owner, copy.latest, repr(copy)


def _answers(own: Sequence[Copy], telling: Copy) -> dict[str, str]:
    """Who was asked, and what each answered: as one's own calendar has it, else the organizer's, else the newest that has any.

    Who has a meeting in the calendar is asked too; where it was called off for one only, that one does not come.
    """
    answers: dict[str, str] = {}
    for copy in sorted(own, key=_weight):  # later ones tell more
        for address, answer in copy.guests:
            if answer != "needs-action" or address not in answers:
                answers[address] = answer
    if telling.organizer:
        answers.setdefault(telling.organizer, "accepted")
    for copy in sorted(own, key=_weight):
        owner = copy.calendar.owner
        if owner:
            said = dict(copy.guests).get(owner, "accepted" if not copy.guests or owner == copy.organizer else "")
            answers[owner] = "declined" if copy.is_cancelled else said or answers.get(owner, "accepted")
    return answers


def _why_not(own: Sequence[Copy], telling: Copy, guests: dict[str, str], parties: Parties) -> str:
    """Why a meeting was none with a customer; empty where it was."""
    if all(copy.is_cancelled for copy in own) or (telling.is_cancelled and telling.organizer == telling.calendar.owner):
        return "called off"
    if any(copy.is_private for copy in own):
        return "private"
    sides = {address: parties.party(address) for address in guests}
    if not any(party.side != "ours" for party in sides.values()):
        return "among ourselves"
    if not any(party.side == "theirs" for party in sides.values()):
        return "several accounts" if any(party.side == "several" for party in sides.values()) else "not known"
    ours = [guests[address] for address, party in sides.items() if party.side == "ours"]
    theirs = [guests[address] for address, party in sides.items() if party.side == "theirs" and not party.is_machine]
    if ours and all(answer == "declined" for answer in ours):
        return "declined by us"
    return "declined by the customer" if all(answer == "declined" for answer in theirs) else ""


def _is_open(party: Party) -> bool:
    return party.side in ("nobody", "several")


def _meetings(
    own: Sequence[Copy], telling: Copy, guests: dict[str, str], parties: Parties, content: Content,
    is_review: re.Pattern[str],
) -> Iterable[Meeting]:  # fmt: skip
    came = {address: parties.party(address) for address, answer in guests.items() if answer != "declined"}
    minutes = None if telling.is_whole_day else (telling.ends - telling.starts).total_seconds() / 60
    calendar = min(copy.calendar.name for copy in own)
    said = [telling.title if content != "none" else "", telling.text if content == "text" else ""]
    for account in sorted(
        {party.account for party in came.values() if party.side == "theirs" and not party.is_machine}
    ):
        persons = frozenset(party.person for party in came.values() if party.account == account and party.person)
        yield Meeting(
            account, telling.meeting, calendar, telling.starts, minutes, bool(is_review.search(telling.title)),
            _csm(telling.organizer, guests, came, parties.asked), persons, "\n\n".join(part for part in said if part),
        )  # fmt: skip


def _csm(organizer: str, guests: dict[str, str], came: dict[str, Party], asked: Collection[str]) -> str:
    """Who of us it is put down to: the organizer; else a success manager, who accepted before who may have come, by name."""
    if organizer in came and came[organizer].csm:
        return came[organizer].csm
    ranked = [
        (party.csm not in asked, guests[address] != "accepted", party.csm)
        for address, party in came.items()
        if party.csm
    ]
    return min(ranked)[2] if ranked else ""
