"""Sources on pages: added, tried, looked at, switched on; and secrets are shown nowhere."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb
import httpx
import pytest

from tenure.engine.sync import configured, status, vault
from tenure.engine.sync import database as asked
from tenure.engine.sync.means import Means
from tenure.web.access.roles import Role
from tenure.web.sources import pages
from tests.sources.stripe.mock import KEY, Account, second
from tests.sources.vendor_server import Answer, Asked

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.fixture
def vendor(monkeypatch) -> list[str]:
    """Stripe, without a network; the hosts that were asked."""
    account, hosts = Account(), list[str]()
    account.put(
        "customers", id="cus_1", name="Acme <b>", email="ann@acme.example", created=second("2026-01-02"), currency="usd"
    )

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        query: dict[str, list[str]] = {}
        for name, value in request.url.params.multi_items():
            query.setdefault(name, []).append(value)
        found = account.answer(Asked(request.method, request.url.path, query, dict(request.headers), b""))
        return (
            httpx.Response(found.status, json=found.body)
            if isinstance(found, Answer)
            else httpx.Response(200, json=found)
        )

    means = Means(
        clock=lambda: NOW, sleep=lambda _s: None, way_out=lambda _hosts, _internal: httpx.MockTransport(answer)
    )
    monkeypatch.setattr(pages, "MEANS", means)
    return hosts


def test_a_source_is_added_looked_at_and_switched_on(home, somebody, as_, vendor):
    client = as_(somebody(Role.OPERATIONS))
    assert "Nothing is fetched by itself yet" in client.get("/sources/").content.decode()
    assert "Stripe" in client.get("/sources/add/").content.decode()
    form = {"name": "billing", "every": "1h", "since": "", "secret-key": "rk_wrong"}
    refused = client.post("/sources/add/?kind=stripe", form)
    assert refused.status_code == 422
    assert "does not accept the token" in refused.content.decode()
    assert "rk_wrong" not in refused.content.decode()
    assert (configured.read(home), vault.names(home, "billing")) == ({}, [])  # nothing is left of it
    added = client.post("/sources/add/?kind=stripe", form | {"secret-key": KEY}, follow=True)
    assert added.redirect_chain == [("/sources/billing/", 302)]
    assert not configured.one(home, "billing").on
    seen = client.post("/sources/billing/", {"what": "preview"}).content.decode()
    assert "Acme &lt;b&gt;" in seen
    assert KEY not in seen
    assert status.sources(home, NOW)[0].objects == 0  # nothing was kept of it
    client.post("/sources/billing/", {"what": "on"})
    (one,) = status.sources(home, NOW)
    assert (one.state, one.next) == ("new", NOW)  # the keeper fetches it at its next look
    assert set(vendor) == {"api.stripe.com"}
    assert client.post("/sources/billing/", {"what": "nothing"}).status_code == 404
    assert client.get("/sources/other/").status_code == 404
    client.post("/sources/billing/remove/")
    assert (configured.read(home), vault.names(home, "billing")) == ({}, [])


def test_what_keeps_a_source_is_told_in_plain_words(home, somebody, as_, vendor):
    configured.add(home, "billing", {"kind": "stripe", "every": "1h"})
    vault.keep(home, "billing", {"key": "rk_old"})
    client = as_(somebody(Role.ADMINISTRATOR))
    answer = client.post("/sources/billing/", {"what": "secret", "secret-key": "rk_wrong"})
    assert (answer.status_code, "does not accept the token" in answer.content.decode()) == (422, True)
    status.began(home, "billing", NOW)
    from tenure.core.errors import UnavailableError

    status.ended(
        home,
        "billing",
        NOW,
        UnavailableError("Stripe does not accept the token.", code="needs_token", fix="Set a new one: NAME"),
    )
    text = client.get("/sources/").content.decode()
    assert "needs you" in text
    assert "Stripe does not accept the token." in text
    answer = client.post("/sources/billing/", {"what": "secret", "secret-key": KEY}, follow=True)
    assert "The secret is accepted." in answer.content.decode()
    assert "needs you" not in client.get("/sources/").content.decode()


def test_only_those_who_look_after_data_see_sources(home, somebody, as_):
    configured.add(home, "billing", {"kind": "stripe", "every": "1h"})
    for role in (Role.CSM, Role.MANAGER, Role.EXECUTIVE, Role.VIEWER):
        client = as_(somebody(role))
        assert client.get("/sources/").status_code in (403, 404)
        assert client.post("/sources/billing/", {"what": "off"}).status_code in (403, 404)
    assert configured.one(home, "billing").on


@pytest.fixture
def database(monkeypatch, tmp_path):
    """A database that stands for PostgreSQL: its questions are answered by DuckDB."""
    path = tmp_path / "theirs.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "CREATE TABLE customer AS SELECT 'c' || i AS id, 'Name <' || i || '>' AS company FROM range(80) r(i)"
        )

    @contextmanager
    def answer(source, _address, sql, password, _since, _most):
        if password != "reader's":
            raise ValueError(f"password authentication failed for {password}")
        assert source.internal
        with duckdb.connect(str(path), read_only=True) as con:
            done = con.execute(sql)
            yield [column[0] for column in done.description], iter(lambda: done.fetchmany(10), [])

    monkeypatch.setattr(asked, "_postgresql", answer)
    return path


def test_a_database_is_added_with_its_questions_and_seen_first(home, somebody, as_, database):
    client = as_(somebody(Role.ADMINISTRATOR))
    assert "Companies, with their owner" in client.get("/sources/add/").content.decode()
    form = {
        "name": "crm", "every": "1h", "address": "postgresql://reader@db.internal/crm", "password": "wrong", "internal": "on",
        "table": "account", "sql": "SELECT id, company AS name FROM customer ORDER BY 1;", "key": "id", "cursor": "",
    }  # fmt: skip
    refused = client.post("/sources/add/?kind=sql", form)
    assert (refused.status_code, "does not accept the user or the password" in refused.content.decode()) == (422, True)
    assert configured.read(home) == {}
    inside = client.post("/sources/add/?kind=sql", {**form, "address": f"duckdb://{database}"})
    assert (inside.status_code, configured.read(home)) == (422, {})
    given = form | {"password": "reader's"}
    odd = client.post("/sources/add/?kind=sql", given | {"sql": "SELECT nothing FROM customer"})
    assert (odd.status_code, "refuses the question" in odd.content.decode()) == (422, True)
    assert client.post("/sources/add/?kind=sql", given).status_code == 302
    assert "reader's" not in (home / "sources.toml").read_text() + (home / "secrets.json").read_text()
    seen = client.post("/sources/crm/", {"what": "preview"}).content.decode()
    assert (seen.count("Name &lt;"), "account_id" in seen) == (50, True)
    more = {
        "what": "query",
        "table": "product",
        "sql": "SELECT id AS product_id, company AS name FROM customer",
        "key": "",
        "cursor": "",
    }
    assert client.post("/sources/crm/", more | {"sql": "SELECT"}).status_code == 422
    assert client.post("/sources/crm/", more).status_code == 302
    assert [(one.name, one.table) for one in configured.one(home, "crm").queries] == [
        ("account", "account"),
        ("product", "product"),
    ]


def test_who_may_not_decide_reaches_no_internal_database(home, somebody, as_, database):
    client = as_(somebody(Role.OPERATIONS))
    assert "internal" not in client.get("/sources/add/?kind=sql").content.decode().replace("internal networks", "")
    form = {
        "name": "crm", "every": "", "address": "postgresql://reader@127.0.0.1/crm", "password": "reader's", "internal": "on",
        "table": "account", "sql": "SELECT 1 AS account_id", "key": "", "cursor": "",
    }  # fmt: skip
    assert client.post("/sources/add/?kind=sql", form).status_code == 422
    assert configured.read(home) == {}
