"""``treatment``: plays tried on some accounts and withheld from others, whose true effects on mood are known."""

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
    return pa.table(
        {
            "account_id": ident("A", account),
            "play": word(play, list(EFFECTS)),
            "arm": word(plays.treated[account, play].astype(np.int64), ("held_out", "treated")),
            "at": instant(calendar.instant(calendar.starts[plays.steps[play]], np.full(len(play), 9 * 3600))),
        }
    )
