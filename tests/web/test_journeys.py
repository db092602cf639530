"""What an executive, a manager and a CSM do in a real browser, with the simulated company behind it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from time import sleep

import pytest
from playwright.sync_api import expect

from tenure import keeper
from tenure.engine import Scope
from tenure.web.kit.charts import Chart
from tests.web.browsing import NARROWEST, Watched, check, is_scripted
from tests.web.company import keep_objectives, keep_plays, keep_scores, owners
from tests.web.serving import served, until
from tests.web.test_browser import PASSWORD, browser  # noqa: F401 - browser is a fixture

#: What each sees first.
FIRST = {"ada": "First steps", "executive": "Board", "manager": "Today", "csm": "Today"}


@pytest.fixture(scope="module")
def cast(company_home):
    """Whom the CSM and the manager are tied to: the fullest book, and whom its owner reports to."""
    workspace = keeper.open(company_home)
    books = owners(workspace)
    staff = {row["csm_id"]: row for row in workspace.rows("csm", limit=1000).rows}
    csm = max(
        (name for name in books if name in staff and staff[name]["manager_id"]), key=lambda name: len(books[name])
    )
    return {"csm": csm, "manager": staff[csm]["manager_id"], "executive": ""}


@pytest.fixture(scope="module")
def server(tmp_path_factory, company_home, chromium, cast):
    home = tmp_path_factory.mktemp("journeys") / "home"
    shutil.copytree(company_home, home)
    workspace = keeper.open(home)
    keep_scores(workspace)
    keep_plays(workspace)
    keep_objectives(workspace, cast["csm"])
    workspace.close()
    with served(home) as running:
        until(running.is_ready)
        yield running


@pytest.fixture(scope="module")
def people(server, browser, cast):  # noqa: F811
    """The three, invited by the first administrator and with passwords of their own."""
    page = browser.new_context(base_url=server.base).new_page()
    page.goto(server.link())
    for label, text in (("Your name", "Ada"), ("E-mail", "ada@example.com")):
        page.get_by_label(label).fill(text)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    for role, csm_id in cast.items():
        page.goto("/people/add/")
        page.get_by_label("Name").fill(f"The {role}")
        page.get_by_label("E-mail").fill(f"{role}@example.com")
        page.get_by_role("checkbox", name=re.compile(f"^{role}", re.IGNORECASE)).check()
        page.get_by_label("CSM id").fill(csm_id)
        page.get_by_role("button", name="Add and make a link").click()
        link = page.get_by_label("Link").input_value()
        other = browser.new_context(base_url=server.base).new_page()
        other.goto(link)
        other.get_by_label("Password", exact=True).fill(PASSWORD)
        other.get_by_label("Password, once more").fill(PASSWORD)
        other.get_by_role("main").get_by_role("button").last.click()
        expect(other.get_by_role("heading", level=1)).to_have_text(FIRST[role])


@pytest.fixture
def as_(server, browser, people):  # noqa: F811
    """Log somebody in; what the browser complains of fails the test at its end."""
    opened = []

    def log_in(role, **more):
        context = browser.new_context(base_url=server.base, locale="en-GB", **more)
        watched = Watched(context, server.base)
        watched.page.goto("/log-in/")
        watched.page.get_by_label("E-mail").fill(f"{role}@example.com")
        watched.page.get_by_label("Password").fill(PASSWORD)
        watched.page.get_by_role("button", name="Log in").click()
        expect(watched.page.get_by_role("heading", level=1)).to_have_text(FIRST[role])
        is_scripted(watched.page)
        opened.append((context, watched))
        return watched.page

    yield log_in
    for context, watched in opened:
        watched.is_quiet()
        context.close()


def settled(page):
    """Wait until all parts of the board have come, and all their charts are drawn."""
    expect(page.locator(".slot")).to_have_count(0, timeout=60_000)
    expect(page.locator("[data-chart]:not(:has(svg))")).to_have_count(0)
    assert page.locator("[data-chart] svg").count() >= 4


def test_an_executive_follows_a_figure_to_its_rows(as_):
    page = as_("executive")
    settled(page)
    page.get_by_role("link", name="Net revenue retention", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Net revenue retention")
    page.get_by_label("By").select_option("segment")
    expect(page).to_have_url(re.compile("by=segment"))
    expect(page.locator("[data-chart] svg")).to_have_count(2)  # the segments' course, and why they changed the whole
    page.get_by_text("Show as table").first.click()
    expect(page.locator(".chart-table table").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Rows of")).first.click()
    expect(page.get_by_role("heading", name=re.compile("^Rows behind"))).to_be_visible()
    page.get_by_text("SQL", exact=True).click()
    expect(page.locator("pre")).to_contain_text("SELECT")


#: Pages on which, together, every kind of chart is drawn.
DRAWN = (
    "/board/", "/metrics/mrr/?at=2026-10", "/metrics/customer_retention_rate/?by=owner&window=12m",
    "/effects/Training/effect/?metric=mrr",
)  # fmt: skip
MARKS = {
    "lines": 2, "bars": 12, "waterfall": 5, "cascade": 3, "heat": 10, "funnel": 8, "distribution": 3, "estimates": 12,
    "flow": 6,
}  # fmt: skip
#: The colour of what is written beside the axes, in both looks.
MUTED = ("rgb(93,96,103)", "rgb(160,163,170)")
DRAWING = "places => places.map(place => place.querySelector('svg')?.outerHTML.replaceAll(', ', ',') ?? '')"


@pytest.fixture(scope="module")
def healthy(server):
    """A customer of whom a health score can be made."""
    return next(one.account_id for one in keeper.open(server.home).health().accounts if one.score is not None)


def test_every_kind_of_chart_is_drawn_in_both_looks(as_, healthy):
    executive, administrator, seen = as_("executive"), as_("ada"), set()
    executives = [(executive, url) for url in (*DRAWN, f"/accounts/{healthy}/health/")]
    for page, url in ((administrator, "/data/?hours=720"), *executives):
        page.goto(url)
        expect(page.locator(".slot")).to_have_count(0, timeout=60_000)
        kinds = [json.loads(place.get_attribute("data-chart"))["kind"] for place in page.locator("[data-chart]").all()]
        expect(page.locator("[data-chart] svg")).to_have_count(len(kinds))
        seen |= set(kinds)
        for place, kind in zip(page.locator(".chart").all(), kinds, strict=True):
            assert len(place.get_by_role("img").first.get_attribute("aria-label")) > 20, kind
            assert place.locator("svg path").count() >= MARKS[kind], kind
            place.get_by_text("Show as table").click()
            expect(place.get_by_role("table")).to_be_visible()
            assert place.locator("tbody tr").count() > 1, kind
        before = page.locator("[data-chart]").evaluate_all(DRAWING)
        with page.expect_response("**/account/theme/"):
            page.locator(".theme button:visible").click()
        until(lambda: all(now != then for now, then in zip(page.locator("[data-chart]").evaluate_all(DRAWING), before)))  # noqa: B023, B905
        after = page.locator("[data-chart]").evaluate_all(DRAWING)
        for one, other, kind in zip(before, after, kinds, strict=True):
            if kind == "flow":  # it has no axes
                continue
            assert [muted in one for muted in MUTED] == [muted not in other for muted in MUTED], url
    assert seen == {kind.kind for kind in Chart.__subclasses__()} == set(MARKS)
    executive.goto("/board/")
    lines = [line.bounding_box()["width"] for line in executive.locator(".spark-line:not([d=''])").all()]
    assert len(lines) >= 4
    assert min(lines) > 100
    assert page.locator(".spark:not(:has(path:not([d=''])))").count() == 0


def test_a_csm_logs_a_contact_with_an_own_account(as_, cast, company_home):
    page = as_("csm")
    page.get_by_role("link", name="Accounts").first.click()
    own = {
        row["account_id"]
        for row in keeper.open(company_home).seen_by(Scope((cast["csm"],))).rows("accounts", limit=1000).rows
    }
    shown = {link.get_attribute("href").split("/")[2] for link in page.locator(".listed tbody th a").all()}
    assert shown
    assert shown <= own
    page.locator(".listed tbody th a").first.click()
    page.get_by_role("link", name="Log a contact").click()
    page.get_by_label("Minutes").fill("25")
    page.get_by_label("Notes").fill("Spoke of <b>seats</b>")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("The contact is logged.")).to_be_visible()
    expect(page.locator(".events li").first).to_contain_text("25 minutes")
    expect(page.locator(".events li").first).to_contain_text("Spoke of <b>seats</b>")
    page.goto("/accounts/?order=-last_touch")
    expect(page.locator(".listed tbody tr").first).to_contain_text("second")


def test_a_csm_keeps_a_note_in_two_clicks_and_the_customer_confirms_a_shared_plan(as_, server, cast, browser):  # noqa: F811
    page = as_("csm")
    own = keeper.open(server.home).seen_by(Scope((cast["csm"],))).rows("accounts", order=("account_id",), limit=50).rows
    account = own[-1]["account_id"]
    page.goto(f"/accounts/{account}/")
    page.get_by_text("Write a note").click()
    page.locator("#note_text").fill("Asked for <b>SSO</b>")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#timeline .events li").first).to_contain_text("Asked for <b>SSO</b>")
    expect(page.locator("#timeline [role=status]")).to_have_text("The note is kept.")
    page.locator("#timeline .chip", has_text="Notes").click()
    expect(page.locator("#timeline .chip[aria-current]")).to_contain_text("Notes")
    page.goto(f"/accounts/{account}/plan/goal/")
    page.get_by_label("Goal, in the customer's words").fill("Fewer calls")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add a step", exact=True).last.click()
    page.get_by_label("Step").fill("Invite the team")
    page.get_by_label("Who does it").select_option("customer")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Share").click()
    page.get_by_label("For whom").fill("Quin")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link").input_value()
    context = browser.new_context(base_url=server.base, locale="en-GB")
    watched = Watched(context, server.base)
    customer = watched.page
    customer.goto(link)
    expect(customer).to_have_url(f"{server.base}/shared-plan/")  # the secret is gone from the address
    check(customer, "the shared plan")
    goal = customer.locator("article.goal", has_text="Fewer calls")
    goal.get_by_role("button", name="Yes, this is our goal").click()
    expect(goal).to_contain_text("confirmed: Quin")
    goal.get_by_role("button", name="Done: Invite the team").click()
    expect(goal.locator("li.done")).to_contain_text("Invite the team")
    customer.set_viewport_size({"width": NARROWEST, "height": 700})
    assert customer.evaluate("document.documentElement.scrollWidth") == NARROWEST
    watched.is_quiet()
    context.close()
    page.goto(f"/accounts/{account}/plan/")
    expect(page.locator("article.goal", has_text="Fewer calls")).to_contain_text("confirmed: Quin")
    check(page, "the plan")


def _planned(page, kind, who):
    """A manager plans a review; gives its address once what changed has been gathered."""
    page.goto("/team-reviews/")
    page.get_by_role("link", name=f"Plan: {kind} with {who}").click()
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator(".agenda")).to_be_visible(timeout=60_000)
    return page.url


def test_a_manager_prepares_and_holds_a_talk_and_an_evaluation_and_the_csm_answers_and_signs(as_):
    manager, csm = as_("manager"), as_("csm")
    talk = _planned(manager, "1:1", "The csm")
    expect(manager.locator(".agenda h3").first).to_have_text("Results")
    manager.get_by_label("Note").fill("She <b>wants</b> to learn")
    manager.get_by_role("button", name="Write it").click()
    manager.get_by_label("What", exact=True).fill("Shadow a negotiation")
    manager.get_by_label("Who", exact=True).select_option("The csm")
    manager.get_by_role("button", name="Agree on it").click()
    manager.get_by_role("button", name="Hold it now").click()
    csm.goto("/reviews/")
    csm.get_by_role("link", name="1:1", exact=True).first.click()
    expect(csm.locator(".written")).to_contain_text("She <b>wants</b> to learn")
    csm.get_by_role("button", name="Sign").click()
    manager.goto(talk)
    manager.get_by_role("button", name="Sign").click()
    expect(manager.locator(".standing")).to_contain_text("It is as it was signed")
    url = _planned(manager, "Quarterly evaluation", "The csm")
    expect(manager.locator(".agenda")).to_contain_text("Against what was to be expected")
    for page, level, skills in ((manager, 1, 5), (csm, 3, 1)):
        page.goto(url)
        for number in range(skills):
            page.get_by_role("link", name=re.compile("^Judge ")).nth(number).click()
            page.get_by_role("radio").nth(level).check()
            page.get_by_label("Evidence 1").select_option(index=1)
            page.get_by_role("button", name="Keep it").click()
        page.get_by_role("button", name="Share what I judged").click()
    expect(csm.get_by_text("own view 2 levels higher")).to_have_count(1)
    manager.goto(url)
    manager.get_by_role("button", name="Hold it now").click()
    check(manager, "the evaluation that is held")
    csm.goto(url)
    csm.get_by_label("Your words").fill("I see it differently")
    csm.get_by_role("button", name="Answer").click()
    csm.get_by_role("button", name="Sign").click()
    manager.goto(url)
    expect(manager.locator(".written")).to_contain_text("I see it differently")
    manager.get_by_role("button", name="Sign").click()
    expect(manager.locator(".standing")).to_contain_text("It is as it was signed")
    expect(manager.get_by_role("button", name="Sign")).to_have_count(0)
    for scheme in ("dark", "light"):
        csm.emulate_media(color_scheme=scheme)
        for place in (url, "/reviews/", "/reviews/skills/"):
            csm.goto(place)
            check(csm, f"{place} {scheme}")
    csm.set_viewport_size({"width": NARROWEST, "height": 700})
    for place in (url, "/reviews/"):
        csm.goto(place)
        assert csm.evaluate("document.documentElement.scrollWidth") == NARROWEST
    manager.goto("/team-reviews/")
    check(manager, "the team's reviews")


def test_a_csm_judges_a_renewal_in_its_row_and_tells_how_it_ended(as_):
    page, url = as_("csm"), "/renewals/?from=2026-10&to=2028-06"
    page.goto(url)
    expect(page.locator(".sums")).to_be_visible()
    before = page.locator(".sums").inner_text()
    row = page.locator(f"#{page.locator('#list .listed tbody tr').first.get_attribute('id')}")
    form = page.locator("tr.in-row")
    row.get_by_role("link", name="Judge").click()
    form.get_by_label("How sure is it?").select_option("at_risk")
    form.get_by_label("Expected a year").fill("77")
    form.get_by_role("button", name="Record it").click()
    expect(row).to_contain_text("At risk")
    expect(row).to_contain_text("€77")
    row.get_by_role("link", name="Outcome").click()
    expect(form.get_by_label(re.compile("^Why"))).to_be_hidden()
    form.get_by_label("What became of it?").select_option("lost")
    form.get_by_role("button", name="Record it").click()
    expect(form).to_contain_text("Say why")
    form.get_by_label(re.compile("^Why")).fill("price")
    form.get_by_role("button", name="Record it").click()
    expect(form).to_have_count(0)
    expect(page.locator(".sums")).not_to_have_text(before)
    page.goto(f"{url}&state=all")
    expect(row).to_contain_text("lost")


def test_a_manager_sees_the_line_and_no_more(as_, cast, company_home):
    page = as_("manager")
    page.get_by_role("link", name="Accounts").first.click()
    page.get_by_label("Search", exact=True).fill("zzzz")
    expect(page.get_by_text("No account that you may see fits.")).to_be_visible()
    expect(page).to_have_url(re.compile("q=zzzz"))
    page.goto("/accounts/?status=all")
    total = int(re.search(r"of (\d+)", page.locator(".pager").inner_text())[1])
    workspace = keeper.open(company_home)
    assert workspace.seen_by(Scope((cast["csm"],))).rows("accounts").total < total < workspace.rows("accounts").total
    assert page.goto("/people/").status == 403


def test_a_csm_runs_her_book_by_keyboard_and_takes_back_what_was_a_slip(as_):
    page = as_("csm")
    page.goto("/accounts/?cols=owner_name,tier,arr,health")
    rows = page.locator(".listed tbody tr")
    first = rows.nth(0).locator("th a").inner_text()
    before = rows.nth(0).locator("td[data-edit]").nth(0).evaluate("cell => cell.firstChild.textContent")
    page.locator("main").click(position={"x": 5, "y": 5})
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text("Tier")
    check(page, "the editor")
    dialog.get_by_label("From now on").fill("Bespoke")
    dialog.get_by_label("From now on").press("Enter")
    expect(page.get_by_text(f"Tier of {first} is noted.")).to_be_visible()
    expect(rows.nth(0)).to_contain_text("Bespoke")
    expect(rows.nth(0).locator("th a")).to_be_focused()
    page.get_by_role("link", name="Undo", exact=True).click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("all is as it was before")).to_be_visible()
    page.goto("/accounts/?cols=owner_name,tier,arr,health")
    expect(rows.nth(0)).to_contain_text(before)
    page.locator("main").click(position={"x": 5, "y": 5})
    for key in ("ArrowDown", "x", "ArrowDown", "x"):
        page.keyboard.press(key)
    expect(page.locator(".selected")).to_contain_text("2 selected")
    check(page, "two are selected")
    page.get_by_role("button", name="Add to a list").click()
    page.get_by_label("Or a new list, called").fill("Pilot")
    page.get_by_role("button", name="Add to a list").click()
    expect(page.get_by_text("They are on the list “Pilot”.")).to_be_visible()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("link", name="Static list").click()
    page.get_by_label("Pilot").check()
    page.get_by_role("button", name="Add the filter").click()
    expect(rows).to_have_count(2)
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("link", name="Save this as a view").click()
    page.get_by_label("Name").fill("The pilot")
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The pilot")
    page.get_by_role("link", name="ARR").first.click()
    expect(page.get_by_text("This is no longer “The pilot” as it was saved.")).to_be_visible()
    check(page, "a changed view")
    page.get_by_role("link", name="Reset").click()
    expect(page.get_by_text("no longer")).to_have_count(0)


def test_what_is_typed_before_the_scripts_are_there_is_looked_for(as_):
    page = as_("manager")
    page.route("**/htmx*", lambda route: (sleep(1), route.continue_()))
    page.goto("/accounts/", wait_until="commit")
    page.get_by_label("Search", exact=True).fill("zzzz")
    expect(page.get_by_text("No account that you may see fits.")).to_be_visible()
    expect(page).to_have_url(re.compile("q=zzzz"))


def test_the_palette_finds_metrics_and_accounts_and_never_shows_or_opens_what_was_found_before(as_, server, cast):
    page = as_("csm")
    own = keeper.open(server.home).seen_by(Scope((cast["csm"],))).rows("accounts", limit=1).rows[0]
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("option").first).to_be_visible()
    page.keyboard.type(own["name"])
    group = page.get_by_role("group", name="Accounts")
    expect(group.get_by_role("option").first).to_contain_text(own["name"])
    check(page, "the palette with accounts")
    page.route("**/search/?part=names&q=m", lambda route: page.wait_for_timeout(1_500) or route.continue_())
    page.keyboard.press("Control+a")
    with page.expect_request("**/search/?part=names&q=m"):
        page.keyboard.type("m")
    page.keyboard.type("rr")
    metrics = page.get_by_role("group", name="Metrics").get_by_role("option")
    expect(metrics.first).to_have_attribute("href", "/metrics/mrr/")
    shown = metrics.count()
    page.wait_for_timeout(2_000)  # by now the answer to the first letter could have come
    assert metrics.count() == shown
    expect(page.get_by_role("combobox", name="Search everything")).to_have_attribute(
        "aria-activedescendant", "palette-option-0"
    )
    page.keyboard.press("Control+a")
    page.keyboard.type("nrr")
    page.keyboard.press("Enter")  # before anything was found
    expect(page.get_by_role("heading", level=1)).to_have_text("Net revenue retention")
    is_scripted(page)
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    page.get_by_role("navigation", name="Main pages").get_by_role("link", name="Search").click()
    page.keyboard.type("zzzz")
    expect(page.get_by_text("Nothing that you may see is called that.")).to_be_visible()
    check(page, "the palette with nothing")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_one_types_at_once_on_the_page_of_search(as_):
    page = as_("csm")
    page.goto("/search/")
    expect(page.locator("main").get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("nrr")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("link", name="Net revenue retention")).to_be_visible()


# New figures on open pages

#: Makes a page believe that it is in a tab behind another, or that it is not.
HIDDEN = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def load(home, table, *lines):
    """Load a file as a person does on the command line, beside the server."""
    file = home.parent / f"{table}-{len(list(home.parent.iterdir()))}.csv"
    file.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "tenure", "--home", str(home), "load", table, str(file)]
    subprocess.run(command, check=True, capture_output=True)


def sold(home, account, amount):
    """Load another line of an account, by the month, since the beginning of the year."""
    name = f"more-{account}-{amount}"
    lines = ("subscription_id,account_id,amount,interval,started_at", f"{name},{account},{amount},month,2026-01-01")
    load(home, "subscription", *lines)


def test_an_executives_morning(as_, tmp_path):
    """From the board to a comparison, an annotation, the file, paper, and the rows behind a figure."""
    page = as_("executive", permissions=["clipboard-read", "clipboard-write"])
    settled(page)
    page.get_by_label("Compared with").select_option("year")
    expect(page).to_have_url(re.compile("versus=year"))
    page.get_by_role("link", name="Annotate").click()
    page.get_by_label("What happened").fill("Prices up")
    page.get_by_label("When").fill("2026-09-14")
    page.get_by_role("button", name="Annotate").click()
    expect(page).to_have_url(re.compile("versus=year"))
    settled(page)
    expect(page.locator(".flags li").first).to_contain_text("Prices up The executive")
    check(page, "the board")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    with page.expect_download() as download:
        page.get_by_text("Export", exact=True).click()
        page.get_by_role("link", name="Workbook (XLSX)").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    paper = page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox \[0 0 84[12][.\d]* 59[45]", paper), "A4 landscape"
    assert 2 <= len(re.findall(rb"/Type /Page\b", paper)) <= 6
    page.emulate_media(media="print", color_scheme="dark")
    for name in ("Copy link", "Print"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()
    expect(page.get_by_role("navigation", name="Pages", exact=True)).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator("#segments-0 .plain-figure").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Rows behind"))).to_be_visible()
    page.locator("#rows tbody a").first.click()
    expect(page).to_have_url(re.compile("/accounts/"))
    page.goto("/annotations/")
    page.get_by_role("link", name="Prices up").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("Nothing is annotated yet")).to_be_visible()


def test_an_open_board_shows_what_is_loaded_and_nothing_else_of_it_moves(as_, server, company_home):
    page = as_("executive")
    settled(page)
    account = keeper.open(company_home).rows("accounts", where=[("is_customer", "equals", True)], limit=1).rows[0]
    arr = page.locator(".figure-value strong").first
    before, bars = arr.inner_text(), page.locator("[data-chart*=bars]").first.get_attribute("data-chart")
    table = page.locator(".chart-table").nth(1)
    table.locator("summary").click()
    page.get_by_role("link", name="Gross revenue retention", exact=True).focus()
    page.evaluate("scrollTo(0, 300)")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/board/") else 0)
    sold(server.home, account["account_id"], 250_000)
    expect(arr).not_to_have_text(before, timeout=20_000)
    expect(page.get_by_text("Figures updated")).to_have_count(1)
    assert page.evaluate("scrollY") == 300
    expect(page.get_by_role("link", name="Gross revenue retention", exact=True)).to_be_focused()
    expect(page.locator(".chart-table[open]")).to_have_count(1)
    expect(table.locator("table")).to_be_visible()
    expect(page.locator("[data-chart*=bars]").first).not_to_have_attribute(
        "data-chart", bars
    )  # of a part that came again
    settled(page)
    page.wait_for_timeout(8_000)  # longer than between two fetches: making the figures is no news
    assert len(asked) == 1


def test_where_something_is_being_filled_in_a_bar_offers_what_is_new(as_, server, cast):
    page = as_("csm")
    page.goto("/accounts/")
    page.locator(".listed tbody th a").first.click()
    account = page.url.split("/")[-2]
    page.get_by_role("link", name="Log a contact").click()
    page.get_by_label("Notes").fill("Half a sentence")
    page.get_by_role("heading", level=1).click()
    load(server.home, "account", "account_id,name", f"{account},Renamed & Sons")
    bar = page.get_by_text("New figures are here.")
    expect(bar).to_be_visible(timeout=20_000)
    expect(page.get_by_label("Notes")).to_have_value("Half a sentence")
    check(page, "the bar")
    page.get_by_role("link", name="Show them").click()
    expect(page.get_by_role("link", name="Renamed & Sons")).to_be_visible()
    expect(bar).to_be_hidden()


def test_a_form_that_was_opened_in_a_row_stays_when_news_come(as_, server):
    page = as_("csm")
    page.goto("/renewals/?from=2026-10&to=2028-06")
    page.get_by_role("link", name="Judge", exact=True).first.click()
    answer = page.get_by_label("How sure is it?")
    expect(answer).to_be_visible()
    load(server.home, "account", "account_id,name", "daughters,Renamed & Daughters")
    expect(page.get_by_text("New figures are here.")).to_be_visible(timeout=20_000)
    answer.select_option("at_risk")


def test_a_contact_that_somebody_logs_is_seen_on_another_s_open_page(as_, cast):
    csm, executive = as_("csm"), as_("executive")
    csm.goto("/accounts/")
    csm.locator(".listed tbody th a").last.click()
    executive.goto(csm.url)
    csm.get_by_role("link", name="Log a contact").click()
    csm.get_by_label("Notes").fill("Seen by two")
    csm.get_by_role("button", name="Log it").click()
    expect(csm.get_by_text("The contact is logged.")).to_be_visible()
    expect(executive.locator(".events")).to_contain_text("Seen by two", timeout=20_000)
    csm.wait_for_timeout(3_000)
    expect(csm.get_by_text("The contact is logged.")).to_be_visible()


def test_a_page_that_is_not_looked_at_rests_and_one_without_a_session_stays_still(as_):
    page = as_("executive")
    asked = []
    page.on("request", lambda request: asked.append(request.method) if request.url.endswith("/live/") else 0)

    def comes(*methods):
        until(lambda: page.wait_for_timeout(50) or asked == list(methods))

    page.reload()
    until(lambda: page.wait_for_timeout(500) or asked)
    asked.clear()
    page.evaluate(HIDDEN, True)
    page.evaluate(HIDDEN, False)
    comes("HEAD", "GET")
    other = page.context.new_page()
    other.goto("/account/")
    other.get_by_role("button", name="Log out").first.click()
    expect(other.get_by_role("button", name="Log in")).to_be_visible()
    other.close()
    page.wait_for_timeout(8_000)
    assert len(asked) == 2, "told that it is over, it asks no more"
    page.evaluate(HIDDEN, True)
    page.evaluate(HIDDEN, False)
    comes("HEAD", "GET", "HEAD")
    page.wait_for_timeout(1_000)
    assert len(asked) == 3, "and whoever is not logged in follows nothing"
    expect(page.get_by_role("heading", level=1)).to_have_text("Board")


def test_a_csm_works_through_the_morning_until_nothing_is_left(as_):
    page = as_("csm")
    page.goto("/today/?all=1")
    is_scripted(page)
    lines, said = page.locator("[data-item]"), page.locator("#day [role=status]")
    many = lines.count()
    assert many > 3
    first = lines.first.locator(".item-words").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(said).to_contain_text(f"Done: {first}")
    expect(lines).to_have_count(many - 1)
    expect(lines.first).to_be_focused()
    page.keyboard.press("u")
    expect(lines).to_have_count(many)  # a task of today now, which stands first
    expect(lines.first.locator(".item-words")).to_have_text(first)
    lines.nth(1).get_by_text("Later").click()
    lines.nth(1).get_by_role("button", name="Next week").or_(
        lines.nth(1).get_by_role("button", name="Monday")
    ).first.click()
    expect(said).to_contain_text("Put off until")
    expect(lines).to_have_count(many - 1)
    for left in range(many - 2, -1, -1):
        lines.first.focus()
        page.keyboard.press("d")
        expect(lines).to_have_count(left)
    expect(page.get_by_role("heading", name="Nothing is left for today")).to_be_visible()
    check(page, "/today/ in the evening")
    page.goto("/today/")
    expect(page.get_by_role("heading", name="Nothing is left for today")).to_be_visible()
    page.goto("/tasks/?status=done")
    expect(page.get_by_role("link", name=first)).to_be_visible()


def test_a_manager_makes_a_dashboard_pins_a_figure_has_it_as_a_file_and_by_mail(as_):
    page = as_("manager")
    page.goto("/metrics/mrr/?by=segment")
    page.get_by_role("link", name="Pin", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pin a figure")
    expect(page.locator("#build-by")).to_have_value("segment")
    expect(page.locator(".preview [data-chart] svg")).to_be_visible()
    page.get_by_label("Shown as").select_option("table")
    expect(page.locator(".preview table").first).to_be_visible()
    page.get_by_label("Shown as").select_option("chart")
    expect(page.locator(".preview [data-chart] svg")).to_be_visible()
    page.get_by_label("Metric").select_option("arr")
    expect(page.locator("#build-by")).to_have_value("")
    page.get_by_label("Title").fill("Our ARR")
    page.get_by_role("button", name="Pin it").click()
    expect(page.get_by_role("heading", name="Our ARR")).to_be_visible()
    expect(page.locator(".tile [data-chart] svg")).to_be_visible()
    check(page, "a dashboard")
    page.get_by_role("link", name="Arrange").click()
    page.get_by_role("button", name="Wider").click()
    expect(page.locator(".tile.width-2")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    with page.expect_download() as got:
        page.get_by_role("button", name="PNG").click()
    assert got.value.suggested_filename == "Our ARR.png"
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Export as a workbook (XLSX)").click()
    expect(page.get_by_role("link", name=re.compile(r"\.xlsx$"))).to_be_visible(timeout=30_000)  # it comes by itself
    expect(page.get_by_text(re.compile(r"Notices: [1-9]\d* unread"))).to_be_attached()
    check(page, "jobs")
    page.goto("/dashboards/1/")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Send by mail on a schedule").click()
    page.get_by_label("How often").select_option("week")
    check(page, "a schedule")
    page.get_by_role("button", name="Save").click()
    page.goto("/jobs/")
    expect(page.get_by_role("cell", name=re.compile("every week on Monday"))).to_be_visible()
    for url in ("/dashboards/1/", "/dashboards/1/?arrange=1", "/dashboards/pin/", "/jobs/", "/notices/"):
        page.set_viewport_size({"width": NARROWEST, "height": 780})
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST, url
