"""What a provider's word is held against: forged tokens, wrong addresses, answers that are none. The real one: test_oidc."""

from __future__ import annotations

import base64
import hmac
import json
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from joserfc import jwk, jwt

from tenure.core.errors import UnavailableError, UsageError
from tenure.engine.sync.means import Means
from tenure.web.access import policy, provider
from tenure.web.access.provider import Asked, NotTakenError
from tenure.web.access.roles import Role

ISSUER, BACK = "https://id.example.com", "https://tenure.example.com/log-in/back/"
KEY = jwk.RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"}, private=True)
DISCOVERED = {
    "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/auth?tenant=1", "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": "https://keys.example.net/jwks", "userinfo_endpoint": f"{ISSUER}/me",
}  # fmt: skip
ASKED = Asked()


class Forger:
    """A provider that answers as it is told, without a network. ``answers``: by address; ``hosts``: who was asked."""

    def __init__(self) -> None:
        self.answers = {
            f"{ISSUER}/.well-known/openid-configuration": DISCOVERED,
            "https://keys.example.net/jwks": {"keys": [KEY.as_dict(private=False)]},
        }
        self.hosts: set[str] = set()
        self.forms: list[dict[str, list[str]]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.hosts.add(request.url.host)
        if request.method == "POST":
            self.forms.append(
                {**parse_qs(request.content.decode()), "auth": [request.headers.get("authorization", "")]}
            )
        found = self.answers.get(str(request.url))
        return httpx.Response(200, json=found) if found is not None else httpx.Response(404, text="no")

    def token(self, claims, *, key=KEY, head=None, by=None):
        """The ID token that it gives for a code."""
        signed = (
            by
            if by is not None
            else jwt.encode(
                {"alg": "RS256", "kid": "k1", **(head or {})}, claims, key, algorithms=["RS256", "HS256", "none"]
            )
        )
        self.answers[f"{ISSUER}/token"] = {"id_token": signed, "access_token": "t"}


def good(**more):
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "tenure",
        "sub": "s1",
        "iat": now,
        "exp": now + 300,
        "nonce": ASKED.nonce,
        "email": "a@b.example",
    }
    return {name: value for name, value in {**claims, **more}.items() if value is not None}


@pytest.fixture
def forger(home, monkeypatch):
    found = Forger()
    monkeypatch.setattr(provider, "MEANS", Means(way_out=lambda _hosts, _internal: httpx.MockTransport(found.answer)))
    provider.forget()
    policy.change("provider", {"name": "ID", "issuer": ISSUER, "client_id": "tenure"})
    return found


def proven(**given):
    said = {"state": ASKED.state, "code": "c", **given}
    return provider.proven(policy.now().provider, ASKED, said, BACK)


def reason(**given):
    with pytest.raises(NotTakenError) as error:
        proven(**given)
    return error.value.reason


def test_a_token_that_is_right_is_taken_and_any_one_fault_is_not(forger):
    now = int(time.time())
    forger.token(good())
    assert proven().subject == "s1"
    forger.token(good(aud=["other", "tenure"], azp="tenure"))
    assert proven().subject == "s1"
    for claims, why in (
        ({"iss": "https://evil.example"}, "iss"), ({"iss": ISSUER + "/"}, "iss"), ({"aud": "other"}, "aud"),
        ({"aud": ["tenure", "other"]}, "azp"), ({"azp": "other"}, "azp"), ({"aud": None}, "aud"),
        ({"exp": now - 61}, "exp"), ({"exp": None}, "exp"), ({"exp": "soon"}, "exp"), ({"iat": now + 70}, "iat"),
        ({"nbf": now + 70}, "nbf"), ({"nonce": None}, "nonce"), ({"nonce": "x"}, "nonce"), ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"), ({"sub": None}, "sub"),
    ):  # fmt: skip
        forger.token(good(**claims))
        assert reason() == why, claims


def test_only_the_providers_own_keys_sign(forger):
    other = jwk.RSAKey.generate_key(2048, {"kid": "k1"}, private=True)
    forger.token(good(), key=other)
    assert reason() == "signature"
    forger.token(good(), head={"kid": "k2"})
    assert reason() == "signature", "no key of that name"
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, good())
    )
    for token in (f"{head}.{body}.", f"{head}.{body}", "x", "", "a.b.c", "é.é.é"):
        forger.token({}, by=token)
        assert reason() in ("signature", "token"), token
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"k1"}').rstrip(b"=").decode()
    signature = hmac.digest(KEY.as_pem(private=False), f"{head}.{body}".encode(), "sha256")
    forger.token({}, by=f"{head}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}")
    assert reason() == "signature", "its public key is no shared secret"


