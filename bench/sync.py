"""How long a source takes that has very many objects, and that nothing is lost or doubled though fetching is killed.

    .venv/bin/python -m bench.sync [OBJECTS] [--kills KILLS]

A server on this machine answers as Stripe does. First an account of OBJECTS objects is fetched and loaded, then what a hundred changes
bring; beside that, how often the machine flushes a file to disk. Then `tenure sync` is killed KILLS times wherever it is, while the
account goes on changing; in the end what was fetched, and what is in the warehouse, is compared with a workspace that was never
disturbed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tenure.engine.workspace import Workspace
from tests.sources.stripe.mock import KEY, Account, billed, small_account, subscribed
from tests.sources.vendor_files import made, plain_rows_of
from tests.sources.vendor_server import Server, Time, add_source, fetch, served, told

NOW = datetime(2025, 5, 10, 12, tzinfo=UTC)
TABLES = {
    "account": ("account_id", "name"), "subscription": ("subscription_id", "started_at", "quantity", "unit_amount"),
    "invoice": ("invoice_id", "amount", "status"), "invoice_line": ("invoice_id", "kind", "amount"),
}  # fmt: skip


def account_of(objects: int) -> Account:
    """An account with so many objects: of four, one is a customer, one a subscription, one an invoice, one its payment."""
    found = small_account()
    for n in range(objects // 4):
        day = f"2025-{n % 4 + 1:02}-{n % 28 + 1:02}"
        found.put("customers", id=f"cus_{n}", name=f"Customer {n}", email=None, currency="usd", created=1735776000 + n)
        subscribed(found, f"sub_{n}", f"cus_{n}", f"si_{n}", "seat", n % 9 + 1)
        billed(found, f"in_{n}", f"cus_{n}", day, [(f"il_{n}", 5000 * (n % 9 + 1), f"sub_{n}", f"si_{n}", n % 9 + 1)])
        found.put("charges", id=f"ch_{n}", customer=f"cus_{n}", invoice=f"in_{n}", amount=5000, amount_captured=5000, captured=True,
                  currency="usd", status="succeeded", created=1738368000 + n, payment_intent=None)  # fmt: skip
    return found


def flushes(folder: Path) -> float:
    """How often a second the machine flushes a small file to disk."""
    began, count = time.monotonic(), 0
    with (folder / "flush").open("wb") as file:
        while time.monotonic() - began < 1:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
            count += 1
    return count / (time.monotonic() - began)


def speed(folder: Path, objects: int) -> None:
    account = account_of(objects)
    ws = made(folder / "fast", NOW.replace(tzinfo=None), currency="USD")
    with served(account.answer) as server:
        name, clock = add_source(ws.home, server, "stripe", {"key": KEY}), Time(NOW)
        began = time.monotonic()
        first = fetch(ws, name, clock)
        took = time.monotonic() - began
        at = int(clock.now.timestamp())
        for n in range(100):
            account.put("customers", "customer.updated", at, id=f"cus_{n}", name=f"Changed {n}")
        clock.now += timedelta(hours=1)
        began = time.monotonic()
        later = fetch(ws, name, clock)
        again = time.monotonic() - began
    size = sum(path.stat().st_size for path in (ws.home / "sync").glob("*.db*")) / 1e6
    print(
        f"= {first.objects:,} objects fetched and loaded in {took:.1f} s, {first.objects / took:,.0f} a second; {size:,.0f} MB kept"
    )
    print(f"= {later.changed} changes of them, compared and loaded in {again:.1f} s")
    print(f"= beside that {flushes(folder):,.0f} flushes a second")


def killed(folder: Path, kills: int) -> bool:
    """Whether nothing is lost, doubled or invented."""
    account, rng = small_account(most=1), random.Random(4)
    ws = made(folder / "killed", NOW.replace(tzinfo=None), currency="USD")
    with served(account.answer) as server:
        name = add_source(ws.home, server, "stripe", {"key": KEY})
        for nth in range(kills):
            _change(account, nth)
            _sync(ws.home, after=rng.uniform(0.3, 6.0))
        while _sync(ws.home) != 0:
            pass
        same = _as_undisturbed(folder, ws, server, account, name)
    print(f"= {kills} kills: {'nothing is lost, doubled or invented' if same else 'the rows are NOT the same'}")
    return same


def _change(account: Account, nth: int) -> None:
    now = int(time.time())
    account.put("customers", "customer.updated", now, id="cus_a", name=f"Acme {nth}")
    billed(account, f"in_k{nth}", "cus_a", "2025-04-01", [(f"il_k{nth}", 100 + nth, "sub_1", "si_1", 4)])
    account.tell("invoice.created", now, account.found["invoices"][f"in_k{nth}"])
    if nth % 3 == 2:
        account.drop("invoices", f"in_k{nth - 1}", "invoice.deleted", now)


def _sync(home: Path, after: float = 0.0) -> int:
    """Fetch in a process of its own, killed after some seconds; its exit code."""
    command = [sys.executable, "-m", "tenure", "--home", str(home), "sync"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        if after:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        return process.wait()


def _as_undisturbed(folder: Path, ws: Workspace, server: Server, account: Account, name: str) -> bool:
    account.most = 100
    whole = made(folder / "whole", NOW.replace(tzinfo=None), currency="USD")
    add_source(whole.home, server, "stripe", {"key": KEY})
    fetch(whole, name, Time(datetime.now(UTC)))
    rows = all(
        plain_rows_of(ws, table, *columns) == plain_rows_of(whole, table, *columns) for table, columns in TABLES.items()
    )
    return rows and told(ws.home, name) == told(whole.home, name)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bench.sync", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("objects", nargs="?", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        if given.objects:
            speed(Path(scratch), given.objects)
        return 0 if not given.kills or killed(Path(scratch), given.kills) else 1


if __name__ == "__main__":
    sys.exit(main())
