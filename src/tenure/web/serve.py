"""``serve``: the web process and the keeper beside it, from start to end."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from tenure.core import config
from tenure.core.errors import UnavailableError, UsageError
from tenure.web import secret
from tenure.web.keeping import Keeping

#: Connections that may wait to be taken.
_BACKLOG = 128
#: Seconds that an answer under way may still take at the end.
_GRACE = 10
_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not listened on


class _StoppedError(Exception):
    """SIGTERM."""


def serve(home: Path, *, host: str, port: int, address: str, say: Callable[[str], None]) -> None:
    """Serve a workspace until Ctrl C or SIGTERM.

    ``address``: how people reach it, where that is not ``http://HOST:PORT``. ``say`` is told what a person has to know.
    Raises ``UsageError`` where there is no workspace, ``UnavailableError`` where the port is taken.
    """
    config.read(home)
    given = _checked(address)
    with _listening(host, port) as listener:
        base = given or _own_address(host, listener.getsockname()[1])
        keeping = Keeping(home, say)
        previous = signal.signal(signal.SIGTERM, _stop)
        keeping.start()  # first: it has its own things to prepare
        try:
            prepare(home, hosts=_names(host, base))
            _greet(base, say)
            _run(listener)
        except (KeyboardInterrupt, _StoppedError):
            pass
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            keeping.stop()
            signal.signal(signal.SIGTERM, previous)
    say("Stopped.")


def prepare(home: Path, *, hosts: tuple[str, ...] = ()) -> None:
    """Make the application ready to run in this process: key, Django, tables, static files."""
    os.environ["TENURE_HOME"] = str(home.resolve())
    os.environ["TENURE_HOSTS"] = " ".join(hosts)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.web.settings"  # whatever else the shell was used for
    before = os.umask(0o077)  # the database holds what nobody else shall read
    try:
        secret.make(home)
        _make_tables_and_files()
    except OSError as error:
        raise UnavailableError(
            f"The workspace cannot be written: {error.strerror}.", code="not_writable", where=str(error.filename or home),
            fix="Make the folder writable for the user who runs this.",
        ) from None  # fmt: skip
    finally:
        os.umask(before)


def _make_tables_and_files() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from tenure.web.access import sessions
    from tenure.web.kit import assets

    for file in settings.HOME.glob("app.db*"):
        file.chmod(0o600)
    assets.collect()
    sessions.sweep()


def _listening(host: str, port: int) -> socket.socket:
    """The socket, bound: so that a port that is taken is known before anything is begun."""
    try:
        family, _, _, _, where = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        fix = "Give an address of this machine, as 127.0.0.1, or 0.0.0.0 for all of them."
        raise UsageError(f"There is no host {host!r}.", code="unknown_host", fix=fix) from None
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_ours(host, port, error) from None
    return listener


def _not_ours(host: str, port: int, error: OSError) -> UnavailableError:
    other = f"Choose another one: tenure serve --port {port + 1}"
    if error.errno == errno.EADDRINUSE:
        message = f"Port {port} is taken: another program listens there, or another Tenure."
        return UnavailableError(message, code="port_taken", fix=f"Stop that one. {other}")
    if error.errno == errno.EACCES:
        return UnavailableError(f"Port {port} is not for this user.", code="port_refused", fix=other)
    message = f"Nothing can listen on {host}, port {port}: {error.strerror}."
    return UnavailableError(message, code="port_refused", fix="Give an address of this machine, as 127.0.0.1.")


def _checked(address: str) -> str:
    """The address that people open, without what may trail it. Raises ``UsageError`` for one that is none."""
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        fix = "Write it as https://tenure.example.com, without a path."
        raise UsageError(f"{address!r} is no address.", code="bad_address", fix=fix)
    return f"{parts.scheme}://{parts.netloc}"


def _own_address(host: str, port: int) -> str:
    """Where this machine finds it."""
    name = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _names(host: str, base: str) -> tuple[str, ...]:
    """The host names under which requests are taken, besides this machine's own."""
    names = {host, urlsplit(base).hostname or ""} - _EVERYWHERE
    if host in _EVERYWHERE:
        here = socket.gethostname()
        names |= {here, *_addresses_of(here)}
    return tuple(sorted(f"[{name}]" if ":" in name else name for name in names if name))


def _addresses_of(name: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(name, None)}
    except socket.gaierror:
        return set()


def _greet(base: str, say: Callable[[str], None]) -> None:
    """Say where it is, and once how the first administrator is made."""
    from tenure.web.access import links

    say(f"Tenure is at {base}/. Stop with Ctrl C.")
    made = links.for_set_up()
    if made:
        say(
            "There is no administrator yet. Whoever opens this link becomes one; it works once, until "
            f"{made.expires_at:%Y-%m-%d %H:%M} UTC:\n  {base}/welcome/{made.secret}/"
        )


def _run(listener: socket.socket) -> None:
    """The web server, which ends by itself on SIGINT and SIGTERM, and raises them again for us."""
    import uvicorn

    from tenure.web import asgi
    from tenure.web.access.following import followers
    from tenure.web.kit.joined import JoinedProtocol

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            followers.close()  # first: it waits for answers that are under way
            await super().shutdown(sockets)
            await asyncio.to_thread(asgi.worker.stop, _GRACE)

    Server(
        uvicorn.Config(
            "tenure.web.asgi:application",
            http=JoinedProtocol,
            log_level="warning",
            access_log=False,  # addresses in it could hold secrets
            server_header=False,
            proxy_headers=True,  # from a proxy on this machine only
            timeout_graceful_shutdown=_GRACE,
            lifespan="off",
        )
    ).run(sockets=[listener])
    sys.stdout.flush()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _StoppedError
