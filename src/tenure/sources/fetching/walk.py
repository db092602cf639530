"""Walking through a stream's pages, and noticing when there is no end to them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tenure.core.errors import DataError
from tenure.sources.api import Api, Page, State, Stream

#: So many pages in a row that bring nothing new, and it goes in circles. A page that comes twice is no circle yet.
CIRCLE = 4


def walk(stream: Stream, api: Api, state: State) -> Iterator[Page]:
    """The pages of a stream from a state on. Raises ``DataError`` where they go in circles.

    A page brings something new if it holds an object that this walk has not seen, or none at all and a state that it has
    not seen: a list that is empty for a time is gone through, one that begins anew is not.
    """
    seen: set[str] = set()
    states = {_text(state)}
    idle = 0
    for page in stream.pages(api, state):
        keys = {stream.key(found) for found in page.objects} | set(page.gone)
        text = _text(page.state)
        new = bool(keys - seen) or (not keys and text not in states)
        idle = 0 if new else idle + 1
        if idle >= CIRCLE:
            raise DataError(
                f"The list of {stream.name} has no end: {CIRCLE} pages in a row held nothing new.", code="endless",
                where=stream.name, fix="It is tried again from here the next time; tell the vendor if it stays so.",
            )  # fmt: skip
        seen |= keys
        states.add(text)
        yield page


def _text(state: State) -> str:
    return json.dumps(state, sort_keys=True, default=str)
