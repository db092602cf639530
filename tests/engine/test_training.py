"""Courses of our own people: assigned, taken, withdrawn; seen and told through a scope of those people only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.engine.growing_rules import OWN, read, rules
from tenure.engine.verbs.assign_training import Course
from tenure.engine.verbs.rebuild import Rebuild
from tests.engine.conftest import TODAY, Bench, loaded

FILES = {
    "csm": "csm_id,name,manager_id,role,started_at,ended_at\nmona,Mona,,manager,,\ncora,Cora,mona,csm,2026-11-02,\n"
    "carl,Carl,mona,,,\ngone,Gone,mona,csm,2020-01-01,2026-11-01\n",
    "account": "account_id,name\nacme,Acme\n",
    "training": (
        "training_id,account_id,csm_id,course,required,assigned_at,due_at,completed_at,score\n"
        "t1,,cora,Basics,true,2026-11-02,2026-11-20,,\nt2,,cora,Talks,false,2026-11-02,2026-11-21,,\n"
        "t3,,carl,Basics,true,2026-11-02,2026-11-10,2026-11-12T09:00:00Z,8.5\nt4,acme,,Their own,true,2026-11-02,2026-11-03,,\n"
    ),
}  # fmt: skip
LINE, CORA = Scope(("carl", "cora", "mona")), Scope(("cora",))


@pytest.fixture
def told(bench: Bench) -> Bench:
    return loaded(bench, FILES)


def refusal(call: Callable[[], object]) -> str:
    """In which field something is refused."""
    with pytest.raises(UsageError) as error:
        call()
    return error.value.where


def test_each_scope_sees_its_own_peoples_courses_and_never_a_customers(told: Bench) -> None:
    """A course is overdue from the day after its last one: on the 21st that of the 20th is, that of the 21st is not."""
    ws = told.workspace()
    found = ws.trainings()
    assert found.day == TODAY
    assert [(one.id, one.state(found.day), one.done, one.score) for one in found.courses] == [
        ("t3", "done", date(2026, 11, 12), Decimal("8.5")), ("t1", "overdue", None, None), ("t2", "open", None, None),
    ]  # fmt: skip
    assert [(one.csm_id, one.role, one.began, one.here) for one in found.people][1:3] == [
        ("cora", "csm", date(2026, 11, 2), True), ("gone", "csm", date(2020, 1, 1), False),
    ]  # fmt: skip
    mine = ws.seen_by(CORA).trainings()
    assert ({one.csm_id for one in mine.courses}, [one.name for one in mine.people]) == ({"cora"}, ["Cora"])
    nobody = ws.seen_by(Scope(())).trainings()
    assert (nobody.people, nobody.courses) == ((), ())


def test_courses_are_assigned_once_and_not_to_who_has_them_open(told: Bench) -> None:
    ws = told.workspace()
    line = ws.seen_by(LINE)
    wanted = [
        Course("cora", "Basics", None),
        Course("cora", " Renewals ", date(2026, 12, 1)),
        Course("cora", "TALKS", None),
    ]
    first = line.assign_training(wanted, by="mona", message_id="m1")
    assert (len(first.ids), [one.csm_id for one in first.had]) == (1, ["cora", "cora"])
    again = line.assign_training(wanted, by="mona", message_id="m1")
    assert again == first
    with pytest.raises(UsageError, match="for other people, courses or days"):
        line.assign_training([*wanted, Course("carl", "Renewals", None)], by="mona", message_id="m1")
    (made,) = [one for one in line.trainings().courses if one.id in first.ids]
    assert (made.course, made.due, made.required, made.state(date(2026, 12, 2))) == (
        "Renewals",
        date(2026, 12, 1),
        True,
        "overdue",
    )
    row = ws.rows("training", where=[("training_id", "equals", made.id)]).rows[0]
    assert (row["csm_id"], row["account_id"]) == ("cora", None)
    assert refusal(lambda: line.assign_training([Course("gone", "X", None)], by="mona", message_id="m2")) == "csm_id"
    mine = ws.seen_by(CORA)
    assert refusal(lambda: mine.assign_training([Course("carl", "X", None)], by="cora", message_id="m3")) == "csm_id"
    assert line.assign_training([Course("carl", "Basics", None)], by="mona", message_id="m6").ids, (
        "taken once, to be taken again"
    )
    late = Course("cora", "X", date(2026, 11, 20))
    assert refusal(lambda: line.assign_training([late], by="mona", message_id="m4")) == "due"
    assert refusal(lambda: line.assign_training([Course("cora", " ", None)], by="mona", message_id="m5")) == "course"


def test_a_course_is_done_reopened_and_withdrawn(told: Bench) -> None:
    mine = told.workspace().seen_by(CORA)

    def now() -> tuple[date | None, Decimal | None]:
        one = next(one for one in mine.trainings().courses if one.id == "t1")
        return one.done, one.score

    mine.settle_training("t1", "done", by="cora", message_id="d1", day=date(2026, 11, 19), score=Decimal(90))
    assert now() == (date(2026, 11, 19), Decimal(90))
    where = refusal(lambda: mine.settle_training("t1", "withdrawn", by="cora", message_id="d0", reason="No"))
    assert where == "what", "what was taken stays"
    told.now += timedelta(seconds=1)
    mine.settle_training("t1", "open", by="cora", message_id="d2")
    assert now() == (None, None)
    for day in (date(2026, 11, 1), date(2026, 11, 22)):
        assert refusal(partial(mine.settle_training, "t1", "done", by="cora", message_id="d3", day=day)) == "day"
    assert refusal(lambda: mine.settle_training("t3", "done", by="cora", message_id="d4")) == "training"
    assert refusal(lambda: mine.settle_training("t4", "done", by="cora", message_id="d5")) == "training"
    assert refusal(lambda: mine.settle_training("t2", "withdrawn", by="cora", message_id="d6")) == "reason"
    mine.settle_training("t2", "withdrawn", by="cora", message_id="d7", reason="A slip")
    assert [one.id for one in mine.trainings().courses] == ["t1"]
    told.workspace().call("rebuild", Rebuild())
    assert [one.id for one in told.workspace().trainings().courses] == ["t3", "t1"], "as it was told"


def test_a_course_that_is_marked_as_taken_twice_is_so_once(told: Bench) -> None:
    mine = told.workspace().seen_by(CORA)
    first = mine.settle_training("t1", "done", by="cora", message_id="x")
    told.now += timedelta(seconds=1)
    assert mine.settle_training("t1", "done", by="cora", message_id="x") == first


def test_what_is_needed_follows_from_role_and_segments() -> None:
    found = rules(Path("nowhere"))
    assert [len(one.levels) for one in found.skills] == [4] * 4
    assert (found.needed("renewals", "csm", ["SMB"]), found.needed("renewals", "csm", ["Enterprise", "SMB"])) == (2, 3)
    assert found.needed("nothing", "csm", []) is None
    own = '[[skill]]\nslug = "x"\nname = "X"\nabout = ""\nlevels = ["a", "b", "c", "d"]\n[[need]]\nskill = "x"\nlevel = 4\nrole = "lead"\n'
    made = read(own, OWN)
    assert (made.needed("x", "lead", []), made.needed("x", "csm", []), made.pulse_open) == (4, None, 7)


def test_the_rules_that_the_guide_shows_are_ones() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "grow-people.md").read_text(encoding="utf-8")
    found = read(guide.partition("```toml\n")[2].partition("```")[0], OWN)
    assert (found.needed("renewals", "csm", ["Enterprise"]), found.needed("renewals", "lead", ["Enterprise"])) == (3, 2)
    assert (found.plans, [one.kind for one in found.questions]) == (("New CSM",), ["scale", "words"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[need]]\nskill = "y"\nlevel = 1\n', "no skill 'y'"),
        ('[[skill]]\nslug = "x"\nname = "X"\nlevels = ["a", "b"]\n', "2 levels"),
        ('[[step]]\nplan = "P"\ncourse = "C"\nday = -1\n', "day is -1"),
        ('[[step]]\nplan = "P"\ncourse = "C"\nday = 1\n[[step]]\nplan = "P"\ncourse = "C"\nday = 2\n', "same name"),
        ('[[question]]\nslug = "q"\ntext = "?"\n', "low is missing"),
        ('[[question]]\nslug = "q"\ntext = "?"\nkind = "yes"\n', "of the kind 'yes'"),
        ("pulse_open = true\n", "pulse_open is True"),
        ("[[skil]]\n", "no key skil"),
    ],
)
def test_rules_that_are_wrong_are_refused_and_said(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        read(text, OWN)
    assert error.value.where == OWN
