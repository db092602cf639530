"""The list of accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.book import shared
from tenure.web.book.asked import LIST
from tenure.web.book.columns import LABELS, Cell, Reading, cell, chosen
from tenure.web.book.export import exported, metrics_of
from tenure.web.book.filling import Filling, filling
from tenure.web.book.looking import NONE, Looking, look
from tenure.web.book.models import AccountList, View
from tenure.web.book.rights import may_assign
from tenure.web.book.words import Chip, sentence
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.people import names
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import ON_A_PAGE, Heading, Pager, address, heading, page_of, pager

if TYPE_CHECKING:
    from tenure.engine.verbs.rows import Page


@dataclass(frozen=True)
class Account:
    """A row of the list. ``owner``: told under the name on a phone."""

    id: str
    name: str
    owner: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Place:
    """A column that is shown: where it goes one place to the left or right, and away."""

    label: Text
    left: str
    right: str
    away: str


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen: a column or a view. ``note``: said of it in smaller letters."""

    name: str
    label: Text
    url: str = ""
    note: Text = ""
    chosen: bool = False


@dataclass(frozen=True)
class Sorting:
    """One of the columns that the list is sorted by: the options, of which one is chosen."""

    label: Text
    options: tuple[Choice, ...]


@dataclass(frozen=True)
class Viewed:
    """The view that is looked at, if it is a saved one. ``reset``: where it is as it was saved."""

    number: int
    name: str
    description: str
    owner: str
    own: bool
    changed: bool
    reset: str


@dataclass(frozen=True)
class Accounts:
    """The list as the address asks for it. ``nothing``: why it is empty though nothing was looked for. ``parameters``: of the
    address, for forms that keep it. ``sends``: where the list is sent and put on paper. ``sums``: what the accounts add up to. ``tells``: the reader says something of accounts
    here. ``notes``: what is not to be relied on.
    """

    rows: tuple[Account, ...]
    headings: tuple[Heading, ...]
    pager: Pager
    total: int
    search: str
    status: str
    parameters: dict[str, str]
    query: str
    chips: tuple[Chip, ...]
    fields: tuple[Choice, ...]
    metric_fields: tuple[Choice, ...]
    filling: Filling | None
    sums: tuple[str, ...]
    view: Viewed | None
    views: tuple[Choice, ...]
    lists: tuple[Choice, ...]
    places: tuple[Place, ...]
    more: tuple[Choice, ...]
    metrics: tuple[Choice, ...]
    sorting: tuple[Sorting, ...]
    csv: str
    xlsx: str
    sends: str
    tells: bool
    assigns: bool
    notes: tuple[str, ...]
    nothing: Literal["", "loaded", "yours"]


@page("accounts/", roles=EVERYONE, title=gettext_lazy("Accounts"), nav=Nav(Section.WORK, 30, "building-2"))
def accounts(request: Request) -> Accounts | HttpResponse:
    """The accounts that one may see: by a view, filtered, sorted, by pages, or all of them as a file."""
    given = request.GET.dict()
    answers = Answers(request.sight())
    at = look(request.user, answers, given)
    if given.get("format") in ("csv", "xlsx"):
        return exported(answers.sight, at, given["format"])
    number = page_of(given)
    found = answers.rows(
        "accounts", **at.question, order=(*at.of.order, "account_id"), offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE
    )
    content = _content(request, answers, at, found, number)
    return show(request, content, template="book/list.html") if request.htmx else content


def _content(request: Request, answers: Answers, at: Looking, found: Page, number: int) -> Accounts:
    parameters, given = at.parameters, request.GET.dict()
    lists = {str(each.pk): each.name for each in shared.visible(AccountList, request.user)}
    people = names.of(answers.sight)
    unasked = not (at.of.search or at.of.filters or at.of.status != "customers")
    return Accounts(
        rows=rows_of(answers, at, found, assigns=may_assign(request.user)),
        headings=tuple(_headings(at, parameters)),
        pager=pager(found.total, number, parameters),
        total=found.total,
        search=at.of.search,
        status=at.of.status,
        parameters=parameters,
        query=address(parameters)[1:],
        chips=tuple(
            Chip(sentence(each, at.columns, people, lists), _with(at, {"adding": each.column, "at": str(place)}), at.link(at.of.without(place)))
            for place, each in enumerate(at.of.filters)
        ),
        fields=_fields(at, lists=bool(lists)),
        metric_fields=_fields(at, metrics=True),
        filling=filling(answers, at, given.get("adding", ""), given.get("at", ""), people, lists),
        sums=sums_of(answers, at, found.total),
        view=_viewed(at),
        views=_views(request, at),
        lists=tuple(Choice(number, name) for number, name in lists.items()),
        places=tuple(_places(at)),
        more=_more(at, metrics=False),
        metrics=_more(at, metrics=True),
        sorting=tuple(_sorting(at)),
        csv=_with(at, {"format": "csv"}),
        xlsx=_with(at, {"format": "xlsx"}),
        sends=reverse("send_view", args=["accounts"]) + _sent(at),
        tells=not TELL.isdisjoint(request.user.roles),
        assigns=may_assign(request.user),
        notes=found.notes,
        nothing="" if found.total or not unasked else "yours" if answers.sight.scope.narrow else "loaded",
    )  # fmt: skip


