"""The list of renewals, and above it what they are expected to bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.period import Grain, period_at
from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.people import names
from tenure.web.kit.reading import current, local_date, local_today
from tenure.web.kit.sheet import sheet
from tenure.web.kit.shell import Nav, Section
from tenure.web.kit.table import ON_A_PAGE, Export, Heading, Pager, address, exported, heading, order_of, page_of, pager
from tenure.web.renewals import drawings, listed, words
from tenure.web.renewals.listed import Renewal, Window
from tenure.web.renewals.month import Month, months

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tenure.core.config import Settings
    from tenure.engine import Sight
    from tenure.engine.verbs.renewal_forecast import Forecast, Maker, RenewalForecastFound
    from tenure.web.kit.charts import Chart
    from tenure.web.kit.choice import Choice

#: Of what makes the difference so many are told.
_MOST = 5


@dataclass(frozen=True)
class Later:
    """The next renewal after those days: when, and the address of its quarter."""

    day: str
    url: str


@dataclass(frozen=True)
class Renewals:
    """The list as the address asks for it. ``sends``: where it is sent and put on paper, ``outlook``: where its
    forecast comes from. ``nothing``: no renewal is known at all.
    """

    window: Window
    windows: Choice
    as_of: datetime
    rows: tuple[Renewal, ...]
    headings: tuple[Heading, ...]
    pager: Pager
    filters: tuple[Choice, ...]
    search: str
    order: str
    export: str
    sheet: str
    sends: str
    outlook: str
    judges: bool
    notes: tuple[str, ...]
    nothing: bool
    later: Later | None


@page("renewals/", roles=EVERYONE, title=gettext_lazy("Renewals"), nav=Nav(Section.WORK, 40, "calendar-clock"))
def renewals(request: Request) -> Renewals | HttpResponse:
    """What comes up for renewal, how sure is it, and what will it bring?"""
    given = request.GET.dict()
    answers = Answers(request.sight())
    sight, settings = answers.sight, answers.settings
    window = _window(settings, given)
    asked = asked_of(given, window, settings)
    order = order_of(given, listed.NAMES, "due")
    if given.get("format") in ("csv", "xlsx"):
        return as_file(sight, asked, order, given["format"])
    number = page_of(given)
    found = answers.rows(
        "renewals", **asked, order=(order, "renewal_id"), offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE
    )
    content = Renewals(
        window=window,
        windows=listed.windows(window, settings, local_date(found.as_of)),
        as_of=found.as_of,
        rows=tuple(listed.renewal(row, settings.currency, found.as_of) for row in found.rows),
        headings=tuple(_headings(order, given)),
        pager=pager(found.total, number, given),
        filters=listed.filters(sight, given, _groups(answers, found.as_of, given)),
        search=given.get("q", ""),
        order=given.get("order", ""),
        export=address(given, format="csv", page=""),
        sheet=address(given, format="xlsx", page=""),
        sends=reverse("send_view", args=["renewals"]) + address(given, format="", page=""),
        outlook=address(given, page="", order="", format=""),
        judges=not request.user.roles.isdisjoint(TELL),
        notes=found.notes,
        nothing=not found.total and not answers.rows("renewals", limit=1).total,
        later=None if found.total else _later(answers, window),
    )
    return show(request, content, template="renewals/list.html") if request.htmx else content


def _later(answers: Answers, window: Window) -> Later | None:
    """The first renewal after a window that is not decided; None where there is none."""
    where = [("due", "at_least", window.end), ("state", "one_of", listed.UNDECIDED)]
    found = answers.rows("renewals", where=where, columns=("due",), order=("due",), limit=1).rows
    if not found:
        return None
    day = local_date(found[0]["due"])
    quarter = period_at(Grain.QUARTER, day, answers.settings.fiscal_year_start)
    return Later(formats.day(day), address({}, window=quarter.label))


def _window(settings: Settings, given: dict[str, str]) -> Window:
    return listed.window_of(given, settings, local_today())


def asked_of(given: dict[str, str], window: Window, settings: Settings) -> dict[str, Any]:
    """What the engine is asked of the list."""
    where = [*listed.within(window, settings.timezone), *listed.where_of(given), *listed.state_of(given)]
    return {"where": where, "search": given.get("q", "").strip()[:100]}


def _groups(answers: Answers, now: datetime, given: dict[str, str]) -> dict[str, list[str]]:
    """The owners, teams and segments that customers have this month; tiers and regions where the address asks for one."""
    month, found = f"{now.astimezone(current().zone):%Y-%m}", {}
    for name in ("owner", "team", "segment", *(name for name in ("tier", "region") if given.get(name))):
        values = {each.slice[name] for each in answers.ask("mrr", by=(name,), start=month, end=month)} - {None}
        found[name] = sorted(values)
    return found


def _headings(order: str, given: dict[str, str]) -> Iterator[Heading]:
    for name, label, numeric in listed.COLUMNS:
        yield heading(label, name, order, given, numeric=numeric, wide=name in listed.WIDE)


def as_file(sight: Sight, asked: dict[str, Any], order: str, form: str) -> Export:
    """All rows of the view."""
    rows = sight.every("renewals", **asked, columns=listed.EXPORTED, order=(order, "renewal_id"))
    return exported("renewals", listed.EXPORTED, rows) if form == "csv" else sheet("renewals", listed.EXPORTED, rows)


# What they are expected to bring


@dataclass(frozen=True)
class Why:
    """A renewal that makes a part of the difference: ``words`` say how it was judged and what the model says."""

    id: str
    name: str
    owner: str
    due: str
    value: str
    words: str
    gap: str


@dataclass(frozen=True)
class Outlook:
    """What is due, decided, called and expected in the window. ``chart`` draws it; ``months`` are grids, or ``by_month`` a chart
    where they are many. ``gap``: what the difference is, in a sentence; ``makers`` make it. ``address``: of the list.
    """

    window: Window
    as_of: datetime
    due: str
    due_count: int
    decided: str
    renewed: str
    lost: str
    late: str
    called: str
    unjudged: str
    expected: str
    range: str
    untold: str
    share: str
    chart: Chart | None
    months: tuple[Month, ...]
    by_month: Chart | None
    gap: str
    makers: tuple[Why, ...]
    address: str
    learned_from: int


@page("renewals-outlook/", roles=EVERYONE, title=gettext_lazy("What renewals will bring"), unattended=True)
def renewal_outlook(request: Request) -> Outlook | HttpResponse:
    """The forecast of what the list shows, as a page of its own or a part of the list's."""
    given = request.GET.dict()
    answers = Answers(request.sight())
    window = _window(answers.settings, given)
    found = answers.renewal_forecast(
        start=window.start.isoformat(), end=window.last.isoformat(), where=listed.where_of(given)
    )
    content = _outlook(found, window, address(given, page="", format=""))
    return show(request, content, template="renewals/outlook.html") if request.htmx else content


