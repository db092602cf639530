"""The endpoints."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from tenure.core.conditions import conditions
from tenure.engine import catalogue
from tenure.engine.restated import Restatement
from tenure.engine.result import Figure, as_json
from tenure.engine.verbs.backtest import Tested
from tenure.engine.verbs.disagreements import DisagreementsFound
from tenure.engine.verbs.effect import Effect
from tenure.engine.verbs.fairness import Comparison
from tenure.engine.verbs.growth_pipeline import GrowthPipelineFound
from tenure.engine.verbs.health import HealthFound
from tenure.engine.verbs.optimism import OptimismFound
from tenure.engine.verbs.plays import Play
from tenure.engine.verbs.record import Recorded
from tenure.engine.verbs.renewal_accuracy import RenewalAccuracyFound
from tenure.engine.verbs.renewal_forecast import RenewalForecastFound
from tenure.engine.verbs.review import ReviewFound
from tenure.engine.verbs.risk import RiskFound
from tenure.engine.verbs.rows import Page
from tenure.web.access.endpoint import JSON, PREFIX, Answer, Asked, endpoint
from tenure.web.access.page import Request, page
from tenure.web.access.rights import Right
from tenure.web.access.roles import EVERYONE, LEAD, OPERATE, TELL
from tenure.web.api import checks, closings, contacts, lines, objectives, portfolio, rows, scorecards, tasks  # noqa: F401 - endpoints by existing
from tenure.web.api.document import document


@page(f"{PREFIX}openapi.json", roles=EVERYONE, title=_("The API's document"), data=True)
def api_document(_request: Request) -> HttpResponse:
    """What there is to ask for, as OpenAPI 3.1."""
    return HttpResponse(as_json(document()), content_type=JSON)


@endpoint("metrics", roles=EVERYONE, title=_("Metrics"), data=tuple[catalogue.Described, ...], right=Right.FIGURES)
def api_metrics(request: Request, _asked: Asked) -> Answer:
    """The catalogue of metrics: Tenure's and the workspace's own."""
    return Answer([catalogue.described(entry) for entry in request.sight().metrics().values()])


class Sliced(Asked, frozen=True, rename={"start": "from", "end": "to"}):
    """``where``: conditions such as ``segment=SMB``."""

    start: str = ""
    end: str = ""
    grain: str = "month"
    window: str = ""
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    variant: tuple[str, ...] = ()

    def words(self) -> dict[str, Any]:
        """The same as ``Sight`` takes them."""
        return {
            "start": self.start, "end": self.end, "grain": self.grain, "window": self.window, "by": self.by,
            "where": conditions(self.where), "variant": self.variant,
        }  # fmt: skip


class Shown(Sliced, frozen=True):
    """And as of when, beside what, and whether as reported."""

    as_of: str = ""
    compare: str = "before"
    reported: bool = False


@endpoint(
    "metrics/<slug:metric>",
    roles=EVERYONE,
    title=_("Figures"),
    asks=Shown,
    data=tuple[Figure, ...],
    right=Right.FIGURES,
)
def api_figures(request: Request, asked: Shown, metric: str) -> Answer:
    """The figures of a metric, as `tenure show` gives them: months by default, the last 12 that are over."""
    found = request.sight().show(
        metric, **asked.words(), as_of=asked.as_of, compare=asked.compare, reported=asked.reported
    )
    return Answer(tuple(found), found[0].as_of if len(found) else None)


@endpoint(
    "metrics/<slug:metric>/restatements", roles=EVERYONE, title=_("Restatements"), asks=Sliced,
    data=tuple[Restatement, ...], right=Right.FIGURES,
)  # fmt: skip
def api_restatements(request: Request, asked: Sliced, metric: str) -> Answer:
    """What changed the reported figures of closed periods since, in lines that add up."""
    return Answer(request.sight().restatements(metric, **asked.words()))


class Listed(Asked, frozen=True):
    """``q``: a text that is looked for. ``where``: conditions such as ``segment=SMB``. ``order``: columns, ``-`` before one
    for descending.
    """

    q: str = ""
    where: tuple[str, ...] = ()
    order: tuple[str, ...] = ("account_id",)
    offset: int = 0
    limit: int = 100


@endpoint("accounts", roles=EVERYONE, title=_("Accounts"), asks=Listed, data=Page)
def api_accounts(request: Request, asked: Listed) -> Answer:
    """The list of accounts as they are now, a page of it: with its columns and how many rows there are in all."""
    where = [(name, "equals", _plain(value)) for name, value in conditions(asked.where)]
    found = request.sight().rows(
        "accounts", where=where, search=asked.q, order=asked.order, offset=asked.offset, limit=asked.limit
    )
    return Answer(found, found.as_of, found.notes)


@endpoint("accounts/<path:account_id>", roles=EVERYONE, title=_("Account"), data=dict[str, Any])
def api_account(request: Request, _asked: Asked, account_id: str) -> Answer:
    """One account's row of the list of accounts."""
    found = request.sight().rows("accounts", where=[("account_id", "equals", account_id)], limit=1)
    if not found.rows:
        raise Http404
    return Answer(found.rows[0], found.as_of, found.notes)


