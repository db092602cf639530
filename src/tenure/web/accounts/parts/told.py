"""The time line of an account: what happened, by kinds, searched and by pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tenure.web.access import log
from tenure.web.accounts.forms import Contact, Note
from tenure.web.accounts.naming import PEOPLE, names_of
from tenure.web.accounts.part import Part
from tenure.web.accounts.parts import merged
from tenure.web.kit import formats
from tenure.web.kit.happenings import KINDS, Told
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
    kind = kind if kind in KINDS or kind == merged.TASK else ""
    asked: dict[str, Any] = {
        "kinds": (kind,) if kind else (),
        "search": given.get("q", "").strip()[:100],
        "event": given.get("event", ""),
    }
    start = (number - 1) * ON_A_PAGE
    every = [] if asked["event"] else merged.tasks_told(sight, account_id, asked["search"])
    tasks = every if kind in ("", merged.TASK) else []
    found, before = merged.page(sight, account_id, asked, start=start, size=ON_A_PAGE, tasks=tasks)
    about = sight.dossier(account_id, {"person": PEOPLE}) if found else None
    if found is None or about is None:
        return None
    people = about.pages["person"].rows
    names = names_of(sight, people)
    url = reverse("account_timeline", args=[account_id])
    only_tasks = kind == merged.TASK
    shown = merged.both(found, before, names, tasks, start=start, size=ON_A_PAGE, only_tasks=only_tasks)
    entries = tuple(_entry(one, url, user, account_id, may_tell=may_tell) for one in shown)
    met = [(row["person_id"], row["name"]) for row in people if row["name"]][:_MET]
    pages = pager((0 if only_tasks else found.total) + len(tasks), number, given, on_a_page=ON_A_PAGE)
    return TimeLine(
        account_id, about.account["name"] or account_id, "timeline", entries, _kinds({**found.counts, merged.TASK: len(every)}, kind, given, url),
        asked["search"], kind,
        replace(pages, previous=pages.previous and url + pages.previous, next=pages.next and url + pages.next),
        bool(asked["event"]), url,
        (contact or Contact.new(auto_id="contact_%s", of={"people": met, "now": found.as_of})) if may_tell else None,
        (note or Note.new(auto_id="note_%s")) if may_tell else None,
        "contact" if contact else "note" if note else "", said, found.as_of,
    )  # fmt: skip


def _entry(one: Told, url: str, user: User, account_id: str, *, may_tell: bool) -> Entry:
    if one.kind == merged.TASK:
        return Entry(
            one, merged.link(one) if may_tell else f"{url}{address({'kind': merged.TASK})}", mine=False, edit=""
        )
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
        for kind, (called, _icon) in {**KINDS, merged.TASK: merged.CALLED}.items()
        if counts.get(kind)
    )
