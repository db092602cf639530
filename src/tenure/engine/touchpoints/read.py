"""What was read of mail and calendars, made into rows, stored, and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.engine.touchpoints import known
from tenure.engine.touchpoints.store import store
from tenure.sources.ics import rows as ics_rows
from tenure.sources.ics.contact import met
from tenure.sources.ics.meeting import Calendar, Read, Window
from tenure.sources.ics.meeting import read as read_calendar
from tenure.sources.mail import rows as mail_rows
from tenure.sources.mail.contact import Aside, Contact, contacts, together
from tenure.sources.mail.message import Raw, reduced

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.touchpoints.rules import Rules
    from tenure.warehouse.load import Report, Terms

#: How far back calendars are compared with what was read of them before.
LOOK_BACK = timedelta(days=60)
_SHOWN = 5


@dataclass
class Told:
    """What became of what was read. ``read``: messages, or meetings; ``touchpoints``: new ones, of which ``automated`` never count;
    ``known``: there before; ``aside``: left out, by reason; ``domains``: of whom nothing is known, or too much.
    """

    what: str
    read: int = 0
    touchpoints: int = 0
    automated: int = 0
    accounts: set[str] = field(default_factory=set)
    asked: int = 0
    answered: int = 0
    known: int = 0
    taken_back: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    reports: tuple[Report, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """The same in words."""
        first = f"{_counted(self.read, self.what)} read: {_counted(self.touchpoints, 'touchpoint')}"
        first += f" with {_counted(len(self.accounts), 'account')}" if self.touchpoints else ""
        first += f" ({self.automated:,} automated)" if self.automated else ""
        if self.asked or self.answered:
            first += f", {self.asked:,} {'inquiry' if self.asked == 1 else 'inquiries'}, {self.answered:,} answered"
        first += f"; {self.known:,} known before" if self.known else ""
        first += f"; {self.taken_back:,} taken back" if self.taken_back else ""
        aside = ", ".join(f"{count:,} {why}" for why, count in self.aside.most_common())
        domains = ", ".join(f"{name} {count:,}" for name, count in self.domains.most_common(_SHOWN))
        more = f" and {len(self.domains) - _SHOWN:,} more" if len(self.domains) > _SHOWN else ""
        lines = [
            f"{first}.",
            f"Left out: {aside}." if aside else "",
            f"Nobody known at: {domains}{more}." if domains else "",
        ]
        return tuple(line for line in [*lines, *self.errors] if line)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def take_mail(desk: Desk, raws: Iterable[Raw], rules: Rules, terms: Terms) -> Told:
    """Messages into the warehouse, all or none."""
    told, zone = Told("message"), desk.settings.timezone
    people, now = known.parties(desk.store, zone, rules), terms.now.replace(tzinfo=UTC)
    found: list[Contact] = []
    for raw in raws:
        told.read += 1
        own = contacts(reduced(raw, rules.content), people, now, rules.opens)
        if isinstance(own, Aside):
            told.aside[own.why] += 1
            told.domains.update(own.domains)
        else:
            found += own
    one_each = together(found)
    there = known.of_mail(desk.store, zone, {one.account for one in one_each})
    news = mail_rows.news(one_each, there, rules.inquiries, now)
    told.known = len(found) - len(one_each) + news.known
    told.asked, told.answered = news.asked, news.answered
    _count(told, news.files)
    told.reports = store(desk, "mail", news.files, terms)
    return told


def take_calendars(
    desk: Desk, calendars: Iterable[tuple[str, Calendar]], rules: Rules, terms: Terms, opens: datetime
) -> Told:
    """Calendars into the warehouse, all or none. ``calendars``: their texts, all that there are; ``opens``: from when on meetings are
    looked for (UTC). One that cannot be read is told of, and nothing of it is taken back.
    """
    told, now = Told("meeting"), terms.now.replace(tzinfo=UTC)
    window = Window(opens, now, desk.settings.timezone)
    found: list[Read] = []
    reach: dict[str, datetime] = {}
    for text, calendar in calendars:
        try:
            own = read_calendar(text, calendar, window)
        except ValueError as error:
            told.errors.append(f"{calendar.name} {error}; it is left out.")
            continue
        found.append(own)
        if own.opens is not None:
            reach[calendar.name] = max(own.opens, window.opens)
    took = met(
        (copy for own in found for copy in own.copies), known.parties(desk.store, desk.settings.timezone, rules),
        rules.content, rules.review,
    )  # fmt: skip
    told.aside = sum((own.aside for own in found), Counter()) + took.aside
    told.domains = took.domains
    there = known.of_calendars(desk.store, window.opens)
    files = ics_rows.news(took.meetings, there, reach, now, {name for own in found for name in own.seen})
    told.read = len({copy.meeting for own in found for copy in own.copies}) + sum(own.aside.total() for own in found)
    told.known = len(took.meetings) - len(files[ics_rows.TOUCHPOINTS])
    _count(told, files)
    told.reports = store(desk, "ics", files, terms)
    return told


def _count(told: Told, files: Mapping[str, list[dict[str, str]]]) -> None:
    new = files[mail_rows.TOUCHPOINTS]
    told.touchpoints = len(new)
    told.automated = sum(row.get("is_automated") == "true" for row in new)
    told.accounts = {row["account_id"] for row in new}
    told.taken_back = len(files[mail_rows.TAKEN_BACK])
