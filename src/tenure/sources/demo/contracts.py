"""``contract``, ``churn``: every term with what became of it, and why the lost ones were lost."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import blank, civil, draws, flag, ident, money, take, word
from tenure.sources.demo.days import NEVER, Calendar, Flags, Ints
from tenure.sources.demo.lines import Lines, contract_ids
from tenure.sources.demo.lookup import find, pick
from tenure.sources.demo.state import Log
from tenure.sources.demo.traits import Traits
from tenure.sources.demo.words import (
    CHURN_KINDS,
    COMPETITORS,
    COMPLAINTS,
    CONTROLLABLE,
    KIND_OF_REASON,
    REASONS,
)

_OUTCOMES = ("renewed", "reduced", "churned", "open")
_NOTICE = 30  # days before the end
_WEIGHTS = ((5, 4, 4, 4, 2, 3), (6, 2, 0, 1, 2, 3))  # of the voluntary reasons: of the unhappy, of the others


def contract_table(
    log: Log, lines: Lines, traits: Traits, calendar: Calendar, seed: int, currency: pa.Array
) -> pa.Table:
    """The canonical ``contract`` rows. A term's value, in cents, is a year's payment as it was just before its end."""
    rows, renewals, losses = log.read("contract"), log.read("renewal"), log.read("loss")
    account, no = rows["account"], rows["number"]
    evergreen = traits.term[account] == 1
    sought = _keys(account, no)
    lost = find(sought, _keys(losses["account"], losses["contract"]))
    renewed = find(sought, _keys(renewals["account"], renewals["number"]))
    lost_day = pick(losses["day"], lost, NEVER)
    ends = np.where(evergreen, np.minimum(lost_day, _next_boundary(traits, calendar)[account]), rows["ends"])
    value = _yearly(lines.paid(account, np.minimum(ends - 1, calendar.today)))
    outcome = _outcomes(renewals, renewed, lost, ends < calendar.today)
    untold = (renewed >= 0) & (draws(seed, "contracts").random(len(account)) < 0.04)
    decided = np.minimum(pick(losses["asked"], lost, NEVER), lost_day)
    decided = np.where(renewed >= 0, pick(renewals["decided"], renewed, NEVER), decided)
    decided = np.where((outcome == 3) | (outcome < 0) | untold, NEVER, decided)
    return pa.table(
        {
            "contract_id": contract_ids(account, no),
            "account_id": ident("A", account),
            "started_at": civil(rows["day"]),
            "ended_at": civil(ends),
            "value": money(value),
            "currency": take(currency, account),
            "auto_renew": flag(traits.segment[account] < 2),
            "evergreen": flag(evergreen),
            "notice_by": civil(np.where(evergreen, NEVER, ends - _NOTICE)),
            "outcome": word(np.where(untold, -1, outcome), _OUTCOMES),
            "decided_at": civil(decided),
            "renewed_value": money(_yearly(pick(renewals["after"], renewed, 0)), null=renewed < 0),
            "successor_id": blank(contract_ids(account, no + 1), renewed < 0),
        }
    )


def _keys(account: Ints, number: Ints) -> Ints:
    """A key for each contract; for what has none, one that no contract has."""
    return np.where(number > 0, account * 64 + number, -2 - np.arange(len(account)))


def _yearly(monthly: Ints) -> Ints:
    """A year of what is paid a month, from ten-thousandths to cents."""
    return (monthly * 12 + 50) // 100


def _next_boundary(traits: Traits, calendar: Calendar) -> Ints:
    """The first day after today on which each account's billing month begins."""
    month = calendar.month_of(calendar.today)
    day = calendar.day(month, traits.day_of_month)
    return np.where(day > calendar.today, day, calendar.day(month + 1, traits.day_of_month))


def _outcomes(renewals: dict[str, Ints], renewed: Ints, lost: Ints, over: Flags) -> Ints:
    """The code of the outcome; none for a term that still runs, open for one that is over and undecided."""
    smaller = pick(renewals["after"], renewed, 0) < pick(renewals["before"], renewed, 0)
    decided = np.where(renewed >= 0, np.where(smaller, 1, 0), np.where(lost >= 0, 2, -1))
    return np.where((decided < 0) & over, 3, decided)


def churn_table(log: Log, calendar: Calendar, seed: int) -> pa.Table:
    """The canonical ``churn`` rows: most losses with a reason; some were never written down."""
    losses, rng = log.read("loss"), draws(seed, "churn")
    count = len(losses["account"])
    told = rng.random(count) > 0.08
    silent = losses["asked"] >= NEVER
    at = np.where(silent, losses["day"] + rng.integers(0, 10, count), losses["asked"])
    kept = np.flatnonzero(told & (at < calendar.today))
    reason = _reasons(losses["mood"] < -400, silent, rng)[kept]
    competitor = np.where((reason == REASONS.index("competitor")), rng.integers(0, len(COMPETITORS), len(kept)), -1)
    said = (rng.random(len(kept)) < 0.4) & (reason < 6)
    account = losses["account"][kept]
    return pa.table(
        {
            "churn_id": ident("L", np.arange(len(kept)) + 1),
            "account_id": ident("A", account),
            "at": civil(at[kept]),
            "kind": word(np.array(KIND_OF_REASON)[reason], CHURN_KINDS),
            "reason": word(reason, REASONS),
            "competitor": word(competitor, COMPETITORS),
            "controllable": flag(np.array(CONTROLLABLE)[reason]),
            "text": word(np.where(said, reason % len(COMPLAINTS), -1), COMPLAINTS),
        }
    )


def _reasons(unhappy: Flags, silent: Flags, rng: np.random.Generator) -> Ints:
    count = len(unhappy)
    weights = np.array(_WEIGHTS, dtype=np.float64)
    edges = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)[np.where(unhappy, 0, 1)]
    voluntary = np.minimum((rng.random(count)[:, None] > edges).sum(axis=1), 5)
    return np.where(silent, rng.integers(6, 9, count), voluntary)
