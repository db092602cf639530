"""``treatment``: plays tried on some accounts and withheld from others by lot, whose true effects on mood are known; and one
of which nobody was held out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import draws, ident, instant, word
from tenure.sources.demo.days import WARM_UP, Calendar, Flags, Floats, Ints
from tenure.sources.demo.life import Life
from tenure.sources.demo.traits import Traits

#: What a play adds to the mood of the accounts it is tried on, and for how many months. One of them does nothing.
EFFECTS = {"Adoption workshop": 0.5, "Letter from the board": 0.0}
_LASTS = 6
_BEGINS = (8 / 24, 13 / 24)  # as shares of the window
_CHOSEN = 0.35  # of the accounts that have been customers for a quarter

#: Tried in three months running where mood had fallen most in a quarter, as CSMs do. It adds nothing: who is worst off gets
#: better by itself.
RESCUE = "Rescue call"
_RESCUE_BEGINS, _WAVES, _FALLEN = 10 / 24, 3, 0.06  # as a share of the window; months; of those who pay, in each


@dataclass(frozen=True)
class Plays:
    """Account x play: who was chosen and who of those was treated; the steps in which the plays began."""

    chosen: Flags
    treated: Flags
    steps: Ints


def draw_plays(traits: Traits, calendar: Calendar, seed: int) -> Plays:
    """A lot decides who of the chosen is treated, so that the arms differ by nothing else."""
    rng, shape = draws(seed, "plays"), (len(traits), len(EFFECTS))
    steps = WARM_UP + np.rint(np.array(_BEGINS) * (calendar.steps - 1 - WARM_UP)).astype(np.int64)
    settled = traits.start_month[:, None] <= calendar.first + steps - 3
    chosen = settled & traits.converted[:, None] & (rng.random(shape) < _CHOSEN)
    return Plays(chosen, chosen & (rng.random(shape) < 0.5), steps)


def lift(plays: Plays, steps: int) -> Floats:
    """Account x step: what the plays add to the usual mood."""
    added = np.zeros((len(plays.chosen), steps))
    for play, effect in enumerate(EFFECTS.values()):
        began = plays.steps[play]
        added[plays.treated[:, play], began : began + _LASTS] += effect
    return added


def treatment_table(plays: Plays, life: Life, calendar: Calendar) -> pa.Table:
    """The canonical ``treatment`` rows, of those who were customers when a play began."""
    account, play = np.nonzero(plays.chosen)
    paying = life.paying[account, plays.steps[play]]
    account, play = account[paying], play[paying]
    treated, steps = plays.treated[account, play], plays.steps[play]
    called, when = _rescued(life, calendar)
    account, steps = np.concatenate([account, called]), np.concatenate([steps, when])
    play = np.concatenate([play, np.full(len(called), len(EFFECTS))])
    treated = np.concatenate([treated, np.ones(len(called), dtype=np.bool_)])
    return pa.table(
        {
            "account_id": ident("A", account),
            "play": word(play, [*EFFECTS, RESCUE]),
            "arm": word(treated.astype(np.int64), ("held_out", "treated")),
            "at": instant(calendar.instant(calendar.starts[steps], np.full(len(play), 9 * 3600))),
        }
    )


def _rescued(life: Life, calendar: Calendar) -> tuple[Ints, Ints]:
    """Whom the rescue call was tried on, each once, and in which step: nothing is drawn for it."""
    begins = WARM_UP + round(_RESCUE_BEGINS * (calendar.steps - 1 - WARM_UP))
    called: list[int] = []
    when: list[int] = []
    for step in range(begins, min(begins + _WAVES, calendar.steps)):
        there = life.paying[:, step - 4 : step + 1].all(axis=1) & ~np.isin(np.arange(len(life.paying)), called)
        fell = np.where(there, life.mood[:, step - 4] - life.mood[:, step - 1], -np.inf)
        worst = np.argsort(-fell, kind="stable")[: round(_FALLEN * there.sum())]
        called += worst.tolist()
        when += [step] * len(worst)
    return np.array(called, dtype=np.int64), np.array(when, dtype=np.int64)
