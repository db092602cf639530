"""What the tools of customer success export: onboarding, training, contacts, goals, judgements, recommendations, plays."""

from __future__ import annotations

from tenure.sources.demo.export import Export, local, utc

EXPORTS = {
    "onboarding_steps.csv": Export(
        """SELECT milestone_id AS step_id, account_id AS account, replace(kind, '_', ' ') AS step, product_id AS product,
             started_at AS started, due_at AS planned, completed_at AS finished,
             CAST(held_minutes / 60 AS INTEGER) AS held_hours, CASE blocked_by WHEN 'us' THEN 'we' ELSE blocked_by END
             AS held_by
           FROM milestone"""
    ),
    "handover_checklist.csv": Export(
        """SELECT account_id AS account, CASE kind WHEN 'csm_to_csm' THEN 'CSM to CSM' ELSE 'Sales to CS' END AS type,
             from_id AS giver, to_id AS taker, item, due_at AS due, done_at AS done
           FROM handover_item"""
    ),
    "academy.csv": Export(
        f"""SELECT training_id AS enrolment, account_id AS account, csm_id AS employee, person_id AS learner, course,
             if(required, 'mandatory', 'optional') AS kind, assigned_at AS assigned, due_at AS due,
             {local("completed_at")} AS finished, score AS result
           FROM training"""
    ),
    "activities.csv": Export(
        f"""SELECT touchpoint_id AS activity, account_id AS account, csm_id AS csm,
             CASE channel WHEN 'review' THEN 'Business review' ELSE upper(channel[1]) || channel[2:] END AS type,
             direction, {utc("occurred_at")} AS "at", minutes,
             array_to_string(from_json(person_ids, '["VARCHAR"]'), ';') AS participants, quality AS rating, sentiment,
             outcome, if(is_automated, 'yes', 'no') AS automated, thread_id AS thread
           FROM touchpoint"""
    ),
    "csm_questions.csv": Export(
        f"""SELECT inquiry_id AS question, account_id AS account, csm_id AS csm, {utc("asked_at")} AS asked,
             {utc("answered_at")} AS answered, {utc("resolved_at")} AS settled
           FROM inquiry"""
    ),
    "success_goals.csv": Export(
        """SELECT goal_id AS goal, account_id AS account, name, measure, baseline AS before, target, due_at AS due,
             confirmed_by AS confirmed, reached_at AS reached
           FROM goal"""
    ),
    "csm_pulse.csv": Export(
        f"""SELECT account_id AS account, {utc("at")} AS noted, score AS pulse, "by" AS csm, "text" AS why
           FROM judgement WHERE model = 'csm_pulse'"""
    ),
    "pulseboard_scores.csv": Export(
        f"""SELECT account_id AS account, {utc("at")} AS computed, score FROM judgement WHERE model = 'pulseboard'"""
    ),
    "advocates.csv": Export(
        f"""SELECT advocacy_id AS act, account_id AS account, person_id AS person, replace(kind, '_', ' ') AS what,
             {utc("occurred_at")} AS "at", outcome, referred_account_id AS referred, referred_domain AS website,
             "value" AS yearly_value, {utc("consent_at")} AS consent, expires_at AS consent_until, reward,
             {utc("rewarded_at")} AS rewarded
           FROM advocacy"""
    ),
    "customer_requests.csv": Export(
        f"""SELECT request_id AS request, account_id AS account, person_id AS person, idea_id AS idea,
             feature_id AS feature, CASE kind WHEN 'feature' THEN 'Wish' WHEN 'feedback' THEN 'Feedback' ELSE 'Complaint'
             END AS type, theme AS topic, "text" AS words, {utc("created_at")} AS received,
             {utc("acknowledged_at")} AS acknowledged, {utc("resolved_at")} AS decided, {utc("informed_at")} AS told, status
           FROM request"""
    ),
    "plays.csv": Export(
        f"""SELECT account_id AS account, play, if(arm = 'treated', 'yes', 'no') AS tried, {local("at")} AS decided
           FROM treatment"""
    ),
    # Kept by hand, in the words of Tenure.
    "renewal_calls.csv": Export("FROM renewal_forecast"),
    "targets.csv": Export("FROM target"),
    "objectives.csv": Export("FROM objective"),
    "check_ins.csv": Export("FROM objective_check_in"),
    "accountability.csv": Export("FROM accountability"),
    "pulseboard_figures.csv": Export("FROM reported_figure"),
}
