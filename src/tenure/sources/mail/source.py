"""What a mailbox needs to be told to be read by itself. What is fetched goes its own way: it is no vendor's tables."""

from __future__ import annotations

from tenure.sources.api import Option, Secret, Source

SOURCE = Source(
    "mail", "Mail by IMAP", lambda _options: "", (), lambda _secrets, _options: {}, (), "",
    (
        Option("server", "where the mailbox is, as imap.example.com", fits=r"(imaps?://)?[A-Za-z0-9.\[\]:-]+"),
        Option("user", "the name to log in with, mostly an address", fits=r"[^\x00-\x1f]{1,320}"),
        Option("mailbox", "whose mailbox it is, where the user is no address", "", r"[^\s@]+@[^\s@]+"),
        Option("folders", "what to read, with commas between (default: what came in, was sent, was archived)", "", r".+"),
        Option("token_url", "where tokens come from, of a provider that lets nobody in with a password", "", r"https?://\S+"),
        Option("client", "the application's id there", "", r"\S+"),
        Option("scope", "what the token is for, in the provider's words", "", r"[^\x00-\x1f]+"),
    ),
    (
        Secret("password", "the password of the mailbox, or one made for Tenure alone", optional=True),
        Secret("client_secret", "the application's secret, where tokens are asked for", optional=True),
        Secret(
            "service_account", "the key file (JSON) of a service account that may act for the user, as in Google Workspace", optional=True,
        ),
        Secret("refresh_token", "the consent of the mailbox's owner, where the application has none of its own", optional=True),
    ),
    about={
        "mail": "Who wrote to whom and when, by customer; no content unless you say so",
    },
)  # fmt: skip
