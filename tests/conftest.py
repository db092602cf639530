"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tenure.figures import kept
from tests import postgres as server

ROOT = Path(__file__).resolve().parents[1]
#: The files that take longest, of which each is one worker's work: begun last, one would keep the others waiting.
LONGEST = (
    "test_docs.py", "web/test_journeys.py", "contracts/test_engines.py", "keeper/test_same_answers.py",
    "engine/test_workspace.py", "web/test_leaks.py", "web/test_api_document.py",
    "engine/test_lent_anew.py", "web/test_every_page.py", "web/test_browser.py", "engine/test_bridge.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    ranks = {ROOT / "tests" / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs beside the project, which are not in the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        missing("shared_data", f"the real inputs are not in {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A connection string (libpq) of a running PostgreSQL server that belongs to the tests."""
    folder = server.binaries()
    if folder is None:
        missing("postgres", "no PostgreSQL server is installed (apt-get install postgresql)")
    with server.cluster(folder) as connection:
        yield connection


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The program of a browser that runs without a screen."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing("chromium", "no Chromium is installed (apt-get install chromium)")
    return Path(found)


@pytest.fixture
def few_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of one metric of each kind: to close a period asks all of them, most of which is compiling."""
    slugs = ("gross_revenue_retention", "mrr", "net_promoter_score", "time_to_resolution")
    few = {slug: kept.entry(slug) for slug in slugs}
    monkeypatch.setattr(kept, "catalogue", lambda _settings=None: few)


def missing(name: str, reason: str) -> NoReturn:
    """Skip, or fail where ``TENURE_REQUIRE`` (words with spaces between) says that this has to be there."""
    if name in os.environ.get("TENURE_REQUIRE", "").split():
        pytest.fail(f"{name} is required here: {reason}")
    pytest.skip(reason)
