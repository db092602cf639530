"""Which column of a brought file is which: proposed, marked as that, looked at, and kept as the map once somebody says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import DataError, UsageError
from tenure.core.titles import titled
from tenure.engine.catalogue import tables
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.data import kept, mapping
from tenure.web.data.mapping import DATES, DECIMALS, NO_COLUMN, Chosen
from tenure.web.kit import formats
from tenure.web.kit.choice import Option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.engine import Sight
    from tenure.engine.proposing import Guess
    from tenure.engine.verbs.propose_map import MapProposed
    from tenure.web.data.kept import Kept
    from tenure.web.kit.shell import Text

#: As many refused rows are told, and signs of a cell.
_TOLD, _LONGEST = 5, 60


@dataclass(frozen=True)
class Wanted:
    """A column of the table: the file's columns to choose from, the text that is ``always`` the same instead, and of what is only
    guessed (``guess``) why, and whether that is ``sure``: the same name. ``choices``: the texts that it takes.
    """

    name: str
    title: str
    meaning: str
    required: bool
    options: tuple[Option, ...]
    always: str
    choices: str
    guess: str
    sure: bool


@dataclass(frozen=True)
class Previewed:
    """What the map makes of the first rows, and what would become of all."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    told: str
    refused: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """``first``: what has to be said, or is guessed; ``rest``: what else the table takes. ``guessed``: how many nobody confirmed yet.
    ``ends``: the table has ends. ``fault`` and ``fix``: why it cannot be read so; ``text``: the map as it would be kept.
    """

    key: str
    number: int
    file: str
    title: str
    first: tuple[Wanted, ...]
    rest: tuple[Wanted, ...]
    guessed: int
    dates: tuple[Option, ...]
    decimals: tuple[Option, ...]
    ends: bool
    of: Chosen
    left: str
    preview: Previewed | None
    fault: str
    fix: str
    text: str


@page(
    "data/bring/<str:brought_key>/columns/<int:place>/", roles=OPERATE, title=gettext_lazy("Say which column is which"),
    methods=FORM,
)  # fmt: skip
def brought_columns(request: Request, brought_key: str, place: int) -> Columns | HttpResponse:
    """Which column of a file is which of its table's: proposed, until somebody has looked and says so."""
    found = kept.find(brought_key, request.user.pk)
    names = list(found.tables) if found else []
    if found is None or place >= len(names):
        raise Http404
    file, back = names[place], reverse("brought", args=[brought_key])
    said = _said(request, found, file)
    if said is None:
        return HttpResponseRedirect(back)
    table, of = said
    sight = request.sight()
    try:
        proposed = sight.propose_map(found.folder / file, table)
    except (UsageError, DataError) as error:
        messages.error(request, f"{file}: {error.message} {error.fix or ''}".strip())
        return HttpResponseRedirect(back)
    if request.method != "POST":
        guessed = _guessed(proposed) if of is None else _with_own(proposed, of)
        return _content(sight, found, place, table, proposed, guessed, marks=of is None)
    of = mapping.chosen(request.POST.dict(), table, [column.name for column in proposed.columns])
    content = _content(sight, found, place, table, proposed, of, marks=False)
    if "save" not in request.POST:
        return content
    if content.fault:
        return show(request, content, status=422)
    found.saying(mapping.with_file(found, file, of)).save()
    messages.success(request, _("The map has it. Below stands what would become of all rows."))
    return HttpResponseRedirect(back)


