"""Reviews of people: prepared from what changed, written to, judged by both, signed and then frozen; seen by nobody else."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from tenure import keeper
from tenure.core.acts import Act
from tenure.core.errors import UsageError
from tenure.core.period import Grain, period_at
from tenure.engine import audit, reports
from tenure.engine.review_rules import OWN, read, rules
from tenure.web.access import lines
from tenure.web.access.events import Kind as Event
from tenure.web.access.models import AuditEntry
from tenure.web.access.roles import Role
from tenure.web.access.sight import Looking
from tenure.web.evaluation import agenda, doing, jobs, rhythm, sealed, whose
from tenure.web.evaluation.doing import Basis, Planned
from tenure.web.evaluation.models import Action, Kind, Look, Review, ReviewNote
from tenure.web.evaluation.shown import shown
from tenure.web.kit import formats
from tenure.web.kit.reading import local_date
from tenure.web.post import hourly, schedules
from tenure.web.post.doing import Doing
from tenure.web.post.jobs import start
from tenure.web.post.models import Job, Notice
from tenure.web.post.running import run
from tenure.web.work import digest, tasks
from tenure.web.work.models import Task
from tests.web.company import put_into, text_of
from tests.web.small import made_in
from tests.web.test_fair import NAME, compared, owner
from tests.web.test_leaks import COSTLY, PAGES

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
TODAY = NOW.date()
SOON, LATE = (NOW + timedelta(days=30)).date(), (NOW - timedelta(days=20)).date()
MORE = {
    "csm": "csm_id,name,manager_id,team\nhead,Hedda,,\nmona,Mona,head,North\ncora,Cora,mona,North\ncarl,Carl,mona,North\n",
    "contract": (
        "contract_id,account_id,value,started_at,ended_at\n"
        f"k1,acme,12000,2025-01-01,{SOON}\nk2,birch,6000,2025-01-01,{SOON + timedelta(days=300)}\nk3,cedar,2400,2025-01-01,{SOON}\n"
    ),
    "touchpoint": f"touchpoint_id,account_id,csm_id,channel,occurred_at\nt1,acme,cora,call,{LATE}T10:00:00Z\nt2,cedar,carl,call,{LATE}T10:00:00Z\n",
    "survey_answer": (
        "answer_id,survey,account_id,score,scale_min,scale_max,sent_at,answered_at,is_anonymous\n"
        f"a1,nps,acme,9,0,10,{LATE}T08:00:00Z,{LATE}T09:00:00Z,false\na2,nps,birch,3,0,10,{LATE}T08:00:00Z,{LATE}T09:00:00Z,true\n"
    ),
    "person": "person_id,account_id,name,email\nquin-1,acme,Quin Quimby,quin@acme.example\n",
    "score": (
        "account_id,model,version,at,score\n"
        f"acme,churn_risk_90,v1,{NOW - timedelta(days=91):%Y-%m-%dT%H:%M:%SZ},5\nacme,churn_risk_90,v1,{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ},25\n"
        f"birch,churn_risk_90,v1,{NOW - timedelta(days=91):%Y-%m-%dT%H:%M:%SZ},5\nbirch,churn_risk_90,v1,{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ},14\n"
    ),
}  # fmt: skip
SKILLS = ("relationship", "communication", "product_knowledge", "advocacy", "planning")


@pytest.fixture(scope="module")
def line_home(tmp_path_factory):
    home = made_in(tmp_path_factory.mktemp("reviews"), MORE)
    keeper.open(home).dossier("acme", {})
    return home


@pytest.fixture
def company(line_home, home):
    return put_into(home, line_home)


@pytest.fixture
def cast(company, somebody):
    """Hedda leads Mona, who leads Cora and Carl; and one who has every role that sees all accounts, but leads nobody."""
    return {
        "hedda": somebody(Role.EXECUTIVE, csm_id="head", name="Hedda", email="hedda@example.com"),
        "mona": somebody(Role.MANAGER, csm_id="mona", name="Mona", email="mona@example.com"),
        "cora": somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com"),
        "carl": somebody(Role.CSM, csm_id="carl", name="Carl", email="carl@example.com"),
        "boss": somebody(
            Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE, Role.FINANCE, Role.VIEWER, name="Bo", email="bo@example.com"
        ),
    }  # fmt: skip


def planned(cast, kind=Kind.ONE_TO_ONE, day=TODAY, key="k") -> Review:
    found = rules(configured.HOME)
    return doing.plan(cast["mona"], Planned(kind, cast["cora"], day, key), found)


def judged(cast, review, *, herself=3, leader=2) -> None:
    for who, level in ((cast["cora"], herself), (cast["mona"], leader)):
        for skill in SKILLS:
            doing.judge(review, who, skill, level, f"Said by {who.name}", [Basis("account", "Acme", "acme")])
        doing.share(review, who)


def signed(cast, kind=Kind.EVALUATION, key="e") -> Review:
    """An evaluation of Cora by Mona that both signed."""
    review = planned(cast, kind, key=key)
    if kind == Kind.EVALUATION:
        judged(cast, review)
    doing.write(review, cast["mona"], Look.SHARED, "What I saw", key="s")
    doing.write(review, cast["mona"], Look.PRIVATE, "For me alone", key="p")
    doing.hold(review, cast["mona"], [])
    doing.write(review, cast["cora"], Look.ANSWER, "What I say", key="a")
    for who in ("cora", "mona"):
        sign(review, cast[who])
    review.refresh_from_db()
    return review


def sign(review, who) -> None:
    found = read(review.rules.text)
    doing.sign(review, who, found.template(review.kind), len(found.skills))


def acts() -> list[str]:
    return list(AuditEntry.objects.filter(kind="review").order_by("seq").values_list("act", flat=True))


# Rules


def test_the_rules_that_come_along_have_described_levels_and_every_kind(tmp_path):
    found = rules(tmp_path)
    assert [one.slug for one in found.skills] == list(SKILLS)
    assert {len(one.levels) for one in found.skills} == {5}
    assert all(len(words) > 30 for one in found.skills for words in one.levels)
    assert [(one.kind, one.every, one.judged) for one in found.templates] == [
        ("one_to_one", 14, False), ("team", 7, False), ("evaluation", 91, True),
    ]  # fmt: skip
    own = found.text.replace('name = "Planning"', 'name = "Foresight"')
    (tmp_path / OWN).write_text(own)
    changed = rules(tmp_path)
    assert changed.skills[-1].name == "Foresight"
    assert changed.version != found.version
    assert read(found.text).version == found.version


def test_the_rules_that_the_guide_shows_are_ones():
    guide = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "reviews.md").read_text(encoding="utf-8")
    found = read(guide.partition("```toml\n")[2].partition("```")[0])
    assert [(one.kind, one.every, one.judged) for one in found.templates] == [
        ("one_to_one", 14, False), ("team", 7, False), ("evaluation", 91, True),
    ]  # fmt: skip
    assert [len(one.levels) for one in found.skills] == [4]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('slug = "planning"', 'slug = "advocacy"', "Two skills have the same name"),
        ('slug = "planning"', 'slug = "plan ning"', "the slug 'plan ning'"),
        ("every = 91", 'every = "often"', "every is 'often'"),
        ('kind = "team"', 'kind = "one_to_one"', "no review of the kind team"),
        ('kind = "team"', 'kind = "party"', "of the kind 'party'"),
        ("every = 7\njudged = false", "every = 7\njudged = true", "Nobody is judged in front of the team"),
        ('  "Plans in a way that the team has taken over.",\n]', "]\n", ""),
    ],
)
def test_rules_that_are_wrong_are_refused_and_said(tmp_path, before, after, says):
    text = rules(tmp_path).text
    assert before in text
    if not says:  # four levels are enough
        assert len(read(text.replace(before, after)).skills[-1].levels) == 4
        return
    with pytest.raises(UsageError, match=says) as error:
        read(text.replace(before, after))
    assert error.value.fix


# What both do


def test_an_evaluation_is_judged_by_both_who_see_each_other_only_once_it_is_shared(cast, as_):
    mona, cora = as_(cast["mona"]), as_(cast["cora"])
    review = planned(cast, Kind.EVALUATION)
    url = f"/reviews/{review.pk}/"
    form = text_of(cora, f"{url}judge/planning/")
    assert "Plans in a way that the team has taken over." in form
    assert "touchpoint t1" in form
    assert "response a1" in form
    assert not {"touchpoint t2", "response a2", "account cedar"} & set(re.findall(r'value="([^"]+)"', form))
    given = {
        "level": "4",
        "text": "As with <b>Acme</b>",
        "basis_1": "touchpoint t1",
        "basis_2": "response a1",
        "words": "Oct",
    }
    assert cora.post(f"{url}judge/planning/", given).status_code == 302
    assert cora.post(f"{url}judge/planning/", given | {"level": "6"}).status_code == 422
    assert cora.post(f"{url}judge/planning/", given | {"basis_1": "touchpoint t2"}).status_code == 422
    doing.judge(review, cast["mona"], "planning", 2, "Rather late", [])
    hers, theirs = text_of(cora, url), text_of(mona, url)
    assert "As with &lt;b&gt;Acme&lt;/b&gt;" in cora.get(url).content.decode()
    assert "Acme, nps 9," in hers
    assert "Rather late" not in hers
    assert "judged, and not shared yet" in hers
    assert "As with" not in theirs
    assert cora.post(f"{url}do/", {"do": "share"}).status_code == 302
    assert "As with" in text_of(mona, url)
    assert "Rather late" not in text_of(cora, url)
    doing.share(review, cast["mona"])
    assert "own view 2 levels higher" in text_of(cora, url)
    said = shown(cast["cora"], review).skills
    assert [(one.herself.place, one.leader.place) for one in said if one.between] == [("level 4 of 5", "level 2 of 5")]


def test_levels_are_nowhere_made_a_number_of(cast, as_):
    """Two's and five's of both sides: their mean 3.5 and their sums 10, 25 and 35 stand nowhere."""
    review = planned(cast, Kind.EVALUATION)
    judged(cast, review, herself=5, leader=2)
    page = re.sub(r"<[^>]+>|\d+:\d+|\d+ \w+ \d{4}", " ", text_of(as_(cast["mona"]), f"/reviews/{review.pk}/"))
    page = page.partition("Judged by both")[2].partition("Notes")[0]
    assert set(re.findall(r"level \d of \d", page)) == {"level 5 of 5", "level 2 of 5"}
    assert not re.search(r"3[.,]5|\b(10|25|35)\b|%|average of|total", page)


def test_what_is_agreed_is_a_task_of_the_two_and_on_the_next_agenda(cast, as_):
    cora, mona = as_(cast["cora"]), as_(cast["mona"])
    review = planned(cast)
    given = {"text": "Call the CFO", "owner": cast["cora"].pk, "due": "2026-01-02", "message_id": "a" * 32}
    assert [mona.post(f"/reviews/{review.pk}/agree/", given).status_code for _twice in range(2)] == [302, 302]
    task = Task.objects.get()
    assert (task.title, task.owner, task.given_by, task.due) == (
        "Call the CFO",
        cast["cora"],
        cast["mona"],
        date(2026, 1, 2),
    )
    sees = [name for name, one in cast.items() if tasks.of_person(one, Looking(one)(), cast["cora"]).exists()]
    assert sees == ["mona", "cora"], "neither who sees everybody's tasks nor who leads Mona"
    assert cora.get(f"/tasks/{task.pk}/").status_code == 200
    assert as_(cast["hedda"]).get(f"/tasks/{task.pk}/").status_code == 404
    other = mona.post(f"/reviews/{review.pk}/agree/", given | {"owner": cast["carl"].pk, "message_id": "b" * 32})
    assert other.status_code == 422
    doing.hold(review, cast["mona"], [])
    next_ = planned(cast, key="n")
    assert rows_of("promises", cast["mona"], next_) == [["Call the CFO", "Cora", "Jan 2, 2026", "late"]]
    tasks.finish(task, cast["cora"])
    assert rows_of("promises", cast["cora"], next_)[0][3] == "Done"


def test_what_was_agreed_stands_on_the_agenda_of_a_review_that_was_planned_before(cast):
    first, later = planned(cast), planned(cast, Kind.EVALUATION, key="e")
    doing.agree(later, cast["mona"], Looking(cast["mona"])(), "Call the CFO", cast["cora"], None, key="x")
    assert rows_of("promises", cast["mona"], first)[0][0] == "Call the CFO"
    assert rows_of("promises", cast["mona"], later) == []


def test_who_leads_many_still_finds_what_is_said_of_her(cast, as_):
    for ago in (400, 300):  # the last one stands beside when the next is due
        wanted = Planned(Kind.EVALUATION, cast["mona"], TODAY - timedelta(days=ago), f"h{ago}")
        doing.hold(doing.plan(cast["hedda"], wanted, rules(configured.HOME)), cast["hedda"], [])
    of = Review.objects.get(key="h400")
    Review.objects.bulk_create(
        Review(
            kind="one_to_one", name="1:1", leader=cast["mona"], subject=cast["cora"], rules_id=of.rules_id, day=TODAY, key=f"n{n}"
        )
        for n in range(101)
    )  # fmt: skip
    assert f'href="/reviews/{of.pk}/"' in text_of(as_(cast["mona"]), "/reviews/")


def rows_of(title, reader, review):
    maker = next(one for one in agenda.makers() if one.__name__.endswith(title))
    found = maker.section(agenda.about(reader, review, read(review.rules.text)))
    return [[cell.text for cell in row] for row in found.rows]


def test_the_agenda_is_of_her_book_alone_and_the_same_for_both(cast):
    """Acme renews in 30 days and Birch in 330, Cedar is Carl's; Acme's risk rose by 20 points and Birch's by 9."""
    review = planned(cast, Kind.EVALUATION)
    tasks.give(Looking(cast["mona"])(), cast["mona"], tasks.Wanted("Late one", cast["cora"], "acme", due=LATE))
    tasks.give(Looking(cast["mona"])(), cast["mona"], tasks.Wanted("Early one", cast["cora"], "acme", due=SOON))
    tasks.give(Looking(cast["mona"])(), cast["mona"], tasks.Wanted("His", cast["carl"], "cedar", due=LATE))
    expected = {
        "renewals": [["Acme", "€12K", "open"]],
        "accounts": [["Acme", "risk of leaving within 90 days 5% → 25%", "€1K"]],
        "tasks": [["Late one", formats.day(LATE)]],
    }
    for reader in ("mona", "cora"):
        found = {name: rows_of(name, cast[reader], review) for name in expected}
        found["renewals"] = [[row[0], *row[2:]] for row in found["renewals"]]  # whose days are those of the zone
        assert found == expected
    results = {row[0]: row for row in rows_of("results", cast["cora"], review)}
    assert results["Gross revenue retention"][1::2] == ["100.0%", "2"]


