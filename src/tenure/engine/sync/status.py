"""How fresh each source is, and when it is fetched next. Needs neither network nor warehouse."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core import config
from tenure.core.errors import TenureError
from tenure.core.period import local_day
from tenure.engine.sync.configured import Configured, read
from tenure.engine.sync.kinds import kind_of
from tenure.sources.fetching.pulled import FOLDER, Pulled
from tenure.sources.fetching.session import LaterError

if TYPE_CHECKING:
    from tenure.engine.sync.pull import Synced

#: The first pause after a failure; it doubles, up to the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
#: Failures that no waiting mends.
FOR_A_PERSON = frozenset({"needs_token", "no_secret", "wrong_secret_key", "no_secret_key"})


@dataclass(frozen=True)
class Stream:
    """What is known of one stream: how many objects, the latest object's time ("" where none says), and why it could not be
    fetched the last time.
    """

    name: str
    objects: int
    latest: str
    trouble: str = ""


@dataclass(frozen=True)
class Freshness:
    """How a source is. Times are in UTC, with their zone; null where there is none.

    ``state``: ``off``, ``new`` (never fetched), ``fresh``, ``late`` (no success for longer than its schedule and an hour),
    ``failing`` (it is tried again), ``needs_you`` (only a person can mend it). ``latest``: the time of the latest object
    that was fetched. ``next``: when it is fetched next, where it has a schedule. ``error`` in plain words.
    """

    name: str
    kind: str
    title: str
    schedule: str
    state: str
    attempted: datetime | None = None
    succeeded: datetime | None = None
    latest: datetime | None = None
    next: datetime | None = None
    objects: int = 0
    error: str = ""
    code: str = ""
    fix: str = ""
    streams: tuple[Stream, ...] = field(default=())

    def lag(self, now: datetime) -> timedelta | None:
        """How long ago everything was fetched last; None before the first time."""
        return now - self.succeeded if self.succeeded else None


def sources(home: Path, now: datetime) -> list[Freshness]:
    """All sources of a workspace, as they are ``now`` (UTC, with its zone). Raises ``UsageError`` where ``sources.toml`` is
    wrong.
    """
    return [freshness(home, source, now) for source in read(home).values()]


def freshness(home: Path, source: Configured, now: datetime) -> Freshness:
    """One source."""
    title = kind_of(source.kind).title
    bare = Freshness(source.name, source.kind, title, source.schedule, "new" if source.on else "off")
    if not (home / FOLDER / f"{source.name}.db").is_file():
        return replace(bare, next=_next(home, source, None, None, 0, 0.0, now))
    with Pulled.open(home, source.name) as pulled:
        said = {key: pulled.said(key) for key in ("attempted", "succeeded", "failure", "asked")}
        counts, troubles = pulled.counts(), pulled.troubles()
        stand = json.loads(pulled.said("stand") or "{}")
        counts |= {name: (at["rows"], at["through"]) for name, at in stand.items()}
    failure = json.loads(said["failure"] or "{}")
    attempted, succeeded = _moment(said["attempted"]), _moment(said["succeeded"])
    streams = tuple(
        Stream(name, *counts.get(name, (0, "")), troubles.get(name, "")) for name in sorted({*counts, *troubles})
    )
    due = _next(home, source, attempted, succeeded, failure.get("times", 0), failure.get("seconds", 0.0), now)
    waits = failure.get("code") in FOR_A_PERSON
    if (
        source.on and said["asked"] > said["attempted"]
    ):  # both are written in one way, so that texts are in order as times are
        due, waits = _moment(said["asked"]), False
    return Freshness(
        source.name, source.kind, title, source.schedule, _state(source, failure, succeeded, due, now), attempted, succeeded,
        max((at for one in streams if (at := _moment(one.latest))), default=None), None if waits else due,
        sum(one.objects for one in streams), failure.get("message", ""), failure.get("code", ""), failure.get("fix", ""), streams,
    )  # fmt: skip


def began(home: Path, name: str, now: datetime) -> None:
    """Note that a source is being fetched."""
    with Pulled.open(home, name) as pulled:
        pulled.say(attempted=now.isoformat())


def ended(home: Path, name: str, now: datetime, outcome: Synced | TenureError) -> None:
    """Note how that ended. What was merely stopped is no failure."""
    with Pulled.open(home, name) as pulled:
        if not isinstance(outcome, TenureError):
            pulled.say(failure="", **({"succeeded": now.isoformat()} if outcome.loaded else {}))
        elif outcome.code not in ("stopped", "busy_source", "keeper_gone"):
            times = json.loads(pulled.said("failure") or "{}").get("times", 0) + 1
            seconds = outcome.seconds if isinstance(outcome, LaterError) else 0.0
            pulled.say(failure=json.dumps({**outcome.as_dict(), "times": times, "seconds": seconds}))


def hurry(home: Path, name: str, now: datetime) -> None:
    """Have a source fetched now: by the keeper, within seconds."""
    with Pulled.open(home, name) as pulled:
        pulled.say(asked=now.isoformat())


def mended(home: Path, name: str) -> None:
    """Forget a failure: a person has done something about it, and the source may be tried at once."""
    if (home / FOLDER / f"{name}.db").is_file():
        with Pulled.open(home, name) as pulled:
            pulled.say(failure="")


def _state(
    source: Configured, failure: dict[str, object], succeeded: datetime | None, due: datetime | None, now: datetime
) -> str:
    if not source.on:
        return "off"
    if failure:
        return "needs_you" if failure.get("code") in FOR_A_PERSON else "failing"
    if succeeded is None:
        return "new"
    longest = (source.every or timedelta(days=1)) + timedelta(hours=1)
    return "late" if due is not None and now - succeeded > longest else "fresh"


def _next(
    home: Path, source: Configured, attempted: datetime | None, succeeded: datetime | None, times: int, seconds: float,
    now: datetime,
) -> datetime | None:  # fmt: skip
    """When a source is due; None where it has no schedule or is off."""
    if not source.on or (source.every is None and source.at is None):
        return None
    if attempted is None:
        return now
    if times:
        pause: timedelta = min(_FIRST_PAUSE * 2 ** min(times - 1, 10), _LONGEST_PAUSE, source.every or _LONGEST_PAUSE)
        return attempted + max(pause, timedelta(seconds=seconds))
    if source.every is not None:
        return attempted + source.every if succeeded and succeeded >= attempted else attempted + _FIRST_PAUSE
    zone = config.read(home).zone
    assert source.at is not None
    last = succeeded or attempted
    today = datetime.combine(local_day(last.astimezone(UTC).replace(tzinfo=None), zone), source.at, zone)
    return (today if today > last else today + timedelta(days=1)).astimezone(UTC)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
