"""Success plans: made, shared by a link that shows nothing else, and what the customer says there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tenure import keeper
from tenure.core.errors import UsageError
from tenure.engine.plan_templates import read, templates
from tenure.engine.verbs.load import Load
from tenure.web.access.models import AuditEntry
from tenure.web.access.roles import Role
from tenure.web.kit.goals import progress
from tenure.web.plans import links
from tenure.web.plans.models import PlanLink
from tests.web.company import put_into, text_of
from tests.web.small import made_in

pytestmark = pytest.mark.django_db
PLAN = "/accounts/acme/plan/"
MORE = {
    "goal": "goal_id,account_id,name,measure,baseline,target,current\ng1,acme,Fewer calls,calls a day,40,10,25\ng2,cedar,Cedar's goal,,,,\n",
    "step": "step_id,account_id,goal_id,name,side\nw1,acme,g1,Invite the team,customer\nw2,acme,g1,Train them,us\nw3,cedar,g2,Cedar's step,customer\n",
    "note": "note_id,account_id,at,text\nn1,acme,2026-11-01,secret word of ours\n",
    "score": "account_id,model,version,at,score,band\nacme,health,v1,2026-11-20,61.5,fair\n",
    "person": "person_id,account_id,name,email\nq1,acme,Quin,quin@acme.example\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def small_home(tmp_path_factory):
    home = made_in(tmp_path_factory.mktemp("plans"), MORE)
    keeper.open(home).dossier("acme", {})
    return home


@pytest.fixture
def company(small_home, home):
    return put_into(home, small_home)


@pytest.fixture
def cora(company, somebody):
    return somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com")


def opened(secret: str) -> Client:
    """The customer's browser, with the link opened."""
    customer = Client()
    answer = customer.get(f"/shared-plan/open/{secret}/")
    assert (answer.status_code, answer["Location"]) == (302, "/shared-plan/"), answer.content.decode()
    return customer


def goal(company, key="g1"):
    return company.rows(
        "goal", where=[("goal_id", "equals", key)], columns=("confirmed_by", "confirmed_at", "reached_at")
    ).rows[0]


def step(company, key="w1"):
    return company.rows(
        "step", where=[("step_id", "equals", key)], columns=("done_at", "done_by", "name", "side")
    ).rows[0]


def test_a_plan_is_begun_from_a_template_and_changed(company, cora, as_):
    client = as_(cora)
    begun = "/accounts/birch/plan/"
    assert "There is no plan yet" in text_of(client, begun)
    assert client.post(f"{begun}begin/", {"template": "Onboarding"}).status_code == 302
    (onboarding,) = [one for one in templates(company.home) if one.name == "Onboarding"]
    of_birch = [("account_id", "equals", "birch")]
    assert company.rows("goal", where=of_birch).total == len(onboarding.goals)
    steps = company.rows(
        "step", where=of_birch, columns=("name", "side", "due_at", "goal_id"), order=("position",)
    ).rows
    assert [row["name"] for row in steps] == [step.name for goal in onboarding.goals for step in goal.steps]
    assert {row["side"] for row in steps} == {"customer", "us"}
    first = datetime.now(UTC).date() + timedelta(days=7)
    assert abs(steps[0]["due_at"].date() - first) <= timedelta(days=1)  # a day of the organisation's
    given = {
        "name": "Two <b>teams</b>",
        "measure": "teams",
        "baseline": "0",
        "current": "1",
        "target": "2",
        "due_at": "",
        "message_id": "a" * 32,
    }
    for _again in range(2):
        assert client.post(f"{begun}goal/", given).status_code == 302
    page = text_of(client, begun)
    assert "50%" in page
    assert company.rows("goal", where=of_birch).total == len(onboarding.goals) + 1
    assert client.post(f"{begun}begin/", {"template": "None"}).status_code == 404


def test_steps_are_ticked_and_taken_out_within_the_own_account_only(company, cora, as_):
    client = as_(cora)
    assert client.post(f"{PLAN}do/", {"do": "tick", "key": "w2"}).status_code == 302
    assert (step(company, "w2")["done_at"] is not None, step(company, "w2")["done_by"]) == (True, "cora")
    client.post(f"{PLAN}do/", {"do": "tick", "key": "w2"})
    assert step(company, "w2")["done_at"] is None
    for do, key in (
        ("tick", "w3"),
        ("reach", "g2"),
        ("remove_step", "w3"),
        ("remove_goal", "g2"),
        ("nothing", "w1"),
        ("tick", ""),
    ):
        assert client.post(f"{PLAN}do/", {"do": do, "key": key}).status_code == 404, do
    assert client.post("/accounts/cedar/plan/do/", {"do": "tick", "key": "w3"}).status_code == 404
    client.post(f"{PLAN}do/", {"do": "remove_step", "key": "w2"})
    assert company.rows("step", where=[("step_id", "equals", "w2")]).total == 0
    assert "Train them" not in text_of(client, PLAN)