def aims(company) -> None:
    """Objectives: Cora's MRR, set long ago with a check-in then and one since, her milestone of now, Carl's, and that of Mona's team."""
    quarter = period_at(Grain.QUARTER, TODAY, 1)
    before = (NOW - timedelta(days=40)).isoformat()
    one = {"level": "person", "csm_id": "cora", "team": None, "period_start": quarter.start.isoformat(),
           "period_end": quarter.end.isoformat(), "by": "Mona", "at": before}  # fmt: skip
    measured = {"metric": "mrr", "direction": "at_least", "slice": "owner=cora", "target": 1600}
    empty = dict.fromkeys(measured)
    rows = [
        one | measured | {"objective_id": "o1", "name": "Grow them"},
        one | empty | {"objective_id": "o2", "name": "Learn to listen", "at": NOW},
        one | measured | {"objective_id": "o3", "name": "His", "csm_id": "carl", "slice": "owner=carl"},
        one | measured | {"objective_id": "o4", "name": "Together", "level": "team", "csm_id": "mona", "team": "North", "slice": "team=North"},
    ]  # fmt: skip
    company.record("objective", rows, by="Mona", message_id="aims")
    changed = rows[0] | {"target": 1500, "at": NOW, "reason": "Acme shrinks"}
    company.record("objective", [changed], by="Mona", message_id="changed")
    said = [
        {"check_in_id": f"c{number}", "objective_id": "o1", "at": at, "confidence": sure, "text": text, "by": "Cora"}
        for number, (at, sure, text) in enumerate(((before, "0.9", "Easy"), (NOW, "0.5", "Acme waits")))
    ]
    company.record("objective_check_in", said, by="Cora", message_id="said")


