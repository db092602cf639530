"""How fast pages answer while people work, beside the smallest page that the same server gives.

    .venv/bin/python -m bench.pages [--accounts 2000] [--people 20] [--seconds 30] [--home DIR]

Serves a simulated company and lets people of all roles open pages, each with a pause of one to three seconds between
two. Prints the 50th and 95th percentile of the time to the whole answer, by page, and how large the pages are.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tenure import keeper
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.sources.demo import simulate, write_canonical
from tests.web.serving import served, until
from tests.workspaces import MEASURED

PASSWORD = "a harbour at dusk"
PAGES = (
    "/board/", "/metrics/", "/metrics/net_revenue_retention/", "/metrics/mrr/?by=segment", "/accounts/",
    "/accounts/?order=name&page=2", "/accounts/?segment=SMB", "ACCOUNT",
)  # fmt: skip
WANTED = 0.150


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

    staff = [row for row in keeper.open(home).rows("csm", limit=1_000).rows if row["manager_id"]]
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
    for browser in browsers:
        for page in PAGES:  # as after the first look of the morning: what is asked again is kept
            ask(browser, base, page, random.Random(0))
    took: dict[str, list[float]] = {page: [] for page in ("/healthz", *PAGES)}
    size: dict[str, int] = {}
    end = time.monotonic() + seconds

    def person(browser: OpenerDirector, chance: random.Random) -> None:
        while time.monotonic() < end:
            time.sleep(chance.uniform(1, 3))
            page = chance.choice(list(took))
            began = time.perf_counter()
            size[page] = ask(browser, base, page, chance)
            took[page].append(time.perf_counter() - began)

    workers = [threading.Thread(target=person, args=(b, random.Random(n))) for n, b in enumerate(browsers)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    every = [one for page in PAGES for one in took[page]]
    for page, times in took.items():
        if times:
            print(f"  {page:36} {told(times)}  {size[page] / 1000:.0f} kB")
    least = statistics.median(took["/healthz"])
    print(f"= {len(every)} pages by {len(members)} people: {told(every)} (wanted: p95 {WANTED * 1e3:.0f} ms);", end=" ")
    print(f"the smallest answer of the server: {least * 1e3:.0f} ms")


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


def ask(browser: OpenerDirector, base: str, page: str, chance: random.Random) -> int:
    """Open a page; how many bytes came. An account is one of those on the first page of the list."""
    if page == "ACCOUNT":
        listed = browser.open(f"{base}/accounts/").read().decode()
        page = chance.choice(re.findall(r'href="(/accounts/[^"/]+/)"', listed) or ["/accounts/"])
    return len(browser.open(base + page).read())


if __name__ == "__main__":
    main()
