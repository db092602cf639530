"""Mailboxes and calendars as sources: whatever happens on the way, it comes to what is there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tenure.core.errors import TenureError
from tenure.engine.sync import configured, touched, vault
from tenure.engine.sync.preview import preview
from tenure.engine.sync.pull import sync
from tenure.engine.sync.status import sources
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.take_touchpoints import take_touchpoints
from tenure.sources.mail import imap
from tests.engine.touchpoints.conftest import ANN, NOW, RITA, desk_of, facts
from tests.sources.ics import caldav_server
from tests.sources.ics.caldav_server import Collections
from tests.sources.ics.test_meeting import SERIES, calendar, event, guests
from tests.sources.mail import imap_server
from tests.sources.mail.imap_server import Mailboxes, serving
from tests.sources.mail.letters import START, letter
from tests.sources.vendor_server import Answer, Time, served


def after(hours):
    return START + timedelta(hours=hours)


def add(home, name, kind, place, options, **secrets):
    own = {"server" if kind == "mail" else "calendars": place, **options}
    configured.add(home, name, {"kind": kind, "internal": True, "every": "1h", "options": own})
    vault.keep(home, name, secrets)


def fetch(desk, name, now=NOW):
    time = Time(now)
    return sync(
        desk.home, configured.one(desk.home, name), time.means, lambda _verb, request: take_touchpoints(desk, request),
        lambda *_: None,
    )  # fmt: skip


@pytest.fixture
def box(monkeypatch):
    monkeypatch.setattr(imap, "TOGETHER", 2)
    monkeypatch.setattr(touched, "TOGETHER", 3)
    found = Mailboxes()
    found.put("Sent", letter(ANN, RITA, "2", after(3), refers="1", received=False), after(3))
    found.flags = {"Sent": " \\Sent"}
    for nth in range(4):
        found.put("INBOX", letter(RITA, ANN, "1" if nth == 0 else f"more-{nth}", after(nth * 30)), after(nth * 30))
    found.put("INBOX", letter("x@new.example", ANN, "n", after(90)), after(90))
    return found


def test_a_mailbox_is_read_on_whatever_breaks(home, tmp_path, box):
    with serving(box) as port, desk_of(home) as desk:
        add(home, "anns", "mail", f"imap://127.0.0.1:{port}", {"user": ANN}, password=imap_server.PASSWORD)
        seen = preview(home, configured.one(home, "anns"), Time(NOW).means)
        assert [(one.table, one.rows) for one in seen.tables] == [("folders", (("INBOX", 5), ("Sent", 1)))]
        box.cuts = 1
        first = fetch(desk, "anns")
        assert first.remarks == (
            "6 messages read: 5 touchpoints with 1 account, 4 inquiries, 1 answered.", "Left out: 1 not known.",
            "Nobody known at: new.example 1.",
        )  # fmt: skip
        assert fetch(desk, "anns").objects == 0
        found = facts(desk)
        # a reply comes, and the server gives its numbers anew
        box.put("Sent", letter(ANN, RITA, "5", after(40), refers="more-1", received=False))
        box.renumber("INBOX")
        assert fetch(desk, "anns").remarks[0] == (
            "6 messages read: 1 touchpoint with 1 account, 0 inquiries, 1 answered; 4 known before."
        )
        assert [row[3] for row in facts(desk)[1]].count(None) == 2
        assert len(facts(desk)[0]) == len(found[0]) + 1
        # somebody of whom nothing was known is known now: what was left out is read
        new = tmp_path / "account.csv"
        new.write_text("account_id,name,domain\nnew,New,new.example\n")
        load(desk, Load((str(new),), "account"))
        assert fetch(desk, "anns").remarks[0].startswith("7 messages read: 1 touchpoint with 1 account, 1 inquiry")
        assert fetch(desk, "anns").objects == 0
        by_itself = facts(desk)
    # the same messages from files come to the same
    folder = tmp_path / "files" / ANN
    folder.mkdir(parents=True)
    for name, own in box.folders.items():
        for number, (raw, _) in own.items():
            (folder / f"{name}-{number}.eml").write_bytes(raw)
    with desk_of(home) as desk:
        again = load(desk, Load((str(folder.parent),), vendor="mail"))
        assert again.remarks[0] == "7 messages read: 0 touchpoints; 7 known before."
        assert facts(desk) == by_itself


def test_trouble_with_a_mailbox_is_told_and_what_was_read_is_kept(home, box):
    with serving(box) as port, desk_of(home) as desk:
        add(
            home,
            "anns",
            "mail",
            f"imap://127.0.0.1:{port}",
            {"user": ANN, "folders": "Nowhere, INBOX"},
            password="wrong",
        )
        with pytest.raises(TenureError) as caught:
            fetch(desk, "anns")
        assert caught.value.code == "needs_token"
        assert "wrong" not in str(caught.value)
        (how,) = sources(home, datetime(2026, 11, 27, 19, tzinfo=UTC))
        assert how.state == "needs_you"
        vault.keep(home, "anns", {"password": imap_server.PASSWORD})
        done = fetch(desk, "anns")
        assert list(done.troubles) == ["Nowhere"]
        assert len(facts(desk)[0]) == 4
    with desk_of(home) as desk, pytest.raises(TenureError) as caught:
        fetch(desk, "anns")
    assert caught.value.code == "no_answer"


def test_what_was_read_and_not_noted_is_read_again_and_changes_nothing(home, box, monkeypatch):
    with serving(box) as port, desk_of(home) as desk:
        add(home, "anns", "mail", f"imap://127.0.0.1:{port}", {"user": ANN}, password=imap_server.PASSWORD)
        kept = touched.Pulled.say

        def dies(self, **said):
            if "folders" in said and json.loads(said["folders"]).get("INBOX", {}).get("next") == 5:
                raise KeyboardInterrupt
            kept(self, **said)

        monkeypatch.setattr(touched.Pulled, "say", dies)
        with pytest.raises(KeyboardInterrupt):
            fetch(desk, "anns")
        monkeypatch.setattr(touched.Pulled, "say", kept)
        done = fetch(desk, "anns")
        assert "known before" in done.remarks[0]
        assert len(facts(desk)[0]) == 5


def test_a_provider_may_want_a_token(home, box):
    given = {"access_token": imap_server.TOKEN}
    with serving(box) as port, served(lambda _asked: given) as provider, desk_of(home) as desk:
        options = {"user": ANN, "token_url": f"{provider.address}/token", "client": "us", "scope": "mail"}
        add(home, "anns", "mail", f"imap://127.0.0.1:{port}", options, client_secret="own secret")
        assert fetch(desk, "anns").objects == 6
        assert (
            provider.asked[0].body == b"grant_type=client_credentials&client_id=us&client_secret=own+secret&scope=mail"
        )
        vault.keep(home, "anns", {"refresh_token": "first"})
        given["refresh_token"] = "second"
        fetch(desk, "anns")
        assert b"refresh_token=first" in provider.asked[-1].body
        assert vault.secrets(home, "anns")["refresh_token"] == "second"
        for wrong in ({"access_token": "other"}, {"error": "no"}, [], Answer(400, {"error": "own secret"})):
            provider.faults.append(wrong if isinstance(wrong, Answer) else Answer(200, wrong))
            with pytest.raises(TenureError) as caught:
                fetch(desk, "anns")
            assert caught.value.code == "needs_token"
            assert "secret" not in caught.value.message


def test_a_service_account_acts_for_each_of_its_domain(home, box):
    key = RSAKey.generate_key(2048)
    file = {
        "type": "service_account",
        "client_email": "tenure@us.example",
        "private_key_id": "k1",
        "private_key": key.as_pem(private=True).decode(),
    }
    with serving(box) as port, desk_of(home) as desk:

        def answer(asked):
            form = dict(parse_qsl(asked.body.decode()))
            signed = jwt.decode(form["assertion"], key)  # by the public half of the key, as the provider does
            assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            assert signed.header == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
            told.append(signed.claims)
            return {"access_token": imap_server.TOKEN, "expires_in": 3599}

        told = []
        with served(answer) as provider:
            file["token_uri"] = f"{provider.address}/token"
            add(home, "anns", "mail", f"imap://127.0.0.1:{port}", {"user": ANN}, service_account=json.dumps(file))
            assert fetch(desk, "anns").objects == 6
        seconds = int(NOW.replace(tzinfo=UTC).timestamp())
        assert told[0] == {
            "iss": "tenure@us.example", "sub": ANN, "scope": "https://mail.google.com/", "aud": file["token_uri"], "iat": seconds,
            "exp": seconds + 3600,
        }  # fmt: skip
        for wrong in ("{", "[]", json.dumps({**file, "private_key": "none"})):
            vault.keep(home, "anns", {"service_account": wrong})
            with pytest.raises(TenureError, match="is no key file") as caught:
                fetch(desk, "anns")
            assert caught.value.code == "needs_token"


@pytest.mark.parametrize("address", ["imap://mail.example", "imap://10.0.0.1:143"])
def test_what_is_not_encrypted_is_read_inside_only(home, address):
    configured.add(home, "anns", {"kind": "mail", "options": {"user": ANN, "server": address}})
    vault.keep(home, "anns", {"password": "x"})
    with desk_of(home) as desk, pytest.raises(TenureError) as caught:
        fetch(desk, "anns")
    assert caught.value.code == "bad_sources"


@pytest.mark.parametrize("address", ["127.0.0.1", "imaps://localhost"])
def test_no_internal_address_is_reached_unless_that_is_meant(home, address):
    configured.add(home, "anns", {"kind": "mail", "options": {"user": ANN, "server": address}})
    vault.keep(home, "anns", {"password": "x"})
    with desk_of(home) as desk, pytest.raises(TenureError) as caught:
        fetch(desk, "anns")
    assert caught.value.code == "internal_address"


def test_calendars_are_compared_with_what_was_read_before(home):
    there = Collections()
    work, home_ = there.calendars.values()
    work["a.ics"] = calendar(event(more="SUMMARY:QBR\n"))
    work["s.ics"] = calendar(event(f"{SERIES};COUNT=4", uid="s"))
    home_["p.ics"] = calendar(event(uid="p", guests=""))
    there.feeds["/secret/basic.ics"] = calendar(
        event(guests=guests((RITA, "ACCEPTED"), ("ben@us.example", "ACCEPTED"))),
        event("DTSTART:20261112T090000Z", uid="b"),
    )
    with served(there) as server, desk_of(home) as desk:
        add(
            home, "all", "ics", f"{server.address}/.well-known/caldav", {"user": ANN}, password=caldav_server.PASSWORD,
            addresses=f"ben@us.example={server.address}/secret/basic.ics",
        )  # fmt: skip
        seen = preview(home, configured.one(home, "all"), Time(NOW).means)
        assert [one.rows for one in seen.tables] == [(("127.0.0.1", 3), ("ben@us.example", 2))]
        first = fetch(desk, "all")
        assert first.remarks[0] == "7 meetings read: 6 touchpoints with 1 account."
        assert [(row[2], row[4].day) for row in facts(desk)[0] if row[4].month == 11] == [
            ("meeting", 2), ("meeting", 9), ("review", 10), ("meeting", 12),
        ]  # fmt: skip
        assert "secret" not in str(desk.store.rows("SELECT custom FROM touchpoint"))
        assert fetch(desk, "all").taken_back == 0
        # one is moved, one is called off, one is gone; a calendar that does not answer has lost nothing
        work["a.ics"] = calendar(event("DTSTART:20261113T090000Z", more="SUMMARY:QBR\nSEQUENCE:1\n"))
        off = event(
            "RECURRENCE-ID;TZID=Europe/Berlin:20261109T100000\nDTSTART:20261109T090000Z", "", "s", "STATUS:CANCELLED\n"
        )
        work["s.ics"] = calendar(event(f"{SERIES};COUNT=4", uid="s"), off)
        del there.feeds["/secret/basic.ics"]
        done = fetch(desk, "all")
        assert list(done.troubles.values()) == ["127.0.0.1 answers 404. Look at the address in a browser or calendar."]
        assert [(row[2], row[4].day) for row in facts(desk)[0] if row[4].month == 11] == [
            ("meeting", 2), ("meeting", 12), ("review", 13),
        ]  # fmt: skip
        work.clear()
        fetch(desk, "all")
        assert [row[4].day for row in facts(desk)[0] if row[4].month == 11] == [12]
        server.faults.extend([Answer(503, b"", {"retry-after": "7"})] * 2)
        with pytest.raises(TenureError) as caught:
            fetch(desk, "all")
        assert (caught.value.code, caught.value.seconds) == ("no_answer", 7)


def test_rules_decide_who_we_are_and_what_is_kept(home, box):
    (home / "touchpoints.toml").write_text('our_domains = ["new.example"]\ncontent = "text"\nsince = 2026-11-04\n')
    with serving(box) as port, desk_of(home) as desk:
        add(home, "anns", "mail", f"imap://127.0.0.1:{port}", {"user": ANN}, password=imap_server.PASSWORD)
        assert fetch(desk, "anns").remarks[1] == "Left out: 2 too old, 1 among ourselves."  # one was not asked for
        assert [row[8] for row in facts(desk)[0]] == ["Hello", "Hello"]
        # other rules: all is read anew
        (home / "touchpoints.toml").write_text("since = 2026-11-01\n")
        assert fetch(desk, "anns").objects == 6


@pytest.mark.parametrize(
    "text",
    ['content = "all"', 'our_domains = "x.example"', 'review = "("', "since = 3", "x = 1", "= 1", 'inquiries = "none"'],
)
def test_rules_that_are_wrong_say_so(home, text, tmp_path):
    (home / "touchpoints.toml").write_text(text)
    (tmp_path / "a.eml").write_bytes(b"")
    with desk_of(home) as desk, pytest.raises(TenureError) as caught:
        load(desk, Load((str(tmp_path),), vendor="mail"))
    assert caught.value.exit_code == 2
