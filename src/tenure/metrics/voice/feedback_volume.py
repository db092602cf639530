"""``feedback_volume``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Total, metric
from tenure.metrics.voice.comment import comment, said_in
from tenure.metrics.world import Periods, World


@metric(by=("kind", "survey", "theme"), unit="count", better="")
def feedback_volume(w: World, p: Periods) -> Total:
    """How many comments customers made in the period.

    Formula: answers to surveys with words in them + requests. An answer has words if it has a text, a theme or a tone;
    a score alone is no comment, and an empty text none either. Requests are wishes for features, feedback and
    complaints. Every comment counts, several by one person too. Slices: ``kind`` (``answer``, feature, feedback,
    complaint), ``survey``, ``theme``.

    An anonymous answer counts in the whole only: in slices it stands with those of which nothing is known, never with
    its account, kind, survey or theme. Merged accounts count as their survivor, people who are not customers count too.

    Unit: comments. n: accounts. Interval: exact Poisson, 95 %. Owner: when it was said.
    """
    rows = said_in(p, comment(w))
    theme = rows.is_anonymous.ifelse(ibis.null("string"), rows.theme)
    return Total(rows.mutate(theme=theme, comments=1), "comments", unit="count")
