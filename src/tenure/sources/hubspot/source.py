"""HubSpot by its own interface (CRM, version 3). Reasons: DECISIONS.md beside this file.

Objects that changed are searched for in the order of their ids, which has no end that cannot be reached (an ordinary search
ends at 10,000); their histories and associations, which a search does not tell, are asked for by the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenure.sources.api import (
    Api,
    Object,
    Page,
    Row,
    Secret,
    Source,
    State,
    Stream,
    Told,
    Writing,
    flat,
    moment,
    window,
)
from tenure.sources.hubspot.names import COLUMNS

#: Objects on a page, and with their histories: the most that HubSpot gives with both.
_MOST, _WITH_HISTORY = 100, 50
#: What of an object is not a property.
_OWN = frozenset({"id", "is_deleted", "archived_at", "_fivetran_synced", "companies"})
#: What is said of properties by HubSpot that a company may have made itself.
_CUSTOM = "property_"


@dataclass(frozen=True)
class _Kind:
    """A kind of objects. ``name``: of its table; ``path``: in addresses. ``of``: by the kind of what it is associated with, the
    table that tells of it, and the columns of both ids. ``history``: properties whose past is told, and what makes rows of it.
    """

    name: str
    path: str
    changed: str = "hs_lastmodifieddate"
    of: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    past: Callable[[Object], Mapping[str, Sequence[Row]]] = lambda _found: {}
    own: bool = False

    @property
    def properties(self) -> list[str]:
        """The properties that the tables have."""
        return [name for name in COLUMNS[self.name] if name not in _OWN]


def _company_past(found: Object) -> Mapping[str, Sequence[Row]]:
    return {
        "company_property_history": [
            {"company_id": found["id"], "name": name, "value": one["value"], "timestamp": moment(one["timestamp"])}
            for name, told in _history(found)
            for one in told
        ]
    }


def _deal_past(found: Object) -> Mapping[str, Sequence[Row]]:
    return {
        "deal_stage": [
            {"deal_id": found["id"], "value": one["value"], "date_entered": moment(one["timestamp"])}
            for _name, told in _history(found)
            for one in told
        ]
    }


def _ticket_past(found: Object) -> Mapping[str, Sequence[Row]]:
    return {
        "ticket_property_history": [
            {"ticket_id": found["id"], "name": name, "value": one["value"], "timestamp": moment(one["timestamp"])}
            for name, told in _history(found)
            for one in told
        ]
    }


def _history(found: Object) -> list[tuple[str, list[Object]]]:
    return [(name, list(told)) for name, told in (found.get("propertiesWithHistory") or {}).items()]


_ENGAGED = {
    "companies": ("engagement_company", "engagement_id", "company_id"),
    "contacts": ("engagement_contact", "engagement_id", "contact_id"),
    "deals": ("engagement_deal", "engagement_id", "deal_id"),
    "tickets": ("ticket_engagement", "engagement_id", "ticket_id"),
}
#: What tells under which label an association stands.
_LABELLED = frozenset({"contact_company", "deal_company", "ticket_company"})
KINDS = (
    _Kind("company", "companies", history=("hubspot_owner_id",), past=_company_past, own=True),
    _Kind("contact", "contacts", "lastmodifieddate", {"companies": ("contact_company", "contact_id", "company_id")}),
    _Kind("product", "products"),
    _Kind(
        "deal", "deals", of={"companies": ("deal_company", "deal_id", "company_id")}, history=("dealstage",), past=_deal_past,
    ),
    _Kind("line_item", "line_items", of={"deals": ("line_item_deal", "line_item_id", "deal_id")}),
    _Kind(
        "ticket", "tickets",
        of={
            "companies": ("ticket_company", "ticket_id", "company_id"), "contacts": ("ticket_contact", "ticket_id", "contact_id"),
        },
        history=("hs_pipeline_stage",), past=_ticket_past,
    ),
    _Kind("engagement_call", "calls", of=_ENGAGED),
    _Kind("engagement_email", "emails", of=_ENGAGED),
    _Kind("engagement_meeting", "meetings", of=_ENGAGED),
    _Kind("engagement_communication", "communications", of=_ENGAGED),
)  # fmt: skip


def _pages(kind: _Kind) -> Callable[[Api, State], Iterator[Page]]:
    """All that changed, then all that was deleted: HubSpot tells of that for 90 days."""

    def pages(api: Api, state: State) -> Iterator[Page]:
        at = window(api, state)
        wanted = [*kind.properties, *(_own_properties(api, kind) if kind.own else ())]
        if "archived" not in state:
            last = state.get("last", "0")
            while True:
                found = _searched(api, kind, wanted, at.since, last)
                if not found:
                    break
                last = found[-1]["id"]
                yield Page(_whole(api, kind, found), at.going(last=last))
        after = state.get("archived") or None
        while True:
            ask = {"archived": "true", "limit": _MOST, "after": after, "properties": ",".join(wanted)}
            answer = api.get(f"/crm/v3/objects/{kind.path}", ask)
            after = ((answer.get("paging") or {}).get("next") or {}).get("after")
            yield Page(answer["results"], at.going(archived=after) if after else at.done())
            if not after:
                return

    return pages


def _own_properties(api: Api, kind: _Kind) -> list[str]:
    """The properties that the company made itself: they are kept as custom attributes."""
    told = api.get(f"/crm/v3/properties/{kind.path}")["results"]
    return sorted(one["name"] for one in told if not one.get("hubspotDefined") and one["name"] not in kind.properties)


def _searched(api: Api, kind: _Kind, wanted: Sequence[str], since: Any, last: str) -> list[Object]:
    """The next objects after an id that changed since a time."""
    filters: list[dict[str, str]] = [{"propertyName": "hs_object_id", "operator": "GT", "value": last}]
    if since is not None:
        told = str(int(since.timestamp() * 1000))
        filters.append({"propertyName": kind.changed, "operator": "GTE", "value": told})
    answer = api.post(
        f"/crm/v3/objects/{kind.path}/search",
        {
            "filterGroups": [{"filters": filters}], "limit": _WITH_HISTORY if kind.history else _MOST,
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}], "properties": list(wanted),
        },
    )  # fmt: skip
    return list(answer["results"])


def _whole(api: Api, kind: _Kind, found: Sequence[Object]) -> list[Object]:
    """Objects with their past and with what they are associated with."""
    inputs = [{"id": one["id"]} for one in found]
    by_id = {one["id"]: dict(one) for one in found}
    if kind.history:
        body = {"inputs": inputs, "properties": [], "propertiesWithHistory": list(kind.history)}
        for one in api.post(f"/crm/v3/objects/{kind.path}/batch/read", body)["results"]:
            by_id[one["id"]]["propertiesWithHistory"] = one.get("propertiesWithHistory")
    for other in kind.of:
        answer = api.post(f"/crm/v4/associations/{kind.path}/{other}/batch/read", {"inputs": inputs})
        for one in answer["results"]:
            by_id[str(one["from"]["id"])].setdefault("associated", {})[other] = one["to"]
    return list(by_id.values())


def _rows(kind: _Kind) -> Callable[[Object], Mapping[str, Sequence[Row]]]:
    """An object's own row, those of its past, and those of its associations; of a deleted one the first alone."""

    def rows(found: Object) -> Mapping[str, Sequence[Row]]:
        told = dict(found.get("properties") or {})
        row: dict[str, Any] = {name: told.pop(name, None) for name in kind.properties}
        for known in (kind.changed, "hs_lastmodifieddate", "hs_object_id"):
            told.pop(known, None)
        row |= {
            "id": found["id"], "is_deleted": bool(found.get("archived")), "archived_at": moment(found.get("archivedAt")),
            "_fivetran_synced": moment(found.get("updatedAt")),
        }  # fmt: skip
        own = {f"{_CUSTOM}{name}": value for name, value in told.items()} if kind.own else {}
        made: dict[str, Sequence[Row]] = {kind.name: [row | own], **kind.past(found)}
        if kind.name.startswith("engagement_"):
            what = kind.name.removeprefix("engagement_").upper()
            made["engagement"] = [{"id": found["id"], "owner_id": row.get("hubspot_owner_id"), "type": what}]
        for other, (table, ours, theirs) in kind.of.items():
            joined = (found.get("associated") or {}).get(other, ())
            made[table] = [line for one in joined for line in _joined(table, ours, theirs, found["id"], one)]
        return made

    return rows


