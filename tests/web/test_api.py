"""The endpoints for programs: what they answer, to whom, and what the document says of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import make_dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

import tenure.web.api.pages
import tenure.web.book.pages.audiences  # noqa: F401 - both declare endpoints
from tenure.web.access import keys, people
from tenure.web.access.endpoint import endpoints, parameters
from tenure.web.access.models import ApiKey, AuditEntry
from tenure.web.access.page import declared
from tenure.web.access.rights import READS, Right
from tenure.web.access.roles import Role
from tenure.web.access.throttle import PER_ADDRESS
from tenure.web.api.document import document, told
from tenure.web.book.models import View
from tenure.web.kit.headers import ALWAYS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def bearing(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def program(somebody):
    """A program with a key of a person's."""

    def make(*roles: Role, **more) -> Client:
        return bearing(keys.make(somebody(*roles, **more), "a program", 30).secret)

    return make


def got(client: Client, url: str, status: int = 200):
    answer = client.get(url)
    assert answer["Content-Type"].startswith("application/json")
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def test_figures_come_as_the_command_gives_them(company, program) -> None:
    found = got(program(Role.VIEWER), "/api/metrics/mrr?by=segment&from=2026-05&to=2026-06")
    shown = json.loads(company.show("mrr", by=["segment"], start="2026-05", end="2026-06").to_json())
    assert [{**each, "as_of": None} for each in found["data"]] == [{**each, "as_of": None} for each in shown]
    assert len(shown) > 2
    assert found["notes"] == []


def test_a_program_sees_what_its_person_may_see(company, program) -> None:
    customers = [row for row in company.every("accounts") if row["is_customer"]]
    owner = Counter(row["owner"] for row in customers).most_common(1)[0][0]
    client = program(Role.CSM, csm_id=owner)
    rows = got(client, "/api/accounts?where=is_customer%3Dtrue&limit=1000")["data"]["rows"]
    assert {row["account_id"] for row in rows} == {row["account_id"] for row in customers if row["owner"] == owner}
    everything = got(program(Role.VIEWER), "/api/accounts?where=is_customer%3Dtrue&limit=1000")["data"]
    assert len(everything["rows"]) == len(customers) == everything["total"]
    other = next(row for row in everything["rows"] if row["owner"] != owner)
    for url in ("accounts", "health"):
        assert got(client, f"/api/{url}/{other['account_id']}", 404)["message"]
    assert {each["account_id"] for each in got(client, "/api/health")["data"]["accounts"]} == {
        row["account_id"] for row in rows
    }
    one = got(client, f"/api/health/{rows[0]['account_id']}")["data"]["accounts"]
    assert [each["account_id"] for each in one] == [rows[0]["account_id"]]
    assert one[0]["components"]


def test_answers_are_as_the_document_says(company, program) -> None:
    client = program(Role.ADMINISTRATOR)
    account = company.rows("accounts", where=[("is_customer", "equals", True)], limit=1).rows[0]["account_id"]
    view = View.objects.create(
        owner=people.create(email="v@example.com", name="V", roles=()), name="All", shared="everyone"
    )
    named = {
        "number": str(view.pk),
        "metric": "net_promoter_score",
        "account_id": account,
        "play": "none",
        "check": "orphan",
        "period": "2026-08",
    }
    answered = set()
    for each in (each for each in endpoints() if not each.writes):  # those: test_api_rows
        url = "/" + re.sub(r"<\w+:(\w+)>", lambda m: named[m[1]], each.route)
        answer = client.get(url, {"metric": "mrr"} if each.name == "api_reporting_lines" else {})
        expected = (404,) if each.name == "api_scorecard" else (200, 409)  # who leads nobody has nobody's
        assert answer.status_code in expected, answer.content.decode()
        assert all(answer[name] == value for name, value in ALWAYS.items())
        if answer.status_code == 200:
            msgspec.json.decode(answer.content, type=make_dataclass("Told", [("data", told(each.data))]))
            answered.add(each.name)
    assert answered >= {
        "api_metrics",
        "api_figures",
        "api_accounts",
        "api_account",
        "api_health",
        "api_health_of",
        "api_team",
    }


def test_the_guide_shows_every_endpoint_with_parameters_that_it_takes() -> None:
    guide = (ROOT / "docs/how-to/ask-from-a-program.md").read_text(encoding="utf-8")
    routes = {f"/{each.route}": each for each in endpoints()}
    shown = set()
    for url in re.findall(r"`(/api/[^`]*)`", guide):
        route, _, query = url.partition("?")
        for example, name in {
            "ACCOUNT": "<path:account_id>",
            "NUMBER": "<int:number>",
            "PLAY": "<path:play>",
            "mrr": "<slug:metric>",
            "TABLE": "<slug:table>",
            "TASK": "<int:task_id>",
            "CHECK": "<slug:check>",
            "PERIOD": "<str:period>",
        }.items():
            route = route.replace(example, name)
        shown.add(route)
        assert not query or parameters(routes[route].asks, QueryDict(query))
    assert shown == routes.keys() | {"/api/openapi.json"}


