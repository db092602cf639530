"""``survey_answer``: an invitation to a survey, answered or not."""

from __future__ import annotations

from tenure.warehouse.table import boolean, number, state, text, time

_ANSWERED = ("answered_at", "delivered_at", "sent_at")

survey_answer = state(
    "survey_answer",
    "An invitation to a survey, answered or not: one row each. The scale and its direction are part of the row, so "
    "that answers on different scales are never mixed.",
    key="answer_id",
    known="sent_at",
    own_time="answered_at",
    anonymous=(
        "survey",
        "kind",
        "wave",
        "score",
        "scale_min",
        "scale_max",
        "low_is_good",
        "is_anonymous",
        "theme",
        "sentiment",
    ),
    columns=(
        text("answer_id", "The id of the invitation or of its answer.", required=True),
        text("survey", "Which survey.", required=True, choices=("nps", "csat", "ces"), open_choices=True),
        text(
            "kind",
            "Whether it asks about the relationship or about one event; the two are never pooled.",
            choices=("relational", "transactional"),
            default="relational",
        ),
        text("wave", "The round of a survey that is sent again and again."),
        text("account_id", "The account asked.", references="account"),
        text("person_id", "Who was asked; without one, each answer is its own respondent.", references="person"),
        number("score", "The answer; empty is no answer, not a middling one.", learned=_ANSWERED),
        number("scale_min", "The lowest score that can be given.", required=True),
        number("scale_max", "The highest score that can be given.", required=True),
        boolean("low_is_good", "A low score is the good one."),
        text("text", "What was written.", personal=True, learned=_ANSWERED),
        time("sent_at", "When the invitation was sent."),
        time("delivered_at", "When it arrived; response rates count these.", learned=("delivered_at",)),
        time("answered_at", "When it was answered.", learned=("answered_at",)),
        text("ticket_id", "The ticket it asks about.", references="ticket"),
        text("touchpoint_id", "The contact it asks about.", references="touchpoint"),
        text("csm_id", "The success manager it asks about.", references="csm"),
        text("agent_id", "The support agent it asks about.", references="csm"),
        boolean("is_anonymous", "Anonymous: never shown among fewer than five."),
        text("theme", "What it is about, in the words of your own list.", learned=_ANSWERED),
        number("sentiment", "The tone of the text, from -1 to 1.", low=-1, high=1, learned=_ANSWERED),
        time("followed_up_at", "When the customer was told what came of it.", learned=("followed_up_at",)),
    ),
)