#: Columns that are never shown by themselves: the name always is, who the owner is has a name.
_NEVER = ("name", "owner", "is_customer")


def rows_of(answers: Answers, at: Looking, found: Page, *, assigns: bool) -> tuple[Account, ...]:
    """A page of the list as it is shown."""
    columns, steps = chosen(at.of.columns, at.columns), {}
    if "next_step_at" in at.of.columns:
        told = answers.sight.next_steps([row["account_id"] for row in found.rows if row["next_step_at"]])
        steps = {each.account_id: each.text for each in told}
    by = Reading(found.as_of, answers.settings.currency, steps, metrics_of(answers.sight, at, found.rows), assigns)
    return tuple(
        Account(
            row["account_id"], row["name"] or row["account_id"], row["owner_name"] or row["owner"] or formats.UNKNOWN,
            tuple(cell(column, row, by) for column in columns),
        )
        for row in found.rows
    )  # fmt: skip


def _headings(at: Looking, parameters: dict[str, str]) -> list[Heading]:
    first = at.of.order[0]
    columns = chosen(at.of.columns, at.columns)
    told = [heading(LABELS["name"], "name", first, parameters)]
    return told + [
        heading(each.label, each.name, first, parameters, numeric=each.numeric, wide=each.wide) for each in columns
    ]


def _with(at: Looking, more: dict[str, str]) -> str:
    return address({**at.parameters, **more})


def _sent(at: Looking) -> str:
    """The address of what is sent. A saved view that is looked at as it was saved is sent as it will be saved then."""
    return address({"view": str(at.view.pk)} if at.view and not at.changed else at.parameters)


def _fields(at: Looking, *, metrics: bool = False, lists: bool = False) -> tuple[Choice, ...]:
    """What can be filtered by, in the order of the columns: those of the list, or metrics."""
    told = [
        (each.filtered, each.label)
        for name, each in at.columns.items()
        if name not in ("owner", "is_customer") and bool(each.measure) == metrics
    ]
    told += [(LIST, _("Static list"))] * lists
    return tuple(Choice(name, label, _with(at, {"adding": name})) for name, label in told)


def _more(at: Looking, *, metrics: bool) -> tuple[Choice, ...]:
    """The columns that could be added: of the list, or metrics."""
    told = {name: each for name, each in at.columns.items() if bool(each.measure) == metrics}
    return tuple(Choice(name, each.label) for name, each in told.items() if name not in (*at.of.columns, *_NEVER))


def sums_of(answers: Answers, at: Looking, total: int) -> tuple[str, ...]:
    """What the accounts add up to; nothing of none."""
    if not total:
        return ()
    found = answers.sight.tally(**at.question, sums=("arr", "at_risk")).groups[0]
    currency = answers.settings.currency
    told = [_("%(count)s accounts") % {"count": formats.number(total)} if total > 1 else _("1 account")]
    told.append(_("%(money)s ARR") % {"money": formats.money_short(found.sums["arr"] or 0, currency)})
    if found.sums["at_risk"]:
        told.append(_("%(money)s of it at risk") % {"money": formats.money_short(found.sums["at_risk"], currency)})
    return tuple(told)


def _viewed(at: Looking) -> Viewed | None:
    if at.view is None:
        return None
    return Viewed(
        at.view.pk, at.view.name, at.view.description, "" if at.own else at.view.owner.name, at.own, at.changed,
        address({"view": str(at.view.pk)}),
    )  # fmt: skip


def _views(request: Request, at: Looking) -> tuple[Choice, ...]:
    told = [Choice(NONE, _("All customers"), address({"view": NONE}), chosen=at.view is None)]
    for each in shared.visible(View, request.user):
        note = _("yours") if each.owner_id == request.user.pk else each.owner.name
        told.append(Choice(str(each.pk), each.name, address({"view": str(each.pk)}), note, at.view == each))
    return tuple(told)


def _places(at: Looking) -> list[Place]:
    shown, found = at.of.columns, []
    for place, name in enumerate(shown):
        rest = shown[:place] + shown[place + 1 :]
        moved = [
            (*rest[:to], name, *rest[to:]) if 0 <= to <= len(rest) else ()
            for to in (place - 1, place + 1)
        ]  # fmt: skip
        left, right, away = (
            at.link(replace(at.of, columns=columns)) if columns else "" for columns in (*moved, rest)
        )  # fmt: skip
        found.append(Place(at.columns[name].label, left, right, away))
    return found


def _sorting(at: Looking) -> list[Sorting]:
    """Three columns to sort by, one after the other."""
    labels = (_("Sort by"), _("then by"), _("then by"))
    order = [*at.of.order, "", "", ""]
    return [
        Sorting(
            label,
            (Choice("", _("nothing more"), chosen=not order[place]),) * bool(place)
            + tuple(
                Choice(f"{sign}{name}", f"{each.label} {arrow}", chosen=order[place] == f"{sign}{name}")
                for name, each in at.columns.items() if name not in ("owner", "is_customer")
                for sign, arrow in (("-", "↓"), ("", "↑"))
            ),
        )
        for place, label in enumerate(labels)
    ]  # fmt: skip
