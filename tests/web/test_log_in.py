"""Log-in: who gets in, what the others learn of it, and how often they may try."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth import hashers
from django.test import Client
from time_machine import travel

from tenure.web.access import people
from tenure.web.access.models import Attempt, AuditEntry
from tenure.web.access.pages.log_in import safe
from tenure.web.access.roles import Role
from tenure.web.access.throttle import PER_ACCOUNT, PER_ADDRESS, WINDOW, network_of
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "not the password"


def post(client, email, password=PASSWORD, address="192.0.2.1", **more):
    return client.post("/log-in/", {"email": email, "password": password, **more}, REMOTE_ADDR=address)


def test_a_person_gets_in_however_the_address_is_spelled(client, administrator):
    answer = post(client, " Ada@Example.com ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/account/").status_code == 200


def test_the_session_key_is_another_after_log_in(client, administrator):
    client.get("/log-in/")
    client.cookies["tenure_session"] = "x" * 32  # as somebody who plants a cookie would
    post(client, "ada@example.com")
    assert client.cookies["tenure_session"].value != "x" * 32
    cookie = client.cookies["tenure_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_unknown_wrong_invited_and_deactivated_are_answered_alike(administrator, somebody):
    somebody(Role.VIEWER, email="invited@example.com", password=None)
    gone = somebody(Role.VIEWER, email="gone@example.com")
    people.deactivate(gone, by=administrator)
    answers = set()
    for email, password in [
        ("ada@example.com", WRONG),
        ("nobody@example.com", WRONG),
        ("invited@example.com", WRONG),
        ("gone@example.com", PASSWORD),
    ]:
        client = Client()
        answer = post(client, email, password)
        text = answer.content.decode().replace(email, "EMAIL")
        token = text.split('name="csrfmiddlewaretoken" value="')[1][:64]
        answers.add((answer.status_code, text.replace(token, "TOKEN"), tuple(sorted(answer.headers))))
    assert len(answers) == 1


def test_an_unknown_address_costs_the_same_work(administrator, monkeypatch):
    """The time is the hash's: it is worked out once, whoever is asked for, and the same queries are made."""
    worked = []
    hasher = type(hashers.get_hasher())
    original = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *args, **more: worked.append(1) or original(self, *args, **more))
    costs = {}
    for email in ("ada@example.com", "nobody@example.com"):
        worked.clear()
        post(Client(), email, WRONG)
        costs[email] = len(worked)
    assert set(costs.values()) == {1}


def test_guesses_at_an_account_have_to_wait_known_or_not(administrator):
    for email in ("ada@example.com", "nobody@example.com"):
        for number in range(PER_ACCOUNT):
            assert post(Client(), email, WRONG, address=f"192.0.2.{number}").status_code == 422
        refused = post(Client(), email, PASSWORD, address="192.0.2.99")
        assert refused.status_code == 429, "the right password is not even looked at"
        assert "Try again in 15 min" in refused.content.decode()


def test_a_person_whose_browser_is_known_is_not_kept_out_by_strangers(administrator, as_):
    hers = as_(administrator)
    hers.post("/log-out/")
    for number in range(PER_ACCOUNT + 1):
        post(Client(), "ada@example.com", WRONG, address=f"192.0.2.{number}")
    assert post(Client(), "ada@example.com", address="192.0.2.99").status_code == 429
    assert post(hers, "ada@example.com").status_code == 302
    hers.post("/log-out/")
    for _ in range(PER_ACCOUNT):
        assert post(hers, "ada@example.com", WRONG).status_code == 422
    assert post(hers, "ada@example.com").status_code == 429, "and cannot guess without end herself"


def test_an_address_has_to_wait_whatever_accounts_it_tries(administrator):
    for number in range(PER_ADDRESS):
        assert post(Client(), f"person{number}@example.com", WRONG).status_code == 422
    assert post(Client(), "ada@example.com").status_code == 429
    assert post(Client(), "ada@example.com", address="192.0.2.2").status_code == 302


def test_after_the_window_guesses_are_forgotten(administrator):
    with travel("2026-07-01T12:00Z", tick=False) as time:
        for _ in range(PER_ACCOUNT):
            post(Client(), "ada@example.com", WRONG)
        time.shift(WINDOW - timedelta(seconds=1))
        assert post(Client(), "ada@example.com").status_code == 429
        time.shift(timedelta(seconds=1))
        assert post(Client(), "ada@example.com").status_code == 302
    assert not Attempt.objects.exists()


def test_attempts_do_not_say_whose_they_were(administrator):
    post(Client(), "nobody@example.com", WRONG)
    kept = list(Attempt.objects.values_list("counted_under", flat=True))
    assert len(kept) == 2
    assert all(len(name) == 64 and "nobody" not in name for name in kept)


def test_one_household_counts_as_one_address():
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::9") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "///evil.example", "\\\\evil.example",
        "javascript:alert(1)", "http:evil.example", "/\t/evil.example", "https:/evil.example", " //evil.example",
        "people", "",
    ],
)  # fmt: skip
def test_log_in_leads_nowhere_else(client, administrator, url):
    assert safe(url) == "/"
    page = client.get(f"/log-in/?next={quote(url)}").content.decode()
    assert 'name="next" value="/"' in page
    assert post(client, "ada@example.com", next=url)["Location"] == "/"


def test_log_in_leads_back_to_where_one_wanted_to_go(client, administrator):
    answer = client.get("/people/?q=a%26b")
    assert answer["Location"] == "/log-in/?next=%2Fpeople%2F%3Fq%3Da%2526b"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="next" value="/people/?q=a%26b"' in page
    assert post(client, "ada@example.com", next="/people/?q=a%26b")["Location"] == "/people/?q=a%26b"


def test_a_part_of_a_page_sends_the_whole_page_to_log_in(client, db):
    answer = client.get("/people/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/log-in/")


def test_forms_of_other_pages_are_refused(administrator):
    client = Client(enforce_csrf_checks=True)
    assert post(client, "ada@example.com").status_code == 403
    client.get("/log-in/")
    token = client.cookies["tenure_csrf"].value
    answer = client.post("/log-in/", {"email": "ada@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302
    refused = client.post("/account/theme/", {"theme": "dark"})
    assert refused.status_code == 403
    assert "nothing was changed" in refused.content.decode()


def test_log_ins_are_recorded_without_addresses(client, administrator):
    post(client, "ada@example.com", WRONG)
    post(client, "nobody@example.com", WRONG)
    post(client, "ada@example.com")
    client.post("/log-out/")
    told = AuditEntry.objects.filter(act__startswith="log").order_by("seq")
    me = f"{administrator.pk}"
    assert list(told.values_list("act", "who", "kind", "object_id", "detail")) == [
        ("log_in_refused", "", "user", me, "{}"),
        ("log_in_refused", "", "", "", "{}"),
        ("logged_in", f"user:{me}", "user", me, '{"strong":false,"way":"password"}'),
        ("logged_out", f"user:{me}", "user", me, "{}"),
    ]
