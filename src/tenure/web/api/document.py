"""The OpenAPI document: made from what endpoints declare and from the types they answer with."""

from __future__ import annotations

import re
import types
from dataclasses import dataclass, is_dataclass, make_dataclass
from decimal import Decimal
from functools import cache, reduce
from importlib.metadata import version
from operator import or_
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from tenure.web.api.endpoint import Endpoint, endpoints, is_repeated

_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")
_SCHEMAS = "#/components/schemas/{name}"


@dataclass(frozen=True)
class Fault:
    """Why there is no answer: what happened, where, and what to do. ``code``: a word for programs."""

    code: str
    message: str
    where: str
    fix: str


_FAULTS = {
    "400": "Something was asked for that does not exist or makes no sense.",
    "401": "No key, or one that no longer works.",
    "403": "The roles of whose key it is do not include this.",
    "404": "Nothing is there that the person could see.",
    "409": "The data, or a check on it, says no.",
    "503": "It cannot be answered now; try again.",
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
            "/" + _NAMED.sub(r"{\1}", each.route): {"get": _operation(each, answers[each.name])} for each in found
        },
        "components": {
            "schemas": components,
            "responses": {status: _fault(text) for status, text in _FAULTS.items()},
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
