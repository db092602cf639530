"""Whose contact a message was: with which accounts, by whom of us, who spoke, and whom a customer asked.

A message is known by its sender, its recipients and its ids; copies of it in several mailboxes come together here, in
whatever order they are read: ``joined`` is the same from all sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from tenure.sources.mail.message import Mail
from tenure.sources.parties import Parties, Party

#: To more accounts than this nobody writes by hand.
MOST_ACCOUNTS = 20
#: As many ids of other messages are kept of all copies of one.
_MOST_REFERENCES = 100
_AHEAD = timedelta(minutes=10)

#: Why a message is no contact with a customer.
Why = Literal[
    "among ourselves", "not known", "several accounts", "automatic", "an invitation", "a report", "without a date",
    "without a sender", "in the future", "too old",
]  # fmt: skip


@dataclass(frozen=True)
class Aside:
    """A message that is left out. ``domains``: of whom nothing is known, or of whom too much is."""

    why: Why
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contact:
    """A message as a contact with one account. ``identity``, ``message``, ``refers``: see ``Mail``; ``root``: the message with which
    its thread begins, as far as it knows. ``csm``: who of us wrote or was written to; ``asked``: whom the customer put it to,
    if it may be an inquiry; empty where there is none. ``at`` is in UTC.
    """

    account: str
    identity: str
    message: str
    root: str
    refers: frozenset[str]
    direction: Literal["in", "out"]
    at: datetime
    csm: str = ""
    asked: str = ""
    persons: frozenset[str] = frozenset()
    is_automated: bool = False
    text: str = ""


def contacts(mail: Mail, parties: Parties, now: datetime, since: datetime | None = None) -> list[Contact] | Aside:
    """The contacts that a message was, one for each account; or why it was none. ``since``: earlier mail is left out."""
    sender = parties.party(mail.sender) if mail.sender else None
    their = [parties.party(address) for address in (*mail.to, *mail.cc)]
    if mail.kind in ("invitation", "report"):
        return Aside("an invitation" if mail.kind == "invitation" else "a report")
    if sender is None:
        return Aside("without a sender")
    automated = _is_automated(mail, sender, parties)
    accounts = {one.account for one in (sender, *their) if one.side == "theirs"}
    if sender.side not in ("ours", "theirs") or not accounts:
        return Aside("automatic") if automated else _unknown(mail, sender, their, parties)
    if mail.at is None:
        return Aside("without a date")
    if mail.at > now + _AHEAD:
        return Aside("in the future")
    if since is not None and mail.at < since:
        return Aside("too old")
    automated = automated or len(accounts) > MOST_ACCOUNTS
    return [_contact(mail, mail.at, sender, their, account, parties, automated) for account in sorted(accounts)]


def _is_automated(mail: Mail, sender: Party, parties: Parties) -> bool:
    """People write over a list too, if it is a group of our own."""
    if mail.kind == "list":
        return not (mail.list_domain and parties.is_ours(mail.list_domain))
    return mail.kind == "automatic" or sender.is_machine


def _unknown(mail: Mail, sender: Party, their: Iterable[Party], parties: Parties) -> Aside:
    """Why a message is with no account."""
    if sender.side in ("nobody", "several"):
        return Aside("not known" if sender.side == "nobody" else "several accounts", _domains([mail.sender]))
    others = [address for address, party in zip((*mail.to, *mail.cc), their, strict=True) if party.side != "ours"]
    if not others:
        return Aside("among ourselves")
    several = [address for address in others if parties.party(address).side == "several"]
    return Aside("several accounts", _domains(several)) if several else Aside("not known", _domains(others))


def _domains(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.rpartition("@")[2] for address in addresses))


def _contact(
    mail: Mail, at: datetime, sender: Party, their: Iterable[Party], account: str, parties: Parties, automated: bool
) -> Contact:
    writes = sender.side == "ours"
    persons = {one.person for one in (sender, *their) if one.account == account}
    us = [one.csm for one in their if one.side == "ours" and one.csm]
    us += [parties.party(mail.mailbox).csm] if mail.mailbox else []
    asked = next((csm for csm in us if csm in parties.asked), "")
    may_ask = sender.account == account and not automated
    return Contact(
        account, mail.identity, mail.message, mail.refers[0] if mail.refers else mail.message or mail.identity,
        frozenset(mail.refers), "out" if writes else "in", at,
        sender.csm if writes else next((csm for csm in (asked, *us) if csm), ""), asked if may_ask else "",
        frozenset(persons - {""}), automated, mail.text,
    )  # fmt: skip


def joined(one: Contact, other: Contact) -> Contact:
    """Two copies of the same message as one. In whatever order several are joined, it comes to the same."""
    return replace(
        one, message=min(one.message, other.message), root=min(one.root, other.root),
        refers=frozenset(sorted(one.refers | other.refers)[:_MOST_REFERENCES]), at=min(one.at, other.at), direction=max(one.direction, other.direction), csm=_either(one.csm, other.csm),
        asked=_either(one.asked, other.asked), persons=one.persons | other.persons,
        is_automated=one.is_automated and other.is_automated,
        text=max(one.text, other.text, key=lambda text: (len(text), text)),
    )  # fmt: skip


def _either(one: str, other: str) -> str:
    return min(one, other) if one and other else one or other


def together(found: Iterable[Contact]) -> list[Contact]:
    """Contacts of which each is there once, however many copies were read."""
    known: dict[tuple[str, str], Contact] = {}
    for one in found:
        key = one.account, one.identity
        known[key] = joined(known[key], one) if key in known else one
    return [known[key] for key in sorted(known)]
