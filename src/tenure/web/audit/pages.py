"""The page of the audit log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.engine import audit
from tenure.engine.audit import Asked, Entry, Standing
from tenure.web.access import log
from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import Role
from tenure.web.audit import words
from tenure.web.kit import formats
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.reading import current
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import ON_A_PAGE, Pager, address, exported, page_of, pager

#: Details that mean nothing to people.
_FOR_PROGRAMS = frozenset({"digest", "found", "sha256", "map_hash"})
#: Entries that are read at most, for pages far back and for the file.
_MOST = 100_000
_EXPORTED = ("log", "entry", "at", "who", "via", "request", "act", "about", "id", "detail", "hash")


@dataclass(frozen=True)
class Line:
    """An entry in the list. ``theirs``: the address of all entries of the same person, ``same``: of those about the same."""

    at: datetime
    who: str
    theirs: str
    way: str
    act: Text
    about: str
    same: str
    detail: str
    number: str


@dataclass(frozen=True)
class Chain:
    """Whether one of the two chains holds: ``told`` in a sentence. ``faults``: what is wrong."""

    told: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class AuditLog:
    """``about``: what the list is narrowed to; ``everything``: the address without that. ``filtered``: whether it is narrowed at
    all.
    """

    lines: tuple[Line, ...]
    pager: Pager
    filters: tuple[Choice, ...]
    start: str
    end: str
    about: str
    about_told: str
    everything: str
    export: str
    chains: tuple[Chain, ...]
    filtered: bool


@page(
    "audit/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("Audit log"), nav=Nav(Section.ADMINISTRATION, 40, "scroll-text"),
    sensitive=True,
)  # fmt: skip
def audit_log(request: Request) -> AuditLog | HttpResponse:
    """Who changed, took out and looked at what, the newest first; or all that fits as a file."""
    given = request.GET.dict()
    home, asked, number = settings.HOME, _asked(given), page_of(given)
    is_file = given.get("format") == "csv"
    most = _MOST if is_file else min(number * ON_A_PAGE, _MOST)
    ours, theirs = audit.entries(home, asked, most), log.entries(asked, most)
    every = sorted(
        [*((audit.CHAIN, one) for one in ours[0]), *((log.CHAIN, one) for one in theirs[0])],
        key=lambda pair: (pair[1].at, pair[1].seq), reverse=True,
    )  # fmt: skip
    if is_file:
        return exported("audit", _EXPORTED, [_row(*one) for one in every[:_MOST]])
    shown = every[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    people = words.People(
        [one.who for _chain, one in shown] + [f"user:{one.id}" for _chain, one in shown if one.kind == "user"]
    )
    messages = audit.messages(home, [one.id for _chain, one in shown if one.kind == audit.MESSAGE])
    content = AuditLog(
        lines=tuple(_line(chain, one, people, messages, given) for chain, one in shown),
        pager=pager(ours[1] + theirs[1], number, given),
        filters=_filters(home, given),
        start=given.get("from", ""),
        end=given.get("to", ""),
        about=given.get("about", ""),
        about_told=_about_told(given, people, messages),
        everything=_to(given, about="", page=""),
        export=_to(given, format="csv", page=""),
        chains=(_chain(audit.verified(home, datetime.now(UTC)), data=True), _chain(log.verified(), data=False)),
        filtered=any(given.get(name) for name in ("who", "act", "about", "from", "to")),
    )
    return show(request, content, template="audit/lines.html") if request.htmx else content


def _asked(given: dict[str, str]) -> Asked:
    """What the address asks for; days are of the organisation's zone, and what makes no sense is left out."""
    end = _day(given.get("to", ""))
    return Asked(
        given.get("who", ""), given.get("act", ""), given.get("about", ""), _midnight(_day(given.get("from", ""))),
        _midnight(end + timedelta(days=1) if end and end < date.max else None),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    if day is None or not 1900 < day.year < 9999:
        return None
    return datetime.combine(day, time(), current().zone)


def _line(chain: str, entry: Entry, people: words.People, messages: dict[str, str], given: dict[str, str]) -> Line:
    about = f"{entry.kind}:{entry.id}" if entry.id else entry.kind
    return Line(
        at=datetime.fromisoformat(entry.at),
        who=people.called(entry.who),
        theirs=_to(given, who=entry.who, page="") if entry.who else "",
        way=words.way(entry.via),
        act=words.act(entry.act),
        about=""
        if entry.kind == "user" and entry.who == about
        else words.about(entry.kind, entry.id, people, messages),
        same=_to(given, about=about, page="") if about else "",
        detail=_detail(entry.detail),
        number=f"{chain} {entry.seq}",
    )


def _to(given: dict[str, str], **changed: str) -> str:
    """The address of the log with something changed."""
    return f"{reverse('audit_log')}{address(given, **changed)}"


def _detail(text: str) -> str:
    """What else an entry says, for people."""
    try:
        said: dict[str, Any] = json.loads(text)
    except ValueError:
        return ""
    columns = said.pop("columns", [])
    told = [
        f"{name} {_plain(said[name])}" for name in sorted(said, key=_order) if name not in _FOR_PROGRAMS and said[name]
    ]
    if columns:
        told.append(ngettext("%(count)s column", "%(count)s columns", len(columns)) % {"count": len(columns)})
    return ", ".join(told)


def _order(name: str) -> tuple[bool, str]:
    """How many rows comes first."""
    return name != "rows", name


def _plain(value: Any) -> str:
    match value:
        case dict():
            return "; ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
        case list():
            return " → ".join(map(str, value)) if len(value) == 2 else ", ".join(map(str, value))
    return formats.number(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _row(chain: str, entry: Entry) -> dict[str, Any]:
    return {
        "log": chain, "entry": entry.seq, "at": entry.at, "who": entry.who, "via": entry.via, "request": entry.request,
        "act": entry.act, "about": entry.kind, "id": entry.id, "detail": entry.detail, "hash": entry.hash,
    }  # fmt: skip


def _filters(home: Any, given: dict[str, str]) -> tuple[Choice, ...]:
    whos = sorted((audit.chosen(home, "who") | log.chosen("who")) - {""})
    people = words.People(whos)
    who = [Option(one, people.called(one), one == given.get("who")) for one in whos]
    acts = [
        Option(name, told, name == given.get("act"))
        for name, told in words.options(audit.chosen(home, "act") | log.chosen("act"))
    ]
    return (
        Choice("who", _("Who"), (Option("", _("anybody"), not given.get("who")), *sorted(who, key=lambda one: str(one.name)))),
        Choice("act", _("Did what"), (Option("", _("anything"), not given.get("act")), *acts)),
    )  # fmt: skip


def _about_told(given: dict[str, str], people: words.People, messages: dict[str, str]) -> str:
    kind, _colon, name = given.get("about", "").partition(":")
    return words.about(kind, name, people, messages) if kind else ""


def _chain(found: Standing, *, data: bool) -> Chain:
    """A chain's standing in words."""
    if not found.entries:
        told = _("No entry about data yet.") if data else _("No entry about access yet.")
        return Chain(told, found.faults)
    values = {
        "entries": formats.number(found.entries), "upto": formats.moment(datetime.fromisoformat(found.upto)),
        "at": formats.moment(found.at),
    }  # fmt: skip
    if found.faults:
        wrong = (
            _("The entries about data do not fit together, as was seen on %(at)s.") if data
            else _("The entries about access do not fit together, as was seen on %(at)s.")
        )  # fmt: skip
        return Chain(wrong % values, found.faults)
    good = (
        _("All %(entries)s entries about data fit together, up to the last of %(upto)s.") if data
        else _("All %(entries)s entries about access fit together, up to the last of %(upto)s.")
    )  # fmt: skip
    return Chain(good % values, ())
