"""The page of the weekly health review: what it says is what the engine says, within a scope; decisions are noted on it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tenure.web.access.roles import Role
from tests.engine.conftest import TODAY
from tests.web.company import text_of

pytestmark = pytest.mark.django_db


def test_a_csm_reviews_the_own_week_decides_and_is_done(company, somebody, as_) -> None:
    since = f"{TODAY - timedelta(days=40)}"
    week = company.review(since=since)
    busiest = Counter(one.owner for one in (*week.up, *week.down) if one.owner).most_common(1)[0][0]
    mine = {one.account_id for one in (*week.up, *week.down) if one.owner == busiest}
    others = {one.name for one in (*week.up, *week.down) if one.owner != busiest}
    assert others
    csm = as_(somebody(Role.CSM, csm_id=busiest, name="Ada <A>"))
    assert "is being worked out" in text_of(csm, "/health-review/")
    page = text_of(csm, f"/health-review/week/?since={since}")
    for one in (*week.up, *week.down):
        assert (f'href="/accounts/{one.account_id}/"' in page) == (one.account_id in mine), one.name
    assert not any(f">{name}<" in page for name in others)
    account = min(mine)
    later = (datetime.now(UTC) + timedelta(days=30)).date()
    decide = f"/health-review/decide/{account}/"
    assert csm.post(decide, {"text": "", "follow_up": ""}).status_code == 422
    assert csm.post(decide, {"text": "Call", "follow_up": "2020-01-01"}).status_code == 422
    assert csm.post(decide, {"text": "Call <them>", "follow_up": later.isoformat()}).status_code == 302
    page = csm.get("/health-review/week/").content.decode()
    assert "Call &lt;them&gt;" in page
    assert "Ada &lt;A&gt;" in page
    (noted,) = company.review().decisions
    assert (noted.account_id, noted.text, noted.follow_up, noted.is_open) == (account, "Call <them>", later, True)
    foreign = next(one.account_id for one in (*week.up, *week.down) if one.owner != busiest)
    assert csm.get(f"/health-review/decide/{foreign}/").status_code == 404
    stranger = as_(somebody(Role.CSM, csm_id="nobody", email="n@example.com"))
    assert stranger.post("/health-review/done/", {"decision": noted.decision_id}).status_code == 404
    assert company.review().decisions[0].is_open
    assert "Call" not in text_of(stranger, "/health-review/week/")
    assert csm.post("/health-review/done/", {"decision": noted.decision_id}).status_code == 302
    assert not company.review().decisions[0].is_open


def test_those_that_moved_less_are_shown_where_all_are_asked_for(company, somebody, as_, monkeypatch) -> None:
    monkeypatch.setattr("tenure.web.review.pages._MOST", 2)  # how many moved hangs on the day
    since = f"{TODAY - timedelta(days=40)}"
    week = company.review(since=since)
    moved = [one.account_id for one in (*week.up, *week.down)]
    left_out = sum(max(len(each) - 2, 0) for each in (week.up, week.down))
    assert left_out > 0
    boss = as_(somebody(Role.EXECUTIVE))
    page = text_of(boss, f"/health-review/week/?since={since}")
    assert f"{left_out} more moved" in page
    every = f"/health-review/?since={since}&all=1"
    assert f'href="{every}"' in page
    assert f'hx-get="/health-review/week/?since={since}&all=1"' in text_of(boss, every)
    page = (
        text_of(boss, f"/health-review/week/?since={since}&all=1").partition("Who moved")[2].partition("</section>")[0]
    )
    assert all(f'href="/accounts/{account}/"' in page for account in moved)
    assert "more moved" not in page


def test_who_only_reads_decides_nothing(company, somebody, as_) -> None:
    viewer = as_(somebody(Role.VIEWER))
    page = text_of(viewer, "/health-review/week/")
    assert "/health-review/decide/" not in page
    assert viewer.post("/health-review/done/", {"decision": "x"}).status_code == 403
    assert 'href="/health-review/"' in text_of(viewer, "/health/")
