"""The lock files hold what the project asks for, by hash, and name no address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def locked(name):
    """What a lock installs: versions by package (several where they differ by Python or platform)."""
    versions = {}
    for entry in re.finditer(
        r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE
    ):
        versions.setdefault(entry[1].lower(), []).append(entry[2])
    return versions


def asked(*extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return [Requirement(text) for each in lists for text in each]


@pytest.mark.parametrize(("lock", "extras"), [("run", ()), ("test", ("test", "pandas", "polars"))])
def test_a_lock_holds_what_the_project_asks_for(lock, extras):
    versions = locked(lock)
    for requirement in asked(*extras):
        found = versions.get(requirement.name.lower(), [])
        assert found, f"{requirement.name} is not in {lock}.txt: run tools/lock.py"
        assert all(version in requirement.specifier for version in found), f"{requirement} against {found}"


def test_the_tests_run_on_what_users_run_on():
    assert locked("run").items() <= locked("test").items()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_everything_is_locked_by_hash_and_no_address_is_named(lock):
    text = lock.read_text()
    assert "://" not in text
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert entry.count("--hash=sha256:") >= 1, entry
