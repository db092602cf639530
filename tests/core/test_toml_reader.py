"""What users write into files is taken key by key, or refused with its place and what to do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core import accept
from tenure.core.errors import UsageError
from tenure.core.toml_reader import ListReader, TomlReader, plain
from tenure.core.written import Written

KEYS = {"days": accept.whole(1, 9), "on": accept.boolean}


def reader(text: str) -> TomlReader:
    return TomlReader(Written("own.toml", text), "bad_file")


def test_a_table_gives_its_keys_and_one_that_is_not_there_none() -> None:
    assert reader("[a.b]\ndays = 3\n").inside(("a", "b"), KEYS) == {"days": 3}
    assert reader("").inside(("a", "b"), KEYS) == {}


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("[a.b]\n\ndayz = 3\n", "own.toml:3:a.b.dayz", "There is no key dayz here."),
        ("[a.b]\ndays = 10\n", "own.toml:2:a.b.days", "days must be"),
        ("a = 3\n", "own.toml:a.b", "must be a table."),  # not at its end, but on the way there
        ("[a.b\n", "own.toml:1", "This is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, where: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        reader(text).inside(("a", "b"), KEYS)
    assert (refused.value.where, refused.value.code, bool(refused.value.fix)) == (where, "bad_file", True)


def test_a_file_that_could_not_be_read_says_why() -> None:
    with pytest.raises(UsageError, match=r"It is not UTF-8\."):
        TomlReader(Written("own.toml", "", "It is not UTF-8."), "bad_file")


def test_what_is_missing_is_asked_for() -> None:
    said = reader("[a]\nb = 1\n")
    said.need(("a", "b"))
    with pytest.raises(UsageError, match=r"c is missing in \[a\]"):
        said.need(("a", "c"))


def test_a_mistyped_key_of_a_list_is_refused_and_not_passed_over() -> None:
    said = ListReader("own.toml", "bad_file")
    given = {"step": [{"name": "One"}, {"name": "Two", "deu": 3}]}
    with pytest.raises(UsageError, match=r"There is no key deu in \[\[step\]\]"):
        said.entries(given, "step", ("name", "due"))
    assert said.entries(given, "step", ("name", "deu")) == given["step"]
    for wrong in ({"step": 3}, {"step": [3]}):
        with pytest.raises(UsageError, match="no list of tables"):
            said.entries(wrong, "step", ("name",))


def test_numbers_mean_the_same_however_they_are_written() -> None:
    assert plain({"a": [1, Decimal("1.0"), True, "1"]}) == plain({"a": [Decimal("1.00"), 1, True, "1"]})
    assert plain(1) != plain(2)
    assert plain(value=True) is True
