"""What tests of pages with figures ask of the simulated company and of its pages."""

from __future__ import annotations

import html

from django.test import Client


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return html.unescape(answer.content.decode())


def owners(company) -> dict[str, set[str]]:
    """The accounts' names by who owns them now, of customers."""
    found: dict[str, set[str]] = {}
    for row in company.explain("mrr", by=["owner"]).rows:
        found.setdefault(row["owner"], set()).add(row["account"])
    return found
