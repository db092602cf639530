"""The daily round, made now instead of in the night: what pages tell of it, and the job that makes it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from tenure.web.access.roles import OPERATE
from tenure.web.post import jobs
from tenure.web.post.jobs import job
from tenure.web.post.models import OPEN, Job

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine import Sight
    from tenure.web.access.models import User
    from tenure.web.kit.shell import Text
    from tenure.web.post.doing import Doing

ROUND = "daily_round"
#: What is made, in words, by verb.
_MAKES: dict[str, Text] = {
    "run": gettext_lazy("figures are brought up to date"), "score": gettext_lazy("health scores and risks are made"),
    "comparisons": gettext_lazy("people and teams are compared"),
    "renewal_accuracy": gettext_lazy("forecasts are held against what came"), "check": gettext_lazy("the data is checked"),
    "ready": gettext_lazy("the first pages of the day are made ready"),
}  # fmt: skip


@dataclass(frozen=True)
class Round:
    """``made_at``: when scores were made last, None before the first. ``runs``: one is being made now, on behalf of ``by``."""

    made_at: datetime | None
    runs: bool
    by: str


def standing(sight: Sight) -> Round:
    """When scores were made last, and whether they are being made."""
    tested = sight.tested()  # held against who left whenever scores are made
    going = _going()
    return Round(tested.as_of if tested else None, going is not None, going.owner.name if going else "")


def begin(user: User) -> Job | None:
    """Have the round made as a job of a person's; None while one runs, whoever had it made."""
    return None if _going() is not None else jobs.start_alone(user, ROUND)


def _going() -> Job | None:
    return Job.objects.filter(kind=ROUND, state__in=OPEN).select_related("owner").first()


@job(ROUND, title=gettext_lazy("Scores of today"), roles=OPERATE)
def daily_round(doing: Doing) -> None:
    """Make the round, telling which part of it is being made."""
    sight, at, here = doing.sight(), (0, len(_MAKES), ""), threading.get_ident()

    def tell(verb: str, number: int, total: int) -> None:
        nonlocal at
        at = (number, total, str(_MAKES[verb]))
        doing.tell(*at)

    def within(_what: str, _done: int, _of: int) -> None:
        if (
            threading.get_ident() == here
        ):  # without a keeper the part is made by a thread of its own, which has no database
            doing.tell(*at)

    sight.progress = within  # who cancels it is heard within a part, too
    sight.make_round(tell)
