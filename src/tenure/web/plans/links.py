"""Links to success plans: made, found, used and ended. A link's secret is nowhere kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from tenure.core.chain import Note
from tenure.web.access import log
from tenure.web.access.events import Kind
from tenure.web.access.links import hashed
from tenure.web.access.sight import Looking
from tenure.web.plans.models import PlanLink

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User

#: For how many days links can work.
LASTS = (14, 30, 90, 365)
#: As much may be done through one link in an hour.
MOST_ACTS, AN_HOUR = 60, timedelta(hours=1)


@dataclass(frozen=True)
class Made:
    """A new link's secret, and when it ends."""

    secret: str
    expires_at: datetime


def share(account_id: str, name: str, days: int, *, by: User) -> Made:
    """A new link to an account's plan, which ``by`` sees, for somebody of the customer's."""
    secret = secrets.token_urlsafe(32)
    expires_at = timezone.now() + timedelta(days=days)
    with transaction.atomic():
        link = PlanLink.objects.create(
            account_id=account_id, name=name, secret_hash=hashed(secret), made_by=by, expires_at=expires_at
        )
        _note(Kind.PLAN_SHARED, link, account=account_id, days=days)
    return Made(secret, expires_at)


def of_account(account_id: str) -> list[PlanLink]:
    """The links to an account's plan that neither ended nor were ended, the latest first; the caller sees the account."""
    alive = PlanLink.objects.filter(account_id=account_id, ended_at=None, expires_at__gt=timezone.now())
    return list(alive.select_related("made_by").order_by("-created_at", "-pk"))


def end(account_id: str, link_id: int) -> bool:
    """End a link to an account's plan, at once; whether there was one."""
    with transaction.atomic():
        link = PlanLink.objects.filter(pk=link_id, account_id=account_id, ended_at=None).first()
        if link is None:
            return False
        link.ended_at = timezone.now()
        link.save(update_fields=["ended_at"])
        _note(Kind.PLAN_LINK_ENDED, link, account=account_id)
    return True


def take_over(account_id: str, link_id: int, *, by: User) -> bool:
    """Let a link show what ``by`` sees from now on, who sees the account; whether there was one."""
    with transaction.atomic():
        link = PlanLink.objects.filter(pk=link_id, account_id=account_id, ended_at=None).first()
        if link is None:
            return False
        link.made_by = by
        link.save(update_fields=["made_by"])
        _note(Kind.PLAN_LINK_TAKEN_OVER, link, account=account_id)
    return True


def find(secret_hash: str) -> PlanLink | None:
    """The link whose secret has this hash, while it works."""
    if not secret_hash:
        return None
    found = PlanLink.objects.filter(secret_hash=secret_hash, ended_at=None, expires_at__gt=timezone.now())
    link = found.select_related("made_by").first()
    return link if link is not None and link.made_by.is_active else None


def opened(link: PlanLink) -> None:
    """Note that a link was opened."""
    with transaction.atomic():
        link.opened_at, link.opened = timezone.now(), link.opened + 1
        link.save(update_fields=["opened_at", "opened"])
        _note(Kind.PLAN_OPENED, link, account=link.account_id)


def may_act(link: PlanLink) -> bool:
    """Whether something more may be done through a link now; it is counted."""
    now = timezone.now()
    with transaction.atomic():
        link = PlanLink.objects.select_for_update().get(pk=link.pk)
        if link.acts_from is None or now - link.acts_from > AN_HOUR:
            link.acts, link.acts_from = 0, now
        if link.acts >= MOST_ACTS:
            return False
        link.acts += 1
        link.save(update_fields=["acts", "acts_from"])
    return True


def sight_of(link: PlanLink) -> Sight:
    """What a link's plan is read through, and what is told of it: as far as who made it sees."""
    log.asked_through(link.pk)
    return Looking(link.made_by)()


def still_sees(link: PlanLink) -> bool:
    """Whether who made a link is still there and sees the account: else it shows nothing."""
    return link.made_by.is_active and Looking(link.made_by)().dossier(link.account_id, {}) is not None


def _note(kind: Kind, link: PlanLink, **detail: Any) -> None:
    log.append(Note(kind.value, "plan_link", str(link.pk), detail), log.asking())