def test_roles_count_for_programs_too(company, program) -> None:
    assert got(program(Role.VIEWER), "/api/team", 403)["code"] == "http_403"
    assert got(program(Role.EXECUTIVE), "/api/scores/backtest")["data"] is None


def test_what_goes_wrong_is_told_in_four_fields(company, program) -> None:
    client = program(Role.VIEWER)
    unknown = got(client, "/api/metrics/mrrr", 404)
    assert unknown["code"] == "unknown_metric"
    assert "mrr" in unknown["fix"]
    assert got(client, "/api/metrics/mrr?form=2026-01", 400) == {
        "code": "bad_parameter", "message": "There is no parameter 'form'.", "where": "form", "fix": "Did you mean from?",
    }  # fmt: skip
    assert got(client, "/api/metrics/mrr?from=2026-01&from=2026-02", 400)["where"] == "from"
    assert got(client, "/api/accounts?limit=many", 400)["where"] == "limit"
    assert got(client, "/api/accounts?where=segment", 400)["code"] == "bad_where"
    assert got(client, "/api/accounts/nobody", 404)["code"] == "http_404"
    assert client.post("/api/accounts").status_code == 405
    client.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tenure.web.api.pages.catalogue.described", lambda _entry: 1 / 0)
        (company.home / ".keeper").mkdir(exist_ok=True)
        broken = got(client, "/api/metrics", 500)
    assert f"{broken['where']} builtins.ZeroDivisionError" in (company.home / ".keeper" / "log").read_text()


def test_without_a_key_that_works_nothing_is_told(company, somebody) -> None:
    viewer = somebody(Role.VIEWER)
    secret = keys.make(viewer, "old", 30).secret
    assert got(bearing(secret), "/api/metrics")["data"]
    assert ApiKey.objects.get().used_at is not None
    for client in (Client(), bearing(secret[:-1]), bearing(""), Client(headers={"Authorization": f"Basic {secret}"})):
        assert got(client, "/api/metrics", 401)["code"] == "http_401"
    assert Client().get("/api/metrics")["WWW-Authenticate"] == "Bearer"
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    got(bearing(secret), "/api/metrics", 401)
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(days=1))
    people.deactivate(viewer, by=somebody(Role.ADMINISTRATOR))
    got(bearing(secret), "/api/metrics", 401)
    assert not ApiKey.objects.exists()


def test_guesses_at_keys_have_to_wait_and_nobody_else_does(company, administrator, somebody, as_) -> None:
    secret = keys.make(somebody(Role.VIEWER), "good", 30).secret
    told = [bearing(f"tenure_{number}").get("/api/metrics").status_code for number in range(PER_ADDRESS + 1)]
    assert told == [401] * PER_ADDRESS + [429]
    refused = bearing("tenure_x").get("/api/metrics")
    assert (refused.json()["code"], 0 < int(refused["Retry-After"]) <= 901) == ("too_many", True)
    got(bearing(secret), "/api/metrics")
    assert Client().get("/api/metrics").status_code == 401, "who shows no key guesses none"
    assert as_(administrator).get("/account/").status_code == 200


def test_a_key_opens_no_page_for_people_and_a_session_opens_endpoints(company, somebody, as_) -> None:
    viewer = somebody(Role.VIEWER)
    secret = keys.make(viewer, "a program", 30).secret
    assert bearing(secret).get("/board/")["Location"].startswith("/log-in/")
    assert got(as_(viewer), "/api/metrics")["data"]