def test_a_shared_plan_shows_the_plan_and_nothing_else(company, cora):
    customer = opened(links.share("acme", "Quin", 30, by=cora).secret)
    answer = customer.get("/shared-plan/")
    page = answer.content.decode()
    assert answer["X-Robots-Tag"].startswith("noindex")
    for shown in ("Fewer calls", "Invite the team", "Train them", "50%"):
        assert shown in page
    for hidden in (
        "secret word",
        "61",
        "fair",
        "ARR",
        "€",
        "1,000",
        "Health",
        "Risk",
        "quin@acme",
        "Cedar",
        "cora@example.com",
        "/accounts/",
    ):
        assert hidden not in page, hidden
    for url in ("/accounts/acme/", PLAN, "/accounts/", "/board/", "/account/"):
        assert customer.get(url)["Location"].startswith("/log-in/")


def test_what_the_customer_says_is_the_customer_s_fact(company, cora, as_):
    link = links.share("acme", "Quin", 30, by=cora)
    customer = opened(link.secret)
    said = {"name": "Quin <i>Q</i>"}
    assert customer.post("/shared-plan/do/", said | {"do": "confirm", "key": "g1"}).status_code == 302
    assert goal(company)["confirmed_by"] == "Quin <i>Q</i>"
    assert goal(company)["confirmed_at"] is not None
    customer.post("/shared-plan/do/", said | {"do": "tick", "key": "w1"})
    assert (step(company)["done_by"], step(company)["name"]) == ("Quin <i>Q</i>", "Invite the team")
    customer.post("/shared-plan/do/", said | {"do": "comment", "text": "<script>alert(1)</script> well"})
    (comment,) = company.rows("plan_comment", columns=("side", "by", "text")).rows
    assert (comment["side"], comment["text"]) == ("customer", "<script>alert(1)</script> well")
    for client, url in ((customer, "/shared-plan/"), (as_(cora), PLAN), (as_(cora), "/accounts/acme/timeline/")):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; well" in page
        assert "<i>Q</i>" not in page
    told = AuditEntry.objects.filter(kind="plan_link").values_list("act", flat=True)
    assert list(told.order_by("seq")) == ["plan_shared", "plan_opened"]


def test_what_a_customer_is_called_is_what_she_typed_and_a_goal_is_confirmed_once(company, cora):
    customer = opened(links.share("acme", "Quin", 30, by=cora).secret)
    name, told = "q1", "Quin"
    assert customer.post("/shared-plan/do/", {"do": "comment", "text": "Well", "name": name}).status_code == 302
    page = text_of(customer, "/shared-plan/").partition("Well")[0][-300:]
    assert name in page
    assert told not in page, "a visitor learns nobody's name by an id"
    assert customer.post("/shared-plan/do/", {"do": "confirm", "key": "g1", "name": "Quin"}).status_code == 302
    assert customer.post("/shared-plan/do/", {"do": "confirm", "key": "g1", "name": "Eve"}).status_code == 404


def test_the_customer_does_no_more_than_that(company, cora):
    customer = opened(links.share("acme", "Quin", 30, by=cora).secret)
    for do, key in (
        ("tick", "w2"),
        ("tick", "w3"),
        ("confirm", "g2"),
        ("reach", "g1"),
        ("remove_step", "w1"),
        ("", ""),
    ):
        answer = customer.post("/shared-plan/do/", {"do": do, "key": key, "name": "Quin"})
        assert answer.status_code == 404, do
    assert customer.post("/shared-plan/do/", {"do": "confirm", "key": "g1", "name": ""}).status_code == 422
    assert customer.post("/shared-plan/do/", {"do": "comment", "text": " ", "name": "Quin"}).status_code == 422
    assert goal(company)["confirmed_at"] is None
    PlanLink.objects.update(acts=links.MOST_ACTS, acts_from=timezone.now())
    assert customer.post("/shared-plan/do/", {"do": "confirm", "key": "g1", "name": "Quin"}).status_code == 429
    assert Client().post("/shared-plan/do/", {"do": "confirm", "key": "g1", "name": "Quin"}).status_code == 404


