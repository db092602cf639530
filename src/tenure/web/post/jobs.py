"""Jobs: what may be done in the background is declared by ``@job``, started for a person, and done as her.

A module ``jobs`` of a feature is found by being there::

    @job("export_accounts", title=_("Export of accounts"))
    def export_accounts(doing: Doing, *, view: str) -> None:
        rows = doing.sight().rows("accounts", ...)
        doing.tell(100, 2_000, _("accounts"))
        doing.hand_over("accounts.csv", "text/csv", content)

    jobs.start(request.user, "export_accounts", view="mine")

A job may be cut short at any moment and is then run again from its beginning: what it does shall be done once, or come to the
same when it is done twice.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from tenure import web
from tenure.core.errors import unknown
from tenure.web.access.following import followers
from tenure.web.access.roles import EVERYONE, Role
from tenure.web.kit.reading import current
from tenure.web.kit.shell import Text
from tenure.web.post import queue
from tenure.web.post.models import OPEN, Job, State

if TYPE_CHECKING:
    from tenure.web.access.models import User

Run = Callable[..., None]
#: Seconds until something that could not be done then is tried again, one after the other.
PAUSES = (10, 60, 300, 1_800)


@dataclass(frozen=True)
class Declared:
    """What may be done. ``roles``: of whom one is needed when it is done. ``quick``: it takes seconds at most. ``pauses``: seconds
    until another try, of as many as there are, where it cannot be done now.
    """

    name: str
    title: Text
    roles: frozenset[Role]
    quick: bool
    pauses: tuple[int, ...]
    run: Run = field(repr=False)

    @property
    def lane(self) -> str:
        """Where it waits."""
        return queue.QUICK if self.quick else queue.LONG


_declared: dict[str, Declared] = {}


def job(
    name: str, *, title: Text, roles: Iterable[Role] = EVERYONE, quick: bool = False, pauses: tuple[int, ...] = PAUSES
) -> Callable[[Run], Run]:
    """Declare a job: a function that is given a ``Doing``, and by name what it was started with, which JSON can hold."""

    def declare(run: Run) -> Run:
        if name in _declared:
            raise ValueError(f"There are two jobs called {name!r}.")
        _declared[name] = Declared(name, title, frozenset(roles), quick, pauses, run)
        return run

    return declare


@cache
def declared() -> dict[str, Declared]:
    """All that may be done, by name."""
    for folder in web.folders():
        name = f"tenure.web.{folder}.jobs"
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    for name in ("digest", "round", "views"):
        importlib.import_module(f"tenure.web.post.{name}")
    return _declared


def find(name: str) -> Declared:
    """What is declared under a name. Raises ``UsageError``."""
    found = declared().get(name)
    if found is None:
        raise unknown("job", name, declared(), listing="It may have been of an older version.")
    return found


def lane_of(one: Job) -> str:
    """Where a job waits; of what is declared no more, with the quick: it ends at once."""
    found = declared().get(one.kind)
    return found.lane if found else queue.QUICK


def start(owner: User, name: str, title: str = "", *, key: str = "", quiet: bool = False, **arguments: Any) -> Job:
    """Have a job done as ``owner``, once the transaction that is open is through. Of a ``key`` there is one job, ever.

    ``title``: what the owner is shown it by. Raises ``UsageError`` for a name that is not declared.
    """
    found = find(name)
    with transaction.atomic():
        if key and (before := Job.objects.filter(key=key).first()):
            return before
        made = Job.objects.create(
            owner=owner, kind=name, title=title or str(found.title), arguments=arguments, key=key, quiet=quiet,
            locale=str(current().locale),
        )  # fmt: skip
        queue.put(made, found.lane)
        transaction.on_commit(lambda: followers.tell(owner.pk))
    return made


def start_alone(owner: User, name: str, title: str = "", *, of: str = "", **arguments: Any) -> Job | None:
    """The same of what is done one at a time (``of``: of each thing): two who press at once have one job. None where it is another's."""
    last = Job.objects.filter(kind=name).order_by("-pk").values_list("pk", flat=True).first() or 0
    made = start(owner, name, title, key=f"{name}:{of}:{last}", **arguments)
    return made if made.owner_id == owner.pk else None


def cancel(owner: User, number: int) -> bool:
    """Cancel a job of one's own: at once where it waits, else as soon as it looks up. Whether there was such a one."""
    with transaction.atomic():
        mine = Job.objects.filter(owner=owner, pk=number)
        waiting = mine.filter(state=State.WAITING).update(state=State.CANCELLED, ended_at=timezone.now())
        running = mine.filter(state=State.RUNNING).update(stops=True)
        transaction.on_commit(lambda: followers.tell(owner.pk))
    return bool(waiting or running)


def again(owner: User, number: int) -> Job | None:
    """Have a job of one's own done again that failed or was cancelled; None where there is none such."""
    with transaction.atomic():
        found = Job.objects.filter(owner=owner, pk=number, state__in=(State.FAILED, State.CANCELLED)).first()
        if found is None or found.kind not in declared():
            return None
        found.state, found.stops, found.attempts, found.error = State.WAITING, False, 0, None
        found.done, found.total, found.sentence = 0, None, ""
        found.started_at = found.ended_at = None
        found.due_at = timezone.now()
        found.save()
        queue.put(found, lane_of(found))
        transaction.on_commit(lambda: followers.tell(owner.pk))
    return found


def running(owner: User) -> int:
    """How many of a person's jobs are not over."""
    return Job.objects.filter(owner=owner, state__in=OPEN, quiet=False).count()