def test_objectives_are_told_with_what_was_changed_and_said_since_the_last_review(cast, company):
    aims(company)
    doing.hold(planned(cast, day=(NOW - timedelta(days=20)).date(), key="before"), cast["mona"], [])
    review = planned(cast)
    for reader in ("mona", "cora"):
        first, second = sorted(rows_of("objectives", cast[reader], review))
        assert (first[0], first[1], first[3]) == ("Grow them", "€1,500.00", "on track")
        assert first[4] == "target: €1,600.00 → €1,500.00; how sure: 90% → 50%"
        assert (second[0], second[3], second[4]) == ("Learn to listen", "open", f"set on {formats.day(TODAY)}")
    told = agenda.about(cast["cora"], review, rules(configured.HOME))
    section = next(one for one in agenda.prepared(told) if one.title == "Objectives")
    assert {row[0].link: row[4].more for row in section.rows} == {
        "/objectives/o1/": f"50% sure on {formats.day(TODAY)}: Acme waits", "/objectives/o2/": "",
    }  # fmt: skip
    meeting = doing.plan(
        cast["mona"], Planned(Kind.TEAM, None, TODAY, "t", (cast["cora"], cast["carl"])), rules(configured.HOME)
    )
    assert [row[0] for row in rows_of("objectives", cast["mona"], meeting)] == ["Together"]


