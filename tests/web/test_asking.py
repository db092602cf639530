"""The parts of a page that ask the same at once are told the same, and it is found out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from tenure.web.kit.asking import Answers


class Slow:
    """A sight that answers when it is let, and counts how often it was asked."""

    def __init__(self, home: str) -> None:
        self.home, self.scope = home, None
        self.asked: list[str] = []
        self.began, self.let = Event(), Event()

    def settings(self) -> None:
        return None

    def state(self) -> Any:
        return SimpleNamespace(word=lambda _facts: "now")

    def scorecard(self, person: str, **_more: Any) -> str:
        self.asked.append(person)
        self.began.set()
        assert self.let.wait(20)
        if person == "nobody":
            raise LookupError(person)
        return f"card of {person}"


def test_who_asks_the_same_at_once_waits_for_the_answer(tmp_path: Any) -> None:
    sight: Any = Slow(str(tmp_path))
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(Answers(sight).scorecard, "cora")
        assert sight.began.wait(20)
        rest = [pool.submit(Answers(sight).scorecard, "cora"), pool.submit(Answers(sight).scorecard, "carl")]
        sight.let.set()
        assert [str(each.result(20)) for each in (first, *rest)] == ["card of cora", "card of cora", "card of carl"]
    assert sorted(sight.asked) == ["carl", "cora"]


def test_a_question_that_failed_is_asked_again(tmp_path: Any) -> None:
    sight: Any = Slow(str(tmp_path))
    sight.let.set()
    for _ in range(2):
        with pytest.raises(LookupError):
            Answers(sight).scorecard("nobody")
    assert len(sight.asked) == 2


def test_what_was_asked_while_nobody_knew_of_which_state_it_is_is_asked_again(tmp_path: Any) -> None:
    sight: Any = Slow(str(tmp_path))
    sight.let.set()
    states = [None, *[SimpleNamespace(word=lambda _facts: "new")] * 9]  # figures were published while it was answered
    sight.state = lambda: states.pop(0)
    answers = Answers(sight)
    assert [str(answers.scorecard("cora")) for _ in range(3)] == ["card of cora"] * 3
    assert sight.asked == ["cora"] * 2, "the first answer may be of the state before"
