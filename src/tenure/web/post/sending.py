"""Views that can be sent and put on paper: a feature declares what of its pages can, in a module ``sent`` that is found by being there::

    @sent("board", roles=EVERYONE, link=..., title=_("Board"))
    def board(asked: Asked) -> Composed:
        return Composed(_("Board"), "", tuple(...))

What is composed is asked for through its receiver's eyes, when it is made.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure import web
from tenure.core.errors import UsageError
from tenure.web.access.models import User
from tenure.web.access.roles import LEAD, Role
from tenure.web.kit.reading import current
from tenure.web.post import paper

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.kit.shell import Text
    from tenure.web.kit.table import Export
    from tenure.web.post.shown import Shown

T = TypeVar("T")
PDF, TABLE = "pdf", "table"
#: Signs of an address that are kept.
LONGEST = 4_000


@dataclass(frozen=True)
class Asked:
    """Whose eyes see a view, through which sight, and the view's address. ``each`` goes over things, telling how far it is."""

    user: User
    sight: Sight
    address: str
    each: Callable[[Iterable[Any], str], Iterator[Any]] = field(default=lambda things, _said: iter(things), repr=False)

    @property
    def given(self) -> QueryDict:
        """The parameters of the address."""
        return QueryDict(self.address)

    @property
    def plain(self) -> dict[str, str]:
        """The same, of each name the last."""
        return {name: str(value) for name, value in self.given.items()}


@dataclass(frozen=True)
class Composed:
    """A view as it is sent."""

    title: str
    note: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class File:
    """A file: what it is called, its type, its bytes, and how many rows are in it."""

    name: str
    content_type: str
    content: bytes
    rows: int
    columns: Sequence[str]


@dataclass(frozen=True)
class View:
    """What can be sent. ``link``: where one of an address is in Tenure; ``titled``: what one of an address is called for somebody who opens it (raises ``Http404`` for another);
    ``whom``: who may get it from somebody; ``files``: other files that it can be made, by format.
    """

    name: str
    roles: frozenset[Role]
    compose: Callable[[Asked], Composed] = field(repr=False)
    link: Callable[[QueryDict], str] = field(repr=False)
    titled: Callable[[User, QueryDict], str] = field(repr=False)
    whom: Callable[[User, QueryDict], list[User]] = field(repr=False)
    files: Mapping[str, Callable[[Asked], File]] = field(repr=False)


_declared: dict[str, View] = {}


def sent(
    name: str,
    *,
    roles: Iterable[Role],
    link: Callable[[QueryDict], str],
    title: Text | Callable[[User, QueryDict], str],
    whom: Callable[[User, QueryDict], list[User]] | None = None,
    files: Mapping[str, Callable[[Asked], File]] | None = None,
) -> Callable[[Callable[[Asked], Composed]], Callable[[Asked], Composed]]:
    """Declare a view. Without ``whom``, who leads others may send it to whoever opens its page, and everybody else to herself."""
    allowed = frozenset(roles)

    def declare(compose: Callable[[Asked], Composed]) -> Callable[[Asked], Composed]:
        if name in _declared:
            raise ValueError(f"There are two views called {name!r}.")
        titled = title if callable(title) else lambda _user, _given: str(title)
        _declared[name] = View(name, allowed, compose, link, titled, whom or openers(allowed), files or {})
        return compose

    return declare


def openers(roles: frozenset[Role]) -> Callable[[User, QueryDict], list[User]]:
    """Whom something may be sent to that people with these roles open: by who leads others to any of them."""

    def whom(sender: User, _given: QueryDict) -> list[User]:
        if LEAD.isdisjoint(sender.roles):
            return [sender]
        found = User.objects.filter(is_active=True, grants__role__in=roles)
        return list(found.distinct().order_by("name", "pk"))

    return whom


@cache
def declared() -> dict[str, View]:
    """All that can be sent, by name."""
    for folder in web.folders():
        name = f"tenure.web.{folder}.sent"
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    return _declared


def find(name: str, user: User) -> View | None:
    """The view of a name, if it opens for a person."""
    found = declared().get(name)
    return None if found is None or found.roles.isdisjoint(user.roles) else found


def link(view: str, address: str) -> str:
    """Where a view is in Tenure."""
    return declared()[view].link(QueryDict(address)) if view in declared() else ""


def purpose(view: str, address: str) -> str:
    """What names a view of an address: among a person's schedules, and of mails that she may decline."""
    return f"{view}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def receivers(view: str, asked: Asked) -> tuple[str, list[User]]:
    """What a view is called, and who may get it from somebody. Raises ``UsageError`` where she sees it no more herself."""
    return _seen(
        view, asked, lambda found: (found.titled(asked.user, asked.given), found.whom(asked.user, asked.given))
    )


def composed(view: str, asked: Asked) -> Composed:
    """A view as somebody sees it now. Raises ``UsageError`` where she sees it no more."""
    return _seen(view, asked, lambda found: found.compose(asked))


def made(view: str, asked: Asked, made_as: str) -> File:
    """A view as a file. Raises ``UsageError`` as above, ``UnavailableError`` where a PDF cannot be made here."""
    if made_as == PDF:
        return on_paper(composed(view, asked))

    def make(found: View) -> File:
        if made_as not in found.files:
            kinds = ", ".join([*found.files, PDF])
            raise UsageError("There is no such kind of file.", code="bad_format", fix=f"Choose one of these: {kinds}.")
        return found.files[made_as](asked)

    return _seen(view, asked, make)


def on_paper(found: Composed) -> File:
    """A view as a PDF. Raises ``UnavailableError`` where none can be made here."""
    day = timezone.now().astimezone(current().zone)
    content = paper.pdf(found.title, found.note, found.shown)
    return File(f"{found.title} {day:%Y-%m-%d}.{PDF}", paper.TYPE, content, len(found.shown), ())


def of_export(title: str, kind: str, made: Export) -> File:
    """A list that a page gives as a file, as a file that is sent."""
    day = timezone.now().astimezone(current().zone)
    return File(f"{title} {day:%Y-%m-%d}.{kind}", made.headers["Content-Type"], made.content, made.rows, made.columns)


def _seen(view: str, asked: Asked, does: Callable[[View], T]) -> T:
    found = find(view, asked.user)
    try:
        if found is not None:
            return does(found)
    except Http404:
        pass
    fix = _("Ask its owner; what runs by itself is ended under Jobs.")
    raise UsageError(_("It is no longer there, or no longer shared with you."), code="not_found", fix=fix)
