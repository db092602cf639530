"""Accounts of which one signal looks well and another does not, as they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.money import SCALE
from tenure.scores.health.disagree import KINDS, SIGNALS, Day, Pair, pairs
from tenure.scores.health.gathered import Gathered, also

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.scores.health.disagree import Reading
    from tenure.scores.signal import Customer


@dataclass(frozen=True)
class Read:
    """What is known of one thing (``what``: health, mrr, a metric, a judgement or the risk), on the day compared with and now;
    null where it is not known. Money in the reporting currency a month.
    """

    what: str
    before: Decimal | None
    now: Decimal | None
    change: Decimal | None


@dataclass(frozen=True)
class Disagreement:
    """An account with a pair that does not go together. ``kind``: which, in words; ``good`` looks well, ``bad`` does not."""

    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    mrr: Decimal | None
    kind: str
    good: Read
    bad: Read


def disagreeing(
    reader: Reader,
    days: tuple[Gathered, Gathered],
    known: datetime,
    settings: Settings,
    only: str | None,
    held: Mapping[str, str],
) -> tuple[Disagreement, ...]:
    """The pairs of all accounts (or of ``only`` one) between two days, those that pay most first."""
    before, now = (Day(of, also(of, SIGNALS.values(), reader, known, settings, only, held)) for of in days)
    found = [_told(pair, now.of.customers[pair.account_id]) for pair in pairs(before, now)]
    return tuple(sorted(found, key=lambda one: (-(one.mrr or 0), one.account_id, list(KINDS).index(one.kind))))


def _told(pair: Pair, customer: Customer) -> Disagreement:
    mrr = None if customer.mrr is None else Decimal(customer.mrr) / SCALE
    return Disagreement(
        pair.account_id, customer.name, customer.owner, customer.owner_name, mrr, pair.kind, _read(pair.good),
        _read(pair.bad),
    )  # fmt: skip


def _read(reading: Reading) -> Read:
    before, now = (None if end is None else Decimal(f"{end:.6f}") for end in (reading.before, reading.now))
    return Read(reading.what, before, now, None if before is None or now is None else now - before)
