"""What people should know of a folder of Qualtrics' tables."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.qualtrics.asked import (
    ARRIVED,
    GIVEN,
    INVITATIONS,
    INVITES,
    LOST,
    QUESTIONS,
    REMINDS,
    TESTS,
    TRIED,
    kind_of,
    listed,
)
from tenure.sources.vendor import Ask

_ASKED = f"(SELECT DISTINCT survey_id, id FROM ({QUESTIONS}))"
_ANSWER = "question_response a JOIN survey_response r ON r.id = a.response_id"
_TAKEN = f"EXISTS (SELECT 1 FROM {_ASKED} q WHERE q.survey_id = r.survey_id AND q.id = a.question_id)"
_COUNTS = {
    "survey_response: previews, tests and spam: {:,}; these are no answers: not loaded.": (
        f"SELECT count(*) FROM survey_response WHERE {kind_of('status')} IN ({listed(TRIED)})"
    ),
    "survey_response: without an answer to a question that is known to be NPS, csat or ces: {:,}; not loaded.": (
        f"SELECT count(*) FROM survey_response r WHERE {kind_of('status')} IN ({listed(GIVEN)}) AND NOT EXISTS "
        f"(SELECT 1 FROM question_response a WHERE a.response_id = r.id AND a.sub_question_key IS NULL AND {_TAKEN})"
    ),
    "question_response: answers of responses that are in no file: {:,}; what survey they are of is not known: not loaded.": (
        "SELECT count(*) FROM question_response "
        "WHERE coalesce(response_id, '') NOT IN (SELECT id FROM survey_response WHERE id IS NOT NULL)"
    ),
    "question_response: answers to other questions: {:,}; not loaded.": (
        f"SELECT count(*) FROM {_ANSWER} WHERE NOT ({_TAKEN}) OR a.sub_question_key IS NOT NULL"
    ),
    "distribution_contact: of distributions that are in no file: {:,}; what they ask is not known: not loaded.": (
        "SELECT count(*) FROM distribution_contact "
        "WHERE coalesce(distribution_id, '') NOT IN (SELECT id FROM distribution WHERE id IS NOT NULL)"
    ),
    "distribution_contact: sent to try it: {:,}; these ask nobody: not loaded.": (
        "SELECT count(*) FROM distribution_contact c JOIN distribution d ON d.id = c.distribution_id "
        f"WHERE {kind_of('d.request_type')} IN ({listed(TESTS)})"
    ),
    "distribution_contact: invitations to surveys that ask nothing known to be NPS, csat or ces: {:,}; not loaded.": (
        f"SELECT count(*) FROM ({INVITATIONS}) WHERE coalesce(survey_id, '') NOT IN (SELECT survey_id FROM {_ASKED})"
    ),
    "distribution_contact: invitations to surveys whose answers are made anonymous: {:,}; not loaded, since who is missing "
    "among them would tell.": (
        f"SELECT count(*) FROM ({INVITATIONS}) WHERE survey_id IN (SELECT survey_id FROM {_ASKED}) AND survey_id IN "
        "(SELECT id FROM survey WHERE TRY_CAST(option_anonymize_response AS BOOLEAN))"
    ),
}
_WORDS = (
    ("survey_response", "status", "kind of response", (*GIVEN, *TRIED), "not loaded"),
    ("distribution", "request_type", "kind of distribution", (*INVITES, *REMINDS, *TESTS), "not loaded"),
    ("distribution_contact", "status", "status", (*ARRIVED, *LOST), "taken for not delivered"),
)


def remarks(ask: Ask) -> Iterator[str]:
    """What is taken for what, what has no counterpart, and what nothing is loaded of."""
    for question, survey, number, low, high in ask(
        f"SELECT DISTINCT question, survey_id, id, low, high FROM ({QUESTIONS}) WHERE question <> 'nps' ORDER BY 1, 2, 3"
    ):
        yield (
            f"question: {number} of {survey} is taken for {question} on {low}-{high}, by its export tag; a high value is "
            "held for the good one."
        )
    for stream, column, what, known, then in _WORDS:
        for word, count in ask(
            f"SELECT {column}, count(*) FROM {stream} WHERE {kind_of(column)} NOT IN ({listed(known)}) GROUP BY 1 ORDER BY 1"
        ):
            yield f"{stream}: the {what} {word or ''!r} ({count:,}) is not known: {then}."
    for told, sql in _COUNTS.items():
        ((count,),) = ask(sql)
        if count:
            yield told.format(count)
