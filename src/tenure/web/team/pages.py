"""The page of the team: how each book stands, who needs help, and whether a comparison is fair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.period import add_months
from tenure.web.access import leads
from tenure.web.access.page import Request, page
from tenure.web.access.roles import LEAD
from tenure.web.kit import figure, formats, scores
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_date
from tenure.web.kit.sheet import sheet
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import exported
from tenure.web.team.gathered import ASKED, Book, Gathered, gathered, renewals_of, rows_of
from tenure.web.team.need import Need, needs

if TYPE_CHECKING:
    from tenure.engine.result import Figure

_BY: dict[str, Text] = {"owner": gettext_lazy("CSM"), "team": gettext_lazy("Team")}
_FILED = (
    "id", "name", "customers", "arr", "nrr", "nrr_low", "nrr_high", "grr", "grr_low", "grr_high", "lost", "lost_expected",
    "response_minutes", "coverage", "coverage_low", "coverage_high", "health", "good", "fair", "poor", "renewals_due",
    "renewals_value", "tasks_open", "tasks_late", "away_until", "needs",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A figure of a book, and where it leads to (see ``board.part.Cell``)."""

    value: str
    interval: str = ""
    more: str = ""
    rows: str = ""
    small: bool = False
    tone: Literal["", "good", "bad"] = ""


@dataclass(frozen=True)
class Band:
    """How many customers of a book are in a band of the health score."""

    tone: str
    name: Text
    count: int
    link: str


@dataclass(frozen=True)
class Member:
    """A row: a CSM or a team. ``card``: her scorecard, where the reader leads her; ``away``: until when, and who stands in."""

    name: str
    link: str
    card: str
    away: str
    needs: tuple[Need, ...]
    cells: tuple[Cell, ...]
    bands: tuple[Band, ...]
    after: tuple[Cell, ...]


@dataclass(frozen=True)
class Team:
    """``marked``: how many have a sign; ``fair``: what the fair comparison says of telling them apart. ``narrow``: only one's own
    line is shown.
    """

    choices: tuple[Choice, ...]
    who: Text
    period: str
    until: str
    as_of: datetime
    narrow: bool
    members: tuple[Member, ...]
    whole: tuple[Cell, ...]
    marked: int
    fair: str
    files: str
    notes: tuple[str, ...]


@page(
    "team/", roles=LEAD, title=gettext_lazy("Team"), nav=Nav(Section.TEAM, 10, "users-round"), sensitive=True,
)  # fmt: skip
def team(request: Request) -> Team | HttpResponse:
    """Who needs help, and is it fair?"""
    answers = Answers(request.sight())
    narrow = answers.sight.scope.narrow
    by = "owner" if narrow else request.GET.get("by", "owner")  # of a team, one's line may be a part
    if by not in _BY:
        raise Http404
    found = gathered(request.user, answers, by, datetime.now(UTC))
    people = names.of(answers.sight)
    signed = sorted(
        ((book, needs(book, found)) for book in found.books),
        key=lambda pair: (-len(pair[1]), people.get(pair[0].id, pair[0].id)),
    )
    if request.GET.get("format") in ("csv", "xlsx"):
        return _exported(request.GET["format"], [_filed(book, signs, people) for book, signs in signed])
    options = tuple(Option(value, name, value == by) for value, name in _BY.items())
    led = leads.below(request.user) if by == "owner" else set()
    return Team(
        choices=() if narrow else (Choice("by", _("For each"), options),),
        who=_BY[by],
        period=figure.period(found.month, add_months(found.month, 1)),
        until=formats.day(found.until),
        as_of=found.as_of,
        narrow=narrow,
        members=tuple(_member(book, signs, found, answers, people, led) for book, signs in signed),
        whole=tuple(_figures(found.whole, (), answers)),
        marked=sum(bool(signs) for _book, signs in signed),
        fair=_fair(found),
        files=f"{reverse('team')}?{urlencode({'by': by})}",
        notes=found.notes,
    )


def _fair(of: Gathered) -> str:
    """Whether anybody can be told from anybody else by what became of the accounts."""
    if of.alike is None:
        return _("There is no fair comparison yet: it is made every night.")
    if of.alike:
        return _("By what became of their customers nobody can be told from anybody else: there is no ranking.")
    return _("The fair comparison tells some of them apart.")


