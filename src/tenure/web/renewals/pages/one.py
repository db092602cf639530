"""One renewal: what is known of it, how it was judged over time, and the forms in which it is judged and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import DataError, UsageError
from tenure.engine.verbs.rows import Query
from tenure.web.access import log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.kit import formats, reasons
from tenure.web.kit.once import tell
from tenure.web.kit.people import names
from tenure.web.renewals import listed, words
from tenure.web.renewals.forms import Ended, Judged
from tenure.web.renewals.listed import Renewal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight

#: What a page hears by when something was told of a renewal.
TOLD = "renewaltold"
_MOST = 40


@dataclass(frozen=True)
class Judgement:
    """How it was judged on a day."""

    at: datetime
    by: str
    judged: words.Pill
    amount: str
    reason: str


@dataclass(frozen=True)
class One:
    """A renewal. ``value`` and ``amounts`` in its own ``currency``; ``auto_renew``: null where that is not told. ``said``: what was
    told here of how it ended; ``raising``: what makes leaving more likely.
    """

    row: Renewal
    as_of: datetime
    currency: str
    value: str
    home_value: str
    term_end: datetime
    notice_by: datetime | None
    auto_renew: bool | None
    stage: str
    expected: str
    raising: str
    judgements: tuple[Judgement, ...]
    outcome: str
    outcome_why: str
    judges: bool
    judge: Judged
    end: Ended
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class InRow:
    """A form of a renewal in the place of its row, or as a page. ``columns``: over how many it stretches."""

    row: Renewal
    form: Judged | Ended
    currency: str
    columns: int
    reasons: tuple[tuple[str, str], ...]
    error: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the list, anew."""

    row: Renewal
    judges: bool


@page("renewals/<path:renewal_id>/", roles=EVERYONE, title=gettext_lazy("Renewal"))
def renewal_page(request: Request, renewal_id: str) -> One:
    """What is known of a renewal, and how sure is it?"""
    sight = request.sight()
    known, as_of = _found(sight, renewal_id)
    settings = sight.settings()
    own = known["currency"] or settings.currency
    told = {
        name: Query(where=(("renewal_id", "equals", renewal_id),), order=(f"-{at}",), limit=_MOST)
        for name, at in (("renewal_forecast", "at"), ("renewal_outcome", "decided_at"))
    }
    people = names.of(sight)
    columns = {"renewal_forecast": ("at", "category", "amount", "currency", "by", "reason"),
               "renewal_outcome": ("outcome", "reason", "kind", "competitor", "text", "by", "postponed_to")}  # fmt: skip
    dossier = sight.dossier(known["account_id"], {
        name: Query(columns[name], query.where, "", query.order, 0, query.limit) for name, query in told.items()
    })  # fmt: skip
    pages = dossier.pages if dossier else {}
    judgements = pages["renewal_forecast"].rows if pages else ()
    row = listed.renewal(known, settings.currency, as_of)
    return One(
        row=row, as_of=as_of, currency=own, value=formats.money(known["own_value"], own),
        home_value="" if own == settings.currency else formats.money(known["value"], settings.currency),
        term_end=known["term_end"], notice_by=known["notice_by"], auto_renew=known["auto_renew"],
        stage=known["opportunity_stage"] or "", expected=formats.money_short(known["expected"], settings.currency),
        raising=_raising(sight, known["account_id"]) if row.chance else "",
        judgements=tuple(_judgement(each, own, people) for each in judgements),
        outcome=_outcome(known), outcome_why=_why(pages["renewal_outcome"].rows if pages else ()),
        judges=not request.user.roles.isdisjoint(TELL), judge=_judged(known), end=_ended(known),
        reasons=_reasons(),
    )  # fmt: skip


@page("renewals/<path:renewal_id>/row/", roles=EVERYONE, title=gettext_lazy("Renewal"), unattended=True)
def renewal_row(request: Request, renewal_id: str) -> HttpResponse:
    """The row of the list, as when a form was closed."""
    known, as_of = _found(request.sight(), renewal_id)
    return _row(request, known, as_of)


@page("renewals/<path:renewal_id>/judge/", roles=TELL, title=gettext_lazy("Judge a renewal"), methods=FORM)
def judge_renewal(request: Request, renewal_id: str) -> HttpResponse:
    """Tell how sure a renewal is, and how much of it is expected."""
    sight = request.sight()
    known, _as_of = _found(sight, renewal_id)
    form = Judged(request.POST, auto_id="judge_%s") if request.method == "POST" else _judged(known)
    if request.method != "POST" or not form.is_valid():
        return _form(request, known, form, "renewals/judge_renewal.html", 422 if request.method == "POST" else 200)
    given = form.cleaned_data
    try:
        told = partial(
            sight.judge_renewal, renewal_id, given["category"], amount=given["amount"], reason=given["reason"].strip(),
            **_teller(request, given["message_id"]),
        )  # fmt: skip
        tell(request, told, _("The judgement is recorded."))
    except (DataError, UsageError) as error:
        return _form(request, known, form, "renewals/judge_renewal.html", 422, error.message)
    return _done(request, renewal_id)


