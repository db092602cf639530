"""How an endpoint for programs is declared: what it is asked with and what it answers, from which the documents are made."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import HttpResponse, QueryDict

from tenure.core.errors import UsageError
from tenure.engine.result import as_json
from tenure.web.access.page import GET, POST, Request, page
from tenure.web.access.rights import Right
from tenure.web.access.roles import Role
from tenure.web.kit.shell import Text
from tenure.web.kit.table import Export

JSON = "application/json; charset=utf-8"
PREFIX = "api/"
#: Bytes of an object that is sent.
MOST = 100_000


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of an endpoint that takes none; others are made from it."""


@dataclass(frozen=True)
class Answer:
    """What is answered: ``data``, the moment it stands for, and what is to be known of it."""

    data: Any
    as_of: datetime | None = None
    notes: tuple[str, ...] = ()
    status: int = 200


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as the documents tell of it. ``route``: as Django writes it; ``asks``: its parameters; ``data``: the type
    of what it answers. ``writes``: it takes what is sent; ``sent``: as what, None for rows of a table. ``right``: what a key must
    be for. ``table``: of whose rows that is, where the route does not name it.
    """

    name: str
    route: str
    title: Text
    meaning: str
    asks: type[Asked]
    data: Any
    writes: bool = False
    sent: type[Asked] | None = None
    right: Right = Right.ACCOUNTS
    table: str = ""


_endpoints: dict[str, Endpoint] = {}


def endpoint(
    route: str,
    *,
    roles: Iterable[Role],
    title: Text,
    data: Any,
    asks: type[Asked] = Asked,
    writes: bool = False,
    sent: type[Asked] | None = None,
    right: Right = Right.ACCOUNTS,
    table: str = "",
) -> Callable[[Callable[..., Answer | HttpResponse]], Callable[..., Any]]:
    """Declare an endpoint below ``api/`` for people with one of ``roles``, and for programs with their keys.

    The view is given the request, the parameters as ``asks``, and what the route names. One that ``writes`` is for programs
    whose key may, and is sent to by POST: the view is given what is ``sent``, too, where that is a JSON object of such fields.
    ``right``: what a key must be for; what names an account is for keys that may read accounts.
    """

    def declare(view: Callable[..., Answer | HttpResponse]) -> Callable[..., Any]:
        @functools.wraps(view)
        def answered(request: Request, **named: Any) -> HttpResponse:
            more = {"sent": _body(sent, request)} if sent else {}
            given = view(request, parameters(asks, request.GET), **more, **named)
            if isinstance(given, HttpResponse):
                return given
            as_of = given.as_of or datetime.now(UTC).replace(microsecond=0)
            told = {"data": given.data, "as_of": as_of, "notes": given.notes}
            response = Export(as_json(told), content_type=JSON, status=given.status)
            response.rows = _counted(given.data)
            return response

        meaning = (view.__doc__ or "").strip()
        _endpoints[view.__name__] = Endpoint(
            view.__name__, PREFIX + route, title, meaning, asks, data, writes, sent, right, table
        )
        methods = POST if writes else GET
        return page(PREFIX + route, roles=roles, title=title, methods=methods, data=True, writes=writes, right=right)(
            answered
        )

    return declare


def _counted(data: Any) -> int:
    """How many rows an answer has: its own, those of its longest list, or one."""
    if isinstance(data, list | tuple):
        return len(data)
    lists = [value for value in getattr(data, "__dict__", {}).values() if isinstance(value, list | tuple)]
    return max((len(value) for value in lists), default=1)


def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint, in the order of the module that declares them."""
    return tuple(_endpoints.values())


def parameters(asks: type[Asked], given: QueryDict) -> Any:
    """The parameters as an endpoint takes them. Raises ``UsageError`` for what it does not take."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(asks)}
    found: dict[str, Any] = {}
    for name in given:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=2, cutoff=0.5)
            fix = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(fields) or 'none'}."
            raise _refused(f"There is no parameter {name!r}.", name, fix)
        values = given.getlist(name)
        is_list = is_repeated(fields[name])
        if len(values) > 1 and not is_list:
            raise _refused(f"{name} was given {len(values)} times.", name, "Give it once.")
        found[name] = values if is_list else values[0]
    try:
        return msgspec.convert(found, asks, strict=False)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at ")
        raise _refused(f"{what}.", at.strip("`").removeprefix("$.") or "", "See /api/openapi.json.") from None


def _body(kind: type[Asked], request: Request) -> Any:
    """What was sent, as an endpoint takes it. Raises ``UsageError`` for what it does not take."""
    body = request.read(MOST + 1)
    if len(body) > MOST:
        raise _refused(f"What is sent has at most {MOST:,} bytes.", "", "Shorten its texts.")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        what, _, at = str(error).partition(" - at ")
        raise _refused(f"{what}.", at.strip("`").removeprefix("$.") or "", "See /api/openapi.json.") from None


def is_repeated(field: msgspec.structs.FieldInfo) -> bool:
    """Whether a parameter may be given more than once."""
    return bool(field.type == tuple[str, ...])


def _refused(message: str, where: str, fix: str) -> UsageError:
    return UsageError(message, code="bad_parameter", where=where, fix=fix)
