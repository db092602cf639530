"""The names of our people, by the ids that figures and tables have of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tenure.core.errors import UnavailableError
from tenure.engine import Sight
from tenure.web.kit.lasting import Lasting


class Names:
    """Names are asked for once a minute and workspace; while the engine cannot be asked, those of before still hold."""

    def __init__(self) -> None:
        self._known: defaultdict[Path, Lasting[Mapping[str, str]]] = defaultdict(Lasting)

    def of(self, sight: Sight) -> Mapping[str, str]:
        """Names by id; none where they were never read and cannot be. Whoever sees an account sees who looks after it,
        so that they are the same through every scope.
        """
        try:
            return self._known[sight.home].get(lambda: _read(sight))
        except UnavailableError:
            return {}


def _read(sight: Sight) -> dict[str, str]:
    """Names by id, the latest. What has no beginning was so from the first."""
    rows = sight.every("csm", columns=("csm_id", "name", "valid_from"))
    in_order = sorted(rows, key=lambda row: (row["valid_from"] is not None, row["valid_from"]))
    return {row["csm_id"]: row["name"] or row["csm_id"] for row in in_order}


names = Names()
