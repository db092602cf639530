"""Sessions: how long they last, how they end, and that what is stored of them lets nobody in."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import Client
from time_machine import travel

from tenure.web.access import sessions
from tenure.web.access.models import Session
from tenure.web.access.pages.account import called
from tenure.web.access.roles import Role
from tenure.web.access.sessions import UNATTENDED
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
REST = timedelta(seconds=settings.SESSION_COOKIE_AGE)


def is_in(client):
    return client.get("/account/").status_code == 200


def test_a_session_ends_when_it_rests(administrator, as_):
    with travel("2026-07-01T12:00Z", tick=False) as time:
        client = as_(administrator)
        time.shift(REST - timedelta(minutes=1))
        assert is_in(client)
        time.shift(REST - timedelta(minutes=1))
        assert is_in(client), "using it has made it last"
        time.shift(REST)
        assert not is_in(client)


def test_a_session_ends_by_age_however_much_it_is_used(administrator, as_):
    with travel("2026-07-01T12:00Z", tick=False) as time:
        client = as_(administrator)
        for _ in range(7 * 4 - 1):
            time.shift(timedelta(hours=6))
            assert is_in(client)
        time.shift(timedelta(hours=6))
        assert not is_in(client)
        sessions.sweep()
        assert not Session.objects.exists()


def test_a_session_is_not_written_at_every_request(administrator, as_, django_assert_num_queries):
    with travel("2026-07-01T12:00Z", tick=False) as time:
        client = as_(administrator)
        client.get("/people/")
        time.shift(timedelta(minutes=4))
        # session, person, her roles; people: how many, they, their roles; notices, jobs; first steps: put aside, how many are done
        with django_assert_num_queries(10):
            client.get("/people/")


def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive(administrator, as_):
    """A browser that is left alone with a page open comes to its end like any other."""
    with travel("2026-07-01T12:00Z", tick=False) as time:
        client = as_(administrator)
        assert is_in(client)
        began = Session.objects.get().expire_date
        time.shift(REST - timedelta(minutes=1))
        assert client.get("/live/").status_code == 200
        assert client.get("/people/", headers={UNATTENDED: "1"}).status_code == 200
        assert Session.objects.get().expire_date == began
        time.shift(timedelta(minutes=2))
        assert not is_in(client)


def test_what_is_stored_is_no_key(administrator, as_):
    client = as_(administrator)
    stored = Session.objects.get()
    assert stored.session_key != client.cookies["tenure_session"].value
    thief = Client()
    thief.cookies["tenure_session"] = stored.session_key
    assert not is_in(thief)


def test_a_stored_session_is_hashed_for_those_who_ask_without_waiting_too(db):
    store = sessions.SessionStore()
    async_to_sync(store.acreate)()
    key = store.session_key
    assert async_to_sync(store.aexists)(key)
    assert not Session.objects.filter(session_key=key).exists()
    again = sessions.SessionStore(key)
    async_to_sync(again.aload)()
    assert again.session_key == key
    async_to_sync(again.adelete)()
    assert not Session.objects.exists()


def test_log_out_ends_the_session_on_the_server(administrator, as_):
    client = as_(administrator)
    kept = client.cookies["tenure_session"].value
    client.post("/log-out/")
    client.cookies["tenure_session"] = kept
    assert not is_in(client)


def test_all_other_browsers_can_be_logged_out(administrator, as_):
    here, there, elsewhere = (as_(administrator) for _ in range(3))
    assert here.get("/account/").content.decode().count("Log out</button>") == 3, "two others, and this one"
    here.post("/account/sessions/end-all/")
    assert is_in(here)
    assert not is_in(there)
    assert not is_in(elsewhere)


def test_one_browser_can_be_logged_out_but_not_anothers(administrator, somebody, as_):
    here, there = as_(administrator), as_(administrator)
    bo = as_(somebody(Role.VIEWER))
    name = sessions.hashed(there.cookies["tenure_session"].value)
    assert bo.post("/account/sessions/end/", {"session": name}).status_code == 404
    assert is_in(there)
    assert here.post("/account/sessions/end/", {"session": name}).status_code == 302
    assert not is_in(there)
    assert here.post("/account/sessions/end/", {"session": ""}).status_code == 404


def test_a_new_password_takes_the_old_one_ends_other_sessions_and_changes_the_key(administrator, as_):
    here, there = as_(administrator), as_(administrator)
    new = "seven grey herons"
    wrong = here.post("/account/password/", {"old": "wrong", "password": new, "again": new})
    assert wrong.status_code == 422
    key = here.cookies["tenure_session"].value
    answer = here.post("/account/password/", {"old": PASSWORD, "password": new, "again": new})
    assert answer["Location"] == "/account/"
    assert is_in(here)
    assert here.cookies["tenure_session"].value != key
    assert not is_in(there)
    assert Client().post("/log-in/", {"email": administrator.email, "password": PASSWORD}).status_code == 422


def test_guesses_at_the_old_password_have_to_wait(administrator, as_):
    client = as_(administrator)
    form = {"old": "wrong", "password": "seven grey herons", "again": "seven grey herons"}
    assert {client.post("/account/password/", form).status_code for _ in range(10)} == {422}
    assert client.post("/account/password/", form | {"old": PASSWORD}).status_code == 429


def test_the_look_is_kept_for_the_person(administrator, as_):
    client = as_(administrator)
    assert client.post("/account/theme/", {"theme": "dark", "next": "/people/"})["Location"] == "/people/"
    assert '<html lang="en" data-theme="dark">' in as_(administrator).get("/account/").content.decode()
    assert client.post("/account/theme/", {"theme": "pink"}).status_code == 404
    assert client.post("/account/theme/", {"theme": "", "next": "//evil.example"})["Location"] == "/"
    assert "data-theme=" not in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox, Linux"),
        ("curl/8", "Unknown browser"),
    ],
)  # fmt: skip
def test_browsers_are_called_as_people_know_them(agent, name):
    assert called(agent) == name
