"""``tenure serve``: start, what it serves before anybody logs in, the keeper beside it, and the end."""

import os
import re
import signal
import socket
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tenure.cli.main import main
from tenure.core.errors import UsageError
from tenure.keeper.lock import holder
from tenure.keeper.place import Place
from tenure.web import serve as module
from tenure.web.access.throttle import PER_ACCOUNT
from tenure.web.kit.headers import ALWAYS
from tests.web.serving import made, served, until


def keeper_of(home):
    return holder(Place(home))


def private(path):
    return not stat.S_IMODE(path.stat().st_mode) & 0o077


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One that is ready."""
    with served(made(tmp_path_factory.mktemp("serve") / "home")) as running:
        until(running.is_ready)
        yield running


@pytest.fixture
def workspace(server):
    return Path(server.process.args[4])


def test_it_says_where_it_is_and_how_the_administrator_is_made(server):
    first, second, third = server.said().splitlines()
    assert first == f"Tenure is at {server.base}/. Stop with Ctrl C."
    assert second.startswith("There is no administrator yet.")
    assert re.fullmatch(rf"  {server.base}/welcome/[\w-]{{43}}/", third)
    answer = server.get(server.link().removeprefix(server.base))
    assert (answer.status, answer.headers["Location"]) == (302, "/welcome/")


def test_it_is_alive_and_ready(server):
    assert server.get("/healthz").body == b"ok\n"
    assert server.get("/readyz").body == b'{"ready": true, "database": true, "keeper": true}'


def test_what_only_its_owner_may_read_is_readable_by_nobody_else(server, workspace):
    assert private(workspace / "app.key")
    assert len((workspace / "app.key").read_text()) > 80
    assert all(private(file) for file in workspace.glob("app.db*"))


def test_static_files_are_compressed_and_kept_for_ever(server):
    page = server.get("/log-in/").body.decode()
    sheet = re.search(r'href="(/static/kit/tenure\.\w{12}\.css)"', page)[1]
    plain = server.get(sheet)
    packed = server.get(sheet, Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "br"
    assert len(packed.body) < len(plain.body) / 2
    for answer in (plain, packed):
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert all(answer.headers[name] == value for name, value in ALWAYS.items())
    assert server.get(sheet, If_None_Match=plain.headers["ETag"]).status == 304
    font = re.search(r'href="(/static/kit/fonts/[^"]+\.woff2)"', page)[1]
    assert server.get(font).headers["Content-Type"] == "font/woff2"


@pytest.mark.parametrize(
    "path",
    ["/static/../app.key", "/static/%2e%2e/app.key", "/static//etc/passwd", "/static/kit/", "/static/nothing.js"],
)
def test_nothing_else_is_a_static_file(server, path):
    assert server.get(path).status == 404


def test_an_unknown_host_is_refused(server):
    assert server.get("/log-in/", Host="evil.example").status == 400


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_web_process_never_opens_the_warehouse(server):
    server.get("/log-in/")
    opened = [str(file.readlink()) for file in Path(f"/proc/{server.process.pid}/fd").iterdir() if file.is_symlink()]
    assert opened
    assert not [name for name in opened if "warehouse" in name or name.endswith("inbox.db")]


def test_a_keeper_that_dies_is_started_again(server, workspace):
    first = keeper_of(workspace).pid
    os.kill(first, signal.SIGKILL)
    until(lambda: (now := keeper_of(workspace)) and now.pid != first)
    until(server.is_ready)
    assert "The keeper ended, and is started again." in server.said()


def test_guesses_made_at_once_do_not_slip_through_and_an_unknown_address_takes_as_long(server):
    started = time.monotonic()
    alone = server.guess("first@example.com", "not the password")
    one = time.monotonic() - started
    assert alone.status == 422
    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda _: server.guess("ada@example.com", "not the password").status, range(24)))
    assert sorted(answers) == [422] * PER_ACCOUNT + [429] * (24 - PER_ACCOUNT)
    assert one > 0.05, "a hash is worked out for an address that nobody has"


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
def test_it_stops_with_its_keeper_and_starts_again(tmp_path, end):
    home = made(tmp_path / "served")
    with served(home) as running:
        first = running.link()
        until(running.is_ready)
        running.process.send_signal(end)
        assert running.process.wait(30) == 0
        assert running.said().endswith("Stopped.\n")
    assert keeper_of(home) is None
    key = (home / "app.key").read_text()
    with served(home) as running:
        assert running.link().rpartition("/welcome/")[2] != first.rpartition("/welcome/")[2]
        until(running.is_ready)
    assert (home / "app.key").read_text() == key


def test_a_keeper_does_not_outlive_a_server_that_is_killed(tmp_path):
    home = made(tmp_path / "served")
    with served(home) as running:
        until(running.is_ready)
        running.process.kill()
        running.process.wait()
        until(lambda: keeper_of(home) is None)


def test_a_port_that_is_taken_is_said_so(tmp_path, capsys):
    home = made(tmp_path / "served")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["--home", str(home), "serve", "--port", str(port)]) == 3
    said = capsys.readouterr().err
    assert f"Port {port} is taken" in said
    assert f"tenure serve --port {port + 1}" in said
    assert not (home / "app.db").exists(), "nothing was begun"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "70000"], "invalid"),
        (["--port", "x"], "invalid"),
        (["--host", "no such host"], "There is no host"),
        (["--address", "tenure.example.com"], "is no address"),
        (["--address", "https://example.com/tenure"], "without a path"),
    ],
)
def test_wrong_words_are_said_so(tmp_path, capsys, words, told):
    assert main(["--home", str(made(tmp_path / "served")), "serve", *words]) == 2
    assert told in capsys.readouterr().err


def test_no_workspace_is_said_so(tmp_path, capsys):
    assert main(["--home", str(tmp_path), "serve"]) == 2
    assert "tenure init" in capsys.readouterr().err


def test_the_names_it_answers_to():
    assert module._names("127.0.0.1", "https://cs.example.com") == ("127.0.0.1", "cs.example.com")
    assert module._names("::1", "http://[::1]:8000") == ("[::1]",)
    assert socket.gethostname() in module._names("0.0.0.0", "http://127.0.0.1:8000")
    assert module._checked("https://cs.example.com/") == "https://cs.example.com"
    assert module._own_address("0.0.0.0", 80) == "http://127.0.0.1:80"
    with pytest.raises(UsageError):
        module._checked("ftp://cs.example.com")
