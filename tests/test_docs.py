"""What the documentation shows is what happens, and what it points to is there."""

import re
from pathlib import Path

import pytest

from tests.docs_runner import Session, failures, steps
from tests.sources.stripe.mock import KEY, small_account
from tests.sources.vendor_server import served

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN = [page for page in PAGES if steps(page.read_text(encoding="utf-8"))]
LINK = re.compile(r"\[[^\]]*\]\((?!\w+:)(?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$|<a id=\"([^\"]+)\">", re.MULTILINE)


def name(page):
    return str(page.relative_to(ROOT))


@pytest.fixture
def vendor():
    """What pages about fetching call $STRIPE, with the $KEY that it accepts."""
    with served(small_account().answer) as server:
        yield {"STRIPE": server.address, "KEY": KEY}


@pytest.mark.parametrize("page", RUN, ids=name)
def test_commands_answer_as_shown(page, tmp_path, vendor):
    session = Session(tmp_path, vendor)
    (session.folder / "examples").symlink_to(ROOT / "examples")  # as in the clone that a reader stands in
    told = failures(page, session)
    assert not told, "\n".join(told)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in LINK.finditer(text):
        target = (page.parent / link["target"]).resolve() if link["target"] else page
        assert target.exists(), f"{link[0]} leads nowhere"
        if link["anchor"]:
            assert link["anchor"] in anchors(target), f"{link[0]}: no such heading"


def anchors(page):
    """The anchors of a page, as code hosts make them from headings."""
    found = set()
    for heading, given in HEADING.findall(page.read_text(encoding="utf-8")):
        found.add(given or re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def test_every_decision_is_listed_and_has_its_parts():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = sorted(folder.glob("[0-9]*.md"))
    assert records
    for record in records:
        assert f"({record.name})" in index
        text = record.read_text(encoding="utf-8")
        for part in ("# ", "## Context", "## Decision", "## Consequences"):
            assert part in text, f"{record.name} has no {part!r}"
