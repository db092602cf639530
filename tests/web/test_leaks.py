"""Nothing of an account reaches who may not see it: every page and endpoint of the URL list, asked by the administrator first, so that
whatever is remembered is there, and then by people with narrow sight.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from tenure.engine import Scope
from tenure.web.access.page import Page, page_of
from tenure.web.access.roles import Role
from tests.web.company import keep_another_lines_objective, keep_plays, keep_scores, owners
from tests.web.conftest import PASSWORD
from tests.web.objects import Cast, example

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGES = [found for pattern in get_resolver().url_patterns if (found := page_of(pattern.callback))]
#: What is asked of a page besides itself and its file: what somebody types: a letter or two of every name.
ASKED = {
    "search": ("q=a&part=names", "q=a&part=accounts", "q=e"),
    "accounts": ("q=a", "status=all", "status=all&format=csv"),
}
#: Endpoints that work out for seconds what verbs answer, whose scope is tested by these.
COSTLY = {
    "api_team": ("tests/engine/test_fairness.py", "test_a_narrow_scope_sees_its_own_people_with_the_same_numbers"),
    "api_optimism": ("tests/engine/test_sight.py", '"optimism"'),
    "api_scorecard": (
        "tests/web/test_scorecard.py",
        "test_everybody_sees_her_own_those_above_see_it_and_nobody_else_whatever_the_role",
    ),
    "scorecard": (
        "tests/web/test_scorecard.py",
        "test_everybody_sees_her_own_those_above_see_it_and_nobody_else_whatever_the_role",
    ),
}
NUMBER = re.compile(r"\d[\d.,\u202f\u00a0]*\d")


def account_rows(workspace) -> dict[str, dict[str, Any]]:
    return {row["account_id"]: row for row in workspace.rows("accounts", limit=1000).rows}


def digits(value: Any) -> str:
    """The digits of an amount of five figures or more, without cents; empty for any other."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    return str(int(value)) if abs(int(value)) >= 10_000 else ""


@pytest.fixture
def cast(company, somebody) -> Cast:
    """A CSM with the fullest book, her manager, and everything that neither of them sees."""
    keep_scores(company)
    keep_plays(company)
    books = owners(company)
    staff = {row["csm_id"]: row["manager_id"] for row in company.rows("csm", limit=1000).rows}
    csm = max((name for name in books if staff.get(name)), key=lambda name: len(books[name]))
    manager = somebody(Role.MANAGER, email="manager@example.com", csm_id=staff[csm])
    line = (*(name for name, leader in staff.items() if leader == staff[csm]), staff[csm])
    own, everything = account_rows(company.seen_by(Scope(line))), account_rows(company)
    others = {key: row for key, row in everything.items() if key not in own}
    assert min(len(own), len(others)) > 3
    seen = {digits(value) for row in own.values() for value in row.values()}
    hidden = {digits(value) for row in others.values() for value in row.values()}
    totals = {
        digits(sum(row[name] or 0 for row in everything.values()))
        for name in ("mrr", "arr")
        if name in next(iter(everything.values()))
    }
    renewals = company.rows("renewals", limit=1000).rows
    renewal = next(row["renewal_id"] for row in renewals if row["account_id"] in others)
    sales = company.rows("opportunity", limit=1000).rows
    opportunity = next(row["opportunity_id"] for row in sales if row["account_id"] in others)
    names = {row["name"] for row in others.values()} - {row["name"] for row in own.values()}
    objective = keep_another_lines_objective(company, staff[csm], f"About {min(names)}")
    return Cast(
        somebody(Role.ADMINISTRATOR, email="admin@example.com", name="Adm Example"),
        somebody(Role.CSM, email="csm@example.com", csm_id=csm), manager, min(others), renewal, opportunity, objective,
        frozenset(names | set(others)), frozenset((hidden | totals) - seen - {""}),
    )  # fmt: skip


def logged_in(user) -> Client:
    client = Client()
    assert client.post("/log-in/", {"email": user.email, "password": PASSWORD}).status_code == 302
    return client


