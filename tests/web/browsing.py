"""A browser that watches itself, for tests that look at pages as people do."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
NARROWEST = 360


class Watched:
    """A page whose browser complains of nothing and asks nobody but us."""

    def __init__(self, context, base):
        self.page = context.new_page()
        self.complaints = []
        self.elsewhere = []
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else 0
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request", lambda asked: 0 if asked.url.startswith(base + "/") else self.elsewhere.append(asked.url)
        )

    def is_quiet(self):
        """Whether all was well but for answers that were meant to be refusals."""
        assert not self.elsewhere
        assert not [text for text in self.complaints if "responded with a status of 4" not in text]


def is_scripted(page: Page) -> None:
    """Wait until the page's scripts run: before that, its buttons are plain links and no key does more than usual."""
    expect(page.locator("html.scripted")).to_be_attached()


def check(page: Page, at: str) -> None:
    """Whether axe finds nothing on what is shown."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{at}: {found.generate_report()}"
