"""Signals of one account that do not go together: what looks well beside what does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.money import SCALE
from tenure.scores.signal import Known, Signal

if TYPE_CHECKING:
    from tenure.scores.health.gathered import Gathered

#: Points of health that are a rise; what is left of use or revenue that has fallen; what is lost of payments in time; how
#: many times as many tickets are more, and the fewest of them; the risk that is high.
RISE, FALL, LATER, MORE, FEWEST, HIGH = 5.0, 0.8, 0.1, 2.0, 3, 0.1
#: A judgement of five, and an NPS of the account, from which on they are good.
PULSE, NPS = 4.0, 50.0
SIGNALS = {
    "use": Signal(28, "active_usage_rate"),
    "tickets": Signal(91, "ticket_volume"),
    "net_promoter_score": Signal(365, "net_promoter_score"),
    "payment_regularity": Signal(182, "payment_regularity"),
    "usage_revenue": Signal(91, "usage_revenue"),
    "csm_pulse": Signal(120, judgement="csm_pulse"),
    "churn_risk_90": Signal(14, risk=90),
}


@dataclass(frozen=True)
class Reading:
    """What is known of one thing on the day compared with, and now; None where it is not known."""

    what: str
    before: float | None
    now: float | None


@dataclass(frozen=True)
class Pair:
    """Two readings that do not go together. ``kind``: in words, as a key of ``KINDS``."""

    account_id: str
    kind: str
    good: Reading
    bad: Reading


def _rose(good: Reading) -> bool:
    return good.before is not None and good.now is not None and good.now - good.before >= RISE


def _fell(bad: Reading) -> bool:
    return bool(bad.before) and bad.now is not None and bad.now <= FALL * (bad.before or 0)


def _less(bad: Reading) -> bool:
    return bad.before is not None and bad.now is not None and bad.now < bad.before


def _later(bad: Reading) -> bool:
    return bad.before is not None and bad.now is not None and bad.before - bad.now >= LATER


def _more(bad: Reading) -> bool:
    return bad.now is not None and bad.now >= max(MORE * (bad.before or 0), FEWEST)


def _least(end: float) -> Callable[[Reading], bool]:
    return lambda reading: reading.now is not None and reading.now >= end


Test = Callable[[Reading], bool]
#: The pairs that are looked for: what looks well, and what does not.
KINDS: dict[str, tuple[tuple[str, Test], tuple[str, Test]]] = {
    "health up, revenue down": (("health", _rose), ("mrr", _less)),
    "health up, payments later": (("health", _rose), ("payment_regularity", _later)),
    "health up, usage revenue down": (("health", _rose), ("usage_revenue", _fell)),
    "judged well, use down": (("csm_pulse", _least(PULSE)), ("use", _fell)),
    "recommends us, more tickets": (("net_promoter_score", _least(NPS)), ("tickets", _more)),
    "health good, risk high": (("health", _least(0)), ("churn_risk_90", _least(HIGH))),
}
#: What is counted or added up.
_COUNTED = ("tickets", "usage_revenue")
_GOOD = "health good, risk high"


@dataclass(frozen=True)
class Day:
    """A day's scores, and what is known of each of ``SIGNALS``."""

    of: Gathered
    asked: Mapping[Signal, Mapping[str, Known]]

    def readings(self) -> dict[str, dict[str, float]]:
        """What is known by its name and account."""
        found = {
            name: {account: one.value for account, one in self.asked.get(signal, {}).items()}
            for name, signal in SIGNALS.items()
        }
        for name in _COUNTED:
            if found[name]:  # of a source from which something comes in, who has nothing has none of it
                found[name] = dict.fromkeys(self.of.customers, 0.0) | found[name]
        scores = self.of.scoring.scores()
        found["health"] = {one.account_id: one.score for one in scores if one.score is not None}
        found["mrr"] = {
            one.account_id: one.mrr / SCALE for one in self.of.customers.values() if one.mrr is not None
        }  # fmt: skip
        return found


def pairs(before: Day, now: Day) -> list[Pair]:
    """The pairs of all accounts that were customers on both days, by account and in the order of ``KINDS``."""
    then, here = before.readings(), now.readings()
    bands = {one.account_id: one.band for one in now.of.scoring.scores()}
    found = []
    for account in sorted(set(before.of.customers) & set(now.of.customers)):
        for kind, ((good, is_good), (bad, is_bad)) in KINDS.items():
            well, ill = (Reading(what, then[what].get(account), here[what].get(account)) for what in (good, bad))
            if is_good(well) and is_bad(ill) and (kind != _GOOD or bands[account] == "good"):
                found.append(Pair(account, kind, well, ill))
    return found
