"""What a workspace says of its mail and calendars: who it is, what is kept, what counts as what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

from tenure.core.errors import UsageError, unknown
from tenure.core.toml_text import parsed
from tenure.sources.ics.contact import REVIEW
from tenure.sources.mail.message import CONTENTS, Content
from tenure.sources.mail.threads import ASKINGS, Asking


@dataclass(frozen=True)
class Rules:
    """``our_domains``: whose addresses are ours, beside those at which our people have theirs. ``public_domains``: of providers
    of mail, beside those that are known. ``content``: what is kept of what was said. ``inquiries``: whether a customer's first
    message in a thread asks, or only one that begins it. ``review``: a pattern of the titles of business reviews. ``since``:
    what is older is left out, None for nothing.
    """

    our_domains: tuple[str, ...] = ()
    public_domains: tuple[str, ...] = ()
    content: Content = "none"
    inquiries: Asking = "first"
    review: str = REVIEW
    since: date | None = None

    @property
    def opens(self) -> datetime | None:
        """The first instant that counts, in UTC."""
        return datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC) if self.since else None


#: The file of the rules, in a workspace.
FILE = "touchpoints.toml"


def rules(home: Path) -> Rules:
    """The rules of a workspace, those that hold without a file where there is none. Raises ``UsageError``."""
    path = home / FILE
    return (
        rules_of(parsed(path.read_text(encoding="utf-8-sig"), FILE, "bad_rules"), FILE) if path.is_file() else Rules()
    )


def rules_of(said: Mapping[str, Any], where: str) -> Rules:
    """The rules that a table of a file of settings says. ``where``: the file, for errors. Raises ``UsageError``."""
    names = [field.name for field in fields(Rules)]
    for name in said:
        if name not in names:
            raise unknown("setting", name, names, listing=f"The settings here: {', '.join(names)}.")
    rules = dict(said)
    for name in ("our_domains", "public_domains"):
        listed = rules.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise _wrong(name, listed, 'a list of domains, as ["acme.com"]', where)
        rules[name] = tuple(listed)
    for name, choices in (("content", CONTENTS), ("inquiries", ASKINGS)):
        if name in rules and rules[name] not in choices:
            raise _wrong(name, rules[name], f"one of {', '.join(choices)}", where)
    try:
        re.compile(cast("str", rules.get("review", REVIEW)))
    except (re.error, TypeError):
        raise _wrong("review", rules["review"], "a pattern of titles (a regular expression)", where) from None
    since = rules.get("since")
    if since is not None and (not isinstance(since, date) or isinstance(since, datetime)):
        raise _wrong("since", since, "a day, as 2026-01-01", where)
    return Rules(**rules)


def _wrong(name: str, value: Any, wanted: str, where: str) -> UsageError:
    return UsageError(f"{name} is {value!r}.", code="bad_setting", where=where, fix=f"It is {wanted}.")
