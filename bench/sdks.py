"""The real SDKs of Segment, RudderStack and PostHog send events while the servers are killed: none is lost, none counted twice.

    .venv/bin/python -m bench.sdks [EVENTS] [--kills KILLS]

The SDKs are installed into an environment of their own, each from its package as published, and told nothing but where to send to
and to try again for longer than they do by themselves: PostHog's gives up after three tries. Each runs in a process of its own.
Exits 1 where what is in the warehouse is not what was sent.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import tenure
from bench._killing import killed
from bench.intake import made, settled
from tenure.engine.intake import counted
from tests.web.serving import served

_PACKAGES = ("segment-analytics-python", "rudder-sdk-python", "posthog")
_SEND = """
import sys, time
kind, host, key, many = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
lost = []
terms = {"host": host, "max_retries": 60, "max_queue_size": many + 1, "on_error": lambda error, batch: lost.append(len(batch))}
if kind == "posthog":
    from posthog import Posthog
    client = Posthog(key, **terms)
else:
    if kind == "segment":
        from segment.analytics.client import Client
    else:
        from rudderstack.analytics.client import Client
    client = Client(key, **terms)
for n in range(many):
    account, who = f"account-{n % 50}", f"{kind}-{n % 500}"
    if kind == "posthog":
        client.capture("Report made", distinct_id=who, properties={"n": n, "$groups": {"company": account}})
    else:
        client.track(who, "Report made", {"n": n}, context={"groupId": account})
    if n % 20 == 0:
        time.sleep(0.1)
client.flush()
client.join() if kind != "posthog" else client.shutdown()
print(sum(lost))
"""


def installed(folder: Path) -> Path:
    """The Python of an environment that has the SDKs."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *_PACKAGES], check=True)
    return python


def free() -> int:
    """A port on which nobody listens: the servers that follow each other have one address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("events", nargs="?", type=int, default=30_000)
    options.add_argument("--kills", type=int, default=20)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        python = installed(folder / "sdks")
        home, key = made(folder)
        words = ("--port", str(free()))
        kinds, each = ("segment", "rudderstack", "posthog"), given.events // 3
        senders = [
            subprocess.Popen(
                [python, "-c", _SEND, kind, f"http://127.0.0.1:{words[1]}", key, str(each)],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )
            for kind in kinds
        ]  # fmt: skip
        times = killed(
            home,
            given.kills,
            lambda: any(sender.poll() is None for sender in senders),
            lambda _server: None,
            words,
            (0.5, 4.0),
        ).times
        with served(home, *words):
            given_up = {kind: int(sender.communicate()[0] or -1) for kind, sender in zip(kinds, senders, strict=True)}
            settled(home, 3 * each)
            time.sleep(5)  # whatever would be counted twice has come by now
            workspace = tenure.open(home)
            there = workspace.rows("usage", limit=1).total
            workspace.close()
            again = sum(one.again for one in counted(home))
    print(
        f"= {times} kills: {3 * each:,} events sent by {', '.join(kinds)}; {there:,} in the warehouse, {again:,} were sent again"
    )
    print(f"= given up by the SDKs themselves: {given_up}")
    return 0 if there == 3 * each else 1


if __name__ == "__main__":
    sys.exit(main())
