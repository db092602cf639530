"""A person is erased: found nowhere, missed by no figure, and noticed when coming again."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
import xlsxwriter

from tenure.core.errors import UsageError
from tenure.engine.desk import Desk
from tenure.engine.verbs.erase_person import ErasePerson, erase_person
from tenure.engine.verbs.export_person import ExportPerson, export_person
from tenure.engine.verbs.failed import FailedRows, failed
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.mend import Mend, mend
from tenure.engine.verbs.rebuild import Rebuild, rebuild
from tenure.engine.verbs.record import Record, record
from tenure.engine.verbs.show import Show, show
from tenure.engine.workspace import Local, Workspace
from tenure.figures.request import Asked
from tenure.figures.scope import EVERYTHING
from tenure.warehouse import archive
from tenure.warehouse.inbox import Event, Inbox
from tests.sources.intercom.mock import TOKEN
from tests.sources.intercom.mock import Inbox as Inbox_
from tests.sources.vendor_server import Time, add_source, fetch, served
from tests.workspaces import NOW, clock, copy_to

#: Who is erased: the id, the name, the addresses, and what is nobody else's.
TRACES = (
    "lovelace-1815",
    "Ada Lovelace",
    "ada@acme.example",
    "ada.old@acme.example",
    "Countess",
    "+44 1815",
    "engine of mine",
    "+44 20 7946 0018",
    "+44(20)79460018",
    "07700 900 461",
    "12 Analytical Row",
    "London W1",
    "10 December 1815",
    "poet's daughter",
    "Weaver of numbers",
)
MAP = """
[[load]]
file = "contacts.csv"
table = "person"
delimiter = ";"
encoding = "cp1252"
columns = { person_id = "Nr", account_id = "Firma", name = "Wer", email = "Mail", title = "Titel", is_champion = { from = "Champion", values = { ja = "true", nein = "false" } } }
custom = { phone = "Telefon" }
ignore = ["Notiz"]
[[load]]
file = "tickets.csv"
table = "ticket"
columns = { requester_id = { from = "login", lookup = { file = "logins.csv", key = "login", value = "person" } } }
[load.custom]
"""


def _desk(home):
    return Desk(home, clock=clock)


def _files(folder):
    """The person in files of every kind, with line ends, quotes and encodings as they come."""
    folder.mkdir()
    (folder / "map.toml").write_text(MAP)
    contacts = (
        "Nr;Firma;Wer;Mail;Titel;Champion;Telefon;Notiz\r\n"
        'lovelace-1815;acme;Ada Lovelace;ada.old@acme.example;Countess;ja;+44 1815;"hat\r\ngesagt; ruft an"\r\n'
        "p2;acme;Bo Müller;bo@acme.example;Chef;nein;+49 30;fragt nach Ada Lovelace\r\n"
        "lovelace-18151;birch;Other One;other@birch.example;;nein;;\r\n"
        "lovelace-1815;acme;zu;viele;Spalten;hier;und;dort;da\r\n"
    )
    (folder / "contacts.csv").write_bytes(contacts.encode("cp1252"))
    (folder / "logins.csv").write_text("login,person,real\nal,lovelace-1815,Ada Lovelace\nbm,p2,Bo\n")
    (folder / "tickets.csv").write_text(
        "ticket_id,account_id,login,subject,created_at,solved_at\n"
        't1,acme,al,"Ada here, engine of mine",2026-06-01,2026-06-02\nt2,acme,bm,for Ada Lovelace,2026-06-03,\nt3,acme,bm,x,nodate,\n'
    )
    people = [
        {
            "person_id": "lovelace-1815",
            "account_id": "acme",
            "name": "Ada Lovelace",
            "email": "ada@acme.example",
            "title": "Countess",
        },
        {"person_id": "p3", "account_id": "birch", "name": "Cy", "email": "cy@birch.example", "title": 7},
    ]
    (folder / "person.json").write_text(json.dumps(people, indent=1))
    with duckdb.connect() as con:
        con.execute(
            "COPY (SELECT 'acme' AS account_id, p AS person_id, 'Report' AS feature, TIMESTAMP '2026-06-05 10:00:00' + to_hours(i) "
            "AS occurred_at, CASE p WHEN 'p2' THEN '{}' ELSE '{\"q\": \"engine of mine\"}' END AS properties FROM range(4) r(i), (VALUES ('lovelace-1815'), ('p2')) v(p)) "
            f"TO '{folder}/usage.parquet' (FORMAT parquet)"
        )
    with xlsxwriter.Workbook(str(folder / "answers.xlsx")) as book:
        sheet = book.add_worksheet("nps")
        header = [
            "answer_id",
            "account_id",
            "survey",
            "scale_min",
            "scale_max",
            "score",
            "person_id",
            "text",
            "answered_at",
        ]
        for number, row in enumerate(
            [
                header,
                ["x1", "acme", "nps", 0, 10, 9, "lovelace-1815", "engine of mine", "2026-06-04"],
                ["x2", "acme", "nps", 0, 10, 3, "p2", "ask Ada Lovelace", "2026-06-05"],
                ["x3", "acme", "nps", 0, 10, "nine", "lovelace-1815", "engine of mine", "2026-06-06"],
                ["x4", "acme", "nps", 0, 10, "eight", "nobody", "engine of mine, again", "2026-06-07"],
                ["x5", "acme", "nps", 0, 10, "six", "p2", "dull", "2026-06-08"],
            ]
        ):
            sheet.write_row(number, 0, row)
    with gzip.open(folder / "touchpoint.csv.gz", "wt") as packed:
        packed.write(
            "touchpoint_id,account_id,channel,occurred_at,person_ids,text\n"
            "t1,acme,call,2026-06-06,p2;lovelace-1815,engine of mine\n"
            't2,acme,call,2026-06-07,p2,"Ada Lovelace (ADA@acme.example), ill"\n'
            't3,acme,call,2026-06-08,p2,"ring +44(20)79460018, the Weaver of numbers at 12 Analytical Row"\n'
        )


def _support():
    """A tool for support with the person in it, who has a number, an address and more, and what was said."""
    here, them = Inbox_(), int(datetime(2026, 6, 3, 9, tzinfo=UTC).timestamp())
    here.lists["admins"] = {"admins": [{"id": "7", "name": "Ann", "email": "ann@us.example"}]}
    acme = {"data": [{"id": "c1"}], "has_more": False}
    here.put("companies", "c1", them, company_id="acme", name="Acme", created_at=them)
    here.put("contacts", "6501a2b3", them, external_id="lovelace-1815", role="user", name="Ada Lovelace", email="ada@acme.example", companies=acme,
             created_at=them, phone="+44 20 7946 0018", custom_attributes={
                 "mobile": "07700 900 461", "address": "12 Analytical Row", "job_title": "Weaver of numbers", "born": "10 December 1815",
                 "note": "poet's daughter", "seats": 12, "home": {"city": "London W1"},
             })  # fmt: skip
    here.put("contacts", "p2c", them, external_id="p2", role="user", name="Bo Müller", companies=acme, created_at=them, phone="+49 30 901820",
             custom_attributes={"note": "Ada Lovelace's deputy"})  # fmt: skip
    asks = {"type": "user", "id": "6501a2b3", "name": "Ada Lovelace", "email": "ada@acme.example"}
    parts = [
        {"id": f"part{n}", "part_type": "comment", "author": who, "created_at": them + 60 * n, "updated_at": them + 60 * n, "body": said}
        for n, (who, said) in enumerate([({"type": "admin", "id": "7"}, "Call her on +44(20)79460018"), (asks, "an engine of mine")])
    ]  # fmt: skip
    here.put("conversations", "v1", them + 600, created_at=them, state="open", open=True, priority="priority",
             source={"type": "conversation", "subject": "engine of mine", "body": "poet's daughter here", "author": asks},
             contacts={"contacts": [{"id": "6501a2b3"}]}, conversation_parts={"conversation_parts": parts})  # fmt: skip
    return here


def _fetched(home):
    """What that tells by its interface."""
    with served(_support().answer) as server, closing(Workspace(home, Local(home, clock), clock=clock)) as workspace:
        fetch(workspace, add_source(home, server, "intercom", {"token": TOKEN}, name="chat"), Time(NOW))


def _mended(home):
    """Rows that were refused and brought again by hand: one that was the person's, one that is said to be."""
    with _desk(home) as desk:
        ids = {
            row.cells["answer_id"]: row.id for row in failed(desk, FailedRows()).rows if row.table == "survey_answer"
        }
        cells = {
            ids["x3"]: {"score": "9", "text": "engine of mine, mended"}, ids["x4"]: {"score": "8", "person_id": "lovelace-1815"},
            ids["x5"]: {"score": "6"},
        }  # fmt: skip
        assert mend(desk, Mend("boss", "Ada Lovelace told", cells)).loaded == 3


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """The workspace with that, and with what was told and sent."""
    home = copy_to(tmp_path_factory.mktemp("erase") / "home")
    folder = home.parent / "files"
    _files(folder)
    with _desk(home) as desk:
        load(desk, Load((str(folder / "contacts.csv"),), "person", str(folder / "map.toml")))
        load(desk, Load((str(folder / "tickets.csv"),), "ticket", str(folder / "map.toml")))
        for table, file in (
            ("person", "person.json"),
            ("usage", "usage.parquet"),
            ("survey_answer", "answers.xlsx"),
            ("touchpoint", "touchpoint.csv.gz"),
        ):
            load(desk, Load((str(folder / file),), table))
        told = {
            "request_id": "r1",
            "account_id": "acme",
            "person_id": "lovelace-1815",
            "kind": "feedback",
            "text": "engine of mine",
            "created_at": "2026-06-08",
        }
        record(desk, Record("request", (told,), "boss", "m1", EVERYTHING))
    said = {
        "type": "identify",
        "userId": "lovelace-1815",
        "traits": {"name": "Ada Lovelace", "email": "ada@acme.example"},
        "context": {"groupId": "acme"},
    }
    used = {
        "type": "track",
        "userId": "lovelace-1815",
        "event": "Report",
        "properties": {"q": "engine of mine"},
        "context": {"groupId": "acme"},
    }
    with Inbox.open(home) as inbox:
        inbox.take(
            [Event("app", "e1", json.dumps(said)), Event("app", "e2", json.dumps(used))], NOW.replace(tzinfo=UTC)
        )
    _fetched(home)
    _mended(home)
    for place, name in (("done", "person.json"), ("failed", "contacts.csv")):
        (home / "drop" / place).mkdir(parents=True)
        shutil.copyfile(folder / name, home / "drop" / place / name)
    (home / "drop" / "failed" / "contacts.csv.why.txt").write_text("Every row was refused.\n")
    (home / "drop" / "failed" / "other.csv").write_text("x\n")
    with closing(sqlite3.connect(home / "app.db")) as con, con:
        con.execute("CREATE TABLE note (id INTEGER, text TEXT)")
        con.execute("INSERT INTO note VALUES (1, 'call ada@acme.example back')")
    return home


