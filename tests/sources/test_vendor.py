"""What every vendor's package brings."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tenure.sources.files.map_reader import parse_map
from tenure.sources.vendor import find, moment, vendors

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", vendors())
def test_a_vendor_says_how_it_is_loaded_and_why(name: str) -> None:
    vendor = find(name)
    guides = ROOT / "docs" / "how-to"
    telling = [
        path.name for path in guides.glob("*.md") if f"sources/{name}/DECISIONS.md" in path.read_text(encoding="utf-8")
    ]
    index = (guides / "README.md").read_text(encoding="utf-8")
    assert any(f"({page})" in index for page in telling)
    assert (ROOT / "src" / "tenure" / "sources" / name / "DECISIONS.md").is_file()
    assert parse_map(vendor.map, f"map of {name}").entries
    loads = tomllib.loads(vendor.map)["load"]
    looked_up = {
        target["lookup"]["file"] for load in loads for target in load.get("columns", {}).values()
        if isinstance(target, dict) and "lookup" in target
    }  # fmt: skip
    assert set(vendor.made) <= {load["file"] for load in loads} | looked_up  # nothing is made for nothing
    assert looked_up <= set(vendor.made)
    assert {stream for made in vendor.made.values() for stream in made.of} <= set(vendor.columns)
    assert not vendor.aside & (set(vendor.columns) | {load["file"] for load in loads})


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-06 15:00:00", "2026-03-06T15:00:00Z", "2026-03-06T15:00:00.000+00:00", "2026-03-06 15:00:00 UTC",
        "2026-03-06 17:00:00+02", "2026-03-06 17:00:00 +0200", "2026-03-06T09:30:00-05:30",
    ],
)  # fmt: skip
def test_an_instant_is_read_however_a_connector_writes_it(text: str) -> None:
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'America/New_York'")  # where it is read does not matter
        assert con.execute(f"SELECT {moment('t')} FROM (SELECT ? AS t)", [text]).fetchall() == [
            (datetime(2026, 3, 6, 15),)
        ]
        assert con.execute(f"SELECT {moment('t')} FROM (SELECT 'soon' AS t)").fetchall() == [(None,)]
