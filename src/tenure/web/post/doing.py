"""A job while it is done: whose it is, what she may see, how far it is, and what it hands over."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence, Sized
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.utils import timezone

from tenure.engine.drops import RESULTS
from tenure.web.access.following import followers
from tenure.web.access.sight import Looking
from tenure.web.post.models import Job

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User

T = TypeVar("T")
#: How long a file is kept for its owner.
KEPT = timedelta(days=14)
#: Seconds between two reports that are written down.
_GAP = 1.0


class CancelledError(Exception):
    """Its owner wants it no more."""


class StoppedError(Exception):
    """The server is about to end: it is run again when it is back."""


def folder() -> Path:
    """Where results lie."""
    return Path(settings.HOME) / RESULTS


class Doing:
    """What the function of a job is given. ``owner``: as whom it is done."""

    def __init__(self, job: Job, owner: User) -> None:
        self.job = job
        self.owner = owner
        self._looking = Looking(owner)
        self._told = time.monotonic() - _GAP

    def sight(self) -> Sight:
        """The workspace as its owner may see it now. Raises ``UnavailableError`` where that cannot be told."""
        return self._looking()

    def tell(self, done: int, total: int | None = None, sentence: str = "") -> None:
        """Tell how far it is; may be called as often as one likes. Raises what ends the job where it shall end."""
        from tenure.web.post import worker

        if worker.is_ending():
            raise StoppedError
        now = time.monotonic()
        if now - self._told < _GAP:
            return
        self._told = now
        Job.objects.filter(pk=self.job.pk).update(done=done, total=total, sentence=sentence[:300])
        if Job.objects.filter(pk=self.job.pk, stops=True).exists():
            raise CancelledError
        if not self.job.quiet:
            followers.tell(self.owner.pk)

    def each(self, things: Iterable[T], sentence: str = "") -> Iterator[T]:
        """The things one after the other, telling how far it is."""
        total = len(things) if isinstance(things, Sized) else None
        for number, thing in enumerate(things):
            self.tell(number, total, sentence)
            yield thing

    def hand_over(
        self, name: str, content_type: str, content: bytes, *, rows: int = 0, columns: Sequence[str] = ()
    ) -> None:
        """Keep a file for the owner, who alone gets it, for some days. One that was handed over before gives way."""
        kept = keep(content)
        self.forget()
        self.job.file, self.job.file_until = kept, timezone.now() + KEPT
        self.job.file_about = {
            "name": name, "type": content_type, "size": len(content), "rows": rows, "columns": list(columns),
        }  # fmt: skip
        self.job.save(update_fields=["file", "file_about", "file_until"])

    def forget(self) -> None:
        """Remove the file that was handed over."""
        if self.job.file:
            (folder() / self.job.file).unlink(missing_ok=True)
            self.job.file = ""


def keep(content: bytes) -> str:
    """Write a file into the folder of results, whole or not at all; its name."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    part = place / f".{name}"
    with open(part, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place / name)
    return name
