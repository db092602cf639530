"""Views by mail and on paper: who may send what to whom, and that each gets what she sees when it is sent."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from tenure.web.access.roles import Role
from tenure.web.book.models import Sharing, View
from tenure.web.kit import drawn
from tenure.web.post import mail, mail_settings, queue, schedules, sending, worker
from tenure.web.post.doing import folder
from tenure.web.post.models import Declined, Job, Schedule, State
from tests.web import small
from tests.web.company import put_into, text_of

pytestmark = pytest.mark.django_db
WEEKLY = {"every": "week", "day": 1, "at": "08:00", "made_as": "table"}
METRIC = "/send/metric/?metric=mrr"


@pytest.fixture
def people(small_company, somebody):
    """Cora and Carl with books of their own, and Mona who leads both."""
    return (somebody(Role.CSM, csm_id="cora", email="cora@example.com", name="Cora"),
            somebody(Role.CSM, csm_id="carl", email="carl@example.com", name="Carl"),
            somebody(Role.MANAGER, csm_id="mona", name="Mona"))  # fmt: skip


@pytest.fixture
def letters(small_company, monkeypatch):
    """What was sent: by the receiver's name, the mail."""
    said = {"host": "h", "port": 25, "sender": "a@example.com", "address": "https://t.example.com"}
    mail_settings.keep(small_company.home, mail_settings.checked(said, small_company.home), None)
    sent = {}
    monkeypatch.setattr(mail, "_send", lambda user, letter, _name: sent.update({user.name: letter}))
    return sent


def work() -> None:
    for _round in range(2):
        for lane in queue.LANES:
            worker.turn(lane)


def due() -> None:
    Schedule.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    schedules.start_due(timezone.now())
    work()


def words(letter) -> str:
    return "\n".join(
        [letter.subject, *(text for part in letter.parts for text in (part.heading, part.note)),
         *(said for part in letter.parts for said, _url in part.lines),
         *(cell for part in letter.parts for row in part.table for cell in row)]
    )  # fmt: skip


def test_each_gets_a_metric_of_her_own_accounts_as_they_are_when_it_is_sent(people, letters, as_):
    cora, carl, mona = people
    assert METRIC in text_of(as_(mona), "/metrics/mrr/").replace("&grain=month&window=period", "")
    given = {**WEEKLY, "recipients": [each.pk for each in people]}
    assert as_(cora).post(METRIC, given).status_code == 422, "who leads nobody sends it to herself"
    assert as_(mona).post(METRIC, given).status_code == 302
    due()
    first = {name: words(letter).split("\n") for name, letter in letters.items()}
    # Acme pays 1,000 a month, Birch 500, Cedar 200: Cora owns the first two.
    assert {name: said[0] for name, said in first.items()} == dict.fromkeys(("Cora", "Carl", "Mona"), "MRR")
    values = {name: letters[name].parts[0].lines[0][0].split(" · ")[0] for name in first}
    assert values == {"Cora": "€1,500.00", "Carl": "€200.00", "Mona": "€1,700.00"}
    assert letters["Cora"].parts[-1].lines[0][1] == "/metrics/mrr/"
    carl.csm_id = "cora"
    carl.save()
    mona.csm_id = "carl"
    mona.save()
    mail.decline(cora.pk, sending.purpose("metric", "metric=mrr"))
    letters.clear()
    due()
    assert {name: letter.parts[0].lines[0][0].split(" · ")[0] for name, letter in letters.items()} == {
        "Carl": "€1,500.00", "Mona": "€200.00",
    }  # fmt: skip
    assert as_(mona).post(METRIC, {**given, "every": "never"}).status_code == 302
    assert not Schedule.objects.exists()


def test_a_saved_view_goes_to_who_opens_it_with_her_own_accounts_alone(people, letters, as_):
    cora, carl, mona = people
    view = View.objects.create(owner=mona, name="Small ones", asked={"order": "name"})
    url = f"/send/accounts/?view={view.pk}"
    given = {**WEEKLY, "recipients": [cora.pk, carl.pk]}
    assert as_(cora).get(url).status_code == 404
    assert as_(mona).post(url, given).status_code == 422, "they do not open it"
    view.shared = Sharing.EVERYONE
    view.save()
    assert url in text_of(as_(mona), f"/accounts/?view={view.pk}")
    assert as_(mona).post(url, given).status_code == 302
    due()
    told = {name: [row[0] for row in letter.parts[0].table[1:]] for name, letter in letters.items()}
    assert told == {"Cora": ["Acme", "Birch"], "Carl": ["Cedar"]}
    assert letters["Cora"].subject == "Small ones"
    assert "€18K ARR" in letters["Cora"].parts[0].note  # 12 times 1,500
    view.shared, view.roles = Sharing.ROLES, ["manager"]
    view.save()
    letters.clear()
    due()
    assert letters == {}


