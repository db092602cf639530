"""The time line of an account: what happened, by kinds, searched and by pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from tenure.web.access import log
from tenure.web.accounts.forms import Contact, Note
from tenure.web.accounts.naming import PEOPLE, names_of
from tenure.web.accounts.part import Part
from tenure.web.kit import formats
from tenure.web.kit.happenings import KINDS, Told, told
from tenure.web.kit.table import Pager, address, page_of, pager

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight
    from tenure.web.access.models import User
    from tenure.web.kit.shell import Text

ON_A_PAGE = 25
#: As many people can be named with a contact: champions and those with a title come first.
_MET = 40


@dataclass(frozen=True)
class Entry:
    """Something that happened. ``link``: its address for ever; ``mine``: the reader wrote it, and may take it back; ``edit``: where
    it can be written anew.
    """

    told: Told
    link: str
    mine: bool
    edit: str


@dataclass(frozen=True)
class Kind:
    """A kind to narrow to: how much of it there is, and where it alone is shown."""

    name: Text
    count: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class TimeLine(Part):
    """``kinds``: those of which there is anything; ``only``: it shows a single thing; ``contact``, ``note``: forms, for who may tell;
    ``asks``: which of them is open; ``said``: what was just done.
    """

    entries: tuple[Entry, ...]
    kinds: tuple[Kind, ...]
    search: str
    kind: str
    pager: Pager
    only: bool
    url: str
    contact: Contact | None
    note: Note | None
    asks: str
    said: str
    as_of: datetime


def time_line(
    sight: Sight, account_id: str, user: User, given: Mapping[str, str], *, may_tell: bool, said: str = "",
    contact: Contact | None = None, note: Note | None = None,
) -> TimeLine | None:  # fmt: skip
    """The page that an address asks for; None where there is no such account to be seen. ``contact``, ``note``: as they were
    filled in, where something is wrong with them.
    """
    number, kind = page_of(given), given.get("kind", "")
    kind = kind if kind in KINDS else ""
    asked = {
        "kinds": (kind,) if kind else (),
        "search": given.get("q", "").strip()[:100],
        "event": given.get("event", ""),
    }
    found = sight.timeline(account_id, **asked, offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE)  # type: ignore[arg-type]
    about = sight.dossier(account_id, {"person": PEOPLE}) if found else None
    if found is None or about is None:
        return None
    people = about.pages["person"].rows
    names = names_of(sight, people)
    url = reverse("account_timeline", args=[account_id])
    entries = tuple(_entry(told(one, names), url, user, account_id, may_tell=may_tell) for one in found.happenings)
    met = [(row["person_id"], row["name"]) for row in people if row["name"]][:_MET]
    pages = pager(found.total, number, given, on_a_page=ON_A_PAGE)
    return TimeLine(
        account_id, about.account["name"] or account_id, "timeline", entries, _kinds(found.counts, kind, given, url),
        str(asked["search"]), kind,
        replace(pages, previous=pages.previous and url + pages.previous, next=pages.next and url + pages.next),
        bool(asked["event"]), url,
        (contact or Contact.new(auto_id="contact_%s", of={"people": met, "now": found.as_of})) if may_tell else None,
        (note or Note.new(auto_id="note_%s")) if may_tell else None,
        "contact" if contact else "note" if note else "", said, found.as_of,
    )  # fmt: skip


def _entry(one: Told, url: str, user: User, account_id: str, *, may_tell: bool) -> Entry:
    mine = may_tell and one.kind in ("note", "contact") and one.key.startswith(log.written_by(user.pk))
    edit = (
        f"{reverse('write_note', args=[account_id])}{address({'note': one.key})}" if mine and one.kind == "note" else ""
    )
    return Entry(one, f"{url}{address({'event': one.name})}", mine, edit)


def _kinds(counts: Mapping[str, int], chosen: str, given: Mapping[str, str], url: str) -> tuple[Kind, ...]:
    kept = {"q": given.get("q", "")}
    return tuple(
        Kind(
            called,
            formats.number(counts[kind]),
            url + address(kept, kind="" if kind == chosen else kind),
            kind == chosen,
        )
        for kind, (called, _icon) in KINDS.items()
        if counts.get(kind)
    )
