"""The stream by which open pages learn of new figures: what it says, to whom, how long, and what it costs."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.utils import timezone

from tenure.web.access import following, people, sessions
from tenure.web.access.following import MOST, OVER, Followers
from tenure.web.access.models import Session
from tenure.web.access.roles import Role
from tests.web.company import text_of
from tests.web.serving import Visitor, made, served, until

WORD = re.compile(r'data-word="(\w{16})"')
TOLD = re.compile(r"data: (\w{16})")


# In a server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(made(tmp_path_factory.mktemp("live") / "home")) as running:
        until(running.is_ready)
        yield running


@pytest.fixture(scope="module")
def ada(server):
    """The administrator."""
    visitor = Visitor(server)
    visitor.enter(server.link(), name="Ada", email="ada@example.com")
    return visitor


@pytest.fixture
def grace(server, ada):
    """A viewer of her own for the test, and her number."""
    email = f"grace{time.monotonic_ns()}@example.com"
    answer = ada.post("/people/add/", name="Grace", email=email, roles="viewer")
    visitor = Visitor(server)
    visitor.enter(re.search(r"http://\S+/welcome/[\w-]+/", answer.body.decode())[0])
    number = max(int(n) for n in re.findall(r'href="/people/(\d+)/"', ada.get("/people/").body.decode()))
    return visitor, number


@pytest.fixture
def follow():
    """Open a stream for somebody, until the end of the test."""
    with contextlib.ExitStack() as opened:
        yield lambda visitor: opened.enter_context(visitor.stream("/live/"))


def events(stream):
    """The events of a stream as they come; signs of life are none."""
    lines = []
    for line in stream:
        if line.strip():
            lines.append(line.decode().strip())
        elif lines and lines != [":"]:
            yield "\n".join(lines)
            lines = []
        else:
            lines = []


def load(home: Path, table: str, text: str) -> None:
    """Load a file as a person does on the command line, beside the server."""
    file = home.parent / f"{table}.csv"
    file.write_text(text)
    command = [sys.executable, "-m", "tenure", "--home", str(home), "load", table, str(file)]
    subprocess.run(command, check=True, capture_output=True)


def test_it_says_one_word_and_another_after_a_load_and_none_because_somebody_asked(server, ada, follow):
    shown = WORD.search(ada.get("/board/").body.decode())[1]
    answer = follow(ada)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
    said = events(answer)
    assert next(said) == f"data: {shown}"
    load(server.home, "account", "account_id,name\nacme,Acme\n")
    later = next(said)
    assert TOLD.fullmatch(later)
    assert later != f"data: {shown}"
    assert WORD.search(ada.get("/board/").body.decode())[1] == later[6:]  # which brought the figures up to date
    load(server.home, "account", "account_id,name\nbirch,Birch\n")
    assert next(said) not in (later, f"data: {shown}")


def test_the_stream_of_who_has_logged_out_or_is_kept_out_ends_within_seconds(ada, grace, follow):
    visitor, number = grace
    other, left = follow(ada), follow(visitor)
    said = events(left)
    assert TOLD.fullmatch(next(said))
    began = time.monotonic()
    assert ada.post(f"/people/{number}/deactivate/", on=f"/people/{number}/").status == 302
    assert list(said) == ["event: over\ndata:"]
    assert time.monotonic() - began < following.CHECK * 2 + 2
    assert follow(visitor).status == 302
    assert TOLD.fullmatch(next(events(other))), "nobody else's has ended"


def test_one_person_has_so_many_and_the_oldest_gives_way(grace, follow):
    visitor, _number = grace
    said = [events(follow(visitor)) for _ in range(MOST)]
    for each in said:
        assert TOLD.fullmatch(next(each))
    assert TOLD.fullmatch(next(events(follow(visitor))))
    assert list(said[0]) == ["event: over\ndata:"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_open_streams_hold_no_thread(server, ada, grace, follow):
    def threads():
        return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))

    ada.get("/board/")
    before = threads()
    opened = [follow(visitor) for visitor in (ada, grace[0]) for _ in range(MOST)]
    for each in opened:
        assert TOLD.fullmatch(next(events(each)))
    assert threads() <= before + 1, "one looks at files and sessions for all"


def test_the_server_does_not_wait_for_open_streams(tmp_path, follow):
    with served(made(tmp_path / "served")) as running:
        until(running.is_ready)
        visitor = Visitor(running)
        visitor.enter(running.link(), name="Ada", email="ada@example.com")
        said = events(follow(visitor))
        assert TOLD.fullmatch(next(said))
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
        assert time.monotonic() - began < 6, "it waits for answers under way up to ten seconds"
        assert not list(said)
        assert running.said().splitlines()[-1] == "Stopped."
        assert len(running.said().splitlines()) == 4, "nothing is complained of"


# By itself


def test_a_stream_gives_signs_of_life_and_ends_after_a_while():
    async def heard():
        followers = Followers(lambda: "w", set, look=0.01, check=60, beat=0.1, longest=0.35)
        found = [each async for each in followers.follow(1, "s")]
        assert not len(followers)
        return found

    said = asyncio.run(heard())
    assert said[0] == "data: w\n\n"
    assert 2 <= len(said) <= 4
    assert set(said[1:]) == {":\n\n"}


def test_news_reaches_all_at_once_and_one_watch_reads_for_all():
    words, read = ["a"], []

    async def heard():
        followers = Followers(lambda: read.append(1) or words[-1], set, look=0.05, check=0.05)
        streams = [followers.follow(n, f"s{n}") for n in range(20)]
        first = [await anext(each) for each in streams]
        begun = len(read)
        words.append("b")
        await asyncio.sleep(0.2)  # it is told while the first is still being sent
        second = await asyncio.gather(*(anext(each) for each in streams))
        assert len(read) - begun < 10
        followers.close()
        return first, second, [[last async for last in each] for each in streams]

    first, second, rest = asyncio.run(heard())
    assert set(first) == {"data: a\n\n"}
    assert set(second) == {"data: b\n\n"}
    assert rest == [[]] * 20


def test_a_page_made_before_news_and_followed_after_them_is_told_and_nobody_else():
    async def heard():
        followers = Followers(lambda: "w", set)
        followers.tell(1)
        return [await anext(followers.follow(person, "s")) for person in (1, 2)]

    assert asyncio.run(heard()) == ["event: post\ndata:\n\ndata: w\n\n", "data: w\n\n"]


def test_a_session_that_does_not_stand_ends_its_stream_alone():
    async def heard():
        followers = Followers(lambda: "w", lambda keys: set(keys) - {"gone"}, look=0.01, check=0.01)
        stays, ends = followers.follow(1, "here"), followers.follow(2, "gone")
        await anext(stays)
        found = [each async for each in ends]
        followers.close()
        return found, [each async for each in stays]

    assert asyncio.run(heard()) == (["data: w\n\n", OVER], [])


@pytest.mark.django_db
def test_sessions_stand_while_their_person_may_be_here(administrator, somebody, as_):
    viewer = somebody(Role.VIEWER)
    as_(administrator)
    as_(viewer)
    keys = set(Session.objects.values_list("session_key", flat=True))
    mine = Session.objects.get(user=viewer).session_key
    assert sessions.standing([*keys, "no such"]) == keys
    people.give_roles(viewer, [], by=administrator)
    assert sessions.standing(keys) == keys - {mine}
    people.give_roles(viewer, [Role.FINANCE], by=administrator)
    Session.objects.filter(user=viewer).update(expire_date=timezone.now())
    assert sessions.standing(keys) == keys - {mine}


def test_a_page_follows_where_it_shows_figures_and_could_be_asked_for_again(company, administrator, as_):
    client = as_(administrator)
    account = company.rows("accounts", limit=1).rows[0]["account_id"]
    for url in ("/board/", "/accounts/", f"/accounts/{account}/", "/metrics/", "/metrics/mrr/"):
        assert WORD.search(text_of(client, url)), url
    for url, status in (("/people/", 200), ("/account/", 200), ("/accounts/none/", 404)):
        assert not WORD.search(text_of(client, url, status)), url
    refused = client.post(f"/accounts/{account}/contact/", {"text": "half a page of notes"})
    assert refused.status_code == 422
    assert "half a page of notes" in refused.content.decode()
    assert not WORD.search(refused.content.decode()), "what was filled in would be lost"
