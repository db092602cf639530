"""A fit as people read it: how well the outcome was told, whether shares are as predicted, and what the model goes by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.cli.style import Style
    from tenure.engine.verbs.risk_fit import Told

_MOST = 15
_STRIP = 40
_NARROWEST = 20
_NAMES = {"auc": "AUC", "pr_auc": "PR-AUC", "brier": "Brier", "log_loss": "log loss", "lift": "lift of the top tenth"}
_LEARNERS = {"logistic": "logistic", "boosted": "boosted trees"}


def told(found: Told, file: str, style: Style) -> list[str]:
    """The lines of an answer."""
    blocks = [
        _head(found, file, style),
        _measures(found, style),
        _calibration(found, style),
        _columns(found, style),
        _suspects(found, style),
        _left_out(found, style),
        *(paragraph(note, style) for note in found.notes),
    ]
    return [line for number, block in enumerate(filter(None, blocks)) for line in ([""] if number else []) + block]


def _head(found: Told, file: str, style: Style) -> list[str]:
    title = (
        f"{clean(found.outcome)} = {clean(found.event)}, told from {numbers.counted(len(found.columns), 'column')} of"
    )
    rate = f"{_rate(found, found.base_rate)}" + (" a unit of exposure" if found.exposed else "")
    lines = [style.bold(f"{title} {_bare(file)}")]
    return lines + paragraph(
        f"{numbers.counted(found.n, 'row')} told, {found.events:,} with the event ({rate}), {_by_whom(found)}.", style
    )


def _by_whom(found: Told) -> str:
    split = found.split
    if split.kind == "folds":
        return f"each by a model that has learned from the other folds ({split.rounds} of them)"
    if split.kind == "file":
        return f"by a model that has learned from {numbers.counted(split.train, 'row')} of the other file"
    ends = [_moment(found, end) for end in (split.train_until, split.calibrate_until)]
    learned = f"by {numbers.counted(split.train, 'earlier row')}{f' (until {ends[0]})' if ends[0] else ''}"
    if split.calibrate:
        learned += f", brought to scale by {split.calibrate:,} in between{f' (until {ends[1]})' if ends[1] else ''}"
    return learned + (f"; no group on both sides ({split.rounds} folds)" if split.rounds > 1 else "")


def _moment(found: Told, value: float | None) -> str:
    if value is None or found.time not in ("date", "number"):
        return ""
    return f"{value:g}" if found.time == "number" else (date(1970, 1, 1) + timedelta(days=int(value))).isoformat()


def _measures(found: Told, style: Style) -> list[str]:
    others = [name for name in found.candidates if name != found.model]
    table = Table([Column(""), Column(_LEARNERS[found.model], right=True), Column("95 % interval", right=True)])
    table.columns += [Column(_LEARNERS[name], right=True) for name in others] + [Column("base rate", right=True)]
    known: dict[str, float | None] = {
        "auc": 0.5, "pr_auc": found.events / found.n, "brier": found.baseline.brier,
        "log_loss": found.baseline.log_loss, "lift": 1.0,
    }  # fmt: skip
    for key, name in _NAMES.items():
        places = 2 if key == "lift" else 4
        own = getattr(found, key)
        values = [own.value, *(getattr(found.candidates[other], key).value for other in others), known[key]]
        texts = [numbers.NOTHING if value is None else numbers.plain(value, places) for value in values]
        ends = ["…" if end is None else numbers.plain(end, places) for end in (own.low, own.high)]
        table.rows.append([name, texts[0], " – ".join(ends), *texts[1:]])
    return table.lines(style)


def _rate(found: Told, value: float) -> str:
    """A share in percent, or a rate per unit of exposure."""
    return f"{value:.3g}" if found.exposed else f"{numbers.plain(value * 100, 1)} %"


def _calibration(found: Told, style: Style) -> list[str]:
    """Predicted and observed, by tenths of the prediction; drawn beside, as far as there is room."""
    room = min(_STRIP, style.width - 54)
    most = max(max(own.high or 0.0, own.observed, own.predicted) for own in found.calibration)
    table = Table([Column(title, right=True) for title in ("predicted", "observed", "95 % interval", "rows")])
    drawn = room >= _NARROWEST and most > 0
    if drawn:
        end = _rate(found, most)
        table.columns.append(Column(f"0{' ' * (room - 1 - len(end))}{end}"))
    for own in found.calibration:
        ends = " – ".join("…" if end is None else _rate(found, end) for end in (own.low, own.high))
        row = [_rate(found, own.predicted), _rate(found, own.observed), ends, f"{own.n:,}"]
        table.rows.append(
            [*row, _strip([own.low, own.high, own.predicted, own.observed], most, room)] if drawn else row
        )
    scale = f"Slope {numbers.plain(found.slope, 2)} (1: to scale; below, too extreme)"
    drift = f", drift of the scores {numbers.plain(found.drift, 3)} (PSI)" if found.drift is not None else ""
    legend = "● observed, ─ its interval, ┃ predicted. " if drawn else ""
    return [*table.lines(style), *(style.grey(line) for line in paragraph(f"{legend}{scale}{drift}.", style))]


def _strip(values: list[float | None], most: float, room: int) -> str:
    low, high, predicted, observed = (min(room - 1, round((value or 0.0) / most * (room - 1))) for value in values)
    signs = [" "] * room
    signs[low : high + 1] = "─" * (high + 1 - low)
    signs[predicted] = "┃"
    signs[observed] = "●"
    return "".join(signs)


def _columns(found: Told, style: Style) -> list[str]:
    table = Table([Column("column", flexible=True), Column("moves by", right=True)])
    table.columns += [Column("up where", flexible=True), Column("down where", flexible=True)]
    words = {"high": "high", "low": "low", None: numbers.NOTHING, "": "(empty)"}
    for own in found.columns[:_MOST]:
        ends = [words.get(end, clean(end)) for end in (own.highest, own.lowest)]
        table.rows.append([clean(own.name), numbers.plain(own.weight, 3), *ends])
    lines = table.lines(style)
    what = "log-rates" if found.exposed else "log-odds"
    rest = (
        f" {_MOST} of {len(found.columns)} columns; all of them: --format json." if len(found.columns) > _MOST else ""
    )
    return [*lines, style.grey(f"By how much a column moves a row's {what} on average.{rest}")]


def _suspects(found: Told, style: Style) -> list[str]:
    if not found.suspects:
        return []
    lines = [style.bold("Known too well? What was written down after the outcome is no prediction")]
    for own in found.suspects:
        text = f"{clean(own.name)}: {clean(own.reason)} (AUC {numbers.plain(own.auc, 3)}). Leave it out: --drop {clean(own.name)}"
        lines += paragraph(text, style, then="  ")
    return lines


def _left_out(found: Told, style: Style) -> list[str]:
    if not found.left_out:
        return []
    table = Table([Column("left out", flexible=True), Column("as it", flexible=True)])
    table.rows += [(clean(own.name), clean(own.reason)) for own in found.left_out[:_MOST]]
    more = len(found.left_out) - _MOST
    return table.lines(style) + ([style.grey(f"and {more} more: --format json")] if more > 0 else [])


def _bare(file: str) -> str:
    """The file without its folders."""
    return clean(file.replace("\\", "/").rpartition("/")[2])
