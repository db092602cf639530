"""``touchpoint_quality``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.relationship.impression import by_outcome, impression
from tenure.metrics.world import Periods, World


@metric(by=("outcome",), unit="score")
def touchpoint_quality(w: World, p: Periods, measure: Literal["rating", "sentiment", "outcomes"] = "rating") -> Ratio:
    """The mean rating, from 1 to 5, of the contacts in the period.

    Variants of the measure:

    * ``rating`` (default): sum of the ratings (``quality``, 1 to 5) / contacts that were rated.
    * ``sentiment``: sum of the tones (``sentiment``, -1 to 1) / contacts of which a tone was noted.
    * ``outcomes``: for each ``outcome``, contacts with it / contacts with any. It is always shown by ``outcome``.

    A contact is one as in ``touchpoint_frequency``, one-way ones too: a meeting of five is one, what is said in one
    thread on one local day is one (its last note counts), automated mail is none. What was not noted is left out, never
    0. Merged accounts count as their survivor, test accounts never, people who are not customers count too.

    Undefined (null) without contacts that were rated. Unit: points of the rating; of the tone; share. n: contacts; for
    ``outcomes`` contacts with one. Interval: Student's t, 95 %; for ``outcomes`` bootstrap over accounts up to 1,000,
    above by the delta method. Owner: when the contact was.
    """
    rows = impression(w, p).mutate(base=1)
    if measure == "rating":
        return Ratio(rows.filter(rows.quality.notnull()), "quality", "base", unit="score", spread="mean")
    if measure == "sentiment":
        return Ratio(rows.filter(rows.sentiment.notnull()), "sentiment", "base", unit="score", spread="mean")
    return Ratio(by_outcome(rows), "came", "base", clustered=True, kinds=("outcome",))
