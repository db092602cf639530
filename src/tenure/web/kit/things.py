"""The names of products and features, by the ids that tables have of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tenure.core.errors import UnavailableError
from tenure.web.kit.lasting import Lasting

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.engine import Sight

_TABLES = {"product": "product_id", "feature": "feature_id"}
_known: defaultdict[Path, Lasting[Mapping[str, str]]] = defaultdict(Lasting)


def things(sight: Sight) -> Mapping[str, str]:
    """Names of products and features by id, read once a minute; none while they cannot be had."""
    try:
        return _known[sight.home].get(lambda: _read(sight))
    except UnavailableError:
        return {}


def _read(sight: Sight) -> dict[str, str]:
    return {
        row[key]: row["name"]
        for table, key in _TABLES.items()
        for row in sight.every(table, columns=(key, "name"))
        if row["name"]
    }
