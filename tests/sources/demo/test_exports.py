"""The exports are what their map says, tell the same story as the canonical tables, and own up to their dirt."""

from __future__ import annotations

import csv
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tenure.sources.demo import write_files
from tenure.warehouse.tables import all_tables


@pytest.fixture(scope="module")
def folder(company, tmp_path_factory) -> Path:
    place: Path = tmp_path_factory.mktemp("exports")
    write_files(company, place)
    return place


@pytest.fixture(scope="module")
def loads(folder) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((folder / "map.toml").read_text("utf-8"))["load"]
    return found


def rows(folder: Path, load: dict[str, Any]) -> list[dict[str, str]]:
    """The file's rows as texts."""
    path = folder / load["file"]
    if path.suffix in (".jsonl", ".parquet"):
        keys = [key for key, *_ in duckdb.connect().execute(f"DESCRIBE FROM '{path}'").fetchall()]
        found = duckdb.connect().execute(f"FROM '{path}'").fetchall()
        return [dict(zip(keys, ("" if cell is None else str(cell) for cell in row), strict=True)) for row in found]
    text = path.read_text(load.get("encoding", "utf-8"))
    return list(csv.DictReader(text.splitlines(), delimiter=load.get("delimiter", ",")))


def sources(load: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The targets of a load by name, each as a table."""
    given = load.get("columns", {}) | load.get("custom", {})
    return {name: {"from": target} if isinstance(target, str) else target for name, target in given.items()}


def test_the_same_company_writes_the_same_files(company, folder, tmp_path: Path) -> None:
    paths = write_files(company, tmp_path)
    assert {path.name for path in paths} | {"map.toml", "README.txt"} == {path.name for path in folder.iterdir()}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_the_map_names_every_file_and_only_those(folder, loads) -> None:
    files = {path.name for path in folder.iterdir()} - {"map.toml", "README.txt"}
    assert {load["file"] for load in loads} == files


def test_the_map_uses_or_ignores_every_column_and_only_those(folder, loads) -> None:
    for load in loads:
        header = set(rows(folder, load)[0])
        table = all_tables()[load["table"]]
        targets = sources(load)
        used = {target["from"] for target in targets.values() if "from" in target}
        used |= {word for target in targets.values() for word in re.findall(r"[a-z_]+", target.get("expr", ""))} - {
            "number"
        }
        assert used <= header, load["file"]
        assert set(load.get("columns", ())) <= set(table.names)
        assert header - used - set(load.get("ignore", ())) <= set(table.names), load["file"]


def test_value_maps_cover_what_the_files_hold(folder, loads) -> None:
    for load in loads:
        found = rows(folder, load)
        for name, target in sources(load).items():
            if "values" in target:
                held = {row[target["from"]] for row in found} - {""}
                assert held <= set(target["values"]), (load["file"], name)


def test_the_readme_names_the_line_of_every_wrong_row(folder: Path) -> None:
    text = (folder / "README.txt").read_text("utf-8")
    lines: dict[str, str] = dict(re.findall(r"^  (\S+), line (\d+):", text, flags=re.MULTILINE))

    def line(name: str) -> list[str]:
        """The line before the one named, and that one."""
        whole, last = (folder / name).read_text("utf-8"), int(lines[name])
        return whole.splitlines()[last - 2 : last]

    assert set(lines) == {"billing_subscriptions.csv", "churn_log.csv", "nps.csv", "payments.csv"}
    assert ",-3,19.00," in line("billing_subscriptions.csv")[1]
    assert ",2025-02-30," in line("churn_log.csv")[1]
    assert ",A-X0404," in line("nps.csv")[1]
    assert line("payments.csv")[0] == line("payments.csv")[1]


def test_what_tells_a_german_export_is_there(company, folder) -> None:
    accounts = (folder / "crm_accounts.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        accounts.decode("utf-8")
    assert "Süd" in accounts.decode("cp1252")
    contracts = list(csv.DictReader((folder / "contracts.csv").read_text("utf-8").splitlines(), delimiter=";"))
    ids, ends, values = (
        company.tables["contract"].column(name).to_pylist() for name in ("contract_id", "ended_at", "value")
    )
    canonical = {key: (end, value) for key, end, value in zip(ids, ends, values, strict=True)}
    for row in contracts:
        day, month, year = map(int, row["Last Day"].split("."))
        end, value = canonical[row["Contract"]]
        assert (end - date(year, month, day)).days == 1  # written as the last day, held as the first day after
        assert f"{value:,.2f}".translate(str.maketrans(",.", ".,")) == row["Annual Value"]
