"""Maps: what they say is done, and whatever they say wrong is an error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.sources.files.map_reader import SETTINGS, TARGET, parse_map, read_map
from tenure.warehouse.expression_functions import FUNCTIONS


@pytest.mark.parametrize(
    ("line", "number", "words"),
    [
        ("colums = 1", 4, ["colums", "columns"]),
        ('encoding = "cp1525"', 4, ["encoding", "cp1252"]),
        ('delimiter = ";;"', 4, ["one character"]),
        ('decimal = "."\nthousands = "_"', 5, ["thousands"]),
        ('timezone = "Europe/Berln"', 4, ["Europe/Berlin"]),
        ('date_format = "dd/mm/yyyy"', 4, ["%d/%m/%Y"]),
        ('mode = "replace"', 4, ["upsert", "full"]),
        ('ends = "inclusiv"', 4, ["inclusive"]),
        ("skip = -1", 4, ["whole number"]),
        ('[load.columns]\naccount_id = "id"\nsegmnt = "plan"', 6, ["segmnt", "segment"]),
        ('[load.columns]\naccount_id = { form = "id" }', 5, ["form", "from"]),
        ('[load.columns]\naccount_id = { from = "id", value = "x" }', 5, ["exactly one"]),
        ('[load.columns]\naccount_id = { values = { a = "b" } }', 5, ["exactly one"]),
        ("[load.columns]\naccount_id = 7", 5, ["value"]),
        (
            '[load.columns]\naccount_id = { from = "id", lookup = { file = "../x.csv", key = "k", value = "v" } }',
            5,
            ["same folder"],
        ),
        ("= 3", 4, ["TOML"]),
    ],
)
def test_what_a_map_says_wrong(line, number, words):
    with pytest.raises(UsageError) as error:
        parse_map(f'# a map\n[[load]]\ntable = "account"\n{line}\n', "m.toml")
    assert error.value.exit_code == 2
    assert error.value.where == f"m.toml:{number}"
    assert all(word in str(error.value) for word in words)


def test_an_unknown_table_and_a_top_level_mistake():
    with pytest.raises(UsageError, match="acount") as error:
        parse_map('[[load]]\nfile = "a.csv"\ntable = "acount"\n', "m.toml")
    assert error.value.where == "m.toml:3"
    assert "account" in error.value.fix
    with pytest.raises(UsageError) as error:
        parse_map('file = "a.csv"\n', "m.toml")
    assert error.value.where == "m.toml:1"
    with pytest.raises(UsageError, match="two brackets"):
        parse_map("[load]\n", "m.toml")


def test_a_map_that_is_not_there(tmp_path):
    with pytest.raises(UsageError) as error:
        read_map(tmp_path / "none.toml")
    assert error.value.code == "no_such_file"


def test_renaming_constants_values_and_defaults(read):
    found = read(
        b"Key,Plan,Left,Note\n1,Basic,,x\n2, Pro ,y,\n3,Gold,z,\n",
        entry="""
        ignore = ["Left"]
        [load.columns]
        id = "Key"
        name = { from = "Plan", values = { Basic = "small", Pro = "large" } }
        currency = { value = "EUR" }
        pieces = { value = 3 }
        day = { from = "Left", default = "2024-01-01" }
        [load.custom]
        word = { expr = "upper(Note)" }
        """,
    )
    assert found.rows == [
        {"id": "1", "name": "small", "currency": "EUR", "pieces": "3", "day": "2024-01-01"},
        {"id": "2", "name": "large", "currency": "EUR", "pieces": "3", "day": "y"},
        {"id": "3", "name": None, "currency": "EUR", "pieces": "3", "day": "z"},
    ]
    assert found.checked == [("name", "not_in_value_map", "Gold")]
    assert found.custom[0] == {"Note": "x", "word": "X"}
    reason = found.incoming.columns["name"].checks[0].reason
    assert "Basic, Pro" in reason


def test_a_default_stands_for_values_the_map_does_not_know(read):
    found = read(
        b"id,Plan\n1,Basic\n2,Gold\n3,\n",
        entry='columns.name = { from = "Plan", values = { Basic = "small" }, default = "other" }',
    )
    assert found.column("name") == ["small", "other", "other"]
    assert found.checked == []


def test_names_match_exactly_but_for_capitals_and_space_around_them(read):
    found = read(b" ID ,NAME,na me,Amount\n1,a,b,2\n")
    assert found.rows == [{"id": "1", "name": "a", "amount": "2"}]
    assert found.custom == [{"na me": "b"}]


def test_a_missing_key_names_what_it_might_be(read):
    table_key = b"Id No,name\n1,a\n"
    with pytest.raises(DataError) as error:
        read(b"I_D,name\n1,a\n")
    assert error.value.code == "missing_column"
    assert 'id = "I_D"' in error.value.fix
    with pytest.raises(DataError, match="no column for id"):
        read(table_key)


def test_a_column_of_the_map_that_the_file_lacks(read):
    with pytest.raises(UsageError) as error:
        read(b"id,segment\n1,a\n", entry='columns.name = "segmnt"')
    assert (error.value.code, error.value.where) == ("unknown_column", "map.toml:2")
    assert "segment" in error.value.fix


def test_doubled_columns_are_named_or_ignored_by_the_map(read):
    body = b"id,name,Name\n1,a,b\n"
    with pytest.raises(DataError) as error:
        read(body)
    assert error.value.code == "doubled_column"
    assert "'name' and 'Name#2'" in error.value.fix
    found = read(body, entry='columns.name = "Name#2"\nignore = ["name"]')
    assert found.rows == [{"id": "1", "name": "b"}]


def test_where_takes_some_rows_and_refuses_what_it_cannot_judge(read):
    found = read(
        b"id,amount,kind\n1,5,a\n2,50,a\n3,n/a,a\n4,50,b\n", entry="where = 'kind == \"a\" and number(amount) > 10'"
    )
    assert found.column("id") == ["2", "3"]
    assert found.checked == [("id", "not_a_number", "n/a")]
    with pytest.raises(UsageError, match="condition"):
        read(b"id,amount\n1,5\n", entry='where = "number(amount)"')


def test_expressions_of_a_map_name_their_line(read):
    with pytest.raises(UsageError) as error:
        read(
            b"id,tenure\n1,5\n",
            entry='\n[load.columns]\nid = "id"\nday = { expr = \'add_months("2017-12-31", tenur)\' }',
        )
    assert error.value.where == "map.toml:5"
    assert "tenure" in error.value.fix


def test_formats_zones_and_ends_of_single_columns(read):
    found = read(
        b"id,day,from,to\n1,03/04/2024,04.03.2024,31.12.2024\n",
        entry="""
        ends = "inclusive"
        date_format = "%d.%m.%Y"
        [load.columns]
        day = { from = "day", format = "%m/%d/%Y" }
        started_at = { from = "from", zone = "Asia/Tokyo" }
        ended_at = "to"
        """,
    )
    assert found.rows == [{"id": "1", "day": "2024-03-04", "started_at": "2024-03-04", "ended_at": "2024-12-31"}]
    columns = found.incoming.columns
    assert columns["started_at"].zone == "Asia/Tokyo"
    assert [name for name, cell in columns.items() if cell.inclusive_end] == ["ended_at"]


def test_lookups(read, tmp_path):
    (tmp_path / "other.csv").write_text("sub;acc\nS1;A1\nS2;A2\n")
    entry = 'columns.name = { from = "s", lookup = { file = "other.csv", key = "sub", value = "acc" } }'
    found = read(b"id,s\n3,S2\n2,S1\nbroken\n1,S9\n0,\n", entry=entry)
    assert found.rows == [
        {"name": "A2", "id": "3"},
        {"name": "A1", "id": "2"},
        {"name": None, "id": "1"},
        {"name": None, "id": "0"},
    ]
    assert found.checked == [("name", "not_found", "S9")]
    assert found.lines == [2, 3, 5, 6]
    assert found.refusals == [(4, "ragged")]
    assert found.incoming.lookups == ("other.csv",)
    (tmp_path / "other.csv").write_text("sub;acc\nS1;A1\nS1;A2\n")
    with pytest.raises(DataError) as error:
        read(b"id,s\n3,S1\n", entry=entry)
    assert error.value.code == "ambiguous_lookup"


def test_source_and_mode(read):
    found = read(b"id,source_id\n1,x\n", entry='source = "stripe"\nmode = "full"')
    assert found.rows == [{"id": "1", "source_id": "x", "source": "stripe"}]
    assert found.incoming.mode == "full"
    assert read(b"id\n1\n").incoming.mode == "upsert"


MAP = """
decimal = ","
[[load]]
file = "acc*.csv"
table = "account"
[[load]]
file = "*.xlsx#Two"
table = "churn"
[[load]]
file = "acc*.csv"
table = "subscription"
where = "plan != None"
[load.columns]
account_id = { from = "s", lookup = { file = "other.csv", key = "k", value = "v" } }
"""


def test_a_folder_is_planned_in_the_order_of_the_map(tmp_path):
    for name in ("acc2.csv", "acc1.csv", "other.csv", "notes.txt", ".hidden", "map.toml"):
        (tmp_path / name).write_text("x")
    (tmp_path / "map.toml").write_text(MAP)
    plan = read_map(tmp_path / "map.toml").for_folder(tmp_path)
    assert [(job.path.name, job.table) for job in plan.jobs] == [
        ("acc1.csv", "account"),
        ("acc2.csv", "account"),
        ("acc1.csv", "subscription"),
        ("acc2.csv", "subscription"),
    ]
    assert plan.unknown == ("notes.txt",)
    assert plan.unused == ("*.xlsx",)
    assert all(job.entry.decimal == "," for job in plan.jobs)


def test_a_single_file_takes_the_entries_that_fit(tmp_path):
    told = parse_map(MAP, "m.toml")
    assert [entry.table for entry in told.for_file("account", "acc1.csv")] == ["account"]
    assert told.for_file("churn", "x.xlsx")[0].sheet == "Two"
    with pytest.raises(UsageError, match=r"nothing of 'b\.csv'") as error:
        told.for_file("account", "b.csv")
    assert error.value.code == "not_in_map"
    assert parse_map('decimal = ","', "m").for_file("account", "b.csv")[0].decimal == ","
    anyhow = parse_map('[[load]]\ndecimal = ","', "m").for_file("account", "b.csv")[0]
    assert (anyhow.table, anyhow.decimal) == ("account", ",")


def test_every_key_and_function_is_in_the_reference():
    page = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "map.md").read_text("utf-8")
    for key in (*SETTINGS, *TARGET):
        assert f"`{key}`" in page or f"{{ {key} = " in page, key
    for function in FUNCTIONS:
        assert f"`{function}(" in page, function


def test_the_hash_of_an_entry_is_of_what_it_says():
    one = parse_map('[[load]]\ntable = "account"\ncolumns.name = "n"', "m").entries[0]
    same = parse_map('# x\n\n[[load]]\n[load.columns]\nname = "n" # y\n', "other").for_file("account", "f")[0]
    other = parse_map('[[load]]\ntable = "account"\ncolumns.name = "m"', "m").entries[0]
    assert one.hash == same.hash
    assert one.hash != other.hash
