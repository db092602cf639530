"""The catalogue's pages: every metric, and what one of them means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.engine.result import Figure
from tenure.web.access import annotating
from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.catalogue import decomposed, funnel
from tenure.web.catalogue.definition import Block, blocks
from tenure.web.kit import drawings, figure, formats
from tenure.web.kit.annotations import Marks
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Chart
from tenure.web.kit.choice import Choice
from tenure.web.kit.chosen import Chosen, choices, chosen, variants
from tenure.web.kit.people import names
from tenure.web.kit.shell import Nav, Section

if TYPE_CHECKING:
    from tenure.engine import Entry
    from tenure.engine.verbs.explain import Explanation

#: Rows shown behind a number; their sums are of all.
_ROWS = 100
_HIDDEN = {"account_id", "account", "at", "weight", "answer_id", "question"}
#: The families as they are looked for; others come after them.
_ORDER = {
    name: place
    for place, name in enumerate(
        "retention revenue voice use support onboarding relationship advocacy portfolio lifetime".split()
    )
}
#: How their amounts are spread is drawn up to so many rows.
_SPREAD = 20_000


@dataclass(frozen=True)
class Listed:
    """A metric in the catalogue."""

    slug: str
    title: str
    summary: str
    variants: int


@dataclass(frozen=True)
class Family:
    """The metrics of one family."""

    title: str
    metrics: tuple[Listed, ...]


@dataclass(frozen=True)
class Catalogue:
    """``search``: what was looked for; ``count``: how many were found."""

    families: tuple[Family, ...]
    search: str
    count: int


@page("metrics/", roles=EVERYONE, title=gettext_lazy("Metrics"), nav=Nav(Section.NUMBERS, 10, "sigma"))
def metrics(request: Request) -> Catalogue | HttpResponse:
    """Every metric, by family."""
    search = request.GET.get("q", "").strip()[:100]
    words = search.lower().split()
    by_family: dict[str, list[Listed]] = {}
    for entry in request.sight().metrics().values():
        title = titled(entry.slug)
        text = f"{entry.slug} {title} {entry.definition}".lower()
        if all(word in text for word in words):
            variants = sum(len(options) - 1 for options in entry.axes.values())
            by_family.setdefault(entry.family, []).append(Listed(entry.slug, title, figure.summary(entry), variants))
    inside = sorted(by_family.items(), key=lambda family: (_ORDER.get(family[0], len(_ORDER)), family[0]))
    families = tuple(Family(name.capitalize(), tuple(found)) for name, found in inside)
    content = Catalogue(families, search, sum(len(family.metrics) for family in families))
    return show(request, content, template="catalogue/families.html") if request.htmx else content


@dataclass(frozen=True)
class Row:
    """A figure of the table. ``target``: what it was meant to be, and whether it is. ``rows``: the address of the rows behind
    it.
    """

    period: str
    slice: str
    value: str
    interval: str
    n: str
    change: str
    note: str
    target: tuple[str, str]
    small: bool
    rows: str


@dataclass(frozen=True)
class Behind:
    """The rows behind one number: as text, each after the address of its account's page, the accounts first; ``numeric``: the columns of numbers, counted from 0;
    ``counted``: how many rows there are; ``sums``: what those that count add up to; ``sql`` and ``settings``: what was
    in force. ``made_of``: the metrics that it is a product of, and their pages. Columns in which nothing stands are left
    out.
    """

    title: str
    made_of: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    numeric: tuple[int, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    counted: str
    more: int
    sums: tuple[tuple[str, str], ...]
    details: tuple[tuple[str, str], ...]
    spread: Chart | None
    settings: tuple[tuple[str, str], ...]
    sql: str


@dataclass(frozen=True)
class MetricPage:
    """A metric: what it is, the form, and what it gives. ``varied``: not all variants are the default ones. ``wrong``
    says why nothing could be shown; ``aimed``: some figure has a target. ``pin``: where it is put on a dashboard, ``sends``: where it is
    sent and put on paper;
    ``annotates``: the reader may write annotations.
    """

    slug: str
    title: str
    summary: str
    definition: tuple[Block, ...]
    choices: tuple[Choice, ...]
    variants: tuple[Choice, ...]
    varied: bool
    sliced: str
    aimed: bool
    card: figure.Card | None
    details: tuple[tuple[str, str], ...]
    chart: Chart | None
    split: decomposed.Decomposed | None
    compared: funnel.Compared | None
    rows: tuple[Row, ...]
    as_of: datetime | None
    behind: Behind | None
    wrong: str
    annotates: bool
    pin: str
    sends: str


@page("metrics/<slug:slug>/", roles=EVERYONE, title=gettext_lazy("Metric"))
def metric(request: Request, slug: str) -> MetricPage | HttpResponse:
    """What a metric means, how it went, and the rows behind a number."""
    answers = Answers(request.sight())
    entry = answers.sight.metrics().get(slug)
    if entry is None:
        raise Http404
    given = chosen(request.GET, entry)
    annotates = annotating.may_annotate(request.user)
    try:
        content = content_of(answers, entry, given, annotating.marks(answers, request.user), annotates=annotates)
    except UsageError as error:
        wrong = f"{error.message} {error.fix}".strip()
        return show(request, _framed(entry, given, wrong=wrong), status=400)
    return content


def content_of(answers: Answers, entry: Entry, given: Chosen, marks: Marks, *, annotates: bool) -> MetricPage:
    """What a metric's page shows. Raises ``UsageError`` for what makes no sense of it."""
    found = list(answers.ask(entry.slug, **given.arguments()))
    currency = answers.settings.currency
    whole = [each for each in found if not each.slice]
    people = names.of(answers.sight) if _has_people(given) else {}
    return _framed(
        entry, given, annotates=annotates,
        sliced=", ".join(name.replace("_", " ") for name in (found[0].slice if found else ())).capitalize(),
        aimed=any("target" in each.extra for each in found),
        card=figure.card(titled(entry.slug), entry, whole, currency, given.address(), short=False),
        details=figure.details(whole[-1], currency) if whole else (),
        chart=drawings.course(entry, found, currency, people, marks),
        split=_split(answers, entry, found, given, people),
        compared=funnel.compared(entry, _of_one_period(found, given), given.by, tuple(given.variants.values()),
                                 answers.settings, people),
        rows=tuple(_row(each, currency, given, people) for each in _latest_first(found)),
        as_of=found[-1].as_of if found else None,
        behind=_behind(answers, entry, given, people) if given.at else None,
    )  # fmt: skip


