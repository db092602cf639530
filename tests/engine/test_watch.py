"""The word for the state of the figures: it changes with what they are made of, and never because somebody asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenure.core import config
from tenure.engine import Watch
from tenure.figures.published import current

BEGINS = datetime(2026, 11, 22, 15)
SUBSCRIPTIONS = "subscription_id,account_id,amount,started_at,ended_at\n"


@pytest.fixture
def watched(bench):
    """A workspace with one subscription that has begun, one that begins tomorrow afternoon, and its watch."""
    bench.load("account", "account_id,name\na,Acme\n")
    bench.load("subscription", f"{SUBSCRIPTIONS}s1,a,100,2026-01-01,\ns2,a,50,{BEGINS.isoformat()}Z,\n")
    return bench, Watch(bench.home, lambda: bench.now)


def test_the_word_changes_when_something_came_in_and_not_when_somebody_asks(watched):
    bench, watch = watched
    first = watch.word()
    assert first
    bench.workspace().show("mrr")  # nothing was published: now it is
    published = current(bench.home)
    assert published is not None
    assert watch.word() == first
    bench.load("account", "account_id,name\nb,Borealis\n")
    loaded = watch.word()
    assert loaded != first
    bench.workspace().show("mrr")
    assert current(bench.home) != published
    assert watch.word() == loaded
    bench.workspace().record(
        "touchpoint", [{"touchpoint_id": "t", "account_id": "a", "occurred_at": bench.now.replace(tzinfo=UTC), "channel": "call",
                        "direction": "both"}], by="test", message_id="1",
    )  # fmt: skip
    assert watch.word() != loaded


def test_it_changes_with_the_settings_and_holds_while_they_cannot_be_read(watched):
    bench, watch = watched
    first = watch.word()
    file = bench.home / config.FILE
    said = file.read_text()
    file.write_text("currency = [")
    assert watch.word() == first
    file.write_text(said.replace('"EUR"', '"USD"'))
    assert watch.word() != first


def test_it_changes_when_a_day_begins_and_when_something_known_before_does(watched):
    bench, watch = watched
    bench.workspace().show("mrr")
    first = watch.word()
    bench.now += timedelta(days=1)
    second = watch.word()
    assert second != first
    bench.workspace().show("mrr")
    assert watch.word() == second
    assert current(bench.home).holds_until == BEGINS
    bench.now = BEGINS - timedelta(seconds=1)
    assert watch.word() == second
    bench.now = BEGINS
    begun = watch.word()
    assert begun != second
    bench.workspace().show("mrr")
    assert current(bench.home).holds_until > BEGINS
    assert watch.word() == begun, "asking brought the figures up to date, and changed no word"


def test_a_second_watch_says_the_same(watched):
    bench, watch = watched
    assert Watch(bench.home, lambda: bench.now).word() == watch.word()