def test_what_was_to_be_expected_is_told_of_her_alone_with_what_chance_makes_of_it(cast, company):
    mine, his = owner("cora", 9, "3.2", "worse, beyond 95 %"), owner("carl", 1, "3.2")
    reports.keep(company.home, NAME, reports.Report(NOW, compared(his, mine)))
    review = planned(cast, Kind.EVALUATION)
    for reader in ("mona", "cora"):
        assert rows_of("expected", cast[reader], review) == [
            ["Customer retention rate", "9", "3.2", "1.10", "worse than expected, more than chance makes of it"]
        ]


def test_every_section_has_a_place_of_its_own_and_is_kept_as_it_was(cast, as_):
    ranks = [one.RANK for one in agenda.makers()]
    assert ranks == sorted(set(ranks))
    assert all(set(Kind) >= one.KINDS for one in agenda.makers())
    review = planned(cast, Kind.EVALUATION)
    tasks.give(Looking(cast["mona"])(), cast["mona"], tasks.Wanted("Late one", cast["cora"], "acme", due=LATE))
    assert as_(cast["mona"]).post(f"/reviews/{review.pk}/do/", {"do": "hold"}).status_code == 302
    review.refresh_from_db()
    kept = agenda.kept(review)
    assert [one.title for one in kept][:2] == ["Results", "Against what was to be expected"]
    assert json.loads(json.dumps(agenda.as_kept(kept))) == review.agenda
    tasks.drop(Task.objects.get(), cast["cora"])
    page = text_of(as_(cast["cora"]), f"/reviews/{review.pk}/")
    assert "Late one" in page, "as it was when it was held"
    assert "Cedar" not in page


# Signed


