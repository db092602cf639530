"""Mailboxes and calendars as sources: read by themselves, from where they were read to last.

Messages leave this process reduced to what is kept of them. Where a mailbox stands is noted when what was read is in the
warehouse; whatever is cut off in between is read again, and changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import msgspec

from tenure.core.errors import UnavailableError, UsageError
from tenure.engine.sync import vault, ways
from tenure.engine.sync.tokens import ACCOUNT, token
from tenure.engine.touchpoints.rules import Rules, rules
from tenure.engine.touchpoints.told import Told
from tenure.engine.verbs.take_touchpoints import TakeTouchpoints
from tenure.sources.fetching.pulled import Pulled
from tenure.sources.fetching.session import LaterError
from tenure.sources.ics import caldav
from tenure.sources.ics.caldav import Place, RefusedError
from tenure.sources.ics.meeting import Calendar
from tenure.sources.mail.imap import Batch, Reader, Unanswered
from tenure.sources.mail.message import Mail, Raw, reduced
from tenure.sources.parties import PUBLIC, plain_address

if TYPE_CHECKING:
    from tenure.engine.desk import Progress
    from tenure.engine.sync.configured import Configured
    from tenure.engine.sync.means import Means

KINDS = ("ics", "mail")
WHAT = {"ics": "meeting", "mail": "message"}
#: What ``looked`` gives, as a table.
SHOWN = {"ics": ("calendars", ("calendar", "events")), "mail": ("folders", ("folder", "messages"))}
#: Messages that are taken in at once, domains that are remembered, days that calendars are compared over, and at first.
TOGETHER, _MOST_DOMAINS, _DAYS, _DAYS_FIRST = 2_000, 2_000, 60, 5 * 365
#: A calendar without anything: that there is none in it is told, too.
_NOTHING = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
#: As in ``pull``: carries out a verb.
Call = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Work:
    """One source that is read. ``told``: what became of it so far."""

    home: Path
    source: Configured
    means: Means
    call: Call
    progress: Progress
    pulled: Pulled
    rules: Rules
    told: Told

    def take(self, lines: Sequence[Any], days: int = _DAYS) -> None:
        """Have some of it taken in."""
        first = not self.pulled.passes().get(self.source.kind)
        with TemporaryDirectory(prefix="tenure-") as folder:
            path = Path(folder) / "read.jsonl"
            path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
            request = TakeTouchpoints(self.source.kind, str(path), self.source.name, history=first, days=days)
            self.told.add(self.call("take_touchpoints", request))


def synced(work: Work) -> Told:
    """Read what is new at a source, and take it in. Raises ``TenureError`` where it cannot go on; what was read is kept."""
    again = _start_again(work)
    if work.source.kind == "mail":
        _mail(work)
    else:
        _calendars(work, _DAYS_FIRST if again or not work.pulled.passes().get("ics") else _DAYS)
    _remember_domains(work)
    work.pulled.passed(work.source.kind)
    return work.told


def _start_again(work: Work) -> bool:
    """Whether all is to be read anew: the rules are others, or somebody is known who was not when his mail was read."""
    said = json.dumps([repr(work.rules), dict(work.source.options), work.source.since], default=str, sort_keys=True)
    mark = hashlib.sha256(said.encode()).hexdigest()[:16]
    before, domains = work.pulled.said("rules"), json.loads(work.pulled.said("domains") or "[]")
    again = before not in ("", mark)
    if domains and not again:
        request = TakeTouchpoints(work.source.kind, "", work.source.name, domains=tuple(domains))
        again = bool(work.call("take_touchpoints", request).recognised)
    if again:
        work.pulled.say(folders="{}", domains="[]")
    work.pulled.say(rules=mark)
    return again


def _remember_domains(work: Work) -> None:
    """Of whom nothing was known: where they are known one day, their mail is read."""
    known = json.loads(work.pulled.said("domains") or "[]")
    fresh = [name for name, _ in work.told.domains.most_common() if name not in PUBLIC]
    work.pulled.say(domains=json.dumps(list(dict.fromkeys([*fresh, *known]))[:_MOST_DOMAINS]))


# Mail


def _mail(work: Work) -> None:
    with closing(_reader(work)) as reader:
        try:
            folders = reader.folders(_wanted(work.source))
        except Unanswered as error:
            raise _later(work.source, error) from None
        for folder in folders:
            try:
                _folder(work, reader, folder)
            except Unanswered as error:
                work.pulled.passed(folder, f"{error}.")
            else:
                work.pulled.passed(folder)


def _reader(work: Work) -> Reader:
    user = work.source.options["user"]
    given = vault.secrets(work.home, work.source.name)
    password = "" if work.source.options["token_url"] or given.get(ACCOUNT) else _secret(work, "password")
    connect = ways.mailbox(work.source, user, password, lambda: _token(work))
    mailbox = plain_address(work.source.options["mailbox"] or user)
    return Reader(connect, work.means.sleep, whole=work.rules.content == "text", mailbox=mailbox)


def _wanted(source: Configured) -> list[str]:
    return [name for part in source.options["folders"].split(",") if (name := part.strip())]


def _folder(work: Work, reader: Reader, folder: str) -> None:
    """A folder, in pieces of which each is noted once it is taken in."""
    states = json.loads(work.pulled.said("folders") or "{}")
    waiting: list[Batch] = []

    def take() -> None:
        mails = [_reduced(raw, work.rules) for batch in waiting for raw in batch.messages]
        if mails:
            work.take(mails)
        work.told.aside += Counter(unreadable=sum(batch.unreadable for batch in waiting))
        states[folder] = waiting[-1].state
        work.pulled.say(folders=json.dumps(states))
        waiting.clear()

    since = max((at for at in (work.source.since, work.rules.opens) if at), default=None)
    for batch in reader.batches(folder, states.get(folder, {}), since):
        waiting.append(batch)
        work.progress(f"{work.source.name}: {folder}", work.told.read + sum(len(one.messages) for one in waiting), 0)
        if sum(len(one.messages) for one in waiting) >= TOGETHER:
            take()
        if work.means.stopping():
            take()
            raise UnavailableError("The fetching was stopped.", code="stopped", fix="It goes on where it was.")
    if waiting:
        take()


def _reduced(raw: Raw, own: Rules) -> Mail:
    return reduced(raw, own.content)


def _later(source: Configured, error: Exception) -> LaterError:
    return LaterError(f"{source.name}: {error}.", code="no_answer", where=source.options["server"])


def _token(work: Work) -> str:
    name = work.source.name
    return token(
        work.source, vault.secrets(work.home, name), work.means, lambda fresh: vault.keep(work.home, name, fresh)
    )


def _secret(work: Work, name: str) -> str:
    found = vault.secrets(work.home, work.source.name).get(name, "")
    if not found:
        raise UsageError(
            f"The source {work.source.name} has no {name} yet.", code="no_secret", where=work.source.name,
            fix=f"Set it: tenure source secret {work.source.name} {name}",
        )  # fmt: skip
    return found


# Calendars


def _calendars(work: Work, days: int) -> None:
    """All calendars of a source together: what one says of a meeting, another may know better."""
    now = work.means.clock()
    opens = max(at for at in (now - timedelta(days=days), work.source.since, work.rules.opens) if at)
    lines: list[tuple[str, Calendar]] = []
    places, headers = _places(work), _headers(work)
    with ways.client(work.source, work.means, [url for _, url in places]) as client:
        ask = ways.asking(client)
        for owner, url in places:
            try:
                lines += _texts(work, ask, headers, (owner, url), (opens, now))
            except RefusedError as error:
                fault = ways.refused(work.source, urlsplit(url).hostname or "", error.status, str(error))
                if len(places) == 1:
                    raise fault from None
                work.pulled.passed(_called(work.source, url), f"{fault.message} {fault.fix}")
            else:
                work.pulled.passed(_called(work.source, url))
    work.take(lines, (now - opens).days)


def _places(work: Work) -> list[tuple[str, str]]:
    """The addresses of calendars, each with whose it is, if it is one's. Raises ``UsageError`` where there are none."""
    secret = vault.secrets(work.home, work.source.name).get("addresses", "")
    found = []
    for word in f"{work.source.options['calendars']} {secret}".split():
        owner, _, url = word.partition("=")
        owner, url = (address, url) if (address := plain_address(owner)) else ("", word)
        found.append((owner, "https://" + url.partition("://")[2] if url.startswith("webcal") else url))
    if not all(url.startswith(("https://", "http://")) for _, url in found):
        found = []
    if not found:
        raise UsageError(
            f"The source {work.source.name} has no address of a calendar.", code="bad_sources", where=work.source.name,
            fix=f"Write it into its options (calendars), or keep it secret: tenure source secret {work.source.name} addresses",
        )  # fmt: skip
    return found


