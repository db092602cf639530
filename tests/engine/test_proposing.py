"""Which column of a file is proposed for which of a table, by headers as programs write them."""

from __future__ import annotations

import pytest

from tenure.engine.proposing import propose
from tenure.warehouse.tables import find

#: By table: a header, a row, and what a person who knows both would say.
HEADERS = [
    ("subscription", "Nr;Kunde;Tarif;Betrag;Beginn;Letzter Tag;Rabattcode", "S1;K1;Basis;1.200,00;01.03.2024;31.12.2024;X7",
     {"subscription_id": "Nr", "account_id": "Kunde", "plan": "Tarif", "amount": "Betrag", "started_at": "Beginn", "ended_at": "Letzter Tag"}),
    ("account", "Id;Name;BillingCountryCode;Segment__c;CreatedDate;OwnerId", "001;Acme;DE;SMB;2024-01-01T00:00:00Z;005",
     {"account_id": "Id", "name": "Name", "country": "BillingCountryCode", "segment": "Segment__c", "created_at": "CreatedDate"}),
    ("account", "id;is_deleted;property_name;property_createdate;property_country;property_annualrevenue", "21;false;Acme;2019-07-05 20:35:26;DE;1",
     {"account_id": "id", "name": "property_name", "created_at": "property_createdate", "country": "property_country"}),
    ("ticket", "ID;Requester;Organization;Subject;Created at;Solved at", "1;Bo;Acme;x;2024-01-01 10:00;2024-01-02 10:00",
     {"ticket_id": "ID", "requester_id": "Requester", "account_id": "Organization", "subject": "Subject",
      "created_at": "Created at", "solved_at": "Solved at"}),
    ("survey_answer", "Response ID;Customer;NPS Score;Comment;Submitted at", "1;Acme;9;good;2024-01-01",
     {"answer_id": "Response ID", "account_id": "Customer", "score": "NPS Score", "text": "Comment", "answered_at": "Submitted at"}),
    ("person", "Contact ID;Company;Full Name;E-Mail;Job Title;Last Login", "1;Acme;Bo;b@a.example;Boss;2024-01-01",
     {"person_id": "Contact ID", "account_id": "Company", "name": "Full Name", "email": "E-Mail", "title": "Job Title",
      "last_seen_at": "Last Login"}),
]  # fmt: skip


@pytest.mark.parametrize(("table", "header", "row", "meant"), HEADERS, ids=[one[0] for one in HEADERS])
def test_headers_of_programs_are_understood(table, header, row, meant):
    samples = {name: [text] for name, text in zip(header.split(";"), row.split(";"), strict=True)}
    assert {guess.column: guess.source for guess in propose(find(table), samples)} == meant


def test_each_column_is_proposed_once_and_the_same_name_first():
    found = propose(find("account"), {"Customer": ["Acme"], "name": ["Acme"], "account_id": ["1"], "ID": ["7"]})
    assert {guess.column: (guess.source, guess.why) for guess in found} == {
        "account_id": ("account_id", "same"), "name": ("name", "same"),
    }  # fmt: skip


def test_what_stands_in_a_column_speaks_against_its_name():
    dates = {"Number": ["S1"], "Start": ["Monday", "Tuesday"], "Amount": ["plenty"]}
    assert {guess.column for guess in propose(find("subscription"), dates)} == {"subscription_id", "amount"}
    words = {"Number": ["S1"], "Start": ["2024-01-01"], "Total": ["plenty"]}
    assert {guess.column for guess in propose(find("subscription"), words)} == {"subscription_id", "started_at"}
