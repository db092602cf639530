"""The part of each page's head that tells of jobs and notices."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE
from tenure.web.post.shell import badges


@page("post/badges/", roles=EVERYONE, title=gettext_lazy("Jobs and notices"), unattended=True)
def post_badges(request: Request) -> HttpResponse:
    """The bell, and whether a job runs, as of now."""
    return render(request, "post/badges.html", {"badges": badges(request.user)})
