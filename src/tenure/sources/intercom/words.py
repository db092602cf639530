"""Intercom's words, as its reference has them, and what they are here."""

from __future__ import annotations

#: Who may ask: the types of authors that are contacts.
ASKS = ("user", "lead", "contact")
#: A team is no person: automatic messages go out in its name, as in a bot's.
WRITES_AS = {**dict.fromkeys(ASKS, "requester"), "admin": "agent", "bot": "bot", "team": "bot"}
#: The address of Operator, the bot, which some tables list as an admin.
OPERATOR = "operator+%@intercom.io"

SAID = ("comment", "quick_reply")
NOTED = ("note", "note_and_reopen", "note_and_unsnooze")
#: Acts that may carry a message to the contact: whoever assigns, closes or opens may say something as well.
BESIDE = ("assignment", "assign_and_unsnooze", "close", "open")
#: What a part makes of the conversation.
TURNS = {
    "close": "closed", "open": "open", "note_and_reopen": "open", "snoozed": "snoozed",
    **dict.fromkeys(("unsnoozed", "timer_unsnooze", "assign_and_unsnooze", "note_and_unsnooze"), "open"),
}  # fmt: skip
RATED = "conversation_rating_changed"
#: Parts that tell of nothing that is loaded.
OTHERS = (
    "attribute_collected", "attribute_collector", "away_mode_assignment", "conversation_attribute_updated_by_admin",
    "conversation_attribute_updated_by_user", "conversation_attribute_updated_by_workflow",
    "conversation_rating_remark_added", "conversation_sla_applied_by_rule", "conversation_sla_applied_by_workflow",
    "conversation_sla_removed", "conversation_sla_target_missed", "conversation_tags_updated",
    "custom_action_finished", "custom_action_started", "participant_added", "participant_removed", "priority_changed",
    "priority_changed_by_rule", "resolution_bot_found_no_answer", "user_became_idle", "workflow_assignment",
)  # fmt: skip
PARTS = (*SAID, *NOTED, *BESIDE, *TURNS, RATED, *OTHERS)

CHANNELS = {"conversation": "chat", "phone_call": "phone", "phone_switch": "phone"}
KNOWN_CHANNELS = ("email", *CHANNELS)
PRIORITIES = ("priority", "not_priority")
STATES = ("open", "closed", "snoozed")


def listed(words: tuple[str, ...]) -> str:
    """The words as an SQL list."""
    return ", ".join(f"'{word}'" for word in words)


def case(column: str, words: dict[str, str], otherwise: str = "NULL") -> str:
    """SQL of what each word of a column is here."""
    whens = " ".join(f"WHEN '{word}' THEN '{ours}'" for word, ours in words.items())
    return f"CASE {column} {whens} ELSE {otherwise} END"
