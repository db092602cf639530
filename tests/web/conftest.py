"""The web application on an empty workspace, with its people."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tenure.web.access import people
from tenure.web.access.models import User
from tenure.web.access.roles import Role
from tests.engine.conftest import new_home

PASSWORD = "a harbour at dusk"


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory) -> Path:
    """A workspace in which nothing is."""
    return new_home(tmp_path_factory.mktemp("empty"))


@pytest.fixture(autouse=True)
def home(tmp_path, settings, empty_home):
    """The workspace: an empty one of its own for every test."""
    settings.HOME = tmp_path / "home"
    shutil.copytree(empty_home, settings.HOME)
    return settings.HOME


@pytest.fixture
def somebody(db) -> Callable[..., User]:
    """Make a person with these roles."""

    def make(
        *roles: Role, email: str = "", name: str = "Ada Example", csm_id: str = "", password: str | None = PASSWORD
    ):
        email = email or f"{'-'.join(role.value for role in roles)}@example.com"
        return people.create(email=email, name=name, csm_id=csm_id, roles=roles, password=password)

    return make


@pytest.fixture
def administrator(somebody) -> User:
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
