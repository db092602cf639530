"""``take_touchpoints``: mail or calendars that were fetched, into the warehouse, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tenure.engine.touchpoints import known
from tenure.engine.touchpoints.read import take_calendars, take_mail
from tenure.engine.touchpoints.rules import Rules, rules
from tenure.engine.touchpoints.told import Told
from tenure.sources.ics.meeting import Calendar
from tenure.sources.mail.message import Mail
from tenure.warehouse.load import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class TakeTouchpoints:
    """``file``: an absolute path of JSON lines: messages (``Mail``), or for the kind ``ics`` pairs of a text and a ``Calendar``.
    ``source``: whose they are. ``history``: see ``Load``. ``days``: of calendars, how far back they tell. ``domains``: of these it
    is told which are known now.
    """

    kind: str
    file: str
    source: str
    history: bool = False
    days: int = 60
    domains: tuple[str, ...] = ()


def take_touchpoints(desk: Desk, request: TakeTouchpoints) -> Told:
    """Take in what was fetched. The same again changes nothing. Raises ``TenureError``."""
    own, zone = rules(desk.home), desk.settings.timezone
    terms = Terms(desk.clock(), zone, request.history)
    if request.domains:
        people = known.parties(desk.store, zone, own)
        known_now = tuple(
            name for name in request.domains if people.party(f"anybody@{name}").side in ("ours", "theirs")
        )
        return Told(request.kind, recognised=known_now)
    told = _told(desk, request, own, terms)
    if own.content == "none" and (still := known.said(desk.store)):
        told.errors += (f"{still:,} touchpoints still have what was said, from before: tenure touchpoints purge.",)
    return told


def _told(desk: Desk, request: TakeTouchpoints, own: Rules, terms: Terms) -> Told:
    if request.kind == "mail":
        return take_mail(desk, _lines(request.file, Mail), own, terms)
    now = terms.now.replace(tzinfo=UTC)
    opens = max(now - timedelta(days=request.days), own.opens or datetime.min.replace(tzinfo=UTC))
    calendars = _lines(request.file, tuple[str, Calendar])
    return take_calendars(desk, calendars, own, terms, opens, request.source)


def _lines(file: str, kind: Any) -> Iterator[Any]:
    reader = msgspec.json.Decoder(kind)
    with Path(file).open("rb") as lines:
        for line in lines:
            yield reader.decode(line)