class Due(Listed, frozen=True, rename={"start": "from", "end": "to"}):
    """``from``, ``to``: days or periods between which renewals are due (default: the fiscal quarter that runs)."""

    start: str = ""
    end: str = ""
    order: tuple[str, ...] = ("due", "renewal_id")


@endpoint("renewals", roles=EVERYONE, title=_("Renewals"), asks=Due, data=Page)
def api_renewals(request: Request, asked: Due) -> Answer:
    """What comes up for renewal, a page of it: how it was judged, how likely it is, and what became of it."""
    sight = request.sight()
    opens, closes = sight.renewal_window(asked.start, asked.end)
    where: list[tuple[str, str, Any]] = [("due", "greater", opens), ("due", "less", closes)]
    where += [(name, "equals", _plain(value)) for name, value in conditions(asked.where)]
    found = sight.rows(
        "renewals", where=where, search=asked.q, order=asked.order, offset=asked.offset, limit=asked.limit
    )
    return Answer(found, found.as_of, found.notes)


class Forecasted(Asked, frozen=True, rename={"start": "from", "end": "to"}):
    """``by``: owner, team, segment, tier, region, category or state. ``where``: conditions such as ``team=DACH``."""

    start: str = ""
    end: str = ""
    by: str = ""
    where: tuple[str, ...] = ()


@endpoint("renewals/forecast", roles=EVERYONE, title=_("Renewal forecast"), asks=Forecasted, data=RenewalForecastFound)
def api_renewal_forecast(request: Request, asked: Forecasted) -> Answer:
    """What renewals will bring, by judgement and by the model with its range, and what makes the difference."""
    where = [(name, "equals", _plain(value)) for name, value in conditions(asked.where)]
    found = request.sight().renewal_forecast(start=asked.start, end=asked.end, by=asked.by, where=where)
    return Answer(found, found.as_of, found.notes)


class LookedBack(Asked, frozen=True):
    """``quarters``: how many of the last that are over."""

    quarters: int = 8


@endpoint(
    "renewals/accuracy", roles=EVERYONE, title=_("Past renewal forecasts"), asks=LookedBack, data=RenewalAccuracyFound
)
def api_renewal_accuracy(request: Request, asked: LookedBack) -> Answer:
    """What was forecast of past quarters' renewals, as it was known then, against what came."""
    found = request.sight().renewal_accuracy(quarters=asked.quarters)
    return Answer(found, found.as_of, found.notes)


@endpoint("pipeline", roles=EVERYONE, title=_("Growth pipeline"), data=GrowthPipelineFound)
def api_pipeline(request: Request, _asked: Asked) -> Answer:
    """What may be sold to customers, and how such sales went."""
    found = request.sight().growth_pipeline()
    return Answer(found, found.as_of, found.notes)


