"""Who is at the account: the part each plays, when each was last seen and spoken to, and what each answered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.engine import Query
from tenure.web.accounts.part import Part
from tenure.web.kit import formats
from tenure.web.kit.happenings import satisfied
from tenure.web.kit.scores import Tone
from tenure.web.kit.table import address

if TYPE_CHECKING:
    from tenure.engine import Sight

#: Days in which contacts count for how many people we speak to.
DAYS = 90
#: As many people are listed; the others only use the product.
MOST = 60
#: As many of them are in sight; the rest unfold.
_IN_SIGHT = 8


@dataclass(frozen=True)
class Score:
    """What somebody answered last in a survey."""

    survey: str
    value: str
    tone: Tone


@dataclass(frozen=True)
class Person:
    """Somebody at the account. ``url``: where it is mended."""

    id: str
    name: str
    title: str
    role: str
    email: str
    champion: bool
    left: str
    seen: str
    met: str
    scores: tuple[Score, ...]
    url: str


@dataclass(frozen=True)
class People(Part):
    """``rows``: those in sight; ``rest``: those who unfold; ``more``: how many are not listed; ``warnings``: what is risky about whom we know; ``told``: how many we spoke to."""

    rows: tuple[Person, ...]
    rest: tuple[Person, ...]
    more: int
    warnings: tuple[str, ...]
    told: str
    may_tell: bool
    said: str
    as_of: datetime


ASKED = {
    "person": Query(
        columns=("person_id", "name", "title", "role", "email", "is_champion", "left_at", "last_seen_at"),
        where=(("is_service", "none_of", (True,)),),
        order=("-is_champion", "title", "name"),
        limit=MOST,
    ),
    "touchpoint": Query(
        columns=("occurred_at", "person_ids", "direction"), where=(("person_ids", "empty", False),), order=("-occurred_at",),
        limit=2_000,
    ),
    "survey_answer": Query(
        columns=("person_id", "survey", "score", "scale_min", "scale_max", "low_is_good", "answered_at"),
        where=(("person_id", "empty", False), ("score", "empty", False)), order=("-answered_at",), limit=1_000,
    ),
}  # fmt: skip


def people(sight: Sight, account_id: str, *, may_tell: bool, said: str = "") -> People | None:
    """The people of an account; None where there is no such account to be seen."""
    found = sight.dossier(account_id, ASKED)
    if found is None:
        return None
    page, met, now = found.pages["person"], _met(found.pages["touchpoint"].rows), found.as_of
    scores = _scores(found.pages["survey_answer"].rows)
    rows = tuple(_person(account_id, row, met, scores, now) for row in page.rows)
    lately = {one for one, at in met.items() if now - timedelta(days=DAYS) <= at <= now}
    told = ngettext("%(count)s person in the last %(days)s days", "%(count)s people in the last %(days)s days", len(lately)) % {
        "count": formats.number(len(lately)), "days": DAYS,
    }  # fmt: skip
    return People(
        account_id, found.account["name"] or account_id, "people", rows[:_IN_SIGHT], rows[_IN_SIGHT:], page.total - len(rows),
        tuple(_warnings(page.rows, met, lately)), told if met else "", may_tell, said, now,
    )  # fmt: skip


def _met(rows: tuple[dict[str, Any], ...]) -> dict[str, datetime]:
    """When each was last spoken to."""
    found: dict[str, datetime] = {}
    for row in rows:  # the latest first
        for one in row["person_ids"] or ():
            found.setdefault(one, row["occurred_at"])
    return found


def _scores(rows: tuple[dict[str, Any], ...]) -> dict[str, tuple[Score, ...]]:
    """What each answered last in each survey."""
    found: defaultdict[str, dict[str, Score]] = defaultdict(dict)
    for row in rows:  # the latest first
        value = f"{formats.number(row['score'])}/{formats.number(row['scale_max'])}"
        name = row["survey"].upper() if len(row["survey"]) < 5 else row["survey"]
        found[row["person_id"]].setdefault(row["survey"], Score(name, value, satisfied(row)))
    return {person: tuple(scores.values()) for person, scores in found.items()}


def _person(
    account_id: str, row: dict[str, Any], met: dict[str, datetime], scores: dict[str, tuple[Score, ...]], now: datetime
) -> Person:
    id_ = row["person_id"]
    url = reverse("edit_person", args=[account_id]) + address({"person": id_})
    return Person(
        id_, row["name"] or id_, row["title"] or "", (row["role"] or "").replace("_", " "), row["email"] or "",
        bool(row["is_champion"]), formats.day(row["left_at"]) if row["left_at"] else "",
        formats.since(row["last_seen_at"], now) if row["last_seen_at"] else "", formats.since(met[id_], now) if id_ in met else "", scores.get(id_, ()), url,
    )  # fmt: skip


def _warnings(rows: tuple[dict[str, Any], ...], met: dict[str, datetime], lately: set[str]) -> list[str]:
    """What is risky: one thread only, no champion, or one who left."""
    there = [row for row in rows if not row["left_at"]]
    champions = [row for row in rows if row["is_champion"]]
    found = []
    if len(lately) == 1:
        name = next((row["name"] for row in rows if row["person_id"] in lately), None) or next(iter(lately))
        found.append(
            _("All contacts of the last %(days)s days were with %(name)s alone.") % {"days": DAYS, "name": name}
        )
    elif met and not lately:
        found.append(_("Nobody by name was spoken to in the last %(days)s days.") % {"days": DAYS})
    gone = [row["name"] or row["person_id"] for row in champions if row["left_at"]]
    if gone and all(row["left_at"] for row in champions):
        found.append(_("The champion left: %(names)s.") % {"names": ", ".join(gone)})
    elif there and not champions:
        found.append(_("No champion is known."))
    return found
