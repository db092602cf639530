"""A portal at HubSpot, as its interface shows it (CRM, version 3; associations, version 4)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tests.sources.vendor_server import Answer, Asked

TOKEN = "pat-na1-secret"


def thousandths(text: str) -> int:
    """A time as HubSpot's filters write it."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


class Portal:
    """What is at HubSpot. ``most``: the most objects in an answer, whatever was asked for."""

    def __init__(self, most: int = 100) -> None:
        self.found: dict[str, dict[str, dict[str, Any]]] = {}
        self.joined: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
        self.owners: list[dict[str, Any]] = []
        self.pipelines: dict[str, list[dict[str, Any]]] = {"deals": [], "tickets": []}
        self.most = most

    def put(
        self, kind: str, key: str, at: str, history: dict[str, list[tuple[str, str]]] | None = None, **told: Any
    ) -> None:
        """An object, new or changed at a time."""
        changed = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        before = self.found.setdefault(kind, {}).get(key, {"properties": {}})
        properties = {**before["properties"], **told, changed: at, "hs_object_id": key}
        past = {name: [{"value": v, "timestamp": t} for v, t in told] for name, told in (history or {}).items()}
        self.found[kind][key] = {
            "id": key, "properties": properties, "updatedAt": at, "archived": False,
            "past": past or before.get("past", {}),
        }  # fmt: skip

    def drop(self, kind: str, key: str, at: str) -> None:
        """An object is deleted."""
        self.found[kind][key] |= {"archived": True, "archivedAt": at}

    def join(self, kind: str, key: str, other: str, to: str, *types: int) -> None:
        """An association, with the numbers of its types."""
        told = {
            "toObjectId": int(to),
            "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": one} for one in types],
        }
        self.joined.setdefault((kind, other), {}).setdefault(key, []).append(told)

    def answer(self, asked: Asked) -> Any:
        """What HubSpot answers to a request."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(
                401,
                {
                    "status": "error",
                    "message": "Authentication credentials not found.",
                    "category": "INVALID_AUTHENTICATION",
                },
            )
        match asked.path.split("/")[2:]:
            case ["v3", "owners"]:
                return self._paged(
                    [one for one in self.owners if one["archived"] == (asked.one("archived") == "true")], asked
                )
            case ["v3", "pipelines", kind]:
                return {"results": self.pipelines[kind]}
            case ["v3", "properties", "companies"]:
                return {"results": [{"name": "name", "hubspotDefined": True}, {"name": "nps_owner"}]}
            case ["v3", "objects", kind, "search"]:
                return self._searched(kind, json.loads(asked.body))
            case ["v3", "objects", "companies", "batch", "update"]:
                return self._written(json.loads(asked.body)["inputs"])
            case ["v3", "objects", kind, "batch", "read"]:
                return self._past(kind, json.loads(asked.body))
            case ["v3", "objects", kind]:
                gone = [
                    one
                    for one in self.found.get(kind, {}).values()
                    if one["archived"] == (asked.one("archived") == "true")
                ]
                return self._paged([self._shown(one, asked.one("properties").split(",")) for one in gone], asked)
            case ["v4", "associations", kind, other, "batch", "read"]:
                wanted = [one["id"] for one in json.loads(asked.body)["inputs"]]
                told = self.joined.get((kind, other), {})
                results = [{"from": {"id": key}, "to": told[key]} for key in wanted if key in told]
                return Answer(207 if len(results) < len(wanted) else 200, {"status": "COMPLETE", "results": results})
        return Answer(404, {"status": "error", "message": f"no {asked.path}"})

    def _written(self, inputs: list[dict[str, Any]]) -> Any:
        lost = [one["id"] for one in inputs if one["id"] not in self.found["companies"]]
        for one in inputs:
            if one["id"] not in lost:
                self.found["companies"][one["id"]]["properties"].update(one["properties"])
        errors = (
            [{"category": "OBJECT_NOT_FOUND", "message": "Could not get some objects", "context": {"ids": lost}}]
            if lost
            else []
        )
        return Answer(207 if lost else 200, {"status": "COMPLETE", "results": [], "errors": errors})

    def _searched(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in self.found.get(kind, {}).values() if not one["archived"]]
        for group in body["filterGroups"]:
            for rule in group["filters"]:
                name, least = rule["propertyName"], int(rule["value"])
                if rule["operator"] == "GT":
                    found = [one for one in found if int(one["properties"][name]) > least]
                else:
                    assert rule["operator"] == "GTE"
                    found = [one for one in found if thousandths(one["properties"][name]) >= least]
        assert body["sorts"] == [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        found.sort(key=lambda one: int(one["id"]))
        some = found[: min(body["limit"], self.most)]
        return {"total": len(found), "results": [self._shown(one, body["properties"]) for one in some]}

    def _past(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        assert len(body["inputs"]) <= 50  # with histories, HubSpot gives no more
        found = [self.found[kind][one["id"]] for one in body["inputs"]]
        return {"results": [
            {"id": one["id"], "properties": {},
             "propertiesWithHistory": {name: one["past"].get(name, []) for name in body["propertiesWithHistory"]}}
            for one in found
        ]}  # fmt: skip

    def _shown(self, one: dict[str, Any], names: list[str]) -> dict[str, Any]:
        told = {name: one["properties"].get(name) for name in [*names, "hs_object_id"]}
        return {name: value for name, value in one.items() if name != "past"} | {"properties": told}

    def _paged(self, found: list[dict[str, Any]], asked: Asked) -> dict[str, Any]:
        start = int(asked.one("after", "0"))
        end = start + min(self.most, int(asked.one("limit", "10")))
        paging = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
        return {"results": found[start:end], **paging}
