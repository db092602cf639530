"""Workspaces with and without a keeper."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenure.keeper.client import reach
from tenure.keeper.place import Place
from tenure.keeper.server import Server
from tests.workspaces import clock, copy_to

PATIENCE = 60


@pytest.fixture
def home(tmp_path) -> Path:
    """A small workspace, loaded and published."""
    return copy_to(tmp_path / "home")


@contextlib.contextmanager
def serving(home: Path) -> Iterator[Server]:
    """A keeper in a thread of this process, with the workspaces' clock."""
    server = Server(home, clock=clock)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def started(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A keeper as a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", "tenure.keeper", str(home)], stderr=subprocess.DEVNULL)
    try:
        until(lambda: reach(Place(home)) is not None)
        yield process
    finally:
        process.kill()
        process.wait()


def until(ready, seconds: float = PATIENCE) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.02)


@pytest.fixture
def holding():
    """Start a process that holds a workspace's lock without serving, and give its number."""
    code = (
        "import sys, time; from pathlib import Path; from tenure.keeper.lock import Lock; "
        "from tenure.keeper.place import Place; lock = Lock.take(Place(Path(sys.argv[1]))); print('held', flush=True); "
        "time.sleep(60)"
    )
    with contextlib.ExitStack() as stack:

        def hold(home: Path) -> int:
            process = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, env=os.environ)
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout
            assert process.stdout.readline() == b"held\n"
            return process.pid

        yield hold
