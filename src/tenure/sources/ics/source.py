"""What calendars need to be told to be read by themselves. What is fetched goes its own way: it is no vendor's tables."""

from __future__ import annotations

from tenure.sources.api import Option, Secret, Source

SOURCE = Source(
    "ics", "Calendars by CalDAV or at an address", lambda _options: "", (), lambda _secrets, _options: {}, (), "",
    (
        Option(
            "calendars", "addresses of calendars, with spaces between; before each, with =, whose it is", "",
            r"[^\x00-\x1f]+",
        ),
        Option("user", "the name to log in with by CalDAV, mostly an address", "", r"[^\x00-\x1f]{1,320}"),
        Option("token_url", "where tokens come from, of a provider that lets nobody in with a password", "", r"https?://\S+"),
        Option("client", "the application's id there", "", r"\S+"),
        Option("scope", "what the token is for, in the provider's words", "", r"[^\x00-\x1f]+"),
    ),
    (
        Secret("password", "the password of that user, or one made for Tenure alone", optional=True),
        Secret("client_secret", "the application's secret, where tokens are asked for", optional=True),
        Secret(
            "service_account", "the key file (JSON) of a service account that may act for the user, as in Google Workspace", optional=True,
        ),
        Secret("refresh_token", "the consent of the calendars' owner, where the application has none of its own", optional=True),
        Secret("addresses", "the same of calendars whose addresses are secret themselves", optional=True),
    ),
    about={
        "ics": "Meetings with customers: who, when and how long; no titles unless you say so",
    },
)  # fmt: skip
