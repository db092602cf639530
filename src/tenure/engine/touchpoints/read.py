"""What was read of mail and calendars, made into rows, stored, and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tenure.engine.sync import configured
from tenure.engine.touchpoints import known
from tenure.engine.touchpoints.store import store
from tenure.engine.touchpoints.told import Told
from tenure.sources.ics import rows as ics_rows
from tenure.sources.ics.contact import met
from tenure.sources.ics.meeting import Calendar, Read, Window
from tenure.sources.ics.meeting import read as read_calendar
from tenure.sources.ics.rules import MOST_PERIODS
from tenure.sources.mail import rows as mail_rows
from tenure.sources.mail.contact import Aside, Contact, contacts, together
from tenure.sources.mail.message import Mail

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.touchpoints.rules import Rules
    from tenure.warehouse.load import Terms


def take_mail(desk: Desk, mails: Iterable[Mail], rules: Rules, terms: Terms) -> Told:
    """Messages into the warehouse, all or none."""
    told, zone = Told("message"), desk.settings.timezone
    people, now = known.parties(desk.store, zone, rules), terms.now.replace(tzinfo=UTC)
    found: list[Contact] = []
    for mail in mails:
        told.read += 1
        own = contacts(mail, people, now, rules.opens)
        if isinstance(own, Aside):
            told.aside[own.why] += 1
            told.domains.update(own.domains)
        else:
            found += own
    one_each = together(found)
    there = known.of_mail(desk.store, zone, one_each)
    news = mail_rows.news(one_each, there, rules.inquiries, now, history=terms.history)
    told.known = len(found) - len(one_each) + news.known
    told.asked, told.answered = news.asked, news.answered
    told.count(news.files)
    told.reports = store(desk, "mail", news.files, terms)
    return told


def take_calendars(
    desk: Desk, calendars: Iterable[tuple[str, Calendar]], rules: Rules, terms: Terms, opens: datetime, source: str = "",
) -> Told:  # fmt: skip
    """Calendars into the warehouse, all or none.

    ``calendars``: their texts, which may be in several pieces; ``opens``: from when on meetings are looked for (UTC); ``source``:
    whose they are, empty for files. What the calendars of a source do not have any more is taken back; of files only what
    they have otherwise. A calendar that cannot be read is told of, and nothing of it is taken back.
    """
    told, now = Told("meeting"), terms.now.replace(tzinfo=UTC)
    window = Window(opens, now, desk.settings.timezone)
    found: list[Read] = []
    reach: dict[str, datetime] = {}
    broken: set[str] = set()
    left: dict[str, int] = {}
    for text, calendar in calendars:
        try:
            own = read_calendar(text, calendar, window, left.get(calendar.name, MOST_PERIODS))
        except ValueError as error:
            told.errors += (f"{calendar.name.partition(':')[2]} {error}; it is left out.",)
            broken.add(calendar.name)
            continue
        found.append(own)
        left[calendar.name] = own.periods
        tells = opens if calendar.is_whole else own.opens
        if tells is not None and source:
            reach[calendar.name] = max(min(tells, reach.get(calendar.name, tells)), opens)
    took = met(
        (copy for own in found for copy in own.copies), known.parties(desk.store, desk.settings.timezone, rules),
        rules.content, rules.review,
    )  # fmt: skip
    told.aside = sum((own.aside for own in found), Counter()) + took.aside
    told.domains = took.domains
    there = known.of_calendars(desk.store, opens)
    reach = {name: since for name, since in reach.items() if name not in broken}
    files = ics_rows.news(
        took.meetings, there, _others(desk, source), reach, now, {name for own in found for name in own.seen},
        history=terms.history,
    )  # fmt: skip
    told.read = len({copy.meeting for own in found for copy in own.copies}) + sum(own.aside.total() for own in found)
    told.count(files)
    told.known = len(took.meetings) - told.touchpoints
    told.reports = store(desk, "ics", files, terms)
    return told


def _others(desk: Desk, source: str) -> tuple[str, ...]:
    """How the names of the calendars of other sources begin."""
    return tuple(f"{name}:" for name, one in configured.read(desk.home).items() if one.kind == "ics" and name != source)
