"""The audit log in the web: what is noted there, its page, and that it holds."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from tenure.core import chainfiles
from tenure.core.acts import Act
from tenure.core.chain import Note, verify
from tenure.warehouse.inbox import Inbox
from tenure.web.access import keys, log
from tenure.web.access.events import Kind
from tenure.web.access.models import AuditEntry
from tenure.web.access.page import declared
from tenure.web.access.roles import Role
from tenure.web.audit import words

pytestmark = pytest.mark.django_db


def noted(*acts: str) -> list[dict[str, Any]]:
    found = AuditEntry.objects.filter(act__in=acts).order_by("seq")
    return [vars(entry) | {"told": json.loads(entry.detail)} for entry in found]


def test_every_act_has_words_and_a_name_of_its_own() -> None:
    assert set(words.ACTS) == {*Act, *Kind}
    assert not {*map(str, Act)} & {*map(str, Kind)}


def test_every_file_that_a_page_gives_is_noted(company, somebody, as_) -> None:
    """Each page of the URL list is asked for its file; whatever is one leaves an entry with its rows."""
    everything = as_(somebody(*Role, email="all@example.com"))
    files = {}
    for page in declared():
        if "<" in page.route or "GET" not in page.methods or page.data or page.unattended or page.public:
            continue
        answer = everything.get(f"/{page.route}?format=csv&status=all&email=ada@example.com")
        if "attachment" in answer.headers.get("Content-Disposition", ""):
            files[page.name] = len(list(csv.reader(io.StringIO(answer.content.decode())))) - 1
    assert {"accounts", "audit_log"} <= set(files)
    told = {entry["object_id"]: entry["told"] for entry in noted(Kind.EXPORTED)}
    assert {name: entry["rows"] for name, entry in told.items()} == files
    assert told["accounts"]["rows"] > 50
    assert told["accounts"]["asked"] == {"status": "all", "email": "…"}
    assert "account_id" in told["accounts"]["columns"]
    assert "example.com" not in str(noted(*Kind))


def test_every_answer_to_a_program_is_noted_with_its_key(company, somebody, client) -> None:
    ada = somebody(Role.VIEWER)
    made = keys.make(ada, "Sheet", 30)
    for path in ("/api/accounts?limit=7&q=x&where=segment=SMB", "/api/metrics"):
        assert client.get(path, headers={"Authorization": f"Bearer {made.secret}"}).status_code == 200
    assert client.get("/api/accounts", headers={"Authorization": "Bearer nobody"}).status_code == 401
    first, second = noted(Kind.ASKED)
    assert (first["who"], first["via"], first["object_id"]) == (f"user:{ada.pk}", f"key:{made.key.pk}", "api_accounts")
    assert first["told"]["asked"] == {"limit": "7", "q": "…", "where": "segment=SMB"}
    assert second["told"]["rows"] > 50
    assert made.secret not in str(noted(*Kind))


def test_the_page_is_for_administrators_and_tells_of_both_chains(company, administrator, somebody, as_) -> None:
    bo = somebody(Role.OPERATIONS, name="Bo <b>Bold</b>")
    assert as_(bo).get("/audit/").status_code == 403
    page = as_(administrator).get("/audit/").content.decode()
    assert "loaded a file" in page, "from the inbox"
    assert "logged in" in page
    assert page.count("fit together, up to") == 2
    assert "Bo &lt;b&gt;Bold" in page
    mine = as_(administrator).get(f"/audit/?who=user:{bo.pk}", headers={"HX-Request": "true"}).content.decode()
    assert "logged in" in mine
    assert "loaded a file" not in mine
    assert "No entry fits" in as_(administrator).get("/audit/?who=user:999&from=2026-13-45").content.decode()
    bo.name = ""
    bo.save()
    assert f"Erased person ({bo.pk})" in as_(administrator).get("/audit/").content.decode()
    file = as_(administrator).get(f"/audit/?format=csv&who=user:{bo.pk}").content.decode()
    assert [row["act"] for row in csv.DictReader(io.StringIO(file))] == ["logged_in"]
    assert {entry["object_id"] for entry in noted(Kind.VIEWED)} == {"audit_log"}


def test_what_is_recorded_for_a_request_bears_its_person_and_its_name(company, home, somebody, as_) -> None:
    manager = somebody(Role.ADMINISTRATOR, csm_id="m1")
    account = company.rows("accounts", limit=1).rows[0]["account_id"]
    form = {"message_id": "c" * 32, "channel": "call", "occurred_at": "2026-01-05T10:00", "direction": "both"}
    answer = as_(manager).post(f"/accounts/{account}/contact/", form)
    assert answer.status_code == 302, answer.content.decode()
    with Inbox.open(home) as inbox:
        last = list(inbox.log.rows())[-1]
    assert last[2:4] == (f"user:{manager.pk}", "web")
    assert last[5] == "recorded"
    assert len(last[4]) == 16


def test_the_chain_holds_and_tells_where_it_does_not(administrator, home) -> None:
    for number in range(20):
        log.append(Note("exported", "page", "accounts", {"rows": number}), log.asking())
    ring, rows = chainfiles.keys(home), list(log.rows())
    assert verify(log.CHAIN, ring, rows).faults == ()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_no_update")
        cursor.execute(f"UPDATE {log.TABLE} SET detail = '{{\"rows\":1000}}' WHERE seq = 12")
    assert {fault.seq for fault in verify(log.CHAIN, ring, log.rows()).faults} == {12}


def test_what_is_taken_back_is_not_noted(administrator) -> None:
    before = log.head()
    with transaction.atomic():
        log.append(Note("exported"), log.asking())
        assert log.head().count == before.count + 1
        transaction.set_rollback(True)
    assert log.head() == before


def test_on_postgresql_appends_wait_for_each_other(postgres, tmp_path) -> None:
    """Four threads append 25 entries each, of which every fifth is taken back; then entries are changed and cut."""
    told = dict(part.split("=") for part in postgres.split())
    (tmp_path / "app.key").write_text("k" * 64)
    done = subprocess.run(
        [sys.executable, "-m", "tests.web.postgres_program"],
        env={
            **os.environ, "PGHOST": told["host"], "PGUSER": told["user"], "TENURE_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "tests.web.postgres_settings",
        },
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{1 + 4 * 20} 0 3", "app:30 app:71"]