def _joined(table: str, ours: str, theirs: str, key: str, one: Object) -> list[Row]:
    """An association, once for each type that it has, where the table tells types."""
    row = {ours: key, theirs: str(one["toObjectId"]), "is_deleted": False}
    if table not in _LABELLED:
        return [row]
    types: list[str | None] = [str(told["typeId"]) for told in one.get("associationTypes") or ()]
    return [row | {"type_id": type_} for type_ in types or [None]]


def _owners(api: Api, state: State) -> Iterator[Page]:
    """Everybody, those who left too: there are few, and no time of change to ask by."""
    at = window(api, state)
    archived, after = state.get("archived", False), state.get("after")
    while True:
        ask = {"limit": _MOST, "after": after, "archived": "true" if archived else "false"}
        answer = api.get("/crm/v3/owners", ask)
        after = ((answer.get("paging") or {}).get("next") or {}).get("after")
        done = archived and not after
        archived = archived or not after
        yield Page(answer["results"], at.done() if done else at.going(archived=archived, after=after))
        if done:
            return


def _owner_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    row = {
        "id": found["id"], "email": found.get("email"), "first_name": found.get("firstName"), "last_name": found.get("lastName"),
        "active_user_id": found.get("userId"), "is_deleted": bool(found.get("archived")), "archived_at": None,
        "_fivetran_synced": moment(found.get("updatedAt")),
    }  # fmt: skip
    teams = [one for one in found.get("teams") or () if one.get("id")]
    return {
        "owner": [row],
        "team": [{"id": str(one["id"]), "name": one.get("name")} for one in teams],
        "owner_team": [
            {"owner_id": found["id"], "team_id": str(one["id"]), "is_team_primary": bool(one.get("primary")), "is_deleted": False}
            for one in teams
        ],
    }  # fmt: skip


