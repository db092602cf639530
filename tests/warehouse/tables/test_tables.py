"""What every canonical table promises, and that they are those of TABLES.md."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from types import ModuleType

import duckdb
import pytest

from tenure.core.errors import UsageError
from tenure.warehouse import schema
from tenure.warehouse.table import BEGINNING, Type, state, text
from tenure.warehouse.tables import _defined_in, all_tables, find

TABLES = list(all_tables().values())
COLUMNS = [(table, column) for table in TABLES for column in table.columns]
NUMERIC = {Type.INTEGER, Type.NUMBER, Type.MONEY, Type.PRICE, Type.RATE, Type.VALUE, Type.SHARE}
TEMPORAL = {Type.TIME, Type.DATE}
# Optional times that are known when the row is, though they lie ahead.
PLANNED = {"due_at", "expected_close", "notice_by", "discount_ends_at", "expires_at", "released_at", "period_end"}
# A table's view and its versions have these beside the canonical columns.
TAKEN = {name for name, _type in (*schema.ORIGIN, *schema.NAMED_ORIGIN)} | {"known_from", "known_to"}


every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def is_sentence(meaning):
    return meaning[0].isupper() and meaning.endswith(".") and "  " not in meaning and meaning == meaning.strip()


# The registry


def test_find_gives_a_table_and_names_the_nearest_of_one_that_is_not_there():
    assert find("subscription").key == ("subscription_id", "started_at")
    with pytest.raises(UsageError) as error:
        find("subscriptions")
    assert error.value.code == "unknown_table"
    assert "subscription" in error.value.fix


@pytest.mark.parametrize("defined", [None, "a text", state("other", "Other.", key="x", columns=(text("x", "X."),))])
def test_a_file_that_does_not_define_its_table_is_refused(defined):
    module = ModuleType("tenure.warehouse.tables.wanted")
    module.wanted = defined
    with pytest.raises(TypeError, match="'wanted'"):
        _defined_in(module, "wanted")


@every_table
def test_file_variable_and_table_have_one_name(table):
    module = sys.modules[f"tenure.warehouse.tables.{table.name}"]
    assert getattr(module, table.name) is table
    assert module.__doc__.startswith(f"``{table.name}``: ")


# The definitions


@every_table
def test_names_are_plain_unique_and_not_taken(table):
    names = [*table.names, *(derived.name for derived in table.derived)]
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in (table.name, *names))
    assert len(names) == len(set(names))
    assert not TAKEN & set(names)
    assert table.name not in schema.SYSTEM_TABLES


def test_no_table_is_named_as_another_ones_versions():
    assert not {f"{name}_version" for name in all_tables()} & all_tables().keys()


@every_table
def test_meanings_are_sentences(table):
    assert is_sentence(table.meaning)
    for column in (*table.columns, *table.derived):
        assert is_sentence(column.meaning), column.name


@every_table
def test_what_a_table_names_are_its_columns(table):
    names = [*table.key, *table.no_overlap, *table.made_from, *(name for group in table.one_of for name in group)]
    assert set(names) <= set(table.names)
    for name in filter(None, (table.known, table.own_time, table.starts, table.ends)):
        assert table.column(name).type in TEMPORAL | {Type.CLOCK}, name


@every_table
def test_the_key_identifies(table):
    assert table.key
    assert len(set(table.key)) == len(table.key)
    if table.generated_key:
        assert len(table.key) == 1
        assert not table.column(table.key[0]).required
        assert bool(table.made_from) != table.events, "a state table's made key must survive a change of content"
    else:
        assert not table.made_from
        assert any(table.column(name).required for name in table.key)
    assert not any(table.column(name).personal for name in table.key), "an erased person must not change a key"


@every_table
def test_intervals_have_both_ends(table):
    assert (table.starts is None) == (table.ends is None)
    if table.no_overlap:
        assert table.starts


@every_table
def test_learned_names_times_of_the_row(table):
    for column in table.columns:
        for name in column.learned or ():
            assert name == BEGINNING or table.column(name).type in TEMPORAL
        if column.required and column.learned:
            assert column.before is not None, "a version without it would be incomplete"
        if column.before is not None:
            assert column.learned
            assert column.before in column.choices, column.name


@every_table
def test_a_time_that_comes_later_is_not_known_before_it_comes(table):
    """Without this, an import of the past would know the end at the start."""
    for column in table.columns:
        known_with_the_row = PLANNED | {table.known, table.starts, "sent_at", "created_at"}
        if column.type is Type.TIME and not column.required and column.name not in known_with_the_row:
            assert (column.learned or ())[-1:] == (column.name,), column.name


@every_table
def test_references_name_a_table_by_its_first_key_column(table):
    for column in table.columns:
        if column.references:
            referred = find(column.references)
            assert column.type is Type.TEXT
            assert referred.column(referred.key[0]).type is Type.TEXT


@every_table
def test_choices_defaults_and_limits_are_valid(table):
    for column in table.columns:
        assert len(set(column.choices)) == len(column.choices)
        assert not column.choices or column.type is Type.TEXT
        assert not column.open_choices or column.choices
        assert all(re.fullmatch("[a-z][a-z_]*", choice) for choice in column.choices)
        if column.low is not None or column.high is not None:
            assert column.type in NUMERIC
        if column.low is not None and column.high is not None:
            assert column.low < column.high
        if column.default is None:
            continue
        if column.choices:
            assert column.default in column.choices
        found = duckdb.sql(f"SELECT TRY_CAST('{column.default}' AS {column.type.sql})").fetchall()[0][0]
        assert found is not None
        assert column.low is None or found >= column.low
        assert column.high is None or found <= column.high


@every_table
def test_only_ends_are_ends(table):
    for column in table.columns:
        if column.is_end:
            assert column.type in TEMPORAL
        if column.name in {"valid_to", "period_end", "to"}:
            assert column.is_end


# The warehouse


def test_every_table_can_be_made_and_its_derived_columns_worked_out():
    with duckdb.connect() as connection:
        schema.lay(connection, all_tables().values())
        for table in TABLES:
            made = connection.execute(f"SELECT * FROM {schema.quoted(table.name)}").description
            assert [column[0] for column in made] == [*table.names, *(name for name, _type in schema.ORIGIN)]
            for derived in table.derived:
                sql = derived.sql.replace("{zone}", "'Europe/Berlin'")
                worked_out = f"SELECT typeof({sql}) FROM {schema.quoted(table.name)} RIGHT JOIN (SELECT 1) ON true"
                assert connection.execute(worked_out).fetchall() == [(derived.type,)], derived.name


# TABLES.md


@dataclass(frozen=True)
class Written:
    """A column as TABLES.md has it."""

    name: str
    optional: bool
    alternatives: tuple[str, ...]
    choices: tuple[str, ...]
    own_choices: bool
    default: str | None
    is_key: bool


def split(separator, line):
    """Split where the separator stands outside parentheses."""
    parts, depth, last = [], 0, 0
    for found in re.finditer(rf"[()]|{separator}", line):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0 and found[0] not in "()":
            parts.append(line[last : found.start()])
            last = found.end()
    return [part.strip() for part in [*parts, line[last:]]]


def columns_written(segment):
    """The columns of a segment such as ``**a_id**, kind? (x*, y), b or c``; None where it is prose."""
    columns = []
    for item in split(",", segment):
        either = split(" or ", item)
        for one in (both for part in either for both in split(" and ", part)):
            found = re.fullmatch(r"(\*\*)?(\w+)(?:\*\*)?(\?)?\s*(?:\((.*)\))?", one)
            if found is None:
                return None
            names = [re.match(r"\**(\w+)", part)[1] for part in either] if len(either) > 1 else []
            columns.append(
                Written(found[2], bool(found[3]), tuple(names), *choices_written(found[4] or ""), bool(found[1]))
            )
    return columns


def choices_written(note):
    """Choices, whether others are allowed, and the default, out of ``month*, quarter`` or ``nps, csat, or own``."""
    words = note.replace(", or ", ", ").split(", ")
    if not all(re.fullmatch(r"\w+\*?", word) for word in words) or (len(words) == 1 and not note.endswith("*")):
        return (), False, None
    default = next((word[:-1] for word in words if word.endswith("*")), None)
    choices = tuple(word.rstrip("*") for word in words)
    return (choices if len(words) > 1 else (), "own" in choices, default)


def tables_written(text):
    """The columns of each table, read from the rows of TABLES.md."""
    found = {}
    for line in text.splitlines():
        cells = re.fullmatch(r"\| (`[^|]+) \| (.+) \|", line)
        if cells is None:
            continue
        names, segments = re.findall(r"`(\w+)`", cells[1]), split(";", cells[2])
        found |= {name: columns_written(segment) for name, segment in zip(names, segments, strict=False)}
        for segment in segments:
            if other := re.match(r"`(\w+)`: (.+)", segment):
                found[other[1]] = columns_written(other[2])
    return {name: columns for name, columns in found.items() if columns}


@pytest.fixture(scope="module")
def tables_md(shared_data):
    return (shared_data.parent / "TABLES.md").read_text("utf-8")


@pytest.fixture(scope="module")
def written(tables_md):
    return tables_written(tables_md)


def test_tables_and_columns_are_those_of_the_specification(written):
    in_words_only = {"close", "approval", "retraction"}
    of_scores = {
        "score",
        "score_model",
        "decision",
        "annotation",
        "renewal_forecast",
        "renewal_outcome",
    }  # what is said of accounts in Tenure itself: docs/decisions/0026, 0030, 0051, 0052
    of_plans = {"step", "plan_comment"}  # docs/how-to/success-plan.md
    of_leading = {"objective", "objective_check_in", "accountability"}  # docs/decisions/0060, 0068
    more = {"goal": {"current", "confirmed_at"}, "account": {"is_amended"}}
    ours = {
        table.name: tuple(name for name in table.names if name not in more.get(table.name, ()))
        for table in TABLES
        if table.name not in in_words_only | of_scores | of_plans | of_leading | {"note"}
    }
    assert ours == {name: tuple(column.name for column in columns) for name, columns in written.items()}


@every_table
def test_what_is_required_chosen_and_assumed_is_that_of_the_specification(written, table):
    for wanted in written.get(table.name, ()):
        column = table.column(wanted.name)
        if wanted.optional or wanted.alternatives:
            assert not column.required, wanted.name
        else:
            assert column.required or column.default is not None, wanted.name
        if wanted.alternatives and not wanted.optional:
            assert any(set(wanted.alternatives) <= set(group) for group in table.one_of), wanted.name
        assert column.default == wanted.default or (wanted.default is None and column.type is Type.BOOLEAN), wanted.name
        if wanted.choices:
            assert set(column.choices) == set(wanted.choices) - {"own"}, wanted.name
            assert column.open_choices == wanted.own_choices, wanted.name
        if wanted.is_key:
            assert table.key[0] == wanted.name


def test_events_and_dated_keys_are_those_of_the_specification(tables_md):
    events = re.search(r"\*\*Event\*\* tables \(([^)]+)\)", tables_md)[1]
    assert {table.name for table in TABLES if table.events} == set(re.findall(r"`(\w+)`", events))
    assert find("account").key == ("account_id", "valid_from")
    assert find("subscription").key == ("subscription_id", "started_at")
    assert find("assignment").key == ("account_id", "role", "valid_from", "csm_id")
    assert find("csm").key == ("csm_id", "valid_from")
    only_checked = {(table.name, column.name) for table, column in COLUMNS if column.check_only}
    assert only_checked == {("account", "churn_flag"), ("subscription", "arr"), ("subscription", "status")}
