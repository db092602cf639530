"""``advocacy``: content customers recommend us, and some of those they name become customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.accounts import names
from tenure.sources.demo.columns import blank, civil, digits, either, ident, instant, join, money, word
from tenure.sources.demo.days import DAY, NEVER, Ints
from tenure.sources.demo.past import Occasions, Past
from tenure.sources.demo.people import People
from tenure.sources.demo.words import PLACES

_KINDS = ("referral", "reference", "testimonial", "case_study", "review")
_SHARES = (0.36, 0.24, 0.14, 0.06, 0.20)
_RATE, _ON_MOOD = 0.022, 1.1  # a month at mood 0, and the log of that per unit of mood
_OUTCOMES = ("open", "qualified", "won", "lost")
_REWARDS = ("a month free", "gift card")
_NONE = np.int64(NEVER * DAY)


def advocacy_table(past: Past, people: People) -> pa.Table:
    """The canonical ``advocacy`` rows of the window."""
    rng = past.draws("advocacy")
    came = past.occasions(rng, np.minimum(_RATE * np.exp(_ON_MOOD * past.mood()), 0.25))
    count, at = len(came), past.at(rng, came.day)
    kind = np.searchsorted(np.cumsum(_SHARES), rng.random(count), side="right").clip(0, len(_KINDS) - 1)
    person = people.contact(came.account, came.day, rng.random(count))
    referred = _referrals(past, came, kind == 0, rng)
    named = kind > 0
    consent = np.where(named, past.later(at, DAY * rng.integers(0, 6, count)), _NONE)
    expires = np.where(consent < _NONE, came.day + np.array((0, 365, 730, 730, 0))[kind], NEVER)
    expires = np.where((kind == 4) | (kind == 0), NEVER, expires)
    reward = np.where(
        (kind == 0) & (referred.outcome == 2), 0, np.where((kind == 4) & (rng.random(count) < 0.4), 1, -1)
    )
    given = np.where(reward >= 0, past.later(at, DAY * np.where(reward == 0, 120, 10)), _NONE)
    return pa.table(
        {
            "advocacy_id": ident("AD", np.arange(count) + 1),
            "account_id": ident("A", came.account),
            "person_id": blank(ident("P", came.account, person), person == 0),
            "kind": word(kind, _KINDS),
            "occurred_at": instant(at),
            "outcome": word(referred.outcome, _OUTCOMES),
            "referred_account_id": blank(ident("A", np.maximum(referred.account, 0)), referred.account < 0),
            "referred_domain": _domain(past, referred),
            "value": money(referred.value, null=referred.outcome != 2),
            "consent_at": instant(consent),
            "expires_at": civil(expires),
            "reward": word(np.where(given < _NONE, reward, -1), _REWARDS),
            "rewarded_at": instant(given),
        }
    )


@dataclass(frozen=True)
class _Referred:
    """One entry per act: what came of it (-1 for what is no referral), of which account, worth how many cents a year."""

    outcome: Ints
    account: Ints
    value: Ints
    prospect: Ints  # a number from which the web domain of those who never became an account is made


def _referrals(past: Past, came: Occasions, referral: Ints, rng: np.random.Generator) -> _Referred:
    """A third of the referrals win an account that began within the half year after, where there is one."""
    count, begun = len(came), past.begun()
    own = ~past.traits.is_test & (past.traits.merged_into < 0) & (begun < NEVER)
    own &= ~past.traits.foreign | np.array([place.currency is None for place in PLACES])[past.traits.place]
    order = np.flatnonzero(own)[np.argsort(begun[own], kind="stable")]
    low, high = (np.searchsorted(begun[order], came.day + days, side="right") for days in (30, 180))
    chosen = order[np.minimum(low + (rng.random(count) * (high - low)).astype(np.int64), len(order) - 1)]
    wins = referral & (rng.random(count) < 0.33) & (high > low) & (chosen != came.account)
    _, first = np.unique(np.where(wins, chosen, -1 - np.arange(count)), return_index=True)
    once = np.zeros(count, dtype=np.bool_)
    once[first] = True  # one customer is won by one referral only
    wins &= once
    recent = came.day > past.calendar.today - 90
    other = np.where(recent & (rng.random(count) < 0.6), 0, np.where(rng.random(count) < 0.45, 1, 3))
    outcome = np.where(referral, np.where(wins, 2, other), -1)
    paid = past.lines.paid(chosen, np.minimum(begun[chosen] + 1, past.calendar.today)) * 12 // 100
    return _Referred(outcome, np.where(wins, chosen, -1), np.where(wins, paid, 0), 10_000_000 + np.arange(count))


def _domain(past: Past, referred: _Referred) -> pa.Array:
    """Where whoever was referred is found in the web."""
    account = np.maximum(referred.account, 0)
    known = join(names(account)[1], ".", word(past.traits.place[account], [place.domain for place in PLACES]))
    others = join("prospect-", digits(referred.prospect - 9_999_999), ".example")
    both = either(referred.account >= 0, known, others)
    return blank(both, referred.outcome < 0)
