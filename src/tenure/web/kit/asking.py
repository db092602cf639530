"""Asking for figures, once for as long as the answer cannot change.

What is kept is named by everything the answer depends on: the workspace and what is published in it, the scope and the
question. So nobody is given what another may see, and nothing outlives new data.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any, Generic, TypeVar

from tenure.core.errors import UnavailableError
from tenure.engine import Sight
from tenure.engine.result import Result

T = TypeVar("T")


class _Kept(Generic[T]):
    """The answers of late, the least recently asked for given up first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._answers: OrderedDict[object, T] = OrderedDict()

    def get(self, key: object) -> T | None:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: object, answer: T) -> None:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


_kept: _Kept[Result] = _Kept(2_000)
_names: _Kept[dict[str, str]] = _Kept(8)


class Answers:
    """What a sight answers to the questions of one page. Made anew for every request."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.settings = sight.settings()
        self._state = sight.state()

    def ask(self, metric: str, **more: Any) -> Result:
        """The figures of a metric; ``more`` as for ``Sight.show``. Raises ``UsageError`` as that does."""
        asked = tuple(sorted((name, _frozen(value)) for name, value in more.items()))
        found = _kept.get((self._state, self.sight.scope, metric, asked)) if self._state else None
        if found is not None:
            return found
        answer = self.sight.show(metric, **more)
        if self._state is None:  # asking has brought the figures up to date
            self._state = self.sight.state()
        if self._state is not None:
            _kept.put((self._state, self.sight.scope, metric, asked), answer)
        return answer

    def people(self) -> Mapping[str, str]:
        """The names of our people, by id; without those that cannot be had just now."""
        found = _names.get(self._state) if self._state else None
        if found is None:
            try:
                found = dict(_people(self.sight))
            except UnavailableError:
                return {}
            if self._state is not None:
                _names.put(self._state, found)
        return found


def _people(sight: Sight) -> Iterator[tuple[str, str]]:
    """Ids and names, the latest last."""
    offset, total = 0, 1
    while offset < total:
        page = sight.rows("csm", columns=("csm_id", "name"), order=("csm_id", "valid_from"), offset=offset, limit=1_000)
        yield from ((row["csm_id"], row["name"] or row["csm_id"]) for row in page.rows)
        total, offset = page.total, offset + 1_000


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