def _called(source: Configured, url: str) -> str:
    """The name of a calendar in rows: its address may be a secret."""
    return f"{source.name}:{hashlib.sha256(unquote(url).encode()).hexdigest()[:12]}"


def _headers(work: Work) -> dict[str, str]:
    """What lets us in: a token where there is one, else the user's password."""
    given = _token(work)
    if given:
        return {"authorization": f"Bearer {given}"}
    return caldav.signed(work.source.options["user"], vault.secrets(work.home, work.source.name).get("password", ""))


def _texts(
    work: Work, ask: caldav.Ask, headers: dict[str, str], place: tuple[str, str], span: tuple[datetime, datetime]
) -> list[tuple[str, Calendar]]:
    """The texts of the calendars at a place. A file at an address is asked for without anything that lets us in elsewhere."""
    owner, url = place
    if urlsplit(url).path.lower().endswith((".ics", ".ical")):
        return [(caldav.file_at(ask, url, {}), Calendar(_called(work.source, url), owner))]
    owner = owner or plain_address(work.source.options["user"])
    return [
        one for own in caldav.calendars(ask, url, headers) for one in _objects(work, ask, own, headers, owner, span)
    ]


def _objects(
    work: Work, ask: caldav.Ask, place: Place, headers: dict[str, str], owner: str, span: tuple[datetime, datetime]
) -> list[tuple[str, Calendar]]:
    calendar = Calendar(_called(work.source, place.url), owner, is_whole=True)
    work.progress(f"{work.source.name}: {place.name}", 0, 0)
    return [(text, calendar) for text in (_NOTHING, *caldav.events(ask, place, headers, *span))]