def _outlook(found: RenewalForecastFound, window: Window, link: str) -> Outlook:
    one, currency = found.total, found.currency

    def short(amount: Any) -> str:
        return formats.money_short(amount, currency)

    unjudged = next(call for call in one.calls if call.category is None)
    grids = months(found.days, found.start, found.end, local_date(found.as_of), currency)
    share = one.called / one.due.value if one.due.value else None
    return Outlook(
        window=window,
        as_of=found.as_of,
        due=short(one.due.value),
        due_count=one.due.count,
        decided=short(one.renewed.amount),
        renewed=_renewed(one),
        lost=_("%(count)s lost, %(value)s") % {
            "count": one.lost.count + one.lapsed.count, "value": short(one.lost.value + one.lapsed.value),
        },
        late=_("%(count)s late, %(value)s") % {"count": one.late.count, "value": short(one.late.value)} if one.late.count else "",
        called=short(one.called),
        unjudged=_("%(count)s not judged, %(value)s") % {"count": unjudged.count, "value": short(unjudged.value)}
        if unjudged.count else "",
        expected=formats.UNKNOWN if one.expected is None else short(one.expected),
        range=drawings.between(one, currency),
        untold=_("%(count)s without a probability, %(value)s") % {"count": one.untold.count, "value": short(one.untold.value)}
        if one.untold.count else "",
        share="" if share is None else formats.percent(share, 0),
        chart=drawings.together(found) if one.due.count else None,
        months=grids,
        by_month=None if grids or not found.days else drawings.by_month(found.days, currency),
        gap=_gap(one, currency),
        makers=tuple(_why(maker, currency) for maker in found.makers[:_MOST]),
        address=link,
        learned_from=found.learned_from,
    )  # fmt: skip


