"""Accounts: who sees which, how they are sorted and exported, and a contact that is logged."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tenure.engine import Scope
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.rebuild import Rebuild
from tenure.web.access.roles import Role
from tests.web.company import owners, text_of

LISTED = re.compile(r'<th scope="row"><a href="/accounts/([^"]+)/">([^<]+)</a>')


@pytest.fixture
def busiest(company) -> str:
    """The CSM with the most customers."""
    books = owners(company)
    return max(books, key=lambda name: len(books[name]))


def ids(sight, **more) -> list[str]:
    return [row["account_id"] for row in sight.rows("accounts", limit=1000, **more).rows]


def test_each_sees_the_own_accounts_only(company, busiest, somebody, as_):
    client = as_(somebody(Role.CSM, csm_id=busiest))
    own = set(ids(company.seen_by(Scope((busiest,)))))
    shown = {id_ for id_, _name in LISTED.findall(text_of(client, "/accounts/?status=all"))}
    assert shown == own
    assert shown < set(ids(company))
    foreign = next(iter(set(ids(company)) - own))
    for url in (f"/accounts/{foreign}/", f"/accounts/{foreign}/contact/", "/accounts/no-such-account/"):
        assert client.get(url).status_code == 404
    assert client.get(f"/accounts/{next(iter(own))}/").status_code == 200
    assert as_(somebody(Role.EXECUTIVE)).get(f"/accounts/{foreign}/").status_code == 200


def test_the_list_is_sorted_filtered_searched_and_paged(company, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    largest = ids(company, where=[("is_customer", "equals", True)], order=("-arr", "account_id"))
    assert [id_ for id_, _ in LISTED.findall(text_of(client, "/accounts/"))] == largest[:50]
    names = [name for _, name in LISTED.findall(text_of(client, "/accounts/?order=name&status=all"))]
    assert names == sorted(names)
    first = names[0]
    assert [name for _, name in LISTED.findall(text_of(client, f"/accounts/?status=all&q={first}"))] == [first]
    assert "No account that you may see fits" in text_of(client, "/accounts/?q=zzzz")
    assert LISTED.findall(text_of(client, "/accounts/?page=999999")) == []
    assert text_of(client, "/accounts/?order=password&page=-1")  # makes no sense: as if it were not there


def test_an_export_holds_all_rows_and_nothing_that_a_spreadsheet_runs(company, busiest, somebody, as_):
    account = ids(company.seen_by(Scope((busiest,))))[0]
    file = company.home / "account.csv"
    file.write_text(f'account_id,name\n{account},"=HYPERLINK(""http://x"")"\n')
    company.call("load", Load((str(file),), "account"))
    answer = as_(somebody(Role.CSM, csm_id=busiest)).get("/accounts/?status=all&format=csv")
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["account_id"] for row in rows} == set(ids(company.seen_by(Scope((busiest,)))))
    named = next(row["name"] for row in rows if row["account_id"] == account)
    assert named == '\'=HYPERLINK("http://x")'


def field(page: str, name: str) -> str:
    """What stands in a field of the form."""
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


def contact(client, account: str, **changed) -> tuple[dict[str, str], object]:
    """Fill in the form as a browser shows it, and send it."""
    page = text_of(client, f"/accounts/{account}/contact/")
    given = {
        "channel": "call", "direction": "both", "minutes": "30", "outcome": "", "text": "",
        "occurred_at": field(page, "occurred_at"),
        "message_id": field(page, "message_id"), **changed,
    }  # fmt: skip
    return given, client.post(f"/accounts/{account}/contact/", given)


def test_a_contact_is_in_the_figures_and_survives_a_rebuild(company, busiest, somebody, as_):
    client = as_(somebody(Role.CSM, csm_id=busiest))
    account = ids(company.seen_by(Scope((busiest,))), where=[("is_customer", "equals", True)])[0]

    def contacts():
        month = company.rows("touchpoint", order=("-occurred_at",), limit=1).as_of.strftime("%Y-%m")
        (figure,) = company.show("touchpoint_frequency", start=month, end=month)
        return figure.numerator

    before = contacts()
    given, answer = contact(client, account, text="<script>alert(1)</script> spoke of the renewal")
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/{account}/")
    assert contacts() == before + 1
    assert client.post(f"/accounts/{account}/contact/", given).status_code == 302  # sent twice, by a tired finger
    assert contacts() == before + 1
    page = client.get(f"/accounts/{account}/timeline/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; spoke of the renewal" in page
    assert "<script>alert" not in page
    company.call("rebuild", Rebuild())
    assert contacts() == before + 1


def test_what_makes_no_sense_is_refused_with_a_word(company, busiest, somebody, as_):
    client = as_(somebody(Role.CSM, csm_id=busiest))
    account = ids(company.seen_by(Scope((busiest,))))[0]
    known = company.rows("touchpoint", where=[("account_id", "equals", account)]).total
    for changed, word in (
        ({"occurred_at": "2199-01-01T10:00"}, "This lies in the future."),
        ({"channel": "pigeon"}, "Select a valid choice"),
        ({"minutes": "-5"}, "greater than or equal to 1"),
    ):
        _given, answer = contact(client, account, **changed)
        assert answer.status_code == 422
        assert word in answer.content.decode()
    assert company.rows("touchpoint", where=[("account_id", "equals", account)]).total == known


def test_who_only_reads_logs_nothing(company, somebody, as_):
    account = ids(company)[0]
    client = as_(somebody(Role.VIEWER))
    assert client.get(f"/accounts/{account}/contact/").status_code == 403
    assert "Log a contact" not in text_of(client, f"/accounts/{account}/")


def test_an_empty_list_says_what_brings_accounts(somebody, as_):
    everything = as_(somebody(Role.EXECUTIVE))
    assert "There are no customers yet" in text_of(everything, "/accounts/")
    assert "No account that you may see fits" in text_of(everything, "/accounts/?q=zzzz")
    assert "No customer is yours yet" in text_of(as_(somebody(Role.CSM, csm_id="nobody")), "/accounts/")


def test_a_price_holds_until_the_next_one_of_its_line(company, somebody, as_):
    file = company.home / "lines.csv"
    file.write_text(
        "subscription_id,account_id,product_id,amount,started_at\n"
        "more,A-00001,extra,1000,2026-01-01\nmore,A-00001,extra,1200,2026-06-01\n"
    )
    company.call("load", Load((str(file),), "subscription"))
    page = text_of(as_(somebody(Role.VIEWER)), "/accounts/A-00001/contracts/")
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page)]
    extra = [[re.sub(r"<[^>]+>", " ", cell).split() for cell in row[1:]] for row in rows if row and row[0] == "extra"]
    assert [[" ".join(cell) for cell in row] for row in extra] == [
        ["€1,200.00 / month +20.0%", "Jun 1, 2026", "–"],
        ["€1,000.00 / month", "Jan 1, 2026", "Jun 1, 2026"],
    ]


def test_what_a_check_holds_is_said_on_the_list_and_on_the_account(company, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    account = company.rows("accounts", limit=1).rows[0]["account_id"]
    pages = ("/accounts/", f"/accounts/{account}/")
    assert not any("Not to be relied on" in text_of(client, page) for page in pages)
    file = company.home / "twice.csv"
    file.write_text("csm_id,name,team\ntwice,Twice,One\ntwice,Twice,Two\n")
    company.call("load", Load((str(file),), "csm"))
    for page in pages:
        assert "Not to be relied on: held by the check contradictory_key" in text_of(client, page)
