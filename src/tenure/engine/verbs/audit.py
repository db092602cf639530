"""``audit``: what is to be looked at of a period's data, or what was signed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from tenure.engine import audits, inspected
from tenure.engine.audits import Content, Due, Schedule
from tenure.engine.verbs.check import whole
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from datetime import date, datetime

    from tenure.core.period import Period
    from tenure.engine.desk import Desk

__all__ = ["Audit", "AuditFound", "Content", "Due", "Schedule", "audit"]


@dataclass(frozen=True)
class Audit:
    """``period``: as ``2026-10`` or ``2026-Q3`` (default: the last that is over). ``listed``: only when audits are due.
    ``scope``: only who sees everything may ask.
    """

    period: str = ""
    listed: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class AuditFound:
    """``periods``: those that are over, the last first. ``next_due``: when the one that runs is to be signed. ``about``: the
    period that was asked for, with its ``content``: as it was signed, or else as it is now; None where only the list was asked for.
    """

    plan: Schedule
    periods: tuple[Due, ...]
    next_due: date
    about: Due | None = None
    content: Content | None = None


def audit(desk: Desk, request: Audit) -> AuditFound:
    """Raises ``UsageError`` for a period that is not over, a schedule that is wrong, and through a narrow scope."""
    whole(request.scope)
    now, settings = desk.clock(), desk.settings
    plan = audits.schedule(desk.home)
    desk.fresh(now)
    periods, due = tuple(audits.listed(desk, now)), audits.next_due(plan, settings, now)
    if request.listed:
        return AuditFound(plan, periods, due)
    period = audits.period_of(request.period, plan, settings, now)
    about = audits.due_of(period, plan, settings, now, audits.signed(desk))
    content = audits.content_of(desk, period.start) if about.signed else made(desk, period, plan, now)
    return AuditFound(plan, periods, due, about, content)


def made(desk: Desk, period: Period, plan: Schedule, now: datetime) -> Content:
    """The audit of a period as it is now."""
    return Content(
        now.replace(tzinfo=UTC), inspected.points(desk, period, now), inspected.samples(desk, period, plan.samples)
    )
