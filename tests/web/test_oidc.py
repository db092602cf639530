"""Single sign-on against a real provider (oidc-provider), as a process of its own."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tenure.web.access import people, policy, provider
from tenure.web.access.models import AuditEntry, Identity, Session, User
from tenure.web.access.roles import Role
from tests.conftest import missing
from tests.web.oidc_server import CLIENT, SECRET, at_the_provider, installed, running, signed_on

pytestmark = pytest.mark.django_db
BEA = {"email": "Bea@Example.com", "email_verified": True, "name": "Bea Example"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    reason = installed()
    if reason:
        missing("oidc", reason)
    with running(tmp_path_factory.mktemp("oidc")) as found:
        yield found


@pytest.fixture
def oidc(server, home):
    """The provider, configured in the test's workspace."""
    server.people, server.skew, server.way, server.claims_by_userinfo = (
        {"bea": dict(BEA)},
        0,
        "client_secret_basic",
        True,
    )
    server.control()
    policy.change("provider", {"name": "Example ID", "issuer": server.issuer, "client_id": CLIENT, "internal": True})
    policy.keep_client_secret(SECRET)
    provider.forget()
    return server


def is_in(client):
    return client.get("/account/").status_code == 200


def reasons():
    found = AuditEntry.objects.filter(act="log_in_refused").order_by("seq").values_list("detail", flat=True)
    return [re.search(r'"reason":"(\w+)"', detail)[1] for detail in found]


def test_who_was_added_comes_in_once_tied_for_good(oidc, administrator, somebody):
    bea = somebody(Role.VIEWER, email="bea@example.com", password=None)
    assert "Log in with Example ID" in Client().get("/log-in/").content.decode()
    client = Client()
    client.get("/log-in/")
    before = client.cookies["tenure_session"].value if "tenure_session" in client.cookies else ""
    answer = signed_on(client, "bea", "/log-in/provider/?next=/metrics/")
    assert (answer.status_code, answer["Location"]) == (302, "/metrics/")
    assert is_in(client)
    assert client.cookies["tenure_session"].value != before
    assert (Identity.objects.get().user, Identity.objects.get().subject) == (bea, "bea")
    oidc.people["bea"] = {"email": "married@example.com", "email_verified": False}
    oidc.control()
    assert signed_on(Client(), "bea").status_code == 302, "known by what never changes"
    oidc.people["other"] = dict(BEA)
    oidc.control()
    other = Client()
    assert signed_on(other, "other").status_code == 403, "the address has come to somebody else"
    assert not is_in(other)
    people.deactivate(bea, by=administrator)
    assert signed_on(Client(), "bea").status_code == 403
    assert reasons() == ["another_subject", "deactivated"]
    assert client.post("/log-out/").status_code == 302


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"email": "eve@example.com", "email_verified": True}, "not_invited"),
        ({"email": "bea@example.com", "email_verified": False}, "email_not_verified"),
        ({"email": "bea@example.com"}, "email_not_verified"),
        ({"email_verified": True}, "no_email"),
        ({"email": "bea", "email_verified": True}, "no_email"),
    ],
)
def test_who_was_not_added_or_whose_address_is_not_verified_stays_out(oidc, somebody, claims, reason):
    somebody(Role.VIEWER, email="bea@example.com", password=None)
    oidc.people["x"] = claims
    oidc.control()
    client = Client()
    answer = signed_on(client, "x")
    assert answer.status_code == 403
    assert "not let in here" in answer.content.decode()
    assert reasons() == [reason]
    assert not Identity.objects.exists()
    assert not is_in(client)


def test_by_domain_others_are_made_with_the_roles_that_their_groups_mean_and_lose_them_again(oidc, administrator):
    said = {
        "who": "domain",
        "domains": ["example.com"],
        "role": "viewer",
        "claim": "groups",
        "roles": {"cs": "csm", "lead": "manager"},
    }
    policy.change("people", said)
    for email in ("x@evil.example", "x@sub.example.com", "x@notexample.com"):
        oidc.people["x"] = {"email": email, "email_verified": True}
        oidc.control()
        assert signed_on(Client(), "x").status_code == 403
    assert User.objects.count() == 1
    assert signed_on(Client(), "bea").status_code == 302
    bea = User.objects.get(email="bea@example.com")
    assert (bea.name, set(bea.roles)) == ("Bea Example", {Role.VIEWER})
    for groups, wanted in (
        (["cs", "unknown"], {Role.CSM}),  # and no longer viewer, who sees all accounts
        ("lead", {Role.MANAGER}),
        (["administrator"], {Role.VIEWER}),
    ):
        oidc.people["bea"] = {**BEA, "groups": groups}
        oidc.control()
        assert signed_on(Client(), "bea").status_code == 302
        assert set(User.objects.get(pk=bea.pk).roles) == wanted
    people.give_roles(bea, {Role.FINANCE, Role.CSM}, by=administrator)
    oidc.people["bea"] = {**BEA, "groups": []}
    oidc.control()
    signed_on(Client(), "bea")
    assert set(User.objects.get(pk=bea.pk).roles) == {Role.FINANCE}, "what no group means is an administrator's matter"
    policy.change("people", {"who": "invited", "domains": []})
    people.give_roles(User.objects.get(pk=bea.pk), {Role.CSM}, by=administrator)
    assert signed_on(Client(), "bea").status_code == 403, "none of her groups means a role any more"
    assert not User.objects.get(pk=bea.pk).roles


