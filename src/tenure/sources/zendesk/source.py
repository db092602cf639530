"""Zendesk by its own interface. Reasons: DECISIONS.md beside this file.

Tickets, users and organizations come by the incremental exports, which tell what changed since a mark that stays good for ever.
A ticket is asked for with its audits: from these are the course of its status and its assignees, and its comments.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tenure.core.errors import DataError
from tenure.sources.api import Api, Given, Object, Option, Page, Row, Secret, Source, State, Stream, flat, iso, moment

#: Objects of an export on a page, and at which count there are none beyond; what an export begins with.
_MOST, _FULL, _BEGINNING = 100, 1000, 1
_GONE = (403, 404)
#: What Zendesk itself writes as is no user's.
_FIELDS = ("status", "assignee_id")


def _since(api: Api) -> int:
    return int(api.since.timestamp()) if api.since else _BEGINNING


def _exported(name: str, whole: Callable[[Api, Object], Object]) -> Callable[[Api, State], Iterator[Page]]:
    """The pages of an export with a cursor."""

    def pages(api: Api, state: State) -> Iterator[Page]:
        cursor = state.get("cursor")
        while True:
            begins = {"start_time": _since(api)} if cursor is None else {"cursor": cursor}
            answer = api.get(f"/api/v2/incremental/{name}/cursor.json", {**begins, "per_page": _MOST})
            cursor = answer.get("after_cursor") or cursor
            yield Page([whole(api, found) for found in answer[name]], {"cursor": cursor} if cursor else {})
            if answer["end_of_stream"] or not cursor:
                return

    return pages


def _organizations(api: Api, state: State) -> Iterator[Page]:
    """The pages of the export without a cursor: each begins where the one before it ended."""
    start = state.get("start") or _BEGINNING
    latest = int((api.now - timedelta(minutes=2)).timestamp())  # Zendesk refuses what is younger
    while start < latest:
        answer = api.get("/api/v2/incremental/organizations.json", {"start_time": start, "per_page": _FULL})
        found, start = answer["organizations"], answer.get("end_time") or start
        yield Page(found, {"start": start})
        if len(found) < _FULL:
            return


def _with_audits(api: Api, ticket: Object) -> Object:
    """A ticket with all its audits, oldest first; of a deleted one there are none."""
    audits: list[Object] = []
    path: str | None = f"/api/v2/tickets/{ticket['id']}/audits.json?page[size]={_MOST}"
    while path:
        try:
            answer = api.get(path)
        except DataError as error:
            if getattr(error, "status", 0) not in _GONE:
                raise
            break
        audits += answer["audits"]
        path = answer["links"]["next"] if answer["meta"]["has_more"] else None
    return {**ticket, "audits": audits}


def _as_it_is(_api: Api, found: Object) -> Object:
    return found


def _ratings(api: Api, state: State) -> Iterator[Page]:
    """Ratings that were made or changed since the last pass, with an overlap."""
    began = state.get("began") or iso(api.now)
    since = state.get("since") or (
        int(datetime.fromisoformat(state["through"]).timestamp()) - 600 if "through" in state else _since(api)
    )
    after = state.get("after")
    while True:
        answer = api.get(
            "/api/v2/satisfaction_ratings.json", {"start_time": since, "page[size]": _MOST, "page[after]": after}
        )
        after = answer["meta"].get("after_cursor")
        more = answer["meta"]["has_more"] and after
        yield Page(
            answer["satisfaction_ratings"],
            {"began": began, "since": since, "after": after} if more else {"through": began},
        )
        if not more:
            return


def _listed(path: str, name: str, whole: Callable[[Api, Object], Object]) -> Callable[[Api, State], Iterator[Page]]:
    """The one page of a short list; what it no longer has is gone."""

    def pages(api: Api, state: State) -> Iterator[Page]:
        found = [whole(api, one) for one in api.get(path)[name]]
        ids = [str(one["id"]) for one in found]
        yield Page(found, {"ids": ids}, [old for old in state.get("ids", ()) if old not in ids])

    return pages


def _with_holidays(api: Api, schedule: Object) -> Object:
    answer = api.get(f"/api/v2/business_hours/schedules/{schedule['id']}/holidays.json")
    return {**schedule, "holidays": answer["holidays"]}


_TICKET = (
    "id", "organization_id", "requester_id", "assignee_id", "priority", "status", "type", "subject", "created_at", "updated_at",
    "via_channel",
)  # fmt: skip


def _picked(found: Mapping[str, Any], names: Sequence[str], **more: Any) -> dict[str, Any]:
    wide = flat(found)
    return {name: wide.get(name) for name in names} | more


def ticket_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    """A ticket, the course of its fields, its comments, and the schedules that it was given."""
    rows: dict[str, list[Row]] = {"ticket": [], "ticket_field_history": [], "ticket_comment": [], "ticket_schedule": []}
    merged: list[Any] = []
    for audit in found["audits"]:
        at, by = moment(audit["created_at"]), audit.get("author_id")
        source = (audit.get("via") or {}).get("source") or {}
        merged += (source.get("from") or {}).get("ticket_ids") or [] if source.get("rel") == "merge" else []
        for event in audit["events"]:
            if event["type"] in ("Create", "Change") and event.get("field_name") in _FIELDS:
                rows["ticket_field_history"].append({
                    "ticket_id": found["id"], "field_name": event["field_name"], "value": event.get("value"), "updated": at,
                    "user_id": by,
                })  # fmt: skip
            elif event["type"] == "Comment":
                rows["ticket_comment"].append({
                    "id": event["id"], "ticket_id": found["id"], "user_id": event.get("author_id", by), "created": at,
                    "public": event.get("public"),
                })  # fmt: skip
            elif event["type"] == "ScheduleAssignment" and event.get("new_schedule_id"):
                rows["ticket_schedule"].append(
                    {"ticket_id": found["id"], "schedule_id": event["new_schedule_id"], "created_at": at}
                )
    rows["ticket"].append(_picked(found, _TICKET, merged_ticket_ids=[one for one in merged if one != found["id"]]))
    return rows


def schedule_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    """A schedule: a row for each of its intervals, in minutes since Sunday, and its holidays."""
    own = {
        "id": found["id"],
        "name": found["name"],
        "time_zone": found["time_zone"],
        "created_at": moment(found.get("created_at")),
    }
    hours: list[Row] = [
        {**own, "start_time": one["start_time"], "end_time": one["end_time"]} for one in found["intervals"]
    ]
    days: list[Row] = [
        {"schedule_id": found["id"], **{key: one[key] for key in ("id", "name", "start_date", "end_date")}}
        for one in found["holidays"]
    ]
    return {"schedule": hours, "schedule_holiday": days}


def policy_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    """What a policy promises, a row for each measure and priority."""
    return {
        "sla_policy_metric_history": [
            {"sla_policy_id": found["id"], "sla_policy_updated_at": moment(found.get("updated_at")),
             **{key: one.get(key) for key in ("metric", "priority", "target", "business_hours")}}
            for one in found["policy_metrics"]
        ]
    }  # fmt: skip


def _rows(table: str, names: Sequence[str]) -> Callable[[Object], Mapping[str, Sequence[Row]]]:
    return lambda found: {table: [_picked(found, names)]}


def _updated(found: Object) -> str | None:
    return moment(found.get("updated_at"))


def _headers(secrets: Given, options: Given) -> dict[str, str]:
    told = f"{options['email']}/token:{secrets['token']}".encode()
    return {"authorization": f"Basic {base64.b64encode(told).decode()}"}


_NAMED = ("id", "name", "external_id", "created_at", "updated_at")
SOURCE = Source(
    name="zendesk",
    title="Zendesk",
    base=lambda options: f"https://{options['subdomain']}.zendesk.com",
    hosts=("*.zendesk.com",),
    headers=_headers,
    streams=(
        Stream("organization", _organizations, _rows("organization", _NAMED), at=_updated),
        Stream(
            "user", _exported("users", _as_it_is),
            _rows("user", ("id", "name", "email", "role", "organization_id", "created_at", "updated_at")), at=_updated,
        ),
        Stream("ticket", _exported("tickets", _with_audits), ticket_rows, at=_updated),
        Stream(
            "satisfaction_rating", _ratings,
            _rows("satisfaction_rating", (
                "id", "ticket_id", "requester_id", "assignee_id", "score", "comment", "created_at", "updated_at",
            )), at=_updated, optional=True,
        ),
        Stream(
            "schedule", _listed("/api/v2/business_hours/schedules.json", "schedules", _with_holidays), schedule_rows,
            at=_updated, optional=True,
        ),
        Stream(
            "sla_policy", _listed("/api/v2/slas/policies.json", "sla_policies", _as_it_is), policy_rows, at=_updated,
            optional=True,
        ),
    ),
    try_="/api/v2/users/me.json",
    options=(
        Option("subdomain", "what stands before .zendesk.com in your address", fits=r"[a-z0-9][a-z0-9-]*"),
        Option("email", "of the agent whose token it is", fits=r"[^\s/:@]+@[^\s/:@]+"),
    ),
    secrets=(Secret("token", "an API token of an administrator (Admin Center, Apps and integrations, APIs)"),),
    pace=3.0,
    about={
        "organization": "Organizations",
        "user": "People who ask, and your agents",
        "ticket": "Tickets, with status, assignees and comments over time",
        "satisfaction_rating": "Satisfaction ratings",
        "schedule": "Business hours and holidays",
        "sla_policy": "What is promised (SLA policies)",
    },
    options_of=lambda host: {"subdomain": host.removesuffix(".zendesk.com")},
)  # fmt: skip
