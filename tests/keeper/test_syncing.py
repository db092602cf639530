"""The keeper fetches what is due, each source by itself."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tenure.core.errors import UnavailableError
from tenure.engine.sync import configured, pull, status
from tenure.engine.sync.pull import Synced
from tenure.engine.verbs.run import Run
from tenure.keeper.place import Place
from tenure.keeper.syncing import Syncing

NOW = datetime(2026, 7, 15, 12)


@pytest.fixture
def keeper(tmp_path, monkeypatch):
    """A keeper's fetcher over two sources, one of which always fails; what was fetched, and what was called."""
    (tmp_path / "tenure.toml").write_text('currency = "EUR"\ntimezone = "Europe/Berlin"\n')
    (tmp_path / ".keeper").mkdir()
    configured.add(tmp_path, "good", {"kind": "stripe", "every": "1h"})
    configured.add(tmp_path, "bad", {"kind": "stripe", "every": "1h"})
    configured.add(tmp_path, "nightly", {"kind": "stripe", "at": "03:00", "on": False})
    fetched, called = [], []

    def synced(_home, source, _means, _call, _progress):
        fetched.append(source.name)
        if source.name == "bad":
            raise UnavailableError("Stripe does not answer.", code="no_answer")
        return Synced(source.name, loaded=True, reports=("one",))

    monkeypatch.setattr(pull, "_synced", synced)
    syncing = Syncing(
        Place(tmp_path), lambda: syncing.now, threading.Event(), lambda verb, request: called.append((verb, request))
    )
    syncing.now = NOW
    return syncing, fetched, called


def _look(syncing, after):
    syncing.now = NOW + after
    syncing.look()
    for thread in list(syncing._at_work.values()):
        thread.join()


def test_what_is_due_is_fetched_and_one_failure_keeps_nobody_else(keeper):
    syncing, fetched, called = keeper
    _look(syncing, timedelta(0))
    assert (sorted(fetched), called) == (["bad", "good"], [("run", Run())])
    _look(syncing, timedelta(minutes=1))
    assert len(fetched) == 2
    _look(syncing, timedelta(minutes=2))  # tried again, ever more slowly
    assert fetched[2:] == ["bad"]
    _look(syncing, timedelta(minutes=4))
    assert fetched[3:] == []
    _look(syncing, timedelta(minutes=6))
    assert fetched[3:] == ["bad"]
    _look(syncing, timedelta(hours=1))
    assert sorted(fetched[4:]) == ["bad", "good"]
    told = {
        one.name: one for one in status.sources(syncing._place.home, (NOW + timedelta(hours=1)).replace(tzinfo=UTC))
    }
    assert [told[name].state for name in ("good", "bad", "nightly")] == ["fresh", "failing", "off"]
    assert told["bad"].error == "Stripe does not answer."
    late = {
        one.name: one for one in status.sources(syncing._place.home, (NOW + timedelta(hours=4)).replace(tzinfo=UTC))
    }
    assert late["good"].state == "late"


def test_a_time_of_day_is_local_and_whoever_asks_is_served_at_once(keeper):
    syncing, fetched, _ = keeper
    home = syncing._place.home
    configured.remove(home, "good")
    configured.remove(home, "bad")
    _look(syncing, timedelta(0))
    assert fetched == []  # it is off
    configured.switch(home, "nightly", on=True)
    _look(syncing, timedelta(minutes=1))  # never fetched yet
    (one,) = status.sources(home, NOW.replace(tzinfo=UTC))
    assert one.next == datetime(2026, 7, 16, 1, tzinfo=UTC)  # 3 in Berlin's summer
    status.hurry(home, "nightly", (NOW + timedelta(hours=2)).replace(tzinfo=UTC))
    _look(syncing, timedelta(hours=2))
    assert fetched == ["nightly", "nightly"]
    _look(syncing, timedelta(hours=3))
    assert len(fetched) == 2
    _look(syncing, timedelta(hours=13, minutes=1))
    assert len(fetched) == 3
