"""What the account answered to surveys, with the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.engine import Query
from tenure.web.accounts.naming import PEOPLE, names_of
from tenure.web.accounts.part import Part
from tenure.web.kit import formats
from tenure.web.kit.happenings import plain, satisfied
from tenure.web.kit.scores import Tone

if TYPE_CHECKING:
    from typing import Any

    from tenure.engine import Sight
    from tenure.web.kit.happenings import Names

_MOST = 40


@dataclass(frozen=True)
class Answer:
    """An answer. ``followed``: what was done about it."""

    survey: str
    score: str
    tone: Tone
    who: str
    when: str
    words: str
    theme: str
    followed: str


@dataclass(frozen=True)
class Surveys(Part):
    """``asked``: how many invitations there were and how many were answered; ``more``: how many answers are not listed."""

    rows: tuple[Answer, ...]
    asked: str
    more: int
    as_of: datetime


_COLUMNS = (
    "answer_id", "survey", "score", "scale_min", "scale_max", "low_is_good", "text", "person_id", "theme", "answered_at",
    "followed_up_at",
)  # fmt: skip
_ASKED = {
    "survey_answer": Query(
        columns=_COLUMNS, where=(("answered_at", "empty", False),), order=("-answered_at",), limit=_MOST
    ),
    "person": PEOPLE,
}
_SENT = {"survey_answer": Query(columns=("answer_id",), limit=1)}


def surveys(sight: Sight, account_id: str) -> Surveys | None:
    """The answers of an account by name; None where there is no such account to be seen."""
    found, every = sight.dossier(account_id, _ASKED), sight.dossier(account_id, _SENT)
    if found is None or every is None:
        return None
    page = found.pages["survey_answer"]
    names = names_of(sight, found.pages["person"].rows)
    asked = _("%(answered)s answers to %(sent)s invitations") % {
        "answered": formats.number(page.total), "sent": formats.number(every.pages["survey_answer"].total),
    }  # fmt: skip
    rows = tuple(_answer(row, names) for row in page.rows)
    return Surveys(
        account_id, found.account["name"] or account_id, "surveys", rows, asked if rows else "", page.total - len(rows),
        found.as_of,
    )  # fmt: skip


def _answer(row: dict[str, Any], names: Names) -> Answer:
    score = "–" if row["score"] is None else f"{formats.number(row['score'])} / {formats.number(row['scale_max'])}"
    tone = satisfied(row)
    followed = (
        _("answered by us %(day)s") % {"day": formats.day(row["followed_up_at"])} if row["followed_up_at"] else ""
    )
    if not followed and tone == "bad":
        followed = _("nobody has come back to them")
    name = row["survey"].upper() if len(row["survey"]) < 5 else row["survey"]
    return Answer(
        name, score, tone, names.of(row["person_id"]), formats.day(row["answered_at"]), row["text"] or "",
        plain(row["theme"]), followed,
    )  # fmt: skip
