"""Files whose columns are called otherwise: proposed, looked at, confirmed, and loaded by the map that comes of it."""

from __future__ import annotations

import re
import tomllib

import pytest

from tenure import keeper
from tenure.web.access.roles import Role
from tenure.web.data import kept
from tests.web.company import text_of
from tests.web.test_guide import brought

pytestmark = pytest.mark.django_db
ACCOUNTS = "Kundennummer;Firma;Webseite;Größe\nK1;Möller;moeller.example;small\nK2;Berg;berg.example;large\n"
LINES = "Nr;Kunde;Betrag;Beginn;Letzter Tag\nS1;K1;1.200,00;01/03/2024;31/12/2025\nS2;K2;99,50;02/04/2024;\n"


def chosen(page: str) -> dict[str, str]:
    """What the form has chosen: by the table's column, the text of the option."""
    selects = re.findall(r'<select name="from-(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    picked = {name: re.search(r"<option [^>]*selected>([^<]+)", inner) for name, inner in selects}
    return {name: found[1].partition(" – ")[0] for name, found in picked.items() if found}


def test_a_map_is_proposed_confirmed_and_loads(administrator, as_, home, somebody):
    ada = as_(administrator)
    where = brought(ada, {"customers.csv": ACCOUNTS, "abo_subscriptions.csv": LINES})
    accounts, lines = (f"{where}columns/{place}/" for place in (0, 1))
    assert accounts in text_of(ada, where)
    page = text_of(ada, accounts)
    assert chosen(page) == {"account_id": "Kundennummer", "name": "Firma", "domain": "Webseite"}
    assert page.count("a guess: a usual word for it") == 3
    assert "3 columns are guessed" in page
    assert "<td>Möller</td>" in page, "the rows are shown as they would go in"
    assert "Of the file nothing takes: Größe" in page
    assert kept.find(where.split("/")[-2], administrator.pk).map_text == "", "a guess is kept nowhere"
    assert as_(somebody(Role.OPERATIONS)).get(accounts).status_code == 404
    assert ada.get(f"{where}columns/7/").status_code == 404
    given = {"from-account_id": "0", "from-name": "1", "from-segment": "3", "always-industry": "Steel", "others": "on"}
    again = ada.post(accounts, given).content.decode()
    assert "<td>small</td>" in again
    assert "guessed" not in again
    assert ada.post(accounts, {**given, "save": "1"})["Location"] == where
    page = text_of(ada, where)
    assert lines in page, "what a file beside it lacks keeps nobody from saying it"
    assert "its columns have other names" in page
    assert "under [load.columns]" not in page
    assert not re.search(r"Load 1\s+file", page)
    # Two ways to read 02/04/2024: nothing is guessed, and what to do is said in words of the form.
    page = text_of(ada, lines)
    assert chosen(page)["ended_at"] == "Letzter Tag"
    of_lines = {"from-subscription_id": "0", "from-account_id": "1", "from-amount": "2", "from-started_at": "3", "from-ended_at": "4",
                "inclusive": "on", "dates": "%d/%m/%Y"}  # fmt: skip
    assert ada.post(lines, {**of_lines, "from-account_id": "", "save": "1"}).status_code == 422, "no account, no row"
    assert ada.post(lines, {**of_lines, "save": "1"}).status_code == 302
    text = ada.get(f"{where}map/").content.decode()
    first, second = tomllib.loads(text)["load"]
    assert first == {"file": "customers.csv", "table": "account", "columns": {
        "account_id": "Kundennummer", "name": "Firma", "segment": "Größe", "industry": {"value": "Steel"}}}  # fmt: skip
    assert (second["ends"], second["date_format"]) == ("inclusive", "%d/%m/%Y")
    assert chosen(text_of(ada, accounts))["segment"] == "Größe", "what was said is there again"
    assert ada.post(where, {"map": text, "history": "on", "load": "1"})["Location"] == "/guide/"
    workspace = keeper.open(home)
    rows = workspace.rows("account", columns=("name", "segment", "industry"), order=("account_id",)).rows
    assert [tuple(row.values()) for row in rows] == [("Möller", "small", "Steel"), ("Berg", "large", "Steel")]
    (line, _other) = workspace.rows(
        "subscription", columns=("amount", "started_at", "ended_at"), order=("amount",)
    ).rows[::-1]
    # the 31st is the last day, so that the subscription ends with the year; midnight in Berlin is 23:00 UTC the day before
    assert (line["amount"], f"{line['started_at']:%Y-%m-%d}", f"{line['ended_at']:%Y-%m-%d %H}")[:2] == (
        1200,
        "2024-02-29",
    )
    assert f"{line['ended_at']:%Y-%m-%d}" in ("2025-12-31", "2026-01-01")


def test_a_column_that_is_left_out_is_not_taken_by_its_name(administrator, as_, home):
    ada = as_(administrator)
    where = brought(ada, {"accounts.csv": "account_id,name,region\na,Acme,north\n"})
    ada.post(f"{where}columns/0/", {"from-account_id": "0", "from-name": "1", "save": "1"})
    text = ada.get(f"{where}map/").content.decode()
    assert tomllib.loads(text)["load"][0]["ignore"] == ["region", "*"]
    ada.post(where, {"map": text, "load": "1"})
    assert keeper.open(home).rows("account", columns=("region",)).rows[0]["region"] is None


def test_a_map_that_says_more_than_the_form_is_left_as_it_is(administrator, as_):
    more = '[[load]]\nfile = "a.csv"\ntable = "account"\n[load.columns]\naccount_id = { expr = "lower(Nr)" }\nname = "Nr"\n'
    ada = as_(administrator)
    where = brought(ada, {"a.csv": "Nr\nX\n", "map.toml": more})
    answer = ada.get(f"{where}columns/0/", follow=True)
    assert "says more of this file than the form holds" in answer.content.decode()
    assert 'expr = "lower(Nr)"' in kept.find(where.split("/")[-2], administrator.pk).map_text


@pytest.mark.parametrize(
    "more",
    [
        'date_format = "%Y.%d.%m"\n[load.columns]', 'ignore = ["Salary"]\n[load.columns]',
        '[load.columns]\nsource = { value = "crm" }', '[load.columns]\nindustry = { value = "" }',
    ],
)  # fmt: skip
def test_what_the_form_would_lose_is_more_than_it_says(administrator, as_, more):
    text = f'[[load]]\nfile = "a.csv"\ntable = "account"\n{more}\naccount_id = "Nr"\n'
    ada = as_(administrator)
    where = brought(ada, {"a.csv": "Nr,Name,Salary\nX,Acme,9\n", "map.toml": text})
    answer = ada.get(f"{where}columns/0/", follow=True)
    assert "says more of this file than the form holds" in answer.content.decode()
    assert kept.find(where.split("/")[-2], administrator.pk).map_text == text


def test_a_map_of_several_files_at_once_is_changed_as_text(administrator, as_):
    """Said of one file in the form, it would be lost for the other."""
    ada = as_(administrator)
    both = '[[load]]\nfile = "acc*.csv"\ntable = "account"\n[load.columns]\naccount_id = "Nr"\n'
    where = brought(ada, {"acc1.csv": "Nr\nX\n", "acc2.csv": "Nr\nY\n", "map.toml": both})
    assert "says more of this file than the form holds" in ada.get(f"{where}columns/0/", follow=True).content.decode()


def test_a_map_that_is_saved_as_it_is_takes_what_it_took(administrator, as_, home):
    """Name is taken by its name, Salary is kept as an attribute: the map says neither."""
    text = '[[load]]\nfile = "a.csv"\ntable = "account"\n[load.columns]\naccount_id = "Nr"\nindustry = { value = "Steel" }\n'
    ada = as_(administrator)
    where = brought(ada, {"a.csv": "Nr,Name,Salary,Industry\nX,Acme,9,Coal\n", "map.toml": text})
    page = text_of(ada, f"{where}columns/0/")
    assert chosen(page) == {"account_id": "Nr", "name": "Name"}
    given = {"from-account_id": "0", "from-name": "1", "always-industry": "Steel", "others": "on", "save": "1"}
    assert ada.post(f"{where}columns/0/", given).status_code == 302
    (saved,) = tomllib.loads(kept.find(where.split("/")[-2], administrator.pk).map_text)["load"]
    assert saved["columns"] == {"account_id": "Nr", "name": "Name", "industry": {"value": "Steel"}}
    assert not {"Salary", "Industry"} & {*saved.get("ignore", ())}


def test_tables_that_tenure_fills_itself_are_not_offered(administrator, as_):
    page = text_of(as_(administrator), "/data/bring/")
    offered = re.findall(r'<tr><th scope="row">(\w+)</th>', page)
    assert {"account", "retraction", "judgement"} <= set(offered)
    assert not {"approval", "close", "score", "score_model"} & set(offered)
    assert kept.guess("approvals.csv") == ""
