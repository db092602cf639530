"""What leaves a command: answers on standard output, complaints on standard error."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tenure.cli.style import Style
from tenure.core.errors import TenureError

#: Lines of running text are not longer than this, however wide the terminal.
_READABLE = 100


def say(lines: Iterable[str]) -> None:
    """Print lines of an answer."""
    for line in lines:
        print(line)


def answer_json(data: Any, notes: Iterable[str] = ()) -> None:
    """Print an answer as JSON: ``{"data", "as_of", "notes"}``."""
    from tenure.engine.result import as_json

    print(as_json({"data": data, "as_of": datetime.now(UTC).replace(microsecond=0), "notes": list(notes)}))


def complain(error: TenureError, *, as_json: bool) -> None:
    """Print an error on standard error: a sentence and what to do, or its four fields as JSON."""
    if as_json:
        import json

        text = json.dumps(error.as_dict(), ensure_ascii=False)
    else:
        text = str(error)
    sys.stdout.flush()
    print(text, file=sys.stderr)


def remark(text: str) -> None:
    """Print a line on standard error that is no part of the answer."""
    sys.stdout.flush()
    print(text, file=sys.stderr)


def short(path: str) -> str:
    """A path as short as it goes from the current folder."""
    here = f"{Path.cwd()}/"
    return path.removeprefix(here)


def paragraph(text: str, style: Style, indent: str = "", *, then: str = "") -> list[str]:
    """Running text in lines; paragraphs and list items of the text stay apart.

    ``indent``: before every line; ``then``: after it, before every line but a paragraph's first.
    """
    lines: list[str] = []
    for block in text.split("\n\n"):
        if lines:
            lines.append("")
        items = [part.strip() for part in ("\n" + block.strip()).replace("\n- ", "\n* ").split("\n* ")]
        if items[0]:
            lines += _wrapped(items[0], style, indent, indent + then)
        for item in items[1:]:
            lines += _wrapped(item, style, f"{indent}• ", f"{indent}  ")
    return lines


def _wrapped(text: str, style: Style, first: str, then: str) -> list[str]:
    flowing = " ".join(text.split())
    return textwrap.wrap(
        flowing, min(style.width, _READABLE), initial_indent=first, subsequent_indent=then, break_long_words=False
    )