def test_what_both_signed_changes_no_more_and_an_addition_stands_by_itself(cast, as_):
    cora, mona = as_(cast["cora"]), as_(cast["mona"])
    review = signed(cast)
    url = f"/reviews/{review.pk}/"
    assert review.signed_at is not None
    assert sealed.standing(review).holds
    note = ReviewNote.objects.get(text="What I saw")
    for change in (
        lambda: doing.judge(review, cast["mona"], "planning", 5, "", []), lambda: doing.hold(review, cast["mona"], []),
        lambda: doing.move(review, cast["mona"], TODAY), lambda: doing.drop(review, cast["mona"]),
        lambda: doing.share(review, cast["cora"]), lambda: doing.take_out(review, cast["mona"], note.pk),
        lambda: doing.agree(review, cast["mona"], Looking(cast["mona"])(), "More", cast["cora"], None, key="x"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as error:
            change()
        assert error.value.code in ("signed", "held")
    shared = {"text": "And that", "look": "shared", "message_id": "c" * 32}
    assert "It is signed, and stays as it is." in mona.post(f"{url}write/", shared, follow=True).content.decode()
    assert cora.post(f"{url}answer/", {"text": "Looking back", "message_id": "d" * 32}).status_code == 302
    assert mona.post(f"{url}answer/", {"text": "So do I", "message_id": "e" * 32}).status_code == 302
    page = text_of(cora, url)
    assert (
        page.index("What I saw")
        < page.index("Added after it was signed")
        < page.index("Looking back")
        < page.index("So do I")
    )
    assert "It is as it was signed" in page
    assert not review.notes.filter(text="And that").exists()
    assert acts().count(Event.REVIEW_ADDED_TO) == 2
    assert not re.search("What I|Looking|Said by|Acme", str(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize("change", ["note", "level", "evidence", "day", "addition", "gone"])
def test_whatever_is_changed_in_the_database_is_seen(cast, as_, change):
    review = signed(cast)
    doing.write(review, cast["cora"], Look.ANSWER, "Later", key="l")
    assert sealed.standing(review).holds
    {
        "note": lambda: review.notes.filter(text="What I saw").update(text="What I say I saw"),
        "level": lambda: review.judged.filter(by=cast["mona"], skill="planning").update(level=5),
        "evidence": lambda: review.judged.first().evidence.all().delete(),
        "day": lambda: Review.objects.update(day=date(2026, 1, 1)),
        "addition": lambda: review.notes.filter(text="Later").update(text="Sooner"),
        "gone": lambda: review.notes.filter(text="Later").delete(),
    }[change]()
    review.refresh_from_db()
    assert not sealed.standing(review).holds
    assert "It is not what was signed" in text_of(as_(cast["cora"]), f"/reviews/{review.pk}/")


def test_an_old_signature_is_not_put_back(cast):
    """What was signed first, put back with its signature, is not what was signed last."""
    review = planned(cast)
    note = doing.write(review, cast["mona"], Look.SHARED, "First", key="1")
    doing.hold(review, cast["mona"], [])
    sign(review, cast["cora"])
    first = review.signatures.get().digest
    doing.take_out(review, cast["mona"], note.pk)
    assert not review.signatures.exists(), "a change takes signatures away"
    sign(review, cast["cora"])
    sign(review, cast["mona"])
    review.refresh_from_db()
    assert sealed.standing(review).holds
    ReviewNote.objects.create(
        pk=note.pk, review=review, by=cast["mona"], look=Look.SHARED, text="First", key="1", at=note.at
    )
    review.signatures.update(digest=first)
    assert not sealed.standing(review).holds
    assert acts().count(Event.REVIEW_UNSIGNED) == 1


def test_it_is_signed_only_when_it_was_held_and_judged(cast):
    review = planned(cast, Kind.EVALUATION)
    with pytest.raises(UsageError, match="not held yet"):
        sign(review, cast["cora"])
    doing.hold(review, cast["mona"], [])
    with pytest.raises(UsageError, match="Not every skill is judged"):
        sign(review, cast["cora"])
    judged(cast, review)
    doing.judge(review, cast["cora"], "planning", 1, "", [])
    sign(review, cast["carl"])
    assert not review.signatures.exists()
    sign(review, cast["mona"])
    review.refresh_from_db()
    assert review.signed_at is None
    sign(review, cast["cora"])
    review.refresh_from_db()
    assert review.signed_at is not None


# Seen by nobody else

WORD = "xylograph"
PEOPLES = {"my_reviews", "team_reviews", "tasks", "today", "team", "notices", "jobs", "api_tasks"}
PLACES = ("", "agenda/", "paper/", "judge/planning/")
POSTS = ("write/", "answer/", "agree/", "do/", "judge/planning/")


def test_nobody_else_sees_or_does_anything_whatever_the_role(cast, as_):
    review, talk = signed(cast), signed(cast, Kind.ONE_TO_ONE, key="t")
    open_ = planned(cast, Kind.EVALUATION, key="o")
    doing.write(open_, cast["mona"], Look.SHARED, WORD, key="w")
    before = (ReviewNote.objects.count(), Action.objects.count(), acts())
    for name in ("carl", "boss", "hedda"):
        client = as_(cast[name])
        for one in (review, talk, open_):
            reads = name == "hedda" and one == review
            answers = {place: client.get(f"/reviews/{one.pk}/{place}").status_code for place in PLACES[:2]}
            assert answers == {"": 200 if reads else 404, "agenda/": 404}, (name, one.kind)
            assert client.get(f"/reviews/{one.pk}/judge/planning/").status_code == 404
            for place in POSTS:
                data = {
                    "text": "mine",
                    "look": "shared",
                    "message_id": "f" * 32,
                    "do": "sign",
                    "level": "1",
                    "owner": "1",
                }
                assert client.post(f"/reviews/{one.pk}/{place}", data).status_code == 404, (name, place)
    assert [one for one in acts() if one != Event.REVIEW_READ] == before[2]
    assert (ReviewNote.objects.count(), Action.objects.count()) == before[:2]


def test_who_reports_to_one_and_cannot_log_in_is_named_and_not_passed_over(cast, as_):
    mona = as_(cast["mona"])
    assert "Without a log-in" not in text_of(mona, "/team-reviews/")
    cast["carl"].is_active = False
    cast["carl"].save()
    page = re.sub(r"<[^>]+>", "", text_of(mona, "/team-reviews/"))
    assert "Without a log-in of their own, so that no review can be held with them here: Carl" in page


def test_who_leads_from_above_reads_signed_evaluations_without_private_notes_which_is_noted(cast, as_):
    review = signed(cast)
    hedda, mona = as_(cast["hedda"]), as_(cast["mona"])
    page = text_of(hedda, f"/reviews/{review.pk}/")
    assert "What I saw" in page
    assert "What I say" in page
    assert "For me alone" not in page
    assert f'href="/reviews/{review.pk}/"' in text_of(hedda, "/team-reviews/")
    read_ = AuditEntry.objects.filter(act=Event.REVIEW_READ)
    assert [(one.who, one.object_id) for one in read_] == [(f"user:{cast['hedda'].pk}", str(review.pk))]
    assert "For me alone" in text_of(mona, f"/reviews/{review.pk}/")
    assert "For me alone" not in text_of(as_(cast["cora"]), f"/reviews/{review.pk}/")
    assert read_.count() == 1, "the two are not noted"
    cast["hedda"].csm_id = "carl"  # who no more leads them
    cast["hedda"].save()
    assert hedda.get(f"/reviews/{review.pk}/").status_code == 404


def test_no_page_search_notice_mail_or_answer_to_a_program_holds_a_word_of_it(cast, as_, walked):
    """What is said in reviews stands on no page, list, file, search or interface that anybody else opens, nor in any notice."""
    review = planned(cast, Kind.EVALUATION)
    judged(cast, review)
    for look in (Look.SHARED, Look.PRIVATE):
        doing.write(review, cast["mona"], look, f"{WORD} {look}", key=look)
    doing.write(review, cast["cora"], Look.ANSWER, f"{WORD} answer", key="a")
    doing.judge(review, cast["mona"], "planning", 1, f"{WORD} why", [Basis("text", f"{WORD} basis")])
    doing.agree(review, cast["mona"], Looking(cast["mona"])(), f"{WORD} task", cast["cora"], LATE, key="x")
    assert WORD in text_of(as_(cast["cora"]), f"/reviews/{review.pk}/")
    for name in ("carl", "boss", "hedda"):
        client = as_(cast[name])
        for url in walked(cast[name], every=name == "boss"):
            text = client.get(url).content.decode(errors="replace")
            assert WORD not in text, f"{name} {url}"
        found = client.get(f"/search/?q={WORD[:5]}").content.decode()
        assert WORD not in found
    assert Notice.objects.filter(user=cast["cora"], url=f"/reviews/{review.pk}/").exists()
    others = Notice.objects.exclude(user__in=(cast["cora"], cast["mona"]))
    assert not others.exists()
    told = " ".join(Notice.objects.values_list("text", flat=True))
    assert WORD not in told
    due = digest.tasks_due(Doing(Job(owner=cast["cora"]), cast["cora"]))
    assert due
    assert WORD not in str(due)
    assert WORD not in str(AuditEntry.objects.values_list("detail", flat=True))


@pytest.fixture
def walked():
    """The addresses of pages without arguments that somebody opens: ``every`` one, or those that show what people do."""

    def urls(user, *, every):
        for page in PAGES:
            if "<" in page.route or "GET" not in page.methods or page.public:
                continue
            if page.name in COSTLY or page.name == "api_renewal_accuracy":  # sums of renewals, for seconds
                continue
            if page.opens_for(user.roles) and (every or page.name in PEOPLES):
                yield f"/{page.route}"
        yield "/tasks/?view=team&format=csv&status=all"

    return urls


def test_a_private_note_is_its_writers_in_the_paper_too(cast):
    review = signed(cast)
    doing.write(review, cast["cora"], Look.PRIVATE, "Hers, for nobody else", key="h")
    assert "Hers, for nobody else" not in sealed.content(review)
    for who in ("mona", "cora"):
        html = render_to_string("evaluation/paper.html", {"review": shown(cast[who], review), "agenda": ()})
        assert "What I saw" in html
        assert "nobody is compared with a colleague here" in html
        assert not [text for text in ("For me alone", "Hers, for nobody else") if text in html]
    assert [one.text for one in whose.notes(cast["cora"], review)] == [
        "What I saw",
        "What I say",
        "Hers, for nobody else",
    ]
    doing.take_out(review, cast["cora"], ReviewNote.objects.get(text="Hers, for nobody else").pk)
    assert sealed.standing(review).holds


def test_the_review_is_made_a_pdf_and_that_is_noted(cast, as_):
    pytest.importorskip("weasyprint")
    review = signed(cast)
    answer = as_(cast["cora"]).get(f"/reviews/{review.pk}/paper/")
    assert answer.content.startswith(b"%PDF")
    assert "attachment" in answer["Content-Disposition"]
    noted = AuditEntry.objects.get(act=Event.EXPORTED)
    assert (noted.object_id, noted.who) == ("review_paper", f"user:{cast['cora'].pk}")


# Team, days, pages


def test_a_team_meeting_is_of_all_who_report_directly_and_each_sees_the_own_accounts(cast, as_):
    mona, cora, carl = (as_(cast[one]) for one in ("mona", "cora", "carl"))
    given = {"kind": "team", "person": "", "day": TODAY.isoformat(), "message_id": "a" * 32}
    assert [mona.post("/team-reviews/plan/", given).status_code for _twice in range(2)] == [302, 302]
    review = Review.objects.get()
    assert sorted(one.user.name for one in review.seats.all()) == ["Carl", "Cora"]
    doing.write(review, cast["carl"], Look.SHARED, "A word to all", key="1")
    planned_ = text_of(cora, f"/reviews/{review.pk}/")
    assert "A word to all" in planned_
    assert "it is not kept" in planned_
    seen = [
        {one for one in ("Acme", "Cedar") if one in text_of(who, f"/reviews/{review.pk}/agenda/")}
        for who in (mona, cora, carl)
    ]
    assert seen == [{"Acme", "Cedar"}, {"Acme"}, {"Cedar"}]
    assert cora.post(f"/reviews/{review.pk}/do/", {"do": "hold"}).status_code == 404
    mona.post(f"/reviews/{review.pk}/do/", {"do": "hold"})
    page = text_of(mona, f"/reviews/{review.pk}/")
    assert "The agenda is kept" not in page
    (seen,) = set(re.findall(r'name="seen" value="(\w+)"', page))
    ReviewNote.objects.create(review=review, by=cast["mona"], look="shared", text="Said since", key="since")
    mona.post(f"/reviews/{review.pk}/do/", {"do": "sign", "seen": seen})
    review.refresh_from_db()
    assert review.signed_at is None, "nobody signs what she has not read"
    (seen,) = set(re.findall(r'name="seen" value="(\w+)"', text_of(mona, f"/reviews/{review.pk}/")))
    mona.post(f"/reviews/{review.pk}/do/", {"do": "sign", "seen": seen})
    review.refresh_from_db()
    assert (review.signed_at is not None, review.agenda) == (True, []), "accounts of colleagues are not kept for all"
    assert as_(cast["hedda"]).get(f"/reviews/{review.pk}/").status_code == 404


def test_only_those_of_the_line_are_planned_with_and_one_at_a_time(cast, as_):
    mona = as_(cast["mona"])
    form = text_of(mona, "/team-reviews/plan/")
    assert re.findall(r'<option value="(\d+)"', form) == [str(cast["carl"].pk), str(cast["cora"].pk)]
    given = {"kind": "one_to_one", "day": TODAY.isoformat(), "message_id": "a" * 32}
    for other in ("hedda", "mona", "boss"):
        assert mona.post("/team-reviews/plan/", given | {"person": cast[other].pk}).status_code == 422
    assert mona.post("/team-reviews/plan/", given).status_code == 422, "a pair needs a person"
    assert as_(cast["cora"]).post("/team-reviews/plan/", given | {"person": cast["carl"].pk}).status_code == 403
    assert as_(cast["boss"]).post("/team-reviews/plan/", given | {"person": cast["carl"].pk}).status_code == 422
    assert mona.post("/team-reviews/plan/", given | {"person": cast["cora"].pk}).status_code == 302
    second = mona.post("/team-reviews/plan/", given | {"person": cast["cora"].pk, "message_id": "b" * 32})
    assert "planned already" in second.content.decode()
    assert Review.objects.count() == 1
    review = Review.objects.get()
    mona.post(f"/reviews/{review.pk}/do/", {"do": "move", "day": "2027-02-01"})
    assert Review.objects.get().day == date(2027, 2, 1)
    for _twice in range(2):
        answer = mona.post(f"/reviews/{review.pk}/do/", {"do": "drop"}, follow=True)
        assert "It is planned no more." in answer.content.decode(), "a second click says the same"
    assert not Review.objects.exists()
    assert as_(cast["hedda"]).post(f"/reviews/{review.pk}/do/", {"do": "drop"}).status_code == 404
    assert mona.post(f"/reviews/{review.pk + 1}/do/", {"do": "drop"}).status_code == 404


def test_the_next_one_is_due_by_the_rhythm_of_the_pair(cast, as_):
    """Both log in since 8 February: the first 1:1 is due on the 22nd. Held on 1 March: the next one is due on the 15th, every 10 days on the
    11th, and late the day after.
    """
    mona, cora, found = cast["mona"], cast["cora"], rules(configured.HOME)
    for one, day in ((mona, 1), (cora, 8)):
        one.created_at = datetime(2026, 2, day, 12, tzinfo=UTC)
        one.save()

    def due(now, kind=Kind.ONE_TO_ONE):
        one = rhythm.due(found, mona, cora, kind, now)
        return one.due, one.late

    assert due(date(2026, 2, 22)) == (date(2026, 2, 22), False)
    assert due(date(2026, 2, 23)) == (date(2026, 2, 22), True)
    doing.hold(planned(cast, day=date(2026, 3, 1)), mona, [])
    assert due(date(2026, 3, 15)) == (date(2026, 3, 15), False)
    page = as_(mona)
    answer = page.post("/team-reviews/rhythm/", {"kind": "one_to_one", "person": cora.pk, "every": "10"})
    assert answer.status_code == 302
    assert due(date(2026, 3, 11)) == (date(2026, 3, 11), False)
    assert due(date(2026, 3, 12)) == (date(2026, 3, 11), True)
    assert due(date(2026, 3, 12), Kind.EVALUATION) == (date(2026, 5, 10), False), "91 days after 8 February"
    assert page.post("/team-reviews/rhythm/", {"kind": "team", "person": cora.pk, "every": "3"}).status_code == 404
    assert page.post("/team-reviews/rhythm/", {"kind": "one_to_one", "every": "3"}).status_code == 404
    assert "late" in text_of(page, "/team-reviews/")
    planned(cast, day=date(2026, 4, 1), key="n")
    assert due(date(2026, 3, 20)) == (date(2026, 4, 1), False)
    assert Review.objects.latest("pk").since == date(2026, 3, 1)


def test_who_leads_is_reminded_once_of_a_review_that_is_late(cast, as_):
    """Held 20 days ago: the next 1:1 was due 6 days ago. The evaluation, planned for yesterday, is late too; what is not, is not told."""
    mona = cast["mona"]
    doing.hold(planned(cast, day=TODAY - timedelta(days=20)), mona, [])
    late = planned(cast, Kind.EVALUATION, TODAY - timedelta(days=1), key="e")
    (kept,) = schedules.Schedule.objects.filter(owner=mona, kind=jobs.REMIND)
    assert (kept.every, kept.quiet) == ("workday", True)
    assert not schedules.Schedule.objects.filter(owner=cast["cora"]).exists(), "who leads nobody is reminded of nothing"
    for _morning in range(2):
        job = start(mona, jobs.REMIND, quiet=True)
        run(job.pk)
        job.refresh_from_db()
        assert job.state == "done"
    found = Notice.objects.filter(user=mona, text__startswith="Late:").order_by("pk")
    due = formats.day(TODAY - timedelta(days=6))
    assert [(one.text, one.url) for one in found] == [
        (f"Late: 1:1 with Cora was due on {due}", "/team-reviews/"),
        (f"Late: Quarterly evaluation with Cora was due on {formats.day(TODAY - timedelta(days=1))}", f"/reviews/{late.pk}/"),
    ]  # fmt: skip
    assert not Notice.objects.filter(text__startswith="Late:").exclude(user=mona).exists()
    assert "2 are late" in text_of(as_(mona), "/team-reviews/")


def test_who_never_held_a_review_is_reminded_of_those_that_were_due(cast, as_):
    """All log in since 100 days, Carl since 20: but for his evaluation the first ones are late. Who leads nobody who logs in is left alone."""
    for who, days in {"hedda": 100, "mona": 100, "cora": 100, "carl": 20, "boss": 100}.items():
        cast[who].created_at = NOW - timedelta(days=days)
        cast[who].save()
    assert jobs.look_after_leaders in hourly.declared()
    for _twice in range(2):
        jobs.look_after_leaders()
    kept = schedules.Schedule.objects.filter(kind=jobs.REMIND).order_by("owner__name")
    assert [one.owner.name for one in kept] == ["Hedda", "Mona"]
    for _morning in range(2):
        run(start(cast["mona"], jobs.REMIND, quiet=True).pk)
    found = Notice.objects.filter(user=cast["mona"], text__startswith="Late:").order_by("pk")
    due = {days: formats.day(local_date(NOW - timedelta(days=days))) for days in (6, 9, 86, 93)}
    assert sorted(one.text for one in found) == [
        f"Late: 1:1 with Carl was due on {due[6]}", f"Late: 1:1 with Cora was due on {due[86]}",
        f"Late: Quarterly evaluation with Cora was due on {due[9]}", f"Late: Team meeting with the team was due on {due[93]}",
    ]  # fmt: skip
    page = text_of(as_(cast["mona"]), "/team-reviews/")
    assert "4 are late" in page
    assert due[86] in page, "the day stands there, though none was held"


def test_a_pair_begins_when_its_line_does(cast, company):
    """Cora reports to Mona again since 30 days, after some time with Hedda: the first 1:1 was due 16 days ago."""
    for who in ("mona", "cora"):
        cast[who].created_at = NOW - timedelta(days=100)
        cast[who].save()
    rows = [
        {
            "csm_id": "cora",
            "name": "Cora",
            "manager_id": above,
            "valid_from": f"{NOW - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}",
        }
        for above, days in (("mona", 90), ("head", 60), ("mona", 30), ("mona", 10))
    ]
    company.record("csm", rows, by="x", message_id="lines")
    assert lines.reports_since("cora", "head") is None
    found = rhythm.due(rules(configured.HOME), cast["mona"], cast["cora"], Kind.ONE_TO_ONE, TODAY)
    assert found.due == local_date(NOW - timedelta(days=30)) + timedelta(days=14)


def test_both_find_it_among_their_reviews_and_are_told(cast, as_):
    review = planned(cast)
    assert f'href="/reviews/{review.pk}/"' in text_of(as_(cast["cora"]), "/reviews/")
    assert f'href="/reviews/{review.pk}/"' in text_of(as_(cast["mona"]), "/team-reviews/")
    assert f'href="/reviews/{review.pk}/"' not in text_of(as_(cast["carl"]), "/reviews/")
    assert "There is no review of yours yet" in text_of(as_(cast["carl"]), "/reviews/")
    assert "Nobody reports to you here" in text_of(as_(cast["boss"]), "/team-reviews/")
    doing.hold(review, cast["mona"], [])
    told = list(Notice.objects.filter(user=cast["cora"], kind="reviews").order_by("pk").values_list("text", flat=True))
    assert [one.partition(" with")[0] for one in told] == ["Mona planned", "1:1"]
    assert "to be signed by you" in text_of(as_(cast["cora"]), "/reviews/")


# Erased


def test_a_customers_person_goes_from_what_is_signed_and_the_page_says_why(cast, as_, monkeypatch):
    """That all texts of the database are gone through, see tests/engine/test_erase_person.py."""
    review = signed(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'evaluation_%%'")
        assert cursor.fetchall() == [], "erasing passes over tables with triggers"
    assert "It is as it was signed" in text_of(as_(cast["cora"]), f"/reviews/{review.pk}/")
    review.notes.filter(text="What I saw").update(text="erased saw")
    entry = audit.Entry(1, (NOW + timedelta(hours=1)).isoformat(), *[""] * 10)
    asked = []
    monkeypatch.setattr(audit, "entries", lambda _home, about, _most: (asked.append(about) or [entry], 1))
    assert "a customer's person was erased on" in text_of(as_(cast["cora"]), f"/reviews/{review.pk}/")
    assert [(one.act, one.start) for one in asked] == [(Act.PERSON_ERASED, review.signed_at)]


def test_an_administrator_erases_the_reviews_of_who_left_without_reading_them(cast, as_):
    review = signed(cast)
    doing.agree(planned(cast), cast["mona"], Looking(cast["mona"])(), "A promise", cast["cora"], None, key="x")
    boss = as_(cast["boss"])
    assert boss.post("/reviews/erase/", {"person": cast["cora"].pk}).status_code == 404, "she is still there"
    cast["cora"].is_active = False
    cast["cora"].save()
    page = text_of(boss, "/reviews/erase/")
    assert "2 reviews" in page
    assert "What I" not in page
    assert boss.post("/reviews/erase/", {"person": cast["cora"].pk}).status_code == 302
    left = text_of(as_(cast["mona"]), f"/reviews/{review.pk}/")
    assert "The words of this review were erased" in left
    assert not ReviewNote.objects.exists()
    assert [one.text for one in Action.objects.all()] == [""]
    assert [one.title for one in Task.objects.all()] == ["erased"]
    assert AuditEntry.objects.filter(act=Event.REVIEWS_ERASED, who=f"user:{cast['boss'].pk}").count() == 1


def test_what_was_judged_by_other_rules_keeps_them(cast, as_):
    review = signed(cast)
    text = rules(configured.HOME).text.replace('name = "Planning"', 'name = "Foresight"')
    (configured.HOME / OWN).write_text(text)
    client: Client = as_(cast["cora"])
    assert "Foresight" in text_of(client, "/reviews/skills/")
    page = text_of(client, f"/reviews/{review.pk}/")
    assert "Planning" in page
    assert "Foresight" not in page
    assert timezone.now() > review.signed_at
