"""Fetching from a source, and loading what changed.

First pages, outside the desk: a vendor may take hours, and other commands need not wait for it. Each page is kept with the
state that goes on after it. Once all streams have been gone through, what changed goes through the desk in one load; what
came out of that is remembered last, so that whatever is cut off in between is done again and changes nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from tenure.core import config
from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError
from tenure.engine.sync import answers, configured, database, status, touched, vault
from tenure.engine.sync.changes import Changes, changes
from tenure.engine.sync.configured import Configured
from tenure.engine.sync.means import Means
from tenure.engine.touchpoints.rules import rules
from tenure.engine.touchpoints.told import Told
from tenure.engine.verbs.take_pulled import TakePulled
from tenure.sources.api import Source, Stream, find
from tenure.sources.fetching.pulled import FOLDER, Pulled
from tenure.sources.fetching.session import TIMEOUT, RefusedError, Session, Terms
from tenure.sources.fetching.walk import walk
from tenure.sources.vendor import find as find_vendor

if TYPE_CHECKING:
    from tenure.engine.desk import Progress
    from tenure.warehouse.load import Report

#: Carries out a verb: a workspace's ``call``, or the keeper's own.
Call = Callable[[str, Any], Any]
_NOT_HAD = frozenset({403, 404})
#: The modules beside a vendor's own on which its rows depend.
_SHAPING = ("tenure.sources.api", "tenure.sources.fetching.texts")


@dataclass
class Synced:
    """What became of a source. ``troubles``: of streams that could not be fetched, why. ``loaded``: whether what is known was
    loaded, or need not be; while a first pass is under way it waits.
    """

    source: str
    pages: int = 0
    objects: int = 0
    changed: int = 0
    taken_back: int = 0
    loaded: bool = False
    troubles: dict[str, str] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()
    remarks: tuple[str, ...] = ()


def sync(home: Path, source: Configured, means: Means, call: Call, progress: Progress) -> Synced:
    """Fetch what is new at a source and load it, and note how that ended. Raises ``TenureError`` where it cannot go on; what
    was fetched is kept.
    """
    with held(home, source.name):
        status.began(home, source.name, means.clock())
        try:
            done = _synced(home, source, means, call, progress)
        except TenureError as error:
            status.ended(home, source.name, means.clock(), error)
            raise
        except Exception as error:
            fault = TenureError(
                f"Something in Tenure itself failed ({type(error).__name__}).",
                code="internal",
                fix="Look into the log.",
            )
            status.ended(home, source.name, means.clock(), fault)
            raise
        status.ended(home, source.name, means.clock(), done)
    return done


def _synced(home: Path, source: Configured, means: Means, call: Call, progress: Progress) -> Synced:
    with Pulled.open(home, source.name) as pulled:
        if source.kind in touched.KINDS:
            told = Told(touched.WHAT[source.kind])
            work = touched.Work(home, source, means, call, progress, pulled, rules(home), told)
            return _of_touchpoints(touched.synced(work), Synced(source.name), pulled)
        if source.kind == configured.SQL:
            return _answered(home, source, pulled, means, call, progress)
        done = passes(home, source, pulled, means, progress)
        there = pulled.passes()
        if all(there.get(stream.name) or stream.name in done.troubles for stream in _streams(source)):
            _load(home, source, pulled, call, done)
    return done


def _of_touchpoints(told: Told, done: Synced, pulled: Pulled) -> Synced:
    done.objects, done.changed = told.read, told.touchpoints + told.asked + told.answered
    done.taken_back, done.troubles, done.reports = told.taken_back, pulled.troubles(), told.reports
    done.remarks, done.loaded = told.sentences(), True
    return done


def _answered(home: Path, source: Configured, pulled: Pulled, means: Means, call: Call, progress: Progress) -> Synced:
    """Ask the questions of a source to its database, and load what changed."""
    done = Synced(source.name)
    known = json.loads(pulled.said("before") or "{}")
    with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
        folder = Path(scratch)
        before = home / FOLDER / known["seen"] if known else None
        zone, password = config.read(home).timezone, vault.secrets(home, source.name).get("password", "")
        found, stand = answers.asked(zone, source, password, pulled, means, folder, before, progress)
        loaded(found, folder, call, done, history=not known)
        _remember(home, source.name, pulled, list(found.seen), pulled.pages())
        pulled.say(stand=json.dumps(stand))
    return done


def passes(
    home: Path, source: Configured, pulled: Pulled, means: Means, progress: Progress, secrets: Mapping[str, str] | None = None
) -> Synced:  # fmt: skip
    """Fetch what is new at a source, and load nothing yet. ``secrets``: see ``opened``."""
    done = Synced(source.name)
    _renew_if_other(pulled, find(source.kind))
    there = pulled.passes()
    with opened(home, source, means, secrets) as session:
        # Those that were gone through least often first: whoever is always cut off early gets round all the same.
        for stream in sorted(_streams(source), key=lambda stream: there.get(stream.name, 0)):
            _pass(pulled, stream, session, means, done, progress)
    done.troubles = pulled.troubles()
    return done


def _streams(source: Configured) -> list[Stream]:
    return [stream for stream in find(source.kind).streams if stream.name not in source.leave]


@contextmanager
def held(home: Path, name: str) -> Iterator[None]:
    """A source in the hands of this process alone. Raises ``UnavailableError`` where another fetches from it."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(folder / f"{name}.lock", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableError(
                f"Somebody else fetches from {name} just now.", code="busy_source", fix="Wait until that is done."
            ) from None
        yield


