"""Asking a vendor: patience, tokens, limits, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tenure.core.errors import DataError, TenureError, UnavailableError
from tenure.sources.api import Api, Given, Source
from tenure.sources.fetching import session as module
from tenure.sources.fetching.session import LaterError, RefusedError, Session, Terms
from tests.sources.vendor_server import Time

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "tok_very_secret"


def _renewed(api: Api, secrets: Given) -> dict[str, str]:
    return {"token": api.form("/token", {"refresh": secrets["refresh"]})["access"]}


def _session(answer: Callable[[httpx.Request], httpx.Response], **more: Any) -> tuple[Session, Time, dict[str, str]]:
    source = Source(
        "desk", "Desk", lambda _o: "https://desk.example", ("desk.example",), lambda secrets, _o: {"x-key": secrets["token"]}, (),
        "/me", renew=_renewed, **more,
    )  # fmt: skip
    time, kept = Time(NOW), dict[str, str]()
    client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
    terms = Terms(
        {}, {"token": SECRET, "refresh": "ref"}, "https://desk.example", time.clock, time.sleep,
        save=kept.update,
    )  # fmt: skip
    return Session(source, client, terms), time, kept


def test_numbers_stay_as_exact_as_they_were_written() -> None:
    api, _, _ = _session(lambda _r: httpx.Response(200, content=b'{"a": 0.1, "b": 12345678901234567890.10}'))
    assert api.get("/x") == {"a": Decimal("0.1"), "b": Decimal("12345678901234567890.10")}


def test_parameters_are_written_once_for_each_value() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={})

    api, time, _ = _session(answer, pace=2.0)
    api.get("/x?a=1", {"b[]": ["1", "2"], "c": None, "d": True})
    api.get("https://desk.example/next?cursor=abc%3D")
    assert asked == ["https://desk.example/x?a=1&b%5B%5D=1&b%5B%5D=2&d=true", "https://desk.example/next?cursor=abc%3D"]
    assert time.slept == [0.5]  # in its pace


def test_a_vendor_that_does_not_answer_is_asked_again_and_again_more_slowly() -> None:
    api, time, _ = _session(lambda _r: httpx.Response(503))
    with pytest.raises(LaterError, match="answers 503, 6 times"):
        api.get("/x")
    assert [second for second in time.slept if second >= 1] == [1, 2, 4, 8, 16]


def test_who_asks_to_wait_for_long_is_left_until_then() -> None:
    api, time, _ = _session(lambda _r: httpx.Response(429, headers={"retry-after": "3600"}))
    with pytest.raises(LaterError) as error:
        api.get("/x")
    assert (error.value.seconds, time.slept) == (3600.0, [])


def test_it_waits_ahead_where_no_question_is_left() -> None:
    reset = str(int(NOW.timestamp()) + 40)
    api, time, _ = _session(
        lambda _r: httpx.Response(200, json={}, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})
    )
    api.get("/x")
    api.get("/x")
    assert time.slept == [40.0]


def test_a_token_that_ended_is_renewed_once_and_kept() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            assert "x-key" not in request.headers
            return httpx.Response(200, json={"access": "new"})
        return httpx.Response(200 if request.headers["x-key"] == "new" else 401, json={"ok": True})

    api, _, kept = _session(answer)
    assert (api.get("/x"), kept) == ({"ok": True}, {"token": "new"})


def test_a_token_that_cannot_be_renewed_needs_a_person() -> None:
    api, _, _ = _session(lambda _r: httpx.Response(401, json={"message": f"bad {SECRET}"}))
    with pytest.raises(UnavailableError) as error:
        api.get("/x", {"q": "name"})
    assert error.value.code == "needs_token"
    assert SECRET not in json.dumps(error.value.as_dict())


@pytest.mark.parametrize(
    "body", [{"error": {"message": f"no {SECRET} here"}}, {"errors": [{"detail": f"{SECRET}"}]}, SECRET]
)
def test_what_a_vendor_says_is_told_without_secrets(body: Any) -> None:
    api, _, _ = _session(lambda _r: httpx.Response(403, json=body))
    with pytest.raises(RefusedError) as error:
        api.get("/x", {"token": SECRET})
    assert SECRET not in str(error.value) + repr(error.value.as_dict())
    assert (error.value.status, "•••" in error.value.message) == (403, True)


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000 + b"]" * 200_000, b"<html>", b'{"a": NaN}', b"\xff\xfe{}"],
    ids=["deep", "html", "nan", "bytes"],
)
def test_an_answer_that_cannot_be_read_is_no_fault_of_ours(content: bytes) -> None:
    api, _, _ = _session(lambda _r: httpx.Response(200, content=content))
    with pytest.raises(TenureError) as error:
        api.get("/x")
    assert error.value.code == "no_answer"


def test_an_answer_beyond_measure_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1000)
    api, _, _ = _session(lambda _r: httpx.Response(200, content=b" " * 2000))
    with pytest.raises(DataError, match="in one answer"):
        api.get("/x")
