"""How fast pages answer while people work, beside the smallest page that the same server gives; and what a browser gets.

    .venv/bin/python -m bench.pages [--accounts 2000] [--people 20] [--seconds 30] [--home DIR]

Serves a simulated company and lets people of all roles open pages, each with a pause of one to three seconds between
two. Prints the 50th and 95th percentile of the time to the whole answer, by page. Then a browser (chromium) opens each
page with empty caches and once more: how much comes over the line, the largest paint, and how far the layout shifts.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from playwright.sync_api import sync_playwright

from tenure import keeper
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.sources.demo import simulate, write_canonical
from tests.web.serving import served, until
from tests.web.test_browser import ARGUMENTS
from tests.workspaces import MEASURED

PASSWORD = "a harbour at dusk"
ACCOUNT = "an account"
PAGES = (
    "/board/", "/metrics/", "/metrics/net_revenue_retention/", "/metrics/mrr/?by=segment", "/accounts/",
    "/accounts/?order=name&page=2", "/accounts/?segment=SMB", ACCOUNT,
)  # fmt: skip
WANTED, WANTED_PAINT = 0.150, 1.2
WANTED_FIRST, WANTED_AFTER = 500, 60


def main() -> None:
    """Make the company, let people work, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--accounts", type=int, default=2_000)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--seconds", type=int, default=30)
    options.add_argument("--home", type=Path, help="a workspace made by an earlier run")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch) / "home"
        if not home.exists():
            make(home, given.accounts)
        members = invite(home, given.people)
        with served(home) as server:
            until(server.is_ready, 60)
            work(server.base, members, given.seconds)
            look(server.base, members[-1])


