"""How fast pages answer while people work, beside the smallest page that the same server gives; and what a browser gets.

    .venv/bin/python -m bench.pages [--accounts 2000] [--people 20] [--seconds 240] [--rest 60] [--home DIR] [--no-browser]

Serves a simulated company, or the workspace in DIR (one that bench.walk made, say), and lets people of all roles work: each opens every
page that the role uses in a day once, then any of them again, with one to three seconds between two; what a page asks for by itself is
asked for as a browser does it. Before that one of each role opens every page, and then all figures count as just published, so
that first answers are what people get who were never here, and not what a process does once in its life. Then figures count as just
published once more, and the same people come back after a rest. The measure is the time to the whole answer, by role and page, first
answers apart from later ones. Last a browser (chromium) opens pages with empty caches and once more: how much comes over the line, the
largest paint, and how far the layout shifts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench._working import ACCOUNT, PASSWORD, enter, tell, warm, work
from bench.walk import kept_by, publish
from tenure import keeper
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.figures.published import FOLDER, current
from tenure.sources.demo import simulate, write_canonical
from tests.web.browsing import ARGUMENTS
from tests.web.serving import served, until
from tests.workspaces import MEASURED

#: What is looked at in a browser.
PAGES = (
    "/board/", "/metrics/", "/metrics/net_revenue_retention/", "/metrics/mrr/?by=segment", "/accounts/",
    "/accounts/?order=name&page=2", "/accounts/?segment=SMB", ACCOUNT,
)  # fmt: skip
WANTED, WANTED_FILTERED, WANTED_PAINT = 0.150, 0.250, 1.2
WANTED_FIRST, WANTED_AFTER = 500, 60
#: Of what roles ten people are.
TEN = ("csm", "csm", "manager", "csm", "executive", "csm", "csm", "operations", "csm", "manager")


def main() -> None:
    """Make the company, let people work, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--accounts", type=int, default=2_000)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--seconds", type=int, default=240)
    options.add_argument("--rest", type=int, default=60, help="seconds from new figures until people come back")
    options.add_argument("--home", type=Path, help="a workspace made by an earlier run, or by bench.walk")
    options.add_argument("--no-browser", action="store_true", help="only let people work")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch) / "home"
        if not home.exists():
            make(home, given.accounts)
        publish(home)
        members = invite(home, given.people)
        with kept_by(home), served(home) as server:
            until(server.is_ready, 300)
            people = [enter(server.base, role, email) for role, email in members]
            warm(people)
            stale(home)
            print("\nNobody but one of each role has asked before:")
            tell(work(people, given.seconds), WANTED, WANTED_FILTERED)
            stale(home)
            time.sleep(given.rest)
            print(f"\nThe same people, {given.rest} s after new figures:")
            tell(work(people, given.seconds), WANTED, WANTED_FILTERED)
            if not given.no_browser:
                look(server.base, members[-1][1])


def stale(home: Path) -> None:
    """Make all figures count as just published: what was told of them before holds no longer, as if the files were new ones."""
    found = current(home)
    assert found
    for name in set(found.files.values()):
        os.utime(home / FOLDER / name)


def make(home: Path, accounts: int) -> None:
    """A workspace with the company, loaded and computed."""
    keeper.create(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    files = home / "files"
    write_canonical(simulate(accounts=accounts, months=24, today=datetime.now(UTC).date(), seed=7), files, MEASURED)
    workspace = keeper.open(home)
    for path in sorted(files.iterdir()):
        workspace.call("load", Load((str(path),), path.stem, history=True))
    workspace.call("run", Run())


def invite(home: Path, count: int) -> list[tuple[str, str]]:
    """That many people, of all roles in turn; CSMs and managers tied to real ones. Their roles and addresses."""
    from tenure.web.serve import prepare

    workspace = keeper.open(home)
    told = sorted(workspace.rows("csm", limit=1_000).rows, key=lambda row: str(row["valid_from"] or ""))
    latest = {row["csm_id"]: row for row in told}.values()  # as it is now
    month = f"{datetime.now(UTC):%Y-%m}"
    owning = {one.slice["owner"] for one in workspace.show("mrr", by=("owner",), start=month, end=month)}
    staff = [row for row in latest if row["role"] == "csm" and row["csm_id"] in owning]
    leads = sorted({row["manager_id"] for row in staff if row["manager_id"]})
    prepare(home)
    from tenure.web.access import people
    from tenure.web.access.models import User
    from tenure.web.access.roles import Role

    found: list[tuple[str, Role]] = []
    for number in range(count):
        role = Role(TEN[number % len(TEN)])
        nth = sum(one == role for _address, one in found)
        tied = {Role.CSM: staff[nth % len(staff)]["csm_id"], Role.MANAGER: leads[nth % len(leads)]}.get(role, "")
        email = f"{role.value}-{number}@working.example"
        if not User.objects.filter(email=email).exists():
            people.create(email=email, name=email, csm_id=tied, roles=(role,), password=PASSWORD)
        found.append((email, role))
    return [(role.value, email) for email, role in found]


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


if __name__ == "__main__":
    main()