def test_a_link_ends_and_says_no_more_than_one_that_never_was(company, cora, somebody, as_):
    never = Client().get(f"/shared-plan/open/{'x' * 43}/")
    assert never.status_code == 404
    plain = never.content
    client = as_(cora)
    made = links.share("acme", "Quin", 30, by=cora)
    customer = opened(made.secret)
    (link,) = PlanLink.objects.all()
    assert made.secret not in " ".join(str(value) for value in vars(link).values())
    carl = as_(somebody(Role.CSM, csm_id="carl", email="carl@example.com"))
    assert carl.post(f"{PLAN}share/end/", {"link": link.pk}).status_code == 404
    assert client.post("/accounts/birch/plan/share/end/", {"link": link.pk}).status_code == 404
    assert client.post(f"{PLAN}share/end/", {"link": link.pk}).status_code == 302
    ended = Client().get(f"/shared-plan/open/{made.secret}/")
    assert (ended.status_code, ended.content) == (404, plain)
    assert customer.get("/shared-plan/").status_code == 404
    later = links.share("acme", "Quin", 30, by=cora)
    PlanLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(f"/shared-plan/open/{later.secret}/").content == plain


def test_a_link_shows_what_its_maker_sees_until_somebody_takes_it_over(company, cora, somebody, as_):
    made = links.share("acme", "Quin", 30, by=cora)
    customer = opened(made.secret)
    (company.home / "hand.csv").write_text("account_id,csm_id,valid_from\nacme,carl,2026-11-01\n")
    company.call("load", Load((str(company.home / "hand.csv"),), "assignment"))
    assert customer.get("/shared-plan/").status_code == 404
    assert Client().get(f"/shared-plan/open/{made.secret}/").status_code == 404
    carl = as_(somebody(Role.CSM, csm_id="carl", name="Carl", email="carl@example.com"))
    assert "shows nothing" in text_of(carl, PLAN)
    assert carl.post(f"{PLAN}share/take-over/", {"link": PlanLink.objects.get().pk}).status_code == 302
    assert "Fewer calls" in text_of(customer, "/shared-plan/")


def test_guessing_links_soon_has_to_wait(company, cora):
    made = links.share("acme", "Quin", 30, by=cora)
    guesser = Client()
    for number in range(50):
        assert guesser.get(f"/shared-plan/open/{number:043}/").status_code == 404
    assert guesser.get(f"/shared-plan/open/{made.secret}/").status_code == 404


def test_a_link_is_made_on_the_page_and_shown_once(company, cora, as_):
    client = as_(cora)
    page = client.post(f"{PLAN}share/", {"name": "Quin", "days": "30"}).content.decode()
    found = re.search(r"http://testserver(/shared-plan/open/[\w-]{43}/)", page)
    assert found
    assert Client().get(found[1]).status_code == 302
    assert found[1] not in text_of(client, PLAN)
    paper = text_of(client, f"{PLAN}print/")
    assert "Fewer calls" in paper
    assert "secret word" not in paper


def test_progress_is_the_way_that_is_gone_and_never_made_up():
    def gone(baseline, target, current):
        return progress({"baseline": baseline, "target": target, "current": current})

    assert gone(40, 10, 25) == 50  # less is the goal
    assert (gone(0, 80, 20), gone(0, 80, 100), gone(10, 20, 5)) == (25, 100, 0)
    assert (gone(None, 80, 20), gone(0, None, 20), gone(0, 80, None), gone(5, 5, 5)) == (None, None, None, None)


def test_templates_of_one_s_own_are_read_and_what_is_wrong_is_said(tmp_path):
    assert [one.name for one in templates(tmp_path)] == ["Onboarding", "More use", "Before the renewal"]
    (tmp_path / "plans.toml").write_text(
        '[[plan]]\nname = "Ours"\n[[plan.goal]]\nname = "G"\n[[plan.goal.step]]\nname = "S"\nside = "customer"\ndue = 5\n'
    )
    (own,) = templates(tmp_path)
    assert (own.name, own.goals[0].steps[0].side, own.goals[0].steps[0].due) == ("Ours", "customer", 5)
    for text, word in (
        ("[[plan]]\n", "name"), ('[[plan]]\nname = "A"\n', "no goal"), ("plan = 3\n", "list of tables"),
        ('[[plan]]\nname = "A"\n[[plan.goal]]\nname = "G"\ndue = -1\n', "due"), ("[[plan\n", "TOML"),
        ('[[plan]]\nname = "A"\n[[plan.goal]]\nname = "G"\n[[plan.goal.step]]\nname = "S"\nside = "them"\n', "side"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=word):
            read(text, "plans.toml")
