"""The application in a real browser, from the first start on: what a person does, and what the browser complains of."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect, sync_playwright

from tenure.engine.sync import vault
from tests.conftest import missing
from tests.web.browsing import ARGUMENTS, NARROWEST, Watched, check, is_scripted
from tests.web.oidc_server import CLIENT, SECRET, installed, running
from tests.web.serving import made, served, until

PASSWORD = "a harbour at dusk"


@pytest.fixture(scope="module")
def server(tmp_path_factory, chromium):
    with served(made(tmp_path_factory.mktemp("browser") / "home")) as running:
        until(running.is_ready)
        yield running


@pytest.fixture(scope="module")
def browser(chromium):
    expect.set_options(timeout=30_000)  # five seconds are too few where others use the machine too
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


def log_in(watched, base):
    watched.page.goto(f"{base}/log-in/")
    watched.page.get_by_label("E-mail").fill("ada@example.com")
    watched.page.get_by_label("Password").fill(PASSWORD)
    watched.page.get_by_role("button", name="Log in", exact=True).click()
    expect(watched.page.get_by_role("heading", level=1)).to_have_text("First steps")


@pytest.fixture(scope="module")
def set_up(server, browser):
    """The first administrator, made by hand as the first start asks for."""
    context = browser.new_context(base_url=server.base)
    watched = Watched(context, server.base)
    page = watched.page
    page.goto(server.link())
    expect(page).to_have_url(f"{server.base}/welcome/")
    page.get_by_label("Your name").fill("Ada Example")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    watched.is_quiet()
    context.close()


@pytest.fixture
def watched(server, browser, set_up):
    """A person who has just logged in, in a browser that had been light."""
    context = browser.new_context(base_url=server.base, color_scheme="light", locale="en-GB")
    found = Watched(context, server.base)
    log_in(found, server.base)
    is_scripted(found.page)
    yield found
    context.close()


def test_a_person_lands_switches_the_look_and_finds_it_again(watched, server):
    page = watched.page
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(246, 246, 244)"
    with page.expect_response("**/account/theme/"):
        page.get_by_role("button", name="Switch to dark").click()
    assert page.evaluate(ground) == "rgb(16, 17, 19)"
    page.reload()
    assert page.evaluate(ground) == "rgb(16, 17, 19)"
    with page.expect_response("**/account/theme/"):
        page.get_by_role("button", name="Switch to light").click()
    assert page.evaluate(ground) == "rgb(246, 246, 244)"
    assert page.evaluate("document.fonts.check('14px Inter')")
    watched.is_quiet()


def test_the_palette_goes_anywhere_without_a_mouse(watched):
    page = watched.page
    page.wait_for_load_state("networkidle")  # the scripts are there
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search everything")
    expect(box).to_be_focused()
    expect(page.get_by_role("option").nth(24)).to_be_attached()  # every page that opens for her
    second = page.get_by_role("option").nth(1).get_attribute("href")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_attribute("href", second)
    page.keyboard.type("your acc")
    expect(page.get_by_role("option").first).to_contain_text("Your account")
    assert box.get_attribute("aria-activedescendant") == page.get_by_role("option").first.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzz")
    expect(page.get_by_text("Nothing that you may see is called that.")).to_be_visible(
        timeout=30_000
    )  # figures are made
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    watched.is_quiet()


def test_people_are_added_and_found_while_typing(watched):
    page = watched.page
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Name").fill("<script>alert(1)</script>")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_role("checkbox", name="CSM Looks").check()
    page.get_by_label("CSM id").fill("c-77")
    page.get_by_role("button", name="Add and make a link").click()
    assert "/welcome/" in page.get_by_label("Link").input_value()
    page.get_by_role("link", name="Done").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Search people").fill("c-77")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody th a")).to_have_text("<script>alert(1)</script>")
    watched.is_quiet()


def test_a_part_that_is_asked_for_after_log_out_leads_to_log_in(watched, server):
    watched.page.goto("/people/")
    other = watched.page.context.new_page()
    other.goto("/account/")
    other.get_by_role("button", name="Log out").first.click()
    watched.page.get_by_label("Search people").fill("a")
    expect(watched.page).to_have_url(f"{server.base}/log-in/")


def test_the_keyboard_skips_to_the_content(watched):
    page = watched.page
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_log_in_and_in_the_palette(server, browser, set_up, scheme):
    context = browser.new_context(base_url=server.base, color_scheme=scheme)
    watched = Watched(context, server.base)
    watched.page.goto("/log-in/")
    watched.page.get_by_role("button", name="Log in").click()
    check(watched.page, "/log-in/ with faults")
    log_in(watched, server.base)
    is_scripted(watched.page)
    watched.page.keyboard.press("Control+k")
    expect(watched.page.get_by_role("option").first).to_be_visible()
    check(watched.page, "the palette")
    watched.page.keyboard.press("Escape")
    watched.page.set_viewport_size({"width": NARROWEST, "height": 780})
    watched.page.goto("/nowhere/")
    check(watched.page, "a page that is not there, on a phone")
    assert watched.page.evaluate("document.documentElement.scrollWidth") == NARROWEST
    expect(watched.page.get_by_role("navigation", name="Main pages")).to_be_visible()
    expect(watched.page.get_by_role("navigation", name="Pages", exact=True)).to_be_hidden()
    watched.is_quiet()
    context.close()


def test_it_works_without_javascript(server, browser, set_up):
    context = browser.new_context(base_url=server.base, java_script_enabled=False)
    watched = Watched(context, server.base)
    log_in(watched, server.base)
    page = watched.page
    page.get_by_role("link", name="Search").first.click()
    page.get_by_role("main").get_by_role("link", name="People").click()
    page.get_by_label("Search people").fill("nobody at all")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nobody is called that.")).to_be_visible()
    page.get_by_role("button", name="Switch to dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/account/")
    page.get_by_role("button", name="As the system").click()
    expect(page.locator("html[data-theme]")).to_have_count(0)
    watched.is_quiet()
    context.close()


def test_a_passkey_is_a_second_factor_and_stands_for_the_password(server, browser, set_up):
    base = server.base.replace("127.0.0.1", "localhost")  # browsers keep passkeys for names
    context = browser.new_context(base_url=base)
    watched = Watched(context, base)
    page = watched.page
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    said = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    number = device.send("WebAuthn.addVirtualAuthenticator", {"options": said})["authenticatorId"]
    log_in(watched, base)
    page.goto("/account/second-factors/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    check(page, "codes")
    code = page.locator(".codes code").first.inner_text()
    page.goto("/account/second-factors/passkey/")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("this device has one already")).to_be_visible()
    page.goto("/account/")
    page.get_by_role("button", name="Log out").first.click()

    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    page.goto("/account/")
    page.get_by_role("button", name="Log out").first.click()

    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    check(page, "the second step")
    page.get_by_role("button", name="Show your passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    page.goto("/account/")
    page.get_by_role("button", name="Log out").first.click()

    device.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("The browser showed no passkey for this site.")).to_be_visible()
    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": number})
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    watched.is_quiet()
    context.close()


def test_single_sign_on_goes_there_and_back(server, browser, set_up, tmp_path):
    reason = installed()
    if reason:
        missing("oidc", reason)
    with running(tmp_path, f"{server.base}/log-in/back/") as oidc:
        oidc.people = {"ada": {"email": "ada@example.com", "email_verified": True}}
        oidc.control()
        (server.home / "sign_on.toml").write_text(
            f'[provider]\nname = "Example ID"\nissuer = "{oidc.issuer}"\nclient_id = "{CLIENT}"\ninternal = true\n'
            "second_factor = true\n"
        )
        vault.keep(server.home, "sign-on:", {"client_secret": SECRET})
        page = browser.new_context(base_url=server.base).new_page()
        page.goto("/account/")
        check(page, "log-in with single sign-on")
        page.get_by_role("link", name="Log in with Example ID").click()
        page.get_by_placeholder("Enter any login").fill("ada")
        page.get_by_placeholder("and password").fill("any")
        page.get_by_role("button", name="Sign-in").click()
        expect(page).to_have_url(f"{server.base}/account/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
        page.get_by_role("button", name="Log out").first.click()
        expect(page).to_have_url(f"{server.base}/log-in/")
        page.context.close()
    (server.home / "sign_on.toml").unlink()


def test_once_there_is_an_administrator_no_link_is_printed(server, set_up):
    server.process.terminate()
    server.process.wait(30)
    with served(server.home) as again:
        until(again.is_ready)
        assert "/welcome/" not in again.said()