@contextmanager
def opened(
    home: Path, source: Configured, means: Means, given: Mapping[str, str] | None = None
) -> Iterator[Session]:  # fmt: skip
    """A source's interface. ``given``: its secrets, which are kept nowhere then. Raises ``UsageError`` where one is missing."""
    vendor = find(source.kind)
    secrets = vault.secrets(home, source.name) if given is None else dict(given)
    for secret in vendor.secrets:
        if not secret.optional and not secret.kept and not secrets.get(secret.name):
            raise UsageError(
                f"The source {source.name} has no {secret.name} yet.", code="no_secret", where=source.name,
                fix=f"Set it: tenure source secret {source.name}",
            )  # fmt: skip
    base = source.address or vendor.base(source.options)
    own = urlsplit(base).hostname or ""
    hosts = (own,) if source.address else (own, *vendor.hosts)
    terms = Terms(
        source.options, secrets, base, means.clock, means.sleep, means.stopping,
        lambda fresh: vault.keep(home, source.name, fresh) if given is None else None, source.since, name=source.name,
    )  # fmt: skip
    transport = means.way_out(hosts, source.internal)
    agent = {"user-agent": "tenure", "accept": "application/json"}
    with httpx.Client(
        transport=transport, timeout=TIMEOUT, follow_redirects=True, max_redirects=5, trust_env=False, headers=agent
    ) as client:
        yield Session(vendor, client, terms)


def _pass(pulled: Pulled, stream: Stream, session: Session, means: Means, done: Synced, progress: Progress) -> None:
    """Go through a stream, page by page. What the vendor refuses is noted, and other streams go on."""
    so_far = 0
    try:
        for page in walk(stream, session, pulled.state(stream.name)):
            kept = pulled.keep(stream, page, means.clock())
            so_far += kept.objects
            done.pages, done.objects, done.changed = (
                done.pages + 1,
                done.objects + kept.objects,
                done.changed + kept.changed,
            )
            progress(f"{done.source}: {stream.name}", so_far, 0)
    except RefusedError as error:
        lacks = stream.optional and error.status in _NOT_HAD
        pulled.passed(stream.name, "" if lacks else _sentence(error))
    except DataError as error:
        pulled.passed(stream.name, _sentence(error))
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # told without what the vendor wrote
        pulled.passed(stream.name, f"The vendor's answer is not as it should be ({type(error).__name__}).")
    else:
        pulled.passed(stream.name)


