"""The simulated company is a plausible one, and its tables agree with each other.

Every figure here is worked out by SQL of this file's own, never by Tenure's metrics.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tenure.core.errors import UsageError
from tenure.sources.demo import simulate, write_canonical, write_files
from tenure.sources.demo.exports import EXPORTS
from tenure.warehouse.tables import all_tables
from tests.sources.demo.told import TODAY, one, opened

OWN_COLUMNS = {"account": {"success_plan"}}  # a custom attribute, as users have them


def retention(database: duckdb.DuckDBPyConnection, opening: str, closing: str) -> tuple[float, float, float]:
    """NRR, GRR and customers kept, in the accounts' own currencies, from state just before one day to another."""
    return database.execute(f"""
        WITH o AS (SELECT account_id, sum(mrr) AS mrr FROM paid
                   WHERE opens < DATE '{opening}' AND closes >= DATE '{opening}' GROUP BY ALL),
             c AS (SELECT account_id, sum(mrr) AS mrr FROM paid
                   WHERE opens < DATE '{closing}' AND closes >= DATE '{closing}' GROUP BY ALL)
        SELECT sum(c.mrr) / sum(o.mrr), sum(least(o.mrr, coalesce(c.mrr, 0))) / sum(o.mrr), count(c.mrr) / count(*)
        FROM o LEFT JOIN c USING (account_id)""").fetchall()[0]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    def written(folder: str, seed: int) -> dict[str, bytes]:
        made = simulate(60, today=TODAY, seed=seed)
        return {path.name: path.read_bytes() for path in write_canonical(made, tmp_path / folder)}

    first, again, other = written("first", 7), written("again", 7), written("other", 8)
    assert first == again
    assert set(first) == {f"{name}.csv" for name in FILLED}
    assert first["subscription.csv"] != other["subscription.csv"]


def test_another_today_shifts_the_company() -> None:
    early, late = (opened(simulate(120, today=date(2026, month, 15))) for month in (3, 8))
    assert one(early, "SELECT max(started_at) < DATE '2026-03-16' FROM subscription")
    assert one(late, "SELECT max(started_at) > DATE '2026-07-01' FROM subscription")
    assert one(early, "SELECT count(*) FROM account WHERE valid_from IS NULL") == 120
    segments = "SELECT list(segment ORDER BY account_id) FROM account WHERE valid_from IS NULL"
    assert one(early, segments) == one(late, segments)


def test_the_smallest_company_has_every_table() -> None:
    assert set(simulate(20, 3, today=TODAY).tables) == set(FILLED)


@pytest.mark.parametrize(
    ("accounts", "months", "day", "zone", "currency"),
    [
        (20, 3, date(2024, 2, 29), "America/New_York", "USD"),
        (50, 36, date(2027, 1, 1), "Asia/Kolkata", "CHF"),
        (90, 12, date(2025, 3, 31), "UTC", "GBP"),
    ],
)
def test_any_size_day_and_zone_makes_a_whole_company(accounts, months, day, zone, currency, tmp_path) -> None:
    made = simulate(accounts, months, today=day, seed=accounts, zone=zone, currency=currency)
    database = opened(made)
    test_nothing_has_happened_after_today(made, database)
    test_a_contract_is_worth_what_is_paid_in_a_year(made, database)
    test_invoices_are_the_sum_of_their_lines_and_paid_in_full(database)
    assert currency not in {row[0] for row in database.execute("SELECT currency FROM exchange_rate").fetchall()}
    assert one(database, "SELECT count(*) FROM subscription ANTI JOIN exchange_rate USING (currency)") == one(
        database, f"SELECT count(*) FROM subscription WHERE currency = '{currency}'"
    )
    assert len(write_files(made, tmp_path)) == len(EXPORTS)


def test_canonical_csv_is_iso(company, tmp_path: Path) -> None:
    (path,) = write_canonical(company, tmp_path, ["payment"])
    assert re.fullmatch(
        r"Z-0000001,I-\d{7},payment,\d+\.\d\d,[A-Z]{3},\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        path.read_text().splitlines()[1],
    )


def test_too_small_a_company_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 20 accounts"):
        simulate(5, today=TODAY)


