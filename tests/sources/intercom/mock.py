"""A workspace at Intercom, as its interface shows it (version 2.11)."""

from __future__ import annotations

import json
from typing import Any

from tests.sources.vendor_server import Answer, Asked

TOKEN = "dG9rOnNlY3JldA"


class Inbox:
    """What is at Intercom. ``most``: the most objects in an answer, whatever was asked for."""

    def __init__(self, most: int = 150) -> None:
        self.found: dict[str, dict[str, dict[str, Any]]] = {
            kind: {} for kind in ("companies", "contacts", "conversations")
        }
        self.lists: dict[str, Any] = {"admins": {"admins": []}, "teams": {"teams": []}, "tags": {"data": []}}
        self.most = most

    def put(self, kind: str, key: str, at: int, **told: Any) -> None:
        """An object, new or changed at a time."""
        self.found[kind][key] = {**self.found[kind].get(key, {}), **told, "id": key, "updated_at": at}

    def answer(self, asked: Asked) -> Any:
        """What Intercom answers to a request."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(
                401, {"type": "error.list", "errors": [{"code": "unauthorized", "message": "Access Token Invalid"}]}
            )
        assert asked.headers["intercom-version"] == "2.11"
        match asked.path.split("/")[1:]:
            case ["admins" | "teams" | "tags" as kind]:
                return self.lists[kind]
            case ["companies", "list"]:
                return self._listed(int(asked.one("page")), int(asked.one("per_page")))
            case [kind, "search"]:
                return self._searched(kind, json.loads(asked.body))
            case ["contacts", key, "companies"]:
                return {"data": self.found["contacts"][key]["every"]}
            case ["conversations", key]:
                return self.found["conversations"].get(key) or Answer(404, {"errors": [{"code": "not_found"}]})
        return Answer(404, {"errors": [{"code": "not_found", "message": asked.path}]})

    def _listed(self, page: int, size: int) -> dict[str, Any]:
        size = min(size, self.most)
        found = list(self.found["companies"].values())
        return {
            "data": found[(page - 1) * size : page * size],
            "pages": {"page": page, "total_pages": -(-len(found) // size)},
        }

    def _searched(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        (rule,) = body["query"]["value"]
        assert (rule["field"], rule["operator"], body["sort"]["order"]) == ("updated_at", ">", "ascending")
        found = [one for one in self.found[kind].values() if one["updated_at"] > rule["value"]]
        found.sort(key=lambda one: (one["updated_at"], one["id"]))
        start = int(body["pagination"].get("starting_after", "0"))
        end = start + min(body["pagination"]["per_page"], self.most)
        pages = {"pages": {"next": {"starting_after": str(end)}}} if end < len(found) else {"pages": {}}
        some = [
            {name: value for name, value in one.items() if name != "conversation_parts"} for one in found[start:end]
        ]
        return {("data" if kind == "contacts" else kind): some, **pages}
