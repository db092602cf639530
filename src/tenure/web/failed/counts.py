"""What was received and what became of it, and whether all of it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import OPERATE
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine.verbs.reconcile import Reconciled


@dataclass(frozen=True)
class Day:
    """What came from a source on a day, and what became of it."""

    day: str
    source: str
    counts: tuple[str, ...]


@dataclass(frozen=True)
class Received:
    """``came``: rows by day and source; ``sent``: events. ``wrong``: where two counts of one thing differ, with what to do."""

    came: tuple[Day, ...]
    sent: tuple[Day, ...]
    handed: str
    waiting: str
    aside: str
    merged: str
    wrong: tuple[tuple[str, str, str], ...]


@page("failed-rows/received/", roles=OPERATE, title=gettext_lazy("What was received"))
def received(request: Request) -> Received:
    """What was received and what became of it, by day and source, and whether all of it is there."""
    found = request.sight().reconcile(days=31)
    return Received(
        tuple(
            Day(formats.day(one.day), one.source, tuple(
                formats.number(count) for count in (
                    one.read, one.loaded, one.unchanged, one.superseded, one.rejected, one.open, one.replayed, one.discarded,
                )
            ))
            for one in found.came
        ),
        tuple(
            Day(formats.day(one.day), one.source, (formats.number(one.received), formats.number(one.again)))
            for one in found.sent
        ),
        formats.number(found.handed), formats.number(_waiting(found)), formats.number(found.aside),
        formats.number(found.merged), tuple((one.where, one.message, one.fix) for one in found.mismatches),
    )  # fmt: skip


def _waiting(found: Reconciled) -> int:
    return sum(found.waiting.values())