def _member(
    book: Book, signs: tuple[Need, ...], of: Gathered, answers: Answers, people: Mapping[str, str], led: set[str]
) -> Member:  # fmt: skip
    accounts = f"{reverse('accounts')}?{urlencode({of.by: book.id})}"
    group, currency = book.group, answers.settings.currency
    first = (
        Cell(formats.number(group.accounts) if group else "–", rows=accounts),
        Cell(formats.money_short(group.arr if group else None, currency), rows=f"{accounts}&order=-arr"),
    )
    only = ((of.by, book.id),)
    return Member(
        people.get(book.id, book.id), accounts, _card(book.id) if book.id in led else "", _away(book, of, people), signs,
        (*first, *_figures(book.figures, only, answers), _expected(book, of)), tuple(_bands(book, accounts)),
        tuple(_after(book, of, answers)),
    )  # fmt: skip


def _card(csm_id: str) -> str:
    return f"{reverse('scorecard')}?{urlencode({'who': f'csm:{csm_id}'})}"


def _away(book: Book, of: Gathered, people: Mapping[str, str]) -> str:
    one = book.absence
    if one is None:
        return ""
    cover = people.get(one.cover_csm_id or "", one.cover_csm_id or "")
    who = _("%(name)s stands in") % {"name": cover} if cover else _("nobody stands in")
    if local_date(one.begins) <= of.today:
        return _("away until %(day)s, %(who)s") % {"day": formats.day(one.ends - timedelta(microseconds=1)), "who": who}
    return _("away from %(day)s, %(who)s") % {"day": formats.day(one.begins), "who": who}


def _figures(figures: Mapping[str, Figure], only: tuple[tuple[str, str], ...], answers: Answers) -> Iterator[Cell]:
    """Retention, coverage and response time, each leading to its rows."""
    currency = answers.settings.currency
    for slug in ASKED:
        each = figures.get(slug)
        if each is None:
            yield Cell("–")
            continue
        yield Cell(
            figure.told(each.value, each.unit, currency), figure.interval(each, currency),
            figure.note(each) if each.status != "ok" else "",
            rows_of(each, only) if each.value is not None else "", each.status == "small",
        )  # fmt: skip


def _expected(book: Book, of: Gathered) -> Cell:
    """How many customers were lost, and how many were to be expected to be."""
    one = book.expected
    if one is None:
        return Cell("–")
    expected = _("expected %(count)s") % {"count": formats.number(one.expected, 1)}
    tone: Literal["", "good", "bad"] = (
        "bad" if one.remark == "worse, beyond 99.8 %" else "good" if one.remark == "better, beyond 99.8 %" else ""
    )
    link = f"{reverse('fair_comparison')}?{urlencode({'by': of.by})}"
    return Cell(formats.number(one.observed, 0), more=expected, rows=link, tone=tone)


def _bands(book: Book, accounts: str) -> Iterator[Band]:
    if book.group is None or not book.group.scored:
        return
    for band in ("good", "fair", "poor"):
        count = book.group.bands[band]
        if count:
            yield Band(scores.TONES[band], scores.HEALTH[band], count, f"{accounts}&health_band={band}")


def _after(book: Book, of: Gathered, answers: Answers) -> Iterator[Cell]:
    """Renewals that come up, and tasks that are open."""
    due = book.due
    if due is None:
        yield Cell("0")
    else:
        value = formats.money_short(due.due.value, answers.settings.currency)
        yield Cell(formats.number(due.due.count), more=value, rows=renewals_of(of, book.id, late=False))
    if of.by == "owner":
        tasks = book.tasks
        late = _("%(count)s late") % {"count": tasks.late} if tasks and tasks.late else ""
        yield Cell(formats.number(tasks.open) if tasks else "–", more=late, rows=tasks.link if tasks else "")


def _filed(book: Book, signs: tuple[Need, ...], people: Mapping[str, str]) -> dict[str, Any]:
    """A book as a row of a file."""
    row: dict[str, Any] = {"id": book.id, "name": people.get(book.id, book.id)}
    names_of = {"net_revenue_retention": "nrr", "gross_revenue_retention": "grr", "touchpoint_coverage": "coverage"}
    for slug, name in names_of.items():
        each = book.figures.get(slug)
        row |= {name: each.value, f"{name}_low": each.low, f"{name}_high": each.high} if each else {}
    if group := book.group:
        row |= {"customers": group.accounts, "arr": group.arr, "health": group.health, **group.bands}
    if one := book.expected:
        row |= {"lost": one.observed, "lost_expected": one.expected}
    if answer := book.figures.get("response_time"):
        row["response_minutes"] = answer.value
    if due := book.due:
        row |= {"renewals_due": due.due.count, "renewals_value": due.due.value}
    if tasks := book.tasks:
        row |= {"tasks_open": tasks.open, "tasks_late": tasks.late}
    if away := book.absence:
        row["away_until"] = away.ends
    return row | {"needs": "; ".join(need.words for need in signs)}


def _exported(kind: str, rows: list[dict[str, Any]]) -> HttpResponse:
    if kind == "csv":
        return exported("team", _FILED, rows)
    return sheet("team", _FILED, rows)
