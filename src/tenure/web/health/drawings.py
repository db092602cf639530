"""The charts of the health page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit import figure, formats, scores
from tenure.web.kit.charts import Bars, Chart, Distribution, Scale, Series, Table

if TYPE_CHECKING:
    from tenure.engine.result import Figure
    from tenure.engine.verbs.rated import Group, RatedFound

_WIDTH = 10


def spread(found: RatedFound) -> Chart | None:
    """How many customers have which score, in classes of ten points."""
    counts = {int(group.name): group.scored for group in found.groups if group.name is not None}
    if not counts:
        return None
    classes = range(0, 100, _WIDTH)
    names = tuple(f"{least} – {least + _WIDTH if least == 90 else least + _WIDTH - 1}" for least in classes)
    rows = tuple((name, formats.number(counts.get(least, 0))) for name, least in zip(names, classes, strict=True))
    at = max(counts, key=lambda least: (counts[least], least))
    says = _("Of %(scored)s customers, most (%(most)s) have a score of %(least)s to %(end)s.") % {
        "scored": formats.number(found.total.scored), "most": formats.number(counts[at]), "least": at, "end": at + _WIDTH,
    }  # fmt: skip
    table = Table((_("Score"), _("Customers")), rows)
    values = tuple(float(counts.get(least, 0)) for least in classes)
    return Distribution(says, table, Scale("number", 0), names, values, _("Customers"))


def bands(figures: Sequence[Figure]) -> Chart | None:
    """How many customers were in which band, month by month."""
    months = list(dict.fromkeys((each.period_start, each.period_end) for each in figures))
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for each in figures:
        counts[str(each.slice["band"] or "")][each.period_start] = each.n
    shown = [band for band in reversed(scores.HEALTH) if any(counts[band].values())]
    if not shown:
        return None
    months = [month for month in months if any(counts[band].get(month[0]) for band in shown)]
    names = tuple(figure.period(start, end) for start, end in months)
    series = tuple(
        Series(
            str(scores.HEALTH[band]), tuple(float(counts[band].get(start, 0)) for start, _end in months),
            scores.DRAWN[band],
        )
        for band in shown
    )  # fmt: skip
    rows = tuple(
        (name, *(formats.number(counts[band].get(start, 0)) for band in shown))
        for name, (start, _end) in zip(names, months, strict=True)
    )
    says = _("Customers by the band of their health, from %(first)s to %(last)s; at the end: %(counts)s.") % {
        "first": names[0], "last": names[-1],
        "counts": ", ".join(
            f"{name} {count}" for name, count in zip((one.name for one in series), rows[-1][1:], strict=True)
        ),
    }  # fmt: skip
    table = Table((_("Month"), *(one.name for one in series)), rows)
    return Bars(says, table, Scale("number", 0), names, series)


def share(count: int, group: Group) -> str:
    """A count with its share of those that have a score."""
    if not group.scored:
        return formats.UNKNOWN
    return f"{formats.number(count)} ({formats.percent(count / group.scored, 0)})"
