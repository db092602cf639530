"""The server that other tests compare with is a real one, and there is one of it."""

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests import postgres as server


@pytest.mark.parametrize("turn", [1, 2])
def test_it_answers_as_postgresql_in_utc(postgres, turn):
    with psycopg.connect(postgres) as connection:
        row = connection.execute("SELECT current_setting('server_version_num')::int, current_setting('timezone')")
        version, zone = row.fetchone()
    assert version >= 150000
    assert zone == "UTC"


def test_it_is_shared_by_all_tests_of_a_session(postgres):
    with psycopg.connect(postgres) as connection:
        started = connection.execute("SELECT pg_postmaster_start_time(), inet_server_addr()").fetchone()
    assert started[1] is None, "it must not be reachable over a network"


@pytest.fixture
def folder():
    """A folder that the server's user may enter, unlike those of ``tmp_path``."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def test_a_failed_start_says_what_the_server_said(folder):
    for name, words in {"initdb": "exit 0", "postgres": "echo no memory; exit 1", "pg_isready": "exit 2"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{words}\n")
        (folder / name).chmod(0o755)
    with pytest.raises(RuntimeError, match="no memory"), server.cluster(folder):
        pass


def test_the_server_goes_with_its_last_user(postgres):
    folder = server.binaries()
    with server.cluster(folder) as connection:
        left_open = psycopg.connect(connection)
        home = Path(connection.split()[0].removeprefix("host="))
        assert home.is_dir()
    assert not home.exists()
    assert f"host={home}" not in postgres
    left_open.close()
