"""Mail and the digest: what servers say is told, who declines gets none, and a digest tells what its person sees."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from datetime import time, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.test import Client
from django.utils import timezone

from tenure.core.errors import DataError, UnavailableError, UsageError
from tenure.engine import Scope
from tenure.web.access.roles import Role
from tenure.web.post import digest, mail, mail_settings, notices, queue, schedules, worker
from tenure.web.post.doing import Doing
from tenure.web.post.letters import Attachment, Letter, Part
from tenure.web.post.models import Declined, Every, Job, Schedule, Sent, State
from tenure.web.post.times import Rule
from tenure.web.work import tasks
from tests.web.company import owners, text_of
from tests.web.company import today as today_there

pytestmark = pytest.mark.django_db
LETTER = Letter(
    "Two\r\nBcc: eve@example.com", (Part("Due", (("Call <b>Größe</b>", "/tasks/"),), (("Month", "MRR"), ("Oct", "€ 5"))),),
    "digest", "You asked for this.", (Attachment("a.csv", "text/csv", b"a\n1\n"),),
)  # fmt: skip


class Box:
    """A mail server's mailbox. ``says``: what it answers to a recipient or to a mail, by the first word."""

    def __init__(self):
        self.mails, self.says = [], {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - as the server calls it
        envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - likewise
        if "DATA" not in self.says:
            self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return self.says.get("DATA", "250 OK")


def said(told, kind="plain"):
    return told.get_body(kind).get_content().replace("\r\n", "\n")


def log_in(server, session, envelope, mechanism, given):
    good = isinstance(given, LoginPassword) and (given.login, given.password) == (b"tenure", b"it is a secret")
    return AuthResult(success=good, handled=good)


@pytest.fixture(scope="module")
def smtp():
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, "127.0.0.1", port, authenticator=log_in, auth_require_tls=False, auth_required=False)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def box(smtp, home):
    """A server that takes mail, and the workspace set up for it."""
    box, port = smtp
    box.mails.clear()
    box.says.clear()
    said = {"host": "127.0.0.1", "port": port, "security": "none", "user": "tenure", "sender": "cs@example.com",
            "name": "Tenure", "address": "https://tenure.example.com/"}  # fmt: skip
    mail_settings.keep(home, mail_settings.checked(said, home), "it is a secret")
    return box


@pytest.fixture
def grace(somebody):
    return somebody(Role.VIEWER, email="grace@example.com", name="Grace, Example")


def test_a_mail_says_the_same_as_text_and_as_html_and_can_be_declined(box, grace):
    assert mail.send(grace, LETTER, "one")
    assert mail.send(grace, LETTER, "one")
    (to, told), (_to, again) = box.mails
    assert to == ["grace@example.com"]
    assert told["Subject"] == "Two Bcc: eve@example.com"
    assert (told["From"], told["To"]) == ("Tenure <cs@example.com>", '"Grace, Example" <grace@example.com>')
    assert told["Message-ID"] == again["Message-ID"], "one that comes twice is known to be one"
    assert told["Auto-Submitted"] == "auto-generated"
    text, html = said(told), said(told, "html")
    assert "- Call <b>Größe</b>\n  https://tenure.example.com/tasks/" in text
    assert "Month  MRR\nOct    € 5" in text
    assert '<a href="https://tenure.example.com/tasks/"' in html
    assert "Call &lt;b&gt;Größe&lt;/b&gt;" in html
    assert "src=" not in html, "it asks for nothing from elsewhere"
    assert [each.get_filename() for each in told.iter_attachments()] == ["a.csv"]
    link = re.fullmatch(r"<https://tenure.example.com(/unsubscribe/[\w:-]+/)>", told["List-Unsubscribe"])[1]
    assert link in text
    assert "digest" in text_of(Client(), link)
    assert not Declined.objects.exists(), "a program that follows links declines nothing"
    assert Client().post(link).status_code == 200
    assert not mail.send(grace, LETTER, "two")
    assert Client().post(f"{link[:-3]}xx/").status_code == 404
    assert len(box.mails) == 2


