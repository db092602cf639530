"""What changed of an account since somebody last looked, or since a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.accounts.naming import PEOPLE, names_of
from tenure.web.accounts.part import Part
from tenure.web.kit import formats, scores
from tenure.web.kit.happenings import KINDS, Told, told
from tenure.web.kit.reading import current, local_date
from tenure.web.kit.scores import Tone
from tenure.web.kit.table import address

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.verbs.changes import ChangesFound, Moved
    from tenure.web.kit.shell import Text

#: As many are told one by one on the account's page.
_MOST = 8


@dataclass(frozen=True)
class Figure:
    """A figure that is another one."""

    name: Text
    before: str
    now: str
    tone: Tone


@dataclass(frozen=True)
class News:
    """Something that happened, and its address."""

    told: Told
    link: str


@dataclass(frozen=True)
class Changed(Part):
    """``since``: None where the reader looks for the first time. ``asked``: the day that was asked for; ``day``: of ``since``.
    ``counts``: how much of each kind; ``more``: how much is not told one by one.
    """

    since: datetime | None
    asked: bool
    day: str
    latest: str
    figures: tuple[Figure, ...]
    news: tuple[News, ...]
    counts: tuple[tuple[Text, str], ...]
    more: int
    all_url: str
    as_of: datetime


def day_of(text: str) -> date | None:
    """The day that an address names; none where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def beginning(day: date) -> datetime:
    """When a day of the organisation's begins."""
    return datetime.combine(day, time(), current().zone)


def changed(
    sight: Sight, account_id: str, name: str, since: datetime | None, now: datetime, *, asked: bool, most: int = _MOST
) -> Changed | None:
    """What changed since a moment; None where there is no such account to be seen. ``asked``: the reader named the day."""
    day = (since or now).astimezone(current().zone).date()
    latest = local_date(now).isoformat()
    timeline = reverse("account_timeline", args=[account_id])
    if since is None:
        return Changed(account_id, name, "changed", None, asked, day.isoformat(), latest, (), (), (), 0, timeline, now)
    found = sight.changes(account_id, since.astimezone(UTC))
    about = sight.dossier(account_id, {"person": PEOPLE})
    if found is None or about is None:
        return None
    names = names_of(sight, about.pages["person"].rows)
    news = tuple(
        News(one, timeline + address({}, event=one.name)) for one in (told(each, names) for each in found.happened)
    )
    return Changed(
        account_id, name, "changed", since, asked, day.isoformat(), latest,
        tuple(_figure(one, names.currency) for one in found.moved), news[:most], _counts(found), found.total - len(news[:most]),
        timeline if most > _MOST else reverse("account_changes", args=[account_id]) + address({}, since=day.isoformat()),
        found.as_of,
    )  # fmt: skip


def _counts(found: ChangesFound) -> tuple[tuple[Text, str], ...]:
    return tuple(
        (called, formats.number(found.counts[kind]))
        for kind, (called, _icon) in KINDS.items()
        if found.counts.get(kind)
    )


def _figure(one: Moved, currency: str) -> Figure:
    rises = one.before is not None and one.now is not None and one.now > one.before
    if one.what == "mrr":
        ends = (formats.money(one.before, currency), formats.money(one.now, currency))
        return Figure(_("MRR"), *ends, "good" if (one.now or Decimal(0)) > (one.before or Decimal(0)) else "bad")
    if one.what == "health":
        ends = (formats.number(one.before, 0), formats.number(one.now, 0))
        return Figure(_("Health"), *ends, "" if None in (one.before, one.now) else "good" if rises else "bad")
    ends = (scores.probability(one.before), scores.probability(one.now))
    return Figure(_("Risk within 90 days"), *ends, "" if None in (one.before, one.now) else "bad" if rises else "good")
