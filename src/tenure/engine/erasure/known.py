"""What is known of people, from everywhere that something of them was kept: who looks for them finds them by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.engine.erasure import fetched
from tenure.engine.erasure.files import own_texts
from tenure.engine.erasure.sources import uses_of
from tenure.engine.erasure.subject import Subject
from tenure.warehouse import archive
from tenure.warehouse.load import KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tenure.engine.desk import Desk


def known(desk: Desk, people: Iterable[str], token: Callable[[str], str]) -> Subject:
    """People by all that the warehouse, files of people and sources say of them. ``token``: gives what takes the place of an id.

    Raises ``DataError`` for what is damaged.
    """
    subject = Subject.of(desk.store, {person: token(person) for person in people})
    subject = subject.called({alias: token(alias) for alias in sorted(fetched.other_ids(desk, subject))})
    mine, others = set[str](), set[str]()
    records = desk.inbox.records(state="done", kind=KIND)
    for path, use in uses_of(records).items():
        load = next((record for record in use.loads if record.payload["table"] == "person"), None)
        if load is not None:
            own, else_ = own_texts(desk.home, load, archive.verify(desk.home, path, use.sha256), subject)
            mine, others = mine | own, others | else_
    return subject.knowing((mine - others) | fetched.known(desk, subject))
