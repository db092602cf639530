"""The board, the catalogue and the pages of metrics: the right numbers, and only those one may see."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tenure.core.errors import UnavailableError, UsageError
from tenure.core.written import Written
from tenure.engine import Scope
from tenure.engine.verbs.load import Load
from tenure.web.access.roles import Role
from tenure.web.catalogue.definition import blocks
from tenure.web.kit.asking import Answers
from tenure.web.kit.formats import money_short
from tenure.web.kit.lasting import FRESH, Lasting
from tenure.web.kit.people import Names
from tests.metrics.own.files import URGENT_SHARE
from tests.web.company import charts_of, owners, text_of


def test_the_board_shows_what_the_engine_says(company, somebody, as_):
    page = text_of(as_(somebody(Role.EXECUTIVE)), "/board/")
    (*_, arr) = company.show("arr")
    assert money_short(arr.value, "EUR") in page
    (*_, nrr) = company.show("net_revenue_retention")
    assert f"{nrr.value * 100:.1f}%" in page
    assert "ARR went from" in page


def test_who_sees_an_own_book_gets_the_figures_of_that_book(company, somebody, as_):
    owner = max(owners(company).items(), key=lambda pair: len(pair[1]))[0]
    page = text_of(as_(somebody(Role.CSM, csm_id=owner)), "/metrics/arr/")
    (*_, own) = company.seen_by(Scope((owner,))).show("arr")
    (*_, everybody) = company.show("arr")
    assert own.value < everybody.value
    assert f"€{own.value:,.2f}" in page
    assert f"€{everybody.value:,.2f}" not in page


@pytest.mark.parametrize(
    "url",
    [
        "/board/",
        "/metrics/mrr/?at=2026-10",
        "/metrics/mrr/?at=2026-10&by=owner",
        "/metrics/net_revenue_retention/?at=2026-10",
    ],
)
def test_no_page_names_an_account_of_somebody_else(company, somebody, as_, url):
    books = owners(company)
    owner = max(books, key=lambda name: len(books[name]))
    foreign = set().union(*(names for name, names in books.items() if name != owner)) - books[owner]
    page = text_of(as_(somebody(Role.CSM, csm_id=owner)), url)
    assert [name for name in foreign if name in page] == []
    if "?at=" in url:  # so that the test could fail
        assert [name for name in books[owner] if name in page]
        everybody = text_of(as_(somebody(Role.EXECUTIVE)), url)
        assert [name for name in foreign if name in everybody]


def test_half_years_are_among_the_periods_and_lead_to_their_rows(company, somebody, as_):
    """The MRR of a half year is that of its last month, and its rows are those of the accounts that pay it."""
    page = text_of(as_(somebody(Role.EXECUTIVE)), "/metrics/mrr/?grain=half")
    assert '<option value="half" selected>Half years</option>' in page
    months = {f"{each.period_start:%Y-%m}": each.value for each in company.show("mrr")}
    halves = [
        f"{first:%Y}-{first.month + 5:02}"
        for first in (each.period_start for each in company.show("mrr", grain="half"))
    ]
    assert halves
    assert all(name.endswith(("-06", "-12")) for name in halves)
    assert all(f"€{months[name]:,.2f}" in page for name in halves if name in months)
    (link,) = {
        href
        for href in re.findall(r'href="(/metrics/mrr/[^"]+)"', page)
        if "at=2026-01-01" in href and "grain=half" in href
    }
    rows = text_of(as_(somebody(Role.EXECUTIVE, email="second@example.com")), link.replace("#rows", ""))
    assert 'id="rows"' in rows
    assert f"€{months['2026-06']:,.2f}" in rows.partition('id="rows"')[2]


def test_what_one_is_shown_is_never_kept_for_another(company, somebody, as_):
    first, second = sorted(owners(company))[:2]
    people = {owner: somebody(Role.CSM, csm_id=owner, email=f"{owner}@x.com") for owner in (first, second)}
    pages = [text_of(as_(people[owner]), "/metrics/arr/") for owner in (first, second, first)]
    values = [re.search(r'class="number">(€[\d.,]+)<', page)[1] for page in pages]
    assert values[0] == values[2] != values[1]


def test_answers_are_kept_until_there_is_new_data(company):
    asked = []
    seen = company.seen_by(Scope())
    show = seen.show
    seen.show = lambda *names, **more: asked.append(names) or show(*names, **more)
    Answers(seen).ask("arr")
    Answers(seen).ask("arr")
    assert len(asked) == 1
    Answers(seen).ask("arr", by=("segment",))
    assert len(asked) == 2
    line = company.home / "line.csv"
    line.write_text("subscription_id,account_id,amount,started_at\nmore,A-00001,1000,2026-01-01\n")
    company.call("load", Load((str(line),), "subscription"))
    before = show("arr")[-1].value
    assert Answers(seen).ask("arr")[-1].value == before
    assert len(asked) == 3


def test_what_is_told_has_only_those_figures_asked_again_that_stand_on_it(company):
    seen = company.seen_by(Scope())
    Answers(seen).ask("net_promoter_score"), Answers(seen).ask("arr")
    asked = []
    show = seen.show
    seen.show = lambda name, **more: asked.append(name) or show(name, **more)

    def told(table, *lines):
        file = company.home / f"{table}.csv"
        file.write_text("\n".join(lines))
        company.call("load", Load((str(file),), table))
        show("arr")  # what came in is worked in
        return [Answers(seen).ask(name) for name in ("net_promoter_score", "arr")]

    last = datetime.now(UTC)
    at = f"{last - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    told("touchpoint", "touchpoint_id,account_id,channel,occurred_at", f"said-1,A-00001,call,{at}")
    assert asked == []
    answers = told("survey_answer", "answer_id,account_id,survey,score,answered_at", f"said-2,A-00001,nps,0,{at}")
    assert asked == ["net_promoter_score"]
    assert all(figure.as_of >= last for figures in answers for figure in figures)
    assert list(answers[0]) == [replace(figure, as_of=answers[0][0].as_of) for figure in show("net_promoter_score")]
    assert answers[1][-1].value == show("arr")[-1].value


def test_pages_of_a_list_are_kept_until_there_is_new_data_and_for_nobody_else(company):
    first, second = sorted(owners(company))[:2]

    def listed(owner, **more):
        page = Answers(company.seen_by(Scope((owner,)))).rows("accounts", **more)
        return page, [row["account_id"] for row in page.rows]

    mine, ids = listed(first, order=["account_id"])
    assert listed(first, order=["account_id"])[0] is mine
    assert listed(first, order=["-account_id"])[1] == ids[::-1]
    assert not set(ids) & set(listed(second, order=["account_id"])[1])
    moved = company.home / "moved.csv"
    moved.write_text(f"account_id,csm_id,valid_from\n{ids[0]},{second},2026-01-01\n")
    company.call("load", Load((str(moved),), "assignment"))
    assert ids[0] in listed(second, order=["account_id"])[1]


def test_forecasts_ratings_and_explained_scores_are_kept_for_nobody_else(company):
    first, second = sorted(owners(company))[:2]
    mine, theirs = (company.seen_by(Scope((owner,))) for owner in (first, second))
    account = mine.rows("accounts", where=[("is_customer", "equals", True)], limit=1).rows[0]["account_id"]

    def told(sight):
        answers = Answers(sight)
        return answers.rated("owner"), answers.renewal_forecast(by="owner")

    assert all(one is again for one, again in zip(told(mine), told(mine), strict=True))
    for asked in (mine, theirs):
        rated, due = told(asked)
        assert rated.groups == asked.rated("owner").groups
        assert due.groups == asked.renewal_forecast(by="owner").groups
    assert told(mine)[0].groups != told(theirs)[0].groups
    why = Answers(mine).health(account)
    assert Answers(mine).health(account) is why
    with pytest.raises(UsageError, match="There is no customer"):
        Answers(theirs).health(account)
    mine.health_model = lambda: Written("health.toml", "another one")
    assert Answers(mine).health(account) is not why
    line = company.home / "line.csv"
    line.write_text(f"subscription_id,account_id,amount,started_at\nmore,{account},1000,2026-01-01\n")
    before = told(mine)
    company.call("load", Load((str(line),), "subscription"))
    assert not any(one is again for one, again in zip(before, told(mine), strict=True))


def test_names_of_people_are_read_once_a_minute_and_hold_while_the_engine_is_busy(company, monkeypatch):
    time, asked = [0.0], []
    monkeypatch.setattr("tenure.web.kit.people.Lasting", lambda: Lasting(clock=lambda: time[0]))
    names = Names()
    seen = company.seen_by(Scope(()))
    rows = seen.rows

    def busy(*_names, **_more):
        raise UnavailableError("busy", code="locked")

    seen.rows = busy
    assert names.of(seen) == {}
    seen.rows = lambda *names, **more: asked.append(names) or rows(*names, **more)
    found = names.of(seen)
    assert (
        names.of(seen)
        == found
        == {row["csm_id"]: row["name"] for row in company.rows("csm", columns=("csm_id", "name"), limit=1000).rows}
    )
    assert len(asked) == 1
    time[0] = FRESH
    seen.rows = busy
    assert names.of(seen) == found


def test_a_person_is_called_what_she_was_called_last(company):
    file = company.home / "csm.csv"
    file.write_text("csm_id,name,valid_from\nzed,Zed Now,2026-02-01\nzed,Zed Once,\nzed,Zed Then,2026-01-01\n")
    company.call("load", Load((str(file),), "csm"))
    assert Names().of(company)["zed"] == "Zed Now"


def test_a_name_that_does_not_exist_is_told_with_the_nearest(company, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    assert "segment" in text_of(client, "/metrics/arr/?by=segmnt", 400)
    assert client.get("/metrics/no_such_metric/").status_code == 404


def test_every_metric_has_a_page(company, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    listed = re.findall(r'href="/metrics/(\w+)/"', text_of(client, "/metrics/"))
    assert sorted(listed) == sorted(company.metrics())
    for slug in listed:
        assert "Definition" in text_of(client, f"/metrics/{slug}/")
    assert re.findall(r'href="/metrics/(\w+)/"', text_of(client, "/metrics/?q=detractors")) == ["net_promoter_score"]


def test_an_empty_workspace_says_what_will_be_here(somebody, as_):
    assert "It comes from subscriptions." in text_of(as_(somebody(Role.EXECUTIVE)), "/board/")


def test_a_definition_is_split_into_paragraphs_and_lists():
    first, second = blocks("The ``mrr``\nof all.\n\n* one:\n  more\n* two")
    assert [(piece.text, piece.code) for piece in first.items[0]] == [
        ("The ", False),
        ("mrr", True),
        (" of all.", False),
    ]
    assert [item[0].text for item in second.items] == ["one: more", "two"]


def test_a_metric_of_the_workspaces_own_has_its_place_its_page_and_its_funnel_plot(company, home, somebody, as_):
    (home / "metrics").mkdir()
    (home / "metrics" / "urgent_share.toml").write_text(URGENT_SHARE)
    viewer = as_(somebody(Role.EXECUTIVE))
    assert "Urgent share" in text_of(viewer, "/metrics/?q=came+in+as+urgent")
    url = "/metrics/urgent_share/?by=owner&window=12m"
    page = text_of(viewer, url)
    assert "Share of the period's tickets that came in as urgent." in page
    assert "metrics/urgent_share.toml" in page
    assert "funnel" in {chart["kind"] for chart in charts_of(viewer, url)}
    (*_, last) = company.show("urgent_share", window="12m")
    assert f"{last.value * 100:.1f}%" in text_of(viewer, "/metrics/urgent_share/?window=12m")
