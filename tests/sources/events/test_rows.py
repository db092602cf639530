"""The rows of events: whose account a use is, and what is said of people and companies at last."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tenure.sources.events.rows import COMPANIES, PEOPLE, UNREADABLE, USES, Taken, rows

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
WANTED = {
    USES: {"properties.seats", "properties.deep.er"}, PEOPLE: {"traits.name", "traits.email"}, COMPANIES: {"traits.name"},
}  # fmt: skip


def event(number: int, minute: int, **said) -> Taken:
    said["timestamp"] = f"{NOW + timedelta(minutes=minute - 60):%Y-%m-%dT%H:%M:%SZ}"
    return Taken("web", f"m{number}", json.dumps(said), NOW)


def made(*events, known=None):
    found = rows(events, WANTED, lambda people: {p: a for p, a in (known or {}).items() if p in people})
    by_file = {}
    for (file, _), own in found.files.items():
        by_file.setdefault(file, []).extend(own)
    return found, by_file


def use(number, minute, person="u", **more):
    return event(number, minute, type="track", userId=person, event="Report", **more)


def test_a_use_belongs_to_the_account_that_is_known_of_it_then():
    _, found = made(
        use(1, 1), event(2, 2, type="group", userId="u", groupId="a1"), use(3, 3),
        event(4, 4, type="group", userId="u", groupId="a2"), use(5, 5), use(6, 6, context={"groupId": "a9"}),
        use(7, 7, person="v"), use(8, 8, person="w"), known={"v": "a7", "u": "never asked"},
    )  # fmt: skip
    assert {row["event_id"]: row["account_id"] for row in found[USES]} == {
        "web:m1": "a1", "web:m3": "a1", "web:m5": "a2", "web:m6": "a9", "web:m7": "a7", "web:m8": "",
    }  # fmt: skip


def test_the_order_in_which_events_come_changes_nothing():
    events = [
        event(1, 1, type="identify", userId="u", traits={"name": "A", "email": "old@x.y"}),
        event(2, 2, type="identify", userId="u", traits={"email": "new@x.y"}),
        event(3, 3, type="group", userId="u", groupId="a1", traits={"name": "Acme"}),
    ]
    found, by_file = made(*events)
    assert made(*reversed(events))[1] == by_file
    (person,) = by_file[PEOPLE]
    assert (person["traits.name"], person["traits.email"], person["account_id"]) == ("A", "new@x.y", "a1")
    assert by_file[COMPANIES][0]["traits.name"] == "Acme"
    assert found.merged == 2


def test_what_is_not_said_is_not_told_to_be_empty():
    _, found = made(
        event(1, 1, type="identify", userId="u", traits={"email": "u@x.y"}),
        event(2, 2, type="identify", userId="v", traits={"name": "V"}),
    )
    first, second = found[PEOPLE]
    assert "traits.name" not in first
    assert "traits.email" not in second
    assert "account_id" not in first


def test_only_what_the_map_names_is_a_column_and_all_is_kept():
    _, found = made(use(1, 1, properties={"seats": 5, "deep": {"er": [1]}, "x" * 50: 1}))
    (row,) = found[USES]
    assert (row["properties.seats"], row["properties.deep.er"]) == ("5", "[1]")
    assert "x" * 50 not in row
    assert json.loads(row["properties"])["x" * 50] == 1


def test_what_cannot_be_read_is_a_row_with_its_reason_and_aliases_are_counted():
    found, by_file = made(event(1, 1, type="poke", userId="u"), event(2, 2, type="alias", userId="u", previousId="x"))
    (row,) = by_file[UNREADABLE]
    assert row["why"] == "type 'poke' is none of identify, group, track, page, screen, alias"
    assert json.loads(row["event"])["type"] == "poke"
    assert found.aside == 1
