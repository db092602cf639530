"""What another health model would change, as a person reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.engine.verbs.preview import Flip, Measure, Previewed

_BANDS = ("good", "fair", "poor")


def told(found: Previewed, most: int, style: Style) -> list[str]:
    """The verdict first, then the bands, then who would be in another one."""
    if found.version == found.version_new:
        return [f"The model means what the one in force means ({found.version}): nothing would change."]
    lines = [style.bold(f"Model {found.version_new} in place of {found.version}, on {found.day}"), ""]
    lines += [*paragraph(_verdict(found), style), "", *_bands(found).lines(style)]
    if found.flips:
        shown = found.flips[:most] if most else found.flips
        lines += ["", *_flips(found, shown).lines(style)]
        if len(shown) < len(found.flips):
            lines += ["", style.grey(f"{len(found.flips) - len(shown):,} more: --rows 0 shows all.")]
    last = "Nothing was changed. To put it in force: tenure health save FILE --by NAME"
    return [*lines, "", style.grey(last)]


def _verdict(found: Previewed) -> str:
    of = numbers.counted(found.accounts, "customer")
    says = f"{found.changed:,} of {of} would be in another band."
    if found.mean_change is not None:
        says += f" The mean score changes by {numbers.plain(found.mean_change, 1, sign=True)}."
    if found.auc is None or found.auc_new is None:
        return f"{says} Whether it tells better who leaves cannot be said: {clean(found.refused)}"
    says += f" It tells who leaves within 90 days with an AUC of {_measure(found.auc_new)} in place of {_measure(found.auc)}"
    return f"{says}: {_change(found.auc_change)}."


def _change(change: Measure | None) -> str:
    if change is None or change.value is None or change.low is None or change.high is None:
        return "how certain that is cannot be said"
    ends = f"{numbers.plain(change.value, 3, sign=True)} ({_ends(change)})"
    if change.low > 0:
        return f"{ends}, better"
    return f"{ends}, worse" if change.high < 0 else f"{ends}, no difference that could be shown"


def _ends(change: Measure) -> str:
    return " – ".join(numbers.plain(end or 0.0, 3, sign=True) for end in (change.low, change.high))


def _measure(measure: Measure) -> str:
    return "unknown" if measure.value is None else f"{measure.value:.2f}"


def _bands(found: Previewed) -> Table:
    table = Table([Column("band"), Column("now", right=True), Column("then", right=True), Column("change", right=True)])
    without = [found.accounts - scored for scored in (found.scored, found.scored_new)]
    rows = [(band, found.bands[band], found.bands_new[band]) for band in _BANDS]
    rows += [("no score", without[0], without[1])] if any(without) else []
    for name, now, then in rows:
        table.rows.append([name, f"{now:,}", f"{then:,}", numbers.plain(Decimal(then - now), 0, sign=True)])
    return table


def _flips(found: Previewed, flips: tuple[Flip, ...]) -> Table:
    table = Table(
        [
            Column("account"), Column("name", flexible=True, rank=1), Column("owner", flexible=True, rank=2),
            Column(f"MRR {found.currency}", right=True, rank=3), Column("now", right=True), Column("band"),
            Column("then", right=True), Column("band"), Column("change", right=True),
        ]
    )  # fmt: skip
    for each in flips:
        both = each.score is not None and each.score_new is not None
        moved = numbers.plain((each.score_new or Decimal(0)) - (each.score or Decimal(0)), 1, sign=True) if both else ""
        table.rows.append(
            [
                each.account_id, clean(each.name or ""), clean(each.owner_name or ""),
                numbers.NOTHING if each.mrr is None else numbers.plain(each.mrr, 0), _score(each.score),
                each.band or "no score", _score(each.score_new), each.band_new or "no score", moved,
            ]
        )  # fmt: skip
    return table


def _score(score: Decimal | None) -> str:
    return numbers.NOTHING if score is None else numbers.plain(score, 1)
