"""People who work: each opens the pages of the day that the role may, and all that a page asks for by itself, as a browser does."""

from __future__ import annotations

import random
import re
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from http.cookiejar import CookieJar
from itertools import chain
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

PASSWORD = "a harbour at dusk"
#: Stands for the page of an account of one's own list; of those each is another page.
ACCOUNT = "an account"
#: The list of accounts with filters, which may take longer.
FILTERED = (
    "/accounts/?segment=SMB", "/accounts/?segment=Enterprise&order=-arr", "/accounts/?health_band=poor&order=-arr",
    "/accounts/?q=12",
)  # fmt: skip
#: What is asked for every day, by those who may.
DAY = (
    "/today/", "/tasks/", "/accounts/", "/accounts/?order=name&page=2", *FILTERED, ACCOUNT, ACCOUNT, ACCOUNT, "/renewals/",
    "/renewals-outlook/", "/pipeline/", "/health/", "/health-review/", "/risk/", "/growth/", "/scorecard/", "/reviews/",
    "/development/", "/board/", "/board/?by=segment", "/team/", "/objectives/", "/reporting-lines/", "/workload/", "/coverage/",
    "/balance/", "/team-reviews/", "/dashboards/", "/metrics/", "/metrics/net_revenue_retention/", "/metrics/mrr/?by=segment",
    "/search/?q=a", "/search/?q=12&part=accounts", "/notices/", "/checks/", "/failed-rows/", "/sources/",
)  # fmt: skip
SMALLEST = "/healthz"
#: Seconds: between two clicks; and for an answer, which is late after so long, whatever a busy machine does.
PAUSE, PATIENCE = (1.0, 3.0), 600
#: The status of an answer that never came.
NEVER = 0
#: How many answers a browser waits for at a time.
AT_ONCE = 6
_PART = re.compile(r"<[^>]*\bdata-part\b[^>]*>")
_FROM = re.compile(r'hx-get="([^"]+)"')


@dataclass(frozen=True)
class Took:
    """An answer. ``part``: of a page, which asked for it by itself; ``first``: this person had not asked since figures were published."""

    role: str
    page: str
    address: str
    part: bool
    first: bool
    seconds: float
    status: int


@dataclass
class Person:
    """Somebody at work. ``began``: when the last page was there, after the pause; ``took``: what was asked for."""

    role: str
    email: str
    base: str
    browser: OpenerDirector
    pages: tuple[str, ...]
    book: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    took: list[Took] = field(default_factory=list)

    def open(self, page: str, chance: random.Random, scroll: float = 0.3) -> None:
        """A page, what it asks for at once, all together, and what it asks for as somebody scrolls down, one after the other."""
        address = chance.choice(self.book or ["/accounts/"]) if page == ACCOUNT else page
        text = self._ask(address)
        tags = [tag for tag in _PART.findall(text) if "hx-get" in tag]
        at_once = [_source(tag) for tag in tags if 'hx-trigger="load"' in tag]
        with ThreadPoolExecutor(AT_ONCE) as lines:
            inside = list(lines.map(self._part, at_once))
        # A part may bring others.
        more = [_source(tag) for part in inside for tag in _PART.findall(part) if 'hx-trigger="load"' in tag]
        for source in chain(more, (_source(tag) for tag in tags if 'hx-trigger="revealed"' in tag)):
            time.sleep(scroll)
            self._part(source)

    def _part(self, address: str) -> str:
        return self._ask(address, part=True)

    def _ask(self, address: str, *, part: bool = False) -> str:
        first = address not in self.asked
        self.asked.add(address)
        headers = {"HX-Request": "true"} if part else {}
        began = time.perf_counter()
        try:
            with self.browser.open(Request(self.base + address, headers=headers), timeout=PATIENCE) as answer:
                status, body = answer.status, answer.read()
        except HTTPError as error:
            status, body = error.code, error.read()
        except OSError:
            status, body = NEVER, b""
        seconds = time.perf_counter() - began
        self.took.append(Took(self.role, name_of(address), address, part, first, seconds, status))
        return str(body, errors="replace")


def _source(tag: str) -> str:
    found = _FROM.search(tag)
    assert found, tag
    return unescape(found[1])


@cache
def name_of(address: str) -> str:
    """What an address is told under: its route, so that all accounts are one page, and what it asks of it."""
    path, _, query = address.partition("?")
    if path == SMALLEST:
        return path
    from django.urls import resolve

    from tenure.web.access.page import page_of

    page = page_of(resolve(path).func)
    assert page, address
    route = f"/{page.route}"
    if "<slug:" in route:
        route = path  # the parts of a page are different questions
    asked = query if address in DAY else ""
    return f"{re.sub(r'<path:[a-z_]+>', '…', route)}{'?' if asked else ''}{asked}"


def day_of(role: str) -> tuple[str, ...]:
    """What somebody with this role may ask for of ``DAY``."""
    from django.urls import resolve

    from tenure.web.access.page import page_of

    def may(address: str) -> bool:
        page = page_of(resolve("/accounts/" if address == ACCOUNT else address.partition("?")[0]).func)
        assert page, address
        return role in page.roles

    return tuple(filter(may, DAY))


