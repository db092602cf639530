"""What calendars need to be told to be read by themselves. What is fetched goes its own way: it is no vendor's tables."""

from __future__ import annotations

from tenure.sources.api import Option, Secret, Source

SOURCE = Source(
    "ics", "Calendars by CalDAV or at an address", lambda _options: "", (), lambda _secrets, _options: {}, (), "",
    (Option("user", "the name to log in with by CalDAV, mostly an address", "", r"[^\x00-\x1f]{1,320}"),),
    (
        Secret("password", "the password of that user, or one made for Tenure alone", optional=True),
        Secret("addresses", "addresses of calendars that are secret themselves, with spaces between", optional=True),
    ),
)  # fmt: skip
