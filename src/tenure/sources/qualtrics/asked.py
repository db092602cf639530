"""Who was asked what, and what they answered, as SQL over Qualtrics' streams."""

from __future__ import annotations

from tenure.sources.vendor import moment

#: The kinds of responses (numbers as the API gives them, words as a download does) that are answers of somebody asked: given
#: on a page, imported, given off line, by an employee.
GIVEN = ("0", "4", "16", "32", "48", "ip address", "imported", "offline", "ex", "ex offline")
#: Those that are none: previews, tests, spam.
TRIED = ("1", "2", "8", "9", "12", "17", "survey preview", "survey test", "spam", "possible spam")
#: What became of an invitation that arrived, and of one that did not.
ARRIVED = (
    "success", "opened", "complaint", "surveystarted", "surveypartiallyfinished", "surveyfinished", "surveyscreenedout",
    "sessionexpired", "unsubscribed",
)  # fmt: skip
LOST = ("pending", "error", "failure", "blocked", "skipped", "softbounce", "hardbounce")
#: Distributions that ask somebody; those that ask the same people once more; those that ask nobody.
INVITES, REMINDS, TESTS = ("invite", "generatedinvite"), ("reminder", "thankyou"), ("testemail",)


def listed(words: tuple[str, ...]) -> str:
    """The words as an SQL list."""
    return ", ".join(f"'{word}'" for word in words)


def kind_of(column: str) -> str:
    """SQL of a word without capitals."""
    return f"lower(coalesce({column}, ''))"


def _people(stream: str, own: str, latest: str) -> str:
    name = "nullif(concat_ws(' ', first_name, last_name), '')"
    return f"SELECT DISTINCT ON (id) id, coalesce({own}, id) AS person_id, {name} AS name FROM {stream} ORDER BY id, {latest}"


#: ``id, person_id, name``: your own id of a contact where there is one.
CONTACTS = f"SELECT * FROM ({_people('directory_contact', 'ext_ref', moment('last_modified') + ' DESC')})"
CORE_CONTACTS = f"SELECT * FROM ({_people('core_contact', 'external_data_reference', 'person_id')})"

#: ``survey_id, id, question, low, high``: what is asked, by what is recorded: the kind of a question, else its export tag.
_TAG = "regexp_extract(lower(data_export_tag), '^(csat|ces)([_ -].*)?$', 1)"
QUESTIONS = f"""
    SELECT q.survey_id, q.id, 'nps' AS question, 0 AS low, 10 AS high, q.data_export_tag AS tag FROM question q
    WHERE q.question_type = 'MC' AND q.selector = 'NPS'
    UNION ALL
    SELECT q.survey_id, q.id, q.tagged, o.low, o.high, q.data_export_tag
    FROM (SELECT *, {_TAG} AS tagged FROM question WHERE question_type = 'MC' AND selector IS DISTINCT FROM 'NPS') q
        JOIN (
            SELECT survey_id, question_id, min(TRY_CAST(recode_value AS INTEGER)) AS low,
                max(TRY_CAST(recode_value AS INTEGER)) AS high
            FROM question_option GROUP BY 1, 2 HAVING bool_and(TRY_CAST(recode_value AS INTEGER) IS NOT NULL)
        ) o ON o.survey_id = q.survey_id AND o.question_id = q.id
    WHERE q.tagged <> '' AND o.low < o.high
"""
_LABELLED = f"""
    SELECT q.survey_id, q.id, q.low, q.high, coalesce(s.anonymous, false) AS anonymous, concat_ws(' ', q.question,
        coalesce(s.survey_name, q.survey_id),
        CASE WHEN count(*) OVER (PARTITION BY q.survey_id, q.question) > 1 THEN coalesce(q.tag, q.id) END) AS survey
    FROM (SELECT DISTINCT * FROM ({QUESTIONS})) q LEFT JOIN (
        SELECT id, max(survey_name) AS survey_name, bool_or(TRY_CAST(option_anonymize_response AS BOOLEAN)) AS anonymous
        FROM survey GROUP BY 1
    ) s ON s.id = q.survey_id
"""
#: ``root, contact_id, survey_id, sent, arrived, response_id``: an invitation with its reminders.
INVITATIONS = f"""
    SELECT CASE WHEN {kind_of("d.request_type")} IN ({listed(REMINDS)}) THEN coalesce(d.parent_distribution_id, d.id)
            ELSE d.id END AS root,
        c.contact_id, any_value(d.survey_link_survey_id) AS survey_id, min({moment("c.sent_at")}) AS sent,
        min({moment("c.sent_at")}) FILTER ({kind_of("c.status")} IN ({listed(ARRIVED)})) AS arrived,
        max(c.response_id) AS response_id
    FROM distribution_contact c JOIN distribution d ON d.id = c.distribution_id
    WHERE {kind_of("d.request_type")} IN ({listed((*INVITES, *REMINDS))}) AND c.contact_id IS NOT NULL GROUP BY 1, 2
"""

#: Rows of ``survey_answer``: each invitation to each question, answered or not, and the answers of those not invited by
#: name. Of a survey that makes its answers anonymous the invitations are left out: who is missing among them would tell.
ANSWERS = f"""
    WITH asked AS ({_LABELLED}), person AS (({CONTACTS}) UNION ALL ({CORE_CONTACTS})), invited AS ({INVITATIONS}),
        account AS (
            SELECT response_id, max(value) AS account_id FROM survey_embedded WHERE lower(key) = 'account_id' GROUP BY 1
        ),
        given AS (
            SELECT r.id AS response_id, a.question_id, r.survey_id, a.loop_id, a.value AS score,
                coalesce(r.end_date, r.recorded_date) AS answered, r.external_reference,
                lower(r.distribution_channel) = 'anonymous' AS unnamed, e.account_id
            FROM survey_response r JOIN question_response a ON a.response_id = r.id
                LEFT JOIN account e ON e.response_id = r.id
            WHERE {kind_of("r.status")} IN ({listed(GIVEN)}) AND a.sub_question_key IS NULL
        ),
        row AS (
            SELECT md5(concat_ws(chr(31), i.root, i.contact_id, q.id)) AS answer_id, q.*, g.score, g.answered, i.sent,
                i.arrived, g.account_id, coalesce(p.person_id, i.contact_id) AS person_id, coalesce(g.unnamed, false) AS unnamed
            FROM invited i JOIN asked q ON q.survey_id = i.survey_id
                LEFT JOIN given g ON g.response_id = i.response_id AND g.question_id = q.id AND g.survey_id = q.survey_id
                    AND g.loop_id IS NULL
                LEFT JOIN person p ON p.id = i.contact_id
            WHERE NOT q.anonymous
            UNION ALL
            SELECT concat_ws(' ', g.response_id, g.question_id, g.loop_id), q.*, g.score, g.answered, NULL, NULL,
                g.account_id, g.external_reference, coalesce(g.unnamed, false)
            FROM given g JOIN asked q ON q.survey_id = g.survey_id AND q.id = g.question_id
            WHERE q.anonymous OR g.loop_id IS NOT NULL
                OR g.response_id NOT IN (SELECT response_id FROM invited WHERE response_id IS NOT NULL)
        )
    SELECT answer_id, survey, 'relational' AS kind, score, low AS scale_min, high AS scale_max,
        CASE WHEN NOT (anonymous OR unnamed) THEN account_id END AS account_id,
        CASE WHEN NOT (anonymous OR unnamed) THEN person_id END AS person_id,
        sent AS sent_at, arrived AS delivered_at, answered AS answered_at, anonymous OR unnamed AS is_anonymous
    FROM row ORDER BY answer_id
"""
