"""Second factors: asked for, taken once, guarded against guesses, changed only by who has just proven who she is."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from time_machine import travel

from tenure.web.access import factors, keys, links, people, policy
from tenure.web.access.models import App, AuditEntry, Passkey, RecoveryCode, Session
from tenure.web.access.roles import Role
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NOON = "2026-07-01T12:00:05Z"


def is_in(client):
    return client.get("/account/").status_code == 200


def first_step(user, **more):
    client = Client()
    answer = client.post("/log-in/", {"email": user.email, "password": PASSWORD, **more})
    assert answer["Location"] == "/log-in/second/"
    return client


def second_step(client, code):
    return client.post("/log-in/second/", {"code": code})


def set_up(client):
    """Set an app up, as a person does; its secret and the recovery codes."""
    page = client.get("/account/second-factors/app/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    answer = client.post("/account/second-factors/app/", {"kept": kept, "code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 200, answer.content.decode()
    return secret, re.findall(r"<code>([\w-]{29})</code>", answer.content.decode())


@pytest.fixture
def noon():
    with travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def bea(somebody):
    return somebody(Role.VIEWER, email="bea@example.com")


def test_after_the_password_a_code_is_asked_for_and_works_once(noon, bea, as_, home):
    other = as_(bea)
    client = as_(bea)
    key = client.cookies["tenure_session"].value
    secret, codes = set_up(client)
    assert client.cookies["tenure_session"].value != key
    assert is_in(client)
    assert not is_in(other), "a browser that was in without the factor is out"
    assert len(set(codes)) == 10
    assert secret not in (home / "secrets.json").read_text()
    noon.shift(30)
    half = first_step(bea, next="/metrics/")
    assert not is_in(half)
    assert half.get("/metrics/")["Location"].startswith("/log-in/")
    code = pyotp.TOTP(secret).now()
    assert second_step(half, "000000" if code != "000000" else "000001").status_code == 422
    assert not is_in(half)
    before = half.cookies["tenure_session"].value
    assert second_step(half, f"{code[:3]} {code[3:]}")["Location"] == "/metrics/"
    assert half.cookies["tenure_session"].value != before
    assert is_in(half)
    replayed = first_step(bea)
    assert second_step(replayed, code).status_code == 422, "the same code again"
    noon.shift(30)
    assert second_step(replayed, pyotp.TOTP(secret).at(0)).status_code == 422
    assert second_step(replayed, pyotp.TOTP(secret).now()).status_code == 302


def test_a_clock_may_be_a_step_off_and_no_more(noon, bea, as_):
    secret, _codes = set_up(as_(bea))
    noon.shift(600)
    shown, now = pyotp.TOTP(secret), int(time.time())
    for steps, status in (
        (-2, 422),
        (2, 422),
        (-1, 302),
        (1, 302),
        (0, 422),
    ):  # the last: older than one that was taken
        assert second_step(first_step(bea), shown.at(now + 30 * steps)).status_code == status, steps


def test_recovery_codes_work_once_each_and_new_ones_replace_them(noon, bea, as_):
    client = as_(bea)
    _secret, codes = set_up(client)
    stored = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not any(code.replace("-", "") in stored for code in codes)
    assert second_step(first_step(bea), codes[0].upper()).status_code == 302
    assert second_step(first_step(bea), codes[0]).status_code == 422
    fresh = re.findall(r"<code>([\w-]{29})</code>", client.post("/account/second-factors/codes/").content.decode())
    assert second_step(first_step(bea), codes[1]).status_code == 422
    assert second_step(first_step(bea), fresh[1].replace("-", " ")).status_code == 302
    acts = AuditEntry.objects.filter(act__contains="code").order_by("seq")
    assert list(acts.values_list("act", flat=True)) == ["codes_made", "code_used", "codes_made", "code_used"]
    assert not any(code in str(list(AuditEntry.objects.values_list())) for code in codes + fresh)


def test_guesses_at_codes_have_to_wait_whatever_the_password(noon, bea, as_):
    """The right password does not buy more of them."""
    secret, _codes = set_up(as_(bea))
    noon.shift(30)
    for _ in range(2):
        client = first_step(bea)
        assert {second_step(client, f"{n:06}").status_code for n in range(5)} <= {422, 302}
    client = first_step(bea)
    refused = second_step(client, pyotp.TOTP(secret).now())
    assert refused.status_code == 429
    assert "Try again in" in refused.content.decode()
    noon.shift(timedelta(minutes=16))
    assert second_step(first_step(bea), pyotp.TOTP(secret).now()).status_code == 302
    assert AuditEntry.objects.filter(act="factor_refused").count() == 10


def test_half_a_log_in_opens_nothing_and_ends(noon, bea, as_, administrator):
    secret, _codes = set_up(as_(bea))
    assert second_step(Client(), "000000")["Location"] == "/log-in/"
    client = first_step(bea)
    for url in ("/account/", "/account/confirm/", "/api/metrics", "/account/second-factors/", "/live/"):
        assert client.get(url).status_code in (302, 401)
    noon.shift(timedelta(minutes=11))
    assert second_step(client, pyotp.TOTP(secret).now())["Location"] == "/log-in/"
    gone = first_step(bea)
    people.deactivate(bea, by=administrator)
    assert second_step(gone, pyotp.TOTP(secret).now())["Location"] == "/log-in/"


def test_another_step_leads_nowhere_else_than_the_first_was_told(noon, bea, as_):
    secret, _codes = set_up(as_(bea))
    noon.shift(30)
    client = first_step(bea, next="https://evil.example")
    answer = client.post("/log-in/second/", {"code": pyotp.TOTP(secret).now(), "next": "https://evil.example"})
    assert answer["Location"] == "/"


def test_factors_change_only_for_who_has_just_proven_who_she_is(noon, bea, as_):
    client = as_(bea)
    secret, _codes = set_up(client)
    noon.shift(timedelta(minutes=11))
    paths = ("app/", "app/remove/", "passkey/remove/", "codes/")
    for path in paths:
        answer = client.post(f"/account/second-factors/{path}", {"passkey": "1", "code": "1"})
        assert answer["Location"].startswith("/account/confirm/"), path
    assert App.objects.exists()
    asked = client.get("/account/confirm/").content.decode()
    assert 'name="code"' in asked
    assert 'name="password"' not in asked, "the factor, not the password, which somebody else may know"
    assert client.post("/account/confirm/", {"password": PASSWORD, "code": ""}).status_code == 422
    key = client.cookies["tenure_session"].value
    done = client.post("/account/confirm/", {"code": pyotp.TOTP(secret).now(), "next": "/account/second-factors/"})
    assert done["Location"] == "/account/second-factors/"
    assert client.cookies["tenure_session"].value != key
    assert client.post("/account/second-factors/app/remove/").status_code == 302
    assert not App.objects.exists()
    assert not RecoveryCode.objects.exists(), "they stand for nothing now"
    assert Client().post("/log-in/", {"email": bea.email, "password": PASSWORD})["Location"] == "/"
    noon.shift(timedelta(minutes=11))
    assert client.post("/account/confirm/", {"password": "wrong"}).status_code == 422
    assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 302
    assert client.get("/account/second-factors/app/").status_code == 200


def test_an_apps_secret_is_for_whom_it_was_shown_to(noon, bea, as_, administrator):
    mine, theirs = as_(bea), as_(administrator)
    page = theirs.get("/account/second-factors/app/").content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    form = {"kept": kept, "code": pyotp.TOTP(secret).now()}
    assert mine.post("/account/second-factors/app/", form).status_code == 302, "not taken: begin again"
    assert mine.post("/account/second-factors/app/", form | {"kept": kept[:-1]}).status_code == 302
    assert not App.objects.exists()
    noon.shift(31 * 60)
    assert theirs.post("/account/second-factors/app/", form).status_code == 302
    assert not App.objects.exists()


def test_a_role_that_needs_one_opens_nothing_before_it_is_there(noon, bea, as_):
    client = as_(bea)
    assert client.get("/metrics/").status_code == 200
    policy.change("second_factor", {"roles": ["viewer"]})
    assert client.get("/metrics/")["Location"] == "/account/second-factors/"
    assert client.get("/metrics/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/second-factors/"
    told = client.get("/api/metrics")
    assert (told.status_code, told.json()["code"]) == (403, "no_factor")
    assert client.get("/account/second-factors/").status_code == 200
    set_up(client)
    assert client.get("/metrics/").status_code == 200
    assert "only one" in client.post("/account/second-factors/app/remove/", follow=True).content.decode()
    assert App.objects.exists()
    session = client.session
    del session["strong"]
    session.save()
    assert client.get("/metrics/?a=1")["Location"] == "/account/confirm/?next=%2Fmetrics%2F%3Fa%3D1"


def test_an_administrator_resets_lost_factors_and_ends_sessions(noon, bea, as_, administrator):
    lost, boss = as_(bea), as_(administrator)
    set_up(lost)
    assert "Has a second factor" in boss.get(f"/people/{bea.pk}/").content.decode()
    noon.shift(timedelta(minutes=11))
    assert boss.post(f"/people/{bea.pk}/reset-factors/")["Location"].startswith("/account/confirm/")
    boss.post("/account/confirm/", {"password": PASSWORD})
    assert boss.post(f"/people/{bea.pk}/reset-factors/").status_code == 302
    assert not is_in(lost)
    again = as_(bea)
    assert boss.post(f"/people/{bea.pk}/end-sessions/").status_code == 302
    assert not is_in(again)
    assert is_in(boss)
    for path in ("reset-factors", "end-sessions"):
        assert as_(bea).post(f"/people/{administrator.pk}/{path}/").status_code == 403
    entry = AuditEntry.objects.get(act="factors_reset")
    assert (entry.who, entry.object_id) == (f"user:{administrator.pk}", str(bea.pk))


def test_a_link_for_a_lost_password_stands_for_no_factor_and_ends_keys(noon, bea, as_, administrator):
    set_up(as_(bea))
    key = keys.make(bea, "a program", 30)
    secret = links.invite(bea, by=administrator).secret
    client = Client()
    client.get(f"/welcome/{secret}/")
    chosen = client.post("/welcome/", {"password": "another harbour at dawn", "again": "another harbour at dawn"})
    assert chosen["Location"] == "/log-in/second/", chosen.content.decode()
    assert not is_in(client)
    assert Client().get("/api/metrics", headers={"Authorization": f"Bearer {key.secret}"}).status_code == 401


def test_digits_of_other_scripts_are_no_code(noon, bea, as_):
    set_up(as_(bea))
    assert second_step(first_step(bea), "\u0661\u0662\u0663\u0664\u0665\u0666").status_code == 422


def test_a_passkey_of_another_is_not_there(noon, bea, as_, administrator):
    theirs = Passkey.objects.create(
        user=administrator, name="x", host="testserver", credential="c", public_key=b"k", sign_count=0
    )
    assert as_(bea).post("/account/second-factors/passkey/remove/", {"passkey": theirs.pk}).status_code == 404
    assert factors.has(administrator)
    for answer in ("", "{}", "[]", '{"id": "c"}', '{"id": ["c"]}', "x" * 30_000, '{"id": "nobody"}', "[" * 20_000):
        client = Client()
        assert client.post("/log-in/passkey/options/", headers={"Host": "localhost"}).status_code == 200
        refused = client.post("/log-in/passkey/", {"credential": answer}, headers={"Host": "localhost"})
        assert refused.status_code == 422
    assert Session.objects.filter(user=administrator).count() == 0


def test_challenges_are_counted_like_guesses(db):
    told = [Client().post("/log-in/passkey/options/", headers={"Host": "localhost"}).status_code for _ in range(51)]
    assert set(told[:50]) == {200}
    assert told[50] == 429
    assert Client().post("/log-in/passkey/options/", headers={"Host": "127.0.0.1"}).status_code == 429, (
        "no passkeys for numbers"
    )
