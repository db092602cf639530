"""``tenure serve`` as a process of its own, for tests that look at it from outside."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tenure import keeper

T = TypeVar("T")
PATIENCE = 30


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
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
    keeper.create(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    return home


def until(ready: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """Wait for something to be so, and give it."""
    end = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)
    return found
