"""Every page of the URL list in a real browser: axe finds nothing in either look, nothing is wider than a narrow phone, and
the browser complains of nothing. Each is opened once, by an administrator whose objects the addresses name.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from tests.web.browsing import ARGUMENTS, NARROWEST, Watched
from tests.web.conftest import PASSWORD
from tests.web.objects import Cast
from tests.web.test_leaks import PAGES, address, cast  # noqa: F401 - cast is a fixture

WIDE = 1246
#: What answers with a file, a stream or a part of a page that nobody opens alone.
NOT_PAGES = {"home", "job_file", "live", "post_badges", "renewal_row", "tile_chart"}
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
#: The first things that reach beyond the edge, where there are any.
BEYOND = """width => document.documentElement.scrollWidth <= width ? [] :
  ['beyond the edge', ...[...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > width + 1)
    .slice(0, 3).map(each => each.outerHTML.slice(0, 120))]"""


def addresses(whose: Cast) -> Iterator[str]:
    """All pages that are for people and open after log-in."""
    for page in PAGES:
        if "GET" in page.methods and not page.public and not page.data and page.name not in NOT_PAGES:
            url, _theirs = address(page, whose)
            yield from (f"{url}?{query}" if query else url for query in ASKED.get(page.name, ("",)))


@pytest.fixture
def urls(cast) -> list[str]:  # noqa: F811
    """Their addresses; what they name is made here, before a browser's loop runs, beside which the database is not asked."""
    return list(addresses(cast))


@pytest.fixture
def opened(cast, urls, live_server, chromium) -> Iterator[Watched]:  # noqa: F811
    """The administrator's browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = browser.new_context(base_url=live_server.url, color_scheme="light", locale="en-GB")
        context.set_default_timeout(60_000)
        context.add_init_script(AXE_SCRIPT)
        context.route("**/live/", lambda route: route.fulfill(status=204))
        watched = Watched(context, live_server.url)
        watched.page.goto("/log-in/")
        watched.page.get_by_label("E-mail").fill(cast.administrator.email)
        watched.page.get_by_label("Password").fill(PASSWORD)
        watched.page.get_by_role("button", name="Log in", exact=True).click()
        watched.page.wait_for_url("**/people/")
        yield watched
        browser.close()


@pytest.mark.django_db(transaction=True)
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
    assert not faults, "\n".join(faults)
