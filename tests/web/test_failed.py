"""The pages of failed rows: seen, mended, replayed, discarded, by one and by many, without a script; and nobody else's."""

from __future__ import annotations

import json
import re

import pytest

import tenure
from tenure.engine.verbs.load import Load
from tenure.warehouse.store import Store
from tenure.web.access.roles import Role
from tests.web.company import text_of
from tests.web.serving import Visitor, made, served, until

FILE = (
    "account_id,name,created_at,segment\n"
    "a1,One,2025-01-01,SMB\n"
    'a2,"<script>alert(2)</script>",yesterday,SMB\n'
    "a3,Three,2025-02-31,=1+1\n"
    "a4,Four,2025-02-30,ENT\n"
)


@pytest.fixture
def refused(home):
    """A workspace in which three rows of four were refused."""
    workspace = tenure.open(home)
    (home / "a.csv").write_text(FILE)
    workspace.call("load", Load((str(home / "a.csv"),), "account"))
    return workspace


def stored(home, sql):
    with Store.open(home) as store:
        return store.rows(sql)


def ids(client, query=""):
    return re.findall(r"/failed-rows/row/(\w+)/", text_of(client, f"/failed-rows/{query}"))


@pytest.mark.django_db
def test_rows_are_seen_mended_and_discarded_without_a_script(refused, home, administrator, as_):
    client = as_(administrator)
    assert "No row was refused" not in text_of(client, "/failed-rows/")
    two, three, four = ids(client, "?order=file")
    page = client.get(f"/failed-rows/row/{two}/").content.decode()
    assert "&lt;script&gt;alert(2)" in page
    assert "<script>alert" not in page
    field = re.search(r'name="(cell-\d)" value="yesterday"[^>]*aria-invalid', page)
    assert field, "the faulty cell is marked"
    post = f"/failed-rows/row/{two}/"
    assert client.post(post, {field[1]: "2025-03-01"}).status_code == 422, "without a reason"
    answer = client.post(post, {field[1]: "2025-13-01", "reason": "typo"})
    assert answer.status_code == 422
    assert "is not a time" in answer.content.decode()
    assert client.post(post, {field[1]: "2025-03-01", "reason": "typo"}).status_code == 302
    assert stored(home, "SELECT name FROM account WHERE account_id = 'a2'") == [("<script>alert(2)</script>",)]
    assert ids(client) == [three, four]
    assert client.post(f"/failed-rows/row/{three}/discard/", {"reason": ""}).status_code == 302
    assert len(ids(client)) == 2
    client.post(f"/failed-rows/row/{three}/discard/", {"reason": "a test row"})
    assert ids(client) == [four]
    assert ids(client, "?state=discarded") == [three]
    assert "a test row" in text_of(client, f"/failed-rows/row/{three}/")
    client.post(f"/failed-rows/row/{three}/discard/", {"reason": "no test after all"})
    assert ids(client) == [three, four]
    csv = client.get("/failed-rows/?format=csv").content.decode()
    assert "Three" not in csv
    assert "2025-02-31" not in csv
    assert three in csv
    assert "Three" in client.get("/failed-rows/?format=contents").content.decode()
    assert client.get("/failed-rows/row/nothing/").status_code == 404


