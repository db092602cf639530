"""What a text tells one to do by a command, told by the page that does it.

Errors and checks are written for whoever types commands; a page shows their words through ``{% here text %}``, in which the command
gives way to the page's name, as a link where the reader may open it. A command that no page stands for stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

#: The pages, by the first words of a command; the longer ones count.
PAGES: dict[str, str] = {
    "load": "bring_files", "tables": "bring_files", "failed": "failed_rows", "check": "checks", "billing": "reconciliation", "audit": "audits",
    "close": "closing",
    "source": "sources", "sync": "sources", "metrics": "metrics", "explain": "metrics", "show": "metrics", "run": "data",
    "health": "health", "health review": "health_review", "health --model": "weights", "risk": "risk", "verify": "upkeep", "backup": "upkeep",
    "doctor": "received",
}  # fmt: skip
#: A command as texts have it: in ticks or bare, with placeholders, options and file names behind it.
_COMMAND = re.compile(
    r"(?P<run>\bRun: )?(?P<tick>`)?\btenure (?P<words>health review|health --model|source (?:secret|add|kinds)(?: [\w-]+){0,2}|tables [a-z_]+|(?!run --full)[a-z]+)"
    r"(?(tick)[^`]*`|(?: (?:--[a-z-]+|[a-z_]+(?= (?:FILE|FOLDER|NAME))|[\w./-]+\.(?:json|toml|csv)|[A-Z][A-Z_]+(?: or [A-Z]+)?|<|#?\d+(?:-[QH]?\d+)?))*)"
)


def in_pages(text: str, roles: Iterable[Any]) -> SafeString:
    """A text as HTML in which commands are the pages that do the same, for a reader with these roles; what is HTML already stays."""
    if isinstance(text, SafeString):
        return text
    told, end = SafeString(), 0
    for found in _COMMAND.finditer(text):
        named = _page(found["words"])
        if named is None:
            continue
        told += conditional_escape(text[end : found.start()])
        opens = "" if not found["run"] else _("Open: ")
        title, url = named.title, reverse(named.name)
        link = format_html('<a href="{}">{}</a>', url, title) if named.opens_for(roles) else conditional_escape(title)
        told, end = told + conditional_escape(opens) + link, found.end()
    return told + conditional_escape(text[end:])


def _page(words: str) -> Any:
    """The declaration of the page that stands for a command; None where there is none."""
    name = PAGES.get(words) or PAGES.get(words.split(maxsplit=1)[0])
    try:
        return resolve(reverse(name)).func.page if name else None  # type: ignore[attr-defined]  # each page has one
    except NoReverseMatch:
        return None
