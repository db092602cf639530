"""What every page costs at 100,000 accounts: processor time of the web process and of the keeper, questions and bytes.

    .venv/bin/python -m bench.walk [--accounts 100000] [--home DIR] [--rounds 3] [--only PATTERN] [--role csm,manager]
                                   [--slowest 25]

Opens every page that there is, as a person of each kind who may open it, and some as they are asked for with words, filters and slices
(``ASKED``), in this process, with the keeper in one of its own. The clock tells nothing on a machine that others use, so that only processor time is measured. ``first``: nobody asked since
the figures were published; ``again``: the same page once more. ``asked``: statements on published files, and calls of the keeper. At the
end: what an open page must wait if 20 people click every 2 seconds, from these times, beside the smallest page.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench._company import MONTHS, write_company, write_usage
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.score import Score
from tenure.figures import published
from tenure.keeper import create
from tenure.keeper import open as opened
from tenure.keeper.executor import AtNeed

PASSWORD = "a harbour at dusk"
PEOPLE, PAUSE, CORES = 20, 2.0, 2
WANTED = 0.150
SMALLEST = "/healthz"
#: What is no page of people's.
LEFT_OUT = re.compile(r"^/(api|log-in|log-out|welcome|static|events|intake|live)")
#: Pages as people ask for them besides: with words, filters, slices.
ASKED = (
    "/search/?q=a", "/search/?q=12&part=accounts", "/search/?q=churn&part=names", "/accounts/?segment=SMB",
    "/accounts/?order=-mrr&page=3", "/accounts/?search=12", "/board/?by=segment", "/board/?over=month", "/metrics/mrr/?by=segment",
    "/metrics/net_revenue_retention/?by=owner",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """One answer."""

    web: float
    keeper: float
    statements: int
    calls: int
    size: int
    status: int


#: A keeper that makes no daily round: it would, five minutes after its start, and pages are what is measured.
KEEPER = """
import sys
from datetime import timedelta
from tenure.keeper import daily
daily.QUIET = timedelta(days=1)
from tenure.keeper.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
#: What was asked since the count was last read.
counted: Counter[str] = Counter()


def main() -> None:
    """Walk, and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--accounts", type=int, default=100_000)
    options.add_argument("--home", type=Path, help="a workspace made by an earlier run, or where to make one")
    options.add_argument("--rounds", type=int, default=3, help="how often each page is asked for again")
    options.add_argument("--only", default="", help="pages whose address matches this")
    options.add_argument("--csm", default="csm-08", help="whose book a CSM has")
    options.add_argument("--manager", default="mgr-2", help="whose line a manager leads")
    options.add_argument("--slowest", type=int, default=0, help="list so many only, the slowest (default: all)")
    options.add_argument("--role", default="", help="people of these roles only, with commas")
    given = options.parse_args()
    count_questions()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch) / "home"
        if not home.exists():
            make(home, given.accounts)
        publish(home)
        with kept_by(home) as keeper:
            tell(list(walk(home, keeper, given)), given.slowest)


def make(home: Path, accounts: int) -> None:
    """A workspace with that many accounts and twenty uses of each, loaded, published and scored."""
    create(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    files, workspace = home.with_name(f"{home.name}-files"), opened(home)
    for table, path in write_company(files, accounts):
        workspace.call("load", Load((str(path),), table, history=True))
    for month in range(MONTHS):
        workspace.call("load", Load((str(write_usage(files, 20 * accounts, month)),), "usage", history=True))
    workspace.call("run", Run())
    workspace.call("score", Score())
    workspace.close()
    shutil.rmtree(files)


def publish(home: Path) -> None:
    """See to it that this code finds its figures, with all that was told: each version of Tenure makes its own."""
    began = time.monotonic()
    opened(home).call("run", Run())
    if time.monotonic() - began > 1:
        print(f"Figures were published anew, in {time.monotonic() - began:.0f} s.")


@contextmanager
def kept_by(home: Path) -> Iterator[int]:
    """The keeper in a process of its own; its number."""
    process = subprocess.Popen([sys.executable, "-c", KEEPER, str(home), "--while-read"], stdin=subprocess.PIPE)
    try:
        time.sleep(3)
        yield process.pid
    finally:
        process.communicate()  # closes what it reads from, which ends it


def busy(process: int) -> float:
    """Seconds of the processor that a process has had."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def count_questions() -> None:
    """Count statements and calls from now on."""
    name = "_execute"
    run, call = getattr(published.PublishedReader, name), AtNeed.call

    def counting_run(self: Any, sql: str) -> Any:
        counted["statements"] += 1
        return run(self, sql)

    def counting_call(self: Any, *given: Any) -> Any:
        counted["calls"] += 1
        return call(self, *given)

    patch.object(published.PublishedReader, name, counting_run).start()
    patch.object(AtNeed, "call", counting_call).start()


