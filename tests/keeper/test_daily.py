"""The daily round that a keeper makes by itself."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from tenure.core.errors import UnavailableError
from tenure.keeper.daily import Daily
from tenure.keeper.place import Place
from tenure.scores.casemix.outcome import OUTCOMES
from tests.keeper.conftest import serving, until

ROUND = [
    "run", "ready", "score", "run", "ready", *("comparisons" for _metric in OUTCOMES), "renewal_accuracy", "check", "ready",
    *("comparisons" for _metric in OUTCOMES),
]  # fmt: skip


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def daily(home, calls):
    """The round of a keeper that was started at noon in Berlin, before which nobody made it."""
    (home / "tenure.toml").write_text(
        (home / "tenure.toml").read_text().replace('timezone = "UTC"', 'timezone = "Europe/Berlin"')
    )
    (home / ".keeper").mkdir(exist_ok=True)
    return Daily(Place(home), Clock(datetime(2026, 7, 15, 10)), threading.Event(), lambda verb, _: calls.append(verb))


def test_what_was_missed_is_made_up_for_after_some_minutes_of_peace_and_once(daily, calls) -> None:
    daily.look()
    assert calls == []
    daily._clock.now = datetime(2026, 7, 15, 10, 6)
    daily.look()
    daily._clock.now = datetime(2026, 7, 15, 21, 59)  # a minute before midnight in Berlin
    daily.look()
    assert calls == ROUND


def test_each_local_day_has_its_round_from_three_in_the_morning(daily, calls) -> None:
    daily._clock.now = datetime(2026, 7, 16, 0, 59)  # 02:59 in Berlin, the round of the 15th was missed
    daily.look()
    assert calls == []
    daily._clock.now = datetime(2026, 7, 16, 1)
    daily.look()
    daily._clock.now = datetime(2026, 7, 17, 1)
    daily.look()
    assert calls == ROUND * 2


def test_a_round_that_failed_is_logged_and_tried_again_after_an_hour(daily, calls, home) -> None:
    def fail(*_):
        calls.append("failed")
        raise UnavailableError("The disk is full.", code="disk_full")

    succeed, daily._call = daily._call, fail
    daily._clock.now = datetime(2026, 7, 15, 11)
    daily.look()
    daily._call = succeed
    daily._clock.now = datetime(2026, 7, 15, 11, 59)
    daily.look()
    assert calls == ["failed"]
    assert "the daily round failed: disk_full" in (home / ".keeper" / "log").read_text()
    daily._clock.now = datetime(2026, 7, 15, 12)
    daily.look()
    assert calls == ["failed", *ROUND]


def test_a_keeper_makes_the_round_and_stops_in_the_midst_of_it(home, monkeypatch) -> None:
    asked, go_on = [], threading.Event()

    def carry_out(desk, verb, _request):
        asked.append(verb)
        if verb == "score":
            go_on.set()
            desk.store.rows("SELECT count(*) FROM range(200000000000)")

    monkeypatch.setattr("tenure.engine.workspace.carry_out", carry_out)
    monkeypatch.setattr("tenure.keeper.daily.QUIET", timedelta())
    monkeypatch.setattr("tenure.keeper.daily._LOOK", 0.01)
    with serving(home) as server:
        assert go_on.wait(30)
    assert asked == ["run", "ready", "score"]
    until(lambda: not server._daily.is_alive())
