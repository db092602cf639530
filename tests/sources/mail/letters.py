"""Messages as people send them, and who they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tenure.sources.mail.contact import contacts
from tenure.sources.mail.message import Raw, reduced
from tenure.sources.parties import Csm, Parties, Person

NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
PARTIES = Parties.of(
    [Csm("ann", "Ann@us.example"), Csm("ben", "ben@us.example"), Csm("sue", "sue@us.example", is_asked=False)],
    [
        Person("p1", "rita@acme.example", "acme"), Person("p2", "bo@gmail.com", "birch"), Person("p3", "old@acme.example"),
        Person("p4", "both@x.example", "acme"), Person("p5", "both@x.example", "birch"),
        Person("p6", "robot@acme.example", "acme", is_service=True), Person("p7", "dev@us-labs.example", is_internal=True),
    ],
    [
        ("https://www.Acme.example/about", "acme"), ("birch.example", "birch"), ("gmail.com", "acme"),
        ("co.uk", "acme"), ("cedar.example; cedar.co.uk", "cedar"), ("shared.example", "acme"), ("shared.example", "birch"), ("uk.shared.example", "birch"),
    ],
    ["us-too.example"], ["isp.example"],
)  # fmt: skip


def letter(sender, to, name="", at=START, *, cc="", refers="", reply_to="", received=True, body="Hello", **more):
    """A message's bytes. ``received``: True for a second after it was sent; or when, or False for never."""
    lines = []
    if received:
        taken = at + timedelta(seconds=1) if received is True else received
        lines.append(f"Received: from x by mx.us.example; {format_datetime(taken)}")
    lines += [f"From: {sender}", f"To: {to}", f"Date: {format_datetime(at)}"]
    lines += [f"Message-ID: <{name}@x>"] if name else []
    lines += [f"Cc: {cc}"] if cc else []
    lines += [f"References: {' '.join(f'<{one}@x>' for one in refers.split())}"] if refers else []
    lines += [f"In-Reply-To: <{reply_to}@x>"] if reply_to else []
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in more.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def of(raw, content="none", since=None, parties=PARTIES, **more):
    """The contacts that a message was, or why it was none."""
    return contacts(reduced(Raw(raw, **more), content), parties, NOW, since)
