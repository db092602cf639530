"""``feedback_themes``."""

from __future__ import annotations

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.comment import comment, said_in
from tenure.metrics.world import Periods, World


@metric(by=("theme", "kind", "survey"), unit="share", counted=True, better="")
def feedback_themes(w: World, p: Periods) -> Ratio:
    """What the comments of the period are about: of each theme, its share.

    Formula, for each ``theme``: comments on it / comments on any theme. 6 of 20 on price are 30 %; the shares of all
    themes add up to 1. It is always shown by ``theme``. A theme that a slice did not speak of is 0 there, if others did. What a comment is, is as in ``feedback_volume``; those without a theme
    are left out and counted. Examples are the rows behind a theme, those on it first.

    An anonymous answer counts with its theme in the whole only: in other slices it stands with those of which nothing is
    known, never with its account, kind or survey. Merged accounts count as their survivor, people who are not customers count too.

    Undefined (null) without comments on a theme. Unit: share. n: comments. Interval: Wilson, 95 %. Owner: when it was
    said.
    """
    said = said_in(p, comment(w)).rename(about="theme")
    themed = said.filter(said.about.notnull())
    themes = themed.select("period", theme="about").distinct()
    rows = beside(themes, themed, ["period"], how="inner")
    rows = rows.mutate(on_it=(rows.about == rows.theme).ifelse(1, 0), excluded=ibis.null("string"))
    without = said.filter(said.about.isnull())
    without = without.mutate(theme=ibis.null("string"), on_it=0, excluded=ibis.literal("no theme"))
    rows = rows.union(without.select(rows.columns)).drop("about").mutate(base=1)
    return Ratio(rows, "on_it", "base", spread="wilson", respondents=True, kinds=("theme",))
