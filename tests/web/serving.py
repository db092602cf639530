"""``tenure serve`` as a process of its own, for tests that look at it from outside."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tests.workspaces import empty

T = TypeVar("T")
PATIENCE = 30


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


class Served:
    """A server that runs. What it prints goes to a file, so that nothing waits for a reader."""

    def __init__(self, home: Path, said: Path, *words: str) -> None:
        command = [sys.executable, "-m", "tenure", "--home", str(home), "serve", *(words or ("--port", "0"))]
        self.home = home
        self._said = said
        with said.open("w") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        found = until(lambda: self.ended() or re.search(r"at (http://[\w.:]+\d)/", self.said()))
        assert isinstance(found, re.Match)
        self.base = str(found[1])

    def said(self) -> str:
        """What it has printed so far."""
        return self._said.read_text()

    def link(self) -> str:
        """The link for setting up."""
        return str(until(lambda: re.search(r"http://\S+/welcome/\S+/", self.said()))[0])

    def guess(self, email: str, password: str) -> Answer:
        """Send the form of log-in, as a browser that has just opened it."""
        page = self.get("/log-in/")
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
        assert found
        form = {"email": email, "password": password, "csrfmiddlewaretoken": found[1].decode()}
        return self.get("/log-in/", urlencode(form).encode(), Cookie=cookie)

    def get(self, path: str, form: bytes | None = None, **headers: str) -> Answer:
        """An answer, of whatever status, to a form where there is one; redirects are not followed."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = Request(self.base + path, form, named)
        try:
            answer = build_opener(Stay).open(asked, timeout=PATIENCE)
        except HTTPError as error:
            answer = error
        with answer:
            return Answer(answer.status, answer.headers, answer.read())

    def is_ready(self) -> bool:
        """Whether it says so."""
        return self.get("/readyz").status == 200

    def ended(self) -> bool:
        """Never so while the tests need it."""
        assert self.process.poll() is None, self.said()
        return False


class Stay(HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_given):
        return None


@contextlib.contextmanager
def served(home: Path, *words: str) -> Iterator[Served]:
    """Serve a workspace until the end of the block."""
    server = Served(home, home.parent / f"{home.name}.said", *words)
    try:
        yield server
    finally:
        server.process.terminate()
        try:
            server.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.process.kill()
            raise


def made(home: Path) -> Path:
    """An empty workspace."""
    return empty(home, timezone="Europe/Berlin")


def until(ready: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """Wait for something to be so, and give it."""
    end = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)
    return found


class Visitor:
    """Somebody with a browser's cookies, and no browser."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """A page."""
        return self._asked(path)

    def post(self, path: str, on: str = "", **fields: str | list[str]) -> Answer:
        """Send a form, as the page ``on`` (default: the same address) holds it."""
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.get(on or path).body.decode())
        assert found, f"{on or path} has no form"
        return self._asked(path, urlencode({**fields, "csrfmiddlewaretoken": found[1]}, doseq=True).encode())

    def enter(self, link: str, **fields: str) -> None:
        """Open a link that works once, and choose the password."""
        self.get(link.removeprefix(self.server.base))
        password = "a harbour at dusk"
        answer = self.post("/welcome/", password=password, again=password, **fields)
        assert answer.status == 302, answer.body.decode()

    @contextlib.contextmanager
    def stream(self, path: str) -> Iterator[HTTPResponse]:
        """An answer that goes on until the end of the block; reading it waits."""
        with contextlib.closing(
            HTTPConnection(self.server.base.removeprefix("http://"), timeout=PATIENCE)
        ) as connection:
            connection.request("GET", path, headers={"Cookie": self._cookie()})
            with connection.getresponse() as answer:
                yield answer

    def _asked(self, path: str, form: bytes | None = None) -> Answer:
        answer = self.server.get(path, form, Cookie=self._cookie())
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())
