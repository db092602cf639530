"""The health page: how well customers do, by segment and by CSM, who moved, and who is in danger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.horizons import BACK
from tenure.core.period import add_months
from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE, OPERATE
from tenure.web.health import drawings
from tenure.web.kit import figure, formats, scores
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Chart
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_date
from tenure.web.kit.shell import Nav, Section
from tenure.web.post import round as rounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine.verbs.rated import Group, RatedFound

#: As many accounts are listed of those that moved, and of those in danger.
_MOST = 8
_DEFAULT = "91"
_MONTHS = 12


@dataclass(frozen=True)
class Moved:
    """An account: its score then and now, what lies between, and what it pays. ``risk``: of leaving within 90 days."""

    id: str
    name: str
    owner: str
    before: str
    score: scores.Score
    arr: str
    risk: scores.Risk


@dataclass(frozen=True)
class Row:
    """A group of customers. ``link`` leads to its accounts."""

    name: str
    link: str
    customers: str
    health: str
    change: str
    poor: str
    poor_link: str
    at_risk: str


@dataclass(frozen=True)
class Health:
    """``waits``: no score was kept yet. ``scored``: of how many customers; ``span``: since when accounts moved, as
    told and as chosen by ``spans``. ``made_at``: when scores were made last; ``round``: the same for who can have them made.
    """

    as_of: datetime
    waits: bool
    yours: bool = False
    day: date | None = None
    scored: str = ""
    cards: tuple[figure.Card, ...] = ()
    spread: Chart | None = None
    bands: Chart | None = None
    spans: Choice | None = None
    since: date | None = None
    fell: tuple[Moved, ...] = ()
    rose: tuple[Moved, ...] = ()
    danger: tuple[Moved, ...] = ()
    poor: int = 0
    segments: tuple[Row, ...] = ()
    owners: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    made_at: datetime | None = None
    round: rounds.Round | None = None


@page("health/", roles=EVERYONE, title=gettext_lazy("Health"), nav=Nav(Section.WORK, 50, "heart-pulse"))
def health(request: Request) -> Health:
    """How well do our customers do, and who needs us?"""
    answers = Answers(request.sight())
    sight = answers.sight
    by_tenth, made = answers.rated("tenth"), rounds.standing(sight)
    seen = made if not request.user.roles.isdisjoint(OPERATE) else None
    if not by_tenth.total.scored:
        return Health(by_tenth.as_of, waits=True, yours=sight.scope.narrow and by_tenth.day is not None, round=seen)
    asked = request.GET.get("days", "")
    days = asked if asked in map(str, BACK) else _DEFAULT
    since = by_tenth.since[days]
    people = names.of(sight)
    months = _months(by_tenth.as_of)
    total = by_tenth.total
    return Health(
        as_of=by_tenth.as_of,
        waits=False,
        day=by_tenth.day,
        scored=_("%(scored)s of %(all)s customers have a score")
        % {"scored": formats.number(total.scored), "all": formats.number(total.accounts)},
        cards=tuple(_cards(answers, months)),
        spread=drawings.spread(by_tenth),
        bands=drawings.bands(list(answers.ask("customer_health_score", by=("band",), **months))),
        spans=_spans(days),
        since=since,
        fell=_moved(answers, days, fell=True) if since else (),
        rose=_moved(answers, days, fell=False) if since else (),
        danger=_listed(answers, days, [("health_band", "equals", "poor")], "-arr"),
        poor=total.bands["poor"],
        segments=tuple(_rows(answers.rated("segment"), "segment", days, {})),
        owners=tuple(_rows(answers.rated("owner"), "owner", days, people)),
        notes=by_tenth.notes,
        made_at=made.made_at,
        round=seen,
    )


def _months(now: datetime) -> dict[str, str]:
    """The months to the one that runs, as a question holds them."""
    this = local_date(now).replace(day=1)
    return {"start": f"{add_months(this, 1 - _MONTHS):%Y-%m}", "end": f"{this:%Y-%m}"}


def _cards(answers: Answers, months: dict[str, str]) -> Iterator[figure.Card]:
    wanted = (
        (_("Mean health"), "customer_health_score"),
        (_("Mean risk of leaving in 90 days"), "churn_risk"),
        (_("MRR at risk"), "revenue_at_risk"),
    )
    metrics, currency = answers.sight.metrics(), answers.settings.currency
    for title, slug in wanted:
        figures = list(answers.ask(slug, **months))
        found = figure.card(title, metrics[slug], figures, currency, {})
        if found is not None:
            yield found


def _spans(days: str) -> Choice:
    told = {"30": _("a month"), "91": _("a quarter"), "182": _("half a year")}
    return Choice("days", _("Over"), tuple(Option(value, name, value == days) for value, name in told.items()))


def _moved(answers: Answers, days: str, *, fell: bool) -> tuple[Moved, ...]:
    """Those whose score fell, or rose, most."""
    column = f"health_change_{days}"
    where = [(column, "less" if fell else "greater", 0)]
    return _listed(answers, days, where, column if fell else f"-{column}")


def _listed(answers: Answers, days: str, where: list[tuple[str, str, Any]], order: str) -> tuple[Moved, ...]:
    found = answers.rows(
        "accounts", where=[("is_customer", "equals", True), *where], order=(order, "account_id"), limit=_MOST
    )
    return tuple(_account(row, days, answers.settings.currency) for row in found.rows)


def _account(row: dict[str, Any], days: str, currency: str) -> Moved:
    change = row[f"health_change_{days}"]
    return Moved(
        id=row["account_id"],
        name=row["name"] or row["account_id"],
        owner=row["owner_name"] or row["owner"] or formats.UNKNOWN,
        before="" if change is None else formats.number(row["health"] - change, 0),
        score=scores.score_of(row, int(days)),
        arr=formats.money_short(row["arr"], currency),
        risk=scores.risk_of(row),
    )


def _rows(found: RatedFound, by: str, days: str, people: Mapping[str, str]) -> Iterator[Row]:
    """The groups that have customers; none where there is only one."""
    if len(found.groups) < 2:
        return
    for group in sorted(found.groups, key=lambda group: (group.health is None, group.health)):
        yield _row(group, by, days, found.currency, people)


def _row(group: Group, by: str, days: str, currency: str, people: Mapping[str, str]) -> Row:
    name = group.name
    list_of = reverse("accounts")
    return Row(
        name=people.get(name, name) if name else _("none"),
        link=f"{list_of}?{urlencode({by: name})}" if name else "",
        customers=formats.number(group.accounts),
        health=formats.number(group.health, 1),
        change=scores.signed(group.change[days]),
        poor=drawings.share(group.bands["poor"], group),
        poor_link=f"{list_of}?{urlencode({by: name, 'health_band': 'poor'})}" if name and group.bands["poor"] else "",
        at_risk=formats.money_short(group.at_risk, currency),
    )
