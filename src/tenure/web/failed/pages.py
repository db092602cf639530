"""The pages of failed rows: the list, a row, what is done to many, a load under another map, and the counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import DataError, UsageError
from tenure.engine.failing import DISCARDED, OPEN, STATES
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.failed import words
from tenure.web.failed.counts import received
from tenure.web.failed.listed import (
    COLUMNS,
    CONTENTS,
    DEFAULT_ORDER,
    EXPORTED,
    FILTERS,
    NAMES,
    WIDE,
    exported_rows,
    search,
    where,
)  # fmt: skip
from tenure.web.failed.maps import another_map
from tenure.web.failed.row import Cell, Row, read_cells, row_of
from tenure.web.kit import formats
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import ON_A_PAGE, Heading, Pager, address, exported, heading, order_of, page_of, pager

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.failing import Failed
    from tenure.engine.verbs.failed import FailedFound
    from tenure.engine.verbs.mend import MendedRows

__all__ = ["Cell", "Row", "another_map", "received"]

#: As many rows that are refused again are told one by one.
_TOLD = 10


@dataclass(frozen=True)
class Line:
    """A row of the list."""

    id: str
    table: str
    file: str
    line: str
    column: str
    reason: Text
    refused: str
    state: Text
    tone: str


@dataclass(frozen=True)
class Chip:
    """A reason and how many rows it has; ``url`` narrows the list to it, or no longer."""

    name: Text
    count: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class FailedRows:
    """The list as the address asks for it. ``replay``, ``discard``: where all of it can be; empty where nothing is open in it.
    ``nothing``: why it is empty. ``differs``: how many counts are not right.
    """

    rows: tuple[Line, ...]
    headings: tuple[Heading, ...]
    pager: Pager
    search: str
    order: str
    load: str
    chips: tuple[Chip, ...]
    filters: tuple[Choice, ...]
    export: str
    export_all: str
    replay: str
    discard: str
    nothing: str


@page("failed-rows/", roles=OPERATE, title=gettext_lazy("Failed rows"), nav=Nav(Section.DATA, 20, "list-x"))
def failed_rows(request: Request) -> FailedRows | HttpResponse:
    """The rows that were refused: by reason, filtered, by pages, or all of them as a file."""
    given, sight = request.GET.dict(), request.sight()
    if given.get("format") in ("csv", "contents"):
        contents = given["format"] == "contents"
        rows = exported_rows(sight, given, contents=contents)
        return exported("failed-rows", [*EXPORTED, *(CONTENTS if contents else ())], rows)
    number, order = page_of(given), order_of(given, NAMES, DEFAULT_ORDER)
    found = sight.failed(
        where=where(given), search=search(given), order=(order, "file", "line"), offset=(number - 1) * ON_A_PAGE,
        limit=ON_A_PAGE,
    )  # fmt: skip
    content = _listed(found, given, order, number)
    return show(request, content, template="failed/list.html") if request.htmx else content


def _listed(found: FailedFound, given: dict[str, str], order: str, number: int) -> FailedRows:
    chosen = {name: value for name, value in given.items() if name in FILTERS and value}
    asks = bool(chosen or search(given))
    many = found.total and given.get("state", OPEN) == OPEN and not search(given)
    do = {what: f"{reverse('handle_rows', args=[what])}?{urlencode(chosen)}" for what in ("replay", "discard")}
    states = dict(found.counts["state"])
    any_at_all = asks or sum(states.values()) > 0
    return FailedRows(
        rows=tuple(_line(row) for row in found.rows),
        headings=tuple(heading(label, name, order, given, numeric=numeric, wide=name in WIDE) for name, label, numeric in COLUMNS),
        pager=pager(found.total, number, given),
        search=given.get("q", ""), order=given.get("order", ""), load=given.get("load", ""),
        chips=_chips(found, given), filters=_filters(found, given),
        export=address(given, format="csv", page=""), export_all=address(given, format="contents", page=""),
        replay=do["replay"] if many else "", discard=do["discard"] if many else "",
        nothing="" if found.total else "fits" if asks else "open" if any_at_all else "ever",
    )  # fmt: skip


def _line(row: Failed) -> Line:
    first = row.problems[0]
    return Line(
        row.id, row.table, row.file.rpartition("/")[2], formats.number(row.line), first.column,
        words.reason(first.code, first.reason), formats.moment(row.refused_at), words.STATES[row.state], words.TONES[row.state],
    )  # fmt: skip


def _chips(found: FailedFound, given: dict[str, str]) -> tuple[Chip, ...]:
    """The reasons, the commonest first."""
    return tuple(
        Chip(
            words.reason(code, code), formats.number(count),
            address(given, code="" if given.get("code") == code else code, page=""), given.get("code") == code,
        )
        for code, count in found.counts["code"]
    )  # fmt: skip


def _filters(found: FailedFound, given: dict[str, str]) -> tuple[Choice, ...]:
    labels = {"table": _("Table"), "source": _("Source"), "file": _("File")}
    state = given.get("state", OPEN)
    options = [Option(one, words.STATES[one], state == one) for one in STATES]
    choices = [Choice("state", _("State"), (*options, Option("all", _("any"), state == "all")))]
    for name, label in labels.items():
        values = [value for value, _count in found.counts[FILTERS[name]]]
        options = [Option(value, value, given.get(name) == value) for value in values]
        choices.append(Choice(name, label, (Option("", _("any"), not given.get(name)), *options)))
    return tuple(choice for choice in choices if len(choice.options) > 2 or given.get(choice.name))


# One row


@page(
    "failed-rows/row/<slug:failed_id>/", roles=OPERATE, title=gettext_lazy("Failed row"), methods=FORM, sensitive=True
)
def failed_row(request: Request, failed_id: str) -> Row | HttpResponse:
    """One row that was refused: why, what it says, and how it is mended."""
    sight = request.sight()
    row = _found(sight, failed_id)
    columns = sight.reload(row.batch).columns if row.row is None and row.state == OPEN else ()
    if request.method != "POST":
        return row_of(row, columns)
    cells = read_cells(row, columns, request.POST)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return show(request, row_of(row, columns, cells, faults=(_("Say in a few words why."),)), status=422)
    try:
        found = sight.mend({row.id: cells}, by=request.user.name, reason=reason)
    except (DataError, UsageError) as error:
        return show(request, row_of(row, columns, cells, reason, faults=(error.message,)), status=422)
    if found.refused:
        faults = tuple(f"{problem.column} {problem.reason}".strip() for problem in found.refused[0].problems)
        return show(request, row_of(row, columns, cells, reason, faults=faults), status=422)
    messages.success(request, _became(found))
    return HttpResponseRedirect(reverse("failed_rows"))


def _found(sight: Sight, failed_id: str) -> Failed:
    rows = sight.failed(where=[("id", "equals", failed_id)]).rows
    if not rows:
        raise Http404
    return rows[0]


def _became(found: MendedRows) -> str:
    """What became of rows that were replayed."""
    if not found.replayed:
        return _("Nothing was replayed: what was chosen is no longer open.")
    told = ngettext("%(count)s row is replayed.", "%(count)s rows are replayed.", len(found.replayed)) % {
        "count": formats.number(len(found.replayed))
    }
    if found.outdated:
        told += " " + _("Of %(count)s a later load says something newer, which stays.") % {
            "count": formats.number(found.outdated)
        }
    elif found.unchanged == len(found.replayed):
        told += " " + _("All of it was known already.")
    return told


@page("failed-rows/row/<slug:failed_id>/discard/", roles=OPERATE, title=gettext_lazy("Discard"), methods=POST)
def discard_row(request: Request, failed_id: str) -> HttpResponse:
    """Say that a row shall not be brought again, or that it shall after all."""
    sight = request.sight()
    row, reason = _found(sight, failed_id), request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say in a few words why."))
        return HttpResponseRedirect(reverse("failed_row", args=[failed_id]))
    reopen = row.state == DISCARDED
    sight.discard((row.id,), by=request.user.name, reason=reason, reopen=reopen)
    messages.success(request, _("The row is open again.") if reopen else _("The row is discarded."))
    return HttpResponseRedirect(reverse("failed_row", args=[failed_id]) if reopen else reverse("failed_rows"))


# Many rows


@dataclass(frozen=True)
class Many:
    """What is to be done to many rows: ``replay`` or ``discard``. ``kind``: which rows. Of a replay what would become of them: how many
    would be ``taken`` and ``refused``, and ``why`` of the first. ``hidden``: the parameters that choose them.
    """

    what: str
    kind: tuple[str, ...]
    count: str
    taken: str
    refused: str
    why: tuple[str, ...]
    possible: bool
    hidden: tuple[tuple[str, str], ...]
    back: str
    fault: str


@page("failed-rows/many/<slug:what>/", roles=OPERATE, title=gettext_lazy("Many failed rows"), methods=FORM)
def handle_rows(request: Request, what: str) -> Many | HttpResponse:
    """Replay or discard all open rows of a kind, after a look at what that does."""
    given = (request.POST if request.method == "POST" else request.GET).dict()
    if what not in ("replay", "discard"):
        raise Http404
    sight = request.sight()
    chosen = {name: value for name, value in given.items() if name in FILTERS and value}
    conditions = where(chosen)
    reason = given.get("reason", "").strip()
    if request.method == "POST" and reason:
        if what == "replay":
            messages.success(request, _became(sight.mend(where=conditions, by=request.user.name, reason=reason)))
        else:
            count = len(sight.discard(where=conditions, by=request.user.name, reason=reason).ids)
            told = ngettext("%(count)s row is discarded.", "%(count)s rows are discarded.", count)
            messages.success(request, told % {"count": formats.number(count)})
        return HttpResponseRedirect(reverse("failed_rows"))
    content = _many(sight, what, chosen, _("Say in a few words why.") if request.method == "POST" else "")
    return show(request, content, status=422 if content.fault else 200)


def _many(sight: Sight, what: str, chosen: dict[str, str], fault: str) -> Many:
    total = sight.failed(where=where(chosen), limit=1).total
    taken, refused, why = total, 0, tuple[str, ...]()
    if what == "replay" and total:
        found = sight.mend(where=where(chosen), by="-", reason="-", dry_run=True)
        taken, refused = len(found.replayed), len(found.refused)
        why = tuple(f"{one.problems[0].column} {one.problems[0].reason}".strip() for one in found.refused[:_TOLD])
    kind = tuple(words.reason(value, value) if name == "code" else value for name, value in chosen.items())
    return Many(
        what, tuple(map(str, kind)), formats.number(total), formats.number(taken), formats.number(refused),
        tuple(dict.fromkeys(why)), bool(taken), tuple(chosen.items()),
        f"{reverse('failed_rows')}?{urlencode(chosen)}" if chosen else reverse("failed_rows"), fault,
    )  # fmt: skip