@page("data/bring/<str:brought_key>/map/", roles=OPERATE, title=gettext_lazy("The map as a file"))
def brought_map(request: Request, brought_key: str) -> HttpResponse:
    """The map of what was brought, to be put beside the files the next time."""
    found = kept.find(brought_key, request.user.pk)
    if found is None or not found.map_text:
        raise Http404
    response = HttpResponse(found.map_text, content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{kept.MAP}"'
    return response


def _said(request: Request, found: Kept, file: str) -> tuple[str, Chosen | None] | None:
    """The table of a file and what is said of its columns; None, with a message, where it cannot be said by this form."""
    try:
        by_map = mapping.of_map(found, file)
    except UsageError as error:
        messages.error(request, f"{error.message} {error.fix or ''}".strip())
        return None
    if by_map is not None and by_map[1] is None:
        messages.warning(request, _("The map says more of this file than the form holds: change its text below."))
        return None
    table = by_map[0] if by_map else found.tables[file]
    if table not in kept.loadable():
        messages.warning(request, _("Say first which table the file is for."))
        return None
    said = by_map[1] if by_map else None
    return table, None if said == Chosen() else said  # by the names of its columns alone: nobody has said anything


def _guessed(proposed: MapProposed) -> Chosen:
    return Chosen({guess.column: guess.source for guess in proposed.guesses})


def _with_own(proposed: MapProposed, of: Chosen) -> Chosen:
    """What a map says, with the columns that it takes by their own names."""
    named = {*of.left, *of.columns.values()}
    same = {
        one.column: one.source for one in proposed.guesses
        if one.why == "same" and one.column not in of.always and one.source not in named
    }  # fmt: skip
    return replace(of, columns={**same, **of.columns})


def _content(
    sight: Sight, found: Kept, place: int, table: str, proposed: MapProposed, of: Chosen, *, marks: bool
) -> Columns:
    """The form. ``marks``: what is chosen nobody has confirmed yet."""
    file, columns = list(found.tables)[place], tables()[table].columns
    guesses = {guess.column: guess for guess in proposed.guesses} if marks else {}
    every = list(_wanted(table, proposed, of, guesses))
    first = {one.name for one in every if one.required or one.always} | set(of.columns)
    text, fault, fix, preview = mapping.text_of(file, table, of), "", "", None
    try:
        preview = _previewed(sight.propose_map(found.folder / file, table, text))
    except (UsageError, DataError) as error:
        fault = error.message
        fix = _("Choose below which column it is.") if error.code == NO_COLUMN else error.fix or ""
    taken = set(of.columns.values())
    left = [column.name for column in proposed.columns if column.name not in taken]
    return Columns(
        found.key, place, file, titled(table), tuple(one for one in every if one.name in first),
        tuple(one for one in every if one.name not in first), sum(guess.why != "same" for guess in guesses.values()),
        tuple(Option(value, name, value == of.dates) for value, name in DATES.items()),
        tuple(Option(value, name, value == of.decimal) for value, name in DECIMALS.items()),
        any(column.is_end for column in columns), of, ", ".join(left), preview, fault, fix, text,
    )  # fmt: skip


def _wanted(table: str, proposed: MapProposed, of: Chosen, guesses: dict[str, Guess]) -> Iterator[Wanted]:
    canonical = tables()[table]
    for column in canonical.columns:
        source = of.columns.get(column.name)
        options = tuple(
            Option(str(place), f"{each.name} – {_short(', '.join(each.samples))}" if each.samples else each.name, each.name == source)
            for place, each in enumerate(proposed.columns)
        )  # fmt: skip
        guess = guesses.get(column.name)
        yield Wanted(
            column.name, titled(column.name), column.meaning, column.required and column.default is None, options,
            of.always.get(column.name, ""), ", ".join(column.choices), str(_why(guess)) if guess else "",
            guess is not None and guess.why == "same",
        )  # fmt: skip


def _why(guess: Guess) -> Text:
    return {
        "same": _("same name"), "word": _("a guess: a usual word for it"), "like": _("a guess: nearly the same name"),
        "vendor": _("a guess: %(vendor)s calls it so") % {"vendor": titled(guess.vendor)},
    }[guess.why]  # fmt: skip


def _previewed(proposed: MapProposed) -> Previewed:
    report = proposed.report
    assert report is not None
    told = _("Of %(read)s rows %(new)s are new, %(known)s are known already.") % {
        "read": formats.number(report.read), "new": formats.number(report.loaded),
        "known": formats.number(report.unchanged + report.superseded),
    }  # fmt: skip
    why = tuple(f"{one.line}: {one.column} {one.reason}" for one in report.failed[:_TOLD])
    rows = tuple(tuple(_short(cell or "") for cell in row) for row in proposed.rows)
    refused = formats.number(report.rejected) if report.rejected else ""
    return Previewed(tuple(map(titled, proposed.names)), rows, told, refused, (*why, *report.warnings))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
