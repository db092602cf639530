"""A customer's person who is erased is in no text of the web's database: planted in every column of every table that holds one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from urllib.parse import quote_plus, urlencode

import pytest
import xlsxwriter
from django.apps import apps
from django.db import connection, models

from tenure import keeper
from tenure.engine.verbs.erase_person import ErasePerson
from tenure.engine.verbs.export_person import ExportPerson
from tests.web import small
from tests.web.company import put_into

pytestmark = pytest.mark.django_db
NAME, MAIL = "Zoë Lovelace", "zoe@acme.example"
PERSON = f"person_id,account_id,name,email\nzoe-1815,acme,{NAME},{MAIL}\nbo-22,acme,Bo Ek,bo@acme.example\n"
#: As people write it, at the beginning of a line too, and what must stay.
WRITTEN = f"Ask first:\n{NAME} <{MAIL.upper()}>, or Bo Ek"
TEXTS = (models.CharField, models.TextField)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return small.made_in(tmp_path_factory.mktemp("erased"), {"person": PERSON})


def planted(field: models.Field) -> object:
    """A value for a column: the person wherever a text may be."""
    if isinstance(field, models.JSONField):
        return json.dumps(
            {"summary": WRITTEN, "quoted": [WRITTEN], "deeper": {NAME: [{"address": urlencode({"q": NAME})}]}}
        )
    if isinstance(field, TEXTS):
        return WRITTEN
    if isinstance(field, models.DateTimeField | models.DateField):
        return "2026-01-01 08:00:00"
    return b"x" if isinstance(field, models.BinaryField) else 1


def plant(con: sqlite3.Connection) -> dict[str, list[str]]:
    """A row in each table of the application that has texts; by table, the columns. The audit log holds ids alone, and is guarded."""
    guarded = {name for (name,) in con.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")}
    con.execute("PRAGMA foreign_keys = OFF")
    con.execute("PRAGMA ignore_check_constraints = ON")
    told: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        fields = list(model._meta.concrete_fields)
        texts = [str(field.column) for field in fields if isinstance(field, (*TEXTS, models.JSONField))]
        if not texts or model._meta.db_table in guarded:
            continue
        names = ", ".join(f'"{field.column}"' for field in fields)
        marks = ", ".join("?" for _field in fields)
        con.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', [planted(field) for field in fields]
        )
        told[model._meta.db_table] = texts
    return told


def test_the_person_is_in_no_text_of_any_table(home, made):
    put_into(home, made)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table' DESC"
        )
        schema = [sql for (sql,) in cursor.fetchall()]
    with closing(sqlite3.connect(home / "app.db")) as con:
        for sql in schema:
            con.execute(sql)
        with con:
            told = plant(con)
            notice = json.dumps({"url": f"/search/?{urlencode({'q': MAIL})}&page=2"})
            con.execute("UPDATE post_notice SET url = ?", [f"/accounts/?f=name~has~{quote_plus(NAME)}"])
            con.execute("UPDATE post_schedule SET arguments = ?", [notice])
            con.execute("UPDATE scorecard_comment SET team = ''")  # which is of a person or of a team
            told["scorecard_comment"].remove("team")
    results = home / ".web" / "results"
    results.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(results / "aa")) as book:
        book.add_worksheet().write_string(0, 0, WRITTEN)
    (results / "bb").write_bytes(b"%PDF-1.7 ...")
    (results / "cc").write_text("Bo Ek")
    assert {
        "decks_deckdraft",
        "work_task",
        "work_taskcomment",
        "evaluation_reviewnote",
        "post_job",
        "book_view",
    } <= told.keys()
    workspace = keeper.open(home)
    exported = workspace.call("export_person", ExportPerson("zoe-1815"))
    assert exported.application.keys() >= told.keys(), "who asks what is known is told of the same places"
    done = workspace.call("erase_person", ErasePerson(("zoe-1815",), "Ada Ott", "asked for"))
    assert done.left == ()
    assert sorted(done.removed) == [".web/results/aa", ".web/results/bb"]
    for path in home.glob("app.db*"):
        content = path.read_bytes().lower()
        for trace in (NAME, json.dumps(NAME)[1:-1], "Lovelace", MAIL, quote_plus(NAME), quote_plus(MAIL)):
            assert trace.lower().encode() not in content, (path.name, trace)
    with closing(sqlite3.connect(home / "app.db")) as con:
        for table, columns in told.items():
            for column in columns:
                ((text,),) = con.execute(f'SELECT "{column}" FROM "{table}" ORDER BY rowid DESC LIMIT 1').fetchall()
                if (table, column) not in {
                    ("post_notice", "url"),
                    ("post_schedule", "arguments"),
                }:
                    assert "Bo Ek" in text, (table, column, "others stay")
                assert "erased" in text
        ((asked,),) = con.execute("SELECT asked FROM decks_deckdraft").fetchall()
        assert json.loads(asked)["summary"].startswith("Ask first:\nerased <erased-")
        ((url,),) = con.execute("SELECT url FROM post_notice").fetchall()
        assert url == "/accounts/?f=name~has~erased"


def test_what_others_told_as_facts_is_without_the_person_too(home, made):
    """Notes, plans, objectives and what was said of them are rows of the warehouse, which come from the inbox."""
    workspace = put_into(home, made)
    now = "2026-06-01T08:00:00Z"
    rows = {
        "note": {"note_id": "n1", "account_id": "acme", "at": now, "text": WRITTEN, "by": "cora"},
        "decision": {"decision_id": "d1", "account_id": "acme", "at": now, "text": WRITTEN, "by": "cora"},
        "plan_comment": {"comment_id": "c1", "account_id": "acme", "at": now, "side": "us", "text": WRITTEN, "by": "cora"},
        "objective_check_in": {"check_in_id": "i1", "objective_id": "o1", "at": now, "confidence": "0.7", "text": WRITTEN, "by": "cora"},
    }  # fmt: skip
    for table, row in rows.items():
        workspace.record(table, [row], by="x", message_id=table)
    workspace.call("erase_person", ErasePerson(("zoe-1815",), "Ada Ott", "asked for"))
    for table in rows:
        ((text,),) = [tuple(row.values()) for row in workspace.rows(table, columns=("text",)).rows]
        assert text.startswith("Ask first:\nerased <erased-"), table
        assert text.endswith(", or Bo Ek"), table
