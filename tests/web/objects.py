"""What pages are asked for that name something in their address: an object of somebody else's, or one that belongs to nobody.

The walk over all pages (test_leaks) fills addresses with these. A page with a new argument fails it until that stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenure import keeper
from tenure.engine.review_rules import rules
from tenure.web.access.models import User
from tenure.web.book.models import AccountList, Hook, Run, View
from tenure.web.dashboards.models import Dashboard, Tile
from tenure.web.data import kept
from tenure.web.evaluation.models import Review, ReviewNote, RulesText
from tenure.web.growing.models import PulseBox, PulseRound, PulseSeat
from tenure.web.kit.reading import local_today
from tenure.web.portfolio.models import Applied
from tenure.web.post.doing import folder
from tenure.web.post.models import Job, Notice, Schedule, State
from tenure.web.work.models import Task, TaskTemplate

QUESTION = "metric=mrr&look=chart"


@dataclass(frozen=True)
class Cast:
    """Who looks, and what they must not see. ``csm``, ``manager``: users who are tied to one book, and to its line;
    ``administrator`` sees all. ``account``: of another line, with one of its line's renewals, opportunities and objectives, ``names`` and ``numbers`` of all accounts that neither sees.
    """

    administrator: User
    csm: User
    manager: User
    account: str
    renewal: str
    opportunity: str
    objective: str
    names: frozenset[str]
    numbers: frozenset[str]


def _job(cast: Cast) -> str:
    """An administrator's job that has made a file about an account that the others do not see."""
    told = f"About {min(cast.names)}"
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / "a.csv").write_text(told)
    about = {"name": "a.csv", "type": "text/csv", "rows": 1, "columns": ["told"], "size": 9}
    job, _ = Job.objects.get_or_create(
        owner=cast.administrator, kind="a-kind", title=told, state=State.DONE, file="a.csv",
        defaults={"file_about": about, "file_until": timezone.now() + timedelta(days=1)},
    )  # fmt: skip
    return str(job.pk)


def _notice(cast: Cast) -> str:
    told: dict[str, Any] = {
        "user": cast.administrator,
        "kind": "a-kind",
        "key": "k",
        "text": f"About {min(cast.names)}",
    }
    return str(Notice.objects.get_or_create(**told)[0].pk)


def _schedule(cast: Cast) -> str:
    told: dict[str, Any] = {
        "owner": cast.administrator,
        "kind": "a-kind",
        "title": f"About {min(cast.names)}",
        "every": "day",
        "zone": "UTC",
    }
    return str(Schedule.objects.get_or_create(**told, defaults={"next_at": timezone.now() + timedelta(days=1)})[0].pk)


def _brought(cast: Cast) -> str:
    """Files that an administrator brought."""
    file = SimpleUploadedFile("accounts.csv", f"account_id,name\nx,{min(cast.names)}\n".encode())
    return kept.keep([file], cast.administrator.pk, history=False).key


def _mapped(cast: Cast) -> str:
    """The same, with what was said of their columns."""
    found = kept.find(_brought(cast), cast.administrator.pk)
    assert found is not None
    return found.saying(f'# {min(cast.names)}\n[[load]]\nfile = "accounts.csv"\ntable = "account"\n').save().key


def _task(cast: Cast) -> str:
    """About an account that the others do not see, and whose it is."""
    told: dict[str, Any] = {
        "title": f"About {min(cast.names)}",
        "owner": cast.administrator,
        "account_id": cast.account,
    }
    return str(Task.objects.get_or_create(**told)[0].pk)


def _template(cast: Cast) -> str:
    told: dict[str, Any] = {"name": f"About {min(cast.names)}", "owner": cast.administrator}
    return str(TaskTemplate.objects.get_or_create(**told)[0].pk)


def _dashboard(cast: Cast) -> Dashboard:
    told: dict[str, Any] = {"title": f"About {min(cast.names)}", "owner": cast.administrator}
    return Dashboard.objects.get_or_create(**told)[0]


def _tile(cast: Cast) -> str:
    return str(Tile.objects.get_or_create(dashboard=_dashboard(cast), question=QUESTION)[0].pk)


def _view(cast: Cast) -> View:
    told: dict[str, Any] = {"owner": cast.administrator, "name": f"About {min(cast.names)}", "asked": {}}
    return View.objects.get_or_create(**told)[0]


def _list(cast: Cast) -> str:
    told: dict[str, Any] = {"owner": cast.administrator, "name": f"About {min(cast.names)}"}
    return str(AccountList.objects.get_or_create(**told)[0].pk)


def _run(cast: Cast) -> str:
    told: dict[str, Any] = {
        "by": cast.administrator,
        "act": "contact",
        "value": min(cast.names),
        "message_id": "m",
        "accounts": 1,
    }
    return str(Run.objects.get_or_create(**told)[0].pk)


