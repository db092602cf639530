"""A PostgreSQL server of the tests' own: one empty cluster a session, gone when the session ends.

It listens on a socket in a temporary folder only, so that any number of sessions run side by side. What makes a server
safe is off (fsync), since nothing in it outlives the tests.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUPERUSER = "tenure"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",  # compiling a test's query takes longer than running it
    "timezone": "UTC",
}


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: the newest that Debian has installed, else the PATH's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def ordinary_user() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, which it refuses; ``None`` when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Make a cluster with the binaries in ``folder`` and run it; gives a connection string for its superuser.

    Raises ``RuntimeError`` with the server's own words if it does not start.
    """
    # Not pytest's own temporary folders: an ordinary user may not enter those of root, and a socket's path must be short.
    home = Path(tempfile.mkdtemp(prefix="tenure-pg-", dir="/tmp"))
    user = ordinary_user()
    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    server = None
    try:
        make(folder, home, user)
        server = start(folder, home, user)
        yield f"host={home} user={SUPERUSER} dbname=postgres"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # at once, also with a connection that a test left open
            server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def make(folder: Path, home: Path, user: pwd.struct_passwd | None) -> None:
    """Write an empty cluster into ``home/data``."""
    options = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", f"--username={SUPERUSER}"]
    command = [*as_user(user), folder / "initdb", "--pgdata", home / "data", *options]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"initdb: {done.stderr or done.stdout}")


def start(folder: Path, home: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    """Start the server and wait until it takes connections."""
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = [*as_user(user), folder / "postgres", "-D", home / "data", "-k", home, *settings]
    log = home / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=home, stdout=output, stderr=output)
    ready: list[str | Path] = [folder / "pg_isready", "--quiet", "--host", home]
    for _ in range(600):
        if server.poll() is not None:
            break
        if subprocess.run(ready, check=False).returncode == 0:
            return server
        time.sleep(0.05)
    server.kill()
    server.wait()
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


def as_user(user: pwd.struct_passwd | None) -> list[str | Path]:
    """The words before a command with which it runs as ``user``, and stops when the tests are killed."""
    if user is None:
        return []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=INT"]
