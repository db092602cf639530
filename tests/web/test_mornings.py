"""The first mornings of an operator and of an executive in a real browser, from log-in to the end of their work."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.web import small
from tests.web.browsing import NARROWEST, Watched, check
from tests.web.serving import served, until
from tests.web.test_browser import PASSWORD, browser  # noqa: F401 - browser is a fixture

#: As a billing program writes it: no name of Tenure's.
SOLD = "Nr;Kunde;Betrag;Beginn;Letzter Tag\nS9;acme;1.200,00;01.03.2026;\nS10;cedar;99,50;15.02.2026;31.12.2026\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory, chromium):
    home = tmp_path_factory.mktemp("mornings") / "home"
    shutil.copytree(small.made_in(tmp_path_factory.mktemp("small")), home)
    with served(home) as running:
        until(running.is_ready)
        yield running


def test_mornings_of_who_operates_and_of_an_executive(server, browser, tmp_path):  # noqa: F811
    watched = Watched(browser.new_context(base_url=server.base, locale="en-GB"), server.base)
    page = watched.page
    page.set_default_timeout(60_000)
    page.goto(server.link())
    for label, text in (("Your name", "Ada"), ("E-mail", "ada@example.com")):
        page.get_by_label(label).fill(text)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    brings_a_file(page, tmp_path)
    has_scores_made(page)
    executive = invited(page, browser, server)
    watched.is_quiet()
    sends_the_board(executive.page)
    executive.is_quiet()


def brings_a_file(page, folder):
    """Its columns are called otherwise: she looks at what is guessed, mends it, and says that it is right."""
    file = folder / "abo_subscriptions.csv"
    file.write_text(SOLD, "utf-8")
    page.goto("/data/bring/")
    page.get_by_label("Files", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at them").click()
    page.get_by_role("link", name="Say which column is which").click()
    expect(page.get_by_text("5 columns are guessed")).to_be_visible()
    expect(page.locator("#from-amount")).to_have_value("2")
    page.get_by_label("An end is the last day").check()
    page.get_by_role("button", name="Look again").first.click()
    expect(page.get_by_text("columns are guessed")).to_have_count(0)
    expect(page.get_by_role("cell", name="1200.00")).to_be_visible()
    check(page, "columns")
    page.set_viewport_size({"width": NARROWEST, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="That is right").click()
    expect(page.get_by_text("Below stands what would become of all rows")).to_be_visible()
    page.get_by_role("button", name="Load 1 file").click()
    expect(page.get_by_text("2 rows were read.")).to_be_visible()


def has_scores_made(page):
    """Without the night, and without a command line."""
    page.goto("/health/")
    expect(page.get_by_text("There are no health scores yet")).to_be_visible()
    check(page, "no scores")
    page.goto("/data/")
    expect(page.get_by_text("No scores were made yet")).to_be_visible()
    page.get_by_role("button", name="Score now").click()
    expect(page.get_by_role("heading", name="Jobs", level=1)).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Scores of today")
    expect(row.get_by_text("Done", exact=True)).to_be_visible(timeout=240_000)  # it comes by itself
    page.goto("/data/")
    expect(page.get_by_text(re.compile("Scores were last made on"))).to_be_visible()
    check(page, "data")


def invited(page, browser, server):  # noqa: F811
    page.goto("/people/add/")
    page.get_by_label("Name").fill("Eva")
    page.get_by_label("E-mail").fill("eva@example.com")
    page.get_by_role("checkbox", name=re.compile("^Executive")).check()
    page.get_by_role("button", name="Add and make a link").click()
    link = page.get_by_label("Link").input_value()
    watched = Watched(browser.new_context(base_url=server.base, locale="en-GB"), server.base)
    watched.page.set_default_timeout(60_000)
    watched.page.goto(link)
    watched.page.get_by_label("Password", exact=True).fill(PASSWORD)
    watched.page.get_by_label("Password, once more").fill(PASSWORD)
    watched.page.get_by_role("main").get_by_role("button").last.click()
    expect(watched.page.get_by_role("heading", level=1)).to_have_text("Board")
    return watched


def sends_the_board(page):
    """With its rows, to herself each month; and now, as a workbook."""
    assert "tenure " not in page.get_by_role("main").inner_text(), "she has no command line"
    page.get_by_text("Export", exact=True).click()
    page.get_by_role("link", name="Send, or as a file").click()
    page.get_by_label("How often").select_option("month")
    page.get_by_label("As", exact=True).select_option("xlsx")
    check(page, "sending")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="Board by mail")).to_be_visible()
    page.goto("/send/board/")
    page.get_by_role("button", name="XLSX").click()
    link = page.get_by_role("link", name=re.compile(r"^Board .*\.xlsx$"))
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as got:
        link.click()
    assert got.value.suggested_filename.endswith(".xlsx")
