"""Words that tell of a command, shown on a page: the page that does the same stands in its place."""

from __future__ import annotations

import re

import pytest
from django.utils.html import format_html

from tenure.core.config import Settings
from tenure.engine import checked
from tenure.web.access.page import declared
from tenure.web.access.roles import EVERYONE, Role
from tenure.web.kit.commands import PAGES, in_pages

OPERATIONS = (Role.OPERATIONS,)
FAILED, BRING, CHECKS = (
    '<a href="/failed-rows/">Failed rows</a>', '<a href="/data/bring/">Bring files</a>', '<a href="/checks/">Checks</a>',
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Look at them: tenure failed", f"Look at them: {FAILED}"),
        ("Load who was treated: tenure load treatment FILE.", f"Load who was treated: {BRING}."),
        ("Run: tenure load --map MAP.toml FOLDER", f"Open: {BRING}"),
        ("See what holds it: `tenure check`.", f"See what holds it: {CHECKS}."),
        ("Name them as in `tenure tables account`, or map them.", f"Name them as in {BRING}, or map them."),
        ("Load judgements: tenure tables judgement", f"Load judgements: {BRING}"),
        ("Close one first: tenure close 2026-03", 'Close one first: <a href="/closing/">Closed periods</a>'),
        ("Made anew by: tenure run --full", "Made anew by: tenure run --full"),
        ("Run: tenure rebuild (it takes a while).", "Run: tenure rebuild (it takes a while)."),
        ("<b> of tenure is 3 years", "&lt;b&gt; of tenure is 3 years"),
        ("Set it: tenure source secret billing token.", 'Set it: <a href="/sources/">Sources</a>.'),
        ("tenure health review lists those that are open.", '<a href="/health-review/">Health review</a> lists those that are open.'),
    ],
)  # fmt: skip
def test_a_command_gives_way_to_the_page(said, shown):
    assert str(in_pages(said, OPERATIONS)) == shown


def test_who_may_not_open_the_page_gets_no_link():
    assert str(in_pages("List them: tenure failed", (Role.VIEWER,))) == "List them: Failed rows"
    assert str(in_pages("All of them: tenure metrics", (Role.VIEWER,))).endswith('href="/metrics/">Metrics</a>')


def test_what_is_html_already_keeps_its_links():
    said = format_html('{} <a href="/undo/">Undo</a>', "<b>")
    assert str(in_pages(said, OPERATIONS)) == '&lt;b&gt; <a href="/undo/">Undo</a>'


def test_every_page_that_stands_for_a_command_is_there():
    assert set(PAGES.values()) <= {page.name for page in declared()}


def test_no_check_tells_whoever_reads_it_on_a_page_to_type():
    for name, check in checked.known(Settings(currency="EUR", timezone="UTC")).items():
        shown = re.sub("<[^>]+>", "", str(in_pages(check.fix, EVERYONE)))
        assert not re.search(r"\btenure [a-z]", shown), (name, shown)