def test_canonical_files_are_written_as_asked(company, tmp_path: Path) -> None:
    paths = write_canonical(company, tmp_path, ["account", "payment"], suffix="parquet")
    assert [path.name for path in paths] == ["account.parquet", "payment.parquet"]
    assert one(duckdb.connect(), f"SELECT count(*) FROM '{paths[0]}'") == company.tables["account"].num_rows
    with pytest.raises(UsageError, match="no table called 'acount'"):
        write_canonical(company, tmp_path, ["acount"])
    with pytest.raises(UsageError, match="no format called 'xml'"):
        write_canonical(company, tmp_path, suffix="xml")


BORN_IN_TENURE = {
    "annotation",
    "close",
    "approval",
    "retraction",
    "score",
    "score_model",
    "decision",
    "note",
    "step",
    "plan_comment",
    "renewal_outcome",
}  # a simulated past has none of these
FILLED = sorted(set(all_tables()) - BORN_IN_TENURE)


@pytest.mark.parametrize("name", FILLED)
def test_rows_are_valid_rows_of_the_canonical_table(name: str, company, db) -> None:
    table, columns = all_tables()[name], company.tables[name].column_names
    assert set(columns) - set(table.names) == OWN_COLUMNS.get(name, set())
    key = ", ".join(f'"{column}"' for column in table.key if column in columns)
    assert db.execute(f"SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1").fetchall() == []
    for column in table.columns:
        if column.required:
            assert one(db, f'SELECT count(*) FROM {name} WHERE "{column.name}" IS NULL') == 0, column.name
        if column.name not in columns:
            continue
        if column.choices and not column.open_choices:
            found = {row[0] for row in db.execute(f'SELECT DISTINCT "{column.name}" FROM {name}').fetchall()}
            assert found - {None} <= set(column.choices), column.name
        for bound, sign in ((column.low, "<"), (column.high, ">")):
            if bound is not None:
                assert one(db, f'SELECT count(*) FROM {name} WHERE "{column.name}" {sign} {bound}') == 0, column.name
        if column.references and column.references in company.tables:
            target = all_tables()[column.references]
            assert (
                one(
                    db,
                    f"""SELECT count(*) FROM {name} WHERE "{column.name}" NOT IN
                               (SELECT {target.key[0]} FROM {target.name})""",
                )
                == 0
            ), column.name
    for group in table.one_of:
        empty = " AND ".join(f'"{column}" IS NULL' for column in group if column in columns)
        assert one(db, f"SELECT count(*) FROM {name} WHERE {empty}") == 0
    if table.starts in columns and table.ends in columns:
        assert one(db, f'SELECT count(*) FROM {name} WHERE "{table.ends}" <= "{table.starts}"') == 0


def test_nothing_has_happened_after_today(company, db) -> None:
    planned = {"ended_at", "valid_to", "notice_by", "discount_ends_at", "due_at", "period_end", "expires_at"}
    planned |= {"expected_close", "to", "date", "ramp_end"}
    for name, table in company.tables.items():
        for field in table.schema:
            if str(field.type).startswith(("date", "timestamp")) and field.name not in planned:
                assert not one(db, f"""SELECT bool_or("{field.name}" > DATE '{company.today}') FROM {name}"""), (
                    name,
                    field,
                )


