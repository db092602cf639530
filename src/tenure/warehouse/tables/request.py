"""``request``: something a customer wishes, tells or complains about."""

from __future__ import annotations

from tenure.warehouse.table import Derived, state, text, time

request = state(
    "request",
    "Something a customer wishes, tells or complains about. Requests of one idea count once; the loop is closed when "
    "the customer has been told what came of it.",
    key="request_id",
    known="created_at",
    own_time="resolved_at",
    columns=(
        text("request_id", "The request's id.", required=True),
        text("account_id", "The account it came from.", required=True, references="account"),
        text("person_id", "Who there.", references="person"),
        text("idea_id", "The idea it is one of, so that one wish of many counts once."),
        text("feature_id", "The feature it is about.", references="feature"),
        text("kind", "What it is.", required=True, choices=("feature", "feedback", "complaint")),
        text("theme", "What it is about, in the words of your own list."),
        text("text", "What was said.", personal=True),
        time("created_at", "When it came.", required=True),
        time("acknowledged_at", "When we said that we have it.", learned=("acknowledged_at",)),
        time("resolved_at", "When it was done or turned down.", learned=("resolved_at",)),
        time("informed_at", "When the customer was told.", learned=("informed_at",)),
        text("status", "Where it stands, in the words of the source.", learned=("resolved_at", "acknowledged_at")),
    ),
    derived=(
        Derived(
            "created_day",
            "DATE",
            "date",
            "(created_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which it came.",
        ),
        Derived(
            "created_end",
            "TIMESTAMP",
            "timestamp(6)",
            "(((created_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE + 1)::TIMESTAMP AT TIME ZONE {zone})"
            " AT TIME ZONE 'UTC'",
            "The end of that day.",
        ),
        Derived(
            "acknowledged_day",
            "DATE",
            "date",
            "(coalesce(acknowledged_at, informed_at) AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which we said that we have it, or else what came of it.",
        ),
    ),
)
