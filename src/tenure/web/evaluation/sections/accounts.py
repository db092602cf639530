"""Accounts: who came and who left, whose health fell, and whose risk rose since."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.models import Kind
from tenure.web.kit import formats, scores
from tenure.web.kit.reading import current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tenure.engine.verbs.review import Mover, Who
    from tenure.web.evaluation.agenda import About

RANK, KINDS = 30, frozenset(Kind)
#: As many of a kind are told one by one, and by so many points a risk has risen that is worth a word.
_MOST, _LEAST = 8, Decimal(10)
_MODEL = "churn_risk_90"
#: A score that was kept within so many days is the one of that day.
_NEAR = timedelta(days=7)


def section(about: About) -> Section:
    """What became of the accounts since the last review."""
    found = about.sight.review(since=about.since.isoformat())
    rows = [
        *(_who(one, _("came"), found.currency) for one in found.came[:_MOST]),
        *(_who(one, _("left"), found.currency) for one in found.left[:_MOST]),
        *(_mover(one, found.currency) for one in found.down[:_MOST]),
        *_risen(about),
    ]
    return Section(
        _("Accounts"),
        (_("Account"), _("What happened"), _("MRR")),
        tuple(rows),
        _("Since %(day)s no account came or left, none lost health and no risk rose.") % {"day": formats.day(about.since)},
        _("Since %(day)s. Health by the model of now on both days; a risk is a probability, and one that rose is no loss yet.")
        % {"day": formats.day(about.since)},
    )  # fmt: skip


def _who(one: Who, what: str, currency: str) -> tuple[Cell, ...]:
    return (_account(one.account_id, one.name), Cell(what), Cell(formats.money_short(one.mrr, currency), numeric=True))


def _mover(one: Mover, currency: str) -> tuple[Cell, ...]:
    points = {"points": scores.signed(one.change), "score": formats.number(one.score, 0)}
    why = f"{titled(one.most)} {scores.signed(one.most_change)}" if one.most_change < 0 else ""
    told = Cell(_("health %(points)s, now %(score)s") % points, why)
    return (_account(one.account_id, one.name), told, Cell(formats.money_short(one.mrr, currency), numeric=True))


def _risen(about: About) -> Iterator[tuple[Cell, ...]]:
    """Those whose risk of leaving within 90 days rose by ten points or more, as it was kept."""
    now, then = _kept(about, about.today), _kept(about, about.since)
    risen = sorted(
        ((now[one] - then[one], one) for one in now.keys() & then.keys() if now[one] - then[one] >= _LEAST),
        reverse=True,
    )
    names = _names(about, [one for _by, one in risen[:_MOST]])
    for _by, one in risen[:_MOST]:
        ends = {"before": _percent(then[one]), "now": _percent(now[one])}
        text = _("risk of leaving within 90 days %(before)s → %(now)s") % ends
        name, mrr = names.get(one, (one, None))
        yield (
            _account(one, name), Cell(text), Cell(formats.money_short(mrr, about.answers.settings.currency), numeric=True),
        )  # fmt: skip


def _kept(about: About, day: date) -> dict[str, Decimal]:
    """By account, the risk that was last kept before the end of a day."""
    ends = datetime.combine(day + timedelta(days=1), time(), current().zone).astimezone(UTC)
    where: list[tuple[str, str, Any]] = [
        ("model", "equals", _MODEL), ("at", "at_least", (ends - _NEAR).isoformat()), ("at", "less", ends.isoformat()),
    ]  # fmt: skip
    rows = about.sight.every("score", columns=("account_id", "at", "score"), where=where, order=("at",))
    return {row["account_id"]: row["score"] for row in rows}


def _names(about: About, accounts: list[str]) -> dict[str, tuple[str, Any]]:
    if not accounts:
        return {}
    where = [("account_id", "one_of", accounts)]
    rows = about.sight.every("accounts", columns=("account_id", "name", "mrr"), where=where)
    return {row["account_id"]: (row["name"], row["mrr"]) for row in rows}


def _percent(points: Decimal) -> str:
    return formats.percent(points / 100, 0)


def _account(account_id: str, name: str | None) -> Cell:
    return Cell(name or account_id, link=reverse("account_page", args=[account_id]))