def address(page: Page, cast: Cast) -> tuple[str, bool]:
    """The page's address about somebody else's object, and whether it names one."""
    theirs = []

    def filled(found: re.Match[str]) -> str:
        try:
            value, is_theirs = example(page.name, found[1], cast)
        except KeyError as error:
            pytest.fail(str(error.args[0]))
        theirs.append(is_theirs)
        return value

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", filled, page.route), any(theirs)


def leaks(answer, cast: Cast, url: str) -> set[str]:
    """What of an answer only others may see; what the address itself held says nothing new."""
    text = answer.content.decode(errors="replace")
    text = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", text)
    for header in ("Location", "Content-Disposition", "HX-Redirect"):
        text += answer.headers.get(header, "")
    found = {name for name in cast.names if name in text and name not in url}
    numbers = {re.sub(r"\D", "", re.split(r"[.,]\d{1,2}$", number)[0]) for number in NUMBER.findall(text)}
    return found | (numbers & cast.numbers)


def test_no_page_tells_the_narrow_what_is_anothers(cast):
    boss = logged_in(cast.administrator)
    narrow = {Role.CSM: logged_in(cast.csm), Role.MANAGER: logged_in(cast.manager)}
    told, known, there = [], 0, 0
    for page in PAGES:
        if "GET" not in page.methods or page.public or page.name in COSTLY:
            continue
        url, is_theirs = address(page, cast)
        role = next((role for role in narrow if role in page.roles), None)
        if role is None:
            for client in narrow.values():
                assert client.get(url).status_code == 403, url
            continue
        asked = [*ASKED.get(page.name, ()), "" if is_theirs else "format=csv"]
        while asked:
            query = asked.pop()
            whole = f"{url}?{query}" if query else url
            seen = boss.get(whole)
            if query == "format=csv" and (
                seen.status_code != 200 or "attachment" in seen.get("Content-Disposition", "")
            ):
                asked.append("")  # else this was the page itself, which knows no files
            known += bool(seen.status_code == 200 and leaks(seen, cast, ""))
            answer = narrow[role].get(whole)
            if is_theirs and seen.status_code != 409:
                there += seen.status_code in (200, 302)
                assert answer.status_code == 404, f"{role} is told of {whole}"
            elif is_theirs:  # the data says no, whoever asks
                nobody = narrow[role].get(whole.replace(cast.account, "A-99999"))
                assert answer.status_code == 409, whole
                assert answer.content == nobody.content, whole
            found = leaks(answer, cast, whole if is_theirs else "")
            told += [f"{role.value} {whole}: {sorted(found)[:5]}"] if found else []
    assert not told, "\n".join(told)
    assert there > 10, "what is asked for is somebody's, or everything would be 404"
    assert known > 15, "the administrator is shown what the others must not see, or this test could not fail"


def test_what_is_left_out_is_tested_elsewhere():
    for file, name in COSTLY.values():
        assert name in (ROOT / file).read_text(encoding="utf-8")


def told(company) -> list[Any]:
    """What was told to the workspace in the application, by number."""
    with contextlib.closing(sqlite3.connect(company.home / "inbox.db")) as con:
        tables = [name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [con.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in tables]


def test_nothing_is_done_to_what_is_anothers(cast, company, somebody):
    clients = {Role.CSM: logged_in(cast.csm), Role.MANAGER: logged_in(cast.manager)}
    reads_all = logged_in(somebody(Role.CSM, Role.VIEWER, email="both@example.com", csm_id=cast.csm.csm_id))
    before = told(company)
    for page in PAGES:
        if "POST" not in page.methods or page.public or page.writes:
            continue
        url, is_theirs = address(page, cast)
        if not is_theirs:
            continue
        for role, client in clients.items():
            answer = client.post(url, {"account_id": cast.account, "name": "mine now", "what": "end"})
            assert answer.status_code == (404 if role in page.roles else 403), f"{role} {url}"
            assert not leaks(answer, cast, url)
        if (
            Role.CSM in page.roles and Role.VIEWER not in page.roles
        ):  # who sees it as a viewer changes it no more than a CSM
            assert reads_all.post(url, {"account_id": cast.account, "name": "mine now"}).status_code == 404, url
    assert told(company) == before
