"""The web application on an empty workspace, with its people."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tenure import keeper
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.sources.demo import simulate, write_canonical
from tenure.web.access import people
from tenure.web.access.models import User
from tenure.web.access.roles import Role
from tests.engine.conftest import TODAY, Bench, new_home
from tests.web import small
from tests.web.company import put_into
from tests.workspaces import MEASURED

PASSWORD = "a harbour at dusk"


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory) -> Path:
    """A workspace in which nothing is, published once: each test that opens a page would do so anew."""
    home = new_home(tmp_path_factory.mktemp("empty"))
    keeper.open(home).call("run", Run())
    return home


@pytest.fixture(autouse=True)
def home(tmp_path, settings, empty_home):
    """The workspace: an empty one of its own for every test."""
    settings.HOME = tmp_path / "home"
    shutil.copytree(empty_home, settings.HOME)
    return settings.HOME


@pytest.fixture(scope="session")
def company_home(tmp_path_factory):
    """A workspace with the simulated company, as of today: pages ask the clock."""
    folder = tmp_path_factory.mktemp("company-of-pages")
    home, files = new_home(folder / "home"), folder / "files"
    files.mkdir()
    write_canonical(simulate(accounts=60, months=18, today=TODAY, seed=7), files, MEASURED)
    workspace = Bench(home).workspace()
    for path in sorted(files.iterdir()):
        workspace.call("load", Load((str(path),), path.stem, history=True))
    workspace.close()
    keeper.open(home).call("run", Run())  # published once, not by each test
    return home


@pytest.fixture
def company(company_home, home):
    """The test's workspace with the company in it; reporting lines are read anew."""
    return put_into(home, company_home)


@pytest.fixture(scope="session")
def small_home(tmp_path_factory):
    """A workspace with a company that fits on a page."""
    return small.made_in(tmp_path_factory.mktemp("small"))


@pytest.fixture
def small_company(small_home, home):
    """The test's workspace with that company in it; reporting lines are read anew."""
    return put_into(home, small_home)


@pytest.fixture
def somebody(db) -> Callable[..., User]:
    """Make a person with these roles."""

    def make(
        *roles: Role, email: str = "", name: str = "Ada Example", csm_id: str = "", password: str | None = PASSWORD
    ):
        email = email or f"{'-'.join(role.value for role in roles)}@example.com"
        made: User = people.create(email=email, name=name, csm_id=csm_id, roles=roles, password=password)
        return made

    return make


@pytest.fixture
def administrator(somebody):
    """One who looks after people."""
    return somebody(Role.ADMINISTRATOR, email="ada@example.com")


@pytest.fixture
def as_(somebody) -> Callable[[User], Client]:
    """A browser in which a person is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        answer = client.post("/log-in/", {"email": user.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return log_in
