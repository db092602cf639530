"""Reporting lines on pages: everybody reads the names, figures go as far as sight, and each says who answers of those below her.

Hanna leads Mona and Max; Mona leads Cora (Acme 1,000 and Birch 500 a month) and Carl (Cedar 200); Max leads Sue, who has nothing.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenure.web.access.roles import Role
from tests.web import small
from tests.web.company import put_into, text_of

pytestmark = pytest.mark.django_db
NAMES = {"hanna": "Hanna", "mona": "Mona", "max": "Max", "cora": "Cora", "carl": "Carl", "sue": "Sue"}
ARR = {"company": "€20.4K", "cora": "€18K", "carl": "€2.4K"}


STAFF = """csm_id,name,manager_id,role
hanna,Hanna,,leader
mona,Mona,hanna,manager
max,Max,hanna,manager
cora,Cora,mona,csm
carl,Carl,mona,csm
sue,Sue,max,csm
"""
#: Of Carl's accounts nobody, and of Max's line Mona.
TOLD = """metric,line_id,csm_id,valid_from
arr,,hanna,2025-01-01
arr,mona,mona,2025-01-01
arr,cora,cora,2025-01-01
arr,max,mona,2025-01-01
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return small.made_in(tmp_path_factory.mktemp("led"), {"csm": STAFF, "accountability": TOLD})


@pytest.fixture
def led(made, home):
    """The small company under a head, with some who answer for ARR."""
    return put_into(home, made)


@pytest.fixture
def readers(led, somebody, as_):
    return {
        "cora": as_(somebody(Role.CSM, email="cora@example.com", csm_id="cora")),
        "mona": as_(somebody(Role.MANAGER, email="mona@example.com", csm_id="mona")),
        "boss": as_(somebody(Role.EXECUTIVE, email="boss@example.com", csm_id="hanna")),
        "viewer": as_(somebody(Role.VIEWER, email="viewer@example.com")),
    }


def test_everybody_reads_who_answers_and_what_is_missing(readers):
    for who, client in readers.items():
        for url in ("/reporting-lines/", "/reporting-lines/arr/", "/reporting-lines/of/mona/"):
            text = text_of(client, url)
            assert {name for name in NAMES.values() if name in text} >= {"Hanna", "Mona", "Cora", "Carl"}, (who, url)
        text = text_of(client, "/reporting-lines/arr/")
        assert ("outside the line" in text, "nobody" in text) == (True, True), who
        (cell,) = [
            one for one in client.get("/api/accountability?metric=arr").json()["data"] if one["line_id"] == "max"
        ]
        assert (cell["level"], cell["gap"], cell["told"][0]["csm_id"]) == ("team", "outside", "mona")
        assert client.get("/reporting-lines/nothing/").status_code == 404
        assert client.get("/reporting-lines/of/nobody/").status_code == 404
        assert client.get("/reporting-lines/?day=soon").status_code == 404


def test_figures_go_as_far_as_sight_everywhere(readers):
    seen = {"cora": {"cora"}, "mona": {"cora", "carl", "company"}, "boss": set(ARR), "viewer": set(ARR)}
    for who, client in readers.items():
        pages = [
            text_of(client, url)
            for url in ("/reporting-lines/arr/", "/reporting-lines/of/cora/", "/reporting-lines/of/hanna/")
        ]
        shown = {name for name, value in ARR.items() if any(f">{value}<" in page for page in pages)}
        # Mona's line has all that is owned, so that its sum is the company's; the company's own row stays closed to her.
        assert shown == seen[who], who
        data = client.get("/api/reporting-lines?metric=arr").json()["data"]
        values = {part["id"] or "": part["value"] for part in data["parts"] if part["kind"] == "unit"}
        hidden = {part["id"] or "" for part in data["parts"] if not part["seen"]}
        assert (values[""] is None) == (who in ("cora", "mona")) == ("" in hidden)
        assert (values["carl"] is None) == (who == "cora")
    assert "not in your sight" in text_of(readers["cora"], "/reporting-lines/arr/")
    assert "the parts make the whole" in text_of(readers["boss"], "/reporting-lines/arr/")


