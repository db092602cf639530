"""The growth pipeline: what may be sold to customers, and how such sales went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import DataError, UsageError
from tenure.web.access import log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.access.tabs import Tabs, growth
from tenure.web.kit import formats, reasons, scores
from tenure.web.kit.account import named
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.once import tell
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_date
from tenure.web.kit.sheet import sheet
from tenure.web.kit.shell import Text
from tenure.web.kit.table import ON_A_PAGE, Heading, Pager, address, exported, heading, order_of, page_of, pager
from tenure.web.renewals import drawings, readiness, words
from tenure.web.renewals.forms import Sale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenure.engine import Sight
    from tenure.engine.verbs.growth_pipeline import Closing, GrowthPipelineFound, Won
    from tenure.web.kit.charts import Chart

#: The columns in order: the engine's name, the heading, whether it is a number or a time.
_COLUMNS: tuple[tuple[str, Text, bool], ...] = (
    ("name", gettext_lazy("Account"), False),
    ("kind", gettext_lazy("What"), False),
    ("stage", gettext_lazy("Stage"), False),
    ("amount", gettext_lazy("Amount"), True),
    ("probability", gettext_lazy("Likely"), True),
    ("expected_close", gettext_lazy("Decision"), True),
    ("created_at", gettext_lazy("Open since"), True),
    ("sourced_by", gettext_lazy("Brought by"), False),
)
_WIDE = ("created_at", "sourced_by")
_EXPORTED = (
    "opportunity_id", "account_id", "name", "owner", "owner_name", "team", "segment", "kind", "status", "stage", "probability",
    "amount", "weighted", "agent", "sourced_by", "by_csm", "created_at", "expected_close", "closed_at", "lost_reason",
    "contract_id", "health", "health_band",
)  # fmt: skip
_FILTERS = ("status", "kind", "stage", "owner", "by_csm")
#: The column before which it is told how ready a customer was.
_AFTER_READY = "sourced_by"
#: Of so many open ones stages and owners are offered to choose from.
_TOLD = 2_000


@dataclass(frozen=True)
class Deal:
    """A row of the list. ``close``: the day on which it was or shall be decided; ``overdue``: that is over. ``ready``: how likely the
    customer was to grow when it was opened; empty where that is not known.
    """

    id: str
    account_id: str
    name: str
    owner: str
    kind: Text
    stage: str
    amount: str
    chance: str
    close: str
    overdue: bool
    age: str
    ready: str
    source: str
    by_csm: bool


@dataclass(frozen=True)
class Went:
    """How sales of a kind went in the last twelve months."""

    name: Text
    decided: int
    rate: str
    interval: str
    amount: str
    days: str
    days_most: str
    is_small: bool


@dataclass(frozen=True)
class Pipeline:
    """The list of what is open, as the address asks for it. ``nothing``: no opportunity of a customer is known."""

    tabs: Tabs
    as_of: datetime
    rows: tuple[Deal, ...]
    headings: tuple[Heading, ...]
    pager: Pager
    filters: tuple[Choice, ...]
    search: str
    order: str
    export: str
    sheet: str
    notes: tuple[str, ...]
    nothing: bool


@page("pipeline/", roles=EVERYONE, title=gettext_lazy("Growth pipeline"), within="growth")
def pipeline(request: Request) -> Pipeline | HttpResponse:
    """What may be sold to customers, and when?"""
    given = request.GET.dict()
    answers = Answers(request.sight())
    sight, currency = answers.sight, answers.settings.currency
    order = order_of(given, [name for name, _label, _numeric in _COLUMNS], "expected_close")
    asked = _asked(given)
    if given.get("format") in ("csv", "xlsx"):
        rows = sight.every("opportunities", **asked, columns=_EXPORTED, order=(order, "opportunity_id"))
        write = exported if given["format"] == "csv" else sheet
        return write("pipeline", (*_EXPORTED, readiness.COLUMN), readiness.beside(sight, rows))
    number, people = page_of(given), names.of(sight)
    listed = answers.rows(
        "opportunities", **asked, order=(order, "opportunity_id"), offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE
    )
    rows = readiness.beside(sight, listed.rows)
    content = Pipeline(
        tabs=growth(request), as_of=listed.as_of, rows=tuple(_deal(row, currency, listed.as_of, people) for row in rows),
        headings=tuple(_headings(order, given)), pager=pager(listed.total, number, given),
        filters=_filters(answers, given, people), search=given.get("q", ""), order=given.get("order", ""),
        export=address(given, format="csv", page=""), sheet=address(given, format="xlsx", page=""), notes=listed.notes,
        nothing=not listed.total and not {"q", *_FILTERS} & given.keys() and not _ever(answers),
    )  # fmt: skip
    return show(request, content, template="renewals/deals.html") if request.htmx else content


@dataclass(frozen=True)
class Summary:
    """What is open added up, and how such sales went."""

    as_of: datetime
    count: int
    amount: str
    weighted: str
    untold: int
    overdue: str
    csm_share: str
    csm_amount: str
    by_stage: Chart | None
    by_month: Chart | None
    went: tuple[Went, ...]


@page(
    "pipeline/summary/", roles=EVERYONE, title=gettext_lazy("The pipeline added up"), unattended=True, within="growth"
)
def pipeline_summary(request: Request) -> Summary | HttpResponse:
    """The pipeline added up, as a page of its own or a part of the list's."""
    sight = request.sight()
    found = Answers(sight).growth_pipeline()
    currency = found.currency
    csm = next(one for one in found.sources if one.name == "csm")
    overdue = next((one for one in found.closing if one.is_overdue), None)
    content = Summary(
        as_of=found.as_of, count=found.total.count, amount=formats.money_short(found.total.amount, currency),
        weighted=formats.money_short(found.total.weighted, currency), untold=found.total.untold,
        overdue=_("%(count)s overdue, %(amount)s") % {
            "count": overdue.count, "amount": formats.money_short(overdue.amount, currency)
        } if overdue else "",
        csm_share=formats.percent(csm.amount / found.total.amount, 0) if found.total.amount else formats.UNKNOWN,
        csm_amount=formats.money_short(csm.amount, currency),
        by_stage=drawings.stages(found.stages, currency) if found.stages else None,
        by_month=drawings.closing(found.closing, [_month(one) for one in found.closing], currency) if found.closing else None,
        went=tuple(_went(found)),
    )  # fmt: skip
    return show(request, content, template="renewals/summary.html") if request.htmx else content


