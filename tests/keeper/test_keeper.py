"""The keeper's life: who may talk to it, how it ends, what is left behind."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tenure import keeper
from tenure.core.errors import TenureError, UnavailableError, UsageError
from tenure.engine.verbs.check import Check
from tenure.engine.verbs.show import Show
from tenure.figures.request import Asked
from tenure.keeper import client, wire
from tenure.keeper.client import converse, reach
from tenure.keeper.faults import told
from tenure.keeper.lock import Lock, holder
from tenure.keeper.place import LONGEST_SOCKET, Place
from tenure.keeper.server import Server
from tenure.keeper.wire import Call
from tests.keeper.conftest import serving, started, until
from tests.workspaces import clock, copy_to

AS_OF = Show(Asked("mrr", end="2026-05", as_of="2026-07-10"))


def _socket(server: Server) -> Path:
    """Where a keeper listens."""
    path = server.place.socket()
    assert path
    return path


def test_a_folder_that_is_no_workspace_is_said_so(tmp_path) -> None:
    with pytest.raises(UsageError, match="is no workspace"):
        keeper.open(tmp_path)


def test_published_figures_take_no_lock(home) -> None:
    assert len(keeper.open(home, clock=clock).show("mrr")) == 12
    assert not (home / ".keeper").exists()


def test_the_lock_is_held_only_while_a_verb_works(home) -> None:
    seen = []
    workspace = keeper.open(home, clock=clock, progress=lambda *_: seen.append(str(holder(Place(home)))))
    workspace.call("check", Check())
    assert set(seen) == {f"process {os.getpid()}"}
    assert holder(Place(home)) is None


def test_key_and_socket_are_the_users_alone(home) -> None:
    with serving(home) as server:
        socket = _socket(server)
        assert stat.S_IMODE((home / ".keeper" / "key").stat().st_mode) == 0o600
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert stat.S_IMODE((home / ".keeper").stat().st_mode) == 0o700


def test_who_has_another_key_is_refused(home) -> None:
    with serving(home):
        (home / ".keeper" / "key").write_bytes(b"another key")
        with pytest.raises(UnavailableError) as refused:
            keeper.open(home, clock=clock).call("show", AS_OF)
        assert refused.value.code == "wrong_key"


def test_who_says_nothing_keeps_nobody_waiting(home) -> None:
    import socket as sockets

    with serving(home) as server, sockets.socket(sockets.AF_UNIX) as silent:
        silent.connect(str(_socket(server)))
        assert keeper.open(home, clock=clock).call("show", AS_OF)


def test_another_version_of_tenure_is_told_to_restart(home, monkeypatch) -> None:
    with started(home):
        monkeypatch.setattr(wire, "code_hash", lambda: "other")
        with pytest.raises(UnavailableError, match="another version") as refused:
            keeper.open(home, clock=clock).call("show", AS_OF)
        assert refused.value.fix == "Restart it."


def test_a_long_path_gets_a_socket_in_a_private_folder(tmp_path) -> None:
    home = copy_to(tmp_path / ("long" * 30) / "home")
    with serving(home) as server:
        socket = _socket(server)
        assert len(os.fsencode(socket)) <= LONGEST_SOCKET
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert keeper.open(home, clock=clock).call("show", AS_OF)
    assert not socket.parent.exists()


def test_a_copied_workspace_does_not_ask_the_originals_keeper(tmp_path) -> None:
    home = copy_to(tmp_path / ("long" * 30) / "home")
    with serving(home):
        shutil.copytree(home, tmp_path / "copy")
        assert Place(tmp_path / "copy").socket() is not None
        assert reach(Place(tmp_path / "copy")) is None
        assert reach(Place(home)) is not None


def test_two_commands_at_once_are_both_answered(home) -> None:
    workspace = keeper.open(home, clock=clock)
    alone = workspace.call("show", AS_OF)
    with serving(home), ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: workspace.call("show", AS_OF), range(8)))
    assert answers == [alone] * 8


def test_progress_comes_before_the_answer(home) -> None:
    seen = []
    with serving(home):
        found = keeper.open(home, clock=clock, progress=lambda *told: seen.append(told)).call("check", Check())
    assert found
    assert ("checks", 0, 0) in seen


def test_after_kill_9_commands_work_and_a_new_keeper_starts(home) -> None:
    with started(home) as process:
        assert keeper.open(home, clock=clock).call("check", Check())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert Place(home).socket() is not None, "the dead keeper's socket lies there"
        assert keeper.open(home, clock=clock).call("show", AS_OF)
    with started(home):
        assert reach(Place(home)) is not None
        assert keeper.open(home, clock=clock).call("check", Check())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_keeper_leaves_nothing_behind(home, number) -> None:
    with started(home) as process:
        os.kill(process.pid, number)
        assert process.wait(timeout=20) == 0
    assert Place(home).socket() is None
    assert holder(Place(home)) is None


def test_a_second_keeper_is_refused_and_says_which_is_there(home, monkeypatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.2)
    with serving(home), pytest.raises(UnavailableError, match=rf"Process {os.getpid()} \(its keeper\)"):
        Server(home)


def test_who_waits_in_vain_is_told_for_whom(home, holding, monkeypatch, caplog) -> None:
    pid = holding(home)
    monkeypatch.setattr(client, "PATIENCE", 0.8)
    with caplog.at_level(logging.WARNING), pytest.raises(UnavailableError) as refused:
        keeper.open(home, clock=clock).call("show", AS_OF)
    assert refused.value.exit_code == 3
    assert refused.value.code == "locked"
    assert f"Process {pid} uses this workspace" in refused.value.message
    assert "Run this again when it is done" in refused.value.fix
    assert f"Waiting for process {pid}" in caplog.text


def test_who_waits_a_moment_gets_the_turn(home) -> None:
    lock = Lock.take(Place(home))
    assert lock
    threading.Timer(0.3, lock.release).start()
    assert keeper.open(home, clock=clock).call("show", AS_OF)


def _reached(home: Path) -> Connection:
    """A connection to the keeper that serves."""
    connection = reach(Place(home))
    assert connection
    return connection


def _slow(desk, _request):
    desk.store.rows("SELECT count(*) FROM range(200000000000)")


@pytest.fixture
def slow(monkeypatch):
    """A verb that takes minutes."""
    from tenure.engine import verbs

    original = verbs.carry_out

    def carry_out(desk, verb, request):
        return _slow(desk, request) if verb == "slow" else original(desk, verb, request)

    monkeypatch.setattr("tenure.engine.workspace.carry_out", carry_out)


def test_a_command_that_goes_away_stops_its_query(home, slow) -> None:
    with serving(home):
        connection = _reached(home)
        connection.send(Call("slow", None))
        time.sleep(0.5)
        connection.close()
        begun = time.monotonic()
        assert keeper.open(home, clock=clock).call("show", AS_OF)
        assert time.monotonic() - begun < 30


def test_a_waiting_command_is_told_so_and_may_leave(home, slow) -> None:
    with serving(home):
        first, second = _reached(home), _reached(home)
        first.send(Call("slow", None))
        time.sleep(0.3)
        second.send(Call("check", Check()))
        assert second.recv().what == "waiting for another command"
        second.close()
        first.close()
        assert keeper.open(home, clock=clock).call("show", AS_OF)


def test_a_keeper_that_stops_tells_its_commands(home, slow) -> None:
    with serving(home) as server:
        connection = _reached(home)
        threading.Timer(0.5, server.close).start()
        with pytest.raises(UnavailableError) as stopped:
            converse(connection, Call("slow", None), lambda *_: None)
        assert stopped.value.code == "keeper_gone"
        until(lambda: holder(Place(home)) is None)


def test_a_fault_of_our_own_is_logged_without_data(home, monkeypatch) -> None:
    name = "Jane Doe"

    def fail(*_):
        raise ValueError(name)

    monkeypatch.setattr("tenure.engine.workspace.carry_out", fail)
    with serving(home), pytest.raises(TenureError, match="reference") as fault:
        keeper.open(home, clock=clock).call("show", AS_OF)
    log = (home / ".keeper" / "log").read_text()
    assert fault.value.message.split()[-1].rstrip(").") in log
    assert "ValueError" in log
    assert "test_keeper.py" in log
    assert name not in log
    assert name not in str(fault.value)


def test_a_fault_that_is_its_own_cause_is_logged_once(home) -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    (home / ".keeper").mkdir()
    told(first, Place(home))
    assert (home / ".keeper" / "log").read_text().count("ValueError") == 1


def test_a_read_only_workspace_is_said_so(home) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    home.chmod(0o500)
    try:
        with pytest.raises(UnavailableError, match="cannot be used"):
            keeper.open(Path(home), clock=clock).call("show", AS_OF)
    finally:
        home.chmod(0o700)
