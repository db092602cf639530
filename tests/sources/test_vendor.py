"""What every vendor's package brings."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tenure.sources.files.map_reader import parse_map
from tenure.sources.vendor import find, vendors

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", vendors())
def test_a_vendor_says_how_it_is_loaded_and_why(name: str) -> None:
    vendor = find(name)
    index = (ROOT / "docs" / "how-to" / "README.md").read_text(encoding="utf-8")
    assert f"(load-from-{name}.md)" in index
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
