"""Business reviews: what the slides say, what they never say, and where everything stands on them."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Inches

from tenure import keeper
from tenure.core.period import add_months
from tenure.engine import EVERYTHING
from tenure.web.access.roles import Role
from tenure.web.decks import layout, paper, presentation, room, telling
from tenure.web.decks.asked import OWN, SECTIONS, asked
from tenure.web.decks.layout import Drawing, Rows, Words
from tenure.web.decks.models import DeckDraft
from tenure.web.decks.slides import Deck, Grid, Quote, Slide, Stat
from tenure.web.kit import drawn, formats
from tenure.web.kit.charts import Bars, Lines, Scale, Series, Table
from tenure.web.kit.reading import local_today
from tenure.web.post import queue, worker
from tenure.web.post.doing import folder
from tenure.web.post.models import Job, State
from tests.web.company import put_into, text_of
from tests.web.small import made_in

pytestmark = pytest.mark.django_db
PAGE = "/accounts/acme/business-review/"
#: Three months that are over.
END = datetime.now(UTC).date().replace(day=1)
START = add_months(END, -3)
#: Who confirmed the first goal, and when.
NOOR = f"Noor, {formats.day(START.replace(day=2))}"
#: What is ours alone, or of somebody else: it must not come onto a slide.
PLANTED = ("planted", "Quin", "Cedar", "Birch", "61.5", "13.37", "77777", "88888")


def on(day: int, month: int = 0, hour: int = 12) -> str:
    """A moment of the period."""
    return f"{add_months(START, month).replace(day=day)}T{hour:02}:00:00Z"


MORE = {
    "person": "person_id,account_id,name,title\nq1,acme,Quin,planted title\nq2,acme,Noor,\n",
    "goal": "goal_id,account_id,name,measure,baseline,target,current,confirmed_by,confirmed_at,reached_at\n"
            f"g1,acme,Fewer calls,calls a day,40,10,25,q2,{on(2)},\ng2,acme,All teams,teams,0,4,4,,,{on(9)}\n"
            "g3,cedar,planted goal,,,,,,,\n",
    "step": "step_id,account_id,goal_id,name,side,done_at\n"
            f"w1,acme,g1,Invite the team,customer,\nw2,acme,g1,Train them,us,{on(20, 1)}\nw3,cedar,g3,planted step,customer,\n",
    "plan_comment": "comment_id,account_id,at,side,by,text\nk1,acme,2026-01-05,us,cora,planted comment\n",
    "note": "note_id,account_id,at,title,text\nn1,acme,2026-01-05,planted heading,planted note\n",
    "judgement": "account_id,model,at,score,by,text\nacme,csm_pulse,2026-01-05,13.37,cora,planted pulse\n",
    "score": "account_id,model,version,at,score,band\nacme,health,v1,2026-11-20,61.5,planted band\n"
             "acme,churn_risk_90,r1,2026-11-20,13.37,\n",
    "decision": "decision_id,account_id,at,by,text\nd1,acme,2026-01-05,cora,planted decision\n",
    "touchpoint": "touchpoint_id,account_id,csm_id,channel,occurred_at,is_automated,outcome,sentiment,text\n"
                  f"t1,acme,cora,call,{on(3)},false,planted outcome,-1,planted words\nt2,acme,cora,review,{on(4, 1)},false,,,\n"
                  f"t3,acme,cora,email,{on(5)},true,,,planted mail\nt4,acme,cora,call,{on(6, 2)},false,,,\n"
                  f"t5,acme,cora,call,{(START - timedelta(days=1))}T12:00:00Z,false,,,\nt6,birch,cora,call,{on(3)},false,,,planted\n",
    "training": f"training_id,account_id,person_id,course,assigned_at,completed_at,score\nc1,acme,q1,Basics,{on(1)},{on(8)},13.37\n"
                f"c2,acme,q2,Basics,{on(1)},{on(10)},\nc3,acme,q2,planted course,{on(1)},,\n",
    "milestone": f"milestone_id,account_id,kind,completed_at,blocked_by\nm1,acme,first_value,{on(15, 2)},customer\nm2,acme,live,,\n",
    "survey_answer": "answer_id,survey,kind,account_id,person_id,score,scale_min,scale_max,text,answered_at,csm_id,is_anonymous,theme\n"
                     f"a1,nps,relational,acme,q1,9,0,10,It does what it says.,{on(3)},,false,planted theme\n"
                     f"a2,nps,relational,acme,q2,6,0,10,not chosen words,{on(4)},,false,\n"
                     f"a3,nps,relational,acme,q1,0,0,10,planted anonymous,{on(5)},,true,\n"
                     f"a4,csat,transactional,acme,q1,1,1,5,planted about Cora,{on(6)},cora,false,\n",
    "ticket": "ticket_id,account_id,requester_id,priority,subject,created_at,first_reply_at,first_solved_at,solved_at\n"
              f"i1,acme,q1,high,planted subject,{on(3, 0, 10)},{on(3, 0, 11)},{on(3, 0, 12)},{on(3, 0, 12)}\n"
              f"i2,acme,q1,high,planted subject,{on(3, 1, 10)},{on(3, 1, 14)},{on(3, 1, 15)},{on(3, 1, 15)}\n"
              f"i3,acme,q1,low,planted subject,{on(3, 2, 10)},{on(3, 2, 11)},,\n",
    "sla_target": "measure,minutes,clock,valid_from\nfirst_reply,120,calendar,2020-01-01\nresolution,600,calendar,2020-01-01\n",
    "contract": "contract_id,account_id,started_at,ended_at,value,currency,auto_renew,outcome,outcome_reason,forecast,forecast_value\n"
                f"k7,acme,2025-01-01,{add_months(END, 12)},77777,EUR,true,open,planted reason,planted forecast,88888\n",
    "opportunity": "opportunity_id,account_id,kind,status,stage,amount,created_at\no1,acme,upsell,open,planted stage,88888,2026-01-05\n",
    "feature": "feature_id,name\nboard,Boards\n",
    "usage": "event_id,account_id,person_id,feature,occurred_at\n" + "".join(
        f"u{month}{person}{day},acme,q{person},board,{on(day, month)}\n"
        for month, person, day in [(-1, 1, 1), (0, 1, 1), (2, 1, 1), (2, 2, 2), (2, 2, 3)]),
}  # fmt: skip


@pytest.fixture(scope="module")
def small_home(tmp_path_factory):
    home = made_in(tmp_path_factory.mktemp("decks"), MORE)
    keeper.open(home).dossier("acme", {})
    return home


@pytest.fixture
def company(small_home, home):
    return put_into(home, small_home)


@pytest.fixture
def cora(company, somebody):
    return somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com")


def chosen(**more):
    """A review of the three months, with all there is but amounts."""
    last = (END - timedelta(days=1)).isoformat()
    return {"over": OWN, "start": START.isoformat(), "last": last, "sections": list(SECTIONS), "presenter": "Cora",
            "quoted": ["a1", "a3", "a4"], "summary": "All is well", "steps": "- Meet again", **more}  # fmt: skip


def made(company, **more) -> Deck:
    found = telling.deck(company.seen_by(EVERYTHING), "acme", asked(chosen(**more), company.settings(), local_today()))
    assert found is not None
    return found


def stats(deck: Deck, name: str) -> str:
    return next(stat.value for slide in deck.slides for stat in slide.stats if stat.name == name)


def shapes(content: bytes):
    whole = Presentation(io.BytesIO(content))
    for slide in whole.slides:
        yield slide, whole


def words_of(content: bytes) -> str:
    """Everything that is written anywhere in a file of slides, the tables behind its charts, too."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            data = parts.read(name)
            if name.endswith(".xlsx"):
                found.append(words_of(data))
            elif name.endswith((".xml", ".rels")):
                text = data.decode("utf-8")
                found += [*ET.fromstring(data).itertext(), *re.findall(r'(?:descr|name|title)="([^"]*)"', text)]
    return "\n".join(found)


