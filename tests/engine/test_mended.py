"""Whatever part of a file is broken, then mended and replayed: at the end there is what the file would have brought at once."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tenure.engine.desk import Desk
from tenure.engine.verbs.failed import FailedRows, failed
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.mend import Mend, mend
from tenure.engine.verbs.reconcile import Reconcile, reconcile
from tenure.figures.listing import Query
from tenure.warehouse.versions import derive
from tests.engine.conftest import new_home

START = datetime(2026, 11, 27, 9)
#: Few values, so that keys and contents come again.
TABLES = {
    "account": {
        "account_id": ["a1", "a2", "a3"], "name": ["One", "Two"], "created_at": ["31.01.2025", "05.02.2025"],
        "is_test": ["yes", "no"],
    },
    "usage": {
        "account_id": ["a1", "a2"], "person_id": ["p1", "p2", ""], "feature": ["x"], "occurred_at": ["31.01.2025", "05.02.2025"],
        "count": ["1", "2"],
    },
}  # fmt: skip
#: What no column of that name takes.
BROKEN = {
    "account_id": "",
    "created_at": "32.01.2025",
    "occurred_at": "yesterday",
    "is_test": "perhaps",
    "count": "many",
}


@st.composite
def broken_files(draw):
    """A table, its rows, and of some of them the column that is broken."""
    table = draw(st.sampled_from(sorted(TABLES)))
    row = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in TABLES[table].items()})
    # the first row is good, and says how the file writes dates: mended cells are written as the others are
    first = {name: values[0] for name, values in TABLES[table].items()} | {"account_id": "a0"}
    rows = [first, *draw(st.lists(row, min_size=2, max_size=8))]
    columns = st.sampled_from([name for name in TABLES[table] if name in BROKEN])
    broken = draw(st.dictionaries(st.integers(1, len(rows) - 1), columns, min_size=1, max_size=len(rows)))
    return table, rows, broken, draw(st.integers(1, 3))


def written(folder, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = Path(folder) / "file.csv"
    path.write_text(text.getvalue())
    return str(path)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def outcome(desk, table):
    """What is known now: of a state each thing, of events every one, and apart from it their ids."""
    if table == "account":
        derive(desk.store.con, "UTC")
        sql = "SELECT account_id, name, created_at, is_test FROM account_version WHERE known_to > TIMESTAMP '9999-01-01' ORDER BY ALL"
        return desk.store.rows(sql)
    said = "SELECT account_id, person_id, feature, occurred_at, count, line FROM usage ORDER BY ALL"
    return desk.store.rows(said), desk.store.rows("SELECT event_id FROM usage ORDER BY ALL")


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return new_home(tmp_path_factory.mktemp("mended") / "home")


@settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
@given(broken_files())
def test_what_is_mended_is_as_if_it_had_been_right(empty, file):
    table, rows, broken, parts = file
    with TemporaryDirectory() as folder:
        results = []
        for name in ("right", "wrong"):
            home = shutil.copytree(empty, Path(folder) / name)
            wrong = [{**row, broken[n]: BROKEN[broken[n]]} if n in broken else row for n, row in enumerate(rows)]
            with Desk(home, clock=Clock()) as desk:
                load(desk, Load((written(home, rows if name == "right" else wrong),), table))
                if name == "wrong":
                    found = failed(desk, FailedRows(Query(order=("line",)))).rows
                    assert [one.line - 2 for one in found] == sorted(broken)
                    for part in range(parts):
                        cells = {
                            one.id: {broken[one.line - 2]: rows[one.line - 2][broken[one.line - 2]]}
                            for one in found[part::parts]
                        }
                        if cells:
                            assert mend(desk, Mend("ada", "it was right", cells)).refused == ()
                results.append(outcome(desk, table))
                assert reconcile(desk, Reconcile()).mismatches == ()
        assert results[0] == results[1]
