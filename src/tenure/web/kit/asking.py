"""Asking for figures, once for as long as the answer cannot change.

What is kept is named by everything the answer depends on: the workspace and what is published in it, the scope and the
question. So nobody is given what another may see, and nothing outlives new data.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from tenure.engine import Sight
from tenure.engine.result import Result

_MOST = 2_000


class _Kept:
    """The answers of late, the least recently asked for given up first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: OrderedDict[object, Result] = OrderedDict()

    def get(self, key: object) -> Result | None:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: object, answer: Result) -> None:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > _MOST:
                self._answers.popitem(last=False)


_kept = _Kept()


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


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