def test_the_slides_say_what_is_known_of_the_period(company):
    deck = made(company)
    titles = [slide.title for slide in deck.slides]
    month = (END - timedelta(days=1)).strftime("%B %Y")
    assert titles == [
        "Acme", "Summary", "Goals: 1 of 2 reached", f"2 people used it in {month}", "3 tickets opened, 2 solved",
        "2 answers to our surveys", "3 contacts, and 1 milestone reached", titles[7], "Next steps",
    ]  # fmt: skip
    goals = {row[0]: row[1:] for row in deck.slides[2].grid.rows}
    assert goals["Fewer calls"] == ("calls a day", "40", "25", "10", "50%", "–", NOOR)  # (25-40)/(10-40)
    assert goals["All teams"][4] == "100%"
    assert goals["All teams"][6] == "not yet"
    assert stats(deck, "goals confirmed by you") == "1 of 2"
    assert (stats(deck, "of our steps done"), stats(deck, "of your steps done")) == ("1 of 1", "0 of 1")
    use = deck.slides[3]
    assert use.stats[0].value == "2"
    assert stats(deck, "uses in the period") == "4"  # one before the period does not count
    assert use.grid.rows == (("Boards", "2", "4"),)
    assert use.chart.series[0].values[-4:] == (1, 1, 0, 2)
    # Replies took 1, 4 and 1 hours of the 2 promised; the solved ones 2 and 5 of 10, the third is long over that.
    assert stats(deck, "first replies as promised") == "67%"
    assert stats(deck, "solutions as promised") == "67%"
    assert [row[1] for row in deck.slides[4].grid.rows] == ["2 of 3", "2 of 3"]
    assert deck.slides[4].chart.series[0].values == (1, 1, 1)
    voice = deck.slides[5]
    assert [(stat.value, stat.name) for stat in voice.stats] == [("7.5", "NPS, on average")]  # of 9 and 6
    assert [quote.words for quote in voice.quotes] == ["It does what it says."]
    done = deck.slides[6]
    assert [(stat.value, stat.name) for stat in done.stats] == [
        ("3", "contacts"), ("1", "milestones reached"), ("2", "courses completed"), ("1", "steps of the plan done"),
    ]  # fmt: skip
    assert done.stats[0].note == "1 of them a business review"
    assert [row[:2] for row in done.grid.rows] == [
        ("First value", "Milestone"), ("Train them", "Step"), ("Basics, 2 people", "Training"),
    ]  # fmt: skip
    assert {series.name: series.values for series in done.chart.series} == {
        "Call": (1, 0, 1), "Business review": (0, 1, 0),
    }  # fmt: skip
    assert deck.slides[7].title.startswith("The contract runs until")
    assert deck.slides[8].grid.rows[0][:2] == ("Invite the team", "Acme")