class Scored(Asked, frozen=True):
    """``at``: the day (default: today); ``since``: the day that it is compared with."""

    at: str = ""
    since: str = ""


@endpoint("health", roles=EVERYONE, title=_("Health scores"), asks=Scored, data=HealthFound)
def api_health(request: Request, asked: Scored) -> Answer:
    """The health score of every customer, the lowest first."""
    found = request.sight().health(at=asked.at, since=asked.since)
    return Answer(found, found.as_of)


@endpoint("health/<path:account_id>", roles=EVERYONE, title=_("Health of an account"), asks=Scored, data=HealthFound)
def api_health_of(request: Request, asked: Scored, account_id: str) -> Answer:
    """One customer's health score: what it is made of, and why it changed."""
    found = request.sight().health(account_id, at=asked.at, since=asked.since)
    return Answer(found, found.as_of)


class Risked(Asked, frozen=True):
    """``of``: ``churn``, ``contraction`` or ``growth``."""

    of: str = "churn"


@endpoint("risk", roles=EVERYONE, title=_("Churn risk"), asks=Risked, data=RiskFound)
def api_risk(request: Request, asked: Risked) -> Answer:
    """How likely each customer is to leave, to reduce or to grow, those first of whom most revenue is at stake."""
    found = request.sight().risk(of=asked.of)
    return Answer(found, found.as_of)


@endpoint("risk/<path:account_id>", roles=EVERYONE, title=_("Churn risk of an account"), asks=Risked, data=RiskFound)
def api_risk_of(request: Request, asked: Risked, account_id: str) -> Answer:
    """How likely one customer is to leave, to reduce or to grow, and why."""
    found = request.sight().risk(account_id, of=asked.of)
    return Answer(found, found.as_of)


@endpoint("scores/backtest", roles=LEAD, title=_("Back-test"), data=Tested | None, right=Right.FIGURES)
def api_backtest(request: Request, _asked: Asked) -> Answer:
    """Whether the scores tell who leaves: the last back-test, made once a day. Null while there is none."""
    kept = request.sight().tested()
    if kept is None:
        return Answer(None, notes=("It is made once a day: there is none yet.",))
    return Answer(kept.found, kept.as_of, (kept.refused,) if kept.refused else ())


@endpoint(
    "scores/disagreements", roles=EVERYONE, title=_("Signals that disagree"), asks=Scored, data=DisagreementsFound
)
def api_disagreements(request: Request, asked: Scored) -> Answer:
    """Customers of whom one signal looks well and another does not."""
    found = request.sight().disagreements(at=asked.at, since=asked.since)
    return Answer(found, found.as_of)


@endpoint("scores/review", roles=EVERYONE, title=_("Health review"), asks=Scored, data=ReviewFound)
def api_review(request: Request, asked: Scored) -> Answer:
    """What happened to the health of customers since a week: movers, disagreements, who came and left, what was decided."""
    found = request.sight().review(at=asked.at, since=asked.since)
    return Answer(found, found.as_of)


@endpoint("scores/optimism", roles=LEAD, title=_("Judgements beside facts"), data=OptimismFound)
def api_optimism(request: Request, _asked: Asked) -> Answer:
    """How what people judge of customers compares with what the facts say: for calibration, and no evaluation."""
    found = request.sight().optimism()
    return Answer(found, found.as_of)


class Compared(Asked, frozen=True, rename={"start": "from", "end": "to"}):
    """``by``: ``owner`` or ``team``."""

    metric: str = "customer_retention_rate"
    by: str = "owner"
    start: str = ""
    end: str = ""


@endpoint("team", roles=LEAD, title=_("Fair comparison"), asks=Compared, data=Comparison, right=Right.FIGURES)
def api_team(request: Request, asked: Compared) -> Answer:
    """What came of the accounts of each owner or team, against what was to be expected of them at hand-over."""
    found = request.sight().fairness(asked.metric, by=asked.by, start=asked.start, end=asked.end)
    return Answer(found, None, found.notes)


