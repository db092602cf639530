"""A workspace with the simulated company, loaded as a user would."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tenure.engine.verbs.load import Load, Loaded
from tenure.engine.verbs.run import Run
from tenure.engine.workspace import Local, Workspace
from tenure.sources.demo import simulate, write_canonical
from tests.workspaces import MEASURED, empty

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 11)


@dataclass
class Bench:
    """A workspace whose clock the test sets."""

    home: Path
    now: datetime = NOON
    opened: list[Workspace] = field(default_factory=list)

    def workspace(self) -> Workspace:
        """The workspace, opened by this process; one opened before is closed."""
        for workspace in self.opened:
            workspace.close()
        clock: Callable[[], datetime] = lambda: self.now  # noqa: E731
        self.opened.append(Workspace(self.home, Local(self.home, clock), clock=clock))
        return self.opened[-1]

    def load(self, table: str, text: str, **more: Any) -> Loaded:
        """A CSV file loaded into a table."""
        path = self.home / f"{table}-{len(list(self.home.glob(f'{table}-*.csv')))}.csv"
        path.write_text(text)
        self.now += timedelta(seconds=1)  # what is loaded later is learned later
        workspace = self.workspace()
        try:
            loaded: Loaded = workspace.call("load", Load((str(path),), table, **more))
            return loaded
        finally:
            workspace.close()


def new_home(folder: Path) -> Path:
    """An empty workspace."""
    return empty(folder, timezone="Europe/Berlin")


_LOADED: dict[tuple[object, ...], Bench] = {}


def loaded(bench: Bench, tables: dict[str, str], *, history: bool = False) -> Bench:
    """The workspace with these files loaded and published: made once a process, and copied."""
    key = (history, *tables.items())
    if key not in _LOADED:
        made = Bench(new_home(Path(mkdtemp(prefix="loaded-")) / "home"))
        atexit.register(shutil.rmtree, made.home.parent)
        for table, text in tables.items():
            made.load(table, text, history=history)
        made.workspace().call("run", Run())
        made.opened[-1].close()
        _LOADED[key] = made
    shutil.rmtree(bench.home)
    shutil.copytree(_LOADED[key].home, bench.home)
    bench.now = _LOADED[key].now
    return bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An empty workspace."""
    found = Bench(new_home(tmp_path / "home"))
    yield found
    for workspace in found.opened:
        workspace.close()


@pytest.fixture(scope="session")
def _company_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    home, files = new_home(folder / "home"), folder / "files"
    files.mkdir()
    write_canonical(simulate(accounts=60, months=24, today=TODAY, seed=7), files, MEASURED)
    found = Bench(home)
    workspace = found.workspace()
    for path in sorted(files.iterdir()):
        workspace.call("load", Load((str(path),), path.stem, history=True))
    workspace.close()
    return home


@pytest.fixture
def company(_company_home: Path, tmp_path: Path) -> Iterator[Bench]:
    """A workspace of the test's own with the simulated company."""
    home = tmp_path / "company"
    shutil.copytree(_company_home, home)
    found = Bench(home)
    yield found
    for workspace in found.opened:
        workspace.close()
