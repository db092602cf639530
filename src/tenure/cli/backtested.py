"""A back-test as a person reads it: does the score work?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.engine.verbs.backtest import Measure, ScoreTested, Tested

_NAMES = {
    "risk": "churn risk",
    "health": "health score",
    "contract": "contract facts only",
}
_BAR = 24
_MOST_COLUMNS = 6


def told(found: Tested, style: Style) -> list[str]:
    """The verdict first, then what it stands on."""
    risk = next(score for score in found.scores if score.name == "risk")
    lines = [
        style.bold(f"Who leaves within {found.horizon} days: do the scores tell?"),
        "",
        *paragraph(_verdict(found, risk), style),
    ]
    lines += ["", *_scores(found).lines(style), ""]
    lines += [
        style.grey("0.5 is chance, 1 is always right. Warned: of the leavers, those among the worst tenth of a month.")
    ]
    lines += ["", style.bold(f"Who left, by band of the health score ({found.version})"), "", *_bands(found)]
    lines += ["", style.bold("Risk as it was told, and as it came"), "", *_calibration(risk).lines(style)]
    lines += ["", style.bold("What the risk goes by, most first"), "", *_columns(risk), ""]
    lines += [*_weights(found, style), style.grey(_basis(found))]
    return [*lines, *(line for note in found.notes for line in map(style.grey, paragraph(clean(note), style)))]


def _verdict(found: Tested, risk: ScoreTested) -> str:
    by_name = {score.name: score for score in found.scores}
    said = [_one_verdict(by_name[name]) for name in ("health", "risk") if name in by_name]
    worth = by_name["contract"].auc.value or 0
    beyond = worth < (risk.auc.low or 0)
    says = "Churn risk tells more than" if beyond else "It cannot be shown that churn risk tells more than"
    return f"{' '.join(said)} {says} months as a customer and the days to renewal alone ({worth:.2f})."


def _one_verdict(score: ScoreTested) -> str:
    name = _NAMES[score.name].capitalize()
    low = score.auc.low or 0
    works = "tells who leaves" if low > 0.5 else "cannot be shown to tell who leaves"
    return f"{name} {works}: AUC {_measure(score.auc)}."


def _scores(found: Tested) -> Table:
    table = Table(
        [
            Column("score"), Column("AUC", right=True), Column("95 %", right=True), Column("PR-AUC", right=True, rank=3),
            Column("lift", right=True, rank=2), Column("Brier", right=True, rank=4), Column("warned", right=True),
            Column("days ahead", right=True, rank=1), Column("revenue missed", right=True, rank=1),
            Column("drift", right=True, rank=5),
        ]
    )  # fmt: skip
    for one in found.scores:
        w = one.warned
        table.rows.append(
            [
                _NAMES.get(one.name, clean(one.name)), f"{one.auc.value:.2f}",
                f"{one.auc.low:.2f} – {one.auc.high:.2f}" if one.auc.low is not None else "",
                f"{one.pr_auc.value:.2f}", f"{one.lift.value:.1f} x", f"{one.brier.value:.4f}",
                f"{w.warned} of {w.left}", "" if w.lead is None else f"{w.lead:.0f}",
                "" if w.missed is None else f"{w.missed * 100:.0f} %", "" if one.drift is None else f"{one.drift:.2f}",
            ]
        )  # fmt: skip
    table.rows.append(
        ["base rate only", "0.50", "", f"{found.base_rate:.2f}", "1.0 x", f"{found.brier:.4f}", "", "", "", ""]
    )
    return table


def _bands(found: Tested) -> list[str]:
    most = max((band.share for band in found.bands), default=0) or 1
    return [
        f"{band.band:9}{band.share * 100:6.1f} %  {'█' * round(band.share / most * _BAR):{_BAR}}  "
        f"{_share(band.low)} – {_share(band.high)}  {numbers.counted(band.left, 'leaver')} of {band.n:,}"
        for band in found.bands
    ]


def _calibration(risk: ScoreTested) -> Table:
    table = Table(
        [Column("told", right=True), Column("came", right=True), Column("95 %", right=True), Column("of", right=True)]
    )
    for each in risk.calibration:
        table.rows.append(
            [
                f"{each.predicted * 100:.1f} %", f"{each.observed * 100:.1f} %",
                f"{_share(each.low)} – {_share(each.high)}", f"{each.n:,}",
            ]
        )  # fmt: skip
    return table


def _columns(risk: ScoreTested) -> list[str]:
    return [
        f"{clean(one.name.replace('_', ' ')):24}{'█' * max(1, round(one.weight / risk.columns[0].weight * _BAR)):{_BAR}}"
        f"  {f'{clean(one.worse)} is worse' if one.worse else ''}".rstrip()
        for one in risk.columns[:_MOST_COLUMNS]
    ]


def _weights(found: Tested, style: Style) -> list[str]:
    health = next((score for score in found.scores if score.name == "health"), None)
    if not found.suggestions or health is None or found.reweighted is None:
        return []
    table = Table([Column("component"), Column("weight", right=True), Column("as learned", right=True)])
    for one in found.suggestions:
        table.rows.append([clean(one.component.replace("_", " ")), f"{one.weight:.0f}", f"{one.suggested:.0f}"])
    better = (found.reweighted.value or 0) > (health.auc.value or 0)
    gain = f"With the weights as learned: AUC {_measure(found.reweighted)} in place of {_measure(health.auc)}."
    gain += " Nothing is changed by itself." if better else " They would have gained nothing: keep yours."
    return [style.bold("Weights of the health score"), "", *table.lines(style), *paragraph(gain, style), ""]


def _basis(found: Tested) -> str:
    return (
        f"{found.months} months from {found.first} to {found.last}; {found.rows:,} rows from {found.learned_until} on were "
        f"told, with {found.leavers[1]} leavers, by what {found.leavers[0]} earlier ones taught."
    )


def _measure(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return f"{measure.value:.2f}"
    return f"{measure.value:.2f} ({measure.low:.2f} – {measure.high:.2f})"


def _share(value: float | None) -> str:
    return "…" if value is None else f"{value * 100:.1f} %"