@pytest.mark.parametrize(
    ("says", "error", "code"),
    [
        ({"RCPT": "550 no such user grace@example.com"}, DataError, "mail_refused"),
        ({"DATA": "554 spam"}, DataError, "mail_refused"),
        ({"RCPT": "451 come later"}, UnavailableError, "mail_later"),
        ({"DATA": "452 full"}, UnavailableError, "mail_later"),
    ],
)
def test_what_a_server_refuses_is_told_without_what_it_said(box, grace, says, error, code):
    box.says |= says
    with pytest.raises(error) as raised:
        mail.send(grace, LETTER, "one")
    assert raised.value.code == code
    assert "grace" not in str(raised.value)
    assert Sent.objects.get().error == code


def test_who_cannot_be_reached_or_logged_in_with_is_tried_again(box, home, grace, monkeypatch):
    monkeypatch.setattr(mail, "_PATIENCE", 1)
    how = mail_settings.read(home)
    mail_settings.keep(home, how, "another")
    with pytest.raises(UnavailableError, match="does not accept user and password") as raised:
        mail.send(grace, LETTER, "one")
    assert "another" not in str(raised.value)
    for changed, code in (({"security": "starttls"}, "mail_server"), ({"security": "tls"}, "mail_tls"),
                          ({"port": 9}, "mail_server")):  # fmt: skip
        said = {**vars(how), **changed}
        mail_settings.keep(home, mail_settings.checked(said, home), "it is a secret")
        with pytest.raises(UnavailableError) as raised:
            mail.send(grace, LETTER, "one")
        assert raised.value.code in (code, "mail_server")


def test_the_password_is_kept_encrypted_and_a_file_with_a_mistake_is_told(box, home):
    text = "".join(path.read_text(errors="replace") for path in home.iterdir() if path.is_file())
    assert "it is a secret" not in text
    for wrong in (
        '[smtp]\nhost = "x"',
        '[smtp]\nhots = "x"',
        "[",
        '[smtp]\nhost="x"\nport=0\nsender="a@b.c"\naddress="https://x"',
    ):
        (home / "mail.toml").write_text(wrong)
        with pytest.raises(UsageError, match=r"mail\.toml is not understood"):
            mail_settings.read(home)
        assert not mail.is_set_up()


def test_what_somebody_noted_in_the_file_stays(box, home):
    file = home / "mail.toml"
    file.write_text("# asked for by Olga\n" + file.read_text())
    mail_settings.keep(home, replace(mail_settings.read(home), port=2525), None)
    assert file.read_text().startswith("# asked for by Olga\n[smtp]")
    assert mail_settings.read(home).port == 2525


def test_an_administrator_sets_it_up_and_tries_it(smtp, home, administrator, grace, as_):
    box, port = smtp
    box.mails.clear(), box.says.clear()
    assert as_(grace).get("/mail/").status_code == 403
    client = as_(administrator)
    assert "No mail is sent." in text_of(client, "/mail/")
    form = {"host": "127.0.0.1", "port": port, "security": "none", "user": "tenure", "password": "it is a secret",
            "sender": "cs@example.com", "name": "Tenure", "address": "https://tenure.example.com"}  # fmt: skip
    assert client.post("/mail/", form).status_code == 302
    assert client.post("/mail/", {**form, "password": ""}).status_code == 302, "a password left empty stays"
    assert "it is a secret" not in text_of(client, "/mail/")
    client.post("/mail/trial/")
    assert "The mail server took it." in text_of(client, "/mail/")
    assert [to for to, _mail in box.mails] == [["ada@example.com"]]
    box.says["RCPT"] = "550 no"
    client.post("/mail/trial/")
    assert "its answer has the number 550" in text_of(client, "/mail/")
    client.post("/mail/off/")
    assert not mail.is_set_up()
    assert mail_settings.password(home) == ""


def test_the_file_that_the_guide_shows_is_understood(home):
    guide = Path(__file__).parents[2] / "docs/how-to/mail.md"
    (home / "mail.toml").write_text(re.search(r"```toml\n(.+?)```", guide.read_text(), re.DOTALL)[1])
    found = mail_settings.read(home)
    assert (found.host, found.port, found.address) == ("smtp.example.com", 587, "https://tenure.example.com")


# The digest


