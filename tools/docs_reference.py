"""Write the generated pages of ``docs/reference`` (``./dev docs``), or with ``--check`` say which are behind.

A section is a folder whose files are all generated: what no definition makes is removed from it. A new kind of page is
a function that gives its section's pages, and a line in ``SECTIONS``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from tenure.cli import numbers
from tenure.cli.figures import slice_text
from tenure.figures import kept
from tenure.metrics.kinds import Entry
from tenure.warehouse.table import Table
from tenure.warehouse.tables import all_tables
from tenure.warehouse.template import reference_page
from tests.example import Example, example_of

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
Pages = Iterator[tuple[str, str]]  # file name, text


def tables() -> Pages:
    """One page for each canonical table, and their index."""
    every = all_tables()
    yield "README.md", _tables_index(every)
    for name, table in every.items():
        yield f"{name}.md", _signed(reference_page(table), f"src/tenure/warehouse/tables/{name}.py")


def metrics() -> Pages:
    """One page for each metric, and their index by family."""
    every = kept.catalogue()
    yield "README.md", _metrics_index(every)
    for slug, entry in every.items():
        yield f"{slug}.md", _signed(_metric_page(entry), f"src/tenure/metrics/{entry.family}/{slug}.py")


def _metrics_index(every: Mapping[str, Entry]) -> str:
    lines = ["# Metrics", "", "What each number means. In the terminal: `tenure metrics`, `tenure explain METRIC`.", ""]
    for family in dict.fromkeys(entry.family for entry in sorted(every.values(), key=lambda entry: entry.family)):
        lines += [f"## {family.capitalize()}", "", "| metric | what it is |", "|---|---|"]
        mine = [entry for entry in every.values() if entry.family == family]
        lines += [f"| [`{entry.slug}`]({entry.slug}.md) | {_cell(entry.summary)} |" for entry in mine] + [""]
    return "\n".join(lines).rstrip() + "\n"


def _metric_page(entry: Entry) -> str:
    window = (
        "the period itself" if entry.window == "period" else f"the trailing {entry.window.removesuffix('m')} months"
    )
    lines = [f"# {entry.slug}", "", entry.definition.replace("``", "`"), ""]
    lines += [f"* Family: {entry.family}. Unit: {entry.unit}. Default window: {window}."]
    if entry.by:
        lines += [f"* Dimensions of its own: {', '.join(f'`{name}`' for name in entry.by)}."]
    if entry.axes:
        lines += ["", "## Variants", "", "| axis | options, the default first |", "|---|---|"]
        lines += [f"| {axis} | {', '.join(f'`{name}`' for name in options)} |" for axis, options in entry.axes.items()]
    example = example_of(entry)
    if example:
        lines += ["", "## Example", "", *_example(entry, example)]
    return "\n".join(lines) + "\n"


def _example(entry: Entry, example: Example) -> list[str]:
    """The story, the rows by table, the command and what it shows."""
    lines = [" ".join(example.story.split()).replace("``", "`"), ""]
    for table in example.tables:
        rows = example.rows(table)
        lines += [
            f"[`{table}`](../tables/{table}.md):",
            "",
            *_grid([*rows[0]], [[cell or "" for cell in row.values()] for row in rows]),
            "",
        ]
    lines += [f"On {example.now} `tenure show {entry.slug} {example.command}` shows:", ""]
    return [*lines, *_shown(entry, example)]


def _shown(entry: Entry, example: Example) -> list[str]:
    """A row for each figure, its numbers as the command writes them."""
    shows = example.shows
    values = [None if shown.value is None else Decimal(shown.value) for shown in shows]
    places = numbers.places_for(entry.unit, values)
    columns = {name: [slice_text(shown.slice[name] or None) for shown in shows] for name in shows[0].slice}
    columns[_UNITS.get(entry.unit, "value")] = [numbers.figure(value, entry.unit, places) for value in values]
    for name in ("numerator", "denominator"):
        columns[name] = [_plain(getattr(shown, name)) for shown in shows]
    for name in dict.fromkeys(name for shown in shows for name in shown.beside):
        columns[name.replace("_", " ")] = [_plain(shown.beside.get(name), name) for shown in shows]
    for reason in dict.fromkeys(reason for shown in shows for reason in shown.left_out):
        columns[f"left out: {reason}"] = [_plain(shown.left_out.get(reason)) for shown in shows]
    told = {title: cells for title, cells in columns.items() if any(cells)}
    return _grid([*told], [list(row) for row in zip(*told.values(), strict=True)])


def _grid(head: list[str], body: list[list[str]]) -> list[str]:
    rows = [head, ["---"] * len(head), *body]
    return ["| " + " | ".join(row) + " |" for row in rows]


def _plain(number: str | None, name: str = "") -> str:
    if number and name.endswith(("_share", "_rate")):
        return f"{(Decimal(number) * 100).normalize():f} %"
    return f"{Decimal(number):,}" if number else ""


#: What a column of values is headed with; the examples' currency is that of ``tests.world``.
_UNITS = {"money": "EUR"} | {unit: unit for unit in ("points", "score", "minutes", "days")}


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


SECTIONS: dict[str, Callable[[], Pages]] = {"tables": tables, "metrics": metrics}


def main(arguments: list[str], root: Path = REFERENCE) -> int:
    """Exit code: 1 where ``--check`` found a page that differs from its definition, 2 for unknown arguments."""
    if arguments not in ([], ["--check"]):
        print("usage: ./dev docs [--check]", file=sys.stderr)
        return 2
    behind = [
        path for section, pages in SECTIONS.items() for path in _bring_up(root / section, dict(pages()), arguments)
    ]
    if not arguments:
        return 0
    for path in behind:
        print(f"{path} is not as its definition says: run ./dev docs", file=sys.stderr)
    return 1 if behind else 0


def _bring_up(folder: Path, pages: dict[str, str], arguments: list[str]) -> list[Path]:
    """The files of the folder that differ from ``pages``; they are mended unless only to be checked."""
    there = {path.name for path in folder.glob("*")} if folder.is_dir() else set()
    changed = [name for name, text in pages.items() if name not in there or (folder / name).read_text("utf-8") != text]
    stale = sorted(there - pages.keys())
    if not arguments:
        folder.mkdir(parents=True, exist_ok=True)
        for name in changed:
            (folder / name).write_text(pages[name], "utf-8")
        for name in stale:
            (folder / name).unlink()
    return [folder / name for name in (*changed, *stale)]


def _signed(page: str, definition: str) -> str:
    return f"{page}\n<!-- Made by ./dev docs from {definition}: change it there. -->\n"


def _tables_index(every: dict[str, Table]) -> str:
    lines = [
        "# The canonical tables",
        "",
        _TABLES_ARE,
        "",
        "| Table | Holds | Key | Meaning |",
        "|---|---|---|---|",
    ]
    for name, table in every.items():
        key = ", ".join(f"`{column}`" for column in table.key)
        first = table.meaning.split(". ")[0].rstrip(".")
        lines.append(f"| [{name}]({name}.md) | {'events' if table.events else 'state'} | {key} | {first}. |")
    return _signed("\n".join(lines) + "\n\n" + _TYPES, "src/tenure/warehouse/tables")


_TABLES_ARE = """Sources are many; these tables are the one language that every metric speaks. `tenure load TABLE FILE`
fills them. A file's unknown columns are kept as custom attributes."""

_TYPES = """## What the columns hold

| Type | Is |
|---|---|
| text | Text; keys are texts, so that `007` stays `007`. |
| integer | A whole number. |
| number | A number with up to four decimals. |
| money | An amount in the row's currency, with up to four decimals. |
| price | An amount with up to eight decimals: a price per unit may be far below a cent. |
| rate | An exchange rate, with up to nine decimals. |
| value | A metric's value, in its own unit, with up to eight decimals. |
| share | A fraction with up to six decimals: `0.25` is 25 %. |
| boolean | `true` or `false`. |
| time | An instant, ISO 8601, with a zone or in the one declared for the file. A date without a time is the start of that day in the organisation's zone. |
| date | A civil date of the organisation, `2026-03-31`. |
| clock | A time of day, `09:00`; `24:00` is the end of the day. |
| list | Texts: a JSON array, or with `;` between them. |
| json | A JSON object. |

Ends are exclusive: a term until the end of March ends on 1 April. Every table may also have the columns `known_at` (when
the row was learned), `source` and `source_id`. Columns marked personal tell of a natural person: they are erased on
demand and enter no figure.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
