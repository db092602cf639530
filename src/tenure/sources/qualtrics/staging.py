"""What Qualtrics' tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from tenure.sources.qualtrics.asked import ANSWERS, CONTACTS, CORE_CONTACTS
from tenure.sources.qualtrics.remarks import remarks
from tenure.sources.vendor import Made, Vendor

#: ``survey_embedded``: the file ``survey_embedded_data``, without the ending that connectors add to any table.
COLUMNS: dict[str, tuple[str, ...]] = {
    "survey": ("id", "survey_name", "option_anonymize_response"),
    "question": ("id", "survey_id", "question_type", "selector", "data_export_tag"),
    "question_option": ("survey_id", "question_id", "recode_value"),
    "survey_response": (
        "id", "survey_id", "status", "distribution_channel", "external_reference", "end_date", "recorded_date",
    ),
    "question_response": ("response_id", "question_id", "sub_question_key", "loop_id", "value"),
    "survey_embedded": ("response_id", "key", "value"),
    "distribution": ("id", "parent_distribution_id", "request_type", "survey_link_survey_id"),
    "distribution_contact": ("distribution_id", "contact_id", "sent_at", "status", "response_id"),
    "directory_contact": ("id", "ext_ref", "first_name", "last_name", "last_modified"),
    "core_contact": ("id", "external_data_reference", "first_name", "last_name"),
}  # fmt: skip

VENDOR = Vendor(
    name="qualtrics",
    columns=COLUMNS,
    made={
        "contacts": Made(("directory_contact",), f"{CONTACTS} ORDER BY id"),
        "core_contacts": Made(("core_contact",), f"{CORE_CONTACTS} ORDER BY id"),
        "answers": Made(
            (
                "survey_response", "question_response", "question", "question_option", "survey", "distribution_contact",
                "distribution", "directory_contact", "core_contact", "survey_embedded",
            ),
            ANSWERS,
        ),
    },
    remarks=remarks,
    aside=frozenset({
        "block", "block_question", "contact_mailing_list_membership", "contact_transaction", "core_mailing_list",
        "core_sample", "directory", "directory_mailing_list", "directory_sample", "library", "library_message",
        "library_question", "library_survey", "quota", "quota_group", "sub_question", "survey_version",
        "survey_version_publish_event", "transaction_batch", "user",
    }),
)  # fmt: skip
