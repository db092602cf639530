"""Endpoints of portfolios: workload, coverage, a proposal of moves, headcount, hand-overs from sales."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenure.engine.staffed import Balanced, Covered, Headcount, Workloads
from tenure.engine.verbs.handovers import HandoversFound
from tenure.web.access import seen
from tenure.web.access.endpoint import Answer, Asked, endpoint
from tenure.web.access.page import Request
from tenure.web.access.roles import LEAD, TELL, Role

_SEES = LEAD | {Role.CSM}


@endpoint("workload", roles=_SEES, title=_("Workload"), data=Workloads)
def api_workload(request: Request, _asked: Asked) -> Answer:
    """The hours that accounts take in a month, of what they are made, and how full people are."""
    found = request.sight().workload()
    return Answer(found, found.as_of, found.notes)


@endpoint("coverage", roles=_SEES, title=_("Coverage"), data=Covered)
def api_coverage(request: Request, _asked: Asked) -> Answer:
    """Which accounts lack what their level of service asks for."""
    found = request.sight().coverage()
    return Answer(found, found.as_of, found.notes)


class Proposed(Asked, frozen=True):
    """``most``: how many moves at most; below 0, as the rules say."""

    most: int = -1


@endpoint("balance", roles=LEAD, title=_("Proposed moves"), asks=Proposed, data=Balanced)
def api_balance(request: Request, asked: Proposed) -> Answer:
    """Which accounts should change hands so that people are about equally full, and what becomes of it. Nothing is changed."""
    found = request.sight().balance(None if asked.most < 0 else asked.most)
    return Answer(found, found.as_of, found.notes)


@endpoint("headcount", roles=LEAD, title=_("Headcount"), data=Headcount)
def api_headcount(request: Request, _asked: Asked) -> Answer:
    """How many people will be missing, month by month, and which regions, languages, skills and levels of skills lack hours now."""
    found = request.sight().headcount(seen.levels(request.user))
    return Answer(found, found.as_of, found.notes)


class Since(Asked, frozen=True):
    """``days``: of customers who came within so many. ``account``: of one only."""

    days: int = 180
    account: str = ""


@endpoint("handovers", roles=LEAD | TELL, title=_("Hand-overs from sales"), asks=Since, data=HandoversFound)
def api_handovers(request: Request, asked: Since) -> Answer:
    """What sales passed on of new customers, and what is missing."""
    found = request.sight().handovers(days=asked.days, account=asked.account)
    return Answer(found, found.as_of)