@pytest.fixture
def home(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "home")


REQUEST = ErasePerson(("lovelace-1815",), "Ada Ott", "asked for")


def _known(desk):
    """What must not change: counts of rows, who used what how often by account, scores, and figures."""
    figures = [
        (f.value, f.n) for name in ("mrr", "net_promoter_score") for f in show(desk, Show(Asked(name, end="2026-06")))
    ]
    store = desk.store
    tables = ("account", "person", "usage", "ticket", "survey_answer", "touchpoint", "request", "failed_row", "batch")
    counts = {name: store.value(f"SELECT count(*) FROM main.{name}") for name in tables}
    uses = store.rows("SELECT account_id, count(DISTINCT person_id), count(*), max(occurred_at) FROM usage GROUP BY 1")
    scores = store.rows("SELECT answer_id, score, account_id FROM survey_answer ORDER BY 1")
    champions = store.rows("SELECT account_id, is_champion, count(*) FROM person_version GROUP BY ALL ORDER BY ALL")
    return counts, uses, scores, champions, figures


def _objects(home, stream):
    """The objects of a source, as its pages in the archive have them."""
    with closing(sqlite3.connect(home / "sync" / "chat.db")) as con:
        pages = con.execute("SELECT archived, sha256 FROM page WHERE stream = ? ORDER BY seq", [stream]).fetchall()
    lines = [line for path, sha256 in pages for line in archive.verify(home, path, sha256).read_text().splitlines()]
    return sorted(map(json.loads, lines), key=lambda one: one["external_id"] == "p2")