def _ever(answers: Answers) -> bool:
    """Whether any opportunity is known, decided ones with the others."""
    return answers.rows("opportunities", where=[("kind", "one_of", list(words.SALES))], limit=1).total > 0


def _asked(given: Mapping[str, str]) -> dict[str, Any]:
    status = given.get("status", "")
    where: list[tuple[str, str, Any]] = [("status", "equals", status if status in words.DECIDED else "open")]
    where.append(("kind", "equals", given["kind"]) if given.get("kind") else ("kind", "one_of", list(words.SALES)))
    where += [(name, "equals", given[name]) for name in ("stage", "owner") if given.get(name)]
    if given.get("by_csm") in ("true", "false"):
        where.append(("by_csm", "equals", given["by_csm"]))
    return {"where": where, "search": given.get("q", "").strip()[:100]}


def _headings(order: str, given: dict[str, str]) -> Iterator[Heading]:
    for name, label, numeric in _COLUMNS:
        if name == _AFTER_READY:
            yield Heading(_("Ready when opened"), numeric=True, wide=True)
        yield heading(label, name, order, given, numeric=numeric, wide=name in _WIDE)


def _filters(answers: Answers, given: Mapping[str, str], people: Mapping[str, str]) -> tuple[Choice, ...]:
    told = answers.rows("opportunities", **_asked({}), columns=("stage", "owner"), limit=_TOLD).rows
    stages, owners = (sorted({row[name] for row in told if row[name]}) for name in ("stage", "owner"))
    wanted: tuple[tuple[str, Text, list[tuple[str, Text]]], ...] = (
        ("kind", _("What"), list(words.SALES.items())),
        ("stage", _("Stage"), [(name, name) for name in stages]),
        ("owner", _("Owner"), sorted(((name, people.get(name, name)) for name in owners), key=lambda pair: pair[1])),
        ("by_csm", _("Brought by"), [("true", _("our CSMs")), ("false", _("others"))]),
    )
    standing = Choice(
        "status", _("Show"),
        tuple(Option("" if value == "open" else value, word, (given.get("status") or "open") == value) for value, word in words.DECIDED.items()),
    )  # fmt: skip
    return standing, *(
        Choice(
            name, label,
            (Option("", _("any"), not given.get(name)),
             *(Option(value, word, given.get(name) == value) for value, word in values)),
        )
        for name, label, values in wanted
        if len(values) > 1
    )  # fmt: skip