STORY = {
    "price rises": """SELECT count(*) FROM (SELECT plan = lag(plan) OVER w AND quantity = lag(quantity) OVER w
        AND unit_amount > lag(unit_amount) OVER w AS up FROM subscription
        WINDOW w AS (PARTITION BY subscription_id ORDER BY started_at)) WHERE up""",
    "more seats": """SELECT count(*) FROM (SELECT quantity > lag(quantity) OVER w AND plan = lag(plan) OVER w AS more
        FROM subscription WINDOW w AS (PARTITION BY subscription_id ORDER BY started_at)) WHERE more""",
    "fewer seats": """SELECT count(*) FROM (SELECT quantity < lag(quantity) OVER w AND plan = lag(plan) OVER w AS fewer
        FROM subscription WINDOW w AS (PARTITION BY subscription_id ORDER BY started_at)) WHERE fewer""",
    "upgrades": """SELECT count(*) FROM (SELECT plan <> lag(plan) OVER w AS other FROM subscription
        WINDOW w AS (PARTITION BY subscription_id ORDER BY started_at)) WHERE other""",
    "cross-sell": "SELECT count(DISTINCT account_id) FROM subscription WHERE product_id = 'insights'",
    "discounts that expire": f"SELECT count(*) FROM subscription WHERE discount_ends_at < DATE '{TODAY}'",
    "discounts given once": "SELECT count(*) FROM subscription WHERE discount_kind = 'once'",
    "trials that became customers": """SELECT count(*) FROM subscription t JOIN subscription p USING (subscription_id)
        WHERE t.is_trial AND NOT p.is_trial""",
    "trials that did not": """SELECT count(*) FROM subscription WHERE is_trial AND ended_at IS NOT NULL""",
    "notice before the end": "SELECT count(*) FROM subscription WHERE cancel_requested_at < ended_at",
    "notice for an end to come": f"SELECT count(*) FROM subscription WHERE ended_at > DATE '{TODAY}'",
    "returns": "SELECT count(*) FROM subscription WHERE subscription_id LIKE '%-2'",
    "contracts of years": "SELECT count(*) FROM contract WHERE ended_at > started_at + INTERVAL 13 MONTHS",
    "evergreen contracts": "SELECT count(*) FROM contract WHERE evergreen",
    "reduced renewals": "SELECT count(*) FROM contract WHERE outcome = 'reduced' AND renewed_value < value",
    "late decisions": "SELECT count(*) FROM contract WHERE decided_at > ended_at",
    "renewals nobody wrote down": "SELECT count(*) FROM contract WHERE outcome IS NULL AND successor_id IS NOT NULL",
    "foreign money": "SELECT count(DISTINCT currency) - 2 FROM subscription",
    "attributes that changed": "SELECT count(*) FROM account WHERE valid_from IS NOT NULL",
    "test accounts": "SELECT count(*) FROM account WHERE is_test",
    "parents": "SELECT count(*) FROM account WHERE parent_id IS NOT NULL",
    "hand-overs": """SELECT count(*) FROM (SELECT account_id FROM assignment GROUP BY ALL
        HAVING count(DISTINCT valid_from) > 1)""",
    "shared accounts": "SELECT count(*) FROM assignment WHERE share < 1",
    "accounts of the pool": "SELECT count(*) FROM assignment WHERE pool = 'digital'",
    "CSMs who left": "SELECT count(*) FROM csm WHERE ended_at IS NOT NULL",
    "CSMs who joined": "SELECT count(*) FROM csm WHERE started_at IS NOT NULL",
    "late payments": """SELECT count(*) FROM payment JOIN invoice USING (invoice_id)
        WHERE paid_at > due_at + INTERVAL 1 DAY""",
    "partial payments": """SELECT count(*) FROM (SELECT invoice_id FROM payment WHERE kind = 'payment' GROUP BY ALL
        HAVING count(*) = 2)""",
    "refunds": "SELECT count(*) FROM payment WHERE kind = 'refund'",
    "invitations without an answer": "SELECT count(*) FROM survey_answer WHERE answered_at IS NULL",
    "anonymous answers": "SELECT count(*) FROM survey_answer WHERE is_anonymous AND person_id IS NULL",
    "relational NPS": "SELECT count(*) FROM survey_answer WHERE survey = 'nps' AND kind = 'relational' AND wave > ''",
    "transactional NPS": "SELECT count(*) FROM survey_answer WHERE survey = 'nps' AND kind = 'transactional'",
    "ratings of tickets": "SELECT count(*) FROM survey_answer WHERE survey = 'csat' AND ticket_id > '' AND score > 0",
    "effort": "SELECT count(*) FROM survey_answer WHERE survey = 'ces' AND score > 0",
    "competitors": "SELECT count(*) FROM churn WHERE competitor IS NOT NULL",
}


@pytest.mark.parametrize("what", STORY)
def test_the_company_has(what: str, db) -> None:
    assert one(db, STORY[what]) > 0


def test_the_cast_is_as_announced(db) -> None:
    assert one(db, "SELECT count(*) FROM account WHERE merged_into IS NOT NULL") == 2
    assert one(db, "SELECT count(DISTINCT csm_id) FROM csm WHERE role = 'csm'") == 12
    assert one(db, "SELECT count(*) FROM csm WHERE role = 'csm' AND manager_id NOT LIKE 'mgr-%'") == 0
    assert one(db, "SELECT count(*) FROM csm WHERE role = 'manager' AND manager_id IS DISTINCT FROM 'head-1'") == 0
    shares = "SELECT account_id FROM assignment GROUP BY account_id, valid_from HAVING sum(share) <> 1"
    assert db.execute(shares).fetchall() == []


