"""Every page there is: who opens it, and what it is sent with. The list is the URL list itself."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tenure.web.access import people
from tenure.web.access.page import declared, page, page_of
from tenure.web.access.roles import EVERYONE, Role
from tenure.web.kit.headers import ALWAYS

pytestmark = pytest.mark.django_db
WEB = Path(people.__file__).parents[1]
#: What is open before log-in. Adding to it is a decision.
PUBLIC = {
    "log_in", "passkey_options", "passkey_log_in", "second_step", "provider_log_in", "provider_back", "welcome",
    "welcome_link", "healthz", "readyz", "unsubscribe",
    "shared_plan_link", "shared_plan", "answer_shared_plan",
}  # fmt: skip
PATTERNS = get_resolver().url_patterns


def url_of(pattern, somebody_else):
    """The address of a page; whatever it asks for is that of another person."""
    return "/" + re.sub(
        r"<\w+:(\w+)>", lambda m: {"secret": "x" * 43}.get(m[1], str(somebody_else.pk)), str(pattern.pattern)
    )


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.name or str(p.pattern))
def test_every_url_is_a_declared_page_with_roles_or_public_on_purpose(pattern):
    assert isinstance(pattern, URLPattern), f"{pattern} includes URLs that are no declared pages"
    found = page_of(pattern.callback)
    assert found is not None, f"{pattern} has no declaration: use @page"
    assert found.name == pattern.name
    assert found.public == (pattern.name in PUBLIC)
    assert found.public != bool(found.roles)
    assert found.title


def test_a_page_without_a_role_cannot_be_declared():
    with pytest.raises(ValueError, match="names no role"):
        page("nobody/", roles=(), title="Nobody's")


def test_a_view_without_a_declaration_is_not_there(client, settings, administrator, as_):
    settings.ROOT_URLCONF = "tests.web.undeclared_urls"
    assert as_(administrator).get("/undeclared/").status_code == 404


@pytest.mark.parametrize("role", [None, *Role], ids=lambda r: r.value if r else "anonymous")
def test_each_page_opens_for_its_roles_and_nobody_else(role, somebody, as_):
    somebody(Role.ADMINISTRATOR, email="first@example.com")
    other = somebody(Role.VIEWER, email="other@example.com")
    me = somebody(role, csm_id="c1") if role else None
    for pattern in PATTERNS:
        found = page_of(pattern.callback)
        client = as_(me) if me else Client()
        for method in ("GET", "POST"):
            if me and found.data and role in found.roles and method in found.methods:
                continue  # what it answers: test_api
            answer = client.generic(method, url_of(pattern, other))
            at = f"{method} {pattern.name}"
            if found.public:
                assert answer.status_code not in (401, 403), at
            elif found.writes or (me is None and found.data):  # that takes a key
                assert answer.status_code == 401, at
            elif me is None:
                assert answer["Location"].startswith("/log-in/"), at
            elif role not in found.roles:
                assert answer.status_code == 403, at
            elif method not in found.methods:
                assert answer.status_code == 405, at
            else:
                assert answer.status_code in (200, 302, 404, 422), at


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.name)
def test_every_answer_carries_the_security_headers(pattern, administrator, as_):
    for client in (Client(), *([] if page_of(pattern.callback).data else [as_(administrator)])):  # of data: test_api
        answer = client.get(url_of(pattern, administrator))
        for name, value in ALWAYS.items():
            assert answer[name] == value
        assert answer["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer


def test_so_does_what_goes_wrong(client, db):
    for url in ("/nothing/", "/welcome/x/"):
        answer = client.get(url)
        assert answer.status_code == 404
        assert answer["Content-Security-Policy"] == ALWAYS["Content-Security-Policy"]


def test_the_policy_has_no_exception():
    policy = dict(part.split(" ", 1) for part in ALWAYS["Content-Security-Policy"].split("; "))
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("frame-ancestors") == policy.pop("base-uri") == "'none'"
    assert set(policy.values()) == {"'self'"}
    assert set(policy) == {f"{k}-src" for k in ("script", "style", "font", "img", "connect", "manifest")} | {
        "form-action"
    }


def test_over_tls_cookies_are_secure_and_the_browser_stays_with_it(administrator):
    client = Client()
    answer = client.post(
        "/log-in/", {"email": administrator.email, "password": "a harbour at dusk"}, secure=True,
        headers={"Origin": "https://testserver"},
    )  # fmt: skip
    assert answer.cookies
    assert all(cookie["secure"] for cookie in answer.cookies.values())
    assert answer["Strict-Transport-Security"] == "max-age=31536000"


class Inline(HTMLParser):
    """Finds what a strict policy would refuse, and what comes from elsewhere."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.found.append(tag)
        self.found += [name for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        self.found += [
            value for name, value in attrs
            if (name in ("src", "href", "action") and value and not value.startswith(("/", "#", "?"))) or ("://" in (value or "")
            and name not in ("value", "xmlns"))
        ]  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    [p for p in PATTERNS if (found := page_of(p.callback)) and "GET" in found.methods and not found.data],
    ids=lambda p: p.name,
)
def test_pages_hold_no_inline_script_or_style_and_nothing_from_elsewhere(pattern, administrator, as_):
    for client in (Client(), as_(administrator)):
        answer = client.get(url_of(pattern, administrator), follow=True)
        parser = Inline()
        parser.feed(answer.content.decode())
        assert not parser.found


