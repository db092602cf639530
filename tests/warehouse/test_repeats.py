from __future__ import annotations

import duckdb
import pytest

from tenure.warehouse.repeats import has_repeats


@pytest.mark.parametrize("at_once", [1 << 20, 100])
def test_a_single_repeat_is_found_however_many_hashes_are_held_at_once(at_once: int) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT i AS k, NULL::VARCHAR AS empty FROM range(1000) x(i)")
        assert not has_repeats(con, "hash(k, empty)", "t", at_once)
        con.execute("INSERT INTO t VALUES (777, NULL)")
        assert has_repeats(con, "hash(k, empty)", "t", at_once)
        assert not has_repeats(con, "hash(k, empty)", "t WHERE k <> 777", at_once)
        assert not has_repeats(con, "hash(k, empty)", "t WHERE false", at_once)
