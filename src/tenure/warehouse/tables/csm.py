"""``csm``: one of our people who look after accounts."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, number, state, text, time

csm = state(
    "csm",
    "One of our people who look after accounts: success managers, their managers, support agents, account managers. "
    "A change of team, manager or hours is a row with the same csm_id and its own valid_from.",
    key="csm_id valid_from",
    reference=True,
    known="valid_from",
    starts="started_at",
    ends="ended_at",
    columns=(
        text("csm_id", "The person's id, as assignments and tickets name it.", required=True),
        text("name", "The person's name.", required=True, personal=True),
        text("email", "The person's e-mail address.", personal=True),
        text("manager_id", "The person's manager.", references="csm"),
        text("team", "The team the person belongs to."),
        text(
            "role",
            "What the person does.",
            default="csm",
            choices=("csm", "manager", "leader", "support", "sales", "account_manager", "onboarding"),
        ),
        number("fte", "Working time: 1 is full time, 0.5 half.", low=0),
        text("region", "The region the person works for."),
        Column("languages", Type.LIST, "BCP 47 tags of the languages the person works in."),
        Column("skills", Type.LIST, "What the person is trained for."),
        text("schedule_id", "The person's working hours.", references="schedule"),
        text("payroll_id", "The person's number in payroll.", personal=True),
        time("valid_from", "From when this row holds; empty means from the beginning."),
        time("started_at", "When the person began to work here."),
        time("ended_at", "When the person stopped working here, exclusive.", is_end=True, learned=("ended_at",)),
    ),
)
