"""What is made from a table's definition for those who fill it."""

from __future__ import annotations

import csv
import json
import re

import pytest

from tenure.warehouse.table import events, integer, money, share, state, text, time
from tenure.warehouse.tables import all_tables, find
from tenure.warehouse.template import csv_template, json_schema, reference_page

every_table = pytest.mark.parametrize("table", all_tables().values(), ids=lambda table: table.name)

order = state(
    "order",
    "What was ordered. A second sentence.",
    key="order_id",
    known="at",
    one_of=(("amount", "units"),),
    columns=(
        text("order_id", "The order's id.", required=True),
        text("account_id", "Who ordered.", required=True, references="account"),
        text("status", "How far it is.", choices=("open", "done"), default="open", learned=("done_at",), before="open"),
        text("channel", "Where a|b was clicked.", choices=("web",), open_choices=True),
        money("amount", "What it costs.", low=0.5),
        integer("units", "How many.", default="1", low=0, high=1000),
        share("share", "Of it.", personal=True),
        time("at", "When.", required=True),
        time("done_at", "When it was done.", learned=("done_at",)),
    ),
)
click = events(
    "click",
    "A click.",
    key="click_id",
    generated_key=True,
    one_of=(("a", "b"),),
    columns=(text("click_id", "Its id."), text("a", "A.", required=True), text("b", "B.")),
)


def test_the_csv_template_is_the_header():
    assert csv_template(order) == "order_id,account_id,status,channel,amount,units,share,at,done_at\n"


@every_table
def test_a_csv_reader_reads_the_template_back(table):
    assert list(csv.reader(csv_template(table).splitlines())) == [list(table.names)]


def test_the_schema_of_a_row_of_state_may_be_partial():
    schema = json_schema(order)
    assert schema["required"] == ["order_id"]
    assert "allOf" not in schema
    rows = schema["properties"]
    assert rows["order_id"] == {"description": "The order's id.", "type": "string"}
    assert rows["account_id"]["type"] == "string"  # may be left out, not emptied
    assert rows["status"] == {
        "description": "How far it is.",
        "type": ["string", "null"],
        "enum": ["open", "done", None],
        "default": "open",
    }
    assert rows["channel"]["examples"] == ["web"]
    assert "enum" not in rows["channel"]
    assert rows["amount"]["type"] == ["number", "string", "null"]
    assert rows["amount"]["minimum"] == 0.5
    assert re.match(rows["amount"]["pattern"], "-12.50")
    assert not re.match(rows["amount"]["pattern"], "12,50")
    assert rows["units"] == {
        "description": "How many.",
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": 1000,
        "default": 1,
    }
    assert rows["at"] == {
        "description": "When.",
        "type": "string",
        "anyOf": [{"format": "date-time"}, {"format": "date"}],
    }


def test_the_schema_of_an_event_is_whole():
    schema = json_schema(click)
    assert schema["required"] == ["a"]
    assert schema["allOf"] == [{"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}]


def test_booleans_clocks_and_lists_have_their_json_types():
    assert json_schema(find("subscription"))["properties"]["is_trial"]["default"] is False
    assert json_schema(find("csm"))["properties"]["languages"]["type"] == ["array", "null"]
    opens = json_schema(find("schedule"))["properties"]["opens"]["pattern"]
    assert all(re.match(opens, clock) for clock in ("00:00", "09:30", "23:59", "24:00"))
    assert not any(re.match(opens, clock) for clock in ("9:30", "24:01", "25:00", "12:60"))


@every_table
def test_every_schema_is_json_and_has_every_column(table):
    schema = json.loads(json.dumps(json_schema(table)))
    assert list(schema["properties"]) == [*table.names, "known_at"]
    assert set(schema["required"]) <= set(table.names)


def test_the_page_says_what_the_definition_says():
    page = reference_page(order)
    assert page.startswith("# order\n\nWhat was ordered. A second sentence.\n\n**State.**")
    assert "identified by `order_id`." in page
    assert "At least one of `amount` and `units` must be given." in page
    assert "| `account_id` | text | required; names a row of [account](account.md) | Who ordered. |" in page
    assert "| `status` | text | one of `open`, `done`; `open` where empty | How far it is. |" in page
    assert r"| `channel` | text | one of `web` or your own | Where a\|b was clicked. |" in page
    assert "| `units` | integer | from 0 to 1,000; `1` where empty | How many. |" in page
    assert "| `share` | share | from 0 to 1; personal | Of it. |" in page
    assert "counts as known from its `at` on." in page
    assert "`status` is learned at `done_at` and holds `open` until then." in page
    assert "`done_at` is learned at the time named." in page
    assert page.endswith(f"```csv\n{csv_template(order)}```\n")


def test_the_page_says_how_a_missing_key_is_made():
    assert "Without `click_id` in the file, it is made from the row's content." in reference_page(click)
    assert "made from `account_id`, `kind` and `product_id`." in reference_page(find("milestone"))


@every_table
def test_every_page_is_a_whole_table(table):
    rows = [line for line in reference_page(table).splitlines() if line.startswith("| `")]
    assert len(rows) == len(table.columns) + len(table.derived)
