"""A back-test as a person reads it: does the score work?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.risks import CAUSES
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.verbs.backtest import Bin, Mattered, Measure, ScoreTested, Tested

_NAMES = {
    "health": "health score",
    "contract": "contract facts only",
}
_BAR = 24
#: Of a cause so many are needed on both sides before it is said how well it was told.
_ENOUGH = 20
_MOST_COLUMNS = 6


class _Words(NamedTuple):
    """How an outcome is spoken of."""

    risk: str
    does: str
    did: str
    doers: str


_WORDS = {
    "churn": _Words("churn risk", "leaves", "left", "leavers"),
    "contraction": _Words("risk of contraction", "reduces", "reduced", "who reduced"),
    "growth": _Words("readiness to grow", "grows", "grew", "who grew"),
}


def told(found: Tested, style: Style) -> list[str]:
    """The verdict first, then what it stands on."""
    risk, words = next(score for score in found.scores if score.name == "risk"), _WORDS[found.of]
    lines = [
        style.bold(f"Who {words.does} within {found.horizon} days: do the scores tell?"),
        "",
        *paragraph(_verdict(found, risk), style),
    ]
    lines += ["", *_scores(found).lines(style), ""]
    lines += [
        style.grey(
            f"0.5 is chance, 1 is always right. Warned: of {'the ' if found.of == 'churn' else 'those '}{words.doers}, those "
            "among the highest tenth of a month."
        )
    ]
    lines += ["", style.bold(f"Who {words.did}, by band of the health score ({found.version})"), "", *_bands(found)]
    lines += ["", style.bold(f"{words.risk.capitalize()} as it was told, and as it came"), ""]
    lines += _calibration(risk.calibration).lines(style)
    lines += [*_causes(found, style), *_amounts(found, style)]
    lines += ["", style.bold(f"What the {words.risk} goes by, most first"), "", *_columns(found, risk), ""]
    lines += [*_weights(found, style), style.grey(_basis(found))]
    return [*lines, *(line for note in found.notes for line in map(style.grey, paragraph(clean(note), style)))]


def _verdict(found: Tested, risk: ScoreTested) -> str:
    by_name, own = {score.name: score for score in found.scores}, _WORDS[found.of].risk
    said = [_one_verdict(by_name[name], found.of) for name in ("health", "risk") if name in by_name]
    worth = by_name["contract"].auc.value or 0
    beyond = worth < (risk.auc.low or 0)
    says = f"{own.capitalize()} tells more than" if beyond else f"It cannot be shown that {own} tells more than"
    return f"{' '.join(said)} {says} months as a customer and the days to renewal alone ({worth:.2f})."


def _one_verdict(score: ScoreTested, of: str) -> str:
    name, does = _name(score.name, of).capitalize(), _WORDS[of].does
    low = score.auc.low or 0
    works = f"tells who {does}" if low > 0.5 else f"cannot be shown to tell who {does}"
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
                _name(one.name, found.of), f"{one.auc.value:.2f}",
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


def _name(score: str, of: str) -> str:
    return _WORDS[of].risk if score == "risk" else _NAMES.get(score, clean(score))


def _causes(found: Tested, style: Style) -> list[str]:
    """Each cause of leaving: how many were to leave by it, and how many did."""
    if not found.causes:
        return []
    table = Table(
        [
            Column("cause"), Column("learned from", right=True), Column("told", right=True), Column("expected", right=True),
            Column("came", right=True), Column("AUC", right=True), Column("", flexible=True),
        ]
    )  # fmt: skip
    for one in found.causes:
        few = min(one.leavers) < _ENOUGH
        table.rows.append(
            [
                CAUSES.get(one.name, clean(one.name)), str(one.leavers[0]), str(one.leavers[1]), f"{one.expected:.1f}",
                str(one.came), _measure(one.auc) if one.auc else "", f"fewer than {_ENOUGH}" if few else "",
            ]
        )  # fmt: skip
    counted = "Expected and came: rows, of which a customer who leaves has up to one a month of the horizon."
    return ["", style.bold("Why they left"), "", *table.lines(style), style.grey(counted)]


def _amounts(found: Tested, style: Style) -> list[str]:
    """What was expected to change, and what did."""
    if found.amounts is None:
        return []
    own = found.amounts
    ratio = "" if not own.came else f" ({own.expected / own.came * 100:.0f} %)"
    said = f"Expected: {numbers.plain(own.expected, 0)} of MRR; came: {numbers.plain(own.came, 0)}{ratio}, over the rows told."
    return ["", style.bold("How much"), "", *paragraph(said, style)]


def _bands(found: Tested) -> list[str]:
    most = max((band.share for band in found.bands), default=0) or 1
    return [
        f"{band.band:9}{band.share * 100:6.1f} %  {'█' * round(band.share / most * _BAR):{_BAR}}  "
        f"{_share(band.low)} – {_share(band.high)}  {_who(found, band.left)} of {band.n:,}"
        for band in found.bands
    ]


def _who(found: Tested, count: int) -> str:
    return numbers.counted(count, "leaver") if found.of == "churn" else f"{count:,} {_WORDS[found.of].did}"


def _calibration(bins: Sequence[Bin]) -> Table:
    table = Table(
        [Column("told", right=True), Column("came", right=True), Column("95 %", right=True), Column("of", right=True)]
    )
    for each in bins:
        table.rows.append(
            [
                f"{each.predicted * 100:.1f} %", f"{each.observed * 100:.1f} %",
                f"{_share(each.low)} – {_share(each.high)}", f"{each.n:,}",
            ]
        )  # fmt: skip
    return table


def _columns(found: Tested, risk: ScoreTested) -> list[str]:
    return [
        f"{clean(one.name.replace('_', ' ')):24}{'█' * max(1, round(one.weight / risk.columns[0].weight * _BAR)):{_BAR}}"
        f"  {_worst(one, found)}".rstrip()
        for one in risk.columns[:_MOST_COLUMNS]
    ]


def _worst(of: Mattered, found: Tested) -> str:
    return f"{clean(of.worse)} is {'more' if found.of == 'growth' else 'worse'}" if of.worse else ""


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
        f"told, with {found.leavers[1]} {_WORDS[found.of].doers}, by what {found.leavers[0]} earlier ones taught."
    )


def _measure(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return f"{measure.value:.2f}"
    return f"{measure.value:.2f} ({measure.low:.2f} – {measure.high:.2f})"


def _share(value: float | None) -> str:
    return "…" if value is None else f"{value * 100:.1f} %"
