"""What the support desk and the survey tool export: tickets with their course, promises, escalations, answers."""

from __future__ import annotations

from tenure.sources.demo.export import Export, local, utc

EXPORTS = {
    "support_tickets.csv": Export(
        f"""SELECT ticket_id AS ticket, account_id AS customer, requester_id AS contact, assignee_id AS agent, priority,
             channel, category, product_id AS product, subject, {utc("created_at")} AS created,
             {utc("first_reply_at")} AS first_reply,
             {utc("first_solved_at")} AS first_solved,
             {utc("solved_at")} AS solved,
             {utc("closed_at")} AS closed,
             {utc("escalated_at")} AS escalated, merged_into AS duplicate_of, schedule_id AS hours FROM ticket"""
    ),
    "support_history.csv": Export(
        f"""SELECT ticket_id AS ticket, 'status' AS field, status AS "value", {utc("at")} AS changed, "by" AS changed_by
           FROM ticket_status
           UNION ALL SELECT ticket_id, 'agent', csm_id, {utc("at")}, NULL FROM ticket_assignee
           ORDER BY changed, ticket, field DESC, 3"""
    ),
    "support_comments.csv": Export(
        f"""SELECT comment_id AS comment, ticket_id AS ticket, author_id AS author, CASE author_role
             WHEN 'requester' THEN 'end-user' WHEN 'bot' THEN 'automation' ELSE author_role END AS author_type,
             if(is_public, 'public', 'internal') AS visibility, {utc("at")} AS written
           FROM ticket_comment"""
    ),
    "support_promises.csv": Export(
        """SELECT measure, priority, tier, minutes, clock, valid_from AS since FROM sla_target"""
    ),
    "escalations.csv": Export(
        f"""SELECT escalation_id AS escalation, account_id AS customer, ticket_id AS ticket, level,
             {utc("opened_at")} AS opened, {utc("closed_at")} AS settled, cause
           FROM escalation"""
    ),
    "nps.csv": Export(
        f"""SELECT answer_id AS response_id, if(kind = 'relational', 'Relationship', 'Onboarding') AS survey_type, wave,
             account_id AS customer, person_id AS contact, score, "text" AS comment, theme AS topic, sentiment,
             {utc("sent_at")} AS invited_at,
             {utc("delivered_at")} AS delivered_at,
             {utc("answered_at")} AS answered_at,
             is_anonymous AS anonymous, csm_id AS csm,
             {utc("followed_up_at")} AS closed_loop_at
           FROM survey_answer WHERE survey = 'nps'"""
    ),
    "support_csat.csv": Export(
        f"""SELECT answer_id AS rating_id, upper(survey) AS question, ticket_id AS ticket, account_id AS customer,
             person_id AS contact, agent_id AS agent, score AS rating, "text" AS comment, theme AS topic, sentiment,
             {local("sent_at")} AS sent,
             {local("delivered_at")} AS delivered,
             {local("answered_at")} AS answered,
             {local("followed_up_at")} AS followed_up
           FROM survey_answer WHERE survey <> 'nps' ORDER BY sent_at, answer_id"""
    ),
}
