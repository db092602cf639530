"""``absence``: holidays, sick days and a parental leave of CSMs, each with a colleague of the team who stands in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, draws, word
from tenure.sources.demo.days import WARM_UP, Calendar, Ints
from tenure.sources.demo.staff import Staff
from tenure.sources.demo.team import csm_ids

_KINDS = ("holiday", "sick", "parental leave")
_SUMMER, _WINTER, _PARENTAL = 14, 9, 120  # days
_SICK_A_MONTH = 0.12
_PARENT = 3  # of every twelve CSMs, this one takes a parental leave


@dataclass(frozen=True)
class Absences:
    """One entry per absence, by CSM and day. ``stand_in`` says who answers for whom on any day."""

    csm: Ints
    kind: Ints
    start: Ints
    end: Ints
    cover: Ints
    stand_in: Ints  # CSM x day since ``begins``: the CSM, or whoever covers
    begins: int

    def present(self, csm: Ints, day: Ints) -> Ints:
        """Each CSM on each day, or the one who stood in. The pool stays the pool."""
        column = np.clip(day - self.begins, 0, self.stand_in.shape[1] - 1)
        return np.where(csm < 0, csm, self.stand_in[csm, column])


def draw_absences(staff: Staff, calendar: Calendar, seed: int) -> Absences:
    """The absences that began in the window, by now; nobody has two at once or covers while away."""
    rng, begins = draws(seed, "absence"), int(calendar.starts[0])
    stand_in = np.repeat(np.arange(len(staff))[:, None], calendar.today + 400 - begins, axis=1)
    found = []
    for csm, kind, start, length in sorted(_wanted(staff, calendar, rng), key=lambda wish: (wish[2], wish[0])):
        span = slice(start - begins, start + length - begins)
        if (stand_in[csm, span] != csm).any() or (stand_in[:, span] == csm).sum() > length:
            continue  # away already, or standing in for somebody
        colleagues = [
            other
            for turn in range(1, len(staff))
            if staff.team[other := (csm + turn) % len(staff)] == staff.team[csm]
            and _works(staff, calendar, other, start, length)
            and (stand_in[other, span] == other).all()
        ]
        if colleagues:
            stand_in[csm, span] = colleagues[0]
            found.append((csm, kind, start, start + length, colleagues[0]))
    away, kinds, starts, ends, cover = np.array(found, dtype=np.int64).reshape(-1, 5).T
    return Absences(away, kinds, starts, ends, cover, stand_in, begins)


def _wanted(staff: Staff, calendar: Calendar, rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """Who wants to be away or falls ill: CSM, kind, first day, days."""
    wanted = []
    for step in range(WARM_UP, calendar.steps):
        first, season = int(calendar.starts[step]), (calendar.first + step) % 12
        for csm in range(len(staff)):
            day = first + int(rng.integers(0, 28))
            monday = day - (day + 3) % 7
            if season == 6 + csm % 2:
                wanted.append((csm, 0, monday, _SUMMER))
            if season == 11 and (csm + step // 12) % 2:
                wanted.append((csm, 0, first + 23, _WINTER))
            if rng.random() < _SICK_A_MONTH:
                wanted.append((csm, 1, day, 1 + int(rng.integers(1, 5))))
            if csm % 12 == _PARENT and step == WARM_UP + (calendar.steps - WARM_UP) // 3:
                wanted.append((csm, 2, monday, _PARENTAL))
    return [wish for wish in wanted if wish[2] < calendar.today and _works(staff, calendar, wish[0], wish[2], wish[3])]


def _works(staff: Staff, calendar: Calendar, csm: int, start: int, length: int) -> bool:
    joins, leaves = staff.joins[csm], staff.leaves[csm]
    return bool(joins <= calendar.month_of(start) and calendar.month_of(start + length) < leaves)


def absence_table(absences: Absences) -> pa.Table:
    """The canonical ``absence`` rows."""
    return pa.table(
        {
            "csm_id": csm_ids(absences.csm),
            "from": civil(absences.start),
            "to": civil(absences.end),
            "kind": word(absences.kind, _KINDS),
            "cover_csm_id": csm_ids(absences.cover),
        }
    )
