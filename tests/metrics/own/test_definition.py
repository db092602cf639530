"""What is wrong in a definition is said with its file, its line and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenure.core.errors import UsageError
from tenure.core.written import Written, metrics
from tenure.metrics.own.defined import defined
from tenure.metrics.own.definition import KEYS, read
from tests.metrics.own.files import ESCALATION_TIME, LOST_DEALS, URGENT_SHARE

FILE = "home/metrics/mine.toml"


def changed(text: str, old: str, new: str) -> Written:
    assert old in text
    return Written(FILE, text.replace(old, new))


@pytest.mark.parametrize(
    ("text", "old", "new", "line", "code", "words"),
    [
        (URGENT_SHARE, "priority == ", "prioritty == ", ":7:counts", "bad_expression", "Did you mean priority"),
        (URGENT_SHARE, "channel != ", "chanel != ", ":6:where", "bad_expression", "Did you mean channel"),
        (URGENT_SHARE, '"priority"]', '"prio"]', ":9:by", "bad_definition", "Did you mean priority"),
        (URGENT_SHARE, '"priority"]', '"subject"]', ":9:by", "bad_definition", "tells of a person"),
        (URGENT_SHARE, '"priority"]', '"created_at"]', ":9:by", "bad_definition", "can be no dimension"),
        (URGENT_SHARE, '"priority"]', '"account_id"]', ":9:by", "bad_definition", "can be no dimension"),
        (URGENT_SHARE, '["priority"]', '"priority"', ":9:by", "bad_definition", "a list of texts"),
        (URGENT_SHARE, "counts", "count", ":7:count", "bad_definition", "Did you mean counts"),
        (URGENT_SHARE, "counts = 'pri", "where = 'pri", ":7", "bad_definition", "This is not TOML"),
        (URGENT_SHARE, '"share"', '"shares"', ":3:kind", "bad_definition", "Did you mean 'share'"),
        (URGENT_SHARE, '"share"', '"total"', ":7:counts", "bad_definition", "total has no counts"),
        (URGENT_SHARE, '"ticket"', '"tickets"', ":4:table", "unknown_table", "Did you mean ticket"),
        (URGENT_SHARE, '"ticket"', '"payment"', ":4:table", "bad_definition", "not about accounts"),
        (URGENT_SHARE, '"created_at"', '"created"', ":5:at", "bad_definition", "Did you mean created_at"),
        (URGENT_SHARE, '"created_at"', '"priority"', ":5:at", "bad_definition", "first_solved_at"),
        (URGENT_SHARE, '"less"', '"fewer"', ":8:better", "bad_definition", '"more"'),
        (URGENT_SHARE, 'priority == "urgent"', "priority", ":7:counts", "bad_definition", "must be a condition"),
        (URGENT_SHARE, 'priority == "urgent"', "priority == 3", ":7:counts", "bad_expression", "compared with"),
        (URGENT_SHARE, 'priority == "urgent"', 'created_at > "June"', ":7:counts", "bad_expression", "is not a date"),
        (URGENT_SHARE, 'priority == "urgent"', 'contains(subject, "!")', ":7:counts", "bad_expression", "of a person"),
        (URGENT_SHARE, 'priority == "urgent"', "number(priority) > 1", ":7:counts", "bad_expression", "no function"),
        (URGENT_SHARE, 'priority == "urgent"', "1 / 2 > 1", ":7:counts", "bad_expression", "there is no /"),
        (URGENT_SHARE, 'priority == "urgent"', 'channel == "MOMENT_NOW()"', ":7:counts", "bad_expression", "MOMENT_NOW"),
        (URGENT_SHARE, 'priority == "urgent"', r'channel == "\u0000"', ":7:counts", "bad_expression", "not allowed"),
        (URGENT_SHARE, 'priority == "urgent"', "ticket_id in (SELECT 1)", ":7:counts", "bad_expression", "comma"),
        (URGENT_SHARE, 'at = "created_at"\n', "", "", "bad_definition", "at is missing"),
        (URGENT_SHARE, "definition = ", "definition = 1 # ", ":2:definition", "bad_definition", "a text that is not empty"),
        (URGENT_SHARE, "table = ", "[more]\ntable = ", ":4:more", "bad_definition", "There is no key more"),
        (LOST_DEALS, 'unit = "money"\n', "", ":6:value", "bad_definition", 'Add: unit = "money"'),
        (LOST_DEALS, 'value = "amount"', 'value = "probability"', ":7:unit", "bad_definition", "Columns of money: amount"),
        (LOST_DEALS, 'value = "amount"', 'value = "stage"', ":6:value", "bad_definition", "must be a number"),
        (LOST_DEALS, 'value = "amount"\n', "", ":6:unit", "bad_definition", "Say what is added up"),
        (ESCALATION_TIME, '"closed_at"', '"level"', ":5:until", "bad_definition", "must be a time"),
        (ESCALATION_TIME, "until", 'unit = "count"\nuntil', ":5:unit", "bad_definition", "minutes or days"),
        (ESCALATION_TIME, '"escalation"', '"survey_answer"', ":2:kind", "bad_definition", "only shares"),
    ],
)  # fmt: skip
def test_mistakes_are_placed(text, old, new, line, code, words):
    with pytest.raises(UsageError) as error:
        defined(changed(text, old, new), "UTC")
    found = error.value
    assert (found.code, found.where) == (code, f"{FILE}{line}")
    assert words in str(found)


@pytest.mark.parametrize("name", ["Urgent", "1st", "a-b", "a b", "ä", "a" * 61])
def test_a_name_must_be_one_that_commands_and_addresses_take(name):
    with pytest.raises(UsageError, match="cannot be a metric's name"):
        read(Written(f"home/metrics/{name}.toml", URGENT_SHARE))


def test_what_no_one_may_read_of_anonymous_answers_cannot_be_asked():
    text = URGENT_SHARE.replace('"ticket"', '"survey_answer"').replace('"created_at"', '"answered_at"')
    text = text.replace("priority ==", "survey ==").replace('"priority"', '"survey"')
    for column in ("person_id", "answer_id", "account_id", "answered_at", "ticket_id"):
        with pytest.raises(UsageError, match="whose an anonymous answer is"):
            defined(changed(text, 'channel != "chat"', f"{column} != None"), "UTC")
        if column != "account_id":
            with pytest.raises(UsageError, match=r"whose an anonymous answer is|can be no dimension"):
                read(changed(text, '["survey"]', f'["{column}"]'))


def test_files_are_read_as_they_are_and_what_is_wrong_with_one_is_kept(tmp_path):
    assert metrics(tmp_path) == ()
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "a.toml").write_bytes(b"\xef\xbb\xbfkind = 1")
    (folder / "b.toml").write_bytes(b"kind = \xff")
    (folder / "c.toml").mkdir()
    (folder / ".d.toml").write_text("hidden")
    (folder / "e.txt").write_text("none")
    found = metrics(tmp_path)
    assert [(file.name, file.text, bool(file.trouble)) for file in found] == [
        ("a", "kind = 1", False), ("b", "", True), ("c", "", True),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="not UTF-8"):
        read(found[1])


def test_every_key_is_told_of_in_the_guide():
    guide = (Path(__file__).parents[3] / "docs/how-to/define-a-metric.md").read_text(encoding="utf-8")
    assert [name for name in KEYS if f"| `{name}` |" not in guide] == []
