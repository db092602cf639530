"""Whose contact a message is, and what is told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenure.sources.mail.contact import MOST_ACCOUNTS, Aside, together
from tenure.sources.mail.message import Raw, reduced
from tenure.sources.parties import Csm, Parties, plain_address
from tests.sources.mail.letters import NOW, PARTIES, START, letter, of

ANN, RITA = "Ann <ann@us.example>", '"Roe, Rita" <Rita@Acme.Example>'


@pytest.mark.parametrize(
    ("address", "side", "account", "person", "csm"),
    [
        ("ann@us.example", "ours", "", "", "ann"),
        ("ann+crm@us.example", "ours", "", "", "ann"),
        ("engineer@us.example", "ours", "", "", ""),
        ("x@eu.us-too.example", "ours", "", "", ""),
        ("dev@us-labs.example", "ours", "", "", ""),
        ("rita+lists@acme.example", "theirs", "acme", "p1", ""),
        ("new@mail.acme.example", "theirs", "acme", "", ""),
        ("old@acme.example", "theirs", "acme", "p3", ""),
        ("bo@gmail.com", "theirs", "birch", "p2", ""),
        ("other@gmail.com", "nobody", "", "", ""),
        ("both@x.example", "several", "", "", ""),
        ("x@shared.example", "several", "", "", ""),
        ("x@uk.shared.example", "theirs", "birch", "", ""),
        ("x@notacme.example", "nobody", "", "", ""),
        ("x@mail.cedar.co.uk", "theirs", "cedar", "", ""),
        ("x@other.co.uk", "nobody", "", "", ""),
        ("x@example", "nobody", "", "", ""),
    ],
)
def test_an_address_is_ours_an_accounts_or_said_to_be_open(address, side, account, person, csm):
    found = PARTIES.party(address)
    assert (found.side, found.account, found.person, found.csm) == (side, account, person, csm)


def test_addresses_are_compared_as_people_mean_them():
    assert plain_address(" <Ann@Bücher.Example> ") == "ann@xn--bcher-kva.example"
    assert [plain_address(text) for text in ("", "a", "a@", "@b.c", "a b@c.d", "a@b", "a@b.c" + "x" * 400)] == [""] * 7


@pytest.mark.parametrize(
    ("sender", "to", "cc", "expected"),
    [
        (ANN, RITA, "", [("acme", "out", "ann", "", {"p1"})]),
        (ANN, "new@acme.example", "bo@gmail.com, ben@us.example", [
            ("acme", "out", "ann", "", set()), ("birch", "out", "ann", "", {"p2"}),
        ]),
        (RITA, "ben@us.example, ann@us.example", "", [("acme", "in", "ben", "ben", {"p1"})]),
        (RITA, "sue@us.example", "ann@us.example", [("acme", "in", "ann", "ann", {"p1"})]),
        (RITA, "sue@us.example", "", [("acme", "in", "sue", "", {"p1"})]),
        (RITA, "team@us.example", "", [("acme", "in", "", "", {"p1"})]),
        (RITA, "ann@us.example", "bo@gmail.com", [
            ("acme", "in", "ann", "ann", {"p1"}), ("birch", "in", "ann", "", {"p2"}),
        ]),
    ],
)  # fmt: skip
def test_a_message_is_a_contact_with_each_account(sender, to, cc, expected):
    found = of(letter(sender, to, "m", cc=cc))
    assert [(one.account, one.direction, one.csm, one.asked, set(one.persons)) for one in found] == expected
    assert not any(one.is_automated for one in found)
    assert {one.at for one in found} == {START}


def test_whose_mailbox_it_is_tells_whom_a_blind_copy_was_for():
    (found,) = of(letter(RITA, "undisclosed-recipients:;", "m"), mailbox="ben@us.example")
    assert (found.csm, found.asked) == ("ben", "ben")


@pytest.mark.parametrize(
    ("sender", "to", "expected"),
    [
        (ANN, "ben@us.example", Aside("among ourselves")),
        (ANN, "x@new.example, y@gmail.com, z@new.example", Aside("not known", ("new.example", "gmail.com"))),
        ("x@new.example", "ann@us.example", Aside("not known", ("new.example",))),
        ("x@new.example", "ann@us.example, rita@acme.example", Aside("not known", ("new.example",))),
        ("x@shared.example", "ann@us.example", Aside("several accounts", ("shared.example",))),
        (ANN, "both@x.example, q@new.example", Aside("several accounts", ("x.example",))),
        ("no address", "ann@us.example", Aside("without a sender")),
    ],
)
def test_what_is_nobodys_is_left_out_and_says_why(sender, to, expected):
    assert of(letter(sender, to, "m")) == expected


AUTOMATIC = [
    {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; owner=x"}, {"Precedence": "bulk"},
    {"Precedence": "auto_reply"}, {"List_Id": "News <news.acme.example>"}, {"List_Unsubscribe": "<https://x.example>"},
    {"Return_Path": "<>"}, {"X_Auto_Response_Suppress": "OOF, AutoReply"}, {"X_Autoreply": "yes"},
    {"Subject": "Automatic reply: Offer"}, {"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?="},
]  # fmt: skip
HUMAN = [
    {"Auto_Submitted": "no"}, {"Precedence": "normal"}, {"X_Auto_Response_Suppress": "DR, RN, NRN"},
    {"Return_Path": "<rita@acme.example>"}, {"Subject": "Abwesenheitsnotizen im Produkt"},
    {"List_Id": "<success.us.example>", "Precedence": "list", "List_Unsubscribe": "<mailto:x@us.example>"},
]  # fmt: skip


@pytest.mark.parametrize(("lines", "automated"), [(one, True) for one in AUTOMATIC] + [(one, False) for one in HUMAN])
def test_machines_are_told_apart(lines, automated):
    (found,) = of(letter(RITA, "ann@us.example", "m", **lines))
    assert (found.is_automated, found.asked) == (automated, "" if automated else "ann")


@pytest.mark.parametrize("sender", ["no-reply", "noreply+7", "DoNotReply", "notifications", "bounces-12", "robot"])
def test_nobody_reads_at_some_addresses(sender):
    assert of(letter(f"{sender}@acme.example", "ann@us.example", "m"))[0].is_automated
    if sender != "robot":
        assert of(letter(f"{sender}@new.example", "ann@us.example", "m")) == Aside("automatic")


def test_a_list_of_ours_may_write_in_the_name_of_its_members():
    sent = letter(
        "'Rita' via Success <success@us.example>", "success@us.example", "m", List_Id="<success.us.example>",
        X_Original_Sender="rita@acme.example",
    )  # fmt: skip
    (found,) = of(sent, mailbox="ann@us.example")
    assert (found.account, found.direction, found.asked) == ("acme", "in", "ann")


INVITATION = 'multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/calendar; charset="utf-8";\r\n method=REQUEST\r\n\r\n'


@pytest.mark.parametrize(
    ("lines", "structure", "why"),
    [
        ({"Content_Type": "text/calendar; method=REPLY"}, b"", "an invitation"),
        ({"Content_Class": "urn:content-classes:calendarmessage"}, b"", "an invitation"),
        ({}, b'(("text" "calendar" ("charset" "utf-8" "method" "REQUEST") NIL))', "an invitation"),
        ({"Content_Type": INVITATION}, b"", "an invitation"),
        ({"Content_Type": 'multipart/report; report-type="delivery-status"'}, b"", "a report"),
        ({"Content_Type": "multipart/report; report-type=disposition-notification"}, b"", "a report"),
        ({"X_Failed_Recipients": "x@y.example"}, b"", "a report"),
    ],
)
def test_invitations_and_reports_are_no_contacts(lines, structure, why):
    assert of(letter(RITA, "ann@us.example", "m", **lines), structure=structure) == Aside(why)


def test_a_calendar_that_somebody_attached_is_no_invitation():
    assert not isinstance(of(letter(RITA, "ann@us.example"), structure=b'("TEXT" "CALENDAR" ("NAME" "a.ics"))'), Aside)


def test_mail_to_many_accounts_is_written_by_a_machine():
    names = [f"c{number}" for number in range(MOST_ACCOUNTS + 1)]
    parties = Parties.of([Csm("ann", "ann@us.example")], [], [(f"{name}.example", name) for name in names])
    to = [f"x@{name}.example" for name in names]
    assert all(one.is_automated for one in of(letter(ANN, ",".join(to), "m"), parties=parties))
    assert not any(one.is_automated for one in of(letter(ANN, ",".join(to[:-1]), "m"), parties=parties))


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("dated", "received", "kept", "expected"),
    [
        (START, START + HOUR, None, START),  # it may take its time
        (START, START + 2 * HOUR, None, START + 2 * HOUR),  # but not for the asked to be blamed for it
        (START + 3 * HOUR, START, None, START),  # a clock that is ahead
        (START - 300 * HOUR, START, NOW, START),
        (START, False, START, START),
        (START, False, NOW, START),  # our own mail in a mailbox that was moved
        (START + HOUR, False, START, START),
        (START, False, None, START),
    ],
)
def test_a_senders_clock_is_believed_where_ours_bears_it_out(dated, received, kept, expected):
    (found,) = of(letter(RITA, "ann@us.example", "m", dated, received=received), kept_at=kept)
    assert found.at == expected


def test_times_that_cannot_be():
    def sent(date, **more):
        return of(f"From: rita@acme.example\r\nTo: ann@us.example\r\nDate: {date}\r\n\r\n".encode(), **more)

    assert sent("Fri, 99 Foo 20266 10:99 +9999") == Aside("without a date")
    assert sent("Fri, 99 Foo 20266 10:99 +9999", kept_at=START)[0].at == START
    assert sent("Thu, 01 Jan 1970 00:00:00 +0000") == Aside("without a date")
    assert sent("Mon, 2 Nov 2026 09:00:00 -0000")[0].at == START
    assert sent("Mon, 2 Nov 2026 01:00:00 PST")[0].at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert sent("Mon, 2 Nov 2026 09:00:00 +0000", since=START + HOUR) == Aside("too old")
    assert sent("Sat, 28 Nov 2026 09:00:00 +0000") == Aside("in the future")


def test_copies_of_a_message_are_one_and_others_with_its_id_are_not():
    sent = letter(RITA, "ann@us.example, ben@us.example", "m")
    over_a_list = letter(RITA, "ann@us.example, ben@us.example", "m", List_Id="<n.list.example>")
    later = letter(RITA, "ann@us.example", "m", START + HOUR)
    assert len(together([*of(sent, mailbox="ann@us.example"), *of(over_a_list), *of(sent)])) == 1
    assert not together([*of(over_a_list), *of(sent)])[0].is_automated
    assert len(together([*of(sent), *of(later)])) == 2
    nameless = [letter(RITA, "ann@us.example", Subject=subject) for subject in ("a", "b", "a")]
    assert len(together([one for raw in nameless for one in of(raw)])) == 2


def test_nothing_of_what_was_said_is_kept_unless_it_is_wished():
    sent = letter(
        RITA, "ann@us.example", "m", Subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=", Content_Type="multipart/mixed; boundary=b",
        body="--b\r\nContent-Type: text/html\r\n\r\n<style>x</style><p>Hi&nbsp;<b>you</b></p><br>2\r\n--b\r\n"
        "Content-Type: text/plain; charset=latin-1\r\n\r\nHi \xe9\r\n--b--\r\n",
    )  # fmt: skip
    assert "Hi" not in repr(reduced(Raw(sent)))
    assert "Gr" not in repr(reduced(Raw(sent)))
    assert reduced(Raw(sent), "subject").text == "Grüße"
    assert reduced(Raw(sent.replace(b"text/plain", b"text/x")), "text").text.split() == "Grüße Hi you 2".split()
    assert reduced(Raw(sent.replace(b"\xc3\xa9", b"\xe9")), "text").text == "Grüße\n\nHi é"


HOSTILE = {
    "nothing": b"", "nul": b"\0" * 100_000, "no head": b"x" * 3_000_000, "lines": b"X-A: b\r\n" * 100_000,
    "parentheses": b"From: " + b"(" * 500_000, "quotes": b"From: " + b'"\\' * 300_000, "words": b"Subject: " + b"=?utf-8?q?a?=" * 60_000,
    "bad words": b"Subject: =?foo-8?b?////?= =?utf-8?b?a?=", "ids": b"References: " + b"<a@b> " * 100_000, "open": b"References: " + b"<" * 900_000,
    "folds": b"From: a\r\n" + b" \r\n" * 300_000, "parameters": b"Content-Type: multipart/report; " + b"a=b; " * 100_000,
    "deep": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(3000)),
    "parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 30_000,
    "scripts": b"Content-Type: text/html\r\n\r\n" + b"<script>" * 30_000, "tags": b"Content-Type: text/html\r\n\r\n" + b"<" * 250_000,
    "zip": b'Content-Type: text/plain; charset="zlib"\r\n\r\nabc', "charset": b"Content-Type: text/plain; charset*0*=a'b'%ff; charset*1=\xff\r\nContent-Transfer-Encoding: base64\r\n\r\n=abc",
    "calendars": b"\r\nContent-Type: text/calendar;" * 10_000, "half an address": b"From: a@\r\nTo: @,<>,\xff\xfe@\xff.\xff",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_a_stranger_writes_stops_the_reading(name):
    assert of(HOSTILE[name], "text") in (Aside("without a sender"), Aside("an invitation"))


def test_ten_thousand_recipients_are_read():
    to = ",\r\n ".join(f'"N {number}" <p{number}@acme.example>' for number in range(10_000))
    assert len(reduced(Raw(letter(ANN, to, "m"))).to) == 10_000
