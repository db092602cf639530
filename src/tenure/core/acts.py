"""What the audit log can tell of: the closed vocabulary of what changes data, settings and rights, or takes data out.

What is done with log-ins and rights has words of its own beside the code that does it (``web.access.events``).
"""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """What can happen to a workspace."""

    CREATED = "created"
    FOUND = "found"  # there before the log began: chained as it was found
    LOADED = "loaded"
    RECORDED = "recorded"
    CLOSED = "closed"
    REBUILT = "rebuilt"
    RECOMPUTED = "recomputed"
    SCORED = "scored"
    MODEL_SAVED = "model_saved"
    SETTINGS_CHANGED = "settings_changed"
    KEY_CHANGED = "key_changed"
    MENDED = "mended"
    REPLAYED = "replayed"
    DISCARDED = "discarded"
    REOPENED = "reopened"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    SOURCE_ADDED = "source_added"
    SOURCE_CHANGED = "source_changed"
    SOURCE_REMOVED = "source_removed"
    SECRET_CHANGED = "secret_changed"  # noqa: S105 - the name of an act
    SYNCED = "synced"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    UPGRADED = "upgraded"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
    CONTENT_PURGED = "content_purged"
    REWRITTEN = "rewritten"
    TASK_GIVEN = "task_given"
    TASK_HANDED_OVER = "task_handed_over"
    TASK_DONE = "task_done"
    TASK_DROPPED = "task_dropped"
    TASK_REOPENED = "task_reopened"