def test_state_issuer_and_refusals_come_before_anything_is_asked(forger):
    assert [reason(state="x"), reason(state=""), reason(iss="https://evil.example"), reason(code="")] == [
        "state", "state", "issuer", "denied",
    ]  # fmt: skip
    assert reason(error="access_denied") == "denied"
    assert forger.hosts <= {"id.example.com"}
    forger.answers[f"{ISSUER}/.well-known/openid-configuration"] = {
        **DISCOVERED, "authorization_response_iss_parameter_supported": True,
    }  # fmt: skip
    provider.forget()
    assert reason() == "issuer", "it says that it names itself, and did not"


def test_what_is_sent_and_asked(forger):
    url = provider.address(policy.now().provider, ASKED, BACK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert {"tenant": "1", "response_type": "code", "client_id": "tenure", "redirect_uri": BACK, "scope": "openid email profile",
            "state": ASKED.state, "nonce": ASKED.nonce, "code_challenge_method": "S256"}.items() <= asked.items()  # fmt: skip
    assert ASKED.verifier not in url
    policy.keep_client_secret("s/+ 1")
    forger.token(good())
    proven()
    sent = forger.forms[-1]
    assert (sent["code_verifier"], sent["redirect_uri"]) == ([ASKED.verifier], [BACK])
    assert base64.b64decode(sent["auth"][0].removeprefix("Basic ")).decode() == "tenure:s%2F%2B+1"
    forger.answers[f"{ISSUER}/.well-known/openid-configuration"] = {
        **DISCOVERED, "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }  # fmt: skip
    provider.forget()
    proven()
    assert forger.forms[-1]["client_secret"] == ["s/+ 1"]
    assert forger.forms[-1]["auth"] == [""]


def test_userinfo_must_be_of_the_same_person(forger):
    forger.token(good(email=None))
    forger.answers[f"{ISSUER}/me"] = {"sub": "s1", "email": "a@b.example", "iss": "https://evil.example"}
    found = proven()
    assert (found.claims["email"], found.claims["iss"]) == ("a@b.example", ISSUER)
    forger.answers[f"{ISSUER}/me"] = {"sub": "s2", "email": "a@b.example"}
    assert reason() == "userinfo"


def test_who_proves_again_has_just_done_so(forger):
    now = int(time.time())
    of, said = policy.now().provider, {"state": ASKED.state, "code": "c"}
    forger.token(good(auth_time=now))
    assert provider.proven(of, ASKED, said, BACK, anew=True).subject == "s1"
    for at in (now - 3600, None, True, "now"):
        forger.token(good(auth_time=at))
        with pytest.raises(NotTakenError, match="auth_time"):
            provider.proven(of, ASKED, said, BACK, anew=True)


def test_a_provider_that_describes_itself_oddly_is_not_asked_on(forger):
    for said in (
        {"issuer": "https://other.example"}, {"token_endpoint": "http://id.example.com/token"}, {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"}, {"code_challenge_methods_supported": ["plain"]},
    ):  # fmt: skip
        forger.answers[f"{ISSUER}/.well-known/openid-configuration"] = {**DISCOVERED, **said}
        provider.forget()
        with pytest.raises(UnavailableError):
            provider.address(policy.now().provider, ASKED, BACK)


def test_a_provider_that_does_not_answer_is_left_alone_for_a_while(forger, monkeypatch):
    asked: list[int] = []

    def silent(_request: httpx.Request) -> httpx.Response:
        asked.append(1)
        raise httpx.ConnectError("no")

    monkeypatch.setattr(provider, "MEANS", Means(way_out=lambda _hosts, _internal: httpx.MockTransport(silent)))
    for _ in range(3):
        with pytest.raises(UnavailableError):
            provider.address(policy.now().provider, ASKED, BACK)
    assert len(asked) == 1
    with pytest.raises(UnavailableError):
        provider.tried(policy.now().provider)
    assert len(asked) == 2, "who tries it out asks anew"


def test_no_internal_address_is_asked_unless_that_is_said(home):
    for address in ("https://127.0.0.1", "https://localhost", "https://169.254.169.254", "https://[::1]"):
        policy.change("provider", {"name": "ID", "issuer": address, "client_id": "tenure"})
        with pytest.raises(UnavailableError) as error:
            provider.tried(policy.now().provider)
        assert error.value.code == "internal_address"
    with pytest.raises(UsageError, match="HTTPS"):
        policy.change("provider", {"issuer": "http://id.example.com"})


def test_a_file_that_makes_no_sense_says_where():
    for text, where in [
        ("[provider]\nissuer = 'https://id.example.com'", "sign_on.toml:1:provider"),
        ("[provider]\nissuer = 'id.example.com'\nclient_id = 'x'", "sign_on.toml:2:provider.issuer"),
        ("[people]\nwho = 'all'", "sign_on.toml:2:people.who"),
        ("[people]\nwho = 'domain'", "sign_on.toml:2:people.who"),
        ("[people]\nclaim = 'groups'\n[people.roles]\na = 'boss'", "sign_on.toml:4:people.roles.a"),
        ("[people]\nclaim = 'groups'", "sign_on.toml:1:people"),
        ("[password]\non = false\nbut_for = 'a@b.example'", "sign_on.toml:2:password.on"),
        ("[second_factor]\nroles = ['boss']", "sign_on.toml:2:second_factor.roles"),
        ("[people]\nrole = 1", "sign_on.toml:2:people.role"),
        ("[passwords]\non = true", ""),
    ]:
        with pytest.raises(UsageError) as error:
            policy.checked(text)
        assert error.value.where == where, text


@pytest.mark.django_db
def test_a_file_that_was_broken_by_hand_changes_nothing_and_is_told(forger, administrator, as_, home):
    client = as_(administrator)
    good_ = (home / "sign_on.toml").read_text()
    for broken in (good_ + "[people]\nwho = 'all'\n", "[provider\n"):
        (home / "sign_on.toml").write_text(broken)
        assert "Log in with ID" in Client().get("/log-in/").content.decode()
        page = client.get("/sign-on/").content.decode()
        assert "sign_on.toml:" in page
        assert client.post("/sign-on/", {"what": "factor", "roles": ["viewer"]}).status_code == 422
        assert (home / "sign_on.toml").read_text() == broken
    policy._read.clear()
    assert Client().get("/log-in/").status_code == 400, "nothing was in force before"


@pytest.mark.django_db
def test_without_passwords_one_administrator_keeps_hers(forger, administrator, somebody, as_):
    bea = somebody(Role.VIEWER, email="bea@example.com")
    client = as_(administrator)
    both = {"what": "password", "but_for": administrator.email}
    assert client.post("/sign-on/", {**both, "but_for": "bea@example.com"}).status_code == 422, "no administrator"
    assert client.post("/sign-on/", {**both, "but_for": ""}).status_code == 422
    theirs = as_(bea)
    link = client.post(f"/people/{bea.pk}/invite/").content.decode().split("/welcome/")[1].split("/")[0]
    assert client.post("/sign-on/", both).status_code == 302
    page = Client().get("/log-in/").content.decode()
    assert "Log in with ID" in page
    assert 'type="password"' not in page
    assert 'type="password"' in Client().get("/log-in/?password").content.decode()
    password = "a harbour at dusk"
    right, wrong = ({"email": email, "password": password} for email in (administrator.email, bea.email))
    assert Client().post("/log-in/", wrong).status_code == 422
    assert Client().post("/log-in/", right).status_code == 302
    assert Client().get(f"/welcome/{link}/").status_code == 404
    assert theirs.get("/account/password/").status_code == 404
    assert client.post(f"/people/{bea.pk}/invite/")["Location"] == "/people/"
    assert "somebody has to be" in client.post(f"/people/{administrator.pk}/", {
        "name": "Ada", "roles": ["viewer"], "csm_id": ""}).content.decode().lower()  # fmt: skip
    assert client.post("/sign-on/", {"what": "remove"}).status_code == 422, "nobody could log in then"
    assert (policy.now().provider, policy.now().passwords) != (None, True)


@pytest.mark.django_db
def test_settings_are_written_with_comments_kept_noted_and_only_by_administrators(
    forger, administrator, somebody, as_, home
):
    file = home / "sign_on.toml"
    file.write_text("# ours\n" + file.read_text())
    client = as_(administrator)
    sent = {
        "what": "provider", "name": "New", "issuer": ISSUER, "client_id": "t2", "client_secret": "hush hush", "second_factor": "on",
        "scopes": "all", "passwords": "off",
    }  # fmt: skip
    assert client.post("/sign-on/", sent).status_code == 302
    assert file.read_text().startswith("# ours\n")
    found = policy.now().provider
    assert found is not None
    assert (found.name, found.client_id, found.second_factor, found.scopes) == (
        "New",
        "t2",
        True,
        ("openid", "email", "profile"),
    )
    assert policy.client_secret() == "hush hush"
    assert (
        "hush" not in client.get("/sign-on/").content.decode() + file.read_text() + (home / "secrets.json").read_text()
    )
    people_ = {"what": "people", "who": "domain", "domains": "a.example, @b.example", "role": "viewer", "claim": "groups",
               "roles": "CN=cs=1 = csm\n\n lead=Manager ", "csm_id": ""}  # fmt: skip
    assert client.post("/sign-on/", people_).status_code == 302
    how = policy.now()
    assert (how.domains, dict(how.roles)) == (("a.example", "b.example"), {"CN=cs=1": Role.CSM, "lead": Role.MANAGER})
    assert client.post("/sign-on/", {**people_, "roles": "cs = boss"}).status_code == 422
    assert client.post("/sign-on/", {**people_, "domains": ""}).status_code == 422
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert as_(somebody(role, csm_id="c1")).post("/sign-on/", sent).status_code == 403
    session = client.session
    session["sure"] = "2020-01-01T00:00:00+00:00"
    session.save()
    assert client.post("/sign-on/", {"what": "remove"})["Location"].startswith("/account/confirm/")
    assert policy.now().provider is not None
