"""Expressions: what they give, what they refuse by row, and what they never do."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.core.errors import UsageError
from tenure.warehouse.expression import compile_expression
from tenure.warehouse.expression_functions import FUNCTIONS
from tenure.warehouse.expression_value import Kind, Value

COLUMNS = {name: Value(f'"{name}"', Kind.TEXT) for name in ("tenure", "churn", "amount", "odd name", "day")}


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        yield connection


def worked_out(con, expression: str, **row: str | None):
    """The value's text for one row, and the codes of the checks that refuse it."""
    compiled = compile_expression(expression, COLUMNS)
    texts = ", ".join(f'?::VARCHAR AS "{name}"' for name in COLUMNS)
    values = [row.get(name.replace(" ", "_")) for name in COLUMNS]
    checks = "".join(f", {check.sql}" for check in compiled.checks)
    found = con.execute(f"SELECT {compiled.text}{checks} FROM (SELECT {texts})", values).fetchall()[0]
    return found[0], [check.code for check, holds in zip(compiled.checks, found[1:], strict=True) if holds]


@pytest.mark.parametrize(
    ("expression", "row", "value"),
    [
        ('add_months("2017-12-31", -number(tenure))', {"tenure": "34"}, "2015-02-28"),
        ('add_months("2017-12-31", -number(tenure))', {"tenure": "0"}, "2017-12-31"),
        ('add_months("2017-12-31", -number(tenure))', {"tenure": None}, None),
        ("add_days(date(day), 1)", {"day": "2024-02-28"}, "2024-02-29"),
        ('add_minutes(date(day, "%d/%m/%Y"), 90)', {"day": "28/02/2024"}, "2024-02-28T01:30:00"),
        ('date(day) < "2024-03-01"', {"day": "2024-02-29"}, "true"),
        ('"2018-01-01" if churn == "Yes" else None', {"churn": "Yes"}, "2018-01-01"),
        ('"2018-01-01" if churn == "Yes" else None', {"churn": "No"}, None),
        ("number(amount) * 12", {"amount": "0.10"}, "1.2"),
        ("number(amount) + 0.1", {"amount": "0.2"}, "0.3"),  # not 0.30000000000000004
        ("number(amount) / 3", {"amount": "1"}, "0.3333333333"),
        ("number(amount) / 3", {"amount": "-2"}, "-0.6666666667"),
        ("number(amount) / 4", {"amount": "123456789012345678"}, "30864197253086419.5"),
        ("-(number(amount) - 2) * 3", {"amount": "0.5"}, "4.5"),
        ("number(amount)", {"amount": " 1e3 "}, "1000"),
        ('churn != "Yes"', {"churn": None}, "true"),
        ("churn == None", {"churn": None}, "true"),
        ('churn in ("Yes", "No")', {"churn": "No"}, "true"),
        ('churn not in ("Yes", "No")', {"churn": None}, "true"),
        ("number(tenure) > 3", {"tenure": None}, "false"),
        ("1 < number(tenure) <= 5", {"tenure": "5"}, "true"),
        ('not churn == "Yes" and number(tenure) > 3 or day == "x"', {"churn": "No", "tenure": "4"}, "true"),
        ('split(col("odd name"), "-", 1)', {"odd_name": "a-b-c"}, "b"),
        ('split(col("odd name"), "-", 5)', {"odd_name": "a-b-c"}, None),
        ('concat(lower(churn), "/", upper(day), "/", number(tenure) * 1)', {"churn": "Yes", "tenure": "5"}, "yes//5"),
        ('strip(replace(churn, "e", "E"))', {"churn": " yes\t"}, "yEs"),
        ("left(churn, 2)", {"churn": "Yes"}, "Ye"),
        ("right(churn, 2)", {"churn": "Yes"}, "es"),
        ('startswith(churn, "Y")', {"churn": "Yes"}, "true"),
        ('contains(churn, "%")', {"churn": "Yes"}, "false"),
        ('coalesce(churn, "none")', {"churn": None}, "none"),
        ('"\'; DROP TABLE x; --"', {}, "'; DROP TABLE x; --"),
        ("'a' if True else 'b'", {}, "a"),
    ],
)
def test_values(con, expression, row, value):
    assert worked_out(con, expression, **row) == (value, [])


@pytest.mark.parametrize(
    ("expression", "row", "code"),
    [
        ("number(amount)", {"amount": "n/a"}, "not_a_number"),
        ("number(amount)", {"amount": "1_000"}, "not_a_number"),
        ("number(amount)", {"amount": "NaN"}, "not_a_number"),
        ("number(amount)", {"amount": "1" * 40}, "not_a_number"),
        ("1 / number(amount)", {"amount": "0"}, "arithmetic"),
        ("number(amount) * number(amount)", {"amount": "9" * 20}, "arithmetic"),
        ("date(day)", {"day": "2024-02-30"}, "not_a_date"),
        ("date(day)", {"day": "2024-02-01T10:00:00Z"}, "not_a_date"),
        ('date(day, "%d/%m/%Y")', {"day": "2024-02-01"}, "not_a_date"),
        ('add_months("2024-01-31", number(tenure))', {"tenure": "1.5"}, "not_a_count"),
        ('add_days("2024-01-31", number(tenure))', {"tenure": "99999999999"}, "not_a_count"),
    ],
)
def test_rows_without_a_value_are_refused(con, expression, row, code):
    assert code in worked_out(con, expression, **row)[1]


