"""What forms take: nothing from another site, and no field that they do not show."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tenure.web.access import links, sessions
from tenure.web.access.models import ApiKey, Grant, Session, User
from tenure.web.access.page import page_of
from tenure.web.access.rights import Right
from tenure.web.access.roles import Role
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
POSTS = [
    found for pattern in get_resolver().url_patterns if (found := page_of(pattern.callback)) and "POST" in found.methods
]
#: What somebody adds to a form who would like to be more than she is.
MORE = {
    "roles": "administrator", "role": "administrator", "is_active": "on", "is_staff": "on", "is_superuser": "on", "user": "1",
    "user_id": "1", "id": "1", "pk": "1", "owner": "m1", "csm_id": "m1", "email": "x@example.com", "name": "Changed",
    "password_hash": "x", "scope": "write_rows", "may_write": "on", "expires_at": "2099-01-01", "strong": "1", "sure": "1",
}  # fmt: skip


def people():
    return (
        list(User.objects.order_by("pk").values_list("pk", "email", "name", "csm_id", "is_active", "password")),
        sorted(Grant.objects.values_list("user_id", "role")),
    )


def test_no_form_is_taken_that_is_not_from_a_page_of_ours(administrator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    assert len(POSTS) > 20
    for url in ("/" + re.sub(r"<\w+:(\w+)>", "1", page.route) for page in POSTS if not page.writes):
        for more in ({}, {"csrfmiddlewaretoken": "x" * 64}):
            answer = client.post(url, {"what": "remove", **more}, headers={"Origin": "https://evil.example"})
            assert answer.status_code == 403, url
            assert "nothing was changed" in answer.content.decode()


def test_what_takes_rows_takes_no_cookie(administrator):
    client = Client()
    client.force_login(administrator)
    for page in POSTS:
        if page.writes:
            assert (
                client.post(
                    "/" + re.sub(r"<(\w+):\w+>", lambda m: "1" if m[1] == "int" else "account", page.route)
                ).status_code
                == 401
            )


def test_nobody_becomes_more_by_adding_fields_to_forms(administrator, somebody, as_):
    csm = somebody(Role.CSM, email="csm@example.com", csm_id="c1", name="Cy")
    client = as_(csm)
    before = people()
    for page in POSTS:
        if Role.CSM in page.roles and page.name not in ("log_out", "end_all_sessions"):
            client.post("/" + re.sub(r"<\w+:(\w+)>", "1", page.route), MORE | {"theme": "dark", "what": "save"})
            assert people() == before, page.name
    assert client.get("/account/").status_code == 200
    asked = {"days": "30", "rights": ["read_figures"], "secret_hash": "x"}
    assert client.post("/account/keys/add/", MORE | asked).status_code == 200
    key = ApiKey.objects.get()
    assert (key.user, key.rights) == (csm, (Right.FIGURES,))
    assert timedelta(days=29) < key.expires_at - timezone.now() < timedelta(days=31)
    new = {"old": PASSWORD, "password": "seven grey herons", "again": "seven grey herons"}
    assert client.post("/account/password/", MORE | new).status_code == 302
    now = people()
    assert [row[:5] for row in now[0]] == [row[:5] for row in before[0]]
    assert now[1] == before[1]


def test_an_invitation_makes_a_password_and_nothing_else(administrator, somebody):
    bea = somebody(Role.VIEWER, email="bea@example.com", password=None)
    secret = links.invite(bea, by=administrator).secret
    client = Client()
    client.get(f"/welcome/{secret}/")
    before = [row[:5] for row in people()[0]]
    assert client.post("/welcome/", MORE | {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert [row[:5] for row in people()[0]] == before
    assert set(User.objects.get(pk=bea.pk).roles) == {Role.VIEWER}


def test_an_administrators_forms_take_what_they_show(administrator, as_):
    client = as_(administrator)
    given = {
        "name": "New",
        "email": "new@example.com",
        "roles": ["viewer"],
        "csm_id": "",
        "is_active": "",
        "password": "known to me",
        "id": "1",
    }
    assert client.post("/people/add/", given).status_code == 200
    new = User.objects.get(email="new@example.com")
    assert new.is_active
    assert not new.has_usable_password()
    changed = {
        "name": "Newer",
        "roles": ["viewer"],
        "csm_id": "",
        "email": "taken@example.com",
        "password": "known to me",
    }
    assert client.post(f"/people/{new.pk}/", changed).status_code == 302
    new.refresh_from_db()
    assert (new.name, new.email, new.has_usable_password()) == ("Newer", "new@example.com", False)


def test_whoever_plants_a_session_has_nothing_by_it(administrator):
    """Before log-in, and half-way through it: the key is another one after each step, and the old one is gone."""
    client = Client()
    session = client.session
    session["half"] = {"user": administrator.pk, "way": "password", "wanted": "/", "at": "2020-01-01T00:00:00+00:00"}
    session.save()
    client.cookies["tenure_session"] = planted = session.session_key
    client.post("/log-in/", {"email": administrator.email, "password": PASSWORD})
    assert client.cookies["tenure_session"].value != planted
    assert not Session.objects.filter(session_key=sessions.hashed(planted)).exists()
    assert client.get("/account/").status_code == 200
