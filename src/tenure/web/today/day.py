"""Whose day is looked at: one's own, or that of somebody whom one leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext as _

from tenure.web.access.models import User
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.people import names
from tenure.web.work import whose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight
    from tenure.web.access.page import Request


@dataclass(frozen=True)
class Day:
    """``csm_id``: whose accounts (empty: of nobody); ``owner``: whose tasks (None: of somebody who does not log in). ``name``: what
    she is called where it is not the reader herself. ``choice``: whose else can be looked at; None for who leads nobody.
    ``of``: as the address names her, empty for oneself.
    """

    csm_id: str
    owner: User | None
    name: str
    choice: Choice | None
    of: str


def day_of(request: Request, given: Mapping[str, str]) -> Day:
    """The day that is asked for. Raises ``Http404`` for somebody whom the reader does not lead."""
    user, wanted = request.user, given.get("of", "")
    led = _led(request.sight(), user)
    choice = _choice(led, wanted) if led else None
    if not wanted or wanted == user.csm_id:
        return Day(user.csm_id, user, "", choice, "")
    if wanted not in led:
        raise Http404
    owner = User.objects.filter(csm_id=wanted, is_active=True).order_by("pk").first()
    return Day(wanted, owner, led[wanted], choice, wanted)


def _led(sight: Sight, user: User) -> dict[str, str]:
    """The names of those whose day somebody may look at, by CSM id, without her own."""
    known = names.of(sight)
    if sight.scope.owners is not None:
        ids = set(sight.scope.owners)
    else:
        ids = set(whose.team(user).exclude(csm_id="").values_list("csm_id", flat=True)) & known.keys()
    return {one: known.get(one, one) for one in sorted(ids - {user.csm_id}, key=lambda one: known.get(one, one))}


def _choice(led: Mapping[str, str], wanted: str) -> Choice:
    own = Option("", _("My own"), not wanted)
    others = (Option(one, name, one == wanted) for one, name in led.items())
    return Choice("of", _("Whose day"), (own, *others))
