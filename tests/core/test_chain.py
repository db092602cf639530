"""A chain tells of every edit, deletion, insertion, swap and cut, and where it was."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.core import chainfiles
from tenure.core.chain import BEGINNING, COLUMNS, By, Head, Note, digest, link, verify
from tenure.core.chainfiles import KeyRing
from tenure.core.errors import DataError, UsageError

RING = KeyRing("k1", {"k1": b"a key for tests", "k0": b"an older key"})
LENGTH = 200


def _chain(length: int = LENGTH) -> list[tuple[Any, ...]]:
    chance, head, rows = random.Random(7), Head(0, BEGINNING), []
    for number in range(length):
        note = Note(
            chance.choice(["loaded", "exported"]), "message", str(number), {"rows": chance.randrange(99), "of": "é"}
        )
        by = By(f"user:{chance.randrange(5)}", "web", f"{chance.randrange(1 << 32):x}")
        ring = KeyRing("k0", RING.secrets) if number < 50 else RING
        entry = link("inbox", ring, head, note, by, datetime(2026, 3, 1) + timedelta(minutes=number))
        head = Head(entry.seq, entry.hash)
        rows.append(tuple(vars(entry).values()))
    return rows


CHAIN = _chain()
END = Head(LENGTH, str(CHAIN[-1][-1]))


def _places(rows, heads=(END,)) -> list[tuple[int, str]]:
    return [(fault.seq, fault.code) for fault in verify("inbox", RING, rows, heads).faults]


def _near(place: int, row: tuple[Any, ...]) -> list[tuple[int, str]]:
    """What is found when this row stands at a place, looked at with its neighbours."""
    first = max(place - 1, 0)
    after = Head(first, str(CHAIN[first - 1][-1]) if first else BEGINNING)
    rows = [*CHAIN[first:place], row, *CHAIN[place + 1 : place + 2]]
    return [(fault.seq, fault.code) for fault in verify("inbox", RING, rows, (), after).faults]


def _with(row: tuple[Any, ...], column: str, value: object) -> tuple[Any, ...]:
    place = COLUMNS.index(column)
    return (*row[:place], value, *row[place + 1 :])


def test_an_entry_is_hashed_as_the_decision_says() -> None:
    """HMAC-SHA256(key, previous || JSON with sorted keys and no spaces), worked out here by hand."""
    row = dict(zip(COLUMNS, CHAIN[60], strict=True))
    told = {"chain": "inbox"} | {name: value for name, value in row.items() if name not in ("previous", "hash")}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    message = f"{row['previous']}{text}".encode()
    assert hmac.new(b"a key for tests", message, hashlib.sha256).hexdigest() == row["hash"]
    assert row["previous"] == CHAIN[59][-1]
    assert row["at"] == "2026-03-01T01:00:00.000000Z"


def test_a_chain_holds_across_a_change_of_its_key() -> None:
    found = verify("inbox", RING, CHAIN, [END, Head(50, str(CHAIN[49][-1]))])
    assert (found.faults, found.head, dict(found.keys)) == ((), END, {"k0": 50, "k1": 150})


def test_every_byte_of_every_field_of_every_entry_is_held() -> None:
    chance = random.Random(1)
    for place, row in enumerate(CHAIN):
        for column, value in zip(COLUMNS, row, strict=True):
            changed: object = value
            if isinstance(value, int):
                changed = value + chance.choice([-1, 1, 1_000])
            elif isinstance(value, str):
                at = chance.randrange(len(value) + 1)
                changed = value[:at] + chr(ord(value[at]) ^ 1 if at < len(value) else 65) + value[at + 1 :]
            found = _near(place, _with(row, column, changed))
            assert found, (place, column)
            assert min(seq for seq, _ in found) in (place + 1, place, changed), (place, column, found)


OTHERS = st.one_of(st.text(max_size=20), st.none(), st.binary(max_size=20), st.integers())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(place=st.integers(0, LENGTH - 1), column=st.sampled_from(COLUMNS[1:]), other=OTHERS)
def test_any_other_value_in_a_field_is_found(place: int, column: str, other: object) -> None:
    row = CHAIN[place]
    if other != row[COLUMNS.index(column)]:
        found = _near(place, _with(row, column, other))
        assert min(seq for seq, _ in found) == place + 1


def test_every_deletion_is_found_with_its_place() -> None:
    for place in range(LENGTH - 1):
        assert (place + 1, "missing") in _places([*CHAIN[:place], *CHAIN[place + 1 :]])


def test_a_deletion_that_is_numbered_over_is_found() -> None:
    for place in range(0, LENGTH - 1, 17):
        after = [_with(row, "seq", row[0] - 1) for row in CHAIN[place + 1 :]]
        assert _places([*CHAIN[:place], *after], ())[0][0] == place + 1


def test_every_insertion_is_found_with_its_place() -> None:
    chance = random.Random(2)
    for place in range(LENGTH):
        copy = CHAIN[(place + chance.randrange(1, LENGTH)) % LENGTH]
        assert any(seq in (place + 1, copy[0]) for seq, _ in _places([*CHAIN[:place], copy, *CHAIN[place:]]))
        moved = [_with(row, "seq", row[0] + 1) for row in CHAIN[place:]]
        forged = _with(_with(copy, "seq", place + 1), "previous", CHAIN[place][-2])
        assert _places([*CHAIN[:place], forged, *moved])[0][0] == place + 1


def test_every_swap_is_found_with_its_place() -> None:
    chance = random.Random(3)
    for place in range(LENGTH - 1):
        other = chance.randrange(place + 1, LENGTH)
        rows = list(CHAIN)
        rows[place], rows[other] = _with(CHAIN[other], "seq", place + 1), _with(CHAIN[place], "seq", other + 1)
        found = {seq for seq, _ in _places(rows, ())}
        assert {place + 1, other + 1} <= found


def test_every_cut_is_found_with_its_place() -> None:
    for length in range(LENGTH):
        assert _places(CHAIN[:length]) == [(length + 1, "cut")]
        assert _places(CHAIN[:length], ()) == [], "without a head kept elsewhere nobody can tell"


def test_an_entry_of_another_chain_or_another_key_does_not_fit() -> None:
    assert {code for _, code in _places(CHAIN)} == set()
    assert verify("app", RING, CHAIN).faults[0].code == "changed"
    assert verify("inbox", KeyRing("k1", {"k1": b"a key for tests"}), CHAIN).faults[0].code == "unknown_key"
    rewritten = _chain(150)
    entry = link("inbox", RING, Head(150, str(rewritten[-1][-1])), Note("loaded"), By("user:9"), datetime(2026, 3, 2))
    assert _places([*rewritten, tuple(vars(entry).values())], [Head(151, str(CHAIN[150][-1]))]) == [(151, "other_head")]


def test_what_came_later_is_verified_from_where_the_rest_was() -> None:
    after = Head(120, str(CHAIN[119][-1]))
    assert verify("inbox", RING, CHAIN[120:], [END], after).faults == ()
    assert verify("inbox", RING, CHAIN[121:], [END], after).faults[0].seq == 121


# what lies outside the database


def test_keys_are_their_owners_alone_and_change_without_losing_the_old(tmp_path) -> None:
    first = chainfiles.keys(tmp_path)
    assert (tmp_path / "audit" / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "audit").stat().st_mode & 0o777 == 0o700
    assert chainfiles.keys(tmp_path) == first
    second = chainfiles.add_key(tmp_path)
    assert second.current != first.current
    assert second.of(first.current) == first.of(first.current)
    assert digest(b"one", "Ada") != digest(b"two", "Ada")
    (tmp_path / "audit" / "key").write_text("short")
    with pytest.raises(DataError, match="damaged"):
        chainfiles.keys(tmp_path)


def test_keys_may_come_from_the_environment(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(chainfiles.VARIABLE, f"{'a' * 40} {'b' * 40}")
    ring = chainfiles.keys(tmp_path)
    assert ring.of(ring.current) == b"b" * 40
    assert not (tmp_path / "audit").exists()
    with pytest.raises(UsageError, match="environment"):
        chainfiles.add_key(tmp_path)
    monkeypatch.setenv(chainfiles.VARIABLE, "short")
    with pytest.raises(UsageError, match="at least 32"):
        chainfiles.keys(tmp_path)


def test_a_head_is_not_noted_over_one_that_the_chain_has_lost(tmp_path) -> None:
    ring = chainfiles.keys(tmp_path)
    hashes = {number: hashlib.sha256(str(number).encode()).hexdigest() for number in range(1, 9)}

    def note(number: int) -> None:
        before = Head(number - 1, hashes.get(number - 1, BEGINNING))
        chainfiles.note_head(tmp_path, "app", ring, before, Head(number, hashes[number]), lambda n: hashes.get(n, ""))

    note(1)
    note(5)
    assert chainfiles.noted_head(tmp_path, "app", ring) == Head(5, hashes[5])
    note(4)  # by a process that came later
    assert chainfiles.noted_head(tmp_path, "app", ring) == Head(5, hashes[5])
    lost = hashes[5]
    hashes[5] = "f" * 64
    for number in (5, 6, 7):  # cut to four entries, and grown again
        note(number)
    assert chainfiles.noted_head(tmp_path, "app", ring) == Head(5, lost)


def test_every_changed_byte_of_a_noted_head_is_found(tmp_path) -> None:
    ring = chainfiles.keys(tmp_path)
    chainfiles.note_head(tmp_path, "app", ring, Head(0, BEGINNING), Head(1, "a" * 64), lambda _: "")
    path = tmp_path / "audit" / "app.head"
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert chainfiles.noted_head(tmp_path, "app", ring) is None, place
    path.write_bytes(whole)
    assert chainfiles.noted_head(tmp_path, "app", ring) == Head(1, "a" * 64)


def test_a_head_is_kept_as_a_line() -> None:
    assert chainfiles.parsed_head(chainfiles.told("inbox", END)) == ("inbox", END)
    for text in ("inbox", "inbox:5", "inbox:x:" + "a" * 64, "inbox:5:abc"):
        with pytest.raises(UsageError, match="no head"):
            chainfiles.parsed_head(text)
