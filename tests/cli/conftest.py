"""The command line, called as the shell would, on a small workspace at a fixed time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenure.cli.main import main
from tests.workspaces import clock, copy_to


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A small workspace, loaded and published, in which the time stands still."""
    from tenure import keeper

    original = keeper.open
    monkeypatch.setattr(keeper, "open", lambda home, **more: original(home, **{**more, "clock": clock}))
    monkeypatch.delenv("TENURE_HOME", raising=False)
    return copy_to(tmp_path / "home")


@pytest.fixture
def tenure(home, capsys, monkeypatch) -> Callable[..., Said]:
    """Run a command in the workspace, 80 columns wide unless told otherwise."""

    def run(words: str, *more: str, columns: int = 80) -> Said:
        monkeypatch.setenv("COLUMNS", str(columns))
        capsys.readouterr()
        code = main(["--home", str(home), *words.split(), *more])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run
