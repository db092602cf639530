"""``request``: what customers wish for, tell us and complain about; the same wish of many is one idea."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo import words
from tenure.sources.demo.columns import blank, ident, instant, word
from tenure.sources.demo.days import DAY, NEVER
from tenure.sources.demo.features import NAMES
from tenure.sources.demo.past import Past
from tenure.sources.demo.people import People

_RATE = (0.04, 0.09, 0.18)  # a month, by segment
_IDEAS = 40
_KINDS = ("feature", "feedback", "complaint")
_STATUS = ("received", "under review", "done", "declined")
_NONE = np.int64(NEVER * DAY)


def request_table(past: Past, people: People) -> pa.Table:
    """The canonical ``request`` rows of the window. The unhappy complain; most are told that we have it, fewer how it ended."""
    rng = past.draws("requests")
    came = past.occasions(rng, np.array(_RATE)[past.traits.segment][:, None] * np.exp(-0.2 * past.mood()))
    at = past.at(rng, came.day)
    order = np.lexsort((came.account, at))
    account, day, mood, at = came.account[order], came.day[order], came.mood[order], at[order]
    count = len(at)
    complains = rng.random(count) < np.clip(0.22 - 0.22 * mood, 0.03, 0.8)
    kind = np.where(complains, 2, np.where(rng.random(count) < 0.6, 0, 1))
    idea = (_IDEAS * rng.random(count) ** 2).astype(np.int64)  # a few are wished for by many
    theme = np.where(kind == 0, words.THEMES.index("missing feature"), rng.integers(0, len(words.THEMES), count))
    person = people.contact(account, day, rng.random(count))
    told = past.later(at, 3600 * rng.gamma(1.2, 30.0, count))
    told = np.where(rng.random(count) < 0.88, told, _NONE)
    wait = DAY * np.where(kind == 0, rng.gamma(2.0, 70.0, count), rng.gamma(1.5, 8.0, count))
    resolved = np.where(rng.random(count) < 0.7, past.later(np.where(told < _NONE, told, at), wait), _NONE)
    informed = np.where(rng.random(count) < 0.8, past.later(resolved, DAY * rng.gamma(1.2, 4.0, count)), _NONE)
    declined = rng.random(count) < 0.3
    status = np.where(resolved < _NONE, np.where(declined, 3, 2), np.where(told < _NONE, 1, 0))
    good = kind == 1
    return pa.table(
        {
            "request_id": ident("R", np.arange(count) + 1),
            "account_id": ident("A", account),
            "person_id": blank(ident("P", account, person), person == 0),
            "idea_id": blank(ident("IDEA", idea + 1, width=2), kind > 0),
            "feature_id": word(np.where(kind == 0, 1 + idea % (len(NAMES) - 1), -1), NAMES),
            "kind": word(kind, _KINDS),
            "theme": word(theme, words.THEMES),
            "text": word(theme + np.where(good, 0, len(words.THEMES)), words.PRAISE + words.COMPLAINTS),
            "created_at": instant(at),
            "acknowledged_at": instant(told),
            "resolved_at": instant(resolved),
            "informed_at": instant(informed),
            "status": word(status, _STATUS),
        }
    )
