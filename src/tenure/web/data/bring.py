"""Files brought by the browser: looked at first, then loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import DataError, TenureError, UsageError
from tenure.core.titles import titled
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.data import kept
from tenure.web.data.mapping import NO_COLUMN
from tenure.web.kit import formats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.engine import Sight
    from tenure.engine.verbs.load import Loaded
    from tenure.engine.verbs.reload import Report
    from tenure.web.data.kept import Kept

#: Bytes that one form may bring, and files.
MOST, _MOST_FILES = 200_000_000, 100
#: As many refused rows of a file, and columns of a table, are told.
_TOLD, _COLUMNS = 5, 12


@dataclass(frozen=True)
class TableTold:
    """A table that files can be for: the columns that it needs, and some that it takes besides."""

    name: str
    title: str
    needs: str
    takes: str


@dataclass(frozen=True)
class Bring:
    """The form. ``tables``: what files can be for."""

    tables: tuple[TableTold, ...]
    fault: str
    most: str


@dataclass(frozen=True)
class FileLook:
    """A file, and what would become of it. ``fault``: why nothing would be taken, and ``fix``. ``place``: among those that were
    brought, where it can be said which of its columns is which; ``asks``: that has to be said first.
    """

    name: str
    table: str
    title: str
    read: str
    new: str
    known: str
    refused: str
    why: tuple[str, ...]
    notes: tuple[str, ...]
    fault: str
    fix: str
    place: int | None = None
    asks: bool = False


@dataclass(frozen=True)
class Brought:
    """Files that wait to be loaded. ``options``: tables to choose from, by name; ``by_map``: the map says what they are."""

    key: str
    files: tuple[FileLook, ...]
    options: tuple[tuple[str, str], ...]
    map_text: str
    by_map: bool
    history: bool
    fault: str
    ready: bool
    total: int


@page("data/bring/", roles=OPERATE, title=gettext_lazy("Bring files"), methods=FORM)
def bring_files(request: Request) -> Bring | HttpResponse:
    """Bring files with rows of any table; nothing is loaded before one has looked."""
    if request.method != "POST":
        return Bring(_tables(), "", formats.number(MOST // 1_000_000))
    files = request.FILES.getlist("files")
    fault = ""
    if not files:
        fault = _("Choose a file, or several.")
    elif len(files) > _MOST_FILES or sum(file.size or 0 for file in files) > MOST:
        fault = _("That is more than one form takes: put the files into the folder drop of the workspace instead.")
    if fault:
        return show(request, Bring(_tables(), fault, formats.number(MOST // 1_000_000)), status=422)
    found = kept.keep(files, request.user.pk, history="history" in request.POST)
    return HttpResponseRedirect(reverse("brought", args=[found.key]))


@page("data/bring/<str:brought_key>/", roles=OPERATE, title=gettext_lazy("Look before they are loaded"), methods=FORM)
def brought(request: Request, brought_key: str) -> Brought | HttpResponse:
    """What would become of the files that one has brought; then it does."""
    found = kept.find(brought_key, request.user.pk)
    if found is None:
        raise Http404
    sight = request.sight()
    if request.method != "POST":
        return _looked(sight, found)
    if "away" in request.POST:
        found.remove()
        return HttpResponseRedirect(reverse("bring_files"))
    known = kept.loadable()
    told = {name: request.POST.get(f"table-{number}", "") for number, name in enumerate(found.tables)}
    found = replace(
        found, tables={name: table if table in known else "" for name, table in told.items()} if not found.map_text else found.tables,
        map_text=request.POST.get("map", "").replace("\r\n", "\n").strip(), history="history" in request.POST,
    ).save()  # fmt: skip
    if "load" not in request.POST:
        return _looked(sight, found)
    try:
        done = list(_loads(sight, found, dry_run=False))
    except TenureError as error:
        return show(request, replace(_looked(sight, found), fault=f"{error.message} {error.fix}".strip()), status=422)
    found.remove()
    rows = sum(report.read for one in done for report in one.reports)  # how many wait, the page says that comes next
    text = ngettext("%(rows)s row was read.", "%(rows)s rows were read.", rows)
    messages.success(request, text % {"rows": formats.number(rows)})
    return HttpResponseRedirect(reverse("guide"))


def _loads(sight: Sight, found: Kept, *, dry_run: bool) -> Iterator[Loaded]:
    """Each file into its table, or all by the map. Raises ``TenureError``."""
    if found.map_text:
        yield sight.load(
            [str(found.folder)], map_file=str(found.map_file), history=found.history, dry_run=dry_run, within=str(found.folder)
        )  # fmt: skip
        return
    for name, table in found.tables.items():
        if table:
            path = str(found.folder / name)
            yield sight.load([path], table, history=found.history, dry_run=dry_run, within=str(found.folder))


def _looked(sight: Sight, found: Kept) -> Brought:
    fault, looks = "", list[FileLook]()
    if found.map_text:
        try:
            for loaded in _loads(sight, found, dry_run=True):
                looks += [_look(report) for report in loaded.reports]
                looks += [_unread(name, _("The map does not name it.")) for name in loaded.unknown]
        except (UsageError, DataError) as error:
            looks = [_by_map(sight, found, name) for name in found.tables]
            told = any(one.fault and one.table for one in looks)  # beside the file, with what to do about it
            fault, looks = ("", looks) if told else (f"{error.message} {error.fix}".strip(), [])
    else:
        looks = [_one(sight, found, name) for name in found.tables]
    ready = not fault and any(not one.fault for one in looks) and all(not one.fault or not one.table for one in looks)
    total = len([one for one in looks if not one.fault])
    options = tuple((name, titled(name)) for name in kept.loadable())
    places = {name: place for place, name in enumerate(found.tables)}
    looks = [replace(one, place=places.get(one.name.rpartition("/")[2])) for one in looks]
    return Brought(
        found.key, tuple(looks), options, found.map_text or _skeleton(found), bool(found.map_text), found.history, fault, ready, total
    )  # fmt: skip


def _one(sight: Sight, found: Kept, name: str) -> FileLook:
    table = found.tables[name]
    if not table:
        return _unread(name, _("Say which table it is for; else it is left out."))
    try:
        (loaded,) = _loads(sight, replace(found, tables={name: table}), dry_run=True)
    except (UsageError, DataError) as error:
        return _asking(name, table, error)
    return _look(loaded.reports[0])


def _by_map(sight: Sight, found: Kept, name: str) -> FileLook:
    """What would become of one file by the map, where not all of them can be read by it."""
    table = found.tables[name]
    if not table:
        return _unread(name, _("The map does not name it."))
    try:
        report = sight.propose_map(found.folder / name, table, found.map_text).report
    except (UsageError, DataError) as error:
        return _asking(name, table, error)
    return _look(report) if report else _unread(name, _("The map does not name it."))


def _asking(name: str, table: str, error: TenureError) -> FileLook:
    asks = error.code == NO_COLUMN
    return replace(_unread(name, error.message), table=table, fix="" if asks else error.fix, asks=asks)


def _unread(name: str, fault: str) -> FileLook:
    return FileLook(name, "", "", "", "", "", "", (), (), fault, "")


def _look(report: Report) -> FileLook:
    known = report.unchanged + report.superseded
    return FileLook(
        report.file, report.table, titled(report.table), formats.number(report.read), formats.number(report.loaded),
        formats.number(known), formats.number(report.rejected) if report.rejected else "",
        tuple(f"{one.line}: {one.column} {one.reason}" for one in report.failed[:_TOLD]), report.warnings, "", "",
    )  # fmt: skip


def _skeleton(found: Kept) -> str:
    """The beginning of a map of these files, for whose columns are called otherwise."""
    parts = []
    for name, table in found.tables.items():
        columns = [column.name for column in kept.loadable()[table].columns if column.required] if table else []
        lines = [f'{column} = "{column}"' for column in columns]
        parts.append("\n".join(["[[load]]", f'file = "{name}"', f'table = "{table}"', "[load.columns]", *lines]))
    return "\n\n".join(parts)


def _tables() -> tuple[TableTold, ...]:
    found = []
    for name, table in kept.loadable().items():
        needs = [column.name for column in table.columns if column.required]
        takes = [column.name for column in table.columns if not column.required][:_COLUMNS]
        found.append(TableTold(name, titled(name), ", ".join(needs), ", ".join(takes)))
    return tuple(found)
