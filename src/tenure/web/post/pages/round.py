"""The daily round, had made now."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import POST, Request, page
from tenure.web.access.roles import OPERATE
from tenure.web.post import round as rounds


@page("jobs/score-now/", roles=OPERATE, title=gettext_lazy("Score now"), methods=POST)
def score_now(request: Request) -> HttpResponse:
    """Have the day's scores, comparisons and checks made now; refused while somebody's are being made."""
    if rounds.begin(request.user) is None:
        said = _("Scores are being made already. Nothing was begun a second time.")
        messages.warning(request, said)
    else:
        messages.success(
            request,
            _(
                "Scores are being made. Here you see how far it is; you may leave. Pages that look into rows may wait meanwhile."
            ),
        )
    return HttpResponseRedirect(reverse("jobs"))
