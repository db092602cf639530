"""An account as pages about one name it."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404

from tenure.engine import Sight


def named(sight: Sight, account_id: str) -> tuple[str, datetime]:
    """The name of an account, and the moment of the answer. Raises ``Http404`` where there is none to be seen."""
    found = sight.rows("accounts", columns=("name",), where=[("account_id", "equals", account_id)], limit=1)
    if not found.rows:
        raise Http404
    return found.rows[0]["name"] or account_id, found.as_of
