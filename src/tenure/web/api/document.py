"""The OpenAPI document: made from what endpoints declare and from the types they answer with."""

from __future__ import annotations

import re
import types
from dataclasses import dataclass, is_dataclass, make_dataclass
from decimal import Decimal
from functools import cache, reduce
from importlib.metadata import version
from operator import or_
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from tenure.engine import catalogue
from tenure.engine.arrivals import MOST_ROWS
from tenure.web.access.endpoint import Endpoint, endpoints, is_repeated
from tenure.web.api import schemas as schemas_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")
_SCHEMAS = "#/components/schemas/{name}"


@dataclass(frozen=True)
class Fault:
    """Why there is no answer: what happened, where, and what to do. ``code``: a word for programs."""

    code: str
    message: str
    where: str
    fix: str


_TABLE = "{table}"
_FAULTS = {
    "400": "Something was asked for that does not exist or makes no sense.",
    "401": "No key, or one that no longer works.",
    "403": "The roles of whose key it is do not include this.",
    "404": "Nothing is there that the person could see.",
    "409": "The data, or a check on it, says no.",
    "503": "It cannot be answered now; try again.",
}
#: And of what is sent.
_UNTAKEN = {
    "413": "More rows, or more bytes, than are taken at once.",
    "422": "Nothing of it can be stored: it says why.",
}


@cache
def document() -> dict[str, Any]:
    """The whole document, as OpenAPI 3.1 has it."""
    found = endpoints()
    schemas, components = msgspec.json.schema_components(
        [told(each.data) for each in found] + [Fault], ref_template=_SCHEMAS
    )
    answers = dict(zip((each.name for each in found), schemas, strict=False))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tenure", "version": version("tenure"), "summary": "Customer success, measured."},
        "security": [{"key": []}, {"session": []}],
        "paths": {
            "/" + _NAMED.sub(r"{\1}", each.route): {"get": _operation(each, answers[each.name])}
            for each in found
            if not each.writes
        }
        | {
            path: {"post": said}
            for each in found
            if each.writes
            for path, said in (_told if each.sent else _sent)(each, answers[each.name])
        },
        "components": {
            "schemas": components
            | {schemas_of.name(table): schemas_of.row(table) for table in catalogue.tables().values()},
            "responses": {status: _fault(text) for status, text in (_FAULTS | _UNTAKEN).items()},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "tenure_session"},
            },
        },
    }


def _operation(of: Endpoint, data: dict[str, Any]) -> dict[str, Any]:
    named = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _NAMED.findall(of.route)
    ]
    _, asked = msgspec.json.schema_components([of.asks])
    fields = {field.encode_name: field for field in msgspec.structs.fields(of.asks)}
    queried = [
        {"name": name, "in": "query", "schema": schema} | ({"explode": True} if is_repeated(fields[name]) else {})
        for name, schema in asked[of.asks.__name__]["properties"].items()
    ]
    envelope = {
        "type": "object",
        "required": ["data", "as_of", "notes"],
        "properties": {
            "data": data,
            "as_of": {"type": "string", "format": "date-time"},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    }
    return {
        "operationId": of.name,
        "summary": str(of.title),
        "description": of.meaning,
        "parameters": named + queried,
        "responses": {
            "200": {"description": "The answer.", "content": {"application/json": {"schema": envelope}}},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _FAULTS},
        },
    }


def _told(of: Endpoint, data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The one address of an endpoint that is sent an object."""
    assert of.sent is not None
    _, schemas = msgspec.json.schema_components([of.sent])
    body = {"required": True, "content": {"application/json": {"schema": schemas[of.sent.__name__]}}}
    said = _operation(of, data) | {"security": [{"key": []}], "requestBody": body}
    yield "/" + _NAMED.sub(r"{\1}", of.route), said


def _sent(of: Endpoint, data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """An address for each table, as the columns differ; one alone for what is of one table."""
    route, tables = "/" + _NAMED.sub(r"{\1}", of.route), catalogue.tables()
    for table in [tables[of.table]] if of.table else tables.values():
        said = _operation(of, data)
        parameters = [each for each in said["parameters"] if each["name"] != "table"]
        key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}}
        listed = {"type": "array", "items": {"$ref": _SCHEMAS.format(name=schemas_of.name(table))}, "minItems": 1}
        statuses = {status: {"$ref": f"#/components/responses/{status}"} for status in _UNTAKEN}
        taken = said["responses"]["200"]
        yield (
            route.replace(_TABLE, table.name),
            said
            | {
                "operationId": of.name if of.table else f"{of.name}_{table.name}",
                "summary": f"{of.title}: {table.name}",
                "description": f"{table.meaning}\n\n{of.meaning}",
                "security": [{"key": []}],
                "parameters": [*parameters, key],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": listed | {"maxItems": MOST_ROWS}}},
                },
                "responses": said["responses"]
                | {"202": taken | {"description": "On disk; not loaded yet."}}
                | statuses,
            },
        )


def _fault(text: str) -> dict[str, Any]:
    schema = {"$ref": _SCHEMAS.format(name="Fault")}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


@cache
def told(kind: Any) -> Any:
    """A type as JSON tells it: with numbers in the place of decimals, all the way down."""
    if kind is Decimal:
        return float
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        plain = make_dataclass(kind.__name__, [(name, told(hints[name])) for name in kind.__dataclass_fields__])
        plain.__doc__, plain.__module__ = kind.__doc__, kind.__module__
        return plain
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (None, Literal):
        return kind
    parts = tuple(each if each is ... else told(each) for each in inner)
    return reduce(or_, parts) if origin in (Union, types.UnionType) else origin[parts]