def test_nobody_is_surveyed_before_the_start_or_long_after_the_end(db) -> None:
    late = db.execute("""
        SELECT v.answer_id FROM survey_answer v LEFT JOIN (SELECT account_id, started_at, coalesce(ended_at,
            CASE WHEN row_number() OVER (PARTITION BY subscription_id ORDER BY started_at DESC) = 1 THEN
            DATE '9999-01-01' ELSE lead(started_at) OVER (PARTITION BY subscription_id ORDER BY started_at) END) AS ends
          FROM subscription) s
        ON s.account_id = v.account_id AND v.sent_at::DATE >= s.started_at AND v.sent_at::DATE < s.ends + 30
        WHERE s.account_id IS NULL""").fetchall()
    assert late == []


def test_accounts_are_given_to_those_who_work_here(db) -> None:
    assert (
        one(
            db,
            """
        SELECT count(*) FROM assignment a JOIN (SELECT csm_id, max(started_at) AS hired, max(ended_at) AS gone
          FROM csm GROUP BY ALL) USING (csm_id)
        WHERE a.valid_from < hired OR a.valid_from >= gone OR coalesce(a.valid_to > gone, false)""",
        )
        == 0
    )
    left_behind = """
        SELECT count(*) FROM assignment a JOIN csm USING (csm_id) WHERE csm.ended_at IS NOT NULL AND a.valid_to IS NULL
        AND NOT EXISTS (FROM assignment n WHERE n.account_id = a.account_id AND n.valid_from > a.valid_from)"""
    assert one(db, left_behind) == 0


def test_retention_is_that_of_a_sound_company(large_db) -> None:
    for opening, closing in (("2024-08-01", "2025-08-01"), ("2025-08-01", "2026-08-01")):
        net, gross, kept = retention(large_db, opening, closing)
        assert 1.00 < net < 1.12
        assert 0.86 < gross < 0.94
        assert 0.80 < kept < 0.92


def test_the_small_company_shown_to_newcomers_is_sound_too(db) -> None:
    for opening, closing in (("2024-08-01", "2025-08-01"), ("2025-08-01", "2026-08-01")):
        net, gross, _ = retention(db, opening, closing)
        assert 1.00 < net < 1.15
        assert 0.80 < gross < 0.95


def test_segments_differ(large_db) -> None:
    rows = dict(
        large_db.execute("""
        SELECT segment, avg(churn_flag::INT) FROM account WHERE valid_from IS NULL GROUP BY ALL""").fetchall()
    )
    assert rows["SMB"] > rows["Mid-Market"] > rows["Enterprise"]


def test_the_unhappy_leave_answer_worse_and_pay_later(large_db) -> None:
    """Correlations by account: the last relational NPS, whether it left, and the share of its invoices paid late."""
    churn, late = large_db.execute("""
        WITH nps AS (SELECT account_id, arg_max(score, answered_at) AS score FROM survey_answer
                     WHERE survey = 'nps' AND kind = 'relational' AND score IS NOT NULL GROUP BY ALL),
             paying AS (SELECT i.account_id, avg((p.paid_at::DATE > i.due_at)::INT) AS late
                        FROM payment p JOIN invoice i USING (invoice_id) WHERE p.kind = 'payment' GROUP BY ALL)
        SELECT corr(score, churn_flag::INT), corr(score, late) FROM nps JOIN account USING (account_id)
        LEFT JOIN paying USING (account_id) WHERE valid_from IS NULL""").fetchall()[0]
    assert churn < -0.15
    assert late < -0.15


def test_the_true_effect_of_csms_shows_in_what_they_lose(large, large_db) -> None:
    """Owners who lift the mood lose fewer: correlation of the true effect with the share of accounts lost."""
    lost = large_db.execute("""
        SELECT csm_id, avg(churn_flag::INT) FROM (
          SELECT account_id, arg_max(csm_id, valid_from) AS csm_id FROM assignment GROUP BY ALL)
        JOIN account USING (account_id) WHERE valid_from IS NULL AND csm_id IS NOT NULL GROUP BY ALL
        HAVING count(*) > 50""").fetchall()
    effects = [large.truth.csm_effect[csm] for csm, _ in lost]
    assert np.corrcoef(effects, [share for _, share in lost])[0, 1] < -0.6
    assert len(large.truth.account_mood) == 6000


