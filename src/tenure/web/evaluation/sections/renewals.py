"""Renewals: what was decided since, what is late and what comes up."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.models import Kind
from tenure.web.kit import formats
from tenure.web.kit.reading import current

if TYPE_CHECKING:
    from datetime import date

    from tenure.web.evaluation.agenda import About
    from tenure.web.kit.scores import Tone
    from tenure.web.kit.shell import Text

RANK, KINDS = 40, frozenset(Kind)
#: Looked at so many days ahead; as many are told.
_AHEAD, _MOST = 90, 12
_STATES: dict[str, tuple[Text, Tone]] = {
    "renewed": (gettext_lazy("renewed"), "good"), "lost": (gettext_lazy("lost"), "bad"),
    "lapsed": (gettext_lazy("lapsed"), "bad"), "late": (gettext_lazy("late"), "warn"), "open": (gettext_lazy("open"), ""),
}  # fmt: skip
_COLUMNS = ("renewal_id", "account_id", "name", "due", "value", "state", "renewed_value", "renewal_probability")


def section(about: About) -> Section:
    """Decided ones by when that was, then the open ones by their day."""
    decided: list[tuple[str, str, Any]] = [("decided_at", "at_least", _begins(about.since))]
    ahead: list[tuple[str, str, Any]] = [
        ("state", "one_of", ["open", "late"]), ("due", "less", _begins(about.today + timedelta(days=_AHEAD))),
    ]  # fmt: skip
    rows = [
        row
        for where, order in ((decided, "-decided_at"), (ahead, "due"))
        for row in about.sight.rows("renewals", columns=_COLUMNS, where=where, order=(order,), limit=_MOST).rows
    ]
    seen = {row["renewal_id"]: row for row in rows}
    return Section(
        _("Renewals"),
        (_("Account"), _("Due"), _("Worth a year"), _("Where it stands")),
        tuple(_row(one, about.answers.settings.currency) for one in seen.values()),
        _("Nothing was decided since %(day)s, and nothing comes up in %(days)s days.")
        % {"day": formats.day(about.since), "days": _AHEAD},
        _("Decided since %(day)s, and what is open until %(days)s days from now.")
        % {"day": formats.day(about.since), "days": _AHEAD},
    )  # fmt: skip


def _row(one: dict[str, Any], currency: str) -> tuple[Cell, ...]:
    word, tone = _STATES.get(one["state"], (one["state"], ""))
    risk, more = one["renewal_probability"], ""
    if one["state"] == "renewed" and one["renewed_value"] is not None:
        more = _("at %(amount)s") % {"amount": formats.money_short(one["renewed_value"], currency)}
    elif risk is not None:
        more = _("renews with %(share)s, as the model has it") % {"share": formats.percent(risk, 0)}
    return (
        Cell(one["name"] or one["account_id"], link=reverse("account_page", args=[one["account_id"]])),
        Cell(formats.day(one["due"])),
        Cell(formats.money_short(one["value"], currency), numeric=True),
        Cell(str(word), more, tone=tone),
    )


def _begins(day: date) -> str:
    return datetime.combine(day, time(), current().zone).isoformat()
