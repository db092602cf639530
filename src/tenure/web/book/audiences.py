"""A saved view as a live audience: who is in it now, as far as somebody sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tenure.web.book import shared
from tenure.web.book.asked import asked, known_only
from tenure.web.book.columns import known

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine import Sight
    from tenure.engine.verbs.rows import Column
    from tenure.web.access.models import User
    from tenure.web.book.models import View

#: What is always told of an account.
_ALWAYS = ("account_id", "name")


@dataclass(frozen=True)
class Audience:
    """What a view asks of the list now: for ``Sight.rows``. ``columns``: what of an account the view shows."""

    question: dict[str, Any]
    columns: tuple[Column, ...]
    as_of: datetime


def audience(view: View, user: User, sight: Sight) -> Audience:
    """The audience of a view for a person, whose sight it is. What the view asks of columns that are gone is left out."""
    there = sight.rows("accounts", limit=1)
    of = known_only(asked(view.asked), known(there.columns, sight.metrics().values()))
    today = there.as_of.astimezone(ZoneInfo(sight.settings().timezone)).date()
    names = dict.fromkeys([*_ALWAYS, *of.columns])
    columns = {each.name: each for each in there.columns}
    return Audience(
        of.question(today, shared.members(of, user)), tuple(columns[name] for name in names if name in columns), there.as_of
    )  # fmt: skip