def _renewed(one: Forecast) -> str:
    """How many were renewed, and how many of them grew or shrank."""
    told = _("%(count)s renewed") % {"count": one.renewed.count}
    more = [_("%(count)s up") % {"count": one.up}] if one.up else []
    more += [_("%(count)s down") % {"count": one.down}] if one.down else []
    return f"{told} ({', '.join(more)})" if more else told


def _gap(one: Forecast, currency: str) -> str:
    if one.gap is None or not one.open.count:
        return ""
    amount = formats.money_short(abs(one.gap), currency)
    if not round(one.gap):
        return _("Judgements come to what the model expects.")
    if one.gap > 0:
        return _("Judgements come to %(amount)s more than the model expects.") % {"amount": amount}
    return _("Judgements come to %(amount)s less than the model expects.") % {"amount": amount}


def _why(one: Maker, currency: str) -> Why:
    return Why(
        one.renewal_id, one.name or one.account_id, one.owner_name or formats.UNKNOWN, formats.day(one.due),
        formats.money_short(one.value, currency), _said(one),
        f"{'+' if one.gap > 0 else '−'}{formats.money_short(abs(one.gap), currency)}",
    )  # fmt: skip


def _said(one: Maker) -> str:
    chance = listed.likely(one.probability)
    judged = words.CATEGORIES.get(one.category or "")
    if judged is None:
        return _("not judged, the model says %(chance)s") % {"chance": chance}
    return _("judged %(judged)s, the model says %(chance)s") % {"judged": str(judged).lower(), "chance": chance}


# By owner, team and more


@dataclass(frozen=True)
class Group:
    """A row of the forecast by groups."""

    name: str
    link: str
    due: str
    count: int
    renewed: str
    lost: str
    commit: str
    likely: str
    at_risk: str
    unjudged: str
    called: str
    expected: str
    range: str


@dataclass(frozen=True)
class ForecastBy:
    """The forecast of a window by groups, and what makes the difference between judgements and model."""

    window: Window
    windows: Choice
    by: Choice
    label: str
    as_of: datetime
    groups: tuple[Group, ...]
    total: Group
    chart: Chart | None
    gap: str
    makers: tuple[Why, ...]
    others: str
    back: str


@page("renewals-forecast/", roles=EVERYONE, title=gettext_lazy("Renewal forecast"), within="renewals")
def forecast_by(request: Request) -> ForecastBy:
    """What does each owner, team or segment call, and what does the model expect?"""
    from tenure.web.kit.choice import Choice, Option

    given = request.GET.dict()
    answers = Answers(request.sight())
    settings = answers.settings
    window, by = _window(settings, given), given.get("by", "owner")
    by = by if by in words.GROUPS else "owner"
    found = answers.renewal_forecast(
        start=window.start.isoformat(), end=window.last.isoformat(), by=by, where=listed.where_of(given)
    )
    people = names.of(answers.sight) if by == "owner" else {}
    called = {one.name: people.get(one.name or "", one.name or _("none")) for one in found.groups}
    in_order = sorted(found.groups, key=lambda one: (one.name is None, called[one.name]))
    options = tuple(Option(name, word, name == by) for name, word in words.GROUPS.items())
    return ForecastBy(
        window, listed.windows(window, settings, local_date(found.as_of)), Choice("by", _("By"), options),
        str(words.GROUPS[by]), found.as_of,
        tuple(_group(one, called[one.name], found.currency, address(window.given, state="all", **{by: one.name or ""})) for one in in_order),
        _group(found.total, _("All"), found.currency, ""),
        drawings.groups(in_order, called, found.currency) if len(in_order) > 1 else None, _gap(found.total, found.currency),
        tuple(_why(maker, found.currency) for maker in found.makers),
        "" if not found.others else formats.money_short(found.others, found.currency), address(window.given),
    )  # fmt: skip


def _group(one: Forecast, name: str, currency: str, link: str) -> Group:
    by = {call.category: call for call in one.calls}

    def short(amount: Any) -> str:
        return formats.money_short(amount, currency) if amount else ""

    return Group(
        name, link, formats.money_short(one.due.value, currency), one.due.count, short(one.renewed.amount),
        short(one.lost.value + one.lapsed.value), short(by["commit"].called), short(by["likely"].called),
        short(by["at_risk"].called + by["will_leave"].called), short(by[None].value),
        formats.money_short(one.called, currency), formats.money_short(one.expected, currency), drawings.between(one, currency),
    )  # fmt: skip
