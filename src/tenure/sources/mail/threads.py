"""The threads of mail with an account, and what was asked and answered in them.

All is worked out anew of all the messages of an account: the order in which they were read changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tenure.sources.mail.contact import Contact, together

#: What the ids of all rows of mail begin with.
PREFIX = "mail:"
#: Which message is an inquiry: a customer's first in a thread, or only one that begins the thread.
Asking = Literal["first", "opening"]
ASKINGS: tuple[Asking, ...] = ("first", "opening")


@dataclass(frozen=True)
class Inquiry:
    """What a customer asked one of us (``csm``), and when that was answered, if it was."""

    inquiry_id: str
    account: str
    csm: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class Threads:
    """``contacts``: pairs of the thread's id and a contact."""

    contacts: tuple[tuple[str, Contact], ...]
    inquiries: tuple[Inquiry, ...]


def threads(found: Iterable[Contact], asking: Asking = "first") -> Threads:
    """What some contacts come to, which are all there are of their accounts."""
    of_account: dict[str, list[Contact]] = {}
    for contact in together(found):
        of_account.setdefault(contact.account, []).append(contact)
    listed: list[tuple[str, Contact]] = []
    inquiries = []
    for account in sorted(of_account):
        for thread, own in sorted(_linked(of_account[account]).items()):
            listed += [(thread, one) for one in own]
            inquiry = _inquiry(thread, own, asking)
            inquiries += [inquiry] if inquiry else []
    return Threads(tuple(listed), tuple(inquiries))


def _linked(found: Sequence[Contact]) -> dict[str, list[Contact]]:
    """Contacts by thread, each in the order of time. Messages that name each other, or a third one, are of one thread."""
    leader: dict[str, str] = {}

    def lead(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for one in found:
        for name in one.refers:
            leader[lead(name)] = lead(_node(one))
    grouped: dict[str, list[Contact]] = {}
    for one in found:
        grouped.setdefault(lead(_node(one)), []).append(one)
    return {_begins(own): sorted(own, key=lambda one: (one.at, one.identity)) for own in grouped.values()}


def _node(one: Contact) -> str:
    return one.message or one.identity


def _begins(own: Sequence[Contact]) -> str:
    """The message with which a thread begins, which names it, whether it was read or is only named."""
    follows = {_node(one) for one in own if one.refers}
    return min((one.root for one in own), key=lambda root: (root in follows, root))


def _inquiry(thread: str, own: Sequence[Contact], asking: Asking) -> Inquiry | None:
    """The question of a thread. ``own``: its contacts in the order of time."""
    spoken = [one for one in own if not one.is_automated]
    first = next((one for one in spoken if one.asked), None)
    if first is None:
        return None
    if asking == "opening" and (first.refers or spoken[0] is not first):
        return None
    answers = [_moment(one, first) for one in spoken if one.direction == "out" and _answers(one, first)]
    return Inquiry(inquiry_id(first.account, thread), first.account, first.asked, first.at, min(answers, default=None))


def inquiry_id(account: str, thread: str) -> str:
    """The id of what an account asks in a thread."""
    return PREFIX + hashlib.sha256(f"{account}\n{thread}".encode()).hexdigest()[:24]


def _answers(reply: Contact, asked: Contact) -> bool:
    """What comes later, or says that it follows, whatever the clocks say."""
    return reply.at >= asked.at or (asked.message in reply.refers and bool(asked.message))


def _moment(reply: Contact, asked: Contact) -> datetime:
    return max(reply.at, asked.at)