def _pipelines(kind: str) -> Callable[[Api, State], Iterator[Page]]:
    def pages(api: Api, state: State) -> Iterator[Page]:
        at = window(api, state)
        yield Page(api.get(f"/crm/v3/pipelines/{kind}")["results"], at.done())

    return pages


def _deal_stages(found: Object) -> Mapping[str, Sequence[Row]]:
    def row(one: Object) -> Row:
        told = one.get("metadata") or {}
        won = str(told.get("isClosed")).lower() == "true" and str(told.get("probability")) in ("1", "1.0")
        return {
            "stage_id": one["id"], "pipeline_id": found["id"], "label": one.get("label"), "closed_won": won,
            "is_closed": told.get("isClosed"), "probability": told.get("probability"),
        }  # fmt: skip

    return {"deal_pipeline_stage": [row(one) for one in found.get("stages") or ()]}


def _ticket_stages(found: Object) -> Mapping[str, Sequence[Row]]:
    rows = [flat(one) for one in found.get("stages") or ()]
    return {
        "ticket_pipeline_stage": [
            {
                "stage_id": one["id"], "pipeline_id": found["id"], "label": one.get("label"),
                "is_closed": one.get("metadata_isClosed"), "ticket_state": one.get("metadata_ticketState"),
            }
            for one in rows
        ]
    }  # fmt: skip


def _write(api: Api, told: Sequence[Told]) -> Mapping[str, str]:
    """Set properties of companies, a hundred at once. What is wrong with one is told with its id; of a whole call, by the call."""
    inputs = [{"id": one.id, "properties": {name: _text(value) for name, value in one.fields.items()}} for one in told]
    answer = api.post("/crm/v3/objects/companies/batch/update", {"inputs": inputs}) or {}
    refused: dict[str, str] = {}
    for error in answer.get("errors") or ():
        for key in (error.get("context") or {}).get("ids") or ():
            refused[str(key)] = str(error.get("message") or error.get("category") or "refused")
    return refused


def _text(value: Any) -> str:
    """A value as HubSpot takes it: texts; an empty one empties a property."""
    return "" if value is None else str(value)


STREAMS = (
    Stream("owner", _owners, _owner_rows, at=lambda found: moment(found.get("updatedAt"))),
    Stream("deal_pipeline", _pipelines("deals"), _deal_stages, at=lambda found: moment(found.get("updatedAt"))),
    Stream("ticket_pipeline", _pipelines("tickets"), _ticket_stages, optional=True),
    *(
        Stream(
            kind.name,
            _pages(kind),
            _rows(kind),
            at=lambda found: moment(found.get("updatedAt")),
            optional=kind.name != "company",
        )
        for kind in KINDS
    ),
)

SOURCE = Source(
    name="hubspot",
    title="HubSpot",
    base=lambda _options: "https://api.hubapi.com",
    hosts=("api.hubapi.com",),
    headers=lambda secrets, _options: {"authorization": f"Bearer {secrets['token']}"},
    streams=STREAMS,
    try_="/crm/v3/owners?limit=1",
    secrets=(
        Secret("token", "the access token of a private app that may read the CRM's objects, owners and pipelines"),
    ),
    pace=4.0,  # searches have five a second
    about={
        "company": "Companies, with their owner and your own fields",
        "contact": "People at them",
        "owner": "Your people and their teams",
        "deal": "Deals, with the stages they went through",
        "line_item": "What was sold in a deal",
        "product": "Products",
        "ticket": "Tickets, with the course of their status",
        "engagement_call": "Calls",
        "engagement_email": "Logged e-mails",
        "engagement_meeting": "Meetings",
        "engagement_communication": "Chats and text messages",
        "deal_pipeline": "Stages of deals",
        "ticket_pipeline": "Stages of tickets",
    },
    writing=Writing("company", _write, _MOST),
)
