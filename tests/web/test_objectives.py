"""Objectives on pages: who sees whose, what a form refuses, and what stays of it.

Mona leads Cora and Carl, the team North; Max leads Sue, the team South. What each objective is called is planted: nobody may read
a word of those of others.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenure.core.period import Grain, period_at
from tenure.web.access.roles import Role
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
QUARTER = period_at(Grain.QUARTER, datetime.now(UTC).date(), 1)
WORDS = {
    "company": "Quokka", "north": "Narwhal", "south": "Satyr", "cora": "Capybara", "carl": "Caracal", "mona": "Manatee", "sue": "Serval",
}  # fmt: skip
SEEN = {
    "cora": {"company", "north", "cora"},
    "mona": {"company", "north", "cora", "carl", "mona"},
    "admin": set(WORDS),
}  # fmt: skip


def staff(name: str, manager: str, team: str) -> dict[str, Any]:
    return {"csm_id": name, "name": name.capitalize(), "manager_id": manager or None, "team": team, "valid_from": "2025-01-01"}  # fmt: skip


def row(name: str, level: str, csm_id: str, team: str = "", metric: str = "customer_retention_rate") -> dict[str, Any]:
    whose = {"company": "", "team": f"team={team}", "person": f"owner={csm_id}"}[level]
    return {
        "objective_id": name, "level": level, "csm_id": csm_id, "team": team or None, "name": WORDS[name], "metric": metric, "slice": whose,
        "direction": "at_least", "target": "0.9", "period_start": QUARTER.start.isoformat(), "period_end": QUARTER.end.isoformat(),
        "by": f"by {WORDS[name]}", "at": f"{QUARTER.start - timedelta(days=9)}T08:00:00Z",
    }  # fmt: skip


@pytest.fixture
def led(small_company):
    """The small company with two teams and an objective of everybody, each with a check-in."""
    small_company.record(
        "csm",
        [staff("mona", "", "North"), staff("cora", "mona", "North"), staff("carl", "mona", "North"), staff("max", "", "South"), staff("sue", "max", "South")],
        by="x", message_id="staff",
    )  # fmt: skip
    rows = [
        row("company", "company", "max"), row("north", "team", "mona", "North"), row("south", "team", "max", "South"),
        *(row(name, "person", name) for name in ("cora", "carl", "mona", "sue")),
    ]  # fmt: skip
    small_company.record("objective", rows, by="x", message_id="objectives")
    said = [
        {"check_in_id": f"c-{name}", "objective_id": name, "at": datetime.now(UTC) - timedelta(hours=1), "confidence": "0.5", "text": f"said of {word}", "by": "x"}
        for name, word in WORDS.items()
    ]  # fmt: skip
    small_company.record("objective_check_in", said, by="x", message_id="check-ins")
    return small_company


@pytest.fixture
def readers(led, somebody, as_):
    return {
        "cora": as_(somebody(Role.CSM, email="cora@example.com", csm_id="cora")),
        "mona": as_(somebody(Role.MANAGER, email="mona@example.com", csm_id="mona")),
        "admin": as_(somebody(Role.ADMINISTRATOR, email="admin@example.com")),
        "viewer": as_(somebody(Role.VIEWER, email="viewer@example.com")),
    }


def test_what_has_come_of_an_objective_leads_to_its_rows(readers):
    """The window's figure of the slice that is meant, in one click from the list and from the gap."""
    mona = readers["mona"]
    page = text_of(mona, "/objectives/cora/")
    (link,) = set(re.findall(r'href="(/metrics/customer_retention_rate/[^"]+#rows)"', page))
    for part in ("grain=quarter", "only=owner%3Acora", f"at={QUARTER.start}"):
        assert part in link
    value = re.search(r'<strong class="number">([^<]+)</strong>', page)[1]
    rows = text_of(mona, link.removesuffix("#rows")).partition('id="rows"')[2]
    assert value in rows
    assert {"Acme", "Birch"} == set(re.findall("Acme|Birch|Cedar", rows))
    assert f'<a class="plain-figure" href="{link}">{value}</a>' in text_of(mona, "/objectives/")


def test_nobody_reads_a_word_of_anothers(readers):
    lists = (
        "/objectives/",
        "/objectives/?whose=person",
        "/objectives-gap/",
        "/objectives/?format=csv",
        "/api/objectives",
        "/objectives/north/",
    )
    for who, client in readers.items():
        for url in (*lists, "/objectives-set/"):
            answer = client.get(url)
            if who == "viewer" or (who == "cora" and url == "/objectives-set/"):
                assert answer.status_code == 403, (who, url)
                continue
            assert answer.status_code == 200, (who, url)
            text = answer.content.decode()
            assert not {word for name, word in WORDS.items() if word in text and name not in SEEN[who]}, (who, url)
        for name, word in WORDS.items():
            for part in ("", "change/", "weights/"):
                answer = client.get(f"/objectives/{name}/{part}")
                may = (
                    who != "viewer"
                    and name in SEEN[who]
                    and (not part or who == "admin" or (who == "mona" and name != "company"))
                )
                assert (answer.status_code == 200) is may, (who, name, part)
                assert may or word not in answer.content.decode()
    told = {name for name, word in WORDS.items() if word in text_of(readers["mona"], "/objectives/")}
    assert told == SEEN["mona"], "what she may see is there, or this test could not fail"
    assert "said of Capybara" in text_of(readers["cora"], "/objectives/cora/")


