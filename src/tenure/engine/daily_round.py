"""The daily round: what is made of each day's data, in its order, so that pages find it ready."""

from __future__ import annotations

from typing import Any

from tenure.engine.verbs.check import Check
from tenure.engine.verbs.comparisons import Comparisons
from tenure.engine.verbs.ready import Ready
from tenure.engine.verbs.renewal_accuracy import RenewalAccuracy
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.score import Score

#: What others ask while the rest is made is answered out of what is published, and of what lies ready of it.
_OTHERS: tuple[tuple[str, Any], ...] = (("run", Run()), ("ready", Ready()))
#: The verbs of the round, in order.
ROUND: tuple[tuple[str, Any], ...] = (
    *_OTHERS,
    ("score", Score()),
    *_OTHERS,
    *(("comparisons", Comparisons((metric,))) for metric in Comparisons().metrics),
    ("renewal_accuracy", RenewalAccuracy()),
    ("check", Check(keep=True)),
    ("ready", Ready(scorecards=True)),
    *(("comparisons", Comparisons((metric,), earlier=True)) for metric in Comparisons().metrics),
)
#: The same for whoever does not wait for the night: what was made this morning is made again, of what is known now. Metric by metric, as
#: others want to be answered meanwhile.
NOW: tuple[tuple[str, Any], ...] = (
    *_OTHERS,
    ("score", Score(anew=True)),
    *_OTHERS,
    *(("comparisons", Comparisons((metric,), anew=True)) for metric in Comparisons().metrics),
    ("renewal_accuracy", RenewalAccuracy()),
    ("check", Check(keep=True)),
    ("ready", Ready(scorecards=True)),
)
