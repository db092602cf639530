"""The page of one account: its parts, what is told there, and who sees it. The company is told by hand (``tests.engine.test_timeline``)."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tenure import keeper
from tenure.engine import Scope
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.web.access.models import User
from tenure.web.access.roles import Role
from tenure.web.accounts import seen as looks
from tenure.web.accounts.models import Seen
from tenure.web.accounts.parts import told as time_lines
from tenure.web.work.models import Task
from tests.engine.conftest import Bench, new_home
from tests.engine.test_timeline import FILES
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
PARTS = ("changes", "timeline", "people", "use", "tickets", "surveys", "contracts", "group", "tasks", "plan")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def told_home(tmp_path_factory):
    """The company, and more of acme that is a colleague's or a customer's to fill in, all of it hostile."""
    home = new_home(tmp_path_factory.mktemp("account") / "home")
    workspace = Bench(home).workspace()
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    more = {
        "account": (
            "account_id,name,parent_id,crm,site,valid_from\n"
            f"evil,{quoted},acme,javascript:alert(3),https://crm.example.com/1,\n"
            "gone,Gone,acme,,,2024-01-01\ngone,Gone,,,,2026-02-01\n"
        ),
        "person": (
            "person_id,account_id,name,email,title,role,is_champion,is_service\n"
            f"q7,evil,{quoted},{quoted},{quoted},{quoted},true,false\nq8,evil,Robot,,,,,true\n"
        ),
        "ticket": f"ticket_id,account_id,subject,category,priority,created_at\nx9,evil,{quoted},{quoted},{quoted},2026-11-01\n",
        "survey_answer": (
            "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at,text,theme\n"
            f"a9,evil,q7,{quoted},1,0,10,2026-11-01,{quoted},{quoted}\n"
        ),
        "touchpoint": f"touchpoint_id,account_id,channel,occurred_at,outcome,text\nt8,evil,call,2026-11-01,{quoted},{quoted}\n",
        "note": f"note_id,account_id,at,by,kind,title,text\nn9,evil,2026-11-01,{quoted},{quoted},{quoted},{quoted}\n",
        "goal": f"goal_id,account_id,name,measure,confirmed_by,confirmed_at\ng9,evil,{quoted},{quoted},{quoted},2026-11-01\n",
        "step": f"step_id,account_id,goal_id,name,side,owner\nw9,evil,g9,{quoted},customer,{quoted}\n",
        "plan_comment": f"comment_id,account_id,at,side,by,text\nk9,evil,2026-11-01,customer,{quoted},{quoted}\n",
        "contract": f"contract_id,account_id,started_at,ended_at,value,outcome,outcome_reason\n{quoted},evil,2026-01-01,2027-01-01,1,renewed,{quoted}\n",
        "invoice": f"invoice_id,account_id,amount,issued_at\n{quoted},evil,1,2026-11-01\n",
        "decision": f"decision_id,account_id,at,by,text\nd9,evil,2026-11-01,{quoted},{quoted}\n",
    }  # fmt: skip
    for table, text in [*FILES.items(), *more.items()]:
        path = home.parent / f"{table}.csv"
        path.write_text(text)
        workspace.call("load", Load((str(path),), table, history=True))
    workspace.close()
    keeper.open(home).call("run", Run())
    return home


@pytest.fixture
def acme(told_home, home):
    shutil.rmtree(home)
    shutil.copytree(told_home, home)
    return keeper.open(home)


@pytest.fixture
def ada(acme, somebody, as_):
    """The CSM who owns acme, in her browser."""
    return as_(somebody(Role.CSM, csm_id="ada", name="Ada"))


def rows_of(page: str) -> list[list[str]]:
    """What stands in the cells of tables, without marks."""
    found = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    ]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in found]


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_every_part_is_a_page_of_its_own_and_nobody_else_s(acme, ada, somebody, as_):
    carl = as_(somebody(Role.CSM, csm_id="ben", email="ben@example.com"))
    page = text_of(ada, "/accounts/acme/")
    for part in PARTS:
        assert f'hx-get="/accounts/acme/{part}/"' in page
        alone = text_of(ada, f"/accounts/acme/{part}/")
        assert "<html" in alone
        in_page = ada.get(f"/accounts/acme/{part}/", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in in_page
        assert "<section" in in_page
        for client, account in ((carl, "acme"), (ada, "birch"), (ada, "nowhere")):
            assert client.get(f"/accounts/{account}/{part}/").status_code == 404, part
    assert carl.get("/accounts/acme/").status_code == 404


def test_the_head_says_how_the_account_stands(ada):
    page = words_of(text_of(ada, "/accounts/acme/"))
    for told in ("ARR €1,440.00 €120.00 a month", "Owner Ada", "NPS score 9 of 10", "Open tickets 1"):
        assert told in page, told


def test_a_note_and_a_contact_are_two_clicks_in_the_time_line(acme, ada):
    part = text_of(ada, "/accounts/acme/timeline/")
    message_id = re.search(r'id="note_message_id"[^>]*value="(\w+)"|value="(\w+)"[^>]*id="note_message_id"', part)
    assert message_id
    given = {"text": "Wants <b>SSO</b>", "title": "", "message_id": message_id[1] or message_id[2]}
    answer = ada.post("/accounts/acme/note/", given, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "Wants &lt;b&gt;SSO&lt;/b&gt;" in shown
    assert shown.index("Wants &lt;b&gt;") < shown.index("Ticket: Slow")
    ada.post("/accounts/acme/note/", given)  # sent twice
    notes = acme.rows("note", columns=("note_id", "text", "by"), where=[("account_id", "equals", "acme")]).rows
    assert [(row["text"], row["by"]) for row in notes if row["note_id"] != "n1"] == [("Wants <b>SSO</b>", "ada")]


def test_a_note_is_mended_and_taken_back_by_who_wrote_it_only(acme, ada, somebody, as_):
    ada.post("/accounts/acme/note/", {"text": "First", "title": "", "message_id": "a" * 32})
    (note,) = [
        row for row in acme.rows("note", columns=("note_id", "at"), limit=100).rows if row["note_id"].startswith("app-")
    ]
    other = as_(somebody(Role.ADMINISTRATOR, email="other@example.com"))
    url = f"/accounts/acme/note/?note={note['note_id']}"
    remove = ("/accounts/acme/timeline/remove/", {"kind": "note", "key": note["note_id"]})
    assert (other.get(url).status_code, other.post(*remove).status_code) == (404, 404)
    assert ada.get("/accounts/acme/note/?note=n1").status_code == 404
    assert ada.post(remove[0], {"kind": "contact", "key": "t1"}).status_code == 404
    assert "First" in text_of(ada, url)
    assert ada.post(url, {"text": "Second", "title": "T", "message_id": "b" * 32}).status_code == 302
    where = [("note_id", "equals", note["note_id"])]
    (now,) = acme.rows("note", columns=("text", "title", "at"), where=where).rows
    assert (now["text"], now["title"], now["at"]) == ("Second", "T", note["at"])
    assert ada.post(*remove).status_code == 302
    assert acme.rows("note", where=where).total == 0
    assert "Second" not in text_of(ada, "/accounts/acme/timeline/")


def test_the_time_line_is_narrowed_searched_and_has_addresses_for_ever(ada):
    page = text_of(ada, "/accounts/acme/timeline/?kind=ticket")
    assert page.count('<li><span class="dot') == 3
    assert "Spoke of the Renewal" in text_of(ada, "/accounts/acme/timeline/?q=renewal")
    one = text_of(ada, "/accounts/acme/timeline/?event=ticket.solved.x1")
    assert "Ticket solved: Export fails" in one
    assert one.count('<span class="dot') == 1
    assert "Nothing fits" in text_of(ada, "/accounts/acme/timeline/?q=zzzz&kind=nonsense&page=9999999")


def test_tasks_stand_among_what_happened_each_once_and_only_for_who_sees_the_account(
    acme, ada, somebody, as_, monkeypatch
):
    monkeypatch.setattr(time_lines, "ON_A_PAGE", 4)
    gil = somebody(Role.MANAGER, name="Gil", email="gil@example.com")
    owner = User.objects.get(name="Ada")
    now = datetime.now(UTC)
    for number, (days, status) in enumerate([(400, "done"), (20, "open"), (3, "dropped"), (0, "open")]):
        done = now - timedelta(days=days / 2) if status != "open" else None
        Task.objects.create(
            title=f"Chore {number}", owner=owner, given_by=gil, account_id="acme", created_at=now - timedelta(days=days),
            status=status, done_at=done, done_by=owner if done else None,
        )  # fmt: skip
    Task.objects.create(title="Of another account", owner=owner, account_id="evil")
    Task.objects.create(title="About none", owner=owner)
    names = [one.name for one in acme.timeline("acme", limit=1_000).happenings]
    pages = [text_of(ada, f"/accounts/acme/timeline/?page={number}") for number in range(1, (len(names) + 6) // 4 + 2)]
    times = [at for page in pages for at in re.findall(r'<time datetime="([^"]+)"', page)]
    assert times == sorted(times, reverse=True)
    assert len(times) == len(names) + 6  # four were given, one done, one dropped
    links = [link for page in pages for link in re.findall(r'<a class="when note muted" href="([^"]+)"', page)]
    assert sum("event=" in link for link in links) == len({link for link in links if "event=" in link}) == len(names)
    only = text_of(ada, "/accounts/acme/timeline/?kind=task&q=chore")
    assert re.search(r'aria-current="true">Tasks <span class="number">6<', only)
    assert only.count('<span class="dot') == 4
    assert "Task done: Chore 0" in text_of(ada, "/accounts/acme/timeline/?kind=task&page=2")
    assert "Of another" not in "".join(pages)
    assert (
        as_(somebody(Role.CSM, csm_id="nobody", email="n@example.com"))
        .get("/accounts/acme/timeline/?kind=task")
        .status_code
        == 404
    )


def test_what_changed_is_told_since_the_last_visit(acme, ada, monkeypatch):
    assert "for the first time" in text_of(ada, "/accounts/acme/changes/")
    assert "for the first time" in text_of(ada, "/accounts/acme/changes/")  # the same visit
    Seen.objects.update(at=datetime(2026, 11, 8, 12, tzinfo=UTC))
    page = words_of(text_of(ada, "/accounts/acme/changes/"))
    for told in (
        "MRR €100.00 → €120.00 better",
        "Health 80 → 61 worse",
        "Risk within 90 days 5.0% → 12% worse",
        "Call",
    ):
        assert told in page, told
    assert "Quin left" not in page
    monkeypatch.setattr(looks, "VISIT", timedelta(0))
    assert "Nothing: no figure moved" in text_of(ada, "/accounts/acme/changes/")
    assert "Quin left" in text_of(ada, "/accounts/acme/changes/?since=2026-11-01")
    assert "Nothing: no figure moved" in text_of(ada, "/accounts/acme/changes/?since=2099-01-01")


def test_people_are_told_with_what_is_risky_and_mended_here(acme, ada):
    page = words_of(text_of(ada, "/accounts/acme/people/"))
    assert "Quin left Nov 5, 2026" in page
    given = {
        "name": "Rita",
        "email": "rita@acme.example",
        "title": "CFO",
        "role": "",
        "left_at": "",
        "message_id": "c" * 32,
    }
    assert ada.post("/accounts/acme/people/edit/", given).status_code == 302
    page = text_of(ada, "/accounts/acme/people/")
    assert "No champion is known." in page
    (rita,) = acme.rows("person", columns=("person_id", "email"), where=[("email", "contains", "rita")]).rows
    again = ada.post("/accounts/acme/people/edit/", given | {"message_id": "d" * 32})
    assert (again.status_code, "known there already" in again.content.decode()) == (422, True)
    made = ada.post(
        "/accounts/acme/people/champion/",
        {"person": rita["person_id"], "champion": "yes"},
        headers={"HX-Request": "true"},
    )
    assert "Rita is a champion." in made.content.decode()
    now = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    contact = {
        "channel": "call", "direction": "both", "occurred_at": now, "minutes": "", "outcome": "", "text": "",
        "person_ids": [rita["person_id"]], "message_id": "e" * 32,
    }  # fmt: skip
    assert ada.post("/accounts/acme/contact/", contact).status_code == 302
    assert "All contacts of the last 90 days were with Rita alone." in text_of(ada, "/accounts/acme/people/")
    for person in ("q9", "q7", "nobody"):
        assert ada.get(f"/accounts/acme/people/edit/?person={person}").status_code == 404


def test_contracts_tell_prices_and_what_is_overdue(ada):
    page = text_of(ada, "/accounts/acme/contracts/")
    assert "Overdue: €50.00" in page  # 120 less the 70 that were paid
    rows = rows_of(page)
    assert ["i1 Oct 1, 2026", "Oct 31, 2026", "€120.00", "€70.00", "overdue €50.00 owed"] in rows
    assert ["core", "€120.00 / month +20.0%", "Nov 10, 2026", "–"] in rows
    assert ["core", "€100.00 / month", "Jan 1, 2025", "Nov 10, 2026"] in rows
    assert next(row for row in rows if row[0].startswith("c1"))[2:] == ["€1,200.00", "renewed"]


def test_from_an_account_one_click_leads_to_its_renewal_and_to_a_sale(acme, ada, somebody, as_):
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    file = acme.home / "contract.csv"
    file.write_text(f"contract_id,account_id,started_at,ended_at,value\nc3,acme,2026-01-01,{day},1440\n")
    acme.call("load", Load((str(file),), "contract"))
    sales = [("o1", "upsell", "open"), ("o2", "renewal", "open"), ("o3", "add_on", "won")]
    rows = [
        {"opportunity_id": key, "account_id": "acme", "kind": kind, "status": status, "amount": 300, "stage": "Talks",
         "created_at": "2026-10-01T00:00:00Z", "closed_at": "2026-11-01T00:00:00Z" if status == "won" else None}
        for key, kind, status in sales
    ]  # fmt: skip
    acme.record("opportunity", rows, by="ada", message_id="sales")
    page = text_of(ada, "/accounts/acme/contracts/")
    assert {"c3"} <= set(re.findall(r'href="/renewals/([^"/]+)/"', page)) <= {"c2", "c3"}, "c1 is over"
    assert re.findall(r'href="/opportunity/([^"/]+)/">([^<]+)', page) == [("o1", "Upsell")]
    for link in ("/renewals/c3/", "/opportunity/o1/", "/pipeline/open/acme/"):
        assert f'href="{link}"' in page
        assert ada.get(link).status_code == 200
    viewer = as_(somebody(Role.VIEWER, email="viewer@example.com"))
    assert "/pipeline/open/" not in text_of(viewer, "/accounts/acme/contracts/"), "who only reads opens none"


def test_use_and_tickets_and_answers_are_put_in_order(ada):
    use = rows_of(text_of(ada, "/accounts/acme/use/"))
    assert next(row for row in use if row[0].startswith("core"))[3] == "4"
    assert next(row for row in use if row[0] == "Report")[-1] == "Sep 2026"
    tickets = rows_of(text_of(ada, "/accounts/acme/tickets/"))
    fails = next(row for row in tickets if row[0].startswith("Export fails"))
    assert fails[2:] == ["4 hr promised: 3 hr", "24 hr promised: 2 days"]
    answers = words_of(text_of(ada, "/accounts/acme/surveys/"))
    assert "NPS 9 / 10 Good" in answers
    assert "whisper" not in answers


def test_a_group_is_added_up_as_far_as_it_is_in_sight(acme, ada, somebody, as_):
    everybody = as_(somebody(Role.EXECUTIVE, email="exec@example.com"))
    page = words_of(text_of(everybody, "/accounts/evil/group/"))
    assert "ARR together €1,440.00" in page
    assert "Acme" in page
    assert "Gone" not in page, "it left the group"
    assert "It stands alone" in words_of(text_of(everybody, "/accounts/gone/group/"))
    assert "It stands alone" in text_of(ada, "/accounts/acme/group/")  # the child is nobody's, so not hers


def test_hostile_words_are_words(acme, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    for part in ("", *(f"{part}/" for part in PARTS)):
        page = client.get(f"/accounts/evil/{part}").content.decode()
        assert "<script>alert" not in page, part
        assert "<img src=x" not in page, part
        assert 'href="javascript:' not in page, part
    people = client.get("/accounts/evil/people/").content.decode()
    assert "&lt;script&gt;alert(1)" in people
    assert "Robot" not in people, "a service is nobody whom one could call"
    head = client.get("/accounts/evil/").content.decode()
    assert '<a href="https://crm.example.com/1" rel="noopener noreferrer" target="_blank">' in head
    assert "javascript:alert(3)" in head  # as a text


def test_who_only_reads_is_offered_nothing_to_write(acme, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    for part in PARTS:
        page = text_of(client, f"/accounts/acme/{part}/")
        assert 'method="post"' not in page.partition("<section")[2].partition("</main>")[0], part
    for url in ("note/", "contact/", "people/edit/", "plan/goal/", "plan/share/"):
        assert client.get(f"/accounts/acme/{url}").status_code == 403


def test_nobody_s_account_is_no_csm_s(acme):
    assert acme.seen_by(Scope(("ada",))).timeline("evil") is None