def _split(
    answers: Answers, entry: Entry, found: Sequence[Figure], given: Chosen, people: Mapping[str, str]
) -> decomposed.Decomposed | None:
    """Why the figure of one period changed, by the slices shown."""
    if not given.by or not found:
        return None
    at = _of_one_period(found, given)[0].period_start.isoformat()
    arguments = given.arguments()
    del arguments["by"]
    change = answers.sight.decompose(entry.slug, given.by, at=at, known=found, ask=answers.ask, **arguments)
    return decomposed.decomposed(change, answers.settings.currency, people)


def _has_people(given: Chosen) -> bool:
    return not {given.by, *(name for name, _value in given.only)}.isdisjoint(figure.PEOPLE)


def _latest_first(figures: Sequence[Figure]) -> list[Figure]:
    """The periods from the last to the first, the slices of each as they come."""
    return sorted(figures, key=lambda each: each.period_start, reverse=True)


def _of_one_period(figures: Sequence[Figure], given: Chosen) -> list[Figure]:
    """Those of the period that was asked for, or else of the last."""
    asked = [each for each in figures if figure.at(each, given.address()) == given.at]
    return asked or [each for each in figures if each.period_end == figures[-1].period_end]


def _framed(entry: Entry, given: Chosen, **more: Any) -> MetricPage:
    content: dict[str, Any] = {
        "sliced": "", "aimed": False, "card": None, "details": (), "chart": None, "split": None, "compared": None, "rows": (), "as_of": None, "behind": None,
        "wrong": "", "annotates": False, **more,
    }  # fmt: skip
    asked = urlencode({"metric": entry.slug, **given.address()})
    return MetricPage(
        slug=entry.slug,
        title=titled(entry.slug),
        summary=figure.summary(entry),
        definition=blocks(entry.definition),
        choices=choices(given, entry),
        variants=variants(given, entry),
        varied=bool(given.variants),
        pin=f"{reverse('pin')}?{asked}",
        sends=f"{reverse('send_view', args=['metric'])}?{asked}",
        **content,
    )