def _month(one: Closing) -> str:
    if one.is_overdue:
        return _("overdue")
    return _("no day") if one.month is None else formats.month(one.month)


def _deal(row: dict[str, Any], currency: str, now: datetime, people: Mapping[str, str]) -> Deal:
    is_open = row["status"] == "open"
    close: datetime | None = row["expected_close"] if is_open else row["closed_at"]
    source = row["sourced_by"] or ""
    return Deal(
        row["opportunity_id"], row["account_id"], row["name"] or row["account_id"],
        row["owner_name"] or row["owner"] or formats.UNKNOWN, words.SALES.get(row["kind"], row["kind"]),
        row["stage"] or formats.UNKNOWN, formats.money_short(row["amount"], currency),
        "" if row["probability"] is None or not is_open else formats.percent(row["probability"], 0), formats.day(close),
        is_open and close is not None and local_date(close) < local_date(now),
        formats.duration((row["closed_at"] or now) - row["created_at"]), scores.probability(row[readiness.COLUMN]), people.get(source, source) or formats.UNKNOWN, bool(row["by_csm"]),
    )  # fmt: skip


def _went(found: GrowthPipelineFound) -> Iterator[Went]:
    for one in found.won:
        yield _kind(words.SALES[one.name], one, found.currency)
    for one, name in zip(found.won_by_source, (_("Brought by our CSMs"), _("Brought by others")), strict=True):
        yield _kind(name, one, found.currency)


def _kind(name: Text, one: Won, currency: str) -> Went:
    interval = "" if one.low is None else f"{formats.percent(one.low, 0)} – {formats.percent(one.high, 0)}"
    decided = one.won + one.lost
    return Went(
        name, decided, formats.percent(one.rate, 0), interval, formats.money_short(one.amount, currency) if one.won else "",
        "" if one.days is None else formats.number(one.days, 0), "" if one.days_most is None else formats.number(one.days_most, 0),
        decided < 10,
    )  # fmt: skip


@dataclass(frozen=True)
class SaleForm:
    """The form in which a sale to a customer is opened. ``ready``: how ready the customer is to grow, and why."""

    id: str
    name: str
    currency: str
    form: Sale
    stages: tuple[str, ...]
    ready: str = ""
    error: str = ""


@page(
    "pipeline/open/<path:account_id>/",
    roles=TELL,
    title=gettext_lazy("Open an opportunity"),
    methods=FORM,
    within="growth",
)
def open_opportunity(request: Request, account_id: str) -> SaleForm | HttpResponse:
    """Open an opportunity with a customer; it stands in the pipeline from then on. An opportunity is no booking."""
    sight = request.sight()
    name, now = named(sight, account_id)
    currency = sight.settings().currency
    stages = tuple(one.name for one in Answers(sight).growth_pipeline().stages if one.name)
    later = local_date(now) + timedelta(days=60)
    form = (
        Sale(request.POST) if request.method == "POST" else Sale.new(expected_close=later, stage=next(iter(stages), ""))
    )
    if request.method != "POST" or not form.is_valid():
        content = SaleForm(account_id, name, currency, form, stages, _ready(sight, account_id))
        return content if request.method != "POST" else show(request, content, status=422)
    row = form.row(account_id, request.user.csm_id, currency, datetime.now(UTC).isoformat())
    try:
        message = f"opportunity {form.cleaned_data['message_id']}"
        told = partial(sight.record, "opportunity", [row], by=log.sender(request.user.pk), message_id=message)
        tell(request, told, _("The opportunity is open."))
    except (DataError, UsageError) as error:
        content = SaleForm(account_id, name, currency, form, stages, _ready(sight, account_id), error.message)
        return show(request, content, status=422)
    return HttpResponseRedirect(reverse("opportunity", args=[row["opportunity_id"]]))


def _ready(sight: Sight, account_id: str) -> str:
    """How likely a customer is to grow, what that would bring and what speaks for it; empty where it is not known."""
    report = sight.kept_risk(account_id, of="growth")
    found = report.found if report else None
    if found is None or not found.accounts:
        return ""
    one = found.accounts[0]
    said = _("Grows within 90 days: %(chance)s, %(expected)s a year to be expected.") % {
        "chance": scores.probability(one.risk["90"]), "expected": formats.money_short(one.at_risk, found.currency),
    }  # fmt: skip
    why = reasons.raising(one.reasons, found.currency)
    return f"{said} {_('Speaks for it: %(why)s.') % {'why': why}}" if why else said
