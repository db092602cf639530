"""Expressions over columns with types: what they give, and that nothing else gets through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.core.errors import UsageError
from tenure.core.period import Window, parse_period
from tenure.core.written import Written
from tenure.figures.plan import compiled
from tenure.figures.question import Question
from tenure.figures.reader import Moment
from tenure.figures.request import paired
from tests.world import ACME, World

DEFINITION = """
definition = "Some."
kind = "share"
table = "{table}"
at = "{at}"
counts = {counts}
"""


def toml(text: str) -> str:
    """A text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in escaped) + '"'


def asked(world: World, counts: str, *, table: str = "ticket", at: str = "created_at") -> tuple[Any, Any]:
    """Numerator and denominator of June, by the SQL itself, so that no cache fills up."""
    file = Written("home/metrics/some.toml", DEFINITION.format(table=table, at=at, counts=toml(counts)))
    question = Question("some", own=file, zone=world.settings.timezone)
    plan = compiled(question, world.ground(), world.settings)
    spans = paired([parse_period("2026-06", 1)], Window.PERIOD, world.settings, world.now)
    moment = Moment(world.now)
    rows = world.reader().fetch(plan.facts, moment.fill(plan.sums, spans), spans, moment)
    return sum(int(row["num"]) for row in rows), sum(int(row["den"]) for row in rows)


def ticketed() -> World:
    """One ticket with times, a text and an empty one; its channel is not known."""
    return World("2026-07-01", "Europe/Berlin").account(ACME).add(
        "ticket",
        {"ticket_id": "T1", "account_id": ACME, "created_at": "2026-06-10 10:00:00", "priority": "High", "category": "",
         "first_reply_at": "2026-06-10 10:30:00", "solved_at": "2026-06-12 10:00:00"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def one():
    return ticketed()


@pytest.fixture(scope="module")
def another():
    return ticketed()


@pytest.fixture(scope="module")
def line():
    """One line with numbers."""
    return World("2026-07-01", "Europe/Berlin").account(ACME).pays(
        ACME, "1234.5678", "2026-06-10", quantity="2.5", discount_share="0.1", interval_count=3, is_trial=True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('priority == "High"', True),
        ('priority != "High"', False),
        ('channel != "chat"', True),  # nothing equals None but None
        ("channel == None", True),
        ("channel is not None", False),
        ('channel in ("chat", None)', True),
        ('priority in ("low", "High") and not channel == "chat"', True),
        ('priority == "x" or channel == None', True),
        ('lower(priority) == "high" and upper(priority) == "HIGH"', True),
        ('startswith(priority, "Hi") and contains(priority, "g")', True),
        ('contains(channel, "c")', False),
        ('coalesce(category, channel, "none") == "none"', True),
        ('(priority if channel == None else "x") == "High"', True),
        ("first_reply_at <= add_minutes(created_at, 30)", True),
        ("first_reply_at < add_minutes(created_at, 30)", False),
        ("solved_at == add_days(created_at, 2)", True),
        ("add_days(solved_at, -2) == created_at", True),
        ('add_months(created_at, 1) > date("2026-07-10")', True),
        ("closed_at > created_at", False),  # what has no time is neither before nor after
        ("not closed_at > created_at", True),
        ('created_at >= "2026-06-10T12:00"', True),  # noon in Berlin is 10:00 UTC
        ('created_at > "2026-06-10T12:00"', False),
        ('"2026-06-01" <= created_at < "2026-07-01"', True),
        ("True", True),
        ("None == None", True),
        ('col("priority") == "High"', True),
    ],
)
def test_conditions_on_texts_and_times(one, condition, holds):
    assert asked(one, condition) == (int(holds), 1)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("amount == 1234.5678", True),
        ("amount * quantity == 3086.4195", True),
        ("amount - 1234.5678 == 0 and -amount < 0", True),
        ("discount_share == 0.1 and interval_count == 3", True),
        ("1000000000000000 * amount * amount > 0", False),  # too large: no value
        ("1000000000000000 * amount * amount == None", True),
        ("committed_amount + 1 == None", True),
        ("committed_amount > 0 or committed_amount <= 0", False),
        ("is_trial", True),
        ("is_trial == False", False),
        ("is_paused", False),
        ("coalesce(committed_amount, amount) > 1000", True),
    ],
)
def test_conditions_on_numbers(line, condition, holds):
    assert asked(line, condition, table="subscription", at="started_at") == (int(holds), 1)


@pytest.mark.parametrize(
    "condition",
    ["amount" + " * amount" * 12 + " > 0", " + ".join(["amount"] * 300) + " > 0", "not " * 300 + "is_trial",
     "(" * 150 + "is_trial" + ")" * 150 + " and x", "-" * 1_900 + "1 > 0"],
)  # fmt: skip
def test_what_is_too_much_is_an_error_and_soon(line, condition):
    with pytest.raises(UsageError):
        asked(line, condition, table="subscription", at="started_at")


def test_as_much_as_is_allowed_runs(line):
    assert asked(line, " + ".join(["amount"] * 120) + " > 0", table="subscription", at="started_at") == (1, 1)
    assert asked(line, "not " * 100 + "is_trial", table="subscription", at="started_at") == (1, 1)


def is_a_text(said: str) -> bool:
    """Whether it stands for nothing else: such words are refused, and some example finds them in the source."""
    return not any(word in said for word in ("MOMENT_NOW", "MOMENT_KNOWN", "IS_ASKED", "IS_MEANT"))


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20).filter(is_a_text))
def test_any_text_is_compared_as_it_stands(another, text):
    """What is written out is found again by its letters, whatever they would mean to an engine."""
    another.reader()
    another.con.execute("UPDATE main_rows.ticket_version SET priority = ?", [text])
    assert asked(another, f"priority == {text!r} and not priority != {text!r}") == (1, 1)


WORDS = st.sampled_from(
    ["priority", "channel", "created_at", "solved_at", "account_id", "subject", "nothing", "None", "True", "1", "2.5", '"a"',
     "'; DROP TABLE ticket; --'", '"2026-06-01"', "==", "!=", "<", ">=", "in", "not", "and", "or", "if", "else", "(", ")", ",",
     "+", "-", "*", "/", "lower", "contains", "coalesce", "add_days", "date", "col", "is", "IS_ASKED", "IS_MEANT", "MOMENT_NOW()", ";",
     "--", "/*", "SELECT", "[", "]", "lambda", ":", ".", "f'{priority}'", "\\", "`", '"', "'", "\n"]
)  # fmt: skip
EXPRESSIONS = st.one_of(st.text(max_size=40), st.lists(WORDS, min_size=1, max_size=14).map(" ".join))


@settings(max_examples=250, deadline=None)
@given(EXPRESSIONS)
def test_no_text_reaches_the_engine_but_through_the_checker(one, text):
    """Whatever is typed is either an error with a sentence, or a condition that runs and changes nothing."""
    before = one.con.execute("SELECT count(*) FROM main.ticket").fetchall()
    try:
        found = asked(one, text)
    except UsageError as error:
        assert error.message  # noqa: PT017 - most are errors, and some are not
        return
    assert found in ((0, 1), (1, 1))
    assert one.con.execute("SELECT count(*) FROM main.ticket").fetchall() == before