def _sentence(error: TenureError) -> str:
    return f"{error.message} {error.fix}".strip()


def _renew_if_other(pulled: Pulled, source: Source) -> None:
    """Make the rows anew from the pages where another version of Tenure made them."""
    own = Path(sys.modules[f"tenure.sources.{source.name}"].__file__ or "").parent
    files = [path for path in sorted(own.iterdir()) if path.suffix in (".py", ".toml")]
    shared = [Path(sys.modules[name].__file__ or "") for name in _SHAPING]
    code = hashlib.sha256(b"".join(path.read_bytes() for path in (*files, *shared))).hexdigest()
    if pulled.said("code") not in ("", code):
        pulled.renew(source)
        pulled.say(staged="")
    if pulled.said("code") != code:
        pulled.say(code=code)


def _load(home: Path, source: Configured, pulled: Pulled, call: Call, done: Synced) -> None:
    """Load what changed, and remember what came out."""
    staged = json.loads(pulled.said("staged") or "{}")
    last = pulled.pages()
    if staged.get("page") == last:
        done.loaded = True
        return
    zone = config.read(home).timezone
    known = staged or json.loads(pulled.said("before") or "{}")
    before = home / FOLDER / known["seen"] if known else None
    with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
        folder = Path(scratch)
        found = changes(find_vendor(source.kind), pulled, before, folder, zone, source.name)
        loaded(found, folder, call, done, history=not known)
        _remember(home, source.name, pulled, list(found.seen), last)


def loaded(found: Changes, folder: Path, call: Call, done: Synced, *, history: bool) -> None:
    """Load what changed, if anything did."""
    if found.plan.jobs:
        done.reports = call("take_pulled", TakePulled(str(folder / "changed"), found.map, history)).reports
    if not done.pages:  # it was asked for as rows
        done.changed = sum(report.loaded + report.superseded for report in done.reports)
        done.objects = done.changed + sum(report.unchanged + report.rejected for report in done.reports)
    done.remarks, done.taken_back, done.loaded = found.remarks, found.taken_back, True


def _remember(home: Path, name: str, pulled: Pulled, seen: list[Path], last: int) -> None:
    """Keep what came out, and forget what came out the time before."""
    fresh = Path(tempfile.mkdtemp(prefix=f"{name}.seen-", dir=home / FOLDER))
    for path in seen:
        shutil.copyfile(path, fresh / path.name)
    said = json.dumps({"page": last, "seen": fresh.name})
    pulled.say(staged=said, before=said)
    for old in (home / FOLDER).glob(f"{name}.seen-*"):
        if old != fresh:
            shutil.rmtree(old, ignore_errors=True)


def tried(home: Path, source: Configured, means: Means) -> None:
    """Ask whether a source answers and accepts its secrets. Raises ``TenureError`` where not."""
    if source.kind in touched.KINDS:
        touched.looked(home, source, means)
    elif source.kind == configured.SQL:
        password = vault.secrets(home, source.name).get("password", "")
        with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
            database.ask(source, configured.Query("test", "", "SELECT 1 AS one"), password, "", Path(scratch))
    else:
        with opened(home, source, means) as session:
            session.get(find(source.kind).try_)
    status.mended(home, source.name)


def removed(home: Path, name: str) -> None:
    """Remove a source: its table, its secrets, where it stood. What was loaded, and its pages in the archive, stay."""
    configured.one(home, name)
    with held(home, name):
        configured.remove(home, name)
        vault.forget(home, name)
        for path in (home / FOLDER).glob(f"{name}.*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


__all__ = ["Synced", "held", "loaded", "opened", "passes", "removed", "sync", "tried"]
