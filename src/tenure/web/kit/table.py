"""Lists that are sorted, filtered, paged and exported on the server; the address holds all of it, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from tenure.core.csv_text import csv_of
from tenure.web.kit import formats
from tenure.web.kit.shell import Text

ON_A_PAGE = 50


@dataclass(frozen=True)
class Heading:
    """A column's heading. ``url`` sorts by it, or the other way round; empty where it cannot be sorted by. ``wide``:
    left out on phones.
    """

    label: Text
    url: str = ""
    direction: Literal["", "ascending", "descending"] = ""
    numeric: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Pager:
    """Where one is in a list: ``told`` as ``51–100 of 312``; the addresses are empty at its ends."""

    told: str
    previous: str
    next: str


def heading(
    label: Text, column: str, order: str, parameters: Mapping[str, str], *, numeric: bool = False, wide: bool = False
) -> Heading:
    """The heading of a column by which the list can be sorted. ``order``: as it is now, ``-`` in front for descending.

    Numbers and times come largest first, names from A on; a second click turns round.
    """
    first, second = (f"-{column}", column) if numeric else (column, f"-{column}")
    wanted = second if order == first else first
    direction = _direction(order, column)
    return Heading(label, address(parameters, order=wanted, page=""), direction, numeric, wide)


def pager(total: int, page: int, parameters: Mapping[str, str], *, on_a_page: int = ON_A_PAGE) -> Pager:
    """The pager of a list; ``page`` counts from 1."""
    first, last = (page - 1) * on_a_page + 1, min(page * on_a_page, total)
    told = _("%(first)s–%(last)s of %(total)s") % {
        "first": formats.number(first if total else 0), "last": formats.number(last), "total": formats.number(total),
    }  # fmt: skip
    return Pager(
        told,
        address(parameters, page=str(page - 1) if page > 2 else "") if page > 1 else "",
        address(parameters, page=str(page + 1)) if last < total else "",
    )


def page_of(parameters: Mapping[str, str]) -> int:
    """The page asked for; the first where it says nothing that makes sense."""
    text = parameters.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def address(parameters: Mapping[str, str], **changed: str) -> str:
    """The same view with something changed; what is empty is left out."""
    told = {name: value for name, value in {**parameters, **changed}.items() if value}
    return "?" + urlencode(told)


def order_of(parameters: Mapping[str, str], columns: Sequence[str], default: str) -> str:
    """The order asked for, if it is by one of ``columns``."""
    wanted = parameters.get("order", "")
    return wanted if wanted.removeprefix("-") in columns else default


def _direction(order: str, column: str) -> Literal["", "ascending", "descending"]:
    if order.removeprefix("-") != column:
        return ""
    return "descending" if order.startswith("-") else "ascending"


class Export(HttpResponse):
    """An answer that takes data out: how many ``rows`` of which ``columns``, for the audit log."""

    rows: int = 0
    columns: Sequence[str] = ()


def exported(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Export:
    """Rows as a CSV file that is called by its name and the day."""
    every = list(rows)
    response = Export(csv_of(columns, every) + "\n", content_type="text/csv; charset=utf-8")
    response.rows, response.columns = len(every), columns
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{datetime.now(UTC):%Y-%m-%d}.csv"'
    return response
