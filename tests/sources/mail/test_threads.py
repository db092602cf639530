"""What was asked and answered in threads, in whatever order, pieces and copies the messages come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.sources.mail.rows import INQUIRIES, TAKEN_BACK, TOUCHPOINTS, Known, contact_of, news
from tenure.sources.mail.threads import threads
from tests.sources.mail.letters import NOW, START, letter, of

ANN, BEN, RITA = "ann@us.example", "ben@us.example", "rita@acme.example"
BOT = {"Auto_Submitted": "auto-replied"}


def after(hours):
    return START + timedelta(hours=hours)


def asked(*letters, asking="first"):
    """Of each inquiry whom it was put to, and the hours after the start at which it was asked and answered."""
    found = threads(read(letters), asking)

    def hours(at):
        return None if at is None else (at - START) / timedelta(hours=1)

    return [(one.csm, hours(one.asked_at), hours(one.answered_at)) for one in found.inquiries]


@pytest.mark.parametrize(
    ("expected", "letters"),
    [
        ([("ann", 0, None)], [letter(RITA, ANN, "1")]),
        ([("ann", 0, 3)], [letter(RITA, ANN, "1"), letter(ANN, RITA, "2", after(3), refers="1")]),
        # somebody else of us answers; a machine does not; what follows is no other question
        ([("ann", 0, 5)], [
            letter(RITA, ANN, "1"), letter(ANN, RITA, "2", after(1), refers="1", **BOT),
            letter(RITA, ANN, "3", after(2), refers="1 2"), letter("eve@us.example", RITA, "4", after(5), refers="1"),
            letter(ANN, RITA, "5", after(6), refers="1 4"),
        ]),
        # we began: her first message asks all the same
        ([("ann", 1, 2)], [
            letter(ANN, RITA, "1"), letter(RITA, ANN, "2", after(1), refers="1"), letter(ANN, RITA, "3", after(2), refers="1 2"),
        ]),
        # two threads of one subject; one that only says whom it replies to; one whose beginning was never read
        ([("ann", 0, None), ("ann", 1, 4), ("ben", 2, 3)], [
            letter(RITA, ANN, "1", Subject="Offer"), letter(RITA, ANN, "2", after(1), Subject="Offer"),
            letter(RITA, BEN, "3", after(2), refers="lost"), letter(BEN, RITA, "4", after(3), refers="lost"),
            letter(ANN, RITA, "5", after(4), reply_to="2", Subject="Offer"),
        ]),
        # what replies answers, though its clock is late
        ([("ann", 5, 5)], [letter(RITA, ANN, "1", after(5)), letter(ANN, RITA, "2", after(4), refers="1")]),
        # what came before and is no reply does not
        ([("ann", 5, None)], [letter(ANN, RITA, "0", after(4), refers="r"), letter(RITA, ANN, "1", after(5), refers="r")]),
        # support first, then the success manager
        ([("ann", 2, None)], [letter(RITA, "sue@us.example", "1"), letter(RITA, ANN, "2", after(2), refers="1")]),
        ([], [letter(RITA, ANN, "1", **BOT), letter(ANN, RITA, "2", after(1))]),
    ],
)  # fmt: skip
def test_a_question_waits_for_a_person_of_ours(expected, letters):
    assert sorted(asked(*letters)) == expected
    assert sorted(asked(*reversed(letters))) == expected


def test_only_what_opens_a_thread_asks_if_that_is_wished():
    opened = letter(RITA, ANN, "1")
    answer = [letter(ANN, RITA, "2", after(1)), letter(RITA, ANN, "3", after(2), refers="2")]
    assert asked(opened, *answer, asking="opening") == [("ann", 0, None)]
    assert asked(letter(RITA, ANN, "5", refers="never-read"), asking="opening") == []


def test_one_account_cannot_tie_the_threads_of_another():
    tied = letter("bo@gmail.com", ANN, "9", refers="1 2")
    found = threads([one for raw in (letter(RITA, ANN, "1"), letter(RITA, ANN, "2"), tied) for one in of(raw)])
    assert len({thread for thread, one in found.contacts if one.account == "acme"}) == 2


def read(letters):
    """The contacts of letters, without those that are none."""
    return [one for found in map(of, letters) if isinstance(found, list) for one in found]


class Warehouse:
    """What a warehouse does with rows: touchpoints once each, inquiries the last of each, without what was taken back."""

    def __init__(self):
        self.rows, self.gone, self.inquiries = {}, set(), {}

    def take(self, found):
        for row in found.files[TOUCHPOINTS]:
            assert row["touchpoint_id"] not in self.rows
            self.rows[row["touchpoint_id"]] = {key: value for key, value in row.items() if key != "touchpoint_id"}
        self.inquiries |= {row["inquiry_id"]: row for row in found.files[INQUIRIES]}
        for row in found.files[TAKEN_BACK]:
            if row["table_name"] == "inquiry":
                del self.inquiries[row["key"]]
            else:
                self.gone.add(row["key"])

    def known(self):
        return Known({key: contact_of(as_read(row)) for key, row in self.standing().items()}, self.inquiries, self.gone)

    def standing(self):
        return {key: row for key, row in self.rows.items() if key not in self.gone}

    def says(self):
        return sorted(map(str, self.standing().values())), sorted(map(str, self.inquiries.values()))


def as_read(row):
    """A row as DuckDB gives it back."""
    at = datetime.fromisoformat(row["occurred_at"]).astimezone(UTC).replace(tzinfo=None)
    return row | {"occurred_at": at, "is_automated": row["is_automated"] == "true"}


PEOPLE = st.sampled_from(
    [(RITA, ANN), (ANN, RITA), (RITA, BEN), (BEN, RITA), ("bo@gmail.com", f"{ANN}, {RITA}"), (ANN, BEN)]
)


@st.composite
def told(draw):
    """Letters that refer to each other, the same one now and then with another way in; in an order, in pieces, repeated."""
    count = draw(st.integers(1, 7))
    letters = []
    for number in range(count):
        sender, to = draw(PEOPLE)
        refers = draw(st.lists(st.integers(0, 7), max_size=3, unique=True))
        form = draw(st.sampled_from(["refers", "reply_to"]))
        names = " ".join(map(str, refers)) if form == "refers" else "".join(map(str, refers[-1:]))
        at, more = after(draw(st.integers(0, 9))), draw(st.sampled_from([{}, {}, BOT]))
        received = draw(st.lists(st.sampled_from([0, 1, 3, -1]), min_size=1, max_size=2))
        letters += [
            letter(sender, to, str(number), at, received=at + timedelta(hours=late), **{form: names}, **more) for late in received
        ]  # fmt: skip
    order = draw(st.permutations(letters + draw(st.lists(st.sampled_from(letters), max_size=3))))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    pieces = [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return letters, pieces


@given(told())
@settings(max_examples=40, deadline=None)
def test_order_pieces_and_repetition_change_nothing(case):
    letters, pieces = case
    whole, by_pieces = Warehouse(), Warehouse()
    whole.take(news(read(letters), Known(), "first", NOW))
    for piece in pieces:
        by_pieces.take(news(read(piece), by_pieces.known(), "first", NOW))
    assert by_pieces.says() == whole.says()
    again = news(read(letters), by_pieces.known(), "first", NOW)
    assert not any(again.files.values())


def test_the_usual_thread_is_written_once_in_whatever_order():
    letters = [
        letter(RITA, ANN, "1"),
        letter(ANN, RITA, "2", after(1), refers="1"),
        letter(RITA, ANN, "3", after(2), refers="1 2"),
    ]
    for order in (letters, letters[::-1], [letters[1], letters[0], letters[2]]):
        warehouse = Warehouse()
        for raw in order:
            warehouse.take(news(of(raw), warehouse.known(), "first", NOW))
        assert not warehouse.gone
        assert [row["asked_at"][:13] for row in warehouse.inquiries.values()] == ["2026-11-02T09"]
