"""The stream by which an open page learns that there are new figures."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from tenure.web.access import sessions
from tenure.web.access.following import followers
from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE
from tenure.web.kit.streams import event_stream


@page("live/", roles=EVERYONE, title=gettext_lazy("New figures"), unattended=True)
def live(request: Request) -> HttpResponse:
    """A word for the state of the figures, now and whenever it changes, as server-sent events. It says nothing else."""
    return event_stream(request, followers.follow(request.user.pk, sessions.current(request)))
