"""For whoever watches over the server: is it alive, and does it answer?"""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy

from tenure.core.errors import TenureError
from tenure.keeper.client import reach
from tenure.keeper.place import Place
from tenure.web.access.page import Request, public_page


@public_page("healthz", title=gettext_lazy("Alive"))
def healthz(_request: Request) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public_page("readyz", title=gettext_lazy("Ready"))
def readyz(_request: Request) -> HttpResponse:
    """200 while the database and the keeper answer too; else 503, saying which does not."""
    found = {"database": _database_answers(), "keeper": _keeper_answers()}
    ready = all(found.values())
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except DatabaseError:
        return False
    return True


def _keeper_answers() -> bool:
    try:
        found = reach(Place(settings.HOME))
    except TenureError:
        return False
    if found is not None:
        found.close()
    return found is not None