def looked(home: Path, source: Configured, means: Means) -> list[tuple[str, int]]:
    """What is there: folders with how many messages, calendars with how many events of late. What they come to depends on who
    is who, and is told when they are read. Raises ``TenureError`` where it does not answer, or not to what it is given.
    """
    with Pulled.open(home, source.name) as pulled:
        work = Work(home, source, means, lambda _verb, _request: None, lambda *_: None, pulled, rules(home), Told(""))
        if source.kind == "mail":
            with closing(_reader(work)) as reader:
                try:
                    return [(name, reader.count(name)) for name in reader.folders(_wanted(source))]
                except Unanswered as error:
                    raise _later(source, error) from None
        places, now, found = _places(work), means.clock(), Counter[str]()
        with ways.client(source, means, [url for _, url in places]) as client:
            headers = _headers(work)
            for owner, url in places:
                try:
                    texts = _texts(work, ways.asking(client), headers, (owner, url), (now - timedelta(days=_DAYS), now))
                except RefusedError as error:
                    raise ways.refused(source, urlsplit(url).hostname or "", error.status, str(error)) from None
                where = owner or urlsplit(url).hostname or ""
                found[where] += sum(text.upper().count("BEGIN:VEVENT") for text, _ in texts)
        return list(found.items())


__all__ = ["KINDS", "SHOWN", "WHAT", "Work", "looked", "synced"]
