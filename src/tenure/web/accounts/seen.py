"""Since when what changed of an account is news to somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tenure.web.accounts.models import Seen

if TYPE_CHECKING:
    from tenure.web.access.models import User

#: After so long without a look a new visit begins.
VISIT = timedelta(minutes=30)


def looked(user: User, account_id: str, now: datetime) -> datetime | None:
    """Note that somebody looks at an account now. Gives when the visit before this one ended; None where it is the first."""
    with transaction.atomic():
        seen, is_new = Seen.objects.get_or_create(user=user, account_id=account_id, defaults={"at": now})
        if is_new:
            return None
        if now - seen.at > VISIT:
            seen.before = seen.at
        seen.at = max(now, seen.at)
        seen.save(update_fields=["at", "before"])
    return seen.before