def given(**more: Any) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "message_id": "a" * 32,
        "metrics": ["arr"],
        "units": ["carl"],
        "who": "*",
        "day": (today - timedelta(days=1)).isoformat(),
    } | more


def holder(company, unit: str) -> list[tuple[str, str]]:
    (cell,) = [one for one in company.lines(metric="arr").cells if one.unit == unit]
    return [(one.csm_id, one.by) for one in cell.told]


def test_each_says_of_those_below_her_only(readers, led, administrator):
    for who in ("cora", "viewer"):
        assert readers[who].get("/reporting-lines-set/").status_code == 403
        assert readers[who].post("/reporting-lines-set/", given()).status_code == 403
    for unit, who in (("mona", "*"), ("company", "*"), ("sue", "*"), ("max", "mona"), ("carl", "hanna")):
        assert readers["mona"].post("/reporting-lines-set/", given(units=[unit], who=who)).status_code == 422, unit
    assert holder(led, "carl") == []
    assert "say who" in text_of(readers["mona"], "/reporting-lines/arr/")
    assert "say who" not in text_of(readers["viewer"], "/reporting-lines/arr/")
    assert readers["mona"].post("/reporting-lines-set/", given()).status_code == 302
    readers["mona"].post("/reporting-lines-set/", given(who="cora"))  # sent again, what it said first is kept
    ((csm, by),) = holder(led, "carl")
    assert (csm, by.startswith("user ")) == ("carl", True)


def test_two_are_refused_unless_one_takes_over(readers, led):
    boss = readers["boss"]
    answer = boss.post("/reporting-lines-set/", given(units=["max"]))
    assert answer.status_code == 422
    assert "two cannot" in answer.content.decode()
    every = given(
        units=["level:team", "level:person"], takes_over="on", reason="It was forgotten.", message_id="b" * 32
    )
    assert boss.post("/reporting-lines-set/", every).status_code == 302
    assert [holder(led, unit)[0][0] for unit in ("mona", "max", "cora", "carl", "sue")] == [
        "mona",
        "max",
        "cora",
        "carl",
        "sue",
    ]
    text = text_of(boss, "/reporting-lines/arr/")
    assert "It was forgotten." not in text.partition("Before")[0]
    assert "outside the line" not in text
    assert "outside the line" in text_of(
        boss, f"/reporting-lines/arr/?day={datetime.now(UTC).date() - timedelta(days=9)}"
    ), "it was so then"
    answer = boss.post("/reporting-lines-set/", every | {"message_id": "c" * 32})
    assert "It is so already" in answer.content.decode()


def test_a_file_has_a_row_for_each_metric_and_unit(readers):
    answer = readers["cora"].get("/reporting-lines/?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    arr = {row["line_id"]: (row["level"], row["csm_id"], row["gap"]) for row in rows if row["metric"] == "arr"}
    assert arr == {
        "": ("executive", "hanna", ""), "mona": ("team", "mona", ""), "max": ("team", "mona", "outside"), "cora": ("person", "cora", ""),
        "carl": ("person", "", "nobody"), "sue": ("person", "", "nobody"),
    }  # fmt: skip
    assert readers["cora"].get("/reporting-lines/?format=xlsx").status_code == 200


def test_a_person_reads_what_she_answers_for_and_of_what_it_is_made(readers):
    text = text_of(readers["mona"], "/reporting-lines/of/mona/")
    for words in (
        "What I answer for",
        "Line of Mona",
        "Line of Max",
        "outside the line",
        "Missing in this line",
        ARR["cora"],
        ARR["carl"],
    ):
        assert words in text, words
    assert "What I answer for" in text_of(readers["mona"], "/reporting-lines/")
    assert "Nothing yet" in text_of(readers["boss"], "/reporting-lines/of/sue/")
