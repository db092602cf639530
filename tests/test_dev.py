"""The entry script: what it says, when it installs, and how it ends."""

import importlib.util
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def dev(tmp_path, monkeypatch):
    """The script as a module, in a project folder of its own with the real one's locks."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dev", loader))
    loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for path in (*ROOT.glob("requirements/*.txt"), ROOT / "pyproject.toml"):
        (tmp_path / path.relative_to(ROOT)).write_text(path.read_text())
    for name, path in {"ROOT": ".", "VENV": ".venv", "BIN": ".venv/bin", "LOCKS": "requirements"}.items():
        monkeypatch.setattr(module, name, tmp_path / path)
    return module


@pytest.fixture
def installed(dev, monkeypatch):
    """The words of every program that the script runs, with a .venv that is there already."""
    (dev.BIN).mkdir(parents=True)
    (dev.BIN / "python").symlink_to(sys.executable)
    commands = []
    monkeypatch.setattr(dev, "run", lambda command: commands.append([str(word) for word in command]))
    return commands


def test_help_names_every_command(dev, capsys):
    assert dev.main([]) == 0
    told = capsys.readouterr().out
    for name in dev.COMMANDS.keys() - {"help", "--help", "-h"}:
        assert f"./dev {name} " in told


def test_an_unknown_command_is_used_wrongly(dev, capsys):
    assert dev.main(["tset"]) == 2
    assert "'tset'" in capsys.readouterr().out


def test_an_old_python_is_told_so(dev, capsys, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    assert dev.main(["setup"]) == 3
    assert "3.11" in capsys.readouterr().out


def test_everything_but_the_project_itself_is_installed_by_hash(dev, installed):
    dev.setup("run")
    *by_hash, project = installed
    assert [Path(command[-1]).name for command in by_hash] == ["bootstrap.txt", "run.txt"]
    assert all("--require-hashes" in command for command in by_hash)
    assert "--no-deps" in project
    assert project[-1] == str(dev.ROOT)


def test_setup_does_nothing_until_a_lock_changes(dev, installed):
    dev.setup("test")
    assert len(installed) == 3
    dev.setup("test")
    dev.setup("run")
    assert len(installed) == 3, "what the tests need includes what users need"
    with (dev.LOCKS / "test.txt").open("a") as lock:
        lock.write("# changed\n")
    dev.setup("test")
    assert len(installed) == 6


def test_a_failed_installation_is_tried_again(dev, installed, monkeypatch):
    def fail(command):
        raise subprocess.CalledProcessError(1, command)

    works = dev.run
    monkeypatch.setattr(dev, "run", fail)
    assert dev.main(["setup"]) == 1
    monkeypatch.setattr(dev, "run", works)
    assert dev.main(["setup"]) == 0
    assert installed


def test_bench_lists_results_again_and_fails_with_its_programs(dev, installed, capsys):
    folder = dev.ROOT / "bench"
    folder.mkdir()
    (folder / "quick.py").write_text("print('warming up')\nprint('= 2.1 M rows/s, 0.93 x bare reading')")
    (folder / "slow.py").write_text("raise SystemExit(1)")
    assert dev.bench([]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == ["quick: 2.1 M rows/s, 0.93 x bare reading", "slow: FAILED"]
    assert dev.bench(["quick"]) == 0
