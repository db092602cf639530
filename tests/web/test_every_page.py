"""Every page of the URL list in a real browser: axe finds nothing in either look, nothing is wider than a narrow phone, and
the browser complains of nothing. Each is opened once, by an administrator whose objects the addresses name.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.db import connection
from playwright.sync_api import sync_playwright

from tests.web.browsing import ARGUMENTS, NARROWEST, Watched
from tests.web.conftest import PASSWORD
from tests.web.objects import Cast
from tests.web.serving import served, until
from tests.web.test_leaks import PAGES, address, cast  # noqa: F401 - cast is a fixture

WIDE = 1246
#: What answers with a file, a stream or a part of a page that nobody opens alone.
NOT_PAGES = {
    "brought_map",
    "home",
    "job_file",
    "live",
    "post_badges",
    "renewal_row",
    "review_paper",
    "scorecard_part",
    "scorecard_rows",
    "tile_chart",
}
#: What is asked of a page so that it shows what it is for; of others nothing.
ASKED = {
    "metric": ("at=2026-10", "by=segment", "by=owner&window=12m"),
    "accounts": ("", "q=zzzz"),
    "search": ("q=a", "q=zzzz"),
    "pin": ("metric=mrr",),
    "one_dashboard": ("", "arrange=1"),
    "play_page": ("split=50",),
    "renewals": ("window=2027",),
    "weights": ("weight-use=0",),
}
#: Whether everything that comes later has come, and every chart is drawn.
SETTLED = """() => !document.querySelector('.slot, [data-part][hx-trigger=load] .waiting')
  && ![...document.querySelectorAll('[data-chart]')].some(each => !each.querySelector('svg'))"""
#: What axe finds, and what of it is of the colours, which alone are different in the dark.
FOUND = """async () => {
  const told = (look, found) =>
    found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${look} ${id}: ${node.html.slice(0, 200)}`));
  const light = await axe.run(document, { resultTypes: ['violations'] });
  document.documentElement.dataset.theme = 'dark';
  document.dispatchEvent(new CustomEvent('themechange'));
  const dark = await axe.run(document, { resultTypes: ['violations'], runOnly: ['color-contrast'] });
  return [...told('light', light), ...told('dark', dark)];
}"""
#: The first things that reach beyond the edge, where there still are any when charts have been drawn for the new width.
BEYOND = """async (width) => {
  const isWide = () => document.documentElement.scrollWidth > width;
  for (let frame = 0; frame < 90 && isWide(); frame += 1) await new Promise(requestAnimationFrame);
  const beyond = [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > width + 1);
  return isWide() ? ['beyond the edge', ...beyond.slice(0, 3).map((each) => each.outerHTML.slice(0, 120))] : [];
}"""


def addresses(whose: Cast) -> Iterator[str]:
    """All pages that are for people and open after log-in."""
    for page in PAGES:
        if "GET" in page.methods and not page.public and not page.data and page.name not in NOT_PAGES:
            url, _theirs = address(page, whose)
            yield from (f"{url}?{query}" if query else url for query in ASKED.get(page.name, ("",)))


@pytest.fixture(autouse=True)
def _real_passwords(settings):
    """As the server checks them."""
    settings.PASSWORD_HASHERS = ["tenure.web.access.passwords.Argon2"]


@pytest.fixture
def urls(cast) -> list[str]:  # noqa: F811
    """Their addresses, as what they name was made."""
    return list(addresses(cast))


@pytest.fixture
def opened(urls, cast, home, chromium) -> Iterator[Watched]:  # noqa: F811
    """The administrator's browser, and a server that has the people and the objects of this process."""
    with contextlib.closing(sqlite3.connect(home / "app.db")) as file:
        file.executescript("\n".join(connection.connection.iterdump()))
    with served(home) as running, sync_playwright() as playwright:
        until(running.is_ready)
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = browser.new_context(base_url=running.base, color_scheme="light", locale="en-GB")
        context.set_default_timeout(180_000)  # others use the machine, too
        context.add_init_script(AXE_SCRIPT)
        watched = Watched(context, running.base)
        watched.page.goto("/log-in/")
        watched.page.get_by_label("E-mail").fill(cast.administrator.email)
        watched.page.get_by_label("Password").fill(PASSWORD)
        watched.page.get_by_role("button", name="Log in", exact=True).click()
        watched.page.wait_for_url("**/guide/")
        yield watched
        browser.close()


@pytest.mark.django_db
def test_no_page_has_a_fault_in_either_look_or_is_wider_than_a_phone(urls, opened):
    page, faults = opened.page, []
    for url in urls:
        page.set_viewport_size({"width": WIDE, "height": 800})
        page.goto(url)
        page.wait_for_function(SETTLED)
        found = page.evaluate(FOUND)
        page.set_viewport_size({"width": NARROWEST, "height": 780})
        found += page.evaluate(BEYOND, NARROWEST)
        faults += [f"{url} {each}" for each in found]
    opened.is_quiet()
    assert len(urls) > 100
    assert not faults, "\n".join(faults)


#: A page with a field without a name, words that pale in the dark alone, and something wider than a phone.
FAULTY = """<!doctype html><html lang="en"><head><title>Faulty</title><style>
[data-theme=dark] p { color: #888; background: #777 } div { width: 500px }</style></head>
<body><main><h1>Faulty</h1><p>Words</p><input><div>Wide</div></main></body></html>"""


def test_faults_are_found(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": NARROWEST, "height": 780})
        page.set_content(FAULTY)
        page.evaluate(AXE_SCRIPT)
        assert [each.split(":")[0] for each in page.evaluate(FOUND)] == ["light label", "dark color-contrast"]
        assert page.evaluate(BEYOND, NARROWEST)[0] == "beyond the edge"
        page.set_content(FAULTY.replace("500px", "50px"))
        assert page.evaluate(BEYOND, NARROWEST) == []
        browser.close()
