"""The pages of the checks of the data: all of them, one with its rows, and billing held against the CRM."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.accept import Severity
from tenure.core.errors import TenureError
from tenure.core.newconfig import rewritten
from tenure.core.titles import titled
from tenure.engine import checked
from tenure.web.access import log
from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import EVERYONE, OPERATE, REPORT
from tenure.web.checks.words import CAUSES
from tenure.web.kit import formats
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.sparkline import Sparkline, sparkline
from tenure.web.kit.table import ON_A_PAGE, Heading, Pager, address, exported, heading, order_of, page_of, pager

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenure.engine import Sight
    from tenure.engine.checked import Seen, Trace
    from tenure.engine.verbs.billing import Line

#: The severities, what they are called and their colour.
_SEVERITIES: dict[Severity, tuple[Text, str]] = {
    Severity.BLOCKS: (gettext_lazy("Holds figures"), "bad"),
    Severity.WARNS: (gettext_lazy("Warning"), "warn"),
    Severity.INFORMS: (gettext_lazy("For information"), ""),
}
#: Metrics that are named of those that a check holds; rounds that a line shows; rows that are asked for at once.
_NAMED, _ROUNDS, _AT_ONCE = 6, 60, 10_000
_COLUMNS: tuple[tuple[str, Text, bool, bool], ...] = (
    ("table_name", gettext_lazy("Table"), False, True),
    ("key", gettext_lazy("Key"), False, False),
    ("what", gettext_lazy("What is wrong"), False, False),
    ("file", gettext_lazy("File"), False, True),
    ("line", gettext_lazy("Line"), True, True),
)
_EXPORTED = ("table_name", "key", "what", "file", "line", "batch")


@dataclass(frozen=True)
class Metric:
    """A metric that is held."""

    slug: str
    title: str


@dataclass(frozen=True)
class Checked:
    """A check and what it found last. ``since``: the round from which on it has found something."""

    name: str
    title: str
    meaning: str
    fix: str
    guide: str
    severity: Text
    tone: str
    count: str
    since: datetime | None
    tables: str
    spark: Sparkline
    metrics: tuple[Metric, ...]
    more: int


@dataclass(frozen=True)
class Checks:
    """``as_of``: when the last round was; None before the first. ``held``: how many metrics are held in all."""

    as_of: datetime | None
    rounds: int
    failing: tuple[Checked, ...]
    quiet: tuple[Checked, ...]
    held: int


@dataclass(frozen=True)
class Row:
    """A failing row. ``account``, ``metric``, ``failed``: the page that it leads to; empty for none."""

    table: str
    key: str
    what: str
    file: str
    line: str
    account: str
    metric: str
    failed: str


@dataclass(frozen=True)
class OneCheck:
    """A check with a page of its failing rows, as they are now. ``points``: moment and rows of the last rounds."""

    check: Checked
    severities: Choice
    over: str
    search: str
    total: int
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    pager: Pager
    export: str
    as_of: datetime
    points: tuple[tuple[datetime, str], ...]


@page("checks/", roles=OPERATE, title=gettext_lazy("Checks"), nav=Nav(Section.DATA, 30, "shield-check"))
def checks(request: Request) -> Checks:
    """What is wrong with the data, since when, and which figures does it hold?"""
    sight = request.sight()
    kept = checked.rounds(sight.home)
    every = [_checked(sight, name, kept) for name in checked.known(sight.settings())]
    order = [title for title, _tone in _SEVERITIES.values()]
    last = kept[-1] if kept else None
    names = {seen.name for seen in last.found} if last else set()
    failing = sorted((one for one in every if one.name in names), key=lambda one: order.index(one.severity))
    held = {metric for seen in (last.found if last else ()) for metric in seen.metrics}
    return Checks(
        last.at if last else None,
        len(kept),
        tuple(failing),
        tuple(one for one in every if one.name not in names),
        len(held),
    )


@page("checks/now/", roles=OPERATE, title=gettext_lazy("Check now"), methods=POST)
def check_now(request: Request) -> HttpResponse:
    """Run every check now."""
    found = sum(one.count > 0 for one in request.sight().check())
    messages.success(request, _("Checked: %(count)s found something.") % {"count": found})
    return HttpResponseRedirect(reverse("checks"))


@page("checks/of/<slug:name>/", roles=OPERATE, title=gettext_lazy("Check"))
def one_check(request: Request, name: str) -> OneCheck | HttpResponse:
    """The rows that a check finds now, since when, and what to do."""
    sight, given = request.sight(), request.GET.dict()
    if name not in checked.known(sight.settings()):
        raise Http404
    if given.get("format") == "csv":
        return exported(name, _EXPORTED, _every(sight, name, given.get("q", "")))
    columns, number = [column for column, *_more in _COLUMNS], page_of(given)
    order = order_of(given, columns, "")
    found = sight.check_rows(
        name, search=given.get("q", "")[:100], order=(order,) if order else (), offset=(number - 1) * ON_A_PAGE,
        limit=ON_A_PAGE,
    )  # fmt: skip
    kept = checked.rounds(sight.home)
    trace = checked.trace(kept, name)
    content = OneCheck(
        _checked(sight, name, kept), _severities(checked.known(sight.settings())[name].severity), sight.settings_file()[1],
        given.get("q", ""), found.total, tuple(_headings(order, given)), tuple(_row(row) for row in found.rows),
        pager(found.total, number, given), address(given, format="csv", page=""), found.as_of,
        tuple((at, formats.number(count)) for at, count in reversed(trace.points[-_ROUNDS:])),
    )  # fmt: skip
    return show(request, content, template="checks/rows.html") if request.htmx else content


@page("checks/of/<slug:name>/severity/", roles=OPERATE, title=gettext_lazy("What a check does"), methods=POST)
def weigh_check(request: Request, name: str) -> HttpResponse:
    """Say whether a check holds figures, warns or only informs; it is looked at anew at once."""
    sight, wanted = request.sight(), request.POST.get("severity", "")
    settings = sight.settings()
    if name not in checked.known(settings) or wanted not in list(Severity):
        raise Http404
    said = {**{one: severity.value for one, severity in settings.checks.items()}, name: wanted}
    try:
        text = rewritten(sight.settings_file()[0], {"checks": said})
        saved = sight.save_settings(text, by=log.sender(request.user.pk), over=request.POST.get("over", ""))
    except TenureError as error:
        messages.error(request, f"{error.message} {error.fix}")
    else:
        if saved.changed:
            sight.check()
        messages.success(request, _("It is set, and the data is checked anew by it."))
    return HttpResponseRedirect(reverse("one_check", args=[name]))


def _severities(held: Severity) -> Choice:
    names = {severity: title for severity, (title, _tone) in _SEVERITIES.items()}
    return Choice("severity", _("What it does"), tuple(Option(one.value, names[one], one is held) for one in names))


def _checked(sight: Sight, name: str, kept: tuple[checked.Round, ...]) -> Checked:
    check = checked.known(sight.settings())[name]
    trace: Trace = checked.trace(kept, name)
    seen: Seen | None = kept[-1].of(name) if kept else None
    severity, tone = _SEVERITIES[seen.severity if seen else check.severity]
    metrics = seen.metrics if seen else ()
    return Checked(
        name, titled(name), check.meaning, check.fix, check.guide, severity, tone, formats.number(trace.count), trace.since,
        ", ".join(seen.tables) if seen else "", sparkline([float(count) for _at, count in trace.points[-_ROUNDS:]]),
        tuple(Metric(slug, titled(slug)) for slug in metrics[:_NAMED]), max(len(metrics) - _NAMED, 0),
    )  # fmt: skip


def _headings(order: str, given: Mapping[str, str]) -> Iterator[Heading]:
    for column, label, numeric, wide in _COLUMNS:
        yield heading(label, column, order, given, numeric=numeric, wide=wide)


def _row(row: Mapping[str, Any]) -> Row:
    table, key = row["table_name"], row["key"]
    file = (row["file"] or "").rpartition("/")[2]
    return Row(
        table, key, row["what"] or "", file, "" if row["line"] is None else str(row["line"]),
        row["account_id"] or "", key if table == "metric" else "", row["failed_id"] or "",
    )  # fmt: skip


def _every(sight: Sight, name: str, search: str) -> Iterator[dict[str, Any]]:
    offset, total = 0, 1
    while offset < total:
        found = sight.check_rows(name, search=search, offset=offset, limit=_AT_ONCE)
        yield from found.rows
        offset, total = offset + _AT_ONCE, found.total


# Billing against the CRM


@dataclass(frozen=True)
class Compared:
    """An account: what was signed and is billed in a year, the difference and its likely cause."""

    id: str
    name: str
    signed: str
    billed: str
    difference: str
    cause: Text


@dataclass(frozen=True)
class Total:
    """All accounts in a currency."""

    currency: str
    signed: str
    billed: str
    reconciled: str


@dataclass(frozen=True)
class Cause:
    """Why accounts differ, and how many do."""

    name: Text
    accounts: str


@dataclass(frozen=True)
class Reconciliation:
    """``accounts``: how many can be compared; ``agree``: of how many both agree; ``unsigned``: pay without a contract."""

    as_of: datetime
    accounts: int
    agree: str
    compared: str
    share: str
    unsigned: int
    totals: tuple[Total, ...]
    causes: tuple[Cause, ...]
    rows: tuple[Compared, ...]
    pager: Pager
    export: str
    everything: bool


@page("reconciliation/", roles=REPORT, title=gettext_lazy("Billing against the CRM"))
def reconciliation(request: Request) -> Reconciliation | HttpResponse:
    """Is what we bill what was signed?"""
    from tenure.engine.verbs.billing import Line

    given = request.GET.dict()
    everything = bool(given.get("all"))
    found = request.sight().billing(everything=everything)
    if given.get("format") == "csv":
        return exported("reconciliation", [each.name for each in fields(Line)], (asdict(line) for line in found.lines))
    number = page_of(given)
    first = (number - 1) * ON_A_PAGE
    return Reconciliation(
        found.as_of, found.accounts, formats.number(found.agree), formats.number(found.accounts),
        formats.percent(found.share), found.unsigned,
        tuple(
            Total(each.currency, *(formats.money(amount, each.currency) for amount in (each.signed, each.billed, each.reconciled)))
            for each in found.sums
        ),
        tuple(
            Cause(CAUSES[name], formats.number(count)) for name, count in found.causes.items() if name != "agrees"
        ),
        tuple(_compared(line) for line in found.lines[first : first + ON_A_PAGE]),
        pager(len(found.lines), number, given), address(given, format="csv", page=""), everything,
    )  # fmt: skip


def _compared(line: Line) -> Compared:
    code = line.billed_currency or line.signed_currency or ""
    return Compared(
        line.account_id, line.name or line.account_id,
        formats.money(line.signed, line.signed_currency) if line.signed_currency else formats.UNKNOWN,
        formats.money(line.billed, line.billed_currency) if line.billed_currency else formats.UNKNOWN,
        formats.money(line.difference, code) if line.difference is not None and code else formats.UNKNOWN,
        CAUSES[line.cause],
    )  # fmt: skip


@dataclass(frozen=True)
class Guide:
    """The guide to troubleshooting. ``operates``: the reader may open the pages of the data."""

    operates: bool


@page("troubleshooting/", roles=EVERYONE, title=gettext_lazy("If a number looks wrong"))
def troubleshooting(request: Request) -> Guide:
    """What may be wrong, by what one sees."""
    return Guide(not request.user.roles.isdisjoint(OPERATE))
