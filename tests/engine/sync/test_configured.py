"""``sources.toml``: comments are kept, and what is wrong is told with its line."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from tenure.core.errors import TenureError
from tenure.engine.sync import configured


def test_sources_are_added_beside_what_somebody_wrote(tmp_path: Path) -> None:
    first = configured.add(
        tmp_path, "billing", {"kind": "stripe", "every": "90m", "since": "2024-02-01", "leave": ["dispute"]}
    )
    assert (first.every, first.since, first.leave) == (
        timedelta(minutes=90), datetime(2024, 2, 1, tzinfo=UTC), frozenset({"dispute"}),
    )  # fmt: skip
    path = tmp_path / configured.FILE
    path.write_text(path.read_text() + "# my own words\n")
    second = configured.add(tmp_path, "more", {"kind": "stripe", "at": "03:30"})
    assert (second.at, second.schedule, first.schedule) == (time(3, 30), "at 03:30", "every 90m")
    configured.switch(tmp_path, "billing", on=False)
    configured.remove(tmp_path, "more")
    assert "# my own words" in path.read_text()
    assert [(one.name, one.on) for one in configured.read(tmp_path).values()] == [("billing", False)]
    with pytest.raises(TenureError, match="already"):
        configured.add(tmp_path, "billing", {"kind": "stripe"})


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("[billing]\nkind = 'strip'", "", "no kind of source called 'strip'"),
        ("[billing]\nkind = 'stripe'\nkey = 'rk_1'", "", "no key called 'key'"),
        ("[billing]\nkind = 'stripe'\nevery = '1s'", "sources.toml:3:billing.every", "no interval"),
        ("[billing]\nkind = 'stripe'\nevery = '1h'\nat = '03:00'", "sources.toml:4:billing.at", "Either"),
        ("[billing]\nkind = 'stripe'\nleave = ['disputes']", "", "no stream called 'disputes'"),
        ("[Billing]\nkind = 'stripe'", "sources.toml:1:Billing", "small letters"),
        ("[billing]\nevery = '1h'", "sources.toml:1:billing", "needs a kind"),
        ("[billing]\nkind = 'stripe'\nsince = 'soon'", "sources.toml:3:billing.since", "no day"),
        ("billing = 1", "sources.toml:1:billing", "is a table"),
        ("[billing", "sources.toml", "not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, where: str, words: str) -> None:
    (tmp_path / configured.FILE).write_text(text)
    with pytest.raises(TenureError, match=words) as error:
        configured.read(tmp_path)
    assert where in error.value.where
