"""Dashboards: whose they are, what each viewer sees on them, and what leaves by file and mail."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tenure.engine import Scope
from tenure.web.access.roles import Role
from tenure.web.dashboards import whose
from tenure.web.dashboards.models import Dashboard, Tile
from tenure.web.kit import drawn, formats
from tenure.web.kit.charts import Bars, HeatMap, Lines, Scale, Series, Table
from tenure.web.post import mail, mail_settings, queue, schedules, sending, worker
from tenure.web.post.doing import folder
from tenure.web.post.models import Job, Notice, Schedule, State
from tests.web.company import charts_of, owners, text_of

pytestmark = pytest.mark.django_db
QUESTION = "metric=mrr&grain=month&window=period&by=segment&count=6&look=chart"


@pytest.fixture
def people(company, somebody):
    """Two CSMs with books of their own, and one who sees everything."""
    held = owners(company)
    first, second = sorted(held, key=lambda name: -len(held[name]))[:2]
    return (somebody(Role.CSM, csm_id=first, email="one@example.com", name="One"),
            somebody(Role.CSM, csm_id=second, email="two@example.com", name="Two"),
            somebody(Role.EXECUTIVE, name="Exe"))  # fmt: skip


@pytest.fixture
def board(people):
    made = Dashboard.objects.create(owner=people[0], title="=Weekly")
    whose.pin(made, QUESTION.replace("by=segment&", "").replace("look=chart", "look=number"), "Our MRR", 1)
    whose.pin(made, QUESTION, "", 2)
    return made


def work() -> None:
    for _round in range(2):
        for lane in queue.LANES:
            worker.turn(lane)


def test_it_is_seen_by_its_owner_and_whom_it_is_shared_with_and_changed_by_her_alone(board, people, as_):
    one, two, _exe = people
    tile = whose.tiles(board)[0]
    seen = (f"/dashboards/{board.pk}/", f"/dashboards/tiles/{tile.pk}/", f"/send/dashboard/?dashboard={board.pk}")
    changes = ((f"/dashboards/{board.pk}/settings/", {"title": "Mine"}), (f"/dashboards/{board.pk}/change/", {"what": "delete"}),
               (f"/dashboards/tiles/{tile.pk}/move/", {"what": "remove"}),
               (f"/dashboards/tiles/{tile.pk}/edit/", {"metric": "arr"}),
               ("/dashboards/pin/", {"metric": "arr", "dashboard": board.pk}))  # fmt: skip
    mine, other = as_(one), as_(two)
    assert [other.get(url).status_code for url in seen] == [404] * 3
    assert other.post(f"/dashboards/{board.pk}/change/", {"what": "copy"}).status_code == 404
    assert other.post(f"/send/dashboard/file/?dashboard={board.pk}", {"format": "csv"}).status_code == 404
    mine.post(f"/dashboards/{board.pk}/settings/", {"title": "Shared", "roles": ["csm"]})
    assert [other.get(url).status_code for url in seen] == [200] * 3
    assert "by One" in text_of(other, f"/dashboards/{board.pk}/")
    for url, given in changes:
        assert other.post(url, given).status_code == 404, url
    assert [each.title for each in whose.tiles(board)] == ["Our MRR", ""]
    mine.post(f"/dashboards/{board.pk}/change/", {"what": "delete"})
    assert [other.get(url).status_code for url in seen] == [404] * 3
    assert "Bring back" in text_of(mine, "/dashboards/")
    assert other.post(f"/dashboards/{board.pk}/change/", {"what": "restore"}).status_code == 404
    mine.post(f"/dashboards/{board.pk}/change/", {"what": "restore"})
    other.post(f"/dashboards/{board.pk}/change/", {"what": "copy"})
    copied = Dashboard.objects.get(owner=two)
    assert (copied.title, copied.shares.count(), len(whose.tiles(copied))) == ("Shared (copy)", 0, 2)


def test_each_sees_the_figures_of_her_own_accounts(board, people, company, as_):
    whose.share(board, ["*"])
    number = whose.tiles(board)[0].pk
    said = []
    for person in people:
        scope = Scope((person.csm_id,)) if person.csm_id else None
        sight = company.seen_by(scope) if scope else company
        value = list(sight.show("mrr"))[-1].value
        text = text_of(as_(person), f"/dashboards/tiles/{number}/")
        said.append(re.search(r'<strong class="number">([^<]+)</strong>', text)[1])
        assert said[-1] == formats.money_short(value, company.settings().currency)
    assert len(set(said)) == 3


def test_a_tile_is_built_before_ones_eyes_kept_moved_and_brought_back(people, company, as_):
    client = as_(people[2])
    page = text_of(client, f"/dashboards/pin/?{QUESTION}&where=segment")
    values = re.search(r'<select name="value".*?</select>', page, re.DOTALL)[0]
    segments = {each.slice["segment"] for each in company.show("mrr", by=["segment"])}
    assert set(re.findall(r'value="([^"]+)"', values)) == segments
    (drawn_chart,) = charts_of(client, f"/dashboards/pin/?{QUESTION}")
    assert (drawn_chart["kind"], len(drawn_chart["categories"])) == ("lines", 6)
    segment = min(segments)
    given = {"metric": "mrr", "grain": "quarter", "window": "period", "count": "6", "look": "table", "where": "segment",
             "value": segment, "title": "Ours", "width": "3", "dashboard": "new"}  # fmt: skip
    client.post("/dashboards/pin/", given)
    client.post("/dashboards/pin/", {**given, "title": "Second", "dashboard": Dashboard.objects.get().pk})
    first, second = whose.tiles(Dashboard.objects.get())
    assert (first.title, first.width, second.title) == ("Ours", 3, "Second")
    table = text_of(client, f"/dashboards/tiles/{first.pk}/")
    expected = company.show("mrr", grain="quarter", where=[("segment", segment)])
    assert len(re.findall(r'<th scope="row">Q\d', table)) == min(6, len(list(expected)))
    assert f"Segment: {segment}" in table
    for what, order in (("later", ["Second", "Ours"]), ("later", ["Second", "Ours"]), ("earlier", ["Ours", "Second"])):
        client.post(f"/dashboards/tiles/{first.pk}/move/", {"what": what})
        assert [each.title for each in whose.tiles(Dashboard.objects.get())] == order
    client.post(f"/dashboards/tiles/{second.pk}/move/", {"what": "to", "to": "0"})
    client.post(f"/dashboards/tiles/{first.pk}/move/", {"what": "narrower"})
    client.post(f"/dashboards/tiles/{second.pk}/move/", {"what": "remove"})
    assert [(each.title, each.width) for each in whose.tiles(Dashboard.objects.get())] == [("Ours", 2)]
    assert client.get(f"/dashboards/tiles/{second.pk}/").status_code == 404
    client.post(f"/dashboards/tiles/{second.pk}/move/", {"what": "restore"})
    assert [each.title for each in whose.tiles(Dashboard.objects.get())] == ["Second", "Ours"]
    assert "There is no dimension called" in text_of(client, "/dashboards/pin/?metric=mrr&by=colour")
    Tile.objects.filter(pk=first.pk).update(question="metric=gone")
    assert "There is no metric called 'gone'." in text_of(client, f"/dashboards/tiles/{first.pk}/")


def test_files_hold_the_figures_of_who_asked_and_no_formula(board, people, company, as_):
    one = people[0]
    for kind in ("csv", "xlsx"):
        as_(one).post(f"/send/dashboard/file/?dashboard={board.pk}", {"format": kind})
    work()
    assert {job.state for job in Job.objects.all()} == {State.DONE}
    text, book = ((folder() / job.file).read_bytes() for job in Job.objects.order_by("pk"))
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    sight = company.seen_by(Scope((one.csm_id,)))
    last = list(sight.show("mrr"))[-1]
    whole = [row for row in rows if row["tile"] == "Our MRR"]
    assert Decimal(whole[-1]["value"]) == last.value
    assert (
        sum(Decimal(row["value"] or 0) for row in rows if row["slice"] and row["period_end"] == whole[-1]["period_end"])
        == last.value
    )
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert sheet[-1][5] == pytest.approx(float(last.value))
    Tile.objects.update(title="=1+1")
    as_(one).post(f"/send/dashboard/file/?dashboard={board.pk}", {"format": "csv"})
    work()
    latest = (folder() / Job.objects.latest("pk").file).read_bytes().decode("utf-8-sig")
    assert "\n'=1+1," in latest


def test_what_is_no_longer_shared_is_no_longer_made(board, people, as_):
    two = people[1]
    whose.share(board, ["csm"])
    as_(two).post(f"/send/dashboard/file/?dashboard={board.pk}", {"format": "csv"})
    whose.share(board, [])
    work()
    assert Job.objects.get().error["code"] == "not_found"


def test_it_is_sent_on_a_schedule_to_each_what_she_sees(board, people, company, as_, monkeypatch):
    one, two, exe = people
    whose.share(board, ["csm"])
    client = as_(one)
    form = {"every": "week", "day": 1, "at": "08:00", "made_as": "table", "recipients": [one.pk, two.pk]}
    assert client.post(f"/send/dashboard/?dashboard={board.pk}", {**form, "recipients": [exe.pk]}).status_code == 422
    assert client.post(f"/send/dashboard/?dashboard={board.pk}", form).status_code == 302
    assert as_(two).post(f"/send/dashboard/?dashboard={board.pk}", form).status_code == 422, (
        "who does not own it sends it to herself"
    )
    assert "=Weekly by mail" in text_of(client, "/jobs/")

    def due():
        Schedule.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        schedules.start_due(timezone.now())
        work()

    due()
    assert sorted(Notice.objects.filter(kind="views").values_list("user__name", flat=True)) == ["One", "Two"]
    sent = []
    said = {"host": "h", "port": 25, "sender": "a@example.com", "address": "https://t.example.com"}
    mail_settings.keep(company.home, mail_settings.checked(said, company.home), None)
    monkeypatch.setattr(mail, "_send", lambda user, letter, name: sent.append((user, letter, name)))
    mail.decline(two.pk, sending.purpose("dashboard", f"dashboard={board.pk}"))
    due()
    ((user, letter, _name),) = sent
    assert user == one
    assert letter.subject == "=Weekly"
    assert letter.parts[0].heading == "Our MRR"
    whose.share(board, [])
    mail.accept(two, sending.purpose("dashboard", f"dashboard={board.pk}"))
    sent.clear()
    due()
    assert [user for user, _letter, _name in sent] == [one]


def test_a_chart_is_drawn_on_the_server_as_on_the_page():
    pytest.importorskip("py_mini_racer")
    chart = Lines("x", Table((), ()), Scale("currency", 0, "EUR"), ("Jan", "Feb"), (Series("MRR", (1000.0, 2500.0)),))
    with drawn.Drawer() as drawer:
        svg = drawer.svg(chart, 600, 260)
    assert svg.startswith("<svg")
    assert ">Jan</text>" in svg
    assert drawn.look()["tones"]["new"] == "#0f6b5c"
    heat = HeatMap("x", Table((), ()), Scale("percent"), ("0",), ("a", "b"), ((0.0,), (1.0,)), 0.0, 1.0)
    hardly = Bars(
        "x", Table((), ()), Scale(), ("a", "b"), (Series("n", (9_000.0, 4.0)), Series("m", (0.1, -1.0), "churn"))
    )
    with drawn.Drawer() as drawer:
        shades, bars = drawer.svg(heat, 300, 200), drawer.svg(hardly, 660, 210)
    assert "rgb(242,217,196)" in shades  # the lightest of the tokens, and the darkest
    assert "rgb(47,134,115)" in shades
    assert "A0 0 " not in bars
    assert "#0f6b5c" in svg.lower() or "rgb(15,107,92)" in svg


def test_without_the_extra_that_is_said(board, people, as_, monkeypatch):
    import builtins

    whole = builtins.__import__

    def missing(name, *more, **named):
        if name in ("py_mini_racer", "weasyprint"):
            raise ImportError(name)
        return whole(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    as_(people[0]).post(f"/send/dashboard/file/?dashboard={board.pk}", {"format": "pdf"})
    work()
    assert Job.objects.get().error["code"] == "no_pdf"
    assert "tenure[pdf]" in Job.objects.get().error["fix"]
