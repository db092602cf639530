"""What tests of pages with figures ask of the simulated company and of its pages."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from django.test import Client


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return html.unescape(answer.content.decode())


def charts_of(client: Client, url: str) -> list[dict[str, Any]]:
    """What the browser is given to draw."""
    found = re.findall(r'data-chart="([^"]+)"', client.get(url).content.decode())
    return [json.loads(html.unescape(text)) for text in found]


def last_of(figures) -> list[Any]:
    """The figures of the last period."""
    return [each for each in figures if each.period_end == figures[-1].period_end]


def owners(company) -> dict[str, set[str]]:
    """The accounts' names by who owns them now, of customers."""
    found: dict[str, set[str]] = {}
    for row in company.explain("mrr", by=["owner"]).rows:
        found.setdefault(row["owner"], set()).add(row["account"])
    return found
