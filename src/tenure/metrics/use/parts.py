"""The three parts of product adoption, each between 0 and 1."""

from __future__ import annotations

from dataclasses import replace

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio
from tenure.metrics.use.adoption import adoption, of_accounts, of_people
from tenure.metrics.use.entitled import SEAT
from tenure.metrics.use.licence import licence
from tenure.metrics.world import Periods, World

#: The days for which the setting ``use.full_depth`` says how many uses are full.
_DAYS = 30


def licence_use(w: World, p: Periods) -> Ratio:
    """People with a key action / licensed users, as in ``active_usage_rate``; no licence counts for more than its seats."""
    rows = licence(replace(w, detail=()), p)
    rows = rows.mutate(used=ibis.least(rows.users * SEAT, rows.seats))
    return Ratio(rows, "used", "seats", clustered=True)


def breadth(w: World, p: Periods) -> Ratio:
    """Features used / features entitled, as in ``feature_breadth``."""
    return Ratio(of_accounts(adoption(w, p), 1), "used", "base", clustered=True)


def depth(w: World, p: Periods) -> Ratio:
    """Uses by adopters / the uses that would be full depth (setting ``use.full_depth``, of an adopter in 30 days).

    Adopters are those of ``feature_depth``; the adopters of an account use a feature no more than fully.
    """
    rows = of_people(adoption(w, p))
    rows = rows.filter((rows.adopters > 0) | rows.excluded.notnull())
    days = p.select("period", days=p.closes_day.delta(p.opens_day, unit="day").cast("int64"))
    rows = beside(rows, days, ["period"], how="inner")
    rows = rows.mutate(full=rows.adopters * w.settings.use.full_depth * rows.days)
    rows = rows.mutate(used=ibis.least(rows.adopted * _DAYS, rows.full))
    return Ratio(rows, "used", "full", clustered=True)