def _hook(cast: Cast) -> str:
    told: dict[str, Any] = {
        "view": _view(cast),
        "url": "https://example.com/",
        "nonce": "n",
        "made_by": cast.administrator,
    }
    return str(Hook.objects.get_or_create(**told)[0].pk)


def _review(cast: Cast) -> str:
    """An evaluation of the administrator's that is open: neither of the others takes part in it."""
    kept = RulesText.objects.get_or_create(version="v", defaults={"text": rules(Path("none")).text})[0]
    told: dict[str, Any] = {
        "kind": "evaluation",
        "name": f"About {min(cast.names)}",
        "day": timezone.now().date(),
        "rules": kept,
    }
    made, is_new = Review.objects.get_or_create(
        leader=cast.administrator, subject=cast.administrator, key="k", defaults=told
    )
    if is_new:
        ReviewNote.objects.create(review=made, by=cast.administrator, look="shared", text=min(cast.names), key="k")
    return str(made.pk)


def _round(cast: Cast) -> str:
    """A round of the pulse that the administrator asked for, and is asked in."""
    told: dict[str, Any] = {"questions": [], "opened_on": local_today(), "closes_on": local_today()}
    made, is_new = PulseRound.objects.get_or_create(leader=cast.administrator, defaults=told)
    if is_new:
        PulseBox.objects.create(round=made)
        PulseSeat.objects.create(round=made, user=cast.administrator)
    return str(made.pk)


def _training(cast: Cast) -> str:
    """A course of whoever owns the account that the others do not see."""
    owner = _owner(cast)
    return next(one.id for one in keeper.open(settings.HOME).trainings().courses if one.csm_id == owner)


def _applied(cast: Cast) -> str:
    told: dict[str, Any] = {
        "kind": "moves",
        "by": cast.administrator,
        "message_id": "m",
        "holds_from": local_today(),
    }
    return str(Applied.objects.get_or_create(message_id="m", defaults=told)[0].pk)


def _owner(cast: Cast) -> str:
    """Who owns the account that the others do not see."""
    found = keeper.open(settings.HOME).rows(
        "accounts", columns=("owner",), where=[("account_id", "equals", cast.account)]
    )
    return str(found.rows[0]["owner"])


#: By argument, or by ``PAGE.ARGUMENT``: somebody else's. Whoever may open the page at all is told that it is not there.
THEIRS: Mapping[str, Callable[[Cast], str]] = {
    "account_id": lambda cast: cast.account,
    "renewal_id": lambda cast: cast.renewal,
    "opportunity_id": lambda cast: cast.opportunity,
    "brought_key": _brought,
    "brought_map.brought_key": _mapped,
    "user_id": lambda cast: str(cast.administrator.pk),
    "applied_id": _applied,
    "csm_id": _owner,
    "secret": lambda _cast: "x" * 43,
    "job": _job,
    "objective": lambda cast: cast.objective,
    "notice": _notice,
    "schedule": _schedule,
    "task_id": _task,
    "template_id": _template,
    "dashboard": lambda cast: str(_dashboard(cast).pk),
    "tile": _tile,
    "review": _review,
    "round": _round,
    "training": _training,
    "number": lambda cast: str(_view(cast).pk),
    "change_list.number": _list,
    "remove_list.number": _list,
    "undo_run.number": _run,
    "remove_hook.number": _hook,
    "send_again.number": _hook,
}
#: Likewise, what belongs to nobody: whoever may open the page sees her own accounts in it, and no other.
SHARED: Mapping[str, str] = {
    "slug": "mrr",
    "place": "0",
    "metric": "mrr",
    "play": "Call",
    "skill": "planning",
    "table": "account",
    "period": "2026-01",
    "name": "nothing",
    "batch": "1",
    "failed_id": "f1",
    "what": "replay",
    "check": "nothing",
    "annotation": "nothing",
    "part": "wins",
    "person": "head-1",
    "scorecard_part.part": "book",
    "measure": "gross_revenue_retention-owner_months",
    "view": "board",
}


def example(page: str, argument: str, cast: Cast) -> tuple[str, bool]:
    """What stands for an argument of a page, and whether it is somebody else's. Raises ``KeyError`` with what is to be done."""
    for name in (f"{page}.{argument}", argument):
        if name in THEIRS:
            return THEIRS[name](cast), True
        if name in SHARED:
            return SHARED[name], False
    raise KeyError(
        f"The page {page} is asked for a {argument!r}: add one of somebody else's to THEIRS in tests/web/objects.py, "
        "or to SHARED what belongs to nobody."
    )