def test_nothing_of_ours_and_of_others_comes_onto_a_slide(company, cora, as_):
    deck = made(company)
    leaves = layout.leaves(deck)
    client = as_(cora)
    DeckDraft.objects.create(account_id="acme", asked=chosen(), changed_by=cora)
    page = text_of(client, PAGE)
    preview = page[page.index("What the slides say") :]
    written = [words_of(presentation.presentation(deck, leaves)), repr(deck), preview]
    for planted in (*PLANTED, "not chosen words"):
        assert [planted in text for text in written] == [False] * 3, planted
    assert all("It does what it says." in text for text in written)
    assert "planted" not in page  # nor where words are chosen
    with_amounts = made(company, amounts=True)
    told = words_of(presentation.presentation(with_amounts, layout.leaves(with_amounts)))
    assert ("77,777" in told, "88888" in told or "88,888" in told) == (True, False)
    assert "77,777" not in written[0]


def test_a_part_without_a_tick_is_not_read_and_one_with_nothing_is_left_out(company):
    only = made(company, sections=["goals"])
    assert [slide.title for slide in only.slides] == ["Acme", "Goals: 1 of 2 reached"]
    early = made(company, start="2015-01-01", last="2015-03-31", sections=["use", "service", "voice", "done"])
    assert len(early.slides) == 1
    whole = asked({"over": OWN, "start": "2026-03-01", "last": "2026-01-01"}, company.settings(), date(2026, 11, 27))
    assert (whole.over, whole.start, whole.end) == ("2026-Q3", date(2026, 7, 1), date(2026, 10, 1))


def test_a_draft_is_kept_and_files_are_made_of_it(company, cora, as_, somebody):
    client = as_(cora)
    assert client.get("/accounts/cedar/business-review/").status_code == 404
    assert "All is <b>" not in text_of(client, PAGE)
    for url in ("/accounts/acme/", "/accounts/acme/plan/"):
        assert PAGE in text_of(client, url)
    given = {**chosen(summary="All is <b>well</b>"), "message_id": "a" * 32}
    assert client.post(PAGE, {**given, "what": "save"}).status_code == 302
    assert "&lt;b&gt;well" in client.get(PAGE).content.decode()
    for _again in range(2):
        assert client.post(PAGE, {**given, "what": "pptx"}).status_code == 302
    assert client.post(PAGE, {**given, "last": "2099-01-01"}).status_code == 422
    assert client.post("/accounts/cedar/business-review/", {**given, "what": "pptx"}).status_code == 404
    for lane in queue.LANES:
        worker.turn(lane)
    job = Job.objects.get()  # sent twice, made once
    assert (job.state, job.file_about["name"].endswith(".pptx")) == (State.DONE, True)
    (first, *_rest) = Presentation(io.BytesIO((folder() / job.file).read_bytes())).slides
    assert first.shapes.title.text == "Acme"
    assert as_(somebody(Role.VIEWER)).get(PAGE).status_code == 403


def test_who_sees_the_account_no_more_gets_no_file(company, cora, as_):
    client = as_(cora)
    client.post(PAGE, {**chosen(), "message_id": "b" * 32, "what": "pptx"})
    cora.csm_id = "carl"
    cora.save()
    for lane in queue.LANES:
        worker.turn(lane)
    job = Job.objects.get()
    assert (job.state, job.error["code"], job.file) == (State.FAILED, "not_found", "")


