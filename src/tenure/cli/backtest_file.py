"""A back-test as a file to hand on: a workbook with its numbers and charts, a picture, or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from tenure.engine.verbs.backtest import ScoreTested, Tested

KINDS = (".xlsx", ".svg", ".json")
_OFTEN = (
    "score",
    "learner",
    "AUC",
    "low",
    "high",
    "PR-AUC",
    "lift",
    "Brier",
    "warned",
    "of",
    "days ahead",
    "revenue missed",
)
_SIZE, _EDGE = 360, 60


def check(path: Path) -> None:
    """Raise ``UsageError`` for a name that says no kind, or a folder that is not there."""
    if path.suffix.lower() not in KINDS:
        raise UsageError(
            f"{path.name!r} names no kind of file.", code="bad_output", fix=f"End it in {', '.join(KINDS)}."
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", code="no_folder", fix="Make it, or name another.")


def write(found: Tested, path: Path) -> None:
    """The back-test into a file, by its ending (see ``check``)."""
    kind = path.suffix.lower()
    if kind == ".xlsx":
        _workbook(found, path)
    elif kind == ".svg":
        path.write_text(picture(found), encoding="utf-8")
    else:
        from tenure.engine.result import as_json

        path.write_text(as_json({"data": found, "as_of": found.as_of, "notes": found.notes}) + "\n", encoding="utf-8")


def _workbook(found: Tested, path: Path) -> None:
    from xlsxwriter import Workbook

    # What is text stays text: a name that begins with = is no formula.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with Workbook(str(path), options) as book:
        _sheet(book, "Scores", _OFTEN, [_score(one) for one in found.scores])
        risk = next(score for score in found.scores if score.name == "risk")
        head = ("told", "came", "low", "high", "customers", "events")
        bins = [(one.predicted, one.observed, one.low, one.high, one.n, one.events) for one in risk.calibration]
        _drawn(book, _sheet(book, "Calibration", head, bins), len(bins))
        columns = [(one.name, one.weight, one.worse) for one in risk.columns]
        _sheet(book, "Goes by", ("known", "weight", "more where"), columns)
        bands = [(one.band, one.n, one.left, one.share, one.low, one.high) for one in found.bands]
        _sheet(book, "Bands of health", ("band", "customers", "came", "share", "low", "high"), bands)
        causes = [
            (one.name, one.how, *one.leavers, one.expected, one.came, one.auc and one.auc.value) for one in found.causes
        ]
        if causes:
            _sheet(book, "Causes", ("cause", "how", "learned from", "told", "expected", "came", "AUC"), causes)
        _sheet(book, "About", ("what", "is"), [*_about(found)])


def _score(one: ScoreTested) -> tuple[Any, ...]:
    w = one.warned
    return (
        one.name, one.model, one.auc.value, one.auc.low, one.auc.high, one.pr_auc.value, one.lift.value, one.brier.value,
        w.warned, w.left, w.lead, w.missed,
    )  # fmt: skip


def _about(found: Tested) -> Iterator[tuple[str, Any]]:
    yield "of", found.of
    yield "horizon (days)", found.horizon
    yield "as of", found.as_of.isoformat()
    yield from (("months", found.months), ("from", str(found.first)), ("to", str(found.last)))
    yield from (("told from", str(found.learned_until)), ("rows told", found.rows), ("base rate", found.base_rate))
    if found.amounts is not None:
        yield from (("MRR expected", found.amounts.expected), ("MRR that came", found.amounts.came))
    yield from (("note", note) for note in found.notes)


def _sheet(book: Workbook, name: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
    sheet.write_row(0, 0, head, bold)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    return sheet


def _drawn(book: Workbook, sheet: Any, rows: int) -> None:
    """What was told, and what came, as a chart that a spreadsheet draws."""
    chart = book.add_chart({"type": "line"})
    for column, name in ((0, "told"), (1, "came")):
        chart.add_series(
            {"name": name, "values": ["Calibration", 1, column, rows, column], "marker": {"type": "circle"}}
        )
    chart.set_x_axis({"name": "Tenths of the customers, the lowest risk first"})
    chart.set_y_axis({"num_format": "0 %", "min": 0})
    sheet.insert_chart("H2", chart)


def picture(found: Tested) -> str:
    """An SVG: against what was told, what came, with its interval; on the line both are the same."""
    bins = next(score for score in found.scores if score.name == "risk").calibration
    top = max([one.predicted for one in bins] + [one.high or one.observed for one in bins]) * 1.05 or 1.0

    def across(share: float) -> float:
        return round(_EDGE + share / top * _SIZE, 1)

    def up(share: float) -> float:
        return round(_EDGE / 2 + _SIZE - share / top * _SIZE, 1)

    whole = _SIZE + 2 * _EDGE
    ticks = [top * part / 4 for part in range(5)]
    marks = [
        f'<line x1="{across(one.predicted)}" x2="{across(one.predicted)}" y1="{up(one.low or 0)}" '
        f'y2="{up(one.high or one.observed)}" stroke="#2f6fdb" stroke-width="2"/>'
        f'<circle cx="{across(one.predicted)}" cy="{up(one.observed)}" r="4" fill="#2f6fdb"/>'
        for one in bins
    ]
    labels = [
        f'<text x="{across(tick)}" y="{up(0) + 18}" text-anchor="middle">{tick:.1%}</text>'
        f'<text x="{_EDGE - 8}" y="{up(tick) + 4}" text-anchor="end">{tick:.1%}</text>'
        for tick in ticks
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole - 20}" font-family="sans-serif" font-size="11">'
        f"<title>{found.of} within {found.horizon} days: told, and came</title>"
        f'<rect width="{whole}" height="{whole - 20}" fill="#fff"/>'
        f'<path d="M{_EDGE} {up(top)}V{up(0)}H{across(top)}" fill="none" stroke="#888"/>'
        f'<line x1="{across(0)}" y1="{up(0)}" x2="{across(top)}" y2="{up(top)}" stroke="#888" stroke-dasharray="4 4"/>'
        f"{''.join(labels)}{''.join(marks)}"
        f'<text x="{across(top / 2)}" y="{up(0) + 40}" text-anchor="middle">told</text>'
        f'<text x="16" y="{up(top / 2)}" transform="rotate(-90 16 {up(top / 2)})" text-anchor="middle">came</text></svg>\n'
    )