@pytest.mark.parametrize(
    "expression",
    [
        'number(amount) if churn == "Yes" else 0',
        '0 if churn != "Yes" else number(amount)',
    ],
)
def test_only_what_is_worked_out_can_refuse_a_row(con, expression):
    assert worked_out(con, expression, churn="No", amount="n/a") == ("0", [])
    assert worked_out(con, expression, churn="Yes", amount="n/a")[1] == ["not_a_number"]


@pytest.mark.parametrize(
    "expression", ['churn == "Yes" and number(amount) > 1', 'churn != "Yes" or number(amount) > 1']
)
def test_a_condition_settled_by_its_first_part_asks_no_more(con, expression):
    assert worked_out(con, expression, churn="No", amount="n/a")[1] == []


@pytest.mark.parametrize(
    ("expression", "position", "words"),
    [
        ("tenur + 1", 1, ["tenure"]),
        ("1 + lowr(churn)", 5, ["lower"]),
        ("number(tenure) + churn", 18, ["number(churn)"]),
        ('churn + "x"', 1, ["number(churn)"]),
        ('"a" + "b"', 1, ["concat"]),
        ("churn < 5", 9, ["number"]),
        ('churn < "b"', 1, ["no order"]),
        ('5 if churn == "Yes" else "x"', 1, ["number", "text"]),
        ("left(churn, number(tenure))", 1, ["written out"]),
        ("lower()", 1, ["lower(text)"]),
        ("lower(text=churn)", 1, ["lower(text)"]),
        ("lower", 1, ["lower(text)"]),
        ("number(amount) ** 2", 1, ["+ - * /"]),
        ('date("2024-02-30")', 1, ["2024-02-30"]),
        ('date(day, "%z")', 1, ["time zone"]),
        ("churn.upper()", 1, ["functions"]),
        ('__import__("os")', 1, ["__import__"]),
        ("[x for x in churn]", 1, ["not part"]),
        ("(lambda: 1)()", 1, ["functions"]),
        ("f'{churn}'", 1, ["not part"]),
        ("b'x'", 1, ["texts, numbers"]),
        ("0x10 + 1", 1, ["plain number"]),
        ("é + 1", 1, ["é"]),
    ],
)
def test_mistakes_are_placed(expression, position, words):
    with pytest.raises(UsageError) as error:
        compile_expression(expression, COLUMNS, where="map.toml:3")
    assert error.value.code == "bad_expression"
    assert error.value.where == "map.toml:3"
    assert f"at character {position}:" in error.value.message
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1 +",
        "(" * 500 + "1" + ")" * 500,
        "-" * 1_900 + "1",
        "a" * 3_000,
        "churn; churn",
        "x = 1",
        "\0",
        "+".join(["number(amount)"] * 120),
        "/".join(["number(amount)"] * 120),
    ],
)
def test_what_is_no_expression_is_an_error_and_soon(expression):
    with pytest.raises(UsageError):
        compile_expression(expression, COLUMNS)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_text_gets_past_the_compiler_unread(text):
    """Whatever is typed either compiles to SQL that runs, or is an error with a sentence."""
    try:
        compiled = compile_expression(text, COLUMNS)
    except UsageError:
        return
    with duckdb.connect() as con:
        con.execute(f"SELECT {compiled.text} FROM (SELECT '' AS tenure, '' AS churn, '' AS amount, '' AS day)")


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\n"), min_size=1, max_size=20))
def test_any_literal_comes_out_as_it_went_in(con, text):
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r") + '"'
    assert worked_out(con, f"  {quoted}") == (text, [])


AMOUNTS = st.decimals(min_value=-(10**8), max_value=10**8, places=4)


@settings(max_examples=100, deadline=None)
@given(AMOUNTS, AMOUNTS, st.sampled_from("+-*/"))
def test_arithmetic_is_exact_to_ten_decimals(con, one, two, sign):
    if sign == "/" and two == 0:
        return
    exact = {"+": one + two, "-": one - two, "*": one * two, "/": None}[sign]
    if exact is None:
        with localcontext(prec=60):
            exact = (one / two).quantize(Decimal("1e-10"), rounding=ROUND_HALF_UP)
    found, refused = worked_out(con, f"number(amount) {sign} number(tenure)", amount=f"{one:f}", tenure=f"{two:f}")
    assert refused == []
    assert Decimal(found) == exact


def test_every_function_is_shown_as_it_is_written():
    for name, function in FUNCTIONS.items():
        assert function.usage.startswith(f"{name}(")