def test_charts_are_charts_with_a_title_and_words_for_who_does_not_see_them(company):
    deck = made(company)
    content = presentation.presentation(deck, layout.leaves(deck))
    charts = [shape for slide, _whole in shapes(content) for shape in slide.shapes if shape.has_chart]
    assert [shape.chart.chart_title.text_frame.text for shape in charts] == [
        "People who used it, by month", "Tickets opened, by month", "Contacts, by month",
    ]  # fmt: skip
    for shape in charts:
        assert len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 20
    (contacts,) = charts[2:]
    assert [tuple(series.values) for series in contacts.chart.plots[0].series] == [(1, 0, 1), (0, 1, 0)]
    colours = [str(series.format.fill.fore_color.rgb) for series in contacts.chart.plots[0].series]
    assert colours == ["0F6B5C", "D89A3A"]
    assert all(slide.shapes.title.text for slide, _whole in shapes(content))


TEXTS = st.text(st.sampled_from("aWi m–漢é0"), max_size=400)
LINE = Lines("says", Table(("Month", "n"), (("Jan", "1"),)), Scale(), ("Jan", "Feb"), (Series("One", (1.0, None)),))
BARS = Bars(
    "says", Table(("Month", "n"), (("Jan", "1"),)), Scale(), ("Jan",), (Series("One", (1.0,)), Series("Two", (2.0,)))
)
GRIDS = st.builds(
    lambda rows: Grid(("A", "B" * 60, "C"), tuple(rows), (3, 1, 1), (1,)),
    st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=25),
)
SLIDES = st.builds(
    Slide, title=TEXTS, note=TEXTS, stats=st.lists(st.builds(Stat, TEXTS, TEXTS, TEXTS), max_size=4).map(tuple),
    chart=st.sampled_from([None, LINE, BARS]), heading=st.just("Heading"), grid=st.none() | GRIDS,
    lines=st.lists(TEXTS, max_size=12).map(tuple), quotes=st.lists(st.builds(Quote, TEXTS, st.just("NPS")), max_size=6).map(tuple),
    opening=st.booleans(),
)  # fmt: skip


def needed(box: Words) -> float:
    """Inches that a box's words take, by the estimate."""
    edge = layout.PANEL if box.panel else 0
    inner = box.w - 2 * edge
    return 2 * edge + sum(
        room.height(one.text, one.size, inner - (0.32 if one.bullet else 0), bold=one.bold) + one.after
        for one in box.paragraphs
    )


@of_hypothesis(max_examples=40, deadline=None)
@given(st.lists(SLIDES, min_size=1, max_size=3))
def test_nothing_leaves_its_slide_or_covers_anything(slides):
    leaves = layout.leaves(Deck("name", "foot " * 60, tuple(slides)))
    for leaf in leaves:
        for box in leaf.boxes:
            assert min(box.x, box.y) >= 0
            assert (box.right <= layout.WIDTH, box.bottom <= layout.HEIGHT) == (True, True), box
            if isinstance(box, Words):
                assert needed(box) <= box.h + 0.01, box
            if isinstance(box, Rows):
                assert sum(box.heights) == pytest.approx(box.h)
            if isinstance(box, Drawing):
                assert box.h > 2
        for one, other in itertools.combinations(leaf.boxes, 2):
            apart = one.right <= other.x + 1e-6 or other.right <= one.x + 1e-6
            assert apart or one.bottom <= other.y + 1e-6 or other.bottom <= one.y + 1e-6, (one, other)
    told = [row for leaf in leaves for box in leaf.boxes if isinstance(box, Rows) for row in box.grid.rows]
    assert len(told) == sum(len(slide.grid.rows) for slide in slides if slide.grid and not slide.opening)


def test_shapes_of_the_file_stand_where_they_were_laid(company):
    deck = made(company, amounts=True)
    leaves = layout.leaves(deck)
    content = presentation.presentation(deck, leaves)
    for (slide, whole), leaf in zip(shapes(content), leaves, strict=True):
        assert (whole.slide_width, whole.slide_height) == (Inches(13.333), Inches(7.5))
        found = sorted((shape.left, shape.top, shape.width, shape.height) for shape in slide.shapes)
        laid = sorted((Inches(box.x), Inches(box.y), Inches(box.w), Inches(box.h)) for box in leaf.boxes)
        for one, other in zip(found, laid, strict=True):
            assert one == pytest.approx(other, abs=20)  # of 914,400 an inch: tables add up their columns


@pytest.mark.skipif(not drawn.is_there(), reason="the extra pdf is not installed")
def test_paper_has_the_same_pages(company):
    deck = made(company)
    leaves = layout.leaves(deck)
    content = paper.pdf(deck, leaves)
    assert content.startswith(b"%PDF")
    assert b"".join(re.findall(rb"/MediaBox \[0 0 959\.97\d+ 540\]", content)).count(b"MediaBox") in (0, len(leaves))
