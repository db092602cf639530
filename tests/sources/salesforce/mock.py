"""An organisation at Salesforce, as its interface shows it: what objects have, and questions in SOQL."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from tests.sources.vendor_server import Answer, Asked

CLIENT = {"client_id": "3MVG9", "client_secret": "s3cret"}
_QUESTION = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<object>\w+)(?: WHERE (?P<where>.+?))? ORDER BY (?P<by>\w+), Id LIMIT (?P<limit>\d+)"
)
_AFTER = re.compile(r"\((\w+) > (\S+) OR \(\1 = (\S+) AND Id > '(\w+)'\)\)")
_SINCE = re.compile(r"(\w+) >= (\S+)")


class Organisation:
    """What is at Salesforce. ``most``: the most records in an answer, whatever was asked for; ``token``: the one that is valid."""

    def __init__(self, most: int = 2_000) -> None:
        self.found: dict[str, dict[str, dict[str, Any]]] = {}
        self.fields: dict[str, dict[str, str]] = {}
        self.most = most
        self.given = 0
        self.locked: set[str] = set()

    @property
    def token(self) -> str:
        """The token that is valid now; none is, before the first was asked for."""
        return f"00D-{self.given}"

    def put(self, kind: str, key: str, at: str, **told: Any) -> None:
        """A record, new or changed at a time."""
        one = {**self.found.setdefault(kind, {}).get(key, {}), **told, "Id": key, "SystemModstamp": at}
        self.found[kind][key] = one
        self.fields.setdefault(kind, {"IsDeleted": "boolean", "BillingAddress": "address"}).update(
            dict.fromkeys((*told, "Id", "SystemModstamp"), "string")
        )

    def answer(self, asked: Asked) -> Any:
        """What Salesforce answers to a request."""
        if asked.path == "/services/oauth2/token":
            form = {name: value[0] for name, value in parse_qs(asked.body.decode()).items()}
            if {name: form.get(name) for name in CLIENT} != CLIENT or form["grant_type"] != "client_credentials":
                return Answer(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
            self.given += 1
            return {"access_token": self.token, "token_type": "Bearer"}
        if not self.given or asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answer(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        match asked.path.split("/")[4:]:
            case ["sobjects", kind, "describe"] if kind in self.fields:
                return {"fields": [{"name": name, "type": type_} for name, type_ in self.fields[kind].items()]}
            case ["composite", "sobjects"]:
                assert (asked.method, json.loads(asked.body)["allOrNone"]) == ("PATCH", False)
                return [self._written(one) for one in json.loads(asked.body)["records"]]
            case ["queryAll"]:
                return self._queried(asked.one("q"))
        return Answer(404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])

    def _written(self, record: dict[str, Any]) -> dict[str, Any]:
        if record["id"] in self.locked:
            return {
                "id": record["id"],
                "success": False,
                "errors": [{"statusCode": "ENTITY_IS_LOCKED", "message": "the record is locked"}],
            }
        self.found["Account"][record["id"]] |= {
            name: value for name, value in record.items() if name not in ("id", "attributes")
        }
        return {"id": record["id"], "success": True, "errors": []}

    def _queried(self, question: str) -> Any:
        told = _QUESTION.fullmatch(question)
        assert told, question
        by, fields = told["by"], told["fields"].split(", ")
        assert "BillingAddress" not in fields
        found = sorted(self.found[told["object"]].values(), key=lambda one: (_at(one[by]), one["Id"]))
        for name, when in _SINCE.findall(told["where"] or ""):
            found = [one for one in found if _at(one[name]) >= _at(when)]
        for name, when, _same, key in _AFTER.findall(told["where"] or ""):
            found = [one for one in found if (_at(one[name]), one["Id"]) > (_at(when), key)]
        some = found[: min(self.most, int(told["limit"]))]
        records = [
            {"attributes": {"type": told["object"]}, **{name: one.get(name, name == "IsDeleted" and one.get(name, False)) for name in fields}}
            for one in some
        ]  # fmt: skip
        return {"totalSize": len(some), "done": True, "records": records}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
