"""Mailboxes by IMAP: all messages, each once, whatever the server does."""

from __future__ import annotations

import imaplib
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest

from tenure.sources.mail import imap
from tenure.sources.mail.imap import Reader, Renumbered, Unanswered
from tenure.sources.mail.message import reduced
from tests.sources.mail.imap_server import PASSWORD, USER, Mailboxes, many, serving


@pytest.fixture
def box():
    return Mailboxes()


@contextmanager
def reader(port, *, whole=False, password=PASSWORD):
    def connect():
        con = imaplib.IMAP4("127.0.0.1", port, timeout=5)
        try:
            con.login(imap.quoted(USER), password)
        except BaseException:
            con.shutdown()
            raise
        return con

    with closing(Reader(connect, lambda _seconds: None, whole=whole, mailbox=USER)) as own:
        yield own


def subjects(batches):
    return [reduced(raw).message for batch in batches for raw in batch.messages]


def hashes(raws):
    from tenure.sources.mail.message import Raw

    return [reduced(Raw(raw)).message for raw in raws]


def test_a_folder_is_read_on_from_where_it_was(box, monkeypatch):
    monkeypatch.setattr(imap, "TOGETHER", 3)
    monkeypatch.setattr(imap, "SEARCHED", 5)
    letters = many(12)
    for raw in letters[:10]:
        box.put("INBOX", raw)
    with serving(box) as port, reader(port) as own:
        batches = list(own.batches("INBOX", {}))
        assert subjects(batches) == hashes(letters[:10])
        assert batches[-1].state == {"validity": "1", "next": 11}
        assert batches[0].messages[0].kept_at == datetime(2026, 11, 2, 9, tzinfo=UTC)
        assert batches[0].messages[0].mailbox == USER
        assert b"words" not in batches[0].messages[0].content
        assert list(own.batches("INBOX", batches[-1].state)) == []
        # from the middle, as after a crash; and what came in between
        for raw in letters[10:]:
            box.put("INBOX", raw)
        assert subjects(own.batches("INBOX", batches[1].state)) == hashes(letters[5:])
    assert not any("SELECT" in asked or "BODY[" in asked for asked in box.asked)


def test_numbers_that_were_given_anew_are_read_from_the_first(box):
    letters = many(4)
    for raw in letters:
        box.put("INBOX", raw)
    with serving(box) as port, reader(port) as own:
        state = list(own.batches("INBOX", {}))[-1].state
        box.renumber("INBOX")
        assert sorted(subjects(own.batches("INBOX", state))) == sorted(hashes(letters))
        box.renumber_at = "fetch"
        with pytest.raises(Renumbered):
            list(own.batches("INBOX", {}))


def test_what_breaks_off_is_asked_again_and_what_cannot_be_had_is_told(box, monkeypatch):
    monkeypatch.setattr(imap, "TOGETHER", 8)
    letters = many(8)
    for raw in letters:
        box.put("INBOX", raw)
    with serving(box) as port, reader(port) as own:
        box.cuts = 2
        assert subjects(own.batches("INBOX", {})) == hashes(letters)
        box.poison = {3}
        batches = list(own.batches("INBOX", {}))
        assert subjects(batches) == hashes(letters[:2] + letters[3:])
        assert sum(batch.unreadable for batch in batches) == 1


def test_drafts_are_no_mail(box):
    for raw in many(3):
        box.put("INBOX", raw)
    box.drafts = {2}
    with serving(box) as port, reader(port) as own:
        assert subjects(own.batches("INBOX", {})) == hashes([many(3)[0], many(3)[2]])


def test_bodies_are_asked_for_only_where_they_are_wished(box):
    box.put("INBOX", many(1)[0] + b"x" * 500_000)
    with serving(box) as port, reader(port, whole=True) as own:
        (batch,) = own.batches("INBOX", {})
    assert b"words 0" in batch.messages[0].content
    assert len(batch.messages[0].content) == 1 << 18


def test_what_came_before_is_not_asked_for(box):
    for day, raw in enumerate(many(4), start=1):
        box.put("INBOX", raw, datetime(2026, 11, day, 12, tzinfo=UTC))
    with serving(box) as port, reader(port) as own:
        found = list(own.batches("INBOX", {}, datetime(2026, 11, 4, tzinfo=UTC)))
    assert subjects(found) == hashes(many(4)[2:])


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"INBOX": "", "Sent Items": "", "Junk": " \\Junk"}, ["INBOX", "Sent Items"]),
        ({"INBOX": "", "Gesendete Objekte": "", "G&APY-": " \\Sent", "Old": " \\Archive"}, ["INBOX", "G&APY-", "Old"]),
        ({"INBOX": "", "[Gmail]/Alle": " \\All", "[Gmail]/Raus": " \\Sent"}, ["[Gmail]/Alle"]),
        ({"INBOX": "", 'a "b" \\': " \\Sent"}, ["INBOX", 'a "b" \\']),
        ({"INBOX": ""}, ["INBOX"]),
    ],
)
def test_folders_are_known_by_their_use(box, flags, expected):
    box.folders, box.flags = {name: {} for name in flags}, flags
    box.validity = dict.fromkeys(flags, 1)
    with serving(box) as port, reader(port) as own:
        assert own.folders() == expected
        assert own.folders(["B", "B", "A"]) == ["B", "A"]
        assert [list(own.batches(name, {}))[-1].state["next"] for name in expected] == [1] * len(expected)


def test_a_refusal_is_told(box):
    with serving(box) as port:
        with reader(port, password="other") as own, pytest.raises(Unanswered, match="AUTHENTICATIONFAILED"):
            own.folders()
        with reader(port) as own, pytest.raises(Unanswered, match="EXAMINE"):
            list(own.batches("Nowhere", {}))
    with reader(port) as own, pytest.raises(Unanswered, match="3 times"):
        own.folders()