def _row(each: Figure, currency: str, given: Chosen, people: Mapping[str, str]) -> Row:
    return Row(
        period=figure.period(each.period_start, each.period_end),
        slice=", ".join(figure.named(name, value, people) for name, value in each.slice.items()),
        value=figure.told(each.value, each.unit, currency),
        interval=figure.interval(each, currency),
        n="" if each.status == "suppressed" else formats.number(each.n),
        change=figure.change(each, currency),
        note=figure.note(each),
        target=figure.aim(each, currency),
        small=each.status != "ok",
        rows=figure.rows_of(each, given.address()),
    )


def _behind(answers: Answers, entry: Entry, given: Chosen, people: Mapping[str, str]) -> Behind:
    arguments = given.arguments()
    by = arguments.pop("by", ())

    def explained(rows: int) -> Explanation:
        return answers.sight.explain(entry.slug, at=given.at, rows=rows, by=by, where=given.only, **arguments)

    found = explained(_ROWS)
    if not found.figures:
        raise UsageError(_("There is no such period or slice."), code="no_period", fix=_("Choose one of the table."))
    currency = answers.settings.currency
    one = found.figures[0]
    names = _shown(found.rows)
    amounts = (
        [row[found.adds[0]] for row in explained(0).rows] if one.unit == "money" and found.count <= _SPREAD else []
    )
    return Behind(
        title=", ".join(
            [figure.period(one.period_start, one.period_end), *(figure.named(*each, people) for each in given.only)]
        ),
        made_of=tuple((titled(slug), figure.page_of(slug)) for slug in found.made_of),
        columns=(_("Account"), *(_heading(name, one, found.adds, currency) for name in names)),
        numeric=tuple(place for place, name in enumerate(names, 1) if _is_number(row[name] for row in found.rows)),
        rows=tuple(
            (_page_of(row), (_account(row), *(_cell(row[name], name, people) for name in names))) for row in found.rows
        ),
        counted=formats.number(found.count),
        more=max(found.count - len(found.rows), 0),
        sums=tuple((_heading(name, one, found.adds, currency), _cell(value)) for name, value in found.sums.items()),
        details=figure.details(one, currency) if len(found.figures) == 1 else (),
        spread=drawings.spread(amounts, currency),
        settings=tuple((name, _cell(value)) for name, value in found.settings.items()),
        sql=found.sql,
    )


def _shown(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The columns in which something stands that says something."""
    names = rows[0] if rows else ()
    return [name for name in names if name not in _HIDDEN and any(row[name] is not None for row in rows)]


def _heading(name: str, one: Figure, adds: tuple[str, ...], currency: str) -> str:
    """A column's heading, with the unit where its numbers are times or amounts."""
    units = {"minutes": _("minutes"), "days": _("days"), "money": currency}
    if one.unit not in units or name not in adds[-1:]:
        return titled(name)
    return f"{titled(name)} ({units[one.unit]})"


def _account(row: dict[str, Any]) -> str:
    return str(row.get("account") or row.get("account_id") or "–")


def _page_of(row: dict[str, Any]) -> str:
    """Where a row's account has its page; empty where it is of none, or of one that was never told of."""
    return reverse("account_page", args=[row["account_id"]]) if row.get("account_id") and row.get("account") else ""


def _is_number(values: Iterable[object]) -> bool:
    return all(
        isinstance(value, Decimal | int | float) and not isinstance(value, bool)
        for value in values
        if value is not None
    )


def _cell(value: object, name: str = "", people: Mapping[str, str] = MappingProxyType({})) -> str:
    if name in figure.PEOPLE:
        return figure.named(name, value, people)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal | int | float):
        return formats.number(value, 2 if value % 1 else 0)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
