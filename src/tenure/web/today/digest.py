"""What the digest tells of the agenda: causes to act on one's own accounts that nobody looks after yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy

from tenure.web.kit.asking import Answers
from tenure.web.post.digest import Line, section
from tenure.web.today import found, words
from tenure.web.work import tasks

if TYPE_CHECKING:
    from tenure.web.post.doing import Doing


@section("agenda", gettext_lazy("To look at"), rank=20)
def agenda(doing: Doing) -> Sequence[Line]:
    """The first of them, as many as are a day's share, as the page Today has them."""
    seen = found.agenda_of(Answers(doing.sight()), doing.owner.csm_id)
    if seen is None:
        return []
    made = tasks.of_keys(one.key for one in seen.causes)
    waiting = [one for one in seen.causes if found.is_waiting(made.get(one.key))][: found.SHARE]
    return [
        (
            f"{one.name or one.account_id}: {words.sentence(one, seen.currency)}",
            reverse("account_page", args=[one.account_id]),
        )
        for one in waiting
    ]
