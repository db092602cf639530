"""Rows over HTTP: what is taken and how that is told, what is refused, and that no body makes an error of ours."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from collections import Counter
from functools import partial

import pytest
from django.db import OperationalError
from django.test import Client

import tenure.web.api.pages  # noqa: F401 - declares the endpoints
from tenure.core.errors import UnavailableError
from tenure.engine import arrivals
from tenure.engine.catalogue import tables
from tenure.web.access import keys
from tenure.web.access.models import ApiKey, AuditEntry
from tenure.web.access.rights import Right
from tenure.web.access.roles import Role
from tenure.web.api import rows
from tenure.web.api.document import document
from tenure.web.kit.packed import RefusedError, unzipped, with_bound
from tests.web.test_api import bearing

ACME = {"account_id": "a1", "name": "Acme"}


@pytest.fixture
def program(somebody):
    """A program whose key may write."""
    secret = keys.make(somebody(Role.OPERATIONS), "loader", 30, [Right.ROWS]).secret
    client = bearing(secret)
    client.raise_request_exception = False
    return client


def posted(client: Client, body, url: str = "/api/rows/account", status: int = 200, **headers: str):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(url, content, "application/json", headers=headers)
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"].startswith("application/json")
    return json.loads(answer.content)


def test_rows_go_in_once_and_the_answer_says_what_became_of_each(program, home) -> None:
    body = [ACME, {"account_id": "a2", "name": "Birch", "created_at": "soon"}, {"account_id": "a3", "name": "Cedar"}]
    first = posted(program, body, Idempotency_Key="k1")
    data = first["data"]
    assert {name: data[name] for name in ("table", "state", "rows", "loaded", "superseded", "unchanged", "rejected")} == {
        "table": "account", "state": "done", "rows": 3, "loaded": 2, "superseded": 0, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert [(each["row"], each["column"], each["code"]) for each in data["refused"]] == [
        (2, "created_at", "not_a_time")
    ]
    assert posted(program, gzip.compress(json.dumps({"rows": body}).encode()), Idempotency_Key="k1") == first
    assert posted(program, [ACME], Idempotency_Key="k1", status=422)["code"] == "key_reused"
    assert posted(program, ACME)["data"]["unchanged"] == 1
    assert [one.said["by"] for one in arrivals.arrived(home)] == [f"user:{ApiKey.objects.get().user_id}"] * 2


def test_strict_rows_that_cannot_all_be_stored_say_why(program) -> None:
    told = posted(program, [ACME, {"account_id": ""}], "/api/rows/account?strict=true", 422)
    assert (told["code"], told["where"]) == ("refused", "account:2:account_id")
    assert told["message"].startswith("1 of these rows cannot be stored, so none was: row 2: account_id ")


def test_only_a_key_that_may_write_writes(somebody, as_, program) -> None:
    operations, csm = ApiKey.objects.get().user, somebody(Role.CSM, csm_id="c1")
    reader = bearing(keys.make(operations, "reader", 30).secret)
    assert posted(reader, [ACME], status=403)["code"] == "reads_only"
    assert posted(bearing(keys.make(csm, "loader", 30, [Right.ROWS]).secret), [ACME], status=403)["code"] == "http_403"
    for client in (Client(), Client(enforce_csrf_checks=True), as_(operations), bearing("x")):
        assert posted(client, [ACME], status=401)["code"] == "http_401"
    assert posted(program, [ACME], "/api/rows/acount", 404)["fix"].startswith("Did you mean account")
    assert program.get("/api/rows/account").status_code == 405
    page = as_(operations).get("/account/keys/add/").content.decode()
    assert "write_rows" in page
    assert "write_rows" not in as_(csm).get("/account/keys/add/").content.decode()
    asked = {"days": "30", "rights": ["read_figures", "write_rows"]}
    assert as_(csm).post("/account/keys/add/", {"name": "sly", **asked}).status_code == 422
    assert as_(operations).post("/account/keys/add/", {"name": "Feed", **asked}).status_code == 200
    assert ApiKey.objects.get(name="Feed").rights == (Right.FIGURES, Right.ROWS)
    assert not ApiKey.objects.filter(name="sly").exists()
    entry = AuditEntry.objects.filter(act="key_made").order_by("seq").last()
    assert entry is not None
    assert '"rights":["read_figures","write_rows"]' in entry.detail
    assert "Send rows" in as_(operations).get("/account/").content.decode()


def test_what_is_too_much_or_none_is_refused(program, monkeypatch) -> None:
    assert posted(program, gzip.compress(b" " * (rows.MOST + 1)), status=413)["code"] == "too_large"
    assert posted(program, gzip.compress(b"[]" * 99)[:-9], status=400)["code"] == "bad_gzip"
    assert posted(program, [], status=422)["code"] == "no_rows"
    assert posted(program, [ACME] * 10_001, status=413)["code"] == "too_many_rows"
    assert posted(program, [ACME], status=400, Idempotency_Key="k" * 201)["code"] == "bad_key"
    assert posted(program, [ACME], "/api/rows/account?strickt=true", 400)["code"] == "bad_parameter"


def test_a_body_that_goes_on_is_stopped_where_it_is_too_long() -> None:
    sent, taken = [], []

    async def receive():
        taken.append(1)
        return {"type": "http.request", "body": b"x" * 40, "more_body": True}

    async def reads(_scope, receive, _send):
        while True:
            await receive()

    async def send(message):
        sent.append(message)

    async def sent_once():
        await with_bound(reads, "/api/", 100)({"type": "http", "path": "/api/rows/account"}, receive, send)

    asyncio.run(sent_once())
    assert (len(taken), sent[0]["status"], json.loads(sent[1]["body"])["code"]) == (3, 413, "too_large")


def test_while_nobody_can_load_them_rows_are_on_disk(program, home, monkeypatch) -> None:
    def away(*_args):
        raise UnavailableError("Not now.", code="locked")

    with monkeypatch.context() as patch:
        patch.setattr("tenure.engine.workspace.Local.call", away)
        told = posted(program, [ACME], status=202, Idempotency_Key="k")
    assert (told["data"]["state"], told["data"]["rows"], told["data"]["loaded"]) == ("waiting", 1, 0)
    assert posted(program, [ACME], Idempotency_Key="k")["data"]["loaded"] == 1


@pytest.mark.parametrize("fault", [sqlite3.OperationalError("database or disk is full"), OSError(28, "No space left on device"),
                                   sqlite3.OperationalError("attempt to write a readonly database"), sqlite3.OperationalError("disk I/O error")])  # fmt: skip
def test_a_disk_that_takes_nothing_is_503_and_rows_are_taken_once_it_does(program, monkeypatch, fault) -> None:
    class Broken(sqlite3.Connection):
        def execute(self, sql, *more):
            if sql.startswith("INSERT OR IGNORE INTO message"):
                raise fault
            return super().execute(sql, *more)

    with monkeypatch.context() as patch:
        patch.setattr("tenure.warehouse.inbox.sqlite3.connect", partial(sqlite3.connect, factory=Broken))
        answer = program.post("/api/rows/account", json.dumps([ACME]), "application/json")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    with monkeypatch.context() as patch:
        patch.setattr(
            "tenure.web.access.keys.borne",
            lambda _request: (_ for _ in ()).throw(OperationalError("disk I/O error")),
        )
        answer = program.post("/api/rows/account", json.dumps([ACME]), "application/json")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_the_document_has_every_tables_columns_from_their_definitions() -> None:
    paths, schemas = document()["paths"], document()["components"]["schemas"]
    assert {path for path in paths if path.startswith("/api/rows/")} == {f"/api/rows/{name}" for name in tables()}
    asked = paths["/api/rows/account"]["post"]
    assert asked["requestBody"]["content"]["application/json"]["schema"]["items"] == {
        "$ref": "#/components/schemas/Row_account"
    }
    assert asked["responses"].keys() == {"200", "202", "400", "401", "403", "404", "409", "413", "422", "503"}
    survey, touch = schemas["Row_survey_answer"], schemas["Row_touchpoint"]["properties"]
    assert schemas["Row_account"]["required"] == ["account_id"]
    assert survey["properties"]["score"]["type"] == ["number", "null"]
    assert touch["quality"] | {"description": ""} == {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": 5,
        "description": "",
    }
    assert touch["direction"]["enum"] == ["out", "in", "both", None]


def test_values_are_read_digit_by_digit() -> None:
    (row,) = rows.read(b'[{"a": 1.10, "b": "x\\u00e9", "c": [1, "y"], "d": null, "e": true, "f": {"g": 0.10}}]')
    assert row == {"a": "1.10", "b": "x\u00e9", "c": '[1, "y"]', "d": None, "e": "true", "f": '{"g": 0.10}'}


def test_no_body_is_an_error_of_ours(program, shared_data) -> None:
    """Every odd text that there is, as a body, as a row, as a value and as a name: taken, or refused with a reason."""
    corpus = shared_data / "bad-input"
    bodies = [path.read_bytes() for path in sorted((corpus / "jsontestsuite/test_parsing").iterdir())]
    bodies += [path.read_bytes() for path in sorted((corpus / "made").iterdir()) if ".json" in path.name]
    assert len(bodies) > 300
    wild: list[bytes] = []
    refused = set()
    for body in bodies:
        try:
            whole = unzipped(body, rows.MOST)
            wild += [each.encode() for each in rows.read(whole) if isinstance(each, str) and len(each) < 5_000]
        except RefusedError as error:
            refused.add(error.status)
    assert refused == {400, 413}
    told = posted(program, b"[" + b",".join(wild) + b',{"account_id":"a","name":"A"}]')["data"]
    assert (told["rows"], told["loaded"], told["rejected"]) == (len(wild) + 1, 1, len(wild))
    odd = [text.encode("utf-8", "replace").decode() for text in json.loads((corpus / "blns/blns.json").read_text())]
    told = posted(program, [{"account_id": f"n{n}", "name": text, "note": text} for n, text in enumerate(odd)])["data"]
    assert told["loaded"] + told["rejected"] == len(odd)
    assert told["loaded"] > len(odd) - 5
    posted(
        program,
        [{"account_id": "n1"} | {name.casefold(): "x" for name in odd[:400] if name.strip() and len(name) <= 200}],
    )
    for name in ("", " ", "a\0b", "n" * 201):
        assert posted(program, [{"account_id": "n1", name: "x"}], status=422)["code"] == "bad_column"


def test_contacts_are_logged_with_ones_own_accounts_in_ones_own_name(company, somebody) -> None:
    customers = [row for row in company.every("accounts") if row["is_customer"]]
    owner = Counter(row["owner"] for row in customers).most_common(1)[0][0]
    mine, other = (
        next(row for row in customers if (row["owner"] == owner) is own)["account_id"] for own in (True, False)
    )
    csm = somebody(Role.CSM, csm_id=owner)
    client = bearing(keys.make(csm, "telephone", 30, [Right.RECORDS]).secret)
    call = {
        "account_id": mine,
        "touchpoint_id": "t1",
        "channel": "call",
        "occurred_at": "2026-06-01T10:00:00Z",
        "csm_id": "boss",
    }
    told = posted(client, [call], "/api/contacts", Idempotency_Key="k")
    assert (told["data"]["loaded"], told["data"]["rows"]) == (1, 1)
    kept = [
        row
        for row in company.every("touchpoint", columns=("touchpoint_id", "csm_id", "channel"))
        if row["touchpoint_id"] == "t1"
    ]
    assert [(row["csm_id"], row["channel"]) for row in kept] == [(owner, "call")]
    assert posted(client, [call], "/api/contacts", Idempotency_Key="k")["data"] == told["data"]
    assert (
        posted(client, [call | {"minutes": 3}], "/api/contacts", 400, Idempotency_Key="k")["code"] == "message_reused"
    )
    both = [call | {"touchpoint_id": "t2"}, call | {"touchpoint_id": "t3", "account_id": other}]
    refused = posted(client, both, "/api/contacts", 404)
    assert refused["code"] == "not_found"
    assert not [
        row for row in company.every("touchpoint", columns=("touchpoint_id",)) if row["touchpoint_id"] in ("t2", "t3")
    ]
    assert posted(client, [call | {"touchpoint_id": "t4"}] * 101, "/api/contacts", 413)["code"] == "too_many_rows"
    assert posted(client, ["x"], "/api/contacts", 400)["code"] == "bad_json"
    reader = bearing(keys.make(csm, "reader", 30).secret)
    assert posted(reader, [call], "/api/contacts", 403)["code"] == "reads_only"
    viewer = bearing(keys.make(somebody(Role.VIEWER), "x", 30, [Right.RECORDS]).secret)
    assert posted(viewer, [call], "/api/contacts", 403)["code"] == "http_403"
