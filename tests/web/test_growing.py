"""How people grow: skills seen by both, courses, recognition, and a pulse of which nobody learns who answered what."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.db import connection, transaction
from django.urls import resolve, reverse

from tenure.core.errors import UsageError
from tenure.engine.growing_rules import rules
from tenure.web.access import seen
from tenure.web.access.events import Kind as Event
from tenure.web.access.models import AuditEntry
from tenure.web.access.roles import Role
from tenure.web.growing import jobs, pulse, skills, whose
from tenure.web.growing.models import Praise, PulseBox, PulseRound, PulseSeat, SkillSeen
from tenure.web.kit.reading import local_today
from tenure.web.post import hourly
from tenure.web.post.jobs import start
from tenure.web.post.models import Notice
from tenure.web.post.running import run
from tests.web.company import put_into, text_of
from tests.web.company import today as today_there
from tests.web.small import made_in

pytestmark = pytest.mark.django_db
TEAM = ("cora", "carl", "dora", "emil", "finn")
MORE = {
    "csm": "csm_id,name,manager_id,role\nhead,Hedda,,leader\nmona,Mona,head,manager\nzoe,Zoe,head,manager\nzack,Zack,zoe,csm\n"
    + "".join(f"{one},{one.title()},mona,csm\n" for one in TEAM),
    "training": (
        "training_id,csm_id,course,required,assigned_at,due_at\n"
        "t1,cora,Basics,true,2026-01-02,2026-01-20\nt2,zack,Secret course,true,2026-01-02,2026-01-20\n"
    ),
}  # fmt: skip
KEPT = "This form was sent before, and what it said first is kept."
FREE = re.compile(r'name="message_id" value="(\w+)"')


@pytest.fixture(scope="module")
def line_home(tmp_path_factory):
    return made_in(tmp_path_factory.mktemp("growing"), MORE)


@pytest.fixture
def company(line_home, home):
    return put_into(home, line_home)


@pytest.fixture
def cast(company, somebody):
    """Hedda leads Mona and Zoe; Mona leads the five, Zoe leads Zack; and one who sees all accounts, but leads nobody."""
    roles = {"head": Role.EXECUTIVE, "mona": Role.MANAGER, "zoe": Role.MANAGER, "zack": Role.CSM}
    made = {
        one: somebody(roles.get(one, Role.CSM), csm_id=one, name=one.title(), email=f"{one}@example.com")
        for one in (*roles, *TEAM)
    }
    every = (Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE, Role.FINANCE, Role.VIEWER)
    return made | {"boss": somebody(*every, name="Bo", email="bo@example.com")}


def say(cast, who: str, of: str, level: int, key: str, skill: str = "renewals", text: str = "As in May") -> None:
    found = rules(configured.HOME)
    asked = found.skill(skill)
    assert asked is not None
    skills.say(cast[who], of, asked, level, text, version=found.version, key=key)


def shown(cast, reader: str, of: str = "cora", segments: tuple[str, ...] = ()) -> skills.OfSkill:
    """Renewals of somebody, as a reader sees it."""
    found = skills.of(cast[reader], of, of.title(), rules(configured.HOME), "csm", segments)
    return next(one for one in found if one.slug == "renewals")


# Skills


def test_neither_side_sees_the_other_before_both_have_said_theirs(cast, as_):
    say(cast, "mona", "cora", 2, "1", text="Hidden words")
    assert (shown(cast, "cora").leader.state, shown(cast, "cora").history) == ("said, and shown once both have", ())
    assert shown(cast, "mona").leader.words == rules(configured.HOME).skills[1].levels[1]
    cora, mona = as_(cast["cora"]), as_(cast["mona"])
    assert "Hidden words" not in text_of(cora, "/development/")
    form = text_of(cora, "/development/of/cora/skill/renewals/")
    given = {"level": "4", "text": "I led three", "message_id": FREE.search(form)[1]}
    assert [cora.post("/development/of/cora/skill/renewals/", given).status_code for _twice in range(2)] == [302, 302]
    assert SkillSeen.objects.count() == 2
    other = cora.post("/development/of/cora/skill/renewals/", given | {"level": "1"}, follow=True).content.decode()
    assert (other.count(KEPT), SkillSeen.objects.filter(level=1).exists()) == (1, False)
    for reader, client in (("cora", cora), ("mona", mona), ("head", as_(cast["head"]))):
        found = shown(cast, reader)
        assert (found.herself.place, found.leader.place, found.between) == (
            "level 4 of 4",
            "level 2 of 4",
            "own view 2 levels higher",
        )
        assert {"Hidden words", "I led three"} <= set(
            re.findall("Hidden words|I led three", text_of(client, "/development/of/cora/"))
        )
    empty = given | {"text": " ", "message_id": "b" * 32}
    assert cora.post("/development/of/cora/skill/renewals/", empty).status_code == 422, (
        "what it rests on has to be said"
    )


def test_what_was_said_stays_and_what_is_needed_follows_from_the_segments(cast):
    """At least 2 for everybody, 3 with accounts of Enterprise: level 2 is as needed for the one, and 1 below for the other."""
    for number, level in enumerate((1, 3, 2)):
        say(cast, "mona", "cora", level, f"m{number}", text=f"Time {number}")
    say(cast, "cora", "cora", 3, "c")
    say(cast, "head", "cora", 2, "h", text="From above")
    found = shown(cast, "cora")
    assert [(one.by, one.place) for one in found.history] == [
        ("Head", "level 2 of 4"), ("Cora", "level 3 of 4"), ("Mona", "level 2 of 4"), ("Mona", "level 3 of 4"), ("Mona", "level 1 of 4"),
    ]  # fmt: skip
    assert (found.leader.against, found.leader.tone, found.herself.against) == (
        "as is needed",
        "good",
        "more than is needed",
    )
    asked = shown(cast, "cora", segments=("Enterprise",))
    assert (asked.needed, asked.leader.against, asked.leader.tone) == (
        "level 3 of 4",
        "1 level below what is needed",
        "warn",
    )
    assert asked.herself.against == "as is needed"
    lacking = [
        skills.below(cast["mona"], "cora", rules(configured.HOME), "csm", some) for some in ((), ("Enterprise",))
    ]
    assert lacking == [(), ("Renewals and negotiation",)]


def test_levels_are_kept_in_the_words_they_were_said_in(cast):
    say(cast, "mona", "cora", 2, "1")
    words = rules(configured.HOME).skills[1].levels[1]
    text = (
        (Path(rules.__code__.co_filename).parent / "growing.toml")
        .read_text()
        .replace(words, "Another level altogether.")
    )
    (configured.HOME / "growing.toml").write_text(text)
    assert rules(configured.HOME).version != SkillSeen.objects.get().version
    assert shown(cast, "mona").leader.words == words


# Who sees it


def test_nobody_but_the_person_and_her_line_sees_or_does_anything(cast, as_):
    say(cast, "mona", "cora", 2, "1", text="Between us")
    say(cast, "cora", "cora", 2, "2", text="Between us")
    for stranger in ("carl", "zoe", "zack", "boss"):
        client = as_(cast[stranger])
        for url in ("/development/of/cora/", "/development/of/cora/skill/renewals/", "/development/course/t1/"):
            assert client.get(url).status_code == 404, (stranger, url)
        assert client.post("/development/course/t1/", {"do": "done", "message_id": "a" * 32}).status_code == 404
        given = {"level": "1", "text": "x", "message_id": "a" * 32}
        assert client.post("/development/of/cora/skill/renewals/", given).status_code == 404
        assert "Between us" not in text_of(client, "/development/")
    assert "none of our success managers" in text_of(as_(cast["boss"]), "/development/")
    assert "Nobody reports to you here" in text_of(as_(cast["boss"]), "/team-development/")
    assert as_(cast["cora"]).get("/team-development/").status_code == 403
    page = text_of(as_(cast["mona"]), "/team-development/")
    assert "Secret course" not in page
    assert [name for name in ("Carl", "Cora", "Dora", "Emil", "Finn", "Zack") if f">{name}</a>" in page] == [
        "Carl",
        "Cora",
        "Dora",
        "Emil",
        "Finn",
    ]
    assert "Secret course" in text_of(as_(cast["head"]), "/development/of/zack/")


def test_headcount_says_which_skills_are_short_as_far_as_the_reader_may_know(cast, as_, company):
    """Cora is seen at 2 of renewals, which all accounts ask for, Carl at 1; of the other three nothing is known. To who leads nobody of
    them nothing is, nor of what was said of the reader herself before both sides did.
    """
    say(cast, "mona", "cora", 2, "1")
    say(cast, "mona", "carl", 1, "2")
    say(cast, "head", "mona", 4, "3")
    levels = {who: dict(seen.levels(cast[who]).get("renewals", {})) for who in ("mona", "head", "zoe", "boss", "cora")}
    line = {"cora": 2, "carl": 1}
    assert levels == {"mona": line, "head": line | {"mona": 4}, "zoe": {}, "boss": {}, "cora": {}}
    say(cast, "mona", "mona", 3, "4")
    say(cast, "cora", "cora", 3, "5")
    assert seen.levels(cast["mona"])["renewals"]["mona"] == 4, "both have said theirs"
    assert seen.levels(cast["cora"])["renewals"] == {"cora": 2}
    told = {one.skill: one for one in company.headcount(seen.levels(cast["head"])).sought}
    assert set(told) == {"onboarding", "renewals", "data", "product"}
    one = told["renewals"]
    assert (one.level, one.able, one.below) == (2, ("cora",), ("carl",)), (
        "who leads and has no accounts has no hours for them"
    )
    assert set(one.unknown) == {*TEAM[2:], "zack"}
    page = text_of(as_(cast["mona"]), "/headcount/")
    row = page.partition("Renewals and negotiation<small")[2].partition("</tr>")[0]
    assert '<a href="/development/of/carl/">Carl</a>' in row
    assert "may be" in page.lower() or "Short of hours" in page
    other = text_of(as_(cast["boss"]), "/headcount/").partition('id="levels"')[2]
    assert "/development/of/" not in other


# Courses


def test_a_leader_assigns_courses_and_plans_and_the_person_takes_them(cast, as_, company):
    mona, cora = as_(cast["mona"]), as_(cast["cora"])
    assert "1 overdue, 0 open, 0 done" in text_of(cora, "/development/")
    given = {
        "do": "course",
        "people": ["cora", "carl"],
        "course": "Negotiation",
        "due": "",
        "required": "on",
        "message_id": "a" * 32,
    }
    assert [mona.post("/team-development/assign/", given).status_code for _twice in range(2)] == [302, 302]
    first = today_there() - timedelta(days=10)
    plan = {"do": "plan", "person": "cora", "plan": "New CSM", "first": first.isoformat(), "message_id": "b" * 32}
    assert mona.post("/team-development/assign/", plan).status_code == 302
    mine = {one.course: one for one in company.trainings().courses if one.csm_id == "cora"}
    assert len(mine) == 6, "the one of before, the course, and four of the plan: its fifth is open already"
    assert [mine[name].due for name in ("Product basics", "How we onboard customers", "Negotiation")] == [
        today_there(), first + timedelta(days=15), None,
    ], "what would be due before today is due today"  # fmt: skip
    assert (
        mona.post("/team-development/assign/", given | {"people": ["zack"], "message_id": "c" * 32}).status_code == 422
    )
    told = Notice.objects.filter(kind="growing").values_list("user__name", "text")
    assert ("Carl", "Mona assigned you: Negotiation") in set(told)
    assert len(told) == 3, "each once for a form"
    page = f"/development/course/{mine['Product basics'].id}/"
    assert cora.post(page, {"do": "withdrawn", "reason": "No", "message_id": "d" * 32}).status_code == 404, (
        "who leads does"
    )
    assert cora.post(page, {"do": "done", "day": "2020-01-01", "message_id": "d" * 32}).status_code == 422
    assert cora.post(page, {"do": "done", "day": "", "score": "8.5", "message_id": "d" * 32}).status_code == 302
    other = f"/development/course/{mine['Preparing a renewal'].id}/"
    assert mona.post(other, {"do": "withdrawn", "reason": "A slip", "message_id": "e" * 32}).status_code == 302
    left = {one.course: one.score for one in company.trainings().courses if one.csm_id == "cora"}
    assert (left["Product basics"], len(left)) == (8.5, 5)
    again = {"do": "withdrawn", "reason": "A slip", "message_id": "e" * 32}
    answer = mona.post(other, again, follow=True)
    assert (answer.redirect_chain, "It is withdrawn." in answer.content.decode()) == (
        [("/development/of/cora/", 302)],
        True,
    )
    for stranger in (cora, as_(cast["zoe"])):
        assert stranger.post(other, again).status_code == 404, "who leads her, and nobody else"
    assert mona.post(other, {"do": "done", "message_id": "f" * 32}).status_code == 404
    assert mona.get(other).status_code == 404


def test_a_course_form_that_says_something_else_now_is_not_taken_as_said(cast, as_, company):
    """The same form with another day, or no more required: nothing changes, and the page says so. The same once more is calmly the same."""
    mona, day = as_(cast["mona"]), today_there() + timedelta(days=9)
    given = {
        "do": "course", "people": ["carl"], "course": "Negotiation", "due": day.isoformat(), "required": "on", "message_id": "a" * 32,
    }  # fmt: skip
    for _twice in range(2):
        assert "1 course is assigned" in mona.post("/team-development/assign/", given, follow=True).content.decode()
    for other in ({"due": (day + timedelta(days=1)).isoformat()}, {"due": ""}, {"required": ""}):
        answer = mona.post("/team-development/assign/", given | other)
        assert answer.status_code == 422, other
        assert "This form was sent before" in answer.content.decode()
    (one,) = [one for one in company.trainings().courses if one.csm_id == "carl"]
    assert (one.due, one.required) == (day, True)


# Recognition


def test_praise_is_seen_by_the_two_her_team_and_her_line_and_is_not_counted(cast, as_):
    given = {"to": cast["carl"].pk, "text": "For staying late", "account": "acme", "message_id": "a" * 32}
    cora = as_(cast["cora"])
    assert [cora.post("/recognition/", given).status_code for _twice in range(2)] == [302, 302]
    assert Notice.objects.get(user=cast["carl"], kind="growing").text == "Cora thanks you"
    text_of(cora, "/recognition/")  # what was said of both sendings
    other = cora.post("/recognition/", given | {"to": cast["dora"].pk}, follow=True).content.decode()
    assert (other.count(KEPT), "They are told" in other, Praise.objects.get().to) == (1, False, cast["carl"])
    seen = {who for who in cast if "For staying late" in text_of(as_(cast[who]), "/recognition/")}
    assert seen == {"cora", "carl", "dora", "emil", "finn", "mona", "head"}
    links = {
        who: 'href="/accounts/acme/"' in text_of(as_(cast[who]), "/recognition/") for who in ("cora", "carl", "mona")
    }
    assert links == {"cora": True, "carl": False, "mona": True}, "the account is named to who sees it"
    assert cora.post("/recognition/", given | {"to": cast["cora"].pk, "message_id": "b" * 32}).status_code == 422
    assert cora.post("/recognition/", given | {"account": "cedar", "message_id": "b" * 32}).status_code == 422
    number = Praise.objects.get().pk
    assert as_(cast["mona"]).post("/recognition/take-back/", {"praise": number}).status_code == 404
    for _twice in range(2):
        answer = cora.post("/recognition/take-back/", {"praise": number}, follow=True)
        assert "It is taken back." in answer.content.decode(), "a second click says the same"
    assert not Praise.objects.exists()
    assert cora.post("/recognition/take-back/", {"praise": "x"}).status_code == 404


def test_an_administrator_erases_what_was_said_of_who_left_without_reading_it(cast, as_):
    say(cast, "mona", "cora", 2, "1", text="Slow at first")
    say(cast, "cora", "cora", 2, "2")
    say(cast, "mona", "carl", 2, "3")
    Praise.objects.create(by=cast["carl"], to=cast["cora"], text="Thank you", key="a")
    Praise.objects.create(by=cast["cora"], to=cast["carl"], text="Thank you too", key="b")
    boss = as_(cast["boss"])
    assert boss.post("/development/erase/", {"person": cast["cora"].pk}).status_code == 404, "she is still there"
    cast["cora"].is_active = False
    cast["cora"].save()
    page = text_of(boss, "/development/erase/")
    assert "3 entries" in page
    assert "Slow" not in page
    assert boss.post("/development/erase/", {"person": cast["cora"].pk}).status_code == 302
    assert (SkillSeen.objects.get().csm_id, Praise.objects.get().text) == ("carl", "Thank you too")
    (entry,) = AuditEntry.objects.filter(act=Event.DEVELOPMENT_ERASED)
    assert (entry.who, entry.object_id) == (f"user:{cast['boss'].pk}", str(cast["cora"].pk))
    assert as_(cast["mona"]).get("/development/erase/").status_code == 403


def test_skills_stay_where_another_log_in_of_the_same_csm_works_here(cast, as_, somebody):
    say(cast, "mona", "cora", 2, "1")
    Praise.objects.create(by=cast["carl"], to=cast["cora"], text="Thank you", key="a")
    somebody(Role.CSM, csm_id="cora", name="Cora anew", email="cora2@example.com")
    cast["cora"].is_active = False
    cast["cora"].save()
    boss = as_(cast["boss"])
    assert "1 entry" in text_of(boss, "/development/erase/")
    assert boss.post("/development/erase/", {"person": cast["cora"].pk}).status_code == 302
    assert (SkillSeen.objects.count(), Praise.objects.count()) == (1, 0)


# The pulse


def asked_of(cast, today: date | None = None) -> PulseRound:
    return pulse.start(cast["mona"], rules(configured.HOME), today or local_today(), 5)


def answers(value: int, text: str = "") -> dict[str, Any]:
    return {"workload": value, "support": value, "meaning": None, "safety": value, "change": text}


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All that the database holds, by table."""
    with connection.cursor() as con:
        con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in con.fetchall()]
        return {name: sorted(con.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables}


def unordered(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """The same, with the lists in the box in one order."""
    (box,) = found["growing_pulsebox"]
    told = [
        json.dumps({name: sorted(some) for name, some in json.loads(each).items()})
        if str(each).startswith("{")
        else each
        for each in box
    ]
    return found | {"growing_pulsebox": [tuple(told)]}


def test_the_database_is_the_same_whoever_answered_what(cast):
    """Cora says 1 and Carl 5, in this order; or Carl says 1 and Cora 5, in the other: afterwards nothing tells the one from the other."""
    one, ends = asked_of(cast), []
    for first, second in (("cora", "carl"), ("carl", "cora"), ("cora", "carl")):
        swapped = len(ends) == 2
        point = transaction.savepoint()
        assert pulse.answer(
            cast[first], one.pk, answers(5 if swapped else 1, "Low" if not swapped else "High"), local_today()
        )
        assert pulse.answer(
            cast[second], one.pk, answers(1 if swapped else 5, "High" if not swapped else "Low"), local_today()
        )
        ends.append(unordered(rows()))
        transaction.savepoint_rollback(point)
    assert ends[0] == ends[1] == ends[2]
    assert json.loads(ends[0]["growing_pulsebox"][0][1])["workload"] == [1, 5]


def test_an_answer_leaves_nothing_elsewhere_and_is_taken_once(cast, as_, home):
    one, before = asked_of(cast), None
    cora = as_(cast["cora"])
    page = f"/team-pulse/{one.pk}/answer/"
    assert "message_id" not in text_of(cora, page), "nothing names a sending"
    before, noted = rows(), AuditEntry.objects.count()
    given = {"workload": "1", "support": "2", "change": "Fewer quarrelsome meetings"}
    assert cora.post(page, given).status_code == 302
    after = rows()
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"access_session"} == {"growing_pulsebox", "growing_pulseseat"}
    with connection.cursor() as con:
        columns = {
            table: [row[1] for row in con.execute(f'PRAGMA table_info("{table}")').fetchall()]
            for table in ("growing_pulsebox", "growing_pulseseat")
        }
    assert columns == {
        "growing_pulsebox": ["id", "answers", "count", "round_id"],
        "growing_pulseseat": ["id", "answered", "round_id", "user_id"],
    }
    assert AuditEntry.objects.count() == noted
    files = [path for path in Path(home).rglob("*") if path.is_file() and not path.name.startswith("app.db")]
    assert not [path for path in files if b"quarrelsome" in path.read_bytes()]
    cora.post(page, given | {"workload": "5"})
    box = PulseBox.objects.get()
    assert (box.count, box.answers["workload"], box.answers["meaning"]) == (1, [1], [])
    for stranger in ("zack", "boss", "mona"):
        assert as_(cast[stranger]).get(page).status_code == 404, "who is not asked"


def test_the_files_of_the_database_keep_no_answer_of_before(tmp_path):
    """After each answer, and at the end, the log is empty; what was taken out of the box is nowhere in the file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.web.pulse_program", tmp_path],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "0:True 0:True 0:False"), done.stderr


def test_the_order_of_answers_is_drawn_by_lot(cast):
    """One that is always the last, or the first, of sixteen lists: by lot that is less likely than one in 10 to the 10."""
    orders = Counter()
    for turn in range(8):
        day = local_today() + timedelta(days=30 * turn)
        one = asked_of(cast, day)
        for value, who in enumerate(TEAM, 1):
            assert pulse.answer(cast[who], one.pk, answers(value), day)
        found = PulseBox.objects.get(round=one).answers
        orders[tuple(found["workload"])] += 1
        orders[tuple(found["support"])] += 1
    assert all(sorted(each) == [1, 2, 3, 4, 5] for each in orders)
    assert len({each[-1] for each in orders}) > 1, "nothing tells which came last"
    assert len({each[0] for each in orders}) > 1, "nor which came first"


def test_nothing_is_shown_before_the_round_is_over_or_of_fewer_than_the_floor(cast, as_):
    today = local_today()
    one, mona = asked_of(cast), as_(cast["mona"])
    for value, who in zip((1, 2, 2, 4), TEAM, strict=False):
        pulse.answer(cast[who], one.pk, answers(value, f"Word {value}"), today)
    urls = ("/team-pulse/", f"/team-pulse/{one.pk}/")
    before = [re.sub(r"csrf\w+\W+value=.\w+.|X-CSRF.*?\}", "", text_of(mona, url)) for url in urls]
    pulse.answer(cast["finn"], one.pk, answers(5, "Word 5"), today)
    after = [re.sub(r"csrf\w+\W+value=.\w+.|X-CSRF.*?\}", "", text_of(mona, url)) for url in urls]
    assert [page.replace("4 of 5", "5 of 5") for page in before] == after, (
        "while it is open only the count tells of an answer"
    )
    assert pulse.results(one, today, 5) is None
    one = PulseRound.objects.get(pk=one.pk)
    over = one.closes_on + timedelta(days=1)
    found = {each.question.slug: each for each in pulse.results(one, over, 5) or ()}
    assert (found["workload"].mean, found["workload"].n) == (2.8, 5)
    assert (found["meaning"].mean, found["meaning"].n, found["meaning"].few) == (None, 0, True), (
        "nobody answered that one"
    )
    assert sorted(found["change"].texts) == ["Word 1", "Word 2", "Word 2", "Word 4", "Word 5"]
    assert pulse.results(one, over, 6) is None, "a floor that is raised holds"
    assert not pulse.answer(cast["cora"], one.pk, answers(1), over), "what is over changes no more"
    with time_machine.travel(f"{over}T12:00:00Z", tick=False):
        readers = {who: as_(cast[who]) for who in ("mona", "cora", "head", "zoe", "boss")}
        shown = {
            who: ">2.8<" in text_of(client, urls[1], 404 if who in ("zoe", "boss") else 200)
            for who, client in readers.items()
        }
        assert shown == {"mona": True, "cora": True, "head": True, "zoe": False, "boss": False}
        assert "2.8" in text_of(readers["mona"], "/team-pulse/")
        assert not PulseSeat.objects.filter(answered=True).exists(), "who answered is forgotten"
        assert "Word 1" not in text_of(readers["zoe"], "/team-pulse/")


def test_a_floor_that_is_lowered_later_does_not_hold_for_what_was_asked_before(cast, as_):
    """Six of seven were to answer, and five did; today five would be enough."""
    one = asked_of(cast)
    PulseRound.objects.update(least=6)
    assert "nothing that fewer than 6 have answered" in text_of(as_(cast["cora"]), f"/team-pulse/{one.pk}/answer/")
    for who in TEAM:
        pulse.answer(cast[who], one.pk, answers(3), local_today())
    one = PulseRound.objects.get(pk=one.pk)
    over = one.closes_on + timedelta(days=1)
    assert pulse.results(one, over, 5) is None
    with time_machine.travel(f"{over}T12:00:00Z", tick=False):
        assert "Fewer than 6 have answered" in text_of(as_(cast["mona"]), f"/team-pulse/{one.pk}/")
    with pytest.raises(UsageError, match="at least 6"):
        pulse.start(cast["mona"], rules(configured.HOME), over, 6)
    assert pulse.start(cast["mona"], rules(configured.HOME), over, 4).least == 4, "as it is asked for"


def test_a_question_that_fewer_answered_is_held_back(cast, as_):
    one = asked_of(cast)
    for number, who in enumerate(TEAM):
        given = answers(3, "" if number else "Only mine") | ({"meaning": 4} if number < 4 else {})
        pulse.answer(cast[who], one.pk, given, local_today())
    one = PulseRound.objects.get(pk=one.pk)
    found = {each.question.slug: each for each in pulse.results(one, one.closes_on + timedelta(days=1), 5) or ()}
    assert (found["meaning"].mean, found["meaning"].n, found["support"].mean) == (None, 0, 3.0)
    assert (found["change"].texts, found["change"].n, found["change"].few) == ((), 0, True), "one text of five"
    with time_machine.travel(f"{one.closes_on + timedelta(days=1)}T12:00:00Z", tick=False):
        page = text_of(as_(cast["mona"]), f"/team-pulse/{one.pk}/")
    assert "Only mine" not in page
    assert page.count("Fewer than 5 answered this one.") == 2


def test_who_answered_is_forgotten_though_who_asked_has_left(cast, as_):
    one = asked_of(cast)
    pulse.answer(cast["cora"], one.pk, answers(3), local_today())
    cast["mona"].is_active = False
    cast["mona"].save()
    with time_machine.travel(f"{one.closes_on}T12:00:00Z", tick=False):
        jobs.settle_pulses()
    assert PulseSeat.objects.filter(answered=True).exists(), "it is open on its last day"
    with time_machine.travel(f"{one.closes_on + timedelta(days=1)}T12:00:00Z", tick=False):
        assert jobs.settle_pulses in hourly.declared(), "it is done every hour, though nobody opens a page"
        jobs.settle_pulses()
    assert not PulseSeat.objects.filter(answered=True).exists()
    assert PulseRound.objects.get().settled


def test_it_takes_enough_people_and_one_round_at_a_time_and_comes_in_its_rhythm(cast, as_):
    mona, zoe = as_(cast["mona"]), as_(cast["zoe"])
    zoe.post("/team-pulse/start/")
    assert not PulseRound.objects.exists(), "Zoe leads one"
    assert "there are 1" in text_of(zoe, "/team-pulse/")
    for _twice in range(2):
        mona.post("/team-pulse/start/")
    (first,) = PulseRound.objects.all()
    assert sorted(one.user.csm_id for one in first.seats.all()) == sorted(TEAM), "those who report to her directly"
    assert Notice.objects.filter(kind="growing", text__startswith="The team pulse is open").count() == len(TEAM)
    assert mona.post("/team-pulse/rhythm/", {"every": "28"}).status_code == 302
    assert as_(cast["cora"]).post("/team-pulse/start/").status_code == 403
    opened = []
    for days in (7, 27, 28):
        with time_machine.travel(f"{first.opened_on + timedelta(days=days)}T12:00:00Z", tick=False):
            run(start(cast["mona"], jobs.PULSE, quiet=True).pk)
            opened.append(PulseRound.objects.count())
    assert opened == [1, 1, 2]
    assert PulseRound.objects.latest("pk").seats.count() == len(TEAM)
    assert whose.rounds(cast["zack"]).count() == 0


def test_a_course_has_a_page_whatever_its_id_holds():
    address = reverse("course_page", args=["T-1/12"])
    assert resolve(address).kwargs == {"training": "T-1/12"}
