"""Asking for figures and lists, once for as long as the answer cannot change.

What is kept is named by everything the answer depends on: the workspace and what is published in it, the scope and the
question. So nobody is given what another may see, and nothing outlives new data.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tenure.engine import Sight
from tenure.engine.result import Result

if TYPE_CHECKING:
    from tenure.engine.verbs.rows import Page

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


_figures: _Kept[Result] = _Kept(2_000)
_pages: _Kept[Page] = _Kept(200)


class Answers:
    """What a sight answers to the questions of one page. Made anew for every request."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.settings = sight.settings()
        self._state = sight.state()

    def ask(self, metric: str, **more: Any) -> Result:
        """The figures of a metric; ``more`` as for ``Sight.show``. Raises ``UsageError`` as that does."""
        return self._once(_figures, self.sight.show, metric, more)

    def rows(self, name: str, **more: Any) -> Page:
        """A page of a list; ``more`` as for ``Sight.rows``. Raises ``UsageError`` as that does."""
        return self._once(_pages, self.sight.rows, name, more)

    def _once(self, kept: _Kept[T], ask: Callable[..., T], name: str, more: dict[str, Any]) -> T:
        asked = (self.sight.scope, name, tuple(sorted((key, _frozen(value)) for key, value in more.items())))
        found = kept.get((self._state, asked)) if self._state else None
        if found is not None:
            return found
        answer = ask(name, **more)
        if self._state is None:  # asking has brought the figures up to date
            self._state = self.sight.state()
        if self._state is not None:
            kept.put((self._state, asked), answer)
        return answer


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