def _traces(home):
    """Files in which anything of the person is, of DuckDB, Parquet, gzip and workbooks as text also."""
    pattern = re.compile("|".join(rf"{re.escape(t)}(?!\d)" for t in TRACES), re.IGNORECASE)
    found = set()
    for path in (p for p in home.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content += gzip.decompress(content)
        if pattern.search(content.decode("cp1252", "replace")):
            found.add(str(path.relative_to(home)))
        with duckdb.connect() as con:
            if path.suffix == ".duckdb":
                con.execute(f"ATTACH '{path}' AS f (READ_ONLY)")
                tables = con.execute(
                    "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'f'"
                ).fetchall()
                names = [f'f."{schema}"."{table}"' for schema, table in tables]
            elif path.suffix == ".parquet":
                names = [f"'{path}'"]
            elif path.suffix == ".xlsx":
                import python_calamine as calamine

                text = str([calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()])
                found |= {str(path.relative_to(home))} if pattern.search(text) else set()
                continue
            else:
                continue
            for name in names:
                if any(
                    pattern.search(text)
                    for (text,) in con.execute(f"SELECT to_json(t)::VARCHAR FROM {name} t").fetchall()
                ):
                    found.add(f"{path.name}:{name}")
    return found


def test_the_person_is_in_no_file_and_every_figure_is_as_it_was(home):
    with _desk(home) as desk:
        told = export_person(desk, ExportPerson("lovelace-1815"))
        assert {name: len(rows) for name, rows in told.tables.items()} == {
            "person": 4, "usage": 5, "ticket": 2, "ticket_comment": 1, "ticket_status": 1, "survey_answer": 3, "touchpoint": 1,
            "request": 1,
        }  # fmt: skip
        assert [row["text"] for row in told.mentions["touchpoint"]] == [
            "Ada Lovelace (ADA@acme.example), ill", "ring +44(20)79460018, the Weaver of numbers at 12 Analytical Row",
        ]  # fmt: skip
        assert told.application["note"][0]["text"] == "call ada@acme.example back"
        assert [row["line"] for row in told.refused] == [6, 4]
        before = _known(desk)
    assert len(_traces(home)) > 10
    with _desk(home) as desk:
        done = erase_person(desk, REQUEST)

        assert (done.left, done.changed, done.shared_names) == ((), {}, ())
        assert _known(desk) == before
    assert _traces(home) == set()
    [token] = done.tokens
    contacts = _objects(home, "contact")
    assert [one["external_id"] for one in contacts] == [token, "p2"]
    assert contacts[0]["id"].startswith("erased-")
    assert contacts[0]["created_at"] == contacts[1]["created_at"]
    assert contacts[0]["companies"]["data"] == [{"id": "c1"}]
    assert (contacts[1]["phone"], contacts[1]["custom_attributes"]["note"]) == ("+49 30 901820", "erased's deputy")
    assert done.pages == 2
    assert done.dropped == ("drop/done/person.json",)
    assert done.removed == ("drop/failed/contacts.csv",)
    assert sorted(path.name for path in (home / "drop" / "failed").iterdir()) == ["other.csv"]
    with _desk(home) as desk:
        ids = desk.store.rows(
            "SELECT (SELECT count(*) FROM usage WHERE person_id = ?), (SELECT count(*) FROM ticket WHERE requester_id = ?)",
            [token, token],
        )
        assert ids == [(5, 2)]
        others = desk.store.rows(
            "SELECT person_id, name, email, json_extract_string(custom, '$.phone') FROM person WHERE person_id <> ? ORDER BY 1, 3",
            [token],
        )
        assert others == [
            ("lovelace-18151", "Other One", "other@birch.example", None),
            ("p2", "Bo Müller", "bo@acme.example", "+49 30"),
            ("p2", "Bo Müller", None, None),
            ("p3", "Cy", "cy@birch.example", None),
        ]
        assert (
            desk.store.rows("SELECT person_ids, text FROM touchpoint ORDER BY touchpoint_id")[0][0]
            == f'["p2","{token}"]'
        )
        said = desk.inbox.records(kind="erasure")[0].payload
        assert (said["by"], said["reason"], said["tokens"]) == ("Ada Ott", "asked for", [token])
        assert "lovelace" not in json.dumps(said)
        rebuild(desk, Rebuild())
        assert _known(desk) == before
    with served(_support().answer) as server, closing(Workspace(home, Local(home, clock), clock=clock)) as workspace:
        told = (home / "sources.toml").read_text()
        (home / "sources.toml").write_text(re.sub(r'address = ".*?"', f'address = "{server.address}"', told))
        after = fetch(
            workspace, "chat", Time(NOW + timedelta(days=20))
        )  # nothing changed there since, and nothing is new
    assert (after.changed, [report.loaded for report in after.reports if report.loaded], after.taken_back) == (0, [], 0)


def test_who_comes_again_is_noticed_and_erased_to_the_same_id(home):
    folder = home.parent / "again"
    folder.mkdir()
    (folder / "person.csv").write_text("person_id,account_id,name\nlovelace-1815,acme,Ada Lovelace\n")
    with _desk(home) as desk:
        first = erase_person(desk, REQUEST)
        again = load(desk, Load((str(folder / "person.csv"),), "person"))
        assert again.remarks == (
            "Erased before, and now known again: lovelace-1815. If they are not to be: tenure person erase lovelace-1815",
        )
        assert erase_person(desk, REQUEST).tokens == first.tokens
    assert _traces(home) == set()


def test_what_cannot_be_told_apart_or_is_not_known_changes_nothing(home):
    folder = home.parent / "odd"
    folder.mkdir()
    (folder / "map.toml").write_text('[[load]]\ntable = "account"\nfile = "a.csv"\ncolumns = { segment = "contact" }\n')
    (folder / "a.csv").write_text("account_id,name,contact\nacme,Acme,Ada Lovelace of ada@acme.example\n")
    with _desk(home) as desk:
        with pytest.raises(UsageError, match="Nobody is known as 'ghost'"):
            erase_person(desk, ErasePerson(("ghost",), "x", "y"))
        dry = erase_person(desk, ErasePerson(("lovelace-1815",), "", "", dry_run=True))
        assert (dry.tokens, dry.rows["usage"], len(dry.files) >= 7) == ((), 5, True)
        assert not (home / "erased.json").exists()
    assert _traces(home)