@page("renewals/<path:renewal_id>/outcome/", roles=TELL, title=gettext_lazy("Tell how a renewal ended"), methods=FORM)
def tell_outcome(request: Request, renewal_id: str) -> HttpResponse:
    """Tell that a renewal came, was lost or was postponed."""
    sight = request.sight()
    known, _as_of = _found(sight, renewal_id)
    form = Ended(request.POST, auto_id="end_%s") if request.method == "POST" else _ended(known)
    if request.method != "POST" or not form.is_valid():
        return _form(request, known, form, "renewals/tell_outcome.html", 422 if request.method == "POST" else 200)
    try:
        given = form.cleaned_data
        told = partial(
            sight.renewal_ended, renewal_id, given["outcome"], **form.told(), **_teller(request, given["message_id"])
        )
        tell(request, told, _("The outcome is recorded. Revenue follows from the subscriptions."))
    except (DataError, UsageError) as error:
        return _form(request, known, form, "renewals/tell_outcome.html", 422, error.message)
    return _done(request, renewal_id)


def _found(sight: Sight, renewal_id: str) -> tuple[dict[str, Any], datetime]:
    """A renewal's row. Raises ``Http404`` where there is none to be seen."""
    found = sight.rows("renewals", where=[("renewal_id", "equals", renewal_id)], limit=1)
    if not found.rows:
        raise Http404
    return found.rows[0], found.as_of


def _teller(request: Request, message_id: str) -> dict[str, Any]:
    """Who tells, as rows name her and as messages do, and in which message."""
    by = request.user.csm_id or request.user.name
    return {"by": by, "sender": log.sender(request.user.pk), "message_id": message_id}


def _done(request: Request, renewal_id: str) -> HttpResponse:
    """The row anew where it was told in the list; else the renewal's page."""
    if request.htmx:
        known, as_of = _found(request.sight(), renewal_id)
        response = _row(request, known, as_of)
        response.headers["HX-Trigger"] = TOLD
        return response
    return HttpResponseRedirect(reverse("renewal_page", args=[renewal_id]))


def _row(request: Request, known: dict[str, Any], as_of: datetime) -> HttpResponse:
    row = listed.renewal(known, request.sight().settings().currency, as_of)
    content = Row(row, not request.user.roles.isdisjoint(TELL))
    return show(request, content, template="renewals/row.html")


def _form(
    request: Request, known: dict[str, Any], form: Judged | Ended, template: str, status: int, error: str = ""
) -> HttpResponse:
    settings = request.sight().settings()
    row = listed.renewal(known, settings.currency, datetime.now().astimezone())
    content = InRow(row, form, known["currency"] or settings.currency, len(listed.COLUMNS) + 1, _reasons(), error)
    if request.htmx:
        # What is refused is shown in the row, too: htmx puts nothing in place that is no success.
        return show(request, content, template=template.replace("/", "/row_"), status=200)
    return show(request, content, template=template, status=status)


def _judged(known: Mapping[str, Any]) -> Judged:
    return Judged.new(auto_id="judge_%s", category=known["category"] or "likely")


def _ended(known: Mapping[str, Any]) -> Ended:
    return Ended.new(auto_id="end_%s", outcome="renewed", value=round(known["own_value"], 2))


def _reasons() -> tuple[tuple[str, str], ...]:
    return tuple((name, str(word)) for name, word in words.REASONS.items())


def _judgement(row: dict[str, Any], currency: str, people: Mapping[str, str]) -> Judgement:
    amount = "" if row["amount"] is None else formats.money(row["amount"], row["currency"] or currency)
    by = row["by"] or ""
    return Judgement(
        row["at"], people.get(by, by), words.pill(words.CATEGORIES, row["category"]), amount, row["reason"] or ""
    )


def _raising(sight: Sight, account_id: str) -> str:
    """What makes leaving more likely; empty where nothing does."""
    report = sight.kept_risk(among=[account_id])
    found = report.found if report is not None else None
    if found is None or not found.accounts:
        return ""
    return reasons.raising(found.accounts[0].reasons, found.currency, 3)


def _outcome(known: Mapping[str, Any]) -> str:
    if not known["told"]:
        return ""
    word = {"churned": "lost", "reduced": "renewed"}.get(known["told"], known["told"])
    source = _("as the contract says") if known["is_own"] else _("as was told here")
    state = words.STATES.get(word, _("postponed") if word == "postponed" else word)
    return f"{state} – {source}, {formats.day(known['decided_at'])}"


def _why(rows: tuple[dict[str, Any], ...]) -> str:
    if not rows or rows[0]["outcome"] != "lost":
        return ""
    row = rows[0]
    kind = words.KINDS.get(row["kind"] or "", "")
    reason = words.REASONS.get(row["reason"] or "", row["reason"] or "")
    parts = [
        str(kind),
        str(reason),
        _("to %(whom)s") % {"whom": row["competitor"]} if row["competitor"] else "",
        row["text"] or "",
    ]
    return "; ".join(part for part in parts if part)
