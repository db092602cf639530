"""How many rows each day brought, beside the same weekdays before."""

from __future__ import annotations

from tenure.warehouse.checks.world import World, current
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table

#: What makes a day odd: beyond 0.6 or 1.7 of the usual, and beyond what counts of such a size come to by chance in a year of days.
DAYS = (
    "r.weeks >= 6 AND r.usual >= 50 AND (r.n < 0.6 * r.usual OR r.n > 1.7 * r.usual) "
    "AND abs(r.n - r.usual) > 4 * greatest(1.4826 * r.spread, sqrt(r.usual))"
)
#: As many days are looked at, each beside as many weeks.
_LAST, _WEEKS = 7, 8


def odd(world: World, table: Table, part: str) -> str:
    """SQL of the last seven complete days: ``part, day, n, usual, spread, weeks, whole``.

    ``part``: SQL over a row ``r`` and its batch ``b``. ``usual`` and ``spread``: median, and median distance from it, of the
    same weekday in the ``weeks`` before in which the part was there. ``whole``: the rows of all parts on that day.
    """
    known, zone = quoted(table.known or ""), literal(world.zone)
    local = f"(r.{known} AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE"
    today = f"({world.moment} AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE"
    loaded = f"(SELECT max(known_at)::DATE FROM main.batch WHERE table_name = {literal(table.name)} AND read > 0)"
    back = (_WEEKS + 1) * 7 + 1
    counted = (
        f"SELECT {part} AS part, {local} AS day, count(*) AS n FROM {current(table.name)} r LEFT JOIN main.batch b "
        f"ON b.batch = r.batch WHERE r.{known} >= {world.moment} - INTERVAL {back} DAY GROUP BY ALL"
    )
    days = f"SELECT unnest(range(({today} - {back - 1})::TIMESTAMP, least({today}, {loaded})::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day"
    parts = "SELECT part, min(day) AS first FROM counted GROUP BY part"
    full = (
        "SELECT p.part, d.day, coalesce(c.n, 0) AS n, sum(coalesce(c.n, 0)) OVER (PARTITION BY d.day) AS whole FROM "
        f"({parts}) p JOIN ({days}) d ON d.day >= p.first LEFT JOIN counted c ON c.part = p.part AND c.day = d.day"
    )
    usual = (
        "SELECT l.part, l.day, l.n, l.whole, median(b.n) AS usual, mad(b.n) AS spread, count(*) AS weeks FROM full_days l "
        "JOIN full_days b ON b.part = l.part AND b.day < l.day AND (l.day - b.day) % 7 = 0 "
        f"AND l.day - b.day <= {_WEEKS * 7} WHERE l.day >= {today} - {_LAST} GROUP BY l.part, l.day, l.n, l.whole"
    )
    return f"WITH counted AS MATERIALIZED ({counted}), full_days AS MATERIALIZED ({full}) {usual}"
