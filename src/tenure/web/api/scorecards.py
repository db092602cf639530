"""Scorecards for programs: of whoever's key it is, and of those whom she leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from tenure.core.errors import UsageError
from tenure.engine.verbs.scorecard import Scorecard
from tenure.web.access import results
from tenure.web.access.endpoint import Answer, Asked, endpoint
from tenure.web.access.leads import OPENS
from tenure.web.kit.asking import Answers

if TYPE_CHECKING:
    from tenure.web.access.page import Request


class Wanted(Asked, frozen=True, rename={"start": "from", "end": "to"}):
    """``person`` (a csm_id) or ``team``; without either one's own. ``from``, ``to``: a month, quarter, year or twelve months (default: the last that
    are over). ``part``: groups by name, ``book``, ``moved`` and ``blend`` (default: all).
    """

    person: str = ""
    team: str = ""
    start: str = ""
    end: str = ""
    part: tuple[str, ...] = ()


@endpoint("scorecard", roles=OPENS, title=_("Scorecard"), asks=Wanted, data=Scorecard)
def api_scorecard(request: Request, asked: Wanted) -> Answer:
    """What came of the work of one of your line, of a team that you lead whole, or of yourself. Others have none that you see."""
    person = "" if asked.team else asked.person or request.user.csm_id
    more = {"team": asked.team, "start": asked.start, "end": asked.end, "parts": asked.part or None}
    try:
        found = Answers(results.sight_of(request.user)).scorecard(person, **more)
    except UsageError as error:
        if error.code in ("not_found", "no_one"):
            raise Http404 from None
        raise
    kind, name = ("team", asked.team) if asked.team else ("csm", person)
    results.note_read(request.user, kind, name, {"from": asked.start, "to": asked.end})
    return Answer(found, found.as_of)
