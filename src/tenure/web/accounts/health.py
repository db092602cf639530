"""What was kept of an account's scores: the health score and its course, and the risk of leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.core.horizons import AHEAD, BACK
from tenure.engine import Query
from tenure.web.kit import formats, reasons, scores
from tenure.web.kit.charts import Chart, Lines, Scale, Series, Table, Tone
from tenure.web.kit.reading import current, local_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tenure.engine import Sight
    from tenure.engine.verbs.risk import RiskFound

#: The scores of an account as they are asked for: as many days as are read at most.
ASKED = Query(
    columns=("at", "version", "score", "coverage", "band"),
    where=(("model", "equals", "health"),),
    order=("-at",),
    limit=1_500,
)
#: As many reasons of the risk are told.
_REASONS = 6
_TONES: tuple[Tone, ...] = ("new", "fifth", "sixth")
_Rows = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Ahead:
    """The probability of leaving within some time."""

    name: str
    value: str


@dataclass(frozen=True)
class Kept:
    """``score``: none where none was kept on the last day of scores; ``since``: the day with which it is compared; ``coverage``: how much of its weight was known.
    ``versions``: more than one definition made the course. ``risks``: empty where none were kept; ``at_risk``: of ARR.
    """

    at: datetime | None
    since: date | None
    score: scores.Score | None
    coverage: str
    course: Chart | None
    versions: int
    risk: scores.Risk | None
    risks: tuple[Ahead, ...]
    at_risk: str


@dataclass(frozen=True)
class Other:
    """What else may come of it within 90 days: how likely that is, and by how much its ARR then changes on average, with its
    interval. ``url``: the name of the page that lists everybody.
    """

    name: str
    url: str
    value: str
    expected: str
    speaks: str


@dataclass(frozen=True)
class Reasoned:
    """Why an account may leave, as of the ``day`` on which that was made; none where it was not. ``by_renewal``: the
    probability of leaving with it, empty where none is near. ``taught``: how many left that it was learned from. ``causes``:
    the risk by what it may leave of, none where only one is known; ``others``: contraction and growth, as far as they are known.
    """

    id: str
    name: str
    day: date | None
    reasons: tuple[reasons.Reason, ...] = ()
    by_renewal: str = ""
    taught: int = 0
    causes: tuple[Ahead, ...] = ()
    others: tuple[Other, ...] = ()


def kept(row: dict[str, Any], history: _Rows, currency: str) -> Kept:
    """What was kept, of an account's row of the list of accounts and its rows of ``score``."""
    risks = tuple(
        Ahead(_("within %(days)s days") % {"days": days}, scores.probability(row[f"churn_risk_{days}"]))
        for days in AHEAD
        if row[f"churn_risk_{days}"] is not None
    )
    monthly = _monthly(history)
    return Kept(
        at=row["scored_at"],
        since=None if row["health_change_91"] is None else _since(row["scored_at"], history),
        score=None if row["health"] is None else scores.score_of(row),
        coverage=formats.percent(row["health_coverage"], 0),
        course=_course(monthly) if len(monthly) > 1 else None,
        versions=len({each["version"] for each in monthly}),
        risk=scores.risk_of(row) if risks else None,
        risks=risks,
        at_risk=formats.money(row["at_risk"], currency),
    )


def reasoned(sight: Sight, account_id: str, name: str) -> Reasoned:
    """An account's risk as it was last made, with its reasons; nothing is learned anew."""
    found = _known(sight, account_id, "churn")
    others = tuple(_others(sight, account_id))
    if found is None:
        return Reasoned(account_id, name, None, others=others)
    (account,) = found.accounts
    causes = sorted(account.causes.items(), key=lambda each: -each[1]) if len(account.causes) > 1 else []
    return Reasoned(
        account_id, name, found.day, reasons.reasons(account.reasons, found.currency, _REASONS),
        "" if account.by_renewal is None else scores.probability(account.by_renewal), found.learned_from,
        tuple(Ahead(str(reasons.CAUSES.get(cause, cause)), scores.probability(share)) for cause, share in causes), others,
    )  # fmt: skip


def _known(sight: Sight, account_id: str, of: str) -> RiskFound | None:
    """What was last made of an outcome; None where it never was, and of who is no customer, or was none then."""
    try:
        report = sight.kept_risk(account_id, of=of)
    except UsageError as error:
        if error.code != "not_found":
            raise
        return None
    return None if report is None else report.found


def _others(sight: Sight, account_id: str) -> Iterator[Other]:
    for of, called in (("contraction", _("Pays less")), ("growth", _("Grows"))):
        found = _known(sight, account_id, of)
        if found is not None:
            (account,) = found.accounts
            expected = formats.money_short(account.at_risk, found.currency)
            speaks = reasons.raising(account.reasons, found.currency)
            yield Other(called, of, scores.probability(account.risk["90"]), expected, speaks)


def _since(at: datetime, history: _Rows) -> date | None:
    """The first day of scores in the quarter before, as the list of accounts compares with it."""
    days = [local_date(each["at"]) for each in history]
    first = local_date(at) - timedelta(days=BACK[1])
    return min((day for day in days if day >= first), default=None)


def _monthly(history: _Rows) -> list[dict[str, Any]]:
    """The last score of each month, the oldest first."""
    last: dict[tuple[int, int], dict[str, Any]] = {}
    for each in history:  # the latest first
        day = each["at"].astimezone(current().zone)
        last.setdefault((day.year, day.month), each)
    return list(reversed(last.values()))


def _course(monthly: Sequence[Mapping[str, Any]]) -> Lines:
    days = tuple(formats.day(each["at"]) for each in monthly)
    versions = list(dict.fromkeys(each["version"] for each in monthly))
    series = tuple(
        Series(
            _("Health") if len(versions) == 1 else _("Model %(version)s") % {"version": version[:6]},
            tuple(float(each["score"]) if each["version"] == version else None for each in monthly),
            _TONES[number % len(_TONES)],
        )
        for number, version in enumerate(versions)
    )
    rows = tuple(
        (
            day, formats.number(each["score"], 1), str(scores.HEALTH.get(each["band"], each["band"] or "–")),
            formats.percent(each["coverage"], 0), each["version"],
        )
        for day, each in zip(days, monthly, strict=True)
    )  # fmt: skip
    says = _("The health score from %(first)s to %(last)s, from %(start)s to %(end)s of 100.") % {
        "first": days[0], "last": days[-1], "start": rows[0][1], "end": rows[-1][1],
    }  # fmt: skip
    table = Table((_("Day"), _("Health"), _("Band"), _("Known"), _("Model")), rows)
    return Lines(says, table, Scale("number", 1), days, series, from_zero=True)
