"""People: invited, changed, kept out; and the record of it."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from time_machine import travel

from tenure.web.access import links, people
from tenure.web.access.models import AuditEntry, Link, User
from tenure.web.access.people import LastAdministratorError
from tenure.web.access.roles import Role
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
OTHER = "seven grey herons"


def secret_in(page):
    return re.search(r"/welcome/([\w-]{43})/", page.content.decode())[1]


def choose(secret, password=OTHER, **more):
    """Open a link and send its form, in a new browser; the browser and the last answer."""
    client = Client()
    assert client.get(f"/welcome/{secret}/")["Location"] == "/welcome/", "the secret leaves the address"
    return client, client.post("/welcome/", {"password": password, "again": password, **more})


def dead(secret):
    return Client().get(f"/welcome/{secret}/").status_code == 404


def test_the_first_administrator_is_made_by_a_link_that_works_once(db):
    secret = links.for_set_up().secret
    assert secret not in str(Link.objects.values_list())
    assert Client().get(f"/welcome/{secret}/").status_code == 302
    assert not dead(secret), "looking does not use it up"
    client, answer = choose(secret, name="Ada", email="Ada@Example.com")
    assert answer["Location"] == "/"
    assert client.get("/people/").status_code == 200
    ada = User.objects.get()
    assert (ada.email, ada.roles) == ("ada@example.com", {Role.ADMINISTRATOR})
    assert dead(secret)
    assert links.for_set_up() is None


def test_a_second_browser_with_the_same_link_comes_too_late(db):
    secret = links.for_set_up().secret
    late = Client()
    late.get(f"/welcome/{secret}/")
    choose(secret, name="Ada", email="ada@example.com")
    answer = late.post("/welcome/", {"name": "Eve", "email": "eve@example.com", "password": OTHER, "again": OTHER})
    assert answer.status_code == 404
    assert User.objects.count() == 1


def test_a_set_up_link_ends_by_time_by_the_next_one_and_with_the_first_administrator(somebody):
    with travel("2026-07-01T12:00Z", tick=False) as time:
        first = links.for_set_up().secret
        second = links.for_set_up().secret
        assert dead(first)
        assert not dead(second)
        time.shift(links.SET_UP_LASTS)
        assert dead(second)
        third = links.for_set_up().secret
        somebody(Role.ADMINISTRATOR)
        assert dead(third)


def test_links_that_do_not_work_are_answered_alike(administrator, somebody):
    ended = links.invite(somebody(Role.VIEWER), by=administrator).secret
    choose(ended)
    pages = {Client().get(f"/welcome/{secret}/").content for secret in (ended, "x" * 43, "y")}
    assert len(pages) == 1


def test_guessing_at_links_has_to_wait(db):
    secret = links.for_set_up().secret
    client = Client()
    for _ in range(50):
        client.get("/welcome/wrong/")
    assert client.get(f"/welcome/{secret}/").status_code == 404
    assert client.get(f"/welcome/{secret}/", REMOTE_ADDR="192.0.2.9").status_code == 302


def test_an_invited_person_chooses_a_password(administrator, as_):
    admin = as_(administrator)
    page = admin.post("/people/add/", {"name": "Bo", "email": "Bo@example.com", "roles": ["csm"], "csm_id": "c7"})
    secret = secret_in(page)
    bo = User.objects.get(email="bo@example.com")
    assert (bo.csm_id, bo.roles, bo.has_usable_password()) == ("c7", {Role.CSM}, False)
    client, answer = choose(secret)
    assert answer["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert dead(secret)
    assert "session" in str(client.cookies)


def test_a_link_for_a_lost_password_ends_the_old_sessions(administrator, somebody, as_):
    bo = somebody(Role.VIEWER)
    old = as_(bo)
    page = as_(administrator).post(f"/people/{bo.pk}/invite/")
    assert old.get("/account/").status_code == 200, "until it is used, all is as before"
    choose(secret_in(page))
    assert old.get("/account/").status_code == 302
    assert Client().post("/log-in/", {"email": bo.email, "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "too short"),
        ("q1w2e3r4t5y6", "too common"),
        ("viewer@example", "too similar"),
        ("x" * 257, "at most 256"),
    ],
)
def test_passwords_that_can_be_guessed_are_refused(administrator, somebody, password, told):
    secret = links.invite(somebody(Role.VIEWER), by=administrator).secret
    _, answer = choose(secret, password)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_spaces_around_a_password_count(administrator, somebody):
    bo = somebody(Role.VIEWER)
    choose(links.invite(bo, by=administrator).secret, f"  {OTHER} ")
    bo.refresh_from_db()
    assert bo.check_password(f"  {OTHER} ")


def test_only_what_the_form_names_is_taken(administrator, somebody, as_):
    bo = somebody(Role.VIEWER)
    as_(administrator).post(
        f"/people/{bo.pk}/",
        {"name": "Bo", "roles": ["viewer"], "csm_id": "", "email": "x@x.example", "password": "x", "is_active": ""},
    )
    before = bo.password
    bo = User.objects.get(pk=bo.pk)
    assert (bo.name, bo.email, bo.password, bo.is_active) == ("Bo", "viewer@example.com", before, True)


def test_nobody_raises_her_own_rights(somebody, as_):
    bo = somebody(Role.OPERATIONS)
    answer = as_(bo).post(f"/people/{bo.pk}/", {"name": "Bo", "roles": ["administrator"], "csm_id": ""})
    assert answer.status_code == 403
    assert User.objects.get().roles == {Role.OPERATIONS}


def test_roles_count_at_once_in_sessions_that_are_open(administrator, somebody, as_):
    bo = somebody(Role.VIEWER)
    client, admin = as_(bo), as_(administrator)
    assert client.get("/people/").status_code == 403
    admin.post(f"/people/{bo.pk}/", {"name": "Bo", "roles": ["viewer", "administrator"], "csm_id": ""})
    assert client.get("/people/").status_code == 200
    admin.post(f"/people/{bo.pk}/", {"name": "Bo", "roles": ["viewer"], "csm_id": ""})
    assert client.get("/people/").status_code == 403


@pytest.mark.parametrize("roles", [[], ["king"]])
def test_a_person_has_a_role_that_exists(administrator, as_, roles):
    answer = as_(administrator).post("/people/add/", {"name": "Bo", "email": "bo@example.com", "roles": roles})
    assert answer.status_code == 422


def test_a_csm_is_tied_to_an_id(administrator, as_):
    answer = as_(administrator).post("/people/add/", {"name": "Bo", "email": "bo@example.com", "roles": ["csm"]})
    assert answer.status_code == 422
    assert "sees no account" in answer.content.decode()


def test_a_second_person_with_an_address_is_refused(administrator, as_):
    answer = as_(administrator).post("/people/add/", {"name": "A", "email": "ADA@example.com", "roles": ["viewer"]})
    assert "already" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        people.create(email="ada@example.com", name="A", roles=[Role.VIEWER])


def test_who_is_deactivated_is_out_at_once(administrator, somebody, as_):
    bo = somebody(Role.VIEWER)
    client, admin = as_(bo), as_(administrator)
    invited = links.invite(bo, by=administrator).secret
    admin.post(f"/people/{bo.pk}/deactivate/")
    assert client.get("/account/").status_code == 302
    assert dead(invited)
    assert Client().post("/log-in/", {"email": bo.email, "password": PASSWORD}).status_code == 422
    assert admin.post(f"/people/{bo.pk}/invite/").status_code == 404
    admin.post(f"/people/{bo.pk}/reactivate/")
    assert Client().post("/log-in/", {"email": bo.email, "password": PASSWORD}).status_code == 302


def test_somebody_stays_administrator(administrator, somebody, as_):
    admin = as_(administrator)
    somebody(Role.ADMINISTRATOR, email="invited@example.com", password=None)  # has never been here
    admin.post(f"/people/{administrator.pk}/deactivate/")
    answer = admin.post(f"/people/{administrator.pk}/", {"name": "Ada", "roles": ["viewer"], "csm_id": ""})
    assert answer.status_code == 422
    ada = User.objects.get(pk=administrator.pk)
    assert (ada.is_active, ada.roles, ada.name) == (True, {Role.ADMINISTRATOR}, "Ada Example")
    second = somebody(Role.ADMINISTRATOR, email="second@example.com")
    people.deactivate(second, by=administrator)
    with pytest.raises(LastAdministratorError):
        people.deactivate(administrator, by=administrator)


def test_people_can_be_searched_and_the_rows_had_alone(administrator, somebody, as_):
    somebody(Role.CSM, name="Grace <b>", csm_id="c-77", email="grace@example.com")
    admin = as_(administrator)
    whole = admin.get("/people/?q=c-77").content.decode()
    assert "Grace &lt;b&gt;" in whole
    assert "Ada Example</a>" not in whole
    part = admin.get("/people/?q=c-77", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "1 person" in part


def test_a_person_who_is_not_there_is_not_found(administrator, as_):
    assert as_(administrator).get("/people/999/").status_code == 404


def test_what_is_done_to_people_is_recorded(administrator, somebody, as_):
    bo = somebody(Role.VIEWER)
    as_(administrator).post(f"/people/{bo.pk}/", {"name": "Bo", "roles": ["manager"], "csm_id": "m1"})
    people.deactivate(bo, by=administrator)
    told = AuditEntry.objects.filter(kind="user", object_id=bo.pk).order_by("seq").values_list("act", "who", "detail")
    ada = f"user:{administrator.pk}"
    assert list(told) == [
        ("person_created", "", "{}"),
        ("roles_changed", "", '{"added":["viewer"],"removed":[]}'),
        ("person_changed", ada, '{"csm_id":"m1"}'),
        ("roles_changed", ada, '{"added":["manager"],"removed":["viewer"]}'),
        ("deactivated", ada, "{}"),
    ]


def test_the_record_is_only_ever_added_to(administrator):
    entry = AuditEntry.objects.first()
    for act in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(TypeError, match="only ever added"):
            act()
    with pytest.raises(TypeError, match="only ever added"):
        AuditEntry.objects.update(kind="x")
    for sql in ("UPDATE access_auditentry SET kind = 'x'", "DELETE FROM access_auditentry"):
        with (
            pytest.raises(IntegrityError, match="only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
