"""A metric's page, as it is sent and put on paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.access import annotating
from tenure.web.access.roles import EVERYONE
from tenure.web.access.sight import Looking
from tenure.web.catalogue.pages import MetricPage, content_of
from tenure.web.kit import filed
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Table
from tenure.web.kit.chosen import chosen
from tenure.web.kit.people import names
from tenure.web.kit.sheet import Sheet, workbook
from tenure.web.kit.table import exported
from tenure.web.post.sending import Asked, Composed, File, of_export, sent
from tenure.web.post.shown import Shown

if TYPE_CHECKING:
    from django.http import QueryDict

    from tenure.web.access.models import User

#: Rows of its table that a mail holds.
_MOST = 25


def _called(user: User, given: QueryDict) -> str:
    slug = given.get("metric", "")
    if slug not in Looking(user)().metrics():
        raise Http404
    return titled(slug)


def _page(given: QueryDict) -> str:
    rest = given.copy()
    slug = rest.pop("metric", [""])[-1]
    return reverse("metric", args=[slug]) + (f"?{rest.urlencode()}" if rest else "")


def _file(kind: str, asked: Asked) -> File:
    """All figures of the periods shown, with all their decimals."""
    answers, slug = Answers(asked.sight), asked.given.get("metric", "")
    entry = answers.sight.metrics().get(slug)
    if entry is None:
        raise Http404
    found = list(answers.ask(slug, **chosen(asked.given, entry).arguments()))
    rows = filed.rows(slug, found, names.of(answers.sight))
    if kind == "csv":
        return of_export(titled(slug), kind, exported(slug, filed.COLUMNS, rows))
    patterns = [filed.PATTERNS.get(each.unit, "") for each in found]
    return of_export(titled(slug), kind, workbook(slug, [Sheet(titled(slug), filed.COLUMNS, rows, patterns)]))


@sent(
    "metric",
    roles=EVERYONE,
    link=_page,
    title=_called,
    files={kind: partial(_file, kind) for kind in ("xlsx", "csv")},
)
def metric(asked: Asked) -> Composed:
    """Its figure, its course, and all figures of the periods shown."""
    answers = Answers(asked.sight)
    entry = answers.sight.metrics().get(asked.given.get("metric", ""))
    if entry is None:
        raise Http404
    given = chosen(asked.given, entry)
    found = content_of(answers, entry, given, annotating.marks(answers, asked.user), annotates=False)
    link, shown = _page(asked.given), []
    if found.card is not None:
        shown.append(Shown(found.card.title, found.card.period, link, found.as_of, card=found.card, width=1))
    if found.chart is not None:
        shown.append(Shown(_("Course"), found.sliced, link, found.as_of, chart=found.chart, width=2 if shown else 3))
    shown.append(Shown(_("Figures"), found.sliced, link, found.as_of, table=_table(found), most=_MOST))
    return Composed(found.title, found.summary, tuple(shown))


def _table(found: MetricPage) -> Table:
    heads = (
        _("Period"),
        *((found.sliced,) if found.sliced else ()),
        _("Value"),
        _("Interval"),
        _("n"),
        _("Change"),
        _("Note"),
    )
    return Table(heads, tuple(
        (row.period, *((row.slice,) if found.sliced else ()), row.value, row.interval, row.n, row.change, row.note)
        for row in found.rows
    ))  # fmt: skip