def make(home: Path, accounts: int) -> None:
    """A workspace with the company, loaded and computed."""
    keeper.create(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    files = home / "files"
    write_canonical(simulate(accounts=accounts, months=24, today=datetime.now(UTC).date(), seed=7), files, MEASURED)
    workspace = keeper.open(home)
    for path in sorted(files.iterdir()):
        workspace.call("load", Load((str(path),), path.stem, history=True))
    workspace.call("run", Run())


def invite(home: Path, count: int) -> list[str]:
    """That many people, of all roles in turn; CSMs and managers tied to real ones. Their addresses."""
    from tenure.web.serve import prepare

    told = sorted(keeper.open(home).rows("csm", limit=1_000).rows, key=lambda row: str(row["valid_from"] or ""))
    staff = [row for row in {row["csm_id"]: row for row in told}.values() if row["role"] == "csm"]  # as it is now
    prepare(home)
    from tenure.web.access import people
    from tenure.web.access.models import User
    from tenure.web.access.roles import Role

    found = []
    for number in range(count):
        role = (Role.CSM, Role.CSM, Role.MANAGER, Role.EXECUTIVE)[number % 4]
        one = staff[number % len(staff)]
        email = f"{role.value}-{number}@bench.example"
        tied = {Role.CSM: one["csm_id"], Role.MANAGER: one["manager_id"]}.get(role, "")
        if not User.objects.filter(email=email).exists():
            people.create(email=email, name=email, csm_id=tied, roles=(role,), password=PASSWORD)
        found.append(email)
    return found


def work(base: str, members: list[str], seconds: int) -> None:
    """Everybody at once, until the time is over."""
    browsers = [log_in(base, email) for email in members]
    books = [accounts_of(browser, base) for browser in browsers]
    for browser, book in zip(browsers, books, strict=True):
        for page in PAGES:  # as after the first look of the morning: what is asked again is kept
            ask(browser, base, page, book, random.Random(0))
    took: dict[str, list[float]] = {page: [] for page in ("/healthz", *PAGES)}
    end = time.monotonic() + seconds

    def person(browser: OpenerDirector, book: list[str], chance: random.Random) -> None:
        while time.monotonic() < end:
            time.sleep(chance.uniform(1, 3))
            page = chance.choice(list(took))
            began = time.perf_counter()
            ask(browser, base, page, book, chance)
            took[page].append(time.perf_counter() - began)

    pairs = enumerate(zip(browsers, books, strict=True))
    workers = [threading.Thread(target=person, args=(*pair, random.Random(n))) for n, pair in pairs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    every = [one for page in PAGES for one in took[page]]
    for page, times in took.items():
        if times:
            print(f"  {page:36} {told(times)}")
    least = statistics.median(took["/healthz"])
    print(f"= {len(every)} pages by {len(members)} people: {told(every)} (wanted: p95 {WANTED * 1e3:.0f} ms);", end=" ")
    print(f"the smallest answer of the server: {least * 1e3:.0f} ms")


def look(base: str, email: str) -> None:
    """Each page in a browser: what comes the first time and the next, largest paint and shifts."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        heaviest, heaviest_after, slowest, shifted = 0.0, 0.0, 0.0, 0.0
        for page in PAGES:
            context = chromium.new_context(viewport={"width": 1380, "height": 900})
            tab = context.new_page()
            tab.goto(f"{base}/log-in/")
            tab.fill("[name=email]", email)
            tab.fill("[name=password]", PASSWORD)
            tab.keyboard.press("Enter")
            tab.wait_for_url(lambda url: "/log-in/" not in url)
            address = page
            if page == ACCOUNT:
                tab.goto(f"{base}/accounts/")
                address = tab.locator("a[href^='/accounts/A']").first.get_attribute("href") or "/accounts/"
            wire = context.new_cdp_session(tab)
            wire.send("Network.enable")
            received: list[float] = []
            wire.on("Network.loadingFinished", lambda said, to=received: to.append(said["encodedDataLength"]))
            wire.send("Network.clearBrowserCache")
            measured = []
            for _ in ("first", "after"):
                received.clear()
                tab.goto(base + address, wait_until="networkidle")
                paint, shift = tab.evaluate(SEEN)
                measured.append((sum(received) / 1000, paint / 1000, shift))
            (first, paint, shift), (after, again, _) = measured
            print(
                f"  {page:36} first {first:.0f} kB, largest paint {paint:.2f} s; after {after:.0f} kB, {again:.2f} s; "
                f"shift {shift:.3f}"
            )
            heaviest, heaviest_after = max(heaviest, first), max(heaviest_after, after)
            slowest, shifted = max(slowest, paint, again), max(shifted, shift)
            context.close()
        chromium.close()
    print(
        f"= at most {heaviest:.0f} kB the first time (wanted: {WANTED_FIRST}), {heaviest_after:.0f} kB after "
        f"({WANTED_AFTER}), largest paint {slowest:.2f} s ({WANTED_PAINT}), layout shift {shifted:.3f} (0)"
    )


#: Largest contentful paint (ms) and the sum of layout shifts, as the browser has noted them.
SEEN = """() => new Promise((done) => {
  let paint = 0, shift = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) paint = e.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) shift += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done([paint, shift]), 300);
})"""


def told(times: list[float]) -> str:
    """The middle and the slow end."""
    ordered = sorted(times)
    return f"p50 {statistics.median(ordered) * 1e3:.0f} ms, p95 {ordered[int(len(ordered) * 0.95)] * 1e3:.0f} ms"


def log_in(base: str, email: str) -> OpenerDirector:
    """A browser with a session."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    page = browser.open(f"{base}/log-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = urlencode({"email": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}).encode()
    browser.open(Request(f"{base}/log-in/", form, {"Origin": base})).read()
    assert any("session" in cookie.name for cookie in jar), email
    return browser


def accounts_of(browser: OpenerDirector, base: str) -> list[str]:
    """The pages of the accounts on the first page of somebody's list."""
    listed = browser.open(f"{base}/accounts/").read().decode()
    return re.findall(r'href="(/accounts/[^"/]+/)"', listed) or ["/accounts/"]


def ask(browser: OpenerDirector, base: str, page: str, book: list[str], chance: random.Random) -> None:
    """Open a page; an account is one of the book."""
    browser.open(base + (chance.choice(book) if page == ACCOUNT else page)).read()


if __name__ == "__main__":
    main()