def due(user) -> None:
    """Let the next digest of a person be due, and send it."""
    Schedule.objects.filter(owner=user).update(next_at=timezone.now() - timedelta(seconds=1))
    schedules.start_due(timezone.now())
    worker.turn(queue.QUICK)


def test_a_digest_tells_what_is_new_once_and_nothing_when_there_is_nothing(box, grace, somebody):
    other = somebody(Role.VIEWER, email="eve@example.com")
    digest.choose(grace, Rule(Every.DAY, time(8)))
    due(grace)
    assert box.mails == []
    notices.tell(grace, "A play is over", "/effects/", notices.JOBS, "a")
    notices.tell(grace, "Read", "", notices.JOBS, "b")
    notices.tell(other, "Another's", "", notices.JOBS, "a")
    notices.read(grace, grace.notices.get(text="Read").pk)
    due(grace)
    due(grace)
    ((to, told),) = box.mails
    assert (to, told["Subject"]) == (["grace@example.com"], "One thing waits for you")
    text = said(told)
    assert "- A play is over\n  https://tenure.example.com/effects/" in text
    assert "Another" not in text
    assert "Read" not in text
    assert not Job.objects.exclude(state=State.DONE).exists()
    mail.decline(grace.pk, digest.DIGEST)
    notices.tell(grace, "More", "", notices.JOBS, "c")
    due(grace)
    assert len(box.mails) == 1
    assert digest.chosen(grace) is None


def test_a_digest_that_cannot_be_sent_is_sent_later_and_once(box, grace):
    digest.choose(grace, Rule(Every.DAY, time(8)))
    notices.tell(grace, "A play is over", "", notices.JOBS, "a")
    box.says["DATA"] = "451 later"
    due(grace)
    assert (Job.objects.get().state, box.mails) == (State.WAITING, [])
    box.says.clear()
    with time_machine.travel(timezone.now() + timedelta(seconds=mail.PAUSES[0] + 1)):
        worker.turn(queue.QUICK)
    assert len(box.mails) == 1
    assert Job.objects.get().arguments == {}


def test_a_digest_is_chosen_and_without_mail_that_is_said(grace, as_):
    client = as_(grace)
    assert "Mail is not set up, so nothing is sent yet." in text_of(client, "/notices/")
    assert client.post("/notices/digest/", {"every": "week", "day": 9, "at": "08:00"}).status_code == 422
    assert client.post("/notices/digest/", {"every": "week", "day": 2, "at": "07:30"}).status_code == 302
    kept = digest.chosen(grace)
    assert (kept.every, kept.day, kept.at) == (Every.WEEK, 2, time(7, 30))
    notices.tell(grace, "A play is over", "", notices.JOBS, "a")
    due(grace)
    assert Job.objects.get().state == State.DONE
    assert client.post("/notices/digest/", {"every": "never", "day": 1, "at": "08:00"}).status_code == 302
    assert digest.chosen(grace) is None


def test_a_digest_tells_tasks_and_the_agenda_of_ones_own_accounts(company, somebody):
    held = owners(company)
    first, second = sorted(held, key=lambda name: -len(held[name]))[:2]
    one, two = (somebody(Role.CSM, csm_id=name, email=f"{name}@example.com") for name in (first, second))
    boss = somebody(Role.ADMINISTRATOR)
    today = today_there()
    for day, title in ((today, "Call them"), (today + timedelta(days=9), "Not yet")):
        tasks.give(company, boss, tasks.Wanted(title, one, due=day))
    told = {}
    for person in (one, two):
        doing = Doing(Job(owner=person, kind=digest.DIGEST), person)
        told[person] = {part.heading: part.lines for part in digest.written(doing).parts}
    assert [text for text, _url in told[one]["Tasks due"]] == ["Call them (today)"]
    assert "Tasks due" not in told[two]
    assert len(told[one]["Notices"]) == 2, "somebody else gave her both"
    for person, owner in ((one, first), (two, second)):
        seen = company.seen_by(Scope((owner,))).rows("accounts", limit=1000).rows
        lines = told[person]["To look at"]
        assert 0 < len(lines) <= 12
        assert {url.split("/")[2] for _text, url in lines} <= {row["account_id"] for row in seen}