def test_nobody_tells_anything_of_anothers(readers, led):
    known = {one.objective.id: one.objective for one in led.objectives("all", figures=False).found}
    given = {"message_id": "a" * 32, "confidence": "0.9", "what": "dropped", "reason": "x", "text": "x"}
    for name in ("carl", "sue", "south", "company"):
        for part in ("say/", "settle/"):
            assert readers["cora"].post(f"/objectives/{name}/{part}", given).status_code == 404, (name, part)
    for part in ("say/", "settle/", "change/", "weights/"):
        assert readers["mona"].post(f"/objectives/sue/{part}", given).status_code == 404, part
    assert readers["cora"].post("/objectives/cora/settle/", given).status_code == 404, "she does not give up her own"
    assert {one.objective.id: one.objective for one in led.objectives("all", figures=False).found} == known


def filled(**more: str) -> dict[str, str]:
    return {
        "message_id": "b" * 32, "name": "Keep them", "level": "person", "csm_id": "cora", "period": QUARTER.label,
        "metric": "customer_retention_rate", "target": "85", "do": "set",
    } | more  # fmt: skip


REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"target": ""}, "There is no target."), ({"target": "8500"}, "no such share"), ({"slice": "colour=red"}, "colour"),
    ({"metric": "customer_health_score", "target": "80"}, "no measure of people"), ({"direction": "at_most"}, "more is better"),
    ({"csm_id": "sue"}, "Select a valid choice"),
)  # fmt: skip


def test_the_form_refuses_what_cannot_be_an_objective(readers):
    for more, says in REFUSED:
        answer = readers["mona"].post("/objectives-set/", filled(**more))
        assert answer.status_code == 422, more
        assert says in answer.content.decode(), more


def test_an_objective_is_tried_set_changed_and_said_of(readers, led):
    mona, cora = readers["mona"], readers["cora"]
    tried = mona.post("/objectives-set/", filled(do="try"))
    assert tried.status_code == 200
    assert re.search(r"in \d of the last \d windows", tried.content.decode())
    assert len(led.objectives(of="cora", figures=False).found) == 1
    assert mona.post("/objectives-set/", filled()).status_code == 302
    mona.post("/objectives-set/", filled())  # sent again, it is set once
    (one,) = [each for each in led.objectives(of="cora", figures=False).found if each.objective.name == "Keep them"]
    name = one.objective.id
    assert (str(one.objective.target.normalize()), one.objective.slice) == ("0.85", "owner=cora")
    assert 'value="85"' in text_of(mona, f"/objectives/{name}/change/")
    again = filled(target="80", message_id="c" * 32)
    assert "Say why" in mona.post(f"/objectives/{name}/change/", again).content.decode()
    assert mona.post(f"/objectives/{name}/change/", again | {"reason": "Handed over late."}).status_code == 302
    said = {"message_id": "d" * 32, "confidence": "0.7", "text": "It will do."}
    assert cora.post(f"/objectives/{name}/say/", said).status_code == 302
    text = text_of(cora, f"/objectives/{name}/")
    for words in ("85.0% → 80.0%", "in its window", "Handed over late.", "Ada Example", "70%", "It will do."):
        assert words in text, words
    text = text_of(mona, f"/objectives/{name}/weights/")
    assert (
        mona.post(
            f"/objectives/{name}/weights/", {"message_id": "e" * 32, "weight-0": "50", "weight-1": "40"}
        ).status_code
        == 422
    )
    assert (
        mona.post(
            f"/objectives/{name}/weights/", {"message_id": "e" * 32, "weight-0": "60", "weight-1": "40"}
        ).status_code
        == 302
    )
    assert sorted(
        str(each.objective.weight.normalize()) for each in led.objectives(of="cora", figures=False).found
    ) == ["0.4", "0.6"]


def test_the_tree_stands_from_the_company_down(readers, led):
    rows = [
        row("north", "team", "mona", "North") | {"serves": "company"},
        row("cora", "person", "cora") | {"serves": "north"},
    ]
    led.record("objective", [one | {"at": datetime.now(UTC)} for one in rows], by="x", message_id="tree")
    text = text_of(readers["mona"], "/objectives/")
    depths = {name: depth for depth, name in re.findall(r'class="depth-(\d)"><a href="/objectives/(\w+)/', text)}
    assert (depths["company"], depths["north"], depths["cora"], depths["carl"]) == ("0", "1", "2", "0")
    assert "Narwhal" in text_of(readers["cora"], "/objectives/cora/")


def test_of_a_window_that_is_over_nothing_is_weighed(readers, led):
    before = period_at(Grain.QUARTER, QUARTER.start - timedelta(days=1), 1)
    rows = [
        row("cora", "person", "cora") | {"weight": "0.9"},
        row("cora", "person", "cora")
        | {"objective_id": "past", "weight": "0.9", "period_start": before.start.isoformat(), "period_end": before.end.isoformat()},
    ]  # fmt: skip
    led.record("objective", [one | {"at": datetime.now(UTC)} for one in rows], by="x", message_id="past")
    assert "Weigh them" in text_of(readers["mona"], "/objectives/"), "or this test could not fail"
    assert "/objectives/cora/weights/" in text_of(readers["mona"], "/objectives/cora/")
    assert "Weigh them" not in text_of(readers["mona"], "/objectives/?which=over")
    assert "/weights/" not in text_of(readers["mona"], "/objectives/past/")
