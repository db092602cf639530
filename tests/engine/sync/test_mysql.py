"""Questions to MySQL, by a real server of MariaDB where one is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pymysql  # type: ignore[import-untyped]
import pytest

from tenure.core.errors import TenureError
from tenure.engine.sync import database
from tenure.engine.sync.configured import Configured, Query
from tests.conftest import missing

TABLE = (
    "CREATE TABLE bill (id INT, company VARCHAR(40), amount DECIMAL(30, 9), changed DATETIME(6), day DATE, took TIME, raw BLOB,"
    " is_open BOOL, said JSON, seen TIMESTAMP)"
)
ROWS = (
    "INSERT INTO bill VALUES (1, 'Äcme %s', 12345678901234.123456789, '2026-03-01 10:00:00.5', '2026-03-01', '01:02:03', x'00ff', true,"
    " '{\"a\": 1.50}', '2026-03-01 12:00:00'), (2, NULL, 0.1, '2026-03-02 10:00:00', NULL, NULL, NULL, false, NULL, NULL)"
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    program, maker = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if program is None or maker is None:
        missing("mysql", "no MariaDB server is installed (apt-get install mariadb-server)")
    folder = Path("/tmp") / f"tenure-mysql-{time.monotonic_ns()}"  # sockets have short names
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = ["--no-defaults", f"--datadir={folder}/data", "--user=root"]
    subprocess.run(
        [maker, *said, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True
    )
    own = [
        f"--socket={folder}/sock", f"--port={port}", "--bind-address=127.0.0.1", "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M",
        f"--pid-file={folder}/pid",
    ]  # fmt: skip
    server = subprocess.Popen([program, *said, *own], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with _connected(port) as con, con.cursor() as cursor:
            for sql in (
                "CREATE DATABASE billing CHARACTER SET utf8mb4", "USE billing", "SET time_zone = '+02:00'", TABLE, ROWS,
                "CREATE USER reader@localhost IDENTIFIED BY 'secret word'", "GRANT ALL ON billing.* TO reader@localhost",
                "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'secret word'", "GRANT ALL ON billing.* TO reader@'127.0.0.1'",
            ):  # fmt: skip
                cursor.execute(sql)
            con.commit()
        yield f"mysql://reader@127.0.0.1:{port}/billing"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _connected(port: int) -> pymysql.Connection:
    for _ in range(300):
        try:
            return pymysql.connect(host="127.0.0.1", port=port, user="root", charset="utf8mb4", ssl_disabled=True)
        except pymysql.err.OperationalError:
            time.sleep(0.1)
    raise AssertionError("the server does not come up")


def _asked(address: str, sql: str, folder: Path, since: str = "", cursor: str = "", password: str = "secret word"):
    source = Configured("billing", "sql", address=address, internal=True)
    found = database.ask(source, Query("q", "invoice", sql, cursor), password, since, folder)
    with duckdb.connect() as con:
        return con.execute(f"FROM read_parquet('{found.path}')").fetchall(), found.through


def test_a_question_to_mysql_is_exact_and_cannot_write(address: str, tmp_path: Path) -> None:
    rows, _ = _asked(address, "SELECT *, '100 %' FROM bill ORDER BY id", tmp_path)
    assert rows == [
        ("1", "Äcme %s", "12345678901234.123456789", "2026-03-01T10:00:00.500000", "2026-03-01", "3723", "00ff", "1", '{"a": 1.50}',
         "2026-03-01T10:00:00Z", "100 %"),
        ("2", None, "0.100000000", "2026-03-02T10:00:00", None, None, None, "0", None, None, "100 %"),
    ]  # fmt: skip
    for write in ("DELETE FROM bill", "INSERT INTO bill (id) VALUES (3)", "DROP TABLE bill"):
        with pytest.raises(TenureError) as caught:
            _asked(address, write, tmp_path)
        assert caught.value.code == "vendor_refused"
    assert len(_asked(address, "SELECT id FROM bill", tmp_path)[0]) == 2


def test_it_goes_on_from_its_cursor_and_tells_what_keeps_it(address: str, tmp_path: Path) -> None:
    sql = "SELECT id, changed FROM bill WHERE changed > :since ORDER BY changed"
    first, through = _asked(address, sql, tmp_path, "1970-01-01 00:00:00", "changed")
    assert ([row[0] for row in first], through) == (["1", "2"], "2026-03-02T10:00:00")
    assert _asked(address, sql, tmp_path, through, "changed") == ([], through)
    seen = "SELECT id, seen FROM bill WHERE seen > :since"
    assert _asked(address, seen, tmp_path, "1970-01-02 00:00:00", "seen")[1] == "2026-03-01T10:00:00Z"
    assert _asked(address, seen, tmp_path, "2026-03-01T10:00:00Z", "seen")[0] == []
    for sql_, password, code in (
        ("SELECT 1", "wrong word", "needs_token"),
        ("SELECT nothing FROM bill", "secret word", "vendor_refused"),
    ):
        with pytest.raises(TenureError) as caught:
            _asked(address, sql_, tmp_path, password=password)
        assert (caught.value.code, password in caught.value.message) == (code, False)
