"""Contacts that programs log, as the person whose key they bear: a telephone system, an assistant, a form of one's own."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenure.web.access.endpoint import Answer
from tenure.web.access.roles import OPERATE
from tenure.web.api import rows
from tenure.web.kit.errors import Fault, answer
from tenure.web.kit.packed import RefusedError, unzipped

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenure.web.access.page import Request

TABLE = "touchpoint"
#: Contacts of one request.
MOST_AT_ONCE = 100


def logged(request: Request) -> Answer | HttpResponse:
    """Record the contacts of a request, all or none. Raises ``TenureError``."""
    try:
        key = rows.key_of(request)
        given = rows.read(unzipped(request.read(rows.MOST + 1), rows.MOST))
        told = [_own(request, row) for row in given]
    except RefusedError as error:
        fix = _("What is taken: /api/openapi.json")
        return answer(request, Fault(error.status, _("That cannot be taken"), error.message, fix, code=error.code))
    if len(told) > MOST_AT_ONCE:
        message = _("More than %(most)s contacts at once.") % {"most": MOST_AT_ONCE}
        return answer(
            request, Fault(413, _("That cannot be taken"), message, _("Send them in parts."), code="too_many_rows")
        )
    name = hashlib.sha256(json.dumps([key] if key else [told, "rows"]).encode()).hexdigest()[:32]
    person = request.user.pk
    found = request.sight().record(TABLE, told, by=f"user {person}", message_id=f"api {person} {name}")
    return Answer(found, found.at)


def _own(request: Request, row: Any) -> dict[str, Any]:
    """A contact, which is of whoever logs it: only who sends rows may log one in another's name."""
    if not isinstance(row, dict):
        raise RefusedError(400, "bad_json", "The body is no JSON list of rows.")
    return row if not OPERATE.isdisjoint(request.user.roles) else row | {"csm_id": request.user.csm_id or None}
