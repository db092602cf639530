"""The web application on an empty workspace, with its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tenure.web.access import people
from tenure.web.access.models import User
from tenure.web.access.roles import Role

PASSWORD = "a harbour at dusk"


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    """The workspace: a folder of its own for every test."""
    settings.HOME = tmp_path
    return tmp_path


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
