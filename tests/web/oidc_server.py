"""A real provider of single sign-on, as a process of its own, and a browser that logs in there."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from django.test import Client

HERE = Path(__file__).parent / "oidc"
CLIENT, SECRET, BACK = "tenure", "a secret of the tests: 50%/+", "http://testserver/log-in/back/"


def installed() -> str:
    """Bring what it needs in step with the lock; why not, where that cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        return "no npm is installed (apt-get install nodejs npm)"
    stamp, lock = HERE / "node_modules" / ".lock", (HERE / "package-lock.json").read_text()
    if stamp.is_file() and stamp.read_text() == lock:
        return ""
    done = subprocess.run(
        [npm, "ci", "--silent", "--ignore-scripts"], cwd=HERE, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"oidc-provider cannot be installed: {done.stderr[-300:]}"
    stamp.write_text(lock)
    return ""


class OidcServer:
    """The provider. ``people``: the claims by subject; ``skew``: seconds that its clock is ahead; ``back``: where it sends
    browsers back to.
    """

    def __init__(self, folder: Path, back: str) -> None:
        self._file = folder / "said.json"
        self._back = back
        self.people: dict[str, dict[str, Any]] = {}
        self.skew, self.way, self.claims_by_userinfo = 0, "client_secret_basic", True
        self._write(rotate=False)
        node = shutil.which("node") or "node"
        self.process = subprocess.Popen(
            [node, "provider.mjs", str(folder)], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout
        port = self.process.stdout.readline().strip()
        assert port, "the provider did not start"
        self.issuer = f"http://127.0.0.1:{port}"

    def control(self, *, rotate: bool = False) -> None:
        """Take what is said here; with a new key in place of the old, and clients as they are now, if ``rotate``."""
        self._write(rotate=rotate)
        assert httpx.post(f"{self.issuer}/control").status_code == 200

    def _write(self, *, rotate: bool) -> None:
        client = {
            "client_id": CLIENT, "redirect_uris": [self._back], "token_endpoint_auth_method": self.way,
            **({"client_secret": SECRET} if self.way != "none" else {}),
        }  # fmt: skip
        said = {
            "clients": [client], "people": self.people, "skew": self.skew, "rotate": rotate,
            "claims_by_userinfo": self.claims_by_userinfo,
        }  # fmt: skip
        self._file.write_text(json.dumps(said))


@contextlib.contextmanager
def running(folder: Path, back: str = BACK) -> Iterator[OidcServer]:
    """A provider until the end of the block."""
    server = OidcServer(folder, back)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()
        for pipe in (server.process.stdin, server.process.stdout):
            assert pipe
            pipe.close()


def at_the_provider(url: str, subject: str, *, browser: httpx.Client | None = None) -> str:
    """Log in there as ``subject``, from where Tenure has sent the browser; where it is sent back to."""
    with contextlib.ExitStack() as stack:
        asking = browser or stack.enter_context(httpx.Client())
        for _ in range(12):
            answer = asking.get(url)
            if answer.is_redirect:
                url = urljoin(url, answer.headers["location"])
                if url.startswith(BACK):
                    return url
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form, answer.text
            sent = asking.post(form[1], data={"prompt": "login", "login": subject, "password": "any"})
            url = urljoin(form[1], sent.headers["location"])
    raise AssertionError("the provider never sent the browser back")


def signed_on(client: Client, subject: str, start: str = "/log-in/provider/", **more: Any) -> Any:
    """What Tenure answers when a browser comes back from the provider as ``subject``."""
    begun = client.get(start)
    assert begun.status_code == 302, begun.content.decode()
    back = at_the_provider(begun["Location"], subject, **more)
    return client.get(back.removeprefix("http://testserver"))