def enter(base: str, role: str, email: str) -> Person:
    """Somebody who has logged in, with the accounts of the first page of the own list."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    page = browser.open(f"{base}/log-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = urlencode({"email": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}).encode()
    browser.open(Request(f"{base}/log-in/", form, {"Origin": base})).read()
    assert any("session" in cookie.name for cookie in jar), email
    listed = browser.open(f"{base}/accounts/", timeout=PATIENCE).read().decode()
    book = list(dict.fromkeys(re.findall(r'href="(/accounts/[^"?]+/)"', listed)))
    return Person(role, email, base, browser, day_of(role), book)


def warm(people: Iterable[Person]) -> None:
    """One of each role opens every page, so that nobody waits for what a process does once, when it has just begun."""
    for person in {person.role: person for person in people}.values():
        began = time.monotonic()
        for page in dict.fromkeys(person.pages):
            person.open(page, random.Random(0), scroll=0)
        slowest = max(person.took, key=lambda one: one.seconds)
        print(
            f"Warm: {person.role}, {len(person.took)} answers in {time.monotonic() - began:.0f} s; "
            f"{slowest.page} took {slowest.seconds:.1f} s."
        )
        person.took.clear()


def work(people: Sequence[Person], seconds: float) -> list[Took]:
    """Everybody at once, until the time is over: each page of the day once, in an order of one's own, and then any of them."""
    for person in people:
        person.asked.clear()
        person.took.clear()
    end = time.monotonic() + seconds

    def do(person: Person, chance: random.Random) -> None:
        day = chance.sample(person.pages, len(person.pages))
        time.sleep(chance.uniform(0, PAUSE[1]))
        for page in chain(day, iter(lambda: chance.choice(person.pages), None)):
            if time.monotonic() >= end:
                return
            person.open(page, chance)
            time.sleep(chance.uniform(*PAUSE))

    workers = [threading.Thread(target=do, args=(one, random.Random(n))) for n, one in enumerate(people)]
    for worker in workers:
        worker.start()
    least = _smallest(people[0], end)
    for worker in workers:
        worker.join()
    return [*least, *(took for person in people for took in person.took)]


def _smallest(person: Person, end: float) -> list[Took]:
    """What the server takes for as good as nothing, while all work."""
    visitor = Person("anybody", "", person.base, build_opener(), ())
    while time.monotonic() < end:
        visitor.open(SMALLEST, random.Random(0))
        time.sleep(1)
    return visitor.took


# What came of it


def tell(found: Sequence[Took], wanted: float, wanted_filtered: float) -> None:
    """The table of roles and pages, and the results: pages and their parts, the first answers apart from those after them."""
    failed = [one for one in found if one.status != 200]
    good = [one for one in found if one.status == 200 and one.page != SMALLEST]
    print(f"{'as':12}{'page':52}{'first: n':>9}{'p50':>6}{'p95':>6}{'later: n':>10}{'p50':>6}{'p95':>6}   ms")
    by_page: dict[tuple[str, str], list[Took]] = defaultdict(list)
    for one in good:
        by_page[one.role, f"{'  ' if one.part else ''}{one.page}"].append(one)
    for (role, page), answers in sorted(by_page.items(), key=lambda pair: (pair[0][0], pair[0][1].strip())):
        print(f"{role:12}{page:52}{'':2}{_row(answers, first=True)}{'':3}{_row(answers, first=False)}")
    for title, least, chosen in (
        ("pages", wanted, [one for one in good if not one.part and one.address not in FILTERED]),
        ("accounts with filters", wanted_filtered, [one for one in good if one.address in FILTERED]),
        ("parts that pages ask for themselves", wanted, [one for one in good if one.part]),
    ):
        for line in _results(title, least, chosen):
            print(line)
    for role, answers in _by_role(good):
        first = [one.seconds for one in answers if one.first and not one.part]
        later = [one.seconds for one in answers if not one.first and not one.part]
        print(f"= {role}: pages, first answers {told(first)}; later ones {told(later)}")
    print(f"= the smallest answer of the server: {told([one.seconds for one in found if one.page == SMALLEST])}")
    for one in failed[:10]:
        print(f"  answered {one.status}: {one.address} ({one.role})")
    print(f"= {len(good)} answers, {len(failed)} of them failed")


def _results(title: str, wanted: float, chosen: Sequence[Took]) -> Iterator[str]:
    for word, first in (("first answers", True), ("later ones", False)):
        times = [one.seconds for one in chosen if one.first == first]
        late = sum(one > wanted for one in times)
        yield f"= {title}, {word}: {told(times)} (wanted: p95 {wanted * 1e3:.0f} ms); {late} took longer"


def _by_role(found: Iterable[Took]) -> Iterator[tuple[str, list[Took]]]:
    roles: dict[str, list[Took]] = defaultdict(list)
    for one in found:
        roles[one.role].append(one)
    yield from sorted(roles.items())


def _row(answers: Iterable[Took], *, first: bool) -> str:
    times = sorted(one.seconds * 1e3 for one in answers if one.first == first)
    if not times:
        return f"{'':>7}{'–':>6}{'–':>6}"
    return f"{len(times):7}{statistics.median(times):6.0f}{_p95(times):6.0f}"


def told(times: Iterable[float]) -> str:
    """How many, the middle and the slow end."""
    ordered = sorted(times)
    if not ordered:
        return "none"
    return f"{len(ordered)}, p50 {statistics.median(ordered) * 1e3:.0f} ms, p95 {_p95(ordered) * 1e3:.0f} ms"


def _p95(ordered: Sequence[float]) -> float:
    return ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
