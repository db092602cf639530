"""The head of an account's page: what it is, how it stands, and how fresh that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.engine import Query
from tenure.web.accounts import health
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.verbs.dossier import Brought

_CUSTOM = "custom:"
#: Days before a renewal from which on it is near.
_NEAR = 90


@dataclass(frozen=True)
class Fact:
    """Something that is so. ``note``: more in a line; ``meaning``: its definition; ``link``: where its rows are."""

    name: str
    value: str
    note: str = ""
    meaning: str = ""
    link: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Fresh:
    """When a source last brought something, and of what."""

    source: str
    when: str
    of: str


@dataclass(frozen=True)
class Attribute:
    """An attribute of one's own; ``url``: where it is an address of the web, which opens in another system."""

    name: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class Life:
    """The head of the page. ``notes``: what of it is not to be relied on; ``may_tell``: the reader may tell what happened."""

    id: str
    name: str
    subtitle: str
    facts: tuple[Fact, ...]
    attributes: tuple[Attribute, ...]
    fresh: tuple[Fresh, ...]
    as_of: datetime
    notes: tuple[str, ...]
    may_tell: bool
    kept: health.Kept


_ASKED = {
    "score": health.ASKED,
    "account": Query(
        columns=("name", "domain", "parent_id", "lifecycle", "country", "valid_from"), order=("-valid_from",), limit=1
    ),
}


def of(sight: Sight, account_id: str, *, may_tell: bool) -> Life | None:
    """What may be seen of an account; None where there is none to be seen. ``may_tell``: log contacts there."""
    found = sight.dossier(account_id, _ASKED)
    if found is None:
        return None
    row, currency = found.account, sight.settings().currency
    own = next(iter(found.pages["account"].rows), {})
    told = (row["segment"], row["tier"], own.get("lifecycle"), row["industry"], row["region"])
    return Life(
        id=row["account_id"],
        name=row["name"] or row["account_id"],
        subtitle=" · ".join(str(each) for each in told if each),
        facts=_facts(row, currency, found.as_of),
        attributes=tuple(_attributes(row, own)),
        fresh=tuple(_fresh(one, found.as_of) for one in found.brought),
        as_of=found.as_of,
        notes=found.notes,
        may_tell=may_tell,
        kept=health.kept(row, found.pages["score"].rows, currency),
    )


def _facts(row: dict[str, Any], currency: str, now: datetime) -> tuple[Fact, ...]:
    renews: datetime | None = row["renewal_due"]
    near = renews is not None and (renews - now).days < _NEAR
    mrr = _("%(amount)s a month") % {"amount": formats.money(row["mrr"], currency)}
    here = reverse("account_page", args=[row["account_id"]])
    owner = row["owner_name"] or row["owner"] or "–"
    since = _since(row["customer_since"], now)
    return (
        Fact(_("ARR"), formats.money(row["arr"], currency), mrr if row["is_customer"] else _("no customer now"),
             _("Twelve times the monthly recurring revenue of today, in the reporting currency."), f"{here}#contracts"),
        Fact(_("Customer since"), formats.day(row["customer_since"]), since,
             _("The day on which it first became a customer."), f"{here}#contracts"),
        Fact(_("Renews"), formats.since(renews, now), formats.day(renews) if renews else _("no term is known"),
             _("When its next contract with a term ends."), f"{here}#contracts", "warn" if near else ""),
        Fact(_("Owner"), owner, row["team"] or "", _("Who owns the largest share of it now, and the owner's team."),
             f"{reverse('account_timeline', args=[row['account_id']])}?kind=owner"),
        Fact(_("Last contact"), formats.since(row["last_touch"], now), formats.day(row["last_touch"]) if row["last_touch"] else "",
             _("The last two-way contact: mail that nobody answered is none."),
             f"{reverse('account_timeline', args=[row['account_id']])}?kind=contact"),
        Fact(_("NPS score"), formats.number(row["nps"]), _("of 10, the latest") if row["nps"] is not None else "",
             _("The latest score from 0 to 10 that somebody gave by name."), f"{here}#surveys"),
        Fact(_("Open tickets"), formats.number(row["open_tickets"]), "",
             _("Tickets that are neither solved nor closed."), f"{here}#tickets"),
    )  # fmt: skip


def _since(day: date | None, now: datetime) -> str:
    return "" if day is None else formats.since(datetime.combine(day, time(), UTC), now)


def _attributes(row: dict[str, Any], own: dict[str, Any]) -> list[Attribute]:
    """The account's id and domain, and whatever attributes of one's own it has."""
    found = [Attribute(_("Id"), str(row["account_id"]))]
    if own.get("domain"):
        found.append(Attribute(_("Domain"), str(own["domain"]), _address(f"https://{own['domain']}")))
    if own.get("country"):
        found.append(Attribute(_("Country"), str(own["country"])))
    for name, value in row.items():
        if name.startswith(_CUSTOM) and value not in (None, ""):
            found.append(Attribute(titled(name.removeprefix(_CUSTOM)), str(value), _address(str(value))))
    return found


def _address(value: str) -> str:
    """The address of the web that a value is; empty for anything else: a link of another kind may run what it holds."""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return ""
    plain = all(sign > " " for sign in value.strip())
    return value.strip() if parts.scheme in ("http", "https") and "." in parts.netloc and plain else ""


def _fresh(one: Brought, now: datetime) -> Fresh:
    return Fresh(one.source, formats.since(one.at, now), ", ".join(titled(name).lower() for name in one.tables))
