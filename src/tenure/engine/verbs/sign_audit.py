"""``sign_audit``: somebody signs a period's audit, as it is now; it stays as it was signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from tenure.core.errors import UsageError
from tenure.engine import audits
from tenure.engine.audits import SUBJECT, WHAT, Content
from tenure.engine.verbs.audit import made
from tenure.engine.verbs.check import whole
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.publish import last_of
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["Recorded", "SignAudit", "sign_audit"]


@dataclass(frozen=True)
class SignAudit:
    """``note``: what is said with it, by whom (``by``). ``compared``: of samples, by their number from 0, whether they agree
    with the source. ``scope``: only who sees everything may sign.
    """

    period: str
    by: str
    note: str
    compared: tuple[tuple[int, bool], ...] = ()
    scope: Scope = EVERYTHING


def sign_audit(desk: Desk, request: SignAudit) -> Recorded:
    """Raises ``UsageError`` for a period that is signed already or not over, without a note, and through a narrow scope."""
    whole(request.scope)
    now, plan = desk.clock(), audits.schedule(desk.home)
    desk.fresh(now)
    period = audits.period_of(request.period, plan, desk.settings, now)
    if not request.note.strip():
        raise UsageError(
            "An audit is signed with a note.", code="no_note", fix="Say what was looked at, and what follows."
        )
    done = audits.signed(desk).get(period.start)
    if done is not None:
        raise UsageError(
            f"The audit of {period.label} is signed: by {done.by}, on {done.at:%Y-%m-%d}.", code="already_signed",
            where=period.label, fix="It stays as it is; what came since belongs to the next one.",
        )  # fmt: skip
    content = _compared(made(desk, period, plan, now), dict(request.compared))
    text = msgspec.json.encode(content).decode()
    name = hashlib.sha256(text.encode()).hexdigest()
    row = {
        "what": WHAT, "subject": SUBJECT, "period_start": period.start.isoformat(), "period_end": period.end.isoformat(),
        "at": f"{now.isoformat()}Z", "by": request.by, "note": request.note.strip(), "content": text,
        "last_batch": last_of(desk.store)[0], "hashes": msgspec.json.encode({"content": name}).decode(),
    }  # fmt: skip
    return record(desk, Record("approval", (row,), request.by, f"audit {period.label}"))


def _compared(content: Content, told: dict[int, bool]) -> Content:
    samples = tuple(msgspec.structs.replace(one, agrees=told.get(number)) for number, one in enumerate(content.samples))
    return msgspec.structs.replace(content, samples=samples)
