"""That an event is acknowledged only after it is flushed to disk, by what the server asks of the kernel.

    .venv/bin/python -m bench.flushed [REQUESTS]

Needs ``strace`` (Debian, Ubuntu: apt-get install strace) and the right to trace one's own processes. One request after the other is
sent to a server that is traced; for each answer 200 the trace must show, between the request's coming and the answer's going, a flush
of the inbox that ended well, and no write to it after that flush. Exits 1 where one lacks it.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.intake import body, made
from tests.web.serving import served, until

_CALLS = "read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync"
_CALL = re.compile(r"^(?:\[pid +)?(?P<pid>\d+)\]? +(?P<at>[\d.]+) (?P<what>.*)$")
_INBOX = re.compile(r"inbox\.db(-wal)?>")


def traced(path: Path) -> list[tuple[str, str]]:
    """The calls in the order in which they ended, as (name, rest); what was interrupted is put together."""
    begun: dict[str, str] = {}
    found = []
    for line in path.read_text(errors="replace").splitlines():
        match = _CALL.match(line)
        if not match:
            continue
        pid, what = match["pid"], match["what"]
        if what.endswith("<unfinished ...>"):
            begun[pid] = what.removesuffix("<unfinished ...>")
            continue
        if what.startswith("<... "):
            what = begun.pop(pid, "") + what.partition(" resumed>")[2]
        name, _, rest = what.partition("(")
        found.append((name, rest))
    return found


def judged(calls: list[tuple[str, str]]) -> tuple[int, int, int]:
    """How many answers 200 there were, how many of them after a flush, and how many flushes of the inbox."""
    answers = good = flushes = 0
    flushed = dirty = False
    for name, rest in calls:
        if name in ("read", "recvfrom", "recvmsg") and "POST /v1/batch" in rest:
            flushed = dirty = False
        elif name in ("pwrite64", "write") and _INBOX.search(rest):
            dirty = True
        elif name in ("fsync", "fdatasync") and _INBOX.search(rest) and rest.rstrip().endswith("= 0"):
            flushes += 1
            flushed, dirty = True, False
        elif name in ("write", "writev", "sendto", "sendmsg") and "HTTP/1.1 200" in rest:
            answers += 1
            good += flushed and not dirty
    return answers, good, flushes


def send(host: str, key: str, requests: int) -> None:
    connection = http.client.HTTPConnection(host, timeout=60)
    for number in range(requests):
        connection.request("POST", "/v1/batch", body(f"flushed-{number}", 1), {"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("requests", nargs="?", type=int, default=200)
    given = options.parse_args()
    strace = shutil.which("strace")
    if strace is None:
        print("There is no strace: apt-get install strace")
        return 1
    calls = watched(strace, given.requests)
    if calls is None:
        return 1
    answers, good, flushes = judged(calls)
    print(
        f"= {good} of {answers} answers 200 to {given.requests} requests went after a flush of the inbox that had ended;"
        f" {flushes} flushes"
    )
    return 0 if good == answers == given.requests else 1


def watched(strace: str, requests: int) -> list[tuple[str, str]] | None:
    """What a server asks of the kernel while so many events are sent to it; None where nobody may look."""
    with tempfile.TemporaryDirectory() as scratch:
        home, key = made(Path(scratch))
        trace = Path(scratch) / "trace"
        with served(home) as server:
            until(server.is_ready)
            host = server.base.removeprefix("http://")
            send(host, key, 1)  # whatever is made once is made
            command = [strace, "-f", "-y", "-ttt", "-s", "200", "-e", f"trace={_CALLS}", "-o", str(trace)]
            watching = subprocess.Popen([*command, "-p", str(server.process.pid)], stderr=subprocess.PIPE)
            time.sleep(1.0)
            if watching.poll() is not None:
                said = watching.stderr.read().decode() if watching.stderr else ""
                print(f"strace may not look at the server here: {said.strip()}")
                return None
            send(host, key, requests)
            os.kill(watching.pid, signal.SIGINT)
            watching.wait()
        return traced(trace)


if __name__ == "__main__":
    sys.exit(main())
