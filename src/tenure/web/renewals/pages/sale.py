"""One opportunity: how it stands, changed, and won or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import DataError, UsageError
from tenure.web.access import log
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.kit import formats, scores
from tenure.web.kit.account import named
from tenure.web.kit.asking import Answers
from tenure.web.kit.once import tell
from tenure.web.kit.people import names
from tenure.web.kit.reading import current, local_date, local_today
from tenure.web.renewals import readiness, words
from tenure.web.renewals.forms import Decided, SaleChanged, Taken

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.kit.shell import Text

_OPEN = "open"
#: What every row of an opportunity has.
_NEEDED = ("opportunity_id", "account_id", "kind", "status", "amount")


@dataclass(frozen=True)
class Opportunity:
    """An opportunity. ``facts``: names and values; ``change``, ``decide``: forms, for who may tell, of one that is open; ``reopen``: of one
    that is decided.
    """

    id: str
    account_id: str
    name: str
    kind: Text
    state: words.Pill
    amount: str
    facts: tuple[tuple[Text, str], ...]
    currency: str
    stages: tuple[str, ...]
    reasons: tuple[tuple[str, Text], ...]
    change: SaleChanged | None
    decide: Decided | None
    reopen: Taken | None
    error: str
    as_of: datetime


@page("opportunity/<path:opportunity_id>/", roles=EVERYONE, title=gettext_lazy("Opportunity"), within="growth")
def opportunity(request: Request, opportunity_id: str) -> Opportunity:
    """How an opportunity stands."""
    return _shown(request, _row(request.sight(), opportunity_id))


@page(
    "opportunity/<path:opportunity_id>/change/", roles=TELL, title=gettext_lazy("Change an opportunity"), methods=FORM,
    within="growth",
)  # fmt: skip
def change_opportunity(request: Request, opportunity_id: str) -> HttpResponse:
    """Tell how an opportunity goes: another stage, amount, day or chance."""
    row = _row(request.sight(), opportunity_id, status=_OPEN)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("opportunity", args=[opportunity_id]))
    form = SaleChanged(request.POST, auto_id="change_%s")
    if not form.is_valid():
        return show(request, _shown(request, row, change=form), status=422, template="renewals/opportunity.html")
    return _told(request, row, form.told(), form.cleaned_data["message_id"], _("The opportunity is changed."))


@page(
    "opportunity/<path:opportunity_id>/decide/", roles=TELL, title=gettext_lazy("Decide an opportunity"), methods=FORM,
    within="growth",
)  # fmt: skip
def decide_opportunity(request: Request, opportunity_id: str) -> HttpResponse:
    """Tell that an opportunity was won, or lost and why."""
    row = _row(request.sight(), opportunity_id)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("opportunity", args=[opportunity_id]))
    form = Decided(request.POST, auto_id="decide_%s", of=(_day(row["created_at"]), _today()))
    if not form.is_valid():
        return show(request, _shown(request, row, decide=form), status=422, template="renewals/opportunity.html")
    told = form.told() | {"closed_at": _moment(form.cleaned_data["closed_on"], row["created_at"])}
    said = (
        _("It is won. Revenue follows once its subscription is loaded.")
        if told["status"] == "won"
        else _("It is lost.")
    )
    return _told(request, row, told, form.cleaned_data["message_id"], said)


@page(
    "opportunity/<path:opportunity_id>/reopen/",
    roles=TELL,
    title=gettext_lazy("Open an opportunity again"),
    methods=POST,
    within="growth",
)
def reopen_opportunity(request: Request, opportunity_id: str) -> HttpResponse:
    """Take back that an opportunity was won or lost."""
    row = _row(request.sight(), opportunity_id)
    form = Taken(request.POST)
    if not form.is_valid():
        return show(request, _shown(request, row), status=422, template="renewals/opportunity.html")
    told = {"status": _OPEN, "closed_at": None, "lost_reason": None}
    return _told(request, row, told, form.cleaned_data["message_id"], _("The opportunity is open again."))


def _row(sight: Sight, opportunity_id: str, status: str = "") -> dict[str, Any]:
    """What is known of an opportunity. Raises ``Http404`` where there is none to be seen."""
    where = [("opportunity_id", "equals", opportunity_id), *([("status", "equals", status)] if status else [])]
    found = sight.rows("opportunity", where=where, limit=1)
    if not found.rows:
        raise Http404
    return {**found.rows[0], "as_of": found.as_of}


def _told(request: Request, row: dict[str, Any], told: dict[str, Any], message_id: str, said: str) -> HttpResponse:
    """Record what is told of an opportunity; what nobody says stays as it was."""
    full = {name: row[name] for name in _NEEDED} | {"created_at": row["created_at"].isoformat(), **told}
    does = partial(
        request.sight().record, "opportunity", [full], by=log.sender(request.user.pk), message_id=f"opportunity {message_id}"
    )  # fmt: skip
    try:
        tell(request, does, said)
    except (DataError, UsageError) as error:
        return show(
            request, _shown(request, row, error=error.message), status=422, template="renewals/opportunity.html"
        )
    return HttpResponseRedirect(reverse("opportunity", args=[row["opportunity_id"]]))


def _shown(
    request: Request,
    row: dict[str, Any],
    *,
    change: SaleChanged | None = None,
    decide: Decided | None = None,
    error: str = "",
) -> Opportunity:
    sight = request.sight()
    name, now = named(sight, row["account_id"])
    currency = row["currency"] or sight.settings().currency
    tells, is_open = not request.user.roles.isdisjoint(TELL), row["status"] == _OPEN
    stages = tuple(one.name for one in Answers(sight).growth_pipeline().stages if one.name) if tells and is_open else ()
    return Opportunity(
        row["opportunity_id"], row["account_id"], name, words.SALES.get(row["kind"], row["kind"]),
        words.decided(row["status"]), formats.money(row["amount"], currency), _facts(sight, row), currency, stages,
        tuple(words.SALE_LOST.items()),
        (change or _change(row)) if tells and is_open else None,
        (decide or Decided.new(auto_id="decide_%s", of={"of": (_day(row["created_at"]), _today())}, closed_on=_today(), amount=format(row["amount"].normalize(), "f"))) if tells and is_open else None,
        Taken.new() if tells and not is_open else None, error, now,
    )  # fmt: skip


def _change(row: dict[str, Any]) -> SaleChanged:
    chance = row["probability"]
    return SaleChanged.new(
        auto_id="change_%s", stage=row["stage"] or "", amount=format(row["amount"].normalize(), "f"),
        probability=None if chance is None else round(chance * 100), expected_close=_day(row["expected_close"]),
    )  # fmt: skip


def _facts(sight: Sight, row: dict[str, Any]) -> tuple[tuple[Text, str], ...]:
    people = names.of(sight)
    chance = "" if row["probability"] is None else formats.percent(row["probability"], 0)
    wanted = (
        (_("Stage"), row["stage"] or ""), (_("Likely"), chance if row["status"] == _OPEN else ""),
        (_("Decision expected on"), formats.day(row["expected_close"]) if row["expected_close"] and row["status"] == _OPEN else ""),
        (_("Decided on"), formats.day(row["closed_at"]) if row["closed_at"] else ""),
        (_("Why it was lost"), str(words.SALE_LOST.get(row["lost_reason"], row["lost_reason"] or ""))),
        (_("Open since"), formats.day(row["created_at"])),
        (_("Ready when it was opened"), _ready(sight, row)),
        (_("Works on it"), people.get(row["owner_id"] or "", row["owner_id"] or "")),
        (_("Brought by"), people.get(row["sourced_by"] or "", row["sourced_by"] or "")),
    )  # fmt: skip
    return tuple((name, value) for name, value in wanted if value)


def _ready(sight: Sight, row: dict[str, Any]) -> str:
    """How likely the customer was to grow when it was opened; empty where that is not known."""
    known = readiness.when_opened(sight, [row])
    return (
        _("%(chance)s to grow within 90 days") % {"chance": scores.probability(next(iter(known.values())))}
        if known
        else ""
    )


def _today() -> date:
    return local_today()


def _day(at: datetime | None) -> date | None:
    """The day of a moment, where the organisation is."""
    return local_date(at) if at else None


def _moment(day: date, opened: datetime) -> str:
    """When something was decided on a day: at its beginning, as of other days that are told, but not before it was opened."""
    return max(datetime.combine(day, time.min, current().zone), opened).astimezone(UTC).isoformat()