def walk(home: Path, keeper: int, given: argparse.Namespace) -> Iterator[tuple[str, str, Cost, Cost]]:
    """Every page as every kind of person: the first answer, and the middle of those after it."""
    from tenure.web.serve import prepare

    prepare(home, hosts=("testserver",))
    from django.test import Client

    for role, csm_id in (("csm", given.csm), ("manager", given.manager), ("executive", ""), ("operations", "")):
        if given.role and role not in given.role.split(","):
            continue
        client = Client(headers={"host": "testserver", "accept-language": "en-GB"})
        assert client.post("/log-in/", {"email": member(role, csm_id), "password": PASSWORD}).status_code == 302
        account = account_of(client)
        client.get(SMALLEST)
        yield SMALLEST, role, one(client, SMALLEST, keeper), one(client, SMALLEST, keeper)
        for url in dict.fromkeys(addresses(role, account)):
            if re.search(given.only, url):
                first = one(client, url, keeper)
                later = [one(client, url, keeper) for _ in range(given.rounds)]
                if first.status == 200:
                    yield url, role, first, min(later, key=lambda cost: cost.web + cost.keeper)
                else:
                    print(f"  {role} is answered {first.status} at {url}: there is none of that in this company")


def member(role: str, csm_id: str) -> str:
    """Somebody of this role, who stands for one of the people in the data; the address."""
    from tenure.web.access import people
    from tenure.web.access.models import User
    from tenure.web.access.roles import Role

    email = f"{role}-{csm_id or 'of-all'}@bench.example"
    if not User.objects.filter(email=email).exists():
        people.create(email=email, name=email, csm_id=csm_id, roles=(Role(role),), password=PASSWORD)
    return email


def account_of(client: Any) -> str:
    """An account of the first page of somebody's list."""
    text = client.get("/accounts/").content.decode()
    found: list[str] = re.findall(r'name="account" value="([^"]+)"', text) or re.findall(
        r'href="/accounts/([^"]+)/"', text
    )
    return random.Random(0).choice(found)


def addresses(role: str, account: str) -> Iterator[str]:
    """The addresses of every page that somebody of this role may open and that can be opened by hand."""
    from django.urls import get_resolver

    from tenure.web.access.page import page_of
    from tests.web.objects import SHARED

    for pattern in get_resolver().url_patterns:
        page = page_of(pattern.callback)
        if page is None or "GET" not in page.methods or page.public or page.data or role not in page.roles:
            continue
        known = {**SHARED, "account_id": account}
        names = re.findall(r"<(?:\w+:)?(\w+)>", page.route)
        if all(name in known for name in names) and not LEFT_OUT.match(f"/{page.route}"):
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", partial(_named, known), page.route)
    yield from ASKED
    from tenure.web.board.pages import LATER

    for part in LATER:
        yield f"/board/part/{part}/"


def _named(known: dict[str, str], name: re.Match[str]) -> str:
    return known[name[1]]


def one(client: Any, url: str, keeper: int) -> Cost:
    """What an answer costs; the keeper's share is told in hundredths of a second."""
    counted.clear()
    kept, began = busy(keeper), time.process_time()
    answer = client.get(url)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    web = time.process_time() - began
    return Cost(web, busy(keeper) - kept, counted["statements"], counted["calls"], len(body), answer.status_code)


def tell(found: list[tuple[str, str, Cost, Cost]], slowest: int = 0) -> None:
    """The table, the worst first (as many as are wanted; 0: all), and what 20 people would wait."""
    print(f"{'page':52}{'as':11}{'first: web':>10}{'keeper':>8}{'again: web':>12}{'keeper':>8}{'asked':>9}{'kB':>6}")
    for url, role, first, again in sorted(found, key=lambda row: -(row[2].web + row[2].keeper))[: slowest or None]:
        print(
            f"{url:52}{role:11}{first.web * 1e3:10.0f}{first.keeper * 1e3:8.0f}{again.web * 1e3:12.0f}"
            f"{again.keeper * 1e3:8.0f}{first.statements:6}+{first.calls:<2}{first.size / 1000:6.0f}"
        )
    for name, costs in (("first", [row[2] for row in found]), ("again", [row[3] for row in found])):
        took = sorted(cost.web + cost.keeper for cost, row in zip(costs, found, strict=True) if row[0] != SMALLEST)
        load = PEOPLE / PAUSE * statistics.mean(took) / CORES
        print(
            f"= {name}: {len(took)} pages, mean {statistics.mean(took) * 1e3:.0f} ms, p95 {took[int(len(took) * 0.95)] * 1e3:.0f}"
            f" ms of processor time (wanted: {WANTED * 1e3:.0f}); {PEOPLE} people keep {CORES} cores {load:.0%} busy"
        )
    least = min(row[3].web for row in found if row[0] == SMALLEST)
    print(f"= the smallest answer: {least * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