class Played(Asked, frozen=True):
    """``as_of``: a date."""

    as_of: str = ""


@endpoint("plays", roles=LEAD, title=_("Plays"), asks=Played, data=tuple[Play, ...], right=Right.FIGURES)
def api_plays(request: Request, asked: Played) -> Answer:
    """The plays that were tried, with their arms."""
    return Answer(request.sight().plays(as_of=asked.as_of))


class Effected(Asked, frozen=True):
    """``months``: how long each account is watched; ``planned``: the share of them that was to be treated."""

    metric: str = "customer_churn_rate"
    months: int = 3
    planned: float | None = None
    as_of: str = ""


@endpoint("plays/<path:play>", roles=LEAD, title=_("Effect of a play"), asks=Effected, data=Effect, right=Right.FIGURES)
def api_effect(request: Request, asked: Effected, play: str) -> Answer:
    """What a play changed in a metric, and whether that is its doing."""
    found = request.sight().effect(
        play, metric=asked.metric, months=asked.months, planned=asked.planned, as_of=asked.as_of
    )
    return Answer(found, None, found.notes)


class Failing(Asked, frozen=True):
    """``q``: a text that is looked for. ``order``: columns, ``-`` before one for descending."""

    q: str = ""
    order: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 100


@endpoint("checks", roles=OPERATE, title=_("Checks"), data=tuple[checks.Listed, ...], right=Right.FIGURES)
def api_checks(request: Request, _asked: Asked) -> Answer:
    """Every check of the data: what it looks at, and what it found in the last round."""
    found, at = checks.listed(request.sight())
    return Answer(found, at, () if at else ("No round of checks was kept yet.",))


@endpoint("checks/<slug:check>", roles=OPERATE, title=_("Check"), asks=Failing, data=Page)
def api_check(request: Request, asked: Failing, check: str) -> Answer:
    """The rows that a check finds now, a page of them: the table, key, file and line of each, and what is wrong with it."""
    found = request.sight().check_rows(check, search=asked.q, order=asked.order, offset=asked.offset, limit=asked.limit)
    return Answer(found, found.as_of, found.notes)


@endpoint(
    "checks/<slug:check>/history",
    roles=OPERATE,
    title=_("History of a check"),
    data=checks.History,
    right=Right.FIGURES,
)
def api_check_history(request: Request, _asked: Asked, check: str) -> Answer:
    """How many rows a check found in each round that is kept, and since when it has found something."""
    found = checks.history(request.sight(), check)
    if found is None:
        raise Http404
    return Answer(found)


class Sent(Asked, frozen=True):
    """``strict``: all rows are taken, or none is."""

    strict: bool = False


@endpoint(
    "rows/<slug:table>", roles=OPERATE, title=_("Rows"), asks=Sent, data=rows.Taken, writes=True, right=Right.ROWS
)
def api_rows(request: Request, asked: Sent, table: str) -> Answer | HttpResponse:
    """Take rows of a table. Good ones go in; bad ones are told, and wait among the failed rows with their reason. 202: they are
    on disk, and are loaded as soon as can be. The header Idempotency-Key names them for ever: sent again they count once, and
    are answered as before.
    """
    return rows.taken(request, table, strict=asked.strict)


@endpoint(
    "contacts",
    roles=TELL,
    title=_("Log contacts"),
    data=Recorded,
    writes=True,
    right=Right.RECORDS,
    table=contacts.TABLE,
)
def api_contacts(request: Request, _asked: Asked) -> Answer | HttpResponse:
    """Log contacts with accounts that one sees, up to a hundred, all or none; of a CSM or a manager they are her own. They are in the
    figures when 200 is answered. The header Idempotency-Key names them for ever; without it the rows do.
    """
    return contacts.logged(request)


def _plain(value: str) -> Any:
    """A condition's value: truth values as such."""
    return {"true": True, "false": False}.get(value, value)
