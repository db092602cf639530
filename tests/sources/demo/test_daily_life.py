"""What customers, CSMs, support and sales do hangs together, and hangs on how customers feel.

Worked out by SQL of this file's own, never by Tenure's metrics.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import duckdb
import numpy as np
import pytest

from tenure.sources.demo import simulate
from tenure.warehouse.tables import all_tables
from tests.sources.demo.told import one, opened

# Account-months in full: who left within three months after, and who stayed.
MONTHS = """
WITH last AS (
  SELECT account_id, min(started_at) AS began, max(coalesce(ended_at, DATE '9999-01-01')) AS ended FROM (
    SELECT * REPLACE (CASE WHEN lead(started_at) OVER w IS NULL THEN ended_at ELSE lead(started_at) OVER w END AS ended_at)
    FROM subscription WINDOW w AS (PARTITION BY subscription_id ORDER BY started_at)) GROUP BY ALL),
month AS (
  SELECT account_id, unnest(generate_series(DATE '2024-09-01', DATE '2026-03-01', INTERVAL 1 MONTH))::DATE AS month,
    began, ended FROM last)
SELECT account_id, month, ended <= month + INTERVAL 4 MONTH AS leaves FROM month
WHERE began < month AND ended > month + INTERVAL 1 MONTH
"""


def by_leaving(database: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, float]:
    """Of ``sql`` (account_id, month, amount): the mean of those that stay, and of those that leave within three months."""
    rows = dict(
        database.execute(f"""
        SELECT leaves, avg(coalesce(amount, 0)) FROM ({MONTHS}) LEFT JOIN ({sql}) USING (account_id, month)
        JOIN account USING (account_id) WHERE valid_from IS NULL AND segment = 'Mid-Market' GROUP BY ALL""").fetchall()
    )
    return rows[False], rows[True]


def monthly(table: str, at: str, amount: str = "count(*)") -> str:
    return f"""SELECT account_id, date_trunc('month', "{at}")::DATE AS month, {amount} AS amount FROM {table} GROUP BY ALL"""


def test_those_who_leave_use_less_before(large_db) -> None:
    for sql in (monthly("usage", "occurred_at"), monthly("usage", "occurred_at", "count(DISTINCT person_id)")):
        stays, leaves = by_leaving(large_db, sql)
        assert leaves < 0.75 * stays
    stays, leaves = by_leaving(large_db, monthly("usage_daily", "day", "sum(events)"))
    assert leaves < 0.75 * stays


def test_those_who_leave_ask_more_and_are_judged_worse_before(large_db) -> None:
    for table, at in (("ticket", "created_at"), ("inquiry", "asked_at"), ("escalation", "opened_at")):
        stays, leaves = by_leaving(large_db, monthly(table, at))
        assert leaves > 1.1 * stays, table
    complaints = "(SELECT * FROM request WHERE kind = 'complaint')"
    stays, leaves = by_leaving(large_db, monthly(complaints, "created_at"))
    assert leaves > 1.2 * stays
    pulse = "(SELECT * FROM judgement WHERE model = 'csm_pulse')"
    stays, leaves = by_leaving(large_db, monthly(pulse, "at", "avg(score)"))
    assert leaves < stays - 0.3


def test_the_unhappy_wait_longer_pay_later_and_recommend_less(large_db) -> None:
    """Correlations by account with its mean pulse."""
    found = large_db.execute("""
        WITH pulse AS (SELECT account_id, avg(score) AS pulse FROM judgement WHERE model = 'csm_pulse' GROUP BY ALL),
        wait AS (SELECT account_id, avg(ln(epoch(first_reply_at - created_at) + 1)) AS wait FROM ticket GROUP BY ALL),
        delay AS (SELECT account_id, avg(epoch(paid_at - due_at)) AS delay FROM payment p JOIN invoice i USING (invoice_id)
                  WHERE p.kind = 'payment' GROUP BY ALL),
        live AS (SELECT account_id, completed_at - started_at AS live FROM milestone WHERE kind = 'live'),
        acts AS (SELECT account_id, count(*) AS acts FROM advocacy GROUP BY ALL),
        goals AS (SELECT account_id, avg((reached_at <= due_at)::INT) AS goals FROM goal GROUP BY ALL)
        SELECT corr(pulse, wait), corr(pulse, delay), corr(pulse, live), corr(pulse, coalesce(acts, 0)), corr(pulse, goals)
        FROM pulse LEFT JOIN wait USING (account_id) LEFT JOIN delay USING (account_id) LEFT JOIN live USING (account_id)
        LEFT JOIN acts USING (account_id) LEFT JOIN goals USING (account_id)""").fetchall()[0]
    wait, delay, live, acts, goals = found
    assert wait < -0.05
    assert delay < -0.1
    assert live < -0.02
    assert acts > 0.1
    assert goals > 0.1


def test_good_csms_keep_more_and_answer_sooner(large, large_db) -> None:
    def correlation(sql: str) -> float:
        rows = large_db.execute(sql).fetchall()
        return float(np.corrcoef([large.truth.csm_effect[csm] for csm, _ in rows], [float(x) for _, x in rows])[0, 1])

    assert correlation("SELECT csm_id, median(epoch(answered_at - asked_at)) FROM inquiry GROUP BY ALL") < -0.4
    assert correlation("SELECT csm_id, avg(quality) FROM touchpoint WHERE csm_id > '' GROUP BY ALL") > 0.5


def test_accounts_of_good_csms_are_kept_in_small_companies_too() -> None:
    """Over several seeds: of the accounts of the better half of the CSMs, fewer are lost."""
    lost: dict[bool, list[int]] = {True: [], False: []}
    for seed in range(4):
        made = simulate(300, today=date(2026, 8, 15), seed=seed)
        owners = (
            opened(made)
            .execute("""
            SELECT arg_max(csm_id, a.valid_from), any_value(churn_flag)::INT FROM assignment a JOIN account c
            USING (account_id) WHERE c.valid_from IS NULL GROUP BY account_id HAVING max(csm_id) > ''""")
            .fetchall()
        )
        for csm, churned in owners:
            if csm:
                lost[made.truth.csm_effect[csm] > 0].append(churned)
    assert np.mean(lost[True]) < np.mean(lost[False]) - 0.05


def test_a_play_that_works_lifts_the_pulse_and_one_that_does_not_does_not(large, large_db) -> None:
    """The mean pulse in the half year after, of those treated against those held out on purpose."""
    found = large_db.execute("""
        SELECT play, arm, avg(score), var_samp(score) / count(*) FROM (
          SELECT play, arm, account_id, avg(score) AS score FROM treatment t JOIN judgement j USING (account_id)
          WHERE model = 'csm_pulse' AND j.at > t.at AND j.at < t.at + INTERVAL 6 MONTH GROUP BY ALL) GROUP BY ALL""")
    rows = {(play, arm): (mean, variance) for play, arm, mean, variance in found.fetchall()}
    lifts = {}
    for play in large.truth.play_effect:
        (treated, one_error), (held, other_error) = rows[play, "treated"], rows[play, "held_out"]
        lifts[play] = (treated - held) / (one_error + other_error) ** 0.5
    assert large.truth.play_effect == {"Adoption workshop": 0.5, "Letter from the board": 0.0}
    assert lifts["Adoption workshop"] > 5
    assert abs(lifts["Letter from the board"]) < 3


def test_the_rescue_call_was_tried_where_mood_fell_and_nobody_was_held_out(large_db) -> None:
    """Three months running, once an account: and CSMs thought worse of these than of the others in the month before."""
    arms = large_db.execute("""
        SELECT count(DISTINCT arm), any_value(arm), count(DISTINCT "at"), count(*) - count(DISTINCT account_id), count(*) > 100
        FROM treatment WHERE play = 'Rescue call'""").fetchone()
    assert arms == (1, "treated", 3, 0, True)
    (called, others) = large_db.execute("""
        WITH rescue AS (SELECT account_id, "at" FROM treatment WHERE play = 'Rescue call')
        SELECT avg(score) FILTER (WHERE account_id IN (SELECT account_id FROM rescue)),
          avg(score) FILTER (WHERE account_id NOT IN (SELECT account_id FROM rescue))
        FROM judgement j, (SELECT min("at") AS first, max("at") AS last FROM rescue)
        WHERE model = 'csm_pulse' AND j.at BETWEEN first - INTERVAL 1 MONTH AND last""").fetchone()
    assert called < others - 0.2


def test_no_export_and_no_table_holds_the_truth(company) -> None:
    for name, table in company.tables.items():
        names = set(table.column_names)
        assert names <= {*all_tables()[name].names, "success_plan"}
        assert not {column for column in names if "effect" in column or "mood" in column}


ORDERED = {
    "absence": ("from", "to"),
    "advocacy": ("occurred_at", "consent_at", "rewarded_at"),
    "escalation": ("opened_at", "closed_at"),
    "inquiry": ("asked_at", "answered_at", "resolved_at"),
    "milestone": ("started_at", "completed_at"),
    "opportunity": ("created_at", "closed_at"),
    "request": ("created_at", "acknowledged_at"),
    "survey_answer": ("sent_at", "delivered_at", "answered_at", "followed_up_at"),
    "ticket": ("created_at", "first_reply_at", "first_solved_at", "solved_at", "closed_at"),
    "training": ("assigned_at", "completed_at"),
}


@pytest.mark.parametrize("table", ORDERED)
def test_one_thing_after_the_other(table: str, db) -> None:
    columns = ORDERED[table]
    for before, after in pairwise(columns):
        assert one(db, f'SELECT count(*) FROM {table} WHERE "{after}" < "{before}"') == 0, (before, after)
        assert one(db, f'SELECT count(*) FROM {table} WHERE "{after}" IS NOT NULL') > 0


AGREES = {
    "use only while paying": """SELECT count(*) FROM usage u WHERE NOT EXISTS (FROM subscription s WHERE
        s.account_id = u.account_id AND NOT s.is_trial AND u.occurred_at::DATE >= s.started_at
        AND u.occurred_at::DATE < coalesce(s.ended_at, DATE '9999-01-01'))""",
    "no use of what is not released": """SELECT count(*) FROM usage JOIN feature ON feature = feature_id
        WHERE occurred_at::DATE < released_at""",
    "no use by those who have left": """SELECT count(*) FROM usage JOIN person USING (person_id)
        WHERE occurred_at::DATE > left_at OR occurred_at::DATE < person.created_at""",
    "users are of the account": """SELECT count(*) FROM usage u JOIN person p USING (person_id)
        WHERE p.account_id <> u.account_id""",
    "entitlements of an account do not overlap": """SELECT count(*) FROM entitlement a JOIN entitlement b USING (account_id)
        WHERE a.product_id = b.product_id AND a.product_id = 'planner' AND a.valid_from < b.valid_from
        AND coalesce(a.valid_to, DATE '9999-01-01') > b.valid_from""",
    "tickets begin new and end as they say": """SELECT count(*) FROM ticket t JOIN (SELECT ticket_id,
        arg_min(status, "at") AS first, arg_max(status, "at") AS last, max("at") AS latest FROM ticket_status
        GROUP BY ALL) s USING (ticket_id) WHERE first <> 'new' OR (closed_at IS NOT NULL) <> (last = 'closed')
        OR (solved_at IS NOT NULL AND last NOT IN ('solved', 'closed'))""",
    "first public answers of agents": """SELECT count(*) FROM ticket t LEFT JOIN (SELECT ticket_id, min("at") AS first
        FROM ticket_comment WHERE author_role = 'agent' AND is_public GROUP BY ALL) c USING (ticket_id)
        WHERE t.first_reply_at IS DISTINCT FROM c.first""",
    "the last agent has the ticket": """SELECT count(*) FROM ticket JOIN (SELECT ticket_id, arg_max(csm_id, "at") AS last
        FROM ticket_assignee GROUP BY ALL) USING (ticket_id) WHERE assignee_id <> last
        AND first_reply_at IS NOT NULL""",
    "escalated tickets": """SELECT count(*) FROM escalation JOIN ticket USING (ticket_id)
        WHERE escalated_at IS DISTINCT FROM opened_at OR escalation.account_id <> ticket.account_id""",
    "opportunities are the sum of their lines": """SELECT count(*) FROM opportunity o LEFT JOIN (SELECT opportunity_id,
        sum(amount) AS total FROM opportunity_line GROUP BY ALL) USING (opportunity_id)
        WHERE o.amount IS DISTINCT FROM total""",
    "decided opportunities have a day": """SELECT count(*) FROM opportunity
        WHERE (status = 'open') <> (closed_at IS NULL)""",
    "renewals end as their contracts": """SELECT count(*) FROM opportunity o JOIN contract c USING (contract_id)
        WHERE o.kind <> 'renewal' OR (o.status = 'won') <> (c.successor_id IS NOT NULL)
        OR (o.status = 'lost') <> (c.outcome IS NOT DISTINCT FROM 'churned')""",
    "credits make a whole": """SELECT count(*) FROM (SELECT opportunity_id FROM credit GROUP BY ALL
        HAVING sum(share) <> 1)""",
    "nobody stands in while away": """SELECT count(*) FROM absence a JOIN absence b ON a.cover_csm_id = b.csm_id
        AND a."from" < b."to" AND b."from" < a."to" """,
    "nobody works while away": """SELECT count(*) FROM absence a JOIN touchpoint t USING (csm_id)
        WHERE direction = 'both' AND t.occurred_at::DATE >= a."from" AND t.occurred_at::DATE < a."to" """,
    "contacts who had left take no part": """SELECT count(*) FROM (SELECT unnest(from_json(person_ids, '["VARCHAR"]'))
        AS person_id, occurred_at FROM touchpoint) JOIN person USING (person_id) WHERE occurred_at::DATE > left_at""",
    "answers of those who had left": """SELECT count(*) FROM survey_answer JOIN person USING (person_id)
        WHERE sent_at::DATE > left_at""",
    "participants exist": """SELECT count(*) FROM (SELECT unnest(from_json(person_ids, '["VARCHAR"]')) AS person_id
        FROM touchpoint) ANTI JOIN person USING (person_id)""",
    "those who hand over are not those who take over": "SELECT count(*) FROM handover_item WHERE from_id = to_id",
    "referrals that were won were customers after": """SELECT count(*) FROM advocacy a JOIN (SELECT account_id,
        min(started_at) AS began FROM subscription WHERE NOT is_trial GROUP BY ALL) s
        ON s.account_id = a.referred_account_id WHERE s.began <= a.occurred_at::DATE OR a.outcome <> 'won'""",
    "one arm for an account and a play": """SELECT count(*) FROM (SELECT account_id, play FROM treatment GROUP BY ALL
        HAVING count(*) > 1)""",
    "hours of a weekday do not overlap": """SELECT count(*) FROM schedule a JOIN schedule b
        USING (schedule_id, weekday) WHERE a.opens < b.opens AND a.closes > b.opens""",
    "managers work here then": """SELECT count(*) FROM csm c JOIN csm m ON c.manager_id = m.csm_id
        WHERE coalesce(c.valid_from, DATE '1900-01-01') >= m.ended_at
        OR (m.started_at IS NOT NULL AND c.role = 'csm' AND coalesce(c.valid_from, c.started_at, DATE '1900-01-01') < m.started_at)""",
}


@pytest.mark.parametrize("what", AGREES)
def test_the_tables_agree(what: str, db) -> None:
    assert one(db, AGREES[what]) == 0


STORY = {
    "users beside the contacts": "SELECT count(*) > 3000 FROM person WHERE role = 'user' AND last_seen_at IS NOT NULL",
    "machines": "SELECT count(*) > 5 FROM person JOIN usage USING (person_id) WHERE is_service",
    "our own people in the product": "SELECT count(*) > 5 FROM person JOIN usage USING (person_id) WHERE is_internal",
    "followers of champions": "SELECT count(*) > 5 FROM person WHERE is_champion AND person_id NOT LIKE '%-1'",
    "a feature released within the window": "SELECT count(*) > 0 FROM feature WHERE released_at > DATE '2025-01-01'",
    "tickets that were reopened": "SELECT count(*) > 20 FROM ticket WHERE solved_at > first_solved_at",
    "tickets passed on": "SELECT count(DISTINCT ticket_id) < count(*) FROM ticket_assignee",
    "tickets said twice": "SELECT count(*) > 0 FROM ticket WHERE merged_into IS NOT NULL",
    "escalations without a ticket": "SELECT count(*) > 0 FROM escalation WHERE ticket_id IS NULL",
    "open escalations or tickets": "SELECT count(*) > 0 FROM ticket WHERE solved_at IS NULL",
    "milestones held up": "SELECT count(DISTINCT blocked_by) = 2 FROM milestone",
    "courses of our own": "SELECT count(*) > 10 FROM training WHERE csm_id IS NOT NULL AND completed_at IS NOT NULL",
    "courses that were not done": "SELECT count(*) > 10 FROM training WHERE required AND completed_at IS NULL",
    "unanswered questions": "SELECT count(*) > 0 FROM inquiry WHERE answered_at IS NULL",
    "answers by a stand-in": """SELECT count(*) > 0 FROM inquiry i JOIN absence a ON i.csm_id = a.cover_csm_id
        AND i.asked_at::DATE BETWEEN a."from" AND a."to" """,
    "a leave of months": 'SELECT count(*) > 0 FROM absence WHERE "to" - "from" > 90',
    "goals missed": "SELECT count(*) > 0 FROM goal WHERE reached_at > due_at",
    "consent that has ended": "SELECT count(*) > 0 FROM advocacy WHERE expires_at < DATE '2026-08-15'",
    "referrals that were won": "SELECT count(*) > 0 FROM advocacy WHERE outcome = 'won' AND \"value\" > 0",
    "ideas of many": "SELECT count(*) > 0 FROM (SELECT idea_id FROM request GROUP BY ALL HAVING count(DISTINCT account_id) > 3)",
    "missing items of hand-overs": "SELECT count(DISTINCT kind) = 2 FROM handover_item WHERE done_at IS NULL",
    "all kinds of opportunities": "SELECT count(DISTINCT kind) >= 4 AND count(DISTINCT status) = 3 FROM opportunity",
    "sellers": "SELECT count(*) > 0 FROM credit JOIN csm USING (csm_id) WHERE role = 'sales'",
    "a manager who left": "SELECT count(*) > 0 FROM csm WHERE role = 'manager' AND ended_at IS NOT NULL",
    "a change of manager and of hours": "SELECT count(*) > 0 FROM csm WHERE fte < 1 AND valid_from IS NOT NULL",
    "two tools' scores": "SELECT count(DISTINCT model) = 2 FROM judgement",
    "targets of teams and segments": "SELECT count(DISTINCT split_part(slice, '=', 1)) = 2 FROM target WHERE NOT starts_with(slice, 'window=')",
    "another tool's MRR near ours": """SELECT max(abs(r.value / p.mrr - 1)) < 0.06 FROM reported_figure r JOIN (
        SELECT m.month, sum(mrr * CASE currency WHEN 'USD' THEN 0.92 WHEN 'GBP' THEN 1.17 ELSE 1 END) AS mrr
        FROM (SELECT DISTINCT period_end AS month FROM reported_figure) m JOIN paid
        ON opens < m.month AND closes >= m.month GROUP BY ALL) p ON p.month = r.period_end
        WHERE r.metric = 'mrr' AND r.slice IS NULL""",
}


@pytest.mark.parametrize("what", STORY)
def test_the_company_has(what: str, db) -> None:
    assert one(db, STORY[what])