def test_a_contract_is_worth_what_is_paid_in_a_year(company, db) -> None:
    wrong = db.execute(f"""
        WITH test AS (SELECT account_id FROM account WHERE is_test OR merged_into IS NOT NULL
                      UNION SELECT merged_into FROM account),
        paid_then AS (
          SELECT contract_id, value, coalesce(sum(mrr), 0) * 12 AS yearly FROM contract c LEFT JOIN paid p
            ON p.account_id = c.account_id AND opens <= least(c.ended_at - 1, DATE '{company.today}')
            AND closes > least(c.ended_at - 1, DATE '{company.today}')
          WHERE c.account_id NOT IN (FROM test) GROUP BY ALL)
        SELECT * FROM paid_then WHERE abs(value - yearly) > 0.0051""").fetchall()
    assert wrong == []


def test_a_renewed_contract_is_followed_by_its_successor(db) -> None:
    chain = db.execute("""
        SELECT c.ended_at = n.started_at, c.account_id = n.account_id, c.renewed_value > 0,
          coalesce(c.outcome, 'renewed') IN ('renewed', 'reduced')
        FROM contract c LEFT JOIN contract n ON n.contract_id = c.successor_id WHERE c.successor_id IS NOT NULL
        """).fetchall()
    assert len(chain) > 100
    assert set(chain) == {(True, True, True, True)}
    again = """SELECT successor_id FROM contract WHERE successor_id IS NOT NULL GROUP BY ALL HAVING count(*) > 1"""
    assert db.execute(again).fetchall() == []
    # the renewed value is what the successor's lines pay from its first day on
    wrong = db.execute("""
        WITH test AS (SELECT account_id FROM account WHERE is_test OR merged_into IS NOT NULL
                      UNION SELECT merged_into FROM account)
        SELECT contract_id FROM contract c JOIN paid p ON p.account_id = c.account_id
          AND p.opens <= c.ended_at AND p.closes > c.ended_at
        WHERE c.successor_id IS NOT NULL AND c.account_id NOT IN (SELECT account_id FROM test WHERE account_id > '')
        GROUP BY contract_id, renewed_value HAVING abs(renewed_value - 12 * sum(mrr)) > 0.0051""").fetchall()
    assert wrong == []


def test_a_lost_contract_ends_with_its_lines(db) -> None:
    """The last line of a churned contract ends on the day the contract ends."""
    differing = db.execute("""
        SELECT contract_id FROM contract c JOIN subscription s USING (contract_id)
        WHERE c.outcome = 'churned' GROUP BY contract_id, c.ended_at HAVING max(s.ended_at) <> c.ended_at""").fetchall()
    assert differing == []
    assert one(db, "SELECT count(*) FROM contract WHERE outcome = 'churned' AND decided_at IS NULL") == 0


def test_invoices_are_the_sum_of_their_lines_and_paid_in_full(db) -> None:
    assert (
        one(
            db,
            """
        SELECT count(*) FROM (SELECT invoice_id, sum(amount) AS total FROM invoice_line GROUP BY ALL)
        JOIN invoice USING (invoice_id) WHERE total <> amount""",
        )
        == 0
    )
    assert (
        one(
            db,
            """
        SELECT count(*) FROM invoice i JOIN (SELECT invoice_id, sum(amount) AS paid FROM payment
          WHERE kind = 'payment' GROUP BY ALL) USING (invoice_id)
        WHERE (status = 'paid' AND paid <> i.amount) OR (status = 'open' AND paid >= i.amount) OR status = 'void'""",
        )
        == 0
    )
    assert (
        one(
            db,
            """
        SELECT count(*) FROM invoice n JOIN payment p ON p.invoice_id = n.credits_id AND p.kind = 'refund'
        WHERE p.amount <> n.amount""",
        )
        == 0
    )


def test_a_planner_line_is_billed_at_its_price(db) -> None:
    """The amount billed is the line's on the day of the invoice, after discount, rounded to the cent."""
    billed, wrong = db.execute("""
        SELECT count(*), count(*) FILTER (abs(amount - due) > 0.0051) FROM (
          SELECT l.amount, s.unit_amount * s.quantity * (1 - CASE WHEN s.discount_kind = 'recurring'
              AND coalesce(s.discount_ends_at > l.period_start, true) THEN s.discount_share ELSE 0 END) AS due
          FROM invoice_line l ASOF JOIN subscription s
            ON s.subscription_id = l.subscription_id AND l.period_start >= s.started_at
          WHERE l.kind = 'recurring' AND l.product_id = 'planner')""").fetchall()[0]
    assert billed > 1000
    assert wrong == 0
