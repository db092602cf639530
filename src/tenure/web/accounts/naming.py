"""What the ids in an account's rows are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.engine import Query
from tenure.web.kit.happenings import Names
from tenure.web.kit.people import names
from tenure.web.kit.things import things

if TYPE_CHECKING:
    from tenure.engine import Sight

#: What is read of an account's people to call them by their names.
PEOPLE = Query(columns=("person_id", "name"), limit=5_000)


def names_of(sight: Sight, people: tuple[dict[str, str], ...]) -> Names:
    """Names for the rows of an account; ``people``: its own, as ``PEOPLE`` asks for them."""
    called = {row["person_id"]: row["name"] for row in people if row["name"]}
    return Names(names.of(sight), called, things(sight), sight.settings().currency)
