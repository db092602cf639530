"""Notices: what a person is told, once, unless she does not want to be told of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenure.web.access.following import followers
from tenure.web.kit.shell import Text
from tenure.web.post.models import Muted, Notice

if TYPE_CHECKING:
    from tenure.web.access.models import User

JOBS, JOBS_PAGE = "jobs", "/jobs/"


@dataclass(frozen=True)
class Kind:
    """A kind of notices, as people choose among them."""

    name: str
    title: Text
    explained: Text


_kinds: dict[str, Kind] = {}


def declare(name: str, title: Text, explained: Text) -> str:
    """Declare a kind of notices, where a feature's module is read; gives its name."""
    _kinds[name] = Kind(name, title, explained)
    return name


def kinds() -> tuple[Kind, ...]:
    """All that are declared, by title."""
    return tuple(sorted(_kinds.values(), key=lambda each: str(each.title)))


declare(JOBS, _("Jobs"), _("A job of yours is done, or has failed."))


def tell(user: User, text: str, url: str, kind: str, key: str) -> bool:
    """Tell a person something, which ``url`` (an address of ours, or none) shows. Of a ``key`` she is told once, and never of a
    kind that she has muted. Whether she was told.
    """
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"{url!r} leads away from Tenure.")
    if Muted.objects.filter(user=user, kind=kind).exists():
        return False
    given = {"kind": kind, "text": text[:500], "url": url[:500]}
    _notice, is_new = Notice.objects.get_or_create(user=user, key=key[:200], defaults=given)
    if is_new:
        transaction.on_commit(lambda: followers.tell(user.pk))
    return is_new


def unread(user: User) -> int:
    """How many a person has not read."""
    return Notice.objects.filter(user=user, read_at=None).count()


def read(user: User, number: int | None = None) -> int:
    """Note that a person has read one of hers, or all; how many that were."""
    found = Notice.objects.filter(user=user, read_at=None)
    if number is not None:
        found = found.filter(pk=number)
    changed = found.update(read_at=timezone.now())
    if changed:
        transaction.on_commit(lambda: followers.tell(user.pk))
    return changed


def mute(user: User, kind: str, *, muted: bool) -> bool:
    """Have a person told of a kind no more, or again; False where there is no such kind."""
    if kind not in _kinds:
        return False
    if muted:
        Muted.objects.get_or_create(user=user, kind=kind)
    else:
        Muted.objects.filter(user=user, kind=kind).delete()
    return True


def muted(user: User) -> set[str]:
    """The kinds that a person does not want."""
    return set(Muted.objects.filter(user=user).values_list("kind", flat=True))
