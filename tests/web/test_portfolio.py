"""The pages of portfolios: who sees what, and what is applied and taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tenure import keeper
from tenure.web.access.roles import Role
from tenure.web.portfolio.models import Applied
from tenure.web.work.models import Status, Task
from tests.web.company import put_into, text_of
from tests.web.company import today as today_there
from tests.web.small import made_in

pytestmark = pytest.mark.django_db
MORE = [f"m{n}" for n in range(5)]
FILES = {
    "account": "account_id,name,segment\n" + "".join(f"{name},More {name},SMB\n" for name in MORE),
    "subscription": "subscription_id,account_id,amount,started_at\n"
    + "".join(f"x-{name},{name},100,2025-01-01\n" for name in MORE),
    "assignment": "account_id,csm_id,valid_from\n" + "".join(f"{name},cora,2025-01-01\n" for name in MORE),
    "handover_item": "account_id,kind,from_id,to_id,item,due_at\nacme,sales_to_success,mona,cora,goals,2026-01-01\n",
}
RULES = '# ours\n[tiers.Top]\nwhere = [["arr", "at_least", 6000]]\nhours = 5\n[workload]\nhours = 5\n[balance]\nmost_moves = 1\narr = 0\nrisk = 0\n'


@pytest.fixture(scope="module")
def small_home(tmp_path_factory):
    home = made_in(tmp_path_factory.mktemp("portfolio"), FILES)
    (home / "portfolio.toml").write_text(RULES)
    keeper.open(home).rows("accounts", limit=1)  # published by these rules
    return home


@pytest.fixture
def company(small_home, home):
    return put_into(home, small_home)


def owners(company, at="now"):
    return {
        row["account_id"]: row["owner"]
        for row in company.rows("accounts", columns=("account_id", "owner"), limit=100).rows
    }


def proposed(client):
    """The form of the proposal: its moves and its message id."""
    page = client.get("/balance/proposal/").content.decode()
    moves = re.findall(r'name="move" value="([^"]+)"', page)
    (message_id,) = re.findall(r'name="message_id" value="([0-9a-f]+)"', page)
    return moves, message_id


def test_a_csm_sees_the_own_book_and_no_plan_for_others(company, somebody, as_) -> None:
    cora = as_(somebody(Role.CSM, csm_id="cora", name="Cora"))
    shown = text_of(cora, "/workload/")
    assert "Cora" in shown
    assert "Carl" not in shown
    assert "Cedar" not in text_of(cora, "/coverage/")
    one = text_of(cora, "/workload/cora/")
    assert "More m1" in one
    assert cora.get("/workload/carl/").status_code == 404
    for page in ("/balance/", "/balance/proposal/", "/headcount/", "/service-levels/"):
        assert cora.get(page).status_code == 403, page
    for page in ("/balance/apply/", "/service-levels/apply/"):
        assert cora.post(page).status_code == 403, page


def test_an_absence_is_said_counted_and_taken_off_by_who_may(company, somebody, as_) -> None:
    """Cora is away for the week after next: her hours are fewer until that is taken off; a second click changes nothing."""
    mona = as_(somebody(Role.MANAGER, csm_id="mona", name="Mona"))
    carl = as_(somebody(Role.CSM, csm_id="carl", name="Carl", email="carl@example.com"))
    full = company.workload().capacities["cora"].hours
    first = today_there() + timedelta(days=14 - today_there().weekday())
    given = {
        "first": first.isoformat(), "last": (first + timedelta(days=4)).isoformat(), "cover": "carl", "message_id": "a" * 32,
    }  # fmt: skip
    for url in ("/absence/of/cora/", "/absence/off/cora/"):
        assert carl.post(url, given).status_code == 404, "another's"
    assert as_(somebody(Role.EXECUTIVE, email="ex@example.com")).get("/absence/of/cora/").status_code == 403
    assert "Carl" in text_of(mona, "/absence/of/cora/")
    for wrong in ({"last": (first - timedelta(days=1)).isoformat()}, {"cover": "cora"}, {"first": ""}):
        assert mona.post("/absence/of/cora/", given | wrong | {"message_id": "b" * 32}).status_code == 422, wrong
    for _twice in range(2):
        assert mona.post("/absence/of/cora/", given).status_code == 302
    assert company.workload().capacities["cora"].hours < full
    page = text_of(mona, "/workload/cora/")
    assert "Carl stands in" in page
    assert "Take it off" in page
    off = {"first": given["first"], "last": given["last"], "message_id": "c" * 32}
    for _twice in range(2):
        assert "It is taken off." in mona.post("/absence/off/cora/", off, follow=True).content.decode()
    assert company.workload().capacities["cora"].hours == full
    assert carl.post("/absence/of/carl/", given | {"cover": "cora", "message_id": "d" * 32}).status_code == 302, (
        "one's own"
    )


def test_moves_are_applied_from_a_day_on_with_their_hand_overs_and_taken_back(company, somebody, as_) -> None:
    """Cora has seven accounts of five hours, Carl one, Mona none: of 40 hours each would have a third, and 13 are not whole."""
    cora = somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com")
    mona = as_(somebody(Role.MANAGER, csm_id="mona", name="Mona"))
    before = owners(company)
    moves, message_id = proposed(mona)
    assert moves
    assert all(move.split("\x1f")[1] == "cora" for move in moves)
    day = today_there()
    given = {"message_id": message_id, "day": day.isoformat(), "tasks": "on", "move": moves}
    assert mona.post("/balance/apply/", given).status_code == 302
    expected = before | {account: taker for account, _giver, taker in (move.split("\x1f") for move in moves)}
    assert owners(company) == expected
    assert mona.post("/balance/apply/", given).status_code == 302, "sent again, it is taken once"
    items = company.rows("handover_item", where=[("kind", "equals", "csm_to_csm")], limit=100).rows
    assert len(items) == 4 * len(moves)
    assert {item["from_id"] for item in items} == {"cora"}
    tasks = Task.objects.filter(kind="handover")
    assert tasks.count() == len(moves)
    assert {task.due for task in tasks} == {day}
    assert cora.pk not in {task.owner_id for task in tasks}, "she sees them no more"
    applied = Applied.objects.get()
    assert mona.post(f"/balance/{applied.pk}/take-back/").status_code == 302
    assert owners(company) == before
    assert company.rows("handover_item", where=[("kind", "equals", "csm_to_csm")]).total == 0
    assert {task.status for task in Task.objects.filter(kind="handover")} == {Status.DROPPED}
    assert mona.post(f"/balance/{applied.pk}/take-back/").status_code == 404, "once"

    # From a week on: until then Cora has them, and the tasks to hand them over.
    moves, message_id = proposed(mona)
    week = day + timedelta(days=7)
    mona.post("/balance/apply/", {"message_id": message_id, "day": week.isoformat(), "tasks": "on", "move": moves[:1]})
    assert owners(company) == before
    (task,) = Task.objects.filter(kind="handover", status=Status.OPEN)
    assert (task.owner_id, task.due) == (cora.pk, week)
    assert moves[0] not in proposed(mona)[0], "it changes hands already"


def test_of_a_move_that_stands_the_hand_over_stands_too(company, somebody, as_) -> None:
    mona = as_(somebody(Role.MANAGER, csm_id="mona", name="Mona"))
    moves, message_id = proposed(mona)
    assert len(moves) > 1
    day = today_there()
    assert (
        mona.post("/balance/apply/", {"message_id": message_id, "day": day.isoformat(), "move": moves}).status_code
        == 302
    )
    account, _giver, taker = moves[0].split("\x1f")
    later = {
        "account_id": account,
        "csm_id": "cora",
        "role": "owner",
        "valid_from": (day + timedelta(days=1)).isoformat(),
        "share": 1,
    }
    company.record("assignment", [later], by="x", message_id="later")
    mona.post(f"/balance/{Applied.objects.get().pk}/take-back/")
    assert owners(company)[account] == taker
    items = company.rows("handover_item", where=[("kind", "equals", "csm_to_csm")], limit=100).rows
    assert [item["account_id"] for item in items] == [account] * 4


def test_what_changed_meanwhile_is_not_moved(company, somebody, as_) -> None:
    mona = as_(somebody(Role.MANAGER, csm_id="mona", name="Mona"))
    moves, message_id = proposed(mona)
    account, giver, taker = moves[0].split("\x1f")
    day = today_there().isoformat()
    wrong = [
        ("another owner", [f"{account}\x1fcarl\x1f{taker}"], day), ("nobody called", [f"{account}\x1f{giver}\x1fnobody"], day),
        ("No move was chosen", [], day), ("in the past", moves, (today_there() - timedelta(days=1)).isoformat()),
        ("choose a day", moves, "soon"),
    ]  # fmt: skip
    before = owners(company)
    for says, chosen, when in wrong:
        answer = mona.post("/balance/apply/", {"message_id": message_id, "day": when, "move": chosen}, follow=True)
        assert says in answer.content.decode(), says
    assert owners(company) == before
    assert not Applied.objects.exists()


def test_rules_are_looked_at_saved_and_applied(company, somebody, as_) -> None:
    olga = as_(somebody(Role.OPERATIONS, name="Olga"))
    shown = text_of(olga, "/service-levels/")
    assert "ARR at least 6,000" in shown
    page = olga.get("/service-levels/edit/").content.decode()
    (over,) = re.findall(r'name="over" value="([0-9a-f]+)"', page)
    text = RULES.replace("6000", "12000")
    looked = olga.post("/service-levels/edit/", {"text": text, "over": over})
    assert looked.status_code == 200
    assert (company.home / "portfolio.toml").read_text() == RULES, "nothing is saved by looking"
    refused = olga.post("/service-levels/edit/", {"text": text + "colour = 1\n", "over": over, "save": "yes"})
    assert refused.status_code == 422
    assert "There is no key colour here" in refused.content.decode()
    assert olga.post("/service-levels/edit/", {"text": text, "over": over, "save": "yes"}).status_code == 302
    assert (company.home / "portfolio.toml").read_text() == text
    shown = text_of(olga, "/service-levels/")
    assert "Olga" in shown
    (message_id,) = re.findall(r'name="message_id" value="([0-9a-f]+)"', olga.get("/service-levels/").content.decode())
    for _ in range(2):
        olga.post("/service-levels/apply/", {"message_id": message_id})
    tiers = {
        row["account_id"]: row["tier"]
        for row in company.rows("accounts", columns=("account_id", "tier"), limit=100).rows
    }
    assert tiers["acme"] == "Top", "1,000 a month are 12,000 a year"
    assert {name for name, tier in tiers.items() if tier} == {"acme"}
    olga.post(f"/balance/{Applied.objects.get().pk}/take-back/")
    assert not any(row["tier"] for row in company.rows("accounts", columns=("tier",), limit=100).rows)


def test_an_item_of_a_hand_over_is_told_to_be_done(company, somebody, as_) -> None:
    cora, carl = (
        as_(somebody(Role.CSM, csm_id=name, name=name.title(), email=f"{name}@example.com"))
        for name in ("cora", "carl")
    )
    page = cora.get("/hand-overs/").content.decode()
    message_id = re.findall(r'name="message_id" value="([0-9a-f]+)"', page)[0]
    given = {"message_id": message_id, "item": "goals"}
    assert carl.post("/hand-overs/acme/done/", given).status_code == 404
    assert cora.post("/hand-overs/acme/done/", given | {"item": "nothing"}).status_code == 404
    assert cora.post("/hand-overs/acme/done/", given).status_code == 302
    (row,) = company.rows("handover_item", columns=("item", "from_id", "to_id", "done_at")).rows
    assert (row["item"], row["from_id"], row["to_id"], row["done_at"] is not None) == ("goals", "mona", "cora", True)


def test_pages_and_answers_for_programs_say_the_same(company, somebody, as_) -> None:
    boss = as_(somebody(Role.EXECUTIVE, name="Boss"))
    for page in (
        "/workload/",
        "/coverage/",
        "/balance/",
        "/headcount/",
        "/service-levels/",
        "/hand-overs/",
        "/workload/cora/",
    ):
        assert boss.get(page).status_code == 200, page
    assert "Apply the chosen" not in boss.get("/balance/proposal/").content.decode(), (
        "who tells nothing applies nothing"
    )
    told = {
        name: boss.get(f"/api/{name}").json()["data"]
        for name in ("workload", "coverage", "balance", "headcount", "handovers")
    }
    held = {one["person"]: float(one["hours"]) for one in told["workload"]["held"]}
    assert held == {"carl": 5, "cora": 35, "mona": 0}
    rows = boss.get("/workload/?format=csv").getvalue().decode().splitlines()
    assert len(rows) == 4
    assert told["balance"]["plan"]["moves"]
    assert len(told["headcount"]["outlook"]["months"]) == 12
    assert [one["account"] for one in told["handovers"]["handovers"] if one["items"]] == ["acme"]
