from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tenure.core.errors import DataError, UnavailableError, UsageError
from tenure.warehouse.store import FILE, Store
from tenure.warehouse.tables import all_tables


def test_a_new_warehouse_has_every_table_with_its_columns(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        found = dict(
            store.rows(
                "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
                "WHERE database_name = 'warehouse' AND schema_name = 'main' GROUP BY ALL"
            )
        )
    for name, table in all_tables().items():
        assert found[name][: len(table.names)] == list(table.names)
        assert found[name][-1] == "known_at"
    assert {"batch", "failed_row", "meta"} <= set(found)


def test_creating_where_there_is_one_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path).close()
    with pytest.raises(UsageError, match="already"):
        Store.create(tmp_path)


def test_opening_where_there_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no warehouse"):
        Store.open(tmp_path)


def test_a_newer_format_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        store.set_meta("storage_format", "999")
    with pytest.raises(UnavailableError, match="format 999") as found:
        Store.open(tmp_path)
    assert found.value.exit_code == 3
    # Refusing must not keep hold of the file.
    duckdb.connect(str(tmp_path / FILE)).close()


def test_an_older_format_is_to_be_made_anew(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        store.set_meta("storage_format", "1")
    with pytest.raises(DataError, match="format 1") as found:
        Store.open(tmp_path)
    assert "tenure rebuild" in str(found.value)


def test_a_column_that_was_added_to_a_definition_is_added_on_disk(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        store.con.execute("CREATE OR REPLACE VIEW account AS SELECT account_id FROM main_rows.account")
        store.con.execute("DROP VIEW plan; DROP TABLE main_rows.plan")
    with Store.open(tmp_path) as store:
        assert store.rows("SELECT tier FROM account") == []
        assert store.rows("SELECT * FROM plan") == []


def test_a_second_process_is_told_that_the_warehouse_is_in_use(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tenure.warehouse.store import Store\n"
        "from tenure.core.errors import TenureError\n"
        "try: Store.open(Path(sys.argv[1]))\n"
        "except TenureError as error: print(error); sys.exit(error.exit_code)"
    )
    with Store.create(tmp_path):
        found = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert found.returncode == 3
    assert "Another process is using the warehouse" in found.stdout
    assert "Traceback" not in found.stderr


def test_a_damaged_file_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 1000)
    with pytest.raises(DataError, match="damaged"):
        Store.open(tmp_path)


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        store.con.execute(
            "INSERT INTO main_rows.plan (plan, known_at) SELECT 'plan ' || i, now() FROM range(50000) t(i)"
        )
        store.con.execute("CHECKPOINT")
    path = tmp_path / FILE
    content = bytearray(path.read_bytes())
    for place in range(12288 + 100, len(content), 4096):
        content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"), Store.open(tmp_path) as store, store.reporting():
        store.rows("SELECT max(plan) FROM plan")


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    def fail(store: Store) -> None:
        with store.transaction() as con:
            con.execute("INSERT INTO main_rows.plan (plan) VALUES ('a')")
            raise RuntimeError

    with Store.create(tmp_path) as store:
        with pytest.raises(RuntimeError):
            fail(store)
        assert store.rows("SELECT * FROM plan") == []


def test_no_extension_is_fetched_and_times_are_utc(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        assert store.value("SELECT current_setting('autoinstall_known_extensions')") is False
        assert store.value("SELECT current_setting('autoload_known_extensions')") is False
        assert store.cursor().execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