def test_all_texts_can_be_translated():
    """What a template says stands in a translation tag."""
    for template in WEB.rglob("*.html"):
        text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", template.read_text(), flags=re.DOTALL)
        text = re.sub(r"{%.*?%}|{#.*?#}|{{.*?}}|<kbd>.*?</kbd>|<code>.*?</code>", "", text, flags=re.DOTALL)
        for said in re.findall(r"(?:>|^)([^<>]*)(?:<|$)", text):
            assert said.strip(" \n·") in ("", "Tenure", "n"), f"{template}: {said!r}"


def test_the_sheet_is_small():
    assert (WEB / "kit/static/kit/tenure.css").stat().st_size < 20_000


def test_everybody_lands_on_a_real_page(somebody, as_):
    for role in Role:
        answer = as_(somebody(role, csm_id="c1")).get("/", follow=True)
        assert answer.status_code == 200
        first = {
            Role.ADMINISTRATOR: "/guide/",
            Role.OPERATIONS: "/guide/",
            Role.MANAGER: "/today/",
            Role.CSM: "/today/",
        }
        assert answer.redirect_chain == [(first.get(role, "/board/"), 302)]


def test_errors_are_pages_that_say_what_to_do(administrator, somebody, as_, home, monkeypatch):
    viewer = as_(somebody(Role.VIEWER))
    assert "ask an administrator" in viewer.get("/people/").content.decode()
    missing = viewer.get("/nothing/")
    assert missing.status_code == 404
    assert "There is nothing under this address" in missing.content.decode()
    assert viewer.get("/nothing/", headers={"Accept": "application/json"}).json()["code"] == "http_404"
    monkeypatch.setattr("tenure.web.access.pages.account._browsers", lambda request: 1 / 0)
    viewer.raise_request_exception = False
    (home / ".keeper").mkdir(exist_ok=True)
    broken = viewer.get("/account/")
    assert broken.status_code == 500
    reference = re.search(r"<code>(\w{8})</code>", broken.content.decode())[1]
    log = (home / ".keeper" / "log").read_text()
    assert f"{reference} builtins.ZeroDivisionError" in log
    assert "@example.com" not in log


def test_an_unknown_host_is_told_what_to_do(client, db):
    answer = client.get("/log-in/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "tenure serve --address" in answer.content.decode()


def test_declared_pages_are_the_url_list():
    assert sorted(each.name for each in declared()) == sorted(pattern.name for pattern in PATTERNS)
    assert set(Role) == EVERYONE


def test_no_two_pages_have_the_same_place_in_the_navigation():
    places = [(each.nav.section, each.nav.rank) for each in declared() if each.nav]
    assert len(set(places)) == len(places)


def test_what_a_page_lies_within_is_a_place_of_the_navigation():
    places = {each.name for each in declared() if each.nav}
    assert {each.within for each in declared() if each.within} <= places
    assert not [each.name for each in declared() if each.within and each.nav]


@pytest.mark.parametrize(
    ("url", "place", "mark"),
    [
        ("/tasks/", "/tasks/", "page"),
        ("/tasks/new/", "/tasks/", "true"),
        ("/task-templates/", "/tasks/", "true"),
        ("/account/", "", ""),
    ],
)
def test_the_navigation_marks_where_one_is(url, place, mark, somebody, as_):
    side = as_(somebody(Role.CSM)).get(url).content.decode().partition("<main")[0]
    marked = re.findall(r'<li><a href="([^"]+)" aria-current="(\w+)"', side)
    assert marked == ([(place, mark)] if place else [])
