"""What events say, in the words of each SDK; by whose clock; and what cannot be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tenure.sources.events.plain import MOST, Plain, UnreadableError, plain

RECEIVED = datetime(2026, 3, 29, 12, 0, 10, tzinfo=UTC)


def told(**event) -> Plain:
    return plain(json.dumps(event), RECEIVED)


def refused(**event) -> str:
    with pytest.raises(UnreadableError) as error:
        told(**event)
    return f"{error.value.field}: {error.value.reason}"


def test_the_words_of_segment():
    use = told(
        type="track", userId="u1", event="Report made", properties={"n": 1}, context={"groupId": "a1", "sessionId": 77}
    )
    assert use == Plain("track", RECEIVED, "u1", "a1", "Report made", "77", {}, {"n": 1})
    assert told(type="page", anonymousId="x").name == "page"
    assert told(type="page", anonymousId="x", properties={"path": "/home"}).name == "/home"
    assert told(type="screen", userId=5, name="Start").person == "5"
    group = told(type="group", groupId="a1", traits={"name": "Acme"})
    assert (group.kind, group.person, group.account, group.traits) == ("group", "", "a1", {"name": "Acme"})
    assert told(type="identify", userId="u1", traits={"email": "a@b.c"}).traits == {"email": "a@b.c"}


def test_the_words_of_posthog():
    use = told(
        event="Report made", distinct_id="u1", properties={"$groups": {"company": "a1", "b": "z"}, "$session_id": "s"}
    )
    assert (use.kind, use.person, use.account, use.name, use.session) == ("track", "u1", "a1", "Report made", "s")
    assert told(event="$pageview", properties={"distinct_id": "u1", "$pathname": "/x"}).name == "/x"
    who = told(
        event="$identify", distinct_id="u1", properties={"$set_once": {"name": "A", "plan": "x"}, "$set": {"name": "B"}}
    )
    assert (who.kind, who.traits) == ("identify", {"name": "B", "plan": "x"})
    group = told(
        event="$groupidentify", distinct_id="u1", properties={"$group_key": "a1", "$group_set": {"name": "Acme"}}
    )
    assert (group.kind, group.person, group.account, group.traits) == ("group", "", "a1", {"name": "Acme"})


@pytest.mark.parametrize(
    ("at", "sent", "happened"),
    [
        (None, None, "12:00:10"),
        ("2026-03-29T11:00:00Z", None, "11:00:00"),
        ("2026-03-29T13:00:00+02:00", None, "11:00:00"),
        ("2026-03-29T11:00:00", None, "11:00:00"),
        ("2026-03-29T12:30:00Z", None, "12:00:10"),  # nothing happens after it was received
        (
            "2019-01-01T00:00:00Z",
            "2019-01-01T00:00:40Z",
            "11:59:30",
        ),  # 40 seconds before the sending, on a clock of 2019
        ("2031-01-01T00:00:00Z", "2031-01-01T00:01:10Z", "11:59:00"),
    ],
)
def test_a_senders_clock_is_trusted_for_how_long_ago_it_was(at, sent, happened):
    found = told(type="track", userId="u", event="e", timestamp=at, sentAt=sent).at
    assert f"{found:%Y-%m-%d %H:%M:%S}" == f"2026-03-29 {happened}"


def test_what_cannot_be_read_says_why():
    assert refused(userId="u") == "type: is none of identify, group, track, page, screen, alias"
    assert refused(type="track", event="e") == "userId: is missing, and so is anonymousId"
    assert refused(type="track", userId="u") == "event: is missing"
    assert refused(type="group", userId="u") == "groupId: is missing"
    assert refused(type="track", userId={"a": 1}, event="e") == "userId: is no text"
    assert refused(type="track", userId="u" * 600, event="e") == "userId: has more than 512 characters"
    assert refused(type="track", userId="u", event="e", properties=[1]) == "properties: is no JSON object"
    assert refused(type="track", userId="u", event="e", timestamp="yesterday").startswith("timestamp: is no time")
    assert refused(type="track", userId="u", event="e", timestamp=0).startswith("timestamp: is no time")
    assert refused(type="track", userId="u", event="e", timestamp="0001-01-01T00:00:00+14:00").endswith(
        "beyond all time"
    )
    assert refused(type="track", userId="u", event="e", big="x" * MOST) == f": has more than {MOST:,} bytes"
    for text, reason in (
        ("[1]", "is no JSON object"),
        ("{", "is not valid JSON"),
        ("[" * 9000, "is not valid JSON"),
        ("NaN", "is not valid JSON"),
    ):
        with pytest.raises(UnreadableError, match=reason):
            plain(text, RECEIVED)


def test_each_event_lies_in_one_day_whatever_the_clocks_do():
    """Around the hour that comes twice: moments stay apart and in order, since they are told in UTC."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    texts = [f"{(first + timedelta(minutes=20 * n)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for n in range(6)]
    received = first + timedelta(days=1)
    found = [
        plain(json.dumps({"type": "track", "userId": "u", "event": "e", "timestamp": text}), received).at
        for text in texts
    ]
    assert [later - earlier for earlier, later in pairwise(found)] == [timedelta(minutes=20)] * 5
