"""What the ids in an account's rows are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tenure.core.errors import UnavailableError
from tenure.engine import Query
from tenure.web.kit.happenings import Names
from tenure.web.kit.lasting import Lasting
from tenure.web.kit.people import names

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.engine import Sight

#: What is read of an account's people to call them by their names.
PEOPLE = Query(columns=("person_id", "name"), limit=5_000)
_TABLES = {"product": "product_id", "feature": "feature_id"}
_known: defaultdict[Path, Lasting[Mapping[str, str]]] = defaultdict(Lasting)


def things(sight: Sight) -> Mapping[str, str]:
    """Names of products and features by id, read once a minute; none while they cannot be had."""
    try:
        return _known[sight.home].get(lambda: _read(sight))
    except UnavailableError:
        return {}


def names_of(sight: Sight, people: tuple[dict[str, str], ...]) -> Names:
    """Names for the rows of an account; ``people``: its own, as ``PEOPLE`` asks for them."""
    called = {row["person_id"]: row["name"] for row in people if row["name"]}
    return Names(names.of(sight), called, things(sight), sight.settings().currency)


def _read(sight: Sight) -> dict[str, str]:
    return {
        row[key]: row["name"]
        for table, key in _TABLES.items()
        for row in sight.every(table, columns=(key, "name"))
        if row["name"]
    }
