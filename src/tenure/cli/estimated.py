"""An estimate as people read it: the parameters, what stands by itself, and tables of what comes by period, group or name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from types import ModuleType

    from tenure.cli.style import Style
    from tenure.engine.methods import Estimated

_MOST = 24
"""Rows shown of one table; the others are left to JSON."""


def told(found: Estimated, method: ModuleType, style: Style) -> list[str]:
    """The lines of an answer. ``method``: its module, which knows the words."""
    title = (method.__doc__ or "").partition("\n")[0]
    fitted = found.params | ({"log-likelihood": found.loglik} if found.loglik is not None else {})
    single = {name: value for name, value in found.results.items() if not isinstance(value, Mapping | Sequence)}
    blocks = [
        [style.bold(title), style.grey(numbers.counted(found.n, method.COUNTED))],
        _listing(fitted),
        _listing(single),
    ]
    for key, columns in _by_key(found.results, method.KEYS).items():
        blocks.append(_table([key, *columns], _rows(columns), style))
    for name, value in found.results.items():
        if isinstance(value, Sequence) and value:
            blocks.append(_records(value, style))
        elif isinstance(value, Mapping) and name not in method.KEYS:
            for group, rows in value.items():
                blocks.append([style.bold(clean(group) or numbers.NOTHING), *_records(rows, style)])
    blocks += [paragraph(note, style) for note in found.notes]
    return [line for number, block in enumerate(filter(None, blocks)) for line in ([""] if number else []) + block]


def _listing(values: Mapping[str, Any]) -> list[str]:
    """Names and numbers below each other, aligned at both ends."""
    texts = {name.replace("_", " "): _number(value, 4) for name, value in values.items() if value is not None}
    name_room = max(map(len, texts), default=0)
    room = max(map(len, texts.values()), default=0)
    return [f"{name:{name_room}}  {text:>{room}}" for name, text in texts.items()]


def _by_key(results: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """What is given by the same key, together."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, value in results.items():
        if name in keys and isinstance(value, Mapping):
            found.setdefault(keys[name], {})[name] = value
    return found


def _rows(columns: Mapping[str, Mapping[str, Any]]) -> list[list[Any]]:
    first = next(iter(columns.values()))
    return [[key, *(column.get(key) for column in columns.values())] for key in first]


def _records(rows: Sequence[Mapping[str, Any]], style: Style) -> list[str]:
    return _table(list(rows[0]), [list(row.values()) for row in rows], style)


def _table(titles: list[str], rows: list[list[Any]], style: Style) -> list[str]:
    """A table; of a long one some rows, as far from each other as they can be."""
    count = len(rows)
    shown = rows if count <= _MOST else [rows[round(i * (count - 1) / (_MOST - 1))] for i in range(_MOST)]
    table, columns = Table([]), []
    for title, values in zip(titles, zip(*shown, strict=True), strict=True):
        is_text = isinstance(values[0], str)
        whole = all(value is None or is_text or float(value).is_integer() for value in values)
        columns.append([clean(value) if is_text else _number(value, 0 if whole else 4) for value in values])
        table.columns.append(Column(title.replace("_", " "), right=not is_text, flexible=is_text))
    table.rows += zip(*columns, strict=True)
    lines = table.lines(style)
    if count > _MOST:
        lines.append(style.grey(f"{_MOST} of {count:,} rows; all of them: --format json"))
    return lines


def _number(value: float | None, places: int) -> str:
    """A number with so many decimals, or as many as a small one needs; whole counts as they are."""
    if value is None:
        return numbers.NOTHING
    if isinstance(value, int):
        return f"{value:,}"
    if places and 0 < abs(value) < 1e-3:
        return f"{value:.3g}".replace("-", numbers.MINUS)
    return numbers.plain(value, places)
