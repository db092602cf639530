"""Who sees what came of whose work: the one place that decides it (decisions 0065 and 0066).

Everybody sees her own results, and those who lead her now, directly or through others, see them too. Nobody else does, whatever the role:
neither administrators nor operations. That somebody opened another's is in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tenure.core.chain import Note
from tenure.web.access import leads, log
from tenure.web.access.events import Kind
from tenure.web.access.models import AuditEntry
from tenure.web.access.sight import book_of

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User

#: A page and its parts are opened within so many minutes: that is noted once.
_ONCE = timedelta(minutes=10)


def sight_of(user: User) -> Sight:
    """The workspace as far as the books of somebody and of those whom she leads reach: through it there is nobody else to be asked for. Raises as
    ``leads.below`` does.
    """
    return book_of(user, leads.OPENS, leads.below(user) | ({user.csm_id} - {""}))


def note_read(user: User, kind: str, name: str, detail: Mapping[str, str]) -> None:
    """Note that somebody looks at results that are not only her own: of a ``csm`` or a ``team`` of that name."""
    if kind == "csm" and name == user.csm_id:
        return
    mine = AuditEntry.objects.filter(who=log.who(user.pk), act=Kind.SCORECARD_READ.value, kind=kind, object_id=name)
    last = mine.order_by("-seq").values_list("at", flat=True).first()
    if last is None or datetime.fromisoformat(last) < timezone.now() - _ONCE:
        log.append(Note(Kind.SCORECARD_READ.value, kind, name, dict(detail)), log.asking())