@pytest.mark.django_db
def test_many_are_counted_before_anything_is_done_and_a_map_is_tried_first(refused, home, administrator, as_):
    client = as_(administrator)
    chip = re.search(r'class="chip" href="(\?[^"]*code=[^"]*)"', text_of(client, "/failed-rows/"))
    assert chip
    assert len(ids(client, chip[1].replace("&amp;", "&"))) == 3
    page = text_of(client, "/failed-rows/many/replay/?code=not_a_time")
    assert "0 would be taken now, and 3 refused again" in page
    assert client.get("/failed-rows/many/burn/").status_code == 404
    mapped = '[[load]]\n[load.columns]\ncreated_at = { value = "2025-01-01" }\n'
    tried = client.post("/failed-rows/load/1/", {"map": mapped}).content.decode()
    assert "Load it so" in tried
    assert len(ids(client)) == 3, "nothing was changed"
    assert client.post("/failed-rows/load/1/", {"map": "[[load", "reason": "x"}).status_code == 422
    assert client.post("/failed-rows/load/1/", {"map": mapped, "keep": "1"}).status_code == 422
    assert (
        client.post("/failed-rows/load/1/", {"map": mapped, "keep": "1", "reason": "no dates there"}).status_code == 302
    )
    assert ids(client) == []
    assert stored(home, "SELECT count(DISTINCT account_id) FROM account") == [(4,)]
    assert client.get("/failed-rows/load/1/").status_code == 404, "it was taken back"
    assert "All that was counted" in text_of(client, "/failed-rows/received/")


@pytest.mark.django_db
def test_all_of_a_reason_are_discarded_at_once(refused, administrator, somebody, as_):
    client = as_(administrator)
    data = {"code": "not_a_time"}
    assert client.post("/failed-rows/many/discard/", data).status_code == 422
    assert client.post("/failed-rows/many/discard/", {**data, "reason": "old rows"}).status_code == 302
    assert "Nothing is open" in text_of(client, "/failed-rows/")
    assert refused.failed(where=[("state", "equals", "discarded")]).rows[0].handled_by == administrator.name
    for role in (Role.MANAGER, Role.CSM, Role.EXECUTIVE, Role.VIEWER):
        other = as_(somebody(role, csm_id="ada"))
        assert other.get("/failed-rows/").status_code == 403
        assert other.post("/failed-rows/many/discard/", {**data, "reason": "x"}).status_code == 403


@pytest.mark.django_db
def test_a_missing_row_is_told_on_the_page(refused, home, administrator, as_):
    stored(home, "DELETE FROM failed_row WHERE line = 4")
    page = text_of(as_(administrator), "/failed-rows/received/")
    assert "3 rows were rejected, but 2 failed rows are there" in page


def test_one_bad_event_of_a_hundred_sent_over_http_is_mended_on_its_page(tmp_path):
    """R7: 200; 99 stored; 1 in the failed rows with its reason; corrected and replayed, it is there once."""
    events = [
        {"type": "track", "userId": "u1", "groupId": "a1", "event": "Report made", "messageId": f"m{n}"}
        for n in range(100)
    ]
    del events[41]["event"]
    home = made(tmp_path / "own")
    with served(home) as server:
        until(server.is_ready)
        visitor = Visitor(server)
        visitor.enter(server.link(), name="Ada", email="ada@example.com")
        made_key = visitor.post("/events/keys/add/", source="product").body.decode()
        key = re.search(r'id="key"[^>]* value="([^"]+)"', made_key)[1]
        sent = server.get("/v1/batch", json.dumps({"batch": events}).encode(), Authorization=f"Bearer {key}")
        assert sent.status == 200
        workspace = tenure.open(home)
        until(lambda: workspace.rows("usage", limit=1).total == 99)
        page = visitor.get("/failed-rows/").body.decode()
        (row,) = set(re.findall(r"/failed-rows/row/(\w+)/", page))
        page = visitor.get(f"/failed-rows/row/{row}/").body.decode()
        assert "event is missing" in page
        field = re.search(r'<textarea[^>]*name="(cell-\d+)"', page)[1]
        mended = json.dumps({**events[41], "event": "Report made"})
        answer = visitor.post(f"/failed-rows/row/{row}/", **{field: mended, "reason": "sender mended"})
        assert answer.status == 302, answer.body.decode()
        assert workspace.rows("usage", limit=1).total == 100
        again = server.get("/v1/batch", json.dumps({"batch": events}).encode(), Authorization=f"Bearer {key}")
        assert again.status == 200
        assert "Nothing is open" in visitor.get("/failed-rows/").body.decode()
        assert workspace.rows("usage", limit=1).total == 100
        assert workspace.reconcile().mismatches == ()
        workspace.close()
