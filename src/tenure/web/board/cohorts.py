"""What each quarter's newcomers still pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.period import Grain, add_months, period_at
from tenure.engine.result import Figure
from tenure.web.board.part import Part, Told
from tenure.web.board.side import Side
from tenure.web.kit import figure, formats
from tenure.web.kit.charts import HeatMap, Scale, Table

_QUARTERS = 9
_ASKED = {"by": "cohort", "grain": "quarter"}


@dataclass(frozen=True)
class Cohort:
    """Those who came in one quarter. ``months``: in which months; ``shares``: what they pay at its end and at the ends of those
    after it, against the first; ``place``: which of the quarters it is.
    """

    name: str
    place: int
    months: tuple[str, ...]
    shares: tuple[Decimal | None, ...]


def cohorts(side: Side) -> Part:
    """The MRR that those who came in one quarter still pay, quarter by quarter, against their first one's."""
    title, at = _("MRR kept by start cohort"), side.chosen.at
    start = add_months(at.start, -24)
    more = {"where": side.only} if side.only else {}
    last = date.fromordinal(at.end.toordinal() - 1)
    found = side.answers.ask(
        "mrr", by=("cohort",), grain="quarter", start=start.isoformat(), end=last.isoformat(), **more
    )
    quarters = sorted({(each.period_end, each.period_start) for each in found if each.period_end <= at.end})[
        -_QUARTERS:
    ]
    rows = _kept(found, quarters, at.fiscal_year_start)
    if len(rows) < 2:
        return Part("cohorts", title, empty=_("Fewer than two quarters in which customers came in are over."))
    ages = tuple(str(age) for age in range(max(len(row.shares) for row in rows)))
    values = tuple(
        tuple(None if share is None else float(share) for share in row.shares) + (None,) * (len(ages) - len(row.shares))
        for row in rows
    )
    table = Table(
        (_("Came in"), *(ngettext("after %(count)s quarter", "after %(count)s quarters", int(age)) % {"count": age} for age in ages)),
        tuple((row.name, *(formats.percent(share, 0) for share in row.shares), *[""] * (len(ages) - len(row.shares)))
              for row in rows),
        tuple(("", *(_rows(side, row, quarters[row.place + age][1]) for age in range(len(row.shares))),
               *[""] * (len(ages) - len(row.shares))) for row in rows),
    )  # fmt: skip
    says = _("How much of their first quarter's MRR the accounts that came in each quarter still pay.")
    chart = HeatMap(says, table, Scale("percent", 0), ages, tuple(row.name for row in rows), values, 0.7, 1.2)
    note = _("share of the first quarter's MRR, by quarters since")
    kept = tuple(
        Told("mrr_kept", f"{row.name} +{age}", None, None, share, "share")
        for row in rows
        for age, share in enumerate(row.shares)
    )
    return Part("cohorts", title, note, figure.page_of("mrr", _ASKED), chart, told=kept)


def _rows(side: Side, row: Cohort, start: date) -> str:
    """The rows behind what a cohort paid at the end of a quarter."""
    only = [f"{name}:{value}" for name, value in (*side.only, *(("cohort", month) for month in row.months))]
    return f"{figure.page_of('mrr')}?{urlencode({'grain': 'quarter', 'at': start.isoformat(), 'only': only}, doseq=True)}#rows"


def _kept(found: Iterable[Figure], quarters: Sequence[tuple[date, date]], year_start: int) -> list[Cohort]:
    """The cohorts of which something was paid at the end of the quarter in which they came."""
    ends = [end for end, _start in quarters]
    paid: dict[date, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    months: dict[date, set[str]] = defaultdict(set)
    for each in found:
        cohort, value = each.slice["cohort"], each.value
        if cohort and value and each.period_end in ends:
            came = period_at(Grain.QUARTER, date(int(cohort[:4]), int(cohort[5:7]), 1), year_start).end
            paid[came][ends.index(each.period_end)] += value
            months[came].add(cohort)
    rows = []
    for place, (end, start) in enumerate(quarters):
        levels = paid.get(end, {})
        first = levels.get(place)
        if first:
            shares = tuple(levels[n] / first if n in levels else None for n in range(place, len(ends)))
            rows.append(Cohort(figure.period(start, end), place, tuple(sorted(months[end])), shares))
    return rows