def test_a_code_is_taken_once_in_the_browser_that_asked_and_with_its_state(oidc, somebody):
    somebody(Role.VIEWER, email="bea@example.com", password=None)
    client = Client()
    back = at_the_provider(client.get("/log-in/provider/")["Location"], "bea").removeprefix("http://testserver")
    assert Client().get(back).status_code == 403, "another browser has no state"
    swapped = Client()
    swapped.get("/log-in/provider/")
    assert swapped.get(back).status_code == 403, "another state"
    assert client.get(back).status_code == 302
    assert not client.cookies["tenure_sign_on"].value
    assert client.get(back)["Location"] == "/account/", "used up: nothing is done"
    fresh = Client()
    back = at_the_provider(fresh.get("/log-in/provider/")["Location"], "bea").removeprefix("http://testserver")
    kept = fresh.cookies["tenure_sign_on"].value
    assert fresh.get(back).status_code == 302
    again = Client()
    again.cookies["tenure_sign_on"] = kept
    assert again.get(back).status_code == 403, "the provider takes a code once"
    again.cookies["tenure_sign_on"] = kept
    assert again.get(back.replace("iss=http", "iss=https")).status_code == 403
    assert reasons()[-2:] == ["code", "issuer"]


def test_new_keys_are_found_and_clocks_may_differ_by_a_minute(oidc, somebody, monkeypatch):
    somebody(Role.VIEWER, email="bea@example.com", password=None)
    assert signed_on(Client(), "bea").status_code == 302
    oidc.control(rotate=True)
    assert signed_on(Client(), "bea").status_code == 302, "the new key is looked for"
    oidc.control(rotate=True)
    assert signed_on(Client(), "bea").status_code == 403, "not again at once: tokens by the thousand shall cost nothing"
    monkeypatch.setattr(provider, "PAUSE", 0.0)
    for skew, status in ((45, 302), (-45, 302), (150, 403)):
        oidc.skew = skew
        oidc.control(rotate=True)
        assert signed_on(Client(), "bea").status_code == status
    assert reasons() == ["signature", "iat"]


def test_however_the_provider_takes_the_secret_and_tells_claims(oidc, somebody, home):
    somebody(Role.VIEWER, email="bea@example.com", password=None)
    for oidc.way, oidc.claims_by_userinfo in (("client_secret_basic", False), ("none", True)):
        oidc.control(rotate=True)
        provider.forget()
        if oidc.way == "none":
            policy.keep_client_secret("")
        assert signed_on(Client(), "bea").status_code == 302, oidc.way
    oidc.way = "client_secret_basic"
    oidc.control(rotate=True)
    provider.forget()
    policy.keep_client_secret("wrong")
    assert signed_on(Client(), "bea").status_code == 403
    assert reasons() == ["client"]
    assert SECRET not in "".join(path.read_text() for path in home.glob("s*.*"))


def test_an_administrator_tests_and_tries_it_and_nobody_is_logged_in_by_that(oidc, administrator, as_):
    client = as_(administrator)
    assert "signs with 1 key." in client.post("/sign-on/", {"what": "test"}).content.decode()
    before = list(Session.objects.values_list("session_key", flat=True))
    told = signed_on(client, "bea", "/log-in/provider/?for=try").content.decode()
    assert "Bea@Example.com" in told
    assert "Nobody: no person was added with this address" in told
    assert list(Session.objects.values_list("session_key", flat=True)) == before
    assert not Identity.objects.exists()
    assert User.objects.count() == 1
    policy.keep_client_secret("wrong")
    assert "was not taken: client" in signed_on(client, "bea", "/log-in/provider/?for=try").content.decode()
    assert Client().get("/log-in/provider/?for=try").status_code == 404
    policy.change("provider", {"internal": False, "issuer": "https://localhost:1"})
    refused = client.post("/sign-on/", {"what": "test"})
    assert refused.status_code == 422
    assert "leads into an internal network" in refused.content.decode()


def test_who_has_no_password_proves_again_at_the_provider_who_she_is(oidc, somebody):
    bea = somebody(Role.VIEWER, email="bea@example.com", password=None)
    client = Client()
    signed_on(client, "bea")
    session = client.session
    session["sure"] = "2020-01-01T00:00:00+00:00"
    session.save()
    asked = client.get("/account/second-factors/app/")
    assert asked["Location"] == "/account/confirm/?next=%2Faccount%2Fsecond-factors%2Fapp%2F"
    assert "Confirm with Example ID" in client.get(asked["Location"]).content.decode()
    oidc.people["eve"] = {"email": "eve@example.com", "email_verified": True}
    oidc.control()
    signed_on(client, "eve", "/log-in/provider/?for=sure")
    assert client.get("/account/second-factors/app/").status_code == 302, "that was somebody else"
    answer = signed_on(client, "bea", "/log-in/provider/?for=sure&next=/account/second-factors/app/")
    assert answer["Location"] == "/account/second-factors/app/"
    assert client.get("/account/second-factors/app/").status_code == 200
    assert not bea.has_usable_password()
