"""``judgement``: how CSMs judge their accounts month by month, and the score of another tool."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import blank, ident, instant, whole, word
from tenure.sources.demo.days import WARM_UP, Calendar, Ints
from tenure.sources.demo.past import Past
from tenure.sources.demo.team import csm_ids

OTHER_TOOL = "pulseboard"
_EVERY = (3, 1, 1)  # months between two pulses, by segment
_TEXTS = ("Champion under pressure.", "Quiet for weeks.", "Wants to grow.", "All as usual.")


def judgement_table(past: Past) -> pa.Table:
    """The canonical ``judgement`` rows: ``csm_pulse`` from 1 to 5 by the owner, ``pulseboard`` from 0 to 100 for all.

    CSMs see much of an account's mood, each with an eye of their own; the other tool sees little of it.
    """
    rng, calendar = past.draws("judgements"), past.calendar
    account, at = np.nonzero(past.life.paying[:, WARM_UP:])
    step = at + WARM_UP
    begins = calendar.day(calendar.first + step, past.traits.day_of_month[account])
    mood = past.life.mood[account, step].astype(np.float64)
    month, day = calendar.first + step, begins + rng.integers(0, 20, len(account))
    owner = past.absences.present(past.owner(account, day), day)
    asked = (owner >= 0) & (month % np.array(_EVERY)[past.traits.segment[account]] == 0)
    lenient = np.append(past.draws("leniency").normal(0.15, 0.35, len(past.staff)), 0.0)
    pulse = np.clip(np.rint(3.3 + 1.1 * mood + lenient[owner] + rng.normal(0, 0.6, len(mood))), 1, 5).astype(np.int64)
    told = rng.random(len(mood)) < 0.15
    text = np.where(told, np.where(pulse >= 4, 2, np.where(pulse == 3, 3, rng.integers(0, 2, len(mood)))), -1)
    score = np.clip(np.rint(62 + 9 * mood + rng.normal(0, 13, len(mood))), 0, 100).astype(np.int64)
    own = np.flatnonzero(asked & (day < calendar.today))
    other = np.flatnonzero(begins < calendar.today)
    rows = np.concatenate([own, other])
    model = np.repeat([0, 1], [len(own), len(other)])
    when = np.concatenate([past.at(rng, day[own]), _night(calendar, begins[other])])
    csm = np.concatenate([owner[own], np.full(len(other), -1)])
    return pa.table(
        {
            "account_id": ident("A", account[rows]),
            "model": word(model, ("csm_pulse", OTHER_TOOL)),
            "at": instant(when),
            "score": whole(np.where(model == 0, pulse[rows], score[rows])),
            "by": csm_ids(csm),
            "text": blank(word(text[rows], _TEXTS), model == 1),
        }
    )


def _night(calendar: Calendar, day: Ints) -> Ints:
    """The other tool computes at four in the morning."""
    return calendar.instant(day, np.full(len(day), 4 * 3600))
