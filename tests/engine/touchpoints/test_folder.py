"""Folders of mail and calendars through the front door, into the warehouse and out of it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tenure.core.errors import UsageError
from tenure.engine.desk import Desk
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.purge_content import PurgeContent, Purged, purge_content
from tenure.engine.verbs.rebuild import Rebuild, rebuild
from tests.engine.touchpoints.conftest import ANN, NOW, RITA, desk_of, facts
from tests.sources.ics.test_meeting import ANNS, calendar, event
from tests.sources.mail.letters import START, letter


def put(folder: Path, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return Load((str(folder),), vendor="ics" if any(name.endswith("ics") for name in files) else "mail")


def after(hours):
    return START + timedelta(hours=hours)


def naive(hours):
    return after(hours).replace(tzinfo=None)


ASKED = letter(f"Rita <{RITA}>", ANN, "1", Subject="Secret plan", body="Secret\u2028words")
ANSWERED = letter(ANN, f"{RITA}, x@old.example", "2", after(3), refers="1")
ASKED_AGAIN = letter(RITA, f"ben@us.example, {ANN}", "3", after(4))


def test_mail_becomes_touchpoints_and_inquiries_whatever_comes_first(home, tmp_path, monkeypatch):
    monkeypatch.setattr(Desk, "fresh", lambda *_args, **_how: None)  # figures are no part of this
    mbox = b"".join(b"From x\n" + raw.replace(b"\r\n", b"\n") + b"\n\n" for raw in (
        ANSWERED, ASKED_AGAIN, letter(RITA, ANN, "9", after(5), Auto_Submitted="auto-replied"),
        letter("x@new.example", ANN, "8"), letter(ANN, "ben@us.example", "7"),
    ))  # fmt: skip
    with desk_of(home) as desk:
        first = load(desk, put(tmp_path / "a", sent_mbox=mbox))
        assert first.remarks == (
            "5 messages read: 4 touchpoints with 2 accounts (1 automated), 1 inquiry, 0 answered.",
            "Left out: 1 not known, 1 among ourselves.",
            "Nobody known at: new.example 1.",
        )
        second = load(desk, put(tmp_path / "b", x_eml=ASKED, y_eml=ANSWERED))
        assert (
            second.remarks[0] == "2 messages read: 1 touchpoint with 1 account, 1 inquiry, 1 answered; 2 known before."
        )
        found = facts(desk)
        again = load(desk, put(tmp_path / "b"))
        assert (again.reports, facts(desk)) == ((), found)
        rebuild(desk, Rebuild())
        assert facts(desk) == found
    assert found[0] == [
        ("acme", "ann", "email", "in", naive(0), None, '["p1"]', False, None),
        ("acme", "ann", "email", "out", naive(3), None, '["p1"]', False, None),
        ("birch", "ann", "email", "out", naive(3), None, None, False, None),
        ("acme", "ben", "email", "in", naive(4), None, '["p1"]', False, None),
        ("acme", "ann", "email", "in", naive(5), None, '["p1"]', True, None),
    ]
    assert found[1] == [("acme", "ann", naive(0), naive(3)), ("acme", "ben", naive(4), None)]
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".csv")
    assert b"Secret" not in kept
    assert b"new.example" not in kept


def test_what_was_said_goes_once_it_is_no_more_to_be_kept(home, tmp_path, monkeypatch):
    monkeypatch.setattr(Desk, "fresh", lambda *_args, **_how: None)  # figures are no part of this
    rules = home / "touchpoints.toml"
    rules.write_text('content = "text"\n')
    with desk_of(home) as desk:
        load(desk, put(tmp_path / "a", x_eml=ASKED, y_eml=ANSWERED))
        found = facts(desk)
        assert [row[-1] for row in found[0]] == ["Secret plan\n\nSecret\u2028words", "Hello", "Hello"]
        with pytest.raises(UsageError, match="is to be kept"):
            purge_content(desk, PurgeContent("ann"))
        rules.write_text('content = "none"\n')
        assert purge_content(desk, PurgeContent("ann", dry_run=True)) == Purged(3, 1, dry_run=True)
        assert facts(desk) == found
        assert purge_content(desk, PurgeContent("ann")) == Purged(3, 1, dry_run=False)
        bare = [row[:-1] for row in found[0]]
        assert [row[:-1] for row in facts(desk)[0]] == bare
        load(desk, put(tmp_path / "a"))
        assert ([row[:-1] for row in facts(desk)[0]], facts(desk)[1]) == (bare, found[1])
        assert purge_content(desk, PurgeContent("ann")).touchpoints == 0
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"Secret" not in kept


def test_meetings_that_were_moved_later_count_once(home, tmp_path):
    folder = tmp_path / "calendars"
    soon = event("DTSTART:20261201T090000Z\nDTEND:20261201T093000Z", uid="soon")
    with desk_of(home) as desk:
        first = load(desk, put(folder, **{f"{ANNS.owner}_ics": calendar(event(more="SUMMARY:QBR\n"), soon).encode()}))
        assert first.remarks == ("1 meeting read: 1 touchpoint with 1 account.",)
        moved = calendar(event("DTSTART:20261111T090000Z", more="SUMMARY:QBR\n"), soon).encode()
        assert load(desk, put(folder, **{f"{ANNS.owner}_ics": moved})).remarks == (
            "1 meeting read: 1 touchpoint with 1 account; 1 taken back.",
        )
        found = facts(desk)[0]
        assert load(desk, put(folder, broken_ics=b"<html>")).remarks[-1] == "broken.ics is no calendar; it is left out."
        later = calendar(event("DTSTART:20270111T090000Z", more="SUMMARY:QBR\n"), soon).encode()
        (folder / "broken.ics").unlink()
        assert "1 taken back" in load(desk, put(folder, **{f"{ANNS.owner}_ics": later})).remarks[0]
        load(desk, put(folder, **{f"{ANNS.owner}_ics": moved}))
        assert facts(desk)[0] == found
    assert found == [("acme", "ann", "review", "both", datetime(2026, 11, 11, 9), 0, '["p1"]', False, None)]
    with desk_of(home, datetime(2026, 12, 2)) as desk:
        load(desk, put(folder, broken_ics=b"<html>"))
        assert [row[4].day for row in facts(desk)[0]] == [11, 1]


def test_the_past_was_known_then_and_what_corrects_it_is_known_now(home, tmp_path):
    later, earlier = letter(RITA, ANN, "6", after(50), refers="5"), letter(RITA, ANN, "5", after(40))
    with desk_of(home) as desk:
        load(desk, replace(put(tmp_path / "a", a_eml=ASKED, b_eml=ANSWERED, c_eml=later), history=True))
        load(
            desk,
            replace(
                put(tmp_path / "b", d_eml=letter(ANN, RITA, "7", after(2), refers="1"), e_eml=earlier), history=True
            ),
        )
        found = facts(desk)
        asked = desk.store.rows(
            "SELECT asked_at, answered_at, known_from, known_to FROM inquiry_version ORDER BY asked_at, known_from"
        )
        known = dict(desk.store.rows("SELECT occurred_at, min(known_from) FROM touchpoint_version GROUP BY ALL"))
    assert found[1] == [("acme", "ann", naive(0), naive(2)), ("acme", "ann", naive(40), None)]
    forever = datetime(9999, 12, 31)
    assert asked == [
        (naive(0), None, naive(0), naive(3)), (naive(0), naive(3), naive(3), NOW), (naive(0), naive(2), NOW, forever),
        (naive(40), None, NOW, forever), (naive(50), None, naive(50), NOW),
    ]  # fmt: skip
    assert known == {naive(hour): naive(hour) for hour in (0, 2, 3, 40, 50)}


@pytest.mark.parametrize("kind", ["mail", "ics"])
def test_a_folder_without_any_says_so(home, tmp_path, kind):
    with desk_of(home) as desk:
        for folder in (tmp_path, tmp_path / "none"):
            with pytest.raises(UsageError):
                load(desk, Load((str(folder),), vendor=kind))
        with pytest.raises(UsageError, match="one folder"):
            load(desk, Load((str(tmp_path), "x"), vendor=kind))