def test_views_are_made_into_paper_of_what_their_reader_sees(people, small_company, as_):
    cora = people[0]
    client = as_(cora)
    seen = sending.Asked(cora, small_company, "")
    board = sending.composed("board", seen)
    assert board.title == "Board"
    assert [one.title for one in board.shown][:2] == ["ARR", "Net revenue retention"]
    assert board.shown[0].card.value == "€20.4K"  # the sight is the workspace's own: 12 times 1,700
    renewals = sending.composed("renewals", seen)
    assert (renewals.title, len(renewals.shown)) == ("Renewals", 1)
    for url in (
        "/send/metric/?metric=nothing",
        "/send/nothing/",
        "/send/dashboard/?dashboard=7",
        f"/send/board/?q={'x' * 4_001}",
    ):
        assert client.get(url).status_code == 404, url
    for page, link in (("/board/", "/send/board/"), ("/renewals/", "/send/renewals/")):
        assert client.get(link).status_code == 200
        assert page == "/renewals/" or link in text_of(client, page)
    assert client.post("/send/accounts/file/", {"format": "ods"}).status_code == 404
    if not drawn.is_there():
        return
    for address in ("metric/file/?metric=mrr", "accounts/file/?view=all"):
        assert client.post(f"/send/{address}", {"format": "pdf"}).status_code == 302
    work()
    jobs = Job.objects.all()
    assert {job.state for job in jobs} == {State.DONE}, [job.error for job in jobs]
    assert all((folder() / job.file).read_bytes().startswith(b"%PDF") for job in jobs)


def test_what_was_scheduled_of_a_dashboard_before_goes_on(people):
    cora = people[0]
    old = {"every": "day", "zone": "UTC", "next_at": timezone.now(), "title": "Weekly by mail"}
    arguments = {"dashboard": 5, "made_as": "pdf", "recipients": [cora.pk]}
    Schedule.objects.create(owner=cora, kind="dashboard_mail", name="dashboard:5", arguments=arguments, **old)
    Declined.objects.create(user=cora, purpose="dashboard:5")
    import_module("tenure.web.post.migrations.0004_views").forwards(apps, None)
    found, name = Schedule.objects.get(), sending.purpose("dashboard", "dashboard=5")
    assert (found.kind, found.name) == ("view_mail", name)
    assert found.arguments == {"view": "dashboard", "address": "dashboard=5", "made_as": "pdf", "recipients": [cora.pk]}
    assert mail.has_declined(cora, name)


@pytest.fixture(scope="module")
def live_home(tmp_path_factory):
    """The small company with an account that a spreadsheet would run, and a renewal of it."""
    more = {
        "account": 'account_id,name,segment\nacme,"=HYPERLINK(""http://x.example"")",SMB\n',
        "contract": "contract_id,account_id,started_at,ended_at,value\nk1,acme,2025-01-01,2031-01-01,12000\n",
    }
    return small.made_in(tmp_path_factory.mktemp("live"), more)


@pytest.mark.parametrize(
    ("view", "query"),
    [("metric", "metric=mrr&by=owner"), ("accounts", "view=all"), ("renewals", "window=2031"), ("board", "")],
)
def test_every_view_is_sent_with_its_rows_as_its_receiver_sees_them(
    view, query, live_home, home, somebody, as_, letters
):
    put_into(home, live_home)
    said = {"host": "h", "port": 25, "sender": "a@example.com", "address": "https://t.example.com"}
    mail_settings.keep(home, mail_settings.checked(said, home), None)
    mona = somebody(Role.EXECUTIVE, name="Mona")
    whom = [
        somebody(Role.CSM, csm_id=name.lower(), email=f"{name}@example.com", name=name) for name in ("Cora", "Carl")
    ]
    mine = whom[:1] if view == "accounts" else whom  # what is no saved view goes to whoever has it sent
    by = mine[0] if view == "accounts" else mona
    for made_as in ("xlsx", "csv"):
        given = {**WEEKLY, "made_as": made_as, "recipients": [each.pk for each in mine]}
        assert as_(by).post(f"/send/{view}/?{query}", given).status_code == 302
        letters.clear()
        due()
        assert letters.keys() == {each.name for each in mine}, [job.error for job in Job.objects.all()]
        for name, letter in letters.items():
            (attached,) = letter.attachments
            assert attached.name.endswith(f".{made_as}")
            text, formulas = read(attached.content, made_as)
            assert not formulas, (view, name)
            # Cora is paid 12 times 1,500 a year, Carl 12 times 200; only she has the account that a spreadsheet would run
            own = r"\b18000\b" if view == "board" else r"HYPERLINK|cora"
            owns = bool(re.search(own, text, re.IGNORECASE))
            assert owns == (name == "Cora"), (view, name, text[:2000])


def read(content: bytes, made_as: str) -> tuple[str, list[str]]:
    """All that a file says, and the cells that a spreadsheet would run."""
    if made_as == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        return "\n".join(map(",".join, rows)), [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [
            book.read(name).decode() for name in book.namelist() if "worksheets" in name or "sharedStrings" in name
        ]
    return "\n".join(parts), [part for part in parts if "<f>" in part]
