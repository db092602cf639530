"""Who follows the figures on an open page, and the one watch of this process that tells them of new ones.

What they are told is a word that stands for the state of the figures (``tenure.engine.Watch``), the same for everybody:
whoever gets another one asks for the page again, through the gate like for any page.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from tenure.engine import Watch
from tenure.web.access import sessions

#: Seconds: between two looks at the files, two at the sessions, two signs of life; and how long one answer goes on.
LOOK, CHECK, BEAT, LONGEST = 1.0, 3.0, 20.0, 300.0
#: Seconds: a page that begins to follow so soon after news may have been made before them, and is told.
RECENT = 30.0
#: Pages that one person may have open at once. The oldest gives way.
MOST = 6
#: Tells a page not to come back before it is looked at again: its session has ended, or it had to give way.
OVER = "event: over\ndata:\n\n"
#: Tells a page that something of its person's own has changed: a job, a notice.
NEWS = "event: post\ndata:\n\n"


def word() -> str:
    """The word for the state of the figures now."""
    return _watch(settings.HOME).word()


def standing(keys: Collection[str]) -> set[str]:
    """Which of these sessions, by their names in the database, are still somebody's who may be here."""
    try:
        return sessions.standing(keys)
    finally:
        connection.close()  # of a thread that serves no request, so that nobody else would


@lru_cache(maxsize=8)
def _watch(home: Path) -> Watch:
    return Watch(home)


@dataclass(eq=False)
class _Follower:
    """An open stream. ``session``: its name in the database. ``last``: what it is told before it ends, None: it goes on. ``news``:
    something of the person's own has changed.
    """

    person: int
    session: str
    last: str | None = None
    news: bool = False
    stir: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, last: str = "") -> None:
        self.last = last
        self.stir.set()


class Followers:
    """Those who follow, the oldest first, all in one event loop. The watch runs as long as there is one."""

    def __init__(
        self,
        read_word: Callable[[], str] = word,
        read_standing: Callable[[Collection[str]], set[str]] = standing,
        *,
        look: float = LOOK,
        check: float = CHECK,
        beat: float = BEAT,
        longest: float = LONGEST,
    ) -> None:
        self._read_word = read_word
        self._read_standing = read_standing
        self._look, self._check, self._beat, self._longest = look, check, beat, longest
        self._all: list[_Follower] = []
        self._news: dict[int, float] = {}  # when there were last news of a person
        self._word = ""
        self._watching: asyncio.Task[None] | None = None
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._all)

    async def follow(self, person: int, session: str) -> AsyncGenerator[str, None]:
        """The events of one stream: the word as it is, and whenever it changes."""
        self._loop = loop = asyncio.get_running_loop()
        until = loop.time() + self._longest
        me = self._join(person, session)
        try:
            self._say(await asyncio.to_thread(self._read_word))
            told = ""
            while me.last is None and not self._closing and loop.time() < until:
                me.stir.clear()
                before, told = told, self._word  # it may change while this is being sent
                news, me.news = me.news, False
                yield (NEWS if news else "") + (f"data: {told}\n\n" if told != before else "") or ":\n\n"
                with suppress(TimeoutError):
                    await asyncio.wait_for(me.stir.wait(), min(self._beat, max(until - loop.time(), 0)))
            if me.last:
                yield me.last
        finally:
            self._all.remove(me)

    def tell(self, person: int) -> None:
        """Tell the open pages of a person, and those about to open, that something of her own has changed. From any thread."""
        self._news[person] = time.monotonic()
        if self._loop is not None:
            with suppress(RuntimeError):  # the server has ended
                self._loop.call_soon_threadsafe(self._stir, person)

    def close(self) -> None:
        """End all streams, as the server is about to end."""
        self._closing = True
        for each in self._all:
            each.end()

    def _join(self, person: int, session: str) -> _Follower:
        mine = [each for each in self._all if each.person == person and each.last is None]
        if len(mine) >= MOST:
            mine[0].end(OVER)
        me = _Follower(person, session, news=time.monotonic() - self._news.get(person, -RECENT) < RECENT)
        self._all.append(me)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        return me

    def _stir(self, person: int) -> None:
        for each in self._all:
            if each.person == person:
                each.news = True
                each.stir.set()

    def _say(self, word: str) -> None:
        if word != self._word:
            self._word = word
            for each in self._all:
                each.stir.set()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while self._all:
            await asyncio.sleep(self._look)
            self._say(await asyncio.to_thread(self._read_word))
            if loop.time() - checked >= self._check:
                checked = loop.time()
                await self._send_off()

    async def _send_off(self) -> None:
        """End the streams whose sessions have ended."""
        now = tuple(self._all)
        with suppress(DatabaseError):  # busy: another look will do
            stand = await asyncio.to_thread(self._read_standing, {each.session for each in now})
            for each in now:
                if each.session not in stand:
                    each.end(OVER)


followers = Followers()
