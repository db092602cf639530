"""Sources on pages: added, tried, looked at, switched on; and secrets are shown nowhere."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from tenure.engine.sync import configured, status, vault
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
