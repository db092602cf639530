"""The exports through the front door give the rows of the company, and their dirt is treated as the README says."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from tenure.core.config import Settings
from tenure.sources.demo import simulate, write_canonical, write_files
from tenure.sources.files.map_reader import read_map
from tenure.sources.files.mapping import NO_MAP, Entry
from tenure.sources.files.read import open_incoming
from tenure.warehouse.archive import store as archive
from tenure.warehouse.checks import run_checks
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load.command import Terms, load
from tenure.warehouse.load.report import Delivery, Report
from tenure.warehouse.store import Store
from tenure.warehouse.tables import find
from tenure.warehouse.versions import derive

TODAY = date(2026, 8, 15)
ZONE = "Europe/Berlin"
TERMS = Terms(datetime(2026, 8, 15, 12), ZONE, history=True)
Jobs = list[tuple[Path, str, Entry]]


class Loaded:
    """A workspace into which files were loaded."""

    def __init__(self, home: Path, jobs: Jobs) -> None:
        home.mkdir()
        self.store = Store.create(home)
        with Inbox.open(home) as inbox:
            deliveries = []
            for path, table, entry in jobs:
                kept = archive(home, path)
                incoming = open_incoming(path, find(table), zone=ZONE, entry=entry, name=path.name)
                deliveries.append(Delivery(incoming, kept.path, kept.sha256))
            reports = load(self.store, inbox, deliveries, TERMS)
            for delivery in deliveries:
                delivery.incoming.close()
        self.reports: dict[tuple[str, str], list[Report]] = {}
        for report in reports:
            self.reports.setdefault((report.file, report.table), []).append(report)

    def rows(self, table: str) -> set[tuple[object, ...]]:
        """All versions of the canonical columns and custom attributes, and when each was known."""
        columns = ", ".join(f'"{column.name}"' for column in find(table).columns if not column.check_only)
        return set(self.store.rows(f'SELECT {columns}, custom, known_at FROM "{table}"'))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> tuple[Loaded, Loaded, str]:
    """The exports, the canonical files, and the README of the exports."""
    folder = tmp_path_factory.mktemp("company")
    company = simulate(60, today=TODAY, zone=ZONE)
    write_files(company, folder / "exports")
    plan = read_map(folder / "exports" / "map.toml").for_folder(folder / "exports")
    exports = Loaded(folder / "a", [(job.path, job.table, job.entry) for job in plan.jobs])
    plain = write_canonical(company, folder / "canonical")
    canonical = Loaded(folder / "b", [(path, path.stem, NO_MAP) for path in plain])
    return exports, canonical, (folder / "exports" / "README.txt").read_text("utf-8")


def test_exports_and_canonical_files_say_the_same(loaded) -> None:
    exports, canonical, _ = loaded
    for _, table in canonical.reports:
        mine, theirs = exports.rows(table), canonical.rows(table)
        orphan = {row for row in mine if "N-X000001" in row}  # kept, in as many versions as it was known
        assert bool(orphan) == (table == "survey_answer")
        assert len(theirs) > 0
        assert mine - orphan == theirs, table


def test_the_canonical_files_are_clean(loaded) -> None:
    for (report,) in loaded[1].reports.values():
        assert (report.rejected, report.unchanged) == (0, 0), report


def test_the_dirt_is_treated_as_the_readme_says(loaded) -> None:
    exports, _, readme = loaded
    lines = {name: int(line) for name, line in re.findall(r"^  (\S+), line (\d+):", readme, flags=re.MULTILINE)}
    rejected = {
        report.file: [(row.line, row.column, row.value) for row in report.failed]
        for reports in exports.reports.values()
        for report in reports
        if report.rejected
    }
    assert rejected == {
        "billing_subscriptions.csv": [(lines["billing_subscriptions.csv"], "seats", "-3")],
        "churn_log.csv": [(lines["churn_log.csv"], "noted_on", "2025-02-30")],
    }
    unchanged = {key: sum(r.unchanged for r in reports) for key, reports in exports.reports.items()}
    assert {key: count for key, count in unchanged.items() if count} == {
        ("payments.csv", "payment"): 1,
        ("price_list.csv", "product"): 3,  # four plans of one product
    }


def test_the_checks_find_the_dirt_and_nothing_else(loaded) -> None:
    exports, canonical, _ = loaded

    def found(company: Loaded) -> dict[str, int]:
        derive(company.store.con, ZONE)
        results = run_checks(company.store.con, Settings("EUR", ZONE), TERMS.now)
        return {result.name: result.count for result in results if result.count}

    assert found(exports) == {"orphan": 1, "refused_row": 2}
    assert found(canonical) == {}
