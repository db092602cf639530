"""The charts of the score lab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit import formats, scores
from tenure.web.kit.charts import Bars, Chart, Lines, Scale, Series, Table

if TYPE_CHECKING:
    from tenure.engine.verbs.backtest import ScoreTested, Tested


def calibration(score: ScoreTested) -> Chart:
    """The risk as it was told, and as it came, by tenths of the customers."""
    told = [formats.percent(each.predicted, 1) for each in score.calibration]
    rows = tuple(
        (name, formats.percent(each.observed, 1), _ends(each.low, each.high), formats.number(each.n))
        for name, each in zip(told, score.calibration, strict=True)
    )
    came = Series(
        _("Came"), tuple(each.observed for each in score.calibration), "churn",
        tuple(each.low for each in score.calibration), tuple(each.high for each in score.calibration),
    )  # fmt: skip
    said = Series(_("Told"), tuple(each.predicted for each in score.calibration), "new", dashed=True)
    highest = score.calibration[-1]
    says = _("Of the tenth with the highest risk, %(told)s were told to leave, and %(came)s left.") % {
        "told": formats.percent(highest.predicted, 1),
        "came": formats.percent(highest.observed, 1),
    }
    table = Table((_("Told"), _("Came"), _("95 % interval"), _("Customers")), rows)
    return Lines(says, table, Scale("percent", 1), tuple(told), (said, came), from_zero=True)


def bands(found: Tested) -> Chart:
    """The share that left, by band of the health score."""
    known = [band for band in found.bands if band.band in scores.DRAWN]
    rows = tuple(
        (named(band.band), formats.percent(band.share, 1), _ends(band.low, band.high), formats.number(band.n))
        for band in found.bands
    )
    series = tuple(
        Series(
            named(band.band), tuple(band.share if other is band else None for other in known), scores.DRAWN[band.band]
        )
        for band in known
    )
    worst = known[-1] if known else None
    says = (
        _("Of customers whose health was %(band)s, %(share)s left within %(days)s days.")
        % {"band": named(worst.band), "share": formats.percent(worst.share, 1), "days": found.horizon}
        if worst
        else ""
    )
    table = Table((_("Health"), _("Left"), _("95 % interval"), _("Customers")), rows)
    return Bars(says, table, Scale("percent", 1), tuple(named(band.band) for band in known), series)


def named(band: str) -> str:
    """A band's name."""
    return {"good": _("good"), "fair": _("fair"), "poor": _("poor"), "no score": _("no score")}.get(band, band)


def _ends(low: float | None, high: float | None) -> str:
    ends: Sequence[float | None] = (low, high)
    return " – ".join("…" if end is None else formats.percent(end, 1) for end in ends)