def test_a_person_makes_and_ends_keys_of_her_own_only(somebody, as_) -> None:
    ada, bea = somebody(Role.VIEWER, email="a@example.com"), somebody(Role.VIEWER, email="b@example.com")
    page = (
        as_(ada)
        .post("/account/keys/add/", {"name": "Warehouse", "days": "90", "rights": ["read_figures"]})
        .content.decode()
    )
    secret = page.split('value="tenure_')[1].split('"')[0]
    assert got(bearing(f"tenure_{secret}"), "/api/metrics")["data"]
    key = ApiKey.objects.get(user=ada)
    assert secret not in key.secret_hash
    assert "Warehouse" in as_(ada).get("/account/").content.decode()
    assert "Warehouse" not in as_(bea).get("/account/").content.decode()
    assert (
        as_(ada).post("/account/keys/add/", {"name": "", "days": "90", "rights": ["read_figures"]}).status_code == 422
    )
    assert (
        as_(ada).post("/account/keys/add/", {"name": "x", "days": "9000", "rights": ["read_figures"]}).status_code
        == 422
    )
    assert as_(bea).post("/account/keys/end/", {"key": key.pk}).status_code == 404
    assert as_(ada).post("/account/keys/end/", {"key": "x"}).status_code == 404
    assert as_(ada).post("/account/keys/end/", {"key": key.pk}).status_code == 302
    got(bearing(f"tenure_{secret}"), "/api/metrics", 401)
    assert [entry.act for entry in AuditEntry.objects.filter(act__startswith="key").order_by("seq")] == [
        "key_made",
        "key_ended",
    ]


def test_a_key_is_for_what_it_was_made_for_and_never_for_more_than_its_owner_may(company, somebody) -> None:
    lead = somebody(Role.EXECUTIVE)
    account = company.rows("accounts", limit=1).rows[0]["account_id"]
    figures, accounts = (bearing(keys.make(lead, "one", 30, [right]).secret) for right in READS)
    got(figures, "/api/metrics/mrr")
    told = got(figures, f"/api/accounts/{account}", 403)
    assert (told["code"], told["message"]) == ("lacks_right", "This key lacks the right: Read accounts.")
    assert account not in str(told)
    got(accounts, f"/api/accounts/{account}")
    got(accounts, "/api/metrics/mrr", 403)
    for client in (figures, accounts):
        got(client, "/api/openapi.json")
    got(figures, "/api/scores/backtest")
    people.give_roles(lead, {Role.CSM}, by=None)
    got(figures, "/api/scores/backtest", 403)
    got(accounts, f"/api/accounts/{account}", 404)
    ApiKey.objects.update(scope="read_everything")
    got(figures, "/api/metrics/mrr", 403)


def test_what_an_endpoint_that_names_accounts_needs_is_the_right_to_read_them() -> None:
    rights = {each.name: each.right for each in endpoints()}
    assert {name for name, right in rights.items() if right == Right.FIGURES} == {
        "api_metrics", "api_figures", "api_restatements", "api_backtest", "api_team", "api_plays", "api_effect", "api_checks",
        "api_check_history", "api_accountability", "api_reporting_lines", "api_closings", "api_closing",
    }  # fmt: skip
    assert all(page.right for page in declared() if page.data and page.name != "api_document")


def test_an_administrator_sees_and_ends_everybodys_keys(administrator, somebody, as_) -> None:
    bea = somebody(Role.VIEWER, name="Bea")
    made = keys.make(bea, "Sheet", 30)
    keys.make(bea, "Old", 30)
    ApiKey.objects.filter(name="Old").update(expires_at=timezone.now())
    page = as_(administrator).get("/people/keys/").content.decode()
    assert "Sheet" in page
    assert "Bea" in page
    assert "Read accounts" in page
    assert "Old" not in page
    assert made.secret not in page
    assert as_(bea).get("/people/keys/").status_code == 403
    assert as_(bea).post("/people/keys/end/", {"key": made.key.pk}).status_code == 403
    assert as_(administrator).post("/people/keys/end/", {"key": made.key.pk}).status_code == 302
    got(bearing(made.secret), "/api/metrics", 401)
    entry = AuditEntry.objects.filter(act="key_ended").get()
    assert (entry.who, entry.object_id) == (f"user:{administrator.pk}", str(bea.pk))


def test_the_document_tells_of_every_endpoint_with_numbers_as_numbers(program) -> None:
    found = got(program(Role.VIEWER), "/api/openapi.json")
    assert found == json.loads(json.dumps(document()))
    operations = {path["get"]["operationId"] for path in found["paths"].values() if "get" in path}
    assert operations == {page.name for page in declared() if page.data and not page.writes} - {"api_document"}
    parameters = {each["name"]: each for each in found["paths"]["/api/metrics/{metric}"]["get"]["parameters"]}
    assert parameters["metric"]["in"] == "path"
    assert parameters["from"]["schema"] == {"type": "string", "default": ""}
    assert parameters["by"]["schema"]["type"] == "array"
    figure = found["components"]["schemas"]["Figure"]["properties"]
    assert figure["value"]["anyOf"] == [{"type": "number"}, {"type": "null"}]
    assert figure["period_start"] == {"type": "string", "format": "date"}
    named = {ref for ref in json.dumps(found).split('"') if ref.startswith("#/components/schemas/")}
    assert {ref.rsplit("/", 1)[1] for ref in named} <= found["components"]["schemas"].keys()
