"""A tile: what it shows, as a part of its page and as a drawing, and where it stands."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.dashboards import shown, whose
from tenure.web.kit import drawn
from tenure.web.kit.asking import Answers
from tenure.web.post.shown import Shown
from tenure.web.post.words import disposition

#: Pixels of a drawing that is had as a file.
_SIZE = (960, 420)


@page("dashboards/tiles/<int:tile>/", roles=EVERYONE, title=gettext_lazy("Tile"), unattended=True)
def dashboard_tile(request: Request, tile: int) -> Shown | HttpResponse:
    """A tile with the figures of the accounts that I may see."""
    content = shown.tile(whose.seen_tile(request.user, tile), Answers(request.sight()))
    if content.chart is not None and drawn.is_there():
        content = replace(content, drawing=reverse("tile_chart", args=[tile]))
    return show(request, content, template="dashboards/tile.html") if request.htmx else content


@page("dashboards/tiles/<int:tile>/chart.svg", roles=EVERYONE, title=gettext_lazy("Chart as a file"))
def tile_chart(request: Request, tile: int) -> HttpResponse:
    """The chart of a tile as a drawing. Raises ``UnavailableError`` where nothing can be drawn here."""
    found = shown.tile(whose.seen_tile(request.user, tile), Answers(request.sight()))
    if found.chart is None:
        raise Http404
    with drawn.Drawer() as drawer:
        svg = drawer.svg(found.chart, *_SIZE)
    response = HttpResponse(svg, content_type="image/svg+xml")
    response.headers["Content-Disposition"] = disposition(f"{found.title}.svg")
    return response


@page("dashboards/tiles/<int:tile>/move/", roles=EVERYONE, title=gettext_lazy("Arrange a tile"), methods=POST)
def move_tile(request: Request, tile: int) -> HttpResponse:
    """Move a tile of one's own, make it wider or narrower, remove it, or bring it back."""
    found = whose.own_tile(request.user, tile)
    what, to = request.POST.get("what", ""), request.POST.get("to", "")
    if what in ("earlier", "later"):
        whose.step(found, -1 if what == "earlier" else 1)
    elif what == "to" and to.isdecimal() and len(to) < 5:
        whose.move(found, int(to))
    elif what in ("wider", "narrower"):
        found.width = max(1, min(max(whose.WIDTHS), found.width + (1 if what == "wider" else -1)))
        found.save(update_fields=["width"])
    elif what in ("remove", "restore"):
        found.removed_at = timezone.now() if what == "remove" else None
        found.save(update_fields=["removed_at"])
    else:
        raise Http404
    whose.touch(found.dashboard)
    return HttpResponseRedirect(f"{reverse('one_dashboard', args=[found.dashboard_id])}?arrange=1#tile-{found.pk}")
