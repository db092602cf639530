"""What a mailbox needs to be told to be read by itself. What is fetched goes its own way: it is no vendor's tables."""

from __future__ import annotations

from tenure.sources.api import Option, Secret, Source

SOURCE = Source(
    "mail", "Mail by IMAP", lambda _options: "", (), lambda _secrets, _options: {}, (), "",
    (
        Option("user", "the name to log in with, mostly an address", fits=r"[^\x00-\x1f]{1,320}"),
        Option("mailbox", "whose mailbox it is, where the user is no address", "", r"[^\s@]+@[^\s@]+"),
        Option("folders", "what to read, with commas between (default: what came in, was sent, was archived)", "", r".+"),
    ),
    (Secret("password", "the password of the mailbox, or one made for Tenure alone"),),
)  # fmt: skip
