"""The generated pages of the reference."""

from __future__ import annotations

import re

import pytest

from tenure.warehouse.table import Type
from tenure.warehouse.tables import all_tables
from tools import docs_reference


@pytest.fixture
def reference(tmp_path):
    assert docs_reference.main([], tmp_path) == 0
    return tmp_path


def test_the_pages_in_the_repository_are_as_the_definitions_say():
    assert docs_reference.main(["--check"]) == 0


def test_there_is_a_page_for_each_table(reference):
    pages = {path.stem for path in (reference / "tables").iterdir()}
    assert pages == {*all_tables(), "README"}


def test_no_link_leads_nowhere(reference):
    for page in reference.rglob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
            assert (page.parent / target).is_file(), f"{page.name} -> {target}"


def test_the_index_explains_every_type(reference):
    index = (reference / "tables" / "README.md").read_text()
    assert [kind for kind in Type if f"\n| {kind.value} | " not in index] == []


def test_check_finds_a_page_changed_missing_or_left_over(reference, capsys):
    assert docs_reference.main(["--check"], reference) == 0
    (reference / "tables" / "account.md").write_text("by hand")
    (reference / "tables" / "person.md").unlink()
    (reference / "tables" / "gone.md").write_text("no such table")
    assert docs_reference.main(["--check"], reference) == 1
    complaint = capsys.readouterr().err
    assert [name in complaint for name in ("account.md", "person.md", "gone.md", "csm.md")] == [True, True, True, False]
    assert (reference / "tables" / "account.md").read_text() == "by hand"


def test_writing_mends_what_differs_and_removes_what_is_left_over(reference):
    (reference / "tables" / "account.md").write_text("by hand")
    (reference / "tables" / "gone.md").write_text("no such table")
    docs_reference.main([], reference)
    assert docs_reference.main(["--check"], reference) == 0
    assert not (reference / "tables" / "gone.md").exists()


def test_other_arguments_are_refused(tmp_path, capsys):
    assert docs_reference.main(["--chek"], tmp_path) == 2
    assert "usage" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
