"""What surrounds every page. ``access`` fills it in for the person who looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
#: As ``aria-current`` says it.
Mark = Literal["page", "true", ""]


class Section(Enum):
    """The groups of the navigation, in their order. The first has no heading."""

    WORK = _("Work")
    TEAM = _("Team")
    NUMBERS = _("Numbers")
    DATA = _("Data")
    ADMINISTRATION = _("Administration")


@dataclass(frozen=True)
class Nav:
    """A page's place in the navigation: ``rank`` within its section, ``icon`` a name of Lucide's. ``over``: says of a person, by the
    number of her log-in, that it has no place there any more.
    """

    section: Section
    rank: int
    icon: str
    over: Callable[[int], bool] | None = None


@dataclass(frozen=True)
class NavItem:
    """One link of the navigation. ``current``: it leads to the page that is open (``page``), or to one under which that lies (``true``)."""

    title: Text
    url: str
    icon: str
    current: Mark


@dataclass(frozen=True)
class NavSection:
    """A heading, empty for the first group, and its links."""

    title: Text
    items: tuple[NavItem, ...]


@dataclass(frozen=True)
class Badge:
    """Who is logged in."""

    name: str
    initials: str
    roles: str


@dataclass(frozen=True)
class Begin:
    """Who brings in what a page lacks: the reader (``operates``), or those of these ``names``, empty where nobody can be named."""

    operates: bool
    names: str


@dataclass(frozen=True)
class Shell:
    """``theme``: light, dark, or empty for the system's. ``badge``: nobody on pages before log-in.

    ``here``: where to return to after a detour, such as switching the theme.
    """

    title: Text
    theme: str
    nav: tuple[NavSection, ...]
    first: tuple[NavItem, ...]
    badge: Badge | None
    here: str
    on_account: bool = False
    begin: Begin | None = None


def initials(name: str) -> str:
    """Up to two letters that stand for a person."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))
