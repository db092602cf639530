"""What fits some words, of what a person may see: pages, metrics, accounts and people."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.errors import UnavailableError
from tenure.core.titles import titled
from tenure.engine import Entry, Sight
from tenure.web.access.models import User
from tenure.web.access.page import Page, Request, declared
from tenure.web.kit import figure
from tenure.web.kit.shell import Text

#: How many of a kind are shown.
_PAGES, _METRICS, _ACCOUNTS, _PEOPLE = 6, 6, 8, 5
#: The rank of what only speaks of it; shown where nothing is called that.
_BY_TEXT = 4
#: A definition is searched for words from this length on: shorter ones are everywhere.
_TELLING = 3


@dataclass(frozen=True)
class Hit:
    """Something to go to. ``icon``: a name of Lucide's."""

    title: Text
    detail: Text
    url: str
    icon: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind. ``more``: where there is more than is shown, a link to all; ``note``: why not."""

    title: Text
    hits: tuple[Hit, ...]
    more: Hit | None = None
    note: str = ""


def names(request: Request, search: str) -> tuple[Group, ...]:
    """Pages, metrics and people that fit, by kind, which takes no time. Without words: the pages."""
    groups = [_pages(request.user, search)]
    if search:
        with suppress(UnavailableError):  # a reporting line that cannot be read for now; accounts say so
            groups.append(_metrics(request, search))
        groups.append(_people(request.user, search))
    return tuple(group for group in groups if group.hits)


def accounts(request: Request, search: str) -> tuple[Group, ...]:
    """Accounts that fit. Where new data has come in, it is worked in first."""
    found = _accounts(request, search) if search else None
    return (found,) if found and (found.hits or found.note) else ()


def _pages(user: User, search: str) -> Group:
    def told(each: Page) -> str:
        return f"{each.name} {each.nav.section.value if each.nav else ''}"

    places = [each for each in declared() if _leads_somewhere(each) and each.opens_for(user.roles)]
    ranks = {each: _rank(search, str(each.title), told(each)) for each in places}
    fitting = [(rank, str(each.title), each) for each, rank in ranks.items() if rank is not None]
    hits = tuple(_place(each) for _at, _title, each in sorted(fitting, key=lambda found: found[:2]))
    return Group(_("Pages"), hits[:_PAGES] if search else hits)


def _leads_somewhere(each: Page) -> bool:
    """Whether it is a page of its own, which needs nothing to be said."""
    return (
        "GET" in each.methods
        and not each.public
        and not each.unattended
        and not each.data
        and "<" not in each.route
        and each.name not in ("home", "search")
    )


def _place(each: Page) -> Hit:
    section = each.nav.section.value if each.nav else ""
    return Hit(each.title, section, reverse(each.name), each.nav.icon if each.nav else "arrow-right")


def _metrics(request: Request, search: str) -> Group:
    if not _opens(request.user, "metric"):
        return Group(_("Metrics"), ())
    metrics = request.sight().metrics()
    ranked = sorted((rank, slug) for slug, each in metrics.items() if (rank := _fits(each, search)) is not None)
    if ranked and ranked[0][0] < _BY_TEXT:
        ranked = [each for each in ranked if each[0] < _BY_TEXT]
    hits = tuple(
        Hit(titled(slug), figure.summary(metrics[slug]), figure.page_of(slug), "sigma") for _at, slug in ranked
    )
    more = Hit(_("More metrics"), "", f"{reverse('metrics')}?{urlencode({'q': search})}", "arrow-right")
    return Group(_("Metrics"), hits[:_METRICS], more if len(hits) > _METRICS else None)


def _fits(entry: Entry, search: str) -> int | None:
    initials = "".join(word[0] for word in entry.slug.split("_"))
    return _rank(search, titled(entry.slug), f"{entry.slug} {initials}", entry.definition)


def _accounts(request: Request, search: str) -> Group:
    title = _("Accounts")
    if not _opens(request.user, "account_page"):
        return Group(title, ())
    try:
        hits, total = _found_accounts(request.sight(), search)
    except UnavailableError:
        return Group(title, (), note=_("Accounts cannot be searched just now. Try again in a moment."))
    address = f"{reverse('accounts')}?{urlencode({'status': 'all', 'q': search})}"
    return Group(title, hits, Hit(_("More accounts"), "", address, "arrow-right") if total > len(hits) else None)


def _found_accounts(sight: Sight, search: str) -> tuple[tuple[Hit, ...], int]:
    """Accounts of exactly that id, then those of that name, then by id or owner; and how many there are at least."""

    def asked(**more: Any) -> dict[str, dict[str, Any]]:
        page = sight.rows("accounts", columns=("account_id", "name", "owner_name"), limit=_ACCOUNTS, **more)
        totals.append(page.total)
        return {row["account_id"]: row for row in page.rows}

    totals: list[int] = []
    # An id has a digit, as a rule; one question less for each letter that is typed.
    rows = asked(where=[("account_id", "equals", search)]) if any(map(str.isdigit, search)) else {}
    rows |= asked(where=[("name", "contains", search)])
    if len(rows) < _ACCOUNTS:
        rows |= asked(search=search)
    hits = (
        Hit(
            row["name"] or account_id,
            " · ".join(each for each in (row["owner_name"], account_id) if each),
            reverse("account_page", args=[account_id]),
            "building-2",
        )
        for account_id, row in rows.items()
    )
    return tuple(hits)[:_ACCOUNTS], max(totals)


def _people(user: User, search: str) -> Group:
    """Who may log in, for whoever looks after them."""
    title = _("People")
    if not _opens(user, "person"):
        return Group(title, ())
    fits = Q()
    for word in search.split():
        fits &= Q(name__icontains=word) | Q(email__icontains=word) | Q(csm_id__icontains=word)
    found = User.objects.filter(fits).order_by("name", "pk")[: _PEOPLE + 1]
    hits = tuple(Hit(each.name, each.email, reverse("person", args=[each.pk]), "user") for each in found)
    more = Hit(_("More people"), "", f"{reverse('people')}?{urlencode({'q': search})}", "arrow-right")
    return Group(title, hits[:_PEOPLE], more if len(hits) > _PEOPLE else None)


def _opens(user: User, name: str) -> bool:
    return any(each.name == name and each.opens_for(user.roles) for each in declared())


def _rank(search: str, title: str, names: str, text: str = "") -> int | None:
    """How well something fits, 0 best: it is called that, begins so, has words that begin so, has it in its name, or
    (``_BY_TEXT``) in its text. None where a word of the search is nowhere.
    """
    wanted, title, names = search.casefold(), title.casefold(), names.casefold()
    words = wanted.split()
    if wanted in (title, *names.split()):
        return 0
    if title.startswith(wanted):
        return 1
    if all(_begins(word, f"{title} {names}") for word in words):
        return 2
    if all(word in f"{title} {names}" for word in words):
        return 3
    everywhere = f"{title} {names} {text.casefold()}"
    return _BY_TEXT if all(len(word) >= _TELLING and _begins(word, everywhere) for word in words) else None


def _begins(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}", text.replace("_", " ")) is not None
