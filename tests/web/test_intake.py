"""Events over HTTP: what is taken, what is refused and how, and that what was acknowledged is there once, whatever is killed."""

from __future__ import annotations

import asyncio
import base64
import gzip
import html
import json
import re
import sqlite3
import urllib.error
import urllib.request
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import Full

import pytest
from django.db import OperationalError

import tenure
from tenure.core.errors import UnavailableError
from tenure.engine.intake import Writer, counted
from tenure.sources.events.plain import plain
from tenure.warehouse.inbox import Event, Inbox
from tenure.web.access.roles import Role
from tenure.web.intake import keys
from tenure.web.intake.body import MOST, sent
from tenure.web.intake.door import with_intake
from tenure.web.kit.packed import RefusedError, unzipped
from tests.web.company import text_of
from tests.web.serving import Visitor, made, served, until

BASIC = {b"authorization": b"Basic " + base64.b64encode(b"right:")}


class Kept:
    """A writer that keeps what it is given, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.events: list[Event] = []
        self.error = error

    def put(self, events):
        if isinstance(self.error, Full):
            raise self.error
        future: Future[None] = Future()
        if self.error is None:
            self.events += events
            future.set_result(None)
        else:
            future.set_exception(self.error)
        return future


def asked(writer, body: bytes, path="/v1/batch", method="POST", headers=BASIC):
    """The status, the headers and the answer of a request that comes in two pieces."""
    answers, parts = [], [body[: len(body) // 2], body[len(body) // 2 :]]

    async def receive():
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message):
        answers.append(message)

    async def django(_scope, _receive, _send):
        answers.append("django")

    door = with_intake(django, writer, {"right": "product"}.get)
    scope = {"type": "http", "path": path, "method": method, "headers": list(headers.items())}

    async def once():
        await door(scope, receive, send)

    asyncio.run(once())
    if answers == ["django"]:
        return "django"
    body = answers[1]["body"]
    return answers[0]["status"], dict(answers[0]["headers"]), json.loads(body) if body else None


def batch(*events, **more) -> bytes:
    return json.dumps({"batch": list(events), **more}).encode()


USE = {"type": "track", "userId": "u1", "event": "Report made", "messageId": "m1"}


def test_a_batch_is_kept_as_it_came_with_what_its_batch_says():
    writer = Kept()
    more = {"sentAt": "2026-11-27T09:00:00Z", "context": {"groupId": "a1"}}
    assert asked(writer, batch(USE, {**USE, "messageId": "m2", "context": {"os": "x"}}, **more))[0::2] == (
        200,
        {"success": True},
    )
    first, second = writer.events
    assert (first.source, first.event_id) == ("product", "m1")
    assert json.loads(first.text) == {**USE, **more}
    assert json.loads(second.text)["context"] == {"groupId": "a1", "os": "x"}


FAULTS = [sqlite3.OperationalError(text) for text in ("database or disk is full", "attempt to write a readonly database", "disk I/O error",
                                                      "unable to open database file")]  # fmt: skip


@pytest.mark.parametrize(
    "fault", [*FAULTS, OSError(5, "Input/output error"), sqlite3.DatabaseError("malformed")], ids=str
)
def test_a_disk_that_takes_nothing_is_503_for_a_while_and_nothing_else(home, monkeypatch, fault):
    class Broken(sqlite3.Connection):
        def executemany(self, sql, *more):
            if sql.startswith("INSERT OR IGNORE INTO message"):
                raise fault
            return super().executemany(sql, *more)

    writer = Writer(home)
    writer.start()
    try:
        with monkeypatch.context() as patch:
            patch.setattr("tenure.warehouse.inbox.sqlite3.connect", partial(sqlite3.connect, factory=Broken))
            for _ in range(2):
                status, headers, said = asked(writer, batch(USE))
                assert (status, int(headers[b"retry-after"]) <= 5, said["success"]) == (503, True, False)
        assert asked(writer, batch(USE))[0] == 200, "by itself"
    finally:
        writer.stop()
    assert counted(home)[0].again == 0


def test_a_key_that_cannot_be_looked_up_is_503_and_one_known_before_goes_on(db, administrator, monkeypatch):
    secret, sources = keys.make(administrator, "product").secret, keys.Sources()

    def broken(**_named):
        raise OperationalError("disk I/O error")

    assert sources.of(secret) == "product"
    monkeypatch.setattr(keys, "FRESH", 0.0)
    monkeypatch.setattr(keys.EventKey.objects, "filter", broken)
    assert sources.of(secret) == "product"
    with pytest.raises(UnavailableError):
        keys.Sources().of(secret)

    def unknown(_secret):
        raise UnavailableError("Keys cannot be looked up.", code="database")

    writer = Kept()
    answers = []

    async def send(message):
        answers.append(message)

    async def receive():
        return {"type": "http.request", "body": batch(USE), "more_body": False}

    scope = {"type": "http", "path": "/v1/batch", "method": "POST", "headers": list(BASIC.items())}
    asyncio.run(with_intake(send, writer, unknown)(scope, receive, send))
    assert (answers[0]["status"], dict(answers[0]["headers"])[b"retry-after"]) == (503, b"2")


def test_operations_change_the_map_of_events_and_look_first(somebody, as_, home):
    client, theirs = as_(somebody(Role.OPERATIONS)), as_(somebody(Role.CSM, csm_id="c"))
    page = client.get("/events/map/").content.decode()
    assert "No event came yet" in page
    assert "How events become rows" in page, "as it is written, with its comments"
    version = re.search(r'name="version" value="(\w+)"', page)[1]
    with Inbox.open(home) as inbox:
        inbox.take(
            [Event("web", "e1", json.dumps({"type": "identify", "userId": "<b>u1"}))],
            datetime(2026, 11, 27, tzinfo=UTC),
        )
    own = '# ours\r\n[[load]]\r\nfile = "people"\r\ntable = "person"\r\nignore = ["*"]\r\n[load.columns]\r\nperson_id = "person_id"\r\n'
    tried = client.post("/events/map/", {"text": own, "version": version, "try": "yes"}).content.decode()
    assert "<td>&lt;b&gt;u1</td>" in tried
    assert not (home / "events.toml").exists()
    wrong = client.post("/events/map/", {"text": own + "x = 1\r\n", "version": version, "save": "yes"})
    assert wrong.status_code == 422
    assert "events.toml:8" in wrong.content.decode()
    assert theirs.post("/events/map/", {"text": own, "version": version, "save": "yes"}).status_code == 403
    assert client.post("/events/map/", {"text": own, "version": version, "save": "yes"}).status_code == 302
    assert (home / "events.toml").read_text() == own.replace("\r\n", "\n")


def test_one_bad_event_does_not_keep_out_the_others():
    writer = Kept()
    events = [{**USE, "messageId": f"m{n}"} for n in range(99)]
    assert asked(writer, batch(*events, 17))[0] == 200
    assert len(writer.events) == 100


def test_every_sdk_finds_its_door_and_its_way_to_say_the_key():
    for path in ("/v1/track", "/v1/identify/", "/v1/alias"):
        writer = Kept()
        assert asked(writer, json.dumps({"userId": "u"}).encode(), path)[0] == 200
        assert json.loads(writer.events[0].text)["type"] == path.strip("/").removeprefix("v1/")
    posthog = batch({"event": "e", "distinct_id": "u", "uuid": "p1"}, api_key="right")
    writer = Kept()
    assert asked(writer, posthog, "/batch/", headers={})[0] == 200
    assert writer.events[0].event_id == "p1"
    assert "right" not in writer.events[0].text
    assert asked(Kept(), batch(USE), headers={b"authorization": b"Bearer right"})[0] == 200
    assert asked(Kept(), batch(USE, writeKey="right"), headers={})[0] == 200
    assert asked(Kept(), b"", "/v1/trick") == "django"


SDKS = json.loads(Path(__file__).with_name("sdks.json").read_text())


@pytest.mark.parametrize("sdk", SDKS)
def test_what_the_sdks_send_is_read(sdk):
    """Each was told the same: a group with its name, a person with hers, and one use."""
    writer = Kept()
    for request in SDKS[sdk]:
        body = json.dumps(request["body"]).replace('"KEY"', '"right"').encode()
        headers = {
            name.encode(): value.replace("S0VZOg==", "cmlnaHQ6").encode() for name, value in request["headers"].items()
        }
        packed = gzip.compress(body) if request["zipped"] else body
        assert asked(writer, packed, request["path"], headers=headers)[0::2] == (200, {"success": True})
    group, person, use = (plain(event.text, datetime(2026, 11, 28, tzinfo=UTC)) for event in writer.events)
    assert (group.kind, group.account, dict(group.traits)) == ("group", "account-12", {"name": "Acme"})
    assert (person.kind, person.person, dict(person.traits)) == ("identify", "user-7", {"name": "Ann"})
    assert (use.kind, use.person, use.name, use.properties["seats"]) == ("track", "user-7", "Report made", 5)
    assert use.account == ("account-12" if "posthog" in sdk else "")
    assert group.person == ("" if "posthog" in sdk else "user-7")
    assert len({event.event_id for event in writer.events}) == 3
    assert all("right" not in event.text for event in writer.events)


def test_what_is_refused_says_so_in_the_words_of_sdks():
    for body, path, headers, status, code in (
        (batch(USE), "/v1/batch", {}, 401, "bad_key"),
        (batch(USE), "/v1/batch", {b"authorization": b"Basic !!"}, 401, "bad_key"),
        (batch(USE), "/v1/batch", {b"authorization": b"Bearer wrong"}, 401, "bad_key"),
        (b"{", "/v1/batch", BASIC, 400, "bad_json"), (b"[]", "/v1/batch", BASIC, 400, "bad_json"),
        (b"[" * 100_000, "/v1/batch", BASIC, 400, "bad_json"), (b"{}", "/v1/batch", BASIC, 400, "no_batch"),
        (gzip.compress(b"0" * 50_000_000), "/v1/batch", BASIC, 413, "too_large"),
        (gzip.compress(batch(USE))[:-9], "/v1/batch", BASIC, 400, "bad_gzip"),
        (b" " * (MOST + 1), "/v1/batch", BASIC, 413, "too_large"),
    ):  # fmt: skip
        found, _, said = asked(Kept(), body, path, headers=headers)
        assert (found, said["success"], said["code"]) == (status, False, code), body[:20]
        assert said["message"]
    assert asked(Kept(), b"", method="GET")[0] == 405
    status, headers, _ = asked(Kept(), b"", method="OPTIONS")
    assert (status, headers[b"access-control-allow-methods"]) == (204, b"POST")


def test_where_the_disk_says_no_an_sdk_is_told_to_come_again():
    for error in (UnavailableError("No space.", code="no_space", fix="Free some."), Full()):
        status, headers, said = asked(Kept(error), batch(USE))
        assert (status, said["success"]) == (503, False)
        assert 1 <= int(headers[b"retry-after"]) <= 5


def test_bodies_of_any_make_get_an_answer(shared_data):
    """Each file of the suite of odd JSON, alone and as an event among others, zipped or not."""
    files = sorted((shared_data / "bad-input" / "jsontestsuite").rglob("*.json"))
    assert len(files) > 300
    for file in files:
        odd = file.read_bytes()
        for body in (odd, gzip.compress(odd), b'{"batch": [' + odd + b', {"type": "track"}]}'):
            assert _status(body) in (200, 400, 413), file


def _status(body: bytes) -> int:
    try:
        found = sent("/v1/batch", {}, body)
    except RefusedError as error:
        return error.status
    return 200 if all(name and text for name, text in found.events) else 500


def test_a_bomb_takes_no_more_memory_than_a_request():
    with pytest.raises(RefusedError):
        unzipped(gzip.compress(b"x" * 200_000_000), MOST)


def test_a_writer_takes_together_what_comes_together(tmp_path):
    home = made(tmp_path / "own")
    writer = Writer(home, lambda: datetime(2026, 11, 27, tzinfo=UTC))
    futures = [writer.put([Event("a", f"m{n}", "{}"), Event("a", "same", "{}")]) for n in range(200)]
    writer.start()
    for future in futures:
        future.result(10)
    writer.stop()
    (found,) = counted(home)
    assert (found.received, found.again) == (400, 199)


def test_a_writer_goes_on_when_the_inbox_can_be_used_again(tmp_path, monkeypatch):
    home = made(tmp_path / "own")
    writer = Writer(home)
    writer.start()
    with monkeypatch.context() as full:

        def take(*_given):
            raise UnavailableError("No space.", code="no_space", fix="Free some.")

        full.setattr(Inbox, "take", take)
        with pytest.raises(UnavailableError):
            writer.put([Event("a", "m1", "{}")]).result(10)
    writer.put([Event("a", "m1", "{}")]).result(10)
    writer.stop()
    assert counted(home)[0].received == 1


def test_keys_are_made_shown_once_and_ended(home, administrator, somebody, as_):
    client = as_(administrator)
    page = client.post("/events/keys/add/", {"source": "mobile-app"}).content.decode()
    secret = re.search(r'id="key"[^>]* value="([^"]+)"', page)[1]
    assert secret not in text_of(client, "/events/")
    trial = html.unescape(re.search(r'id="trial"[^>]*>([^<]+)<', page)[1])
    sent = re.fullmatch(rf"curl -u '{secret}:' (http://testserver/v1/track) -d '(.+)'", trial)
    assert sent, trial
    assert json.loads(sent[2])["context"] == {"groupId": "ACCOUNT_ID"}
    assert keys.Sources().of(secret) == "mobile-app"
    assert keys.Sources().of(secret + "x") is None
    (key,) = keys.all_keys()
    assert as_(somebody(Role.MANAGER)).post("/events/keys/end/", {"key": key.pk}).status_code == 403
    assert client.post("/events/keys/end/", {"key": key.pk}).status_code == 302
    assert keys.Sources().of(secret) is None
    assert client.post("/events/keys/end/", {"key": key.pk}).status_code == 404
    assert client.post("/events/keys/add/", {"source": "not a word"}).status_code == 422


def _key(server):
    visitor = Visitor(server)
    visitor.enter(server.link(), name="Ada", email="ada@example.com")
    page = visitor.post("/events/keys/add/", source="product").body.decode()
    return re.search(r'id="key"[^>]* value="([^"]+)"', page)[1]


def _send(base: str, key: str, body: bytes) -> bool:
    """Whether it was acknowledged."""
    request = urllib.request.Request(f"{base}/v1/batch", gzip.compress(body), {"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_what_was_acknowledged_is_there_once_though_servers_are_killed(tmp_path):
    home = made(tmp_path / "own")
    start = batch({"type": "group", "userId": "u1", "groupId": "a1", "traits": {"name": "Acme"}, "messageId": "g"})
    bodies = [batch(*({**USE, "messageId": f"{part}-{n}"} for n in range(20))) for part in range(12)]
    acknowledged: set[int] = set()
    with served(home) as server:
        until(server.is_ready)
        key = _key(server)
        assert _send(server.base, key, start)
        for part in range(4):
            assert _send(server.base, key, bodies[part])
            acknowledged.add(part)
        server.process.kill()
        server.process.wait()
    for part in range(4, 8):
        assert not _send(server.base, key, bodies[part])
    with served(home) as server:
        until(server.is_ready)
        for part in (*range(2, 12), 11):  # clients send again what they are not sure of
            assert _send(server.base, key, bodies[part])
            acknowledged.add(part)
        workspace = tenure.open(home)
        until(lambda: workspace.rows("usage", limit=1).total == 20 * len(acknowledged))
        assert workspace.rows("usage", where=[("account_id", "equals", "a1")], limit=1).total == 240
        (found,) = counted(Path(home))
        assert (found.received, found.again) == (1 + 240 + 60, 60)
        workspace.close()
