"""What somebody looks at: the view, what is asked beside it, and the columns that there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tenure.web.book import shared
from tenure.web.book.asked import STATE, Asked, asked, known_only, link
from tenure.web.book.columns import Column, known
from tenure.web.book.models import Opening, View
from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.kit.asking import Answers

#: The view that is none.
NONE = "all"


@dataclass(frozen=True)
class Looking:
    """``named``: the view as an address has it; ``view``: the saved one, if any; ``own``: the reader's; ``of``: what is asked; ``changed``: other than the view says."""

    named: str
    view: View | None
    own: bool
    of: Asked
    changed: bool
    columns: Mapping[str, Column]
    today: date
    members: Mapping[str, tuple[str, ...]]

    @property
    def question(self) -> dict[str, Any]:
        """What the engine is asked."""
        return self.of.question(self.today, self.members)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of an address that shows the same."""
        told = self.of.parameters()
        return {"view": self.named, "status": self.of.status, **told} if self.named else told

    def link(self, of: Asked | None = None) -> str:
        """The address of something else that is asked, in the same view."""
        return link(of or self.of, view=self.named)


def look(user: User, answers: Answers, told: Mapping[str, str]) -> Looking:
    """What the parameters of an address ask. Raises ``Http404`` for a view that the person may not open."""
    view = _view(user, told)
    there = answers.rows("accounts", limit=1)
    columns = known(there.columns, answers.sight.metrics().values())
    saved = known_only(asked(view.asked), columns) if view else None
    stated = any(name in told for name in STATE)
    of = known_only(asked(told), columns) if saved is None or stated else saved
    own = view is not None and view.owner_id == user.pk
    today = local_date(there.as_of)
    members = shared.members(of, user)
    named = str(view.pk) if view else NONE if told.get("view") == NONE else ""
    return Looking(named, view, own, of, saved is not None and of != saved, columns, today, members)


def _view(user: User, told: Mapping[str, str]) -> View | None:
    """The view that is named, or, where nothing is asked, the one that the person's list opens with."""
    number = told.get("view", "")
    if number == NONE:
        return None
    if number:
        return shared.opened(View, number, user)
    if told.keys() - {"page", "format"}:
        return None
    opening = Opening.objects.select_related("view__owner").filter(user=user).first()
    return opening.view if opening and opening.view.opens_for(user) else None
