"""What a mail says: the same as text and as simple HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tenure.web.kit.shell import Text

_GAP = "  "


@dataclass(frozen=True)
class Part:
    """A heading, and under it lines, each with the address that it leads to (empty: none), or a table, whose first row is its
    headings; ``note`` stands below.
    """

    heading: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that comes with a mail."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """A mail. ``addresses`` in it are those of Tenure, beginning with ``/``. ``purpose``: what somebody may decline who does not
    want such mails any more; ``why`` says why she got it.
    """

    subject: str
    parts: tuple[Part, ...]
    purpose: str
    why: Text
    attachments: tuple[Attachment, ...] = ()


def text_of(letter: Letter, base: str, declines: str) -> str:
    """The mail as text. ``base``: what addresses of Tenure begin with; ``declines``: where such mails are declined."""
    blocks = []
    for part in letter.parts:
        lines = [part.heading, "=" * len(part.heading)] if part.heading else []
        lines += [f"- {said}" + (f"\n  {base}{url}" if url else "") for said, url in part.lines]
        lines += _table(part.table)
        lines += [part.note] if part.note else []
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, f"-- \n{letter.why}\n{_('No such mails any more')}: {declines}"]) + "\n"


def html_of(letter: Letter, base: str, declines: str) -> str:
    """The mail as HTML, which asks for nothing from elsewhere."""
    return render_to_string("post/letter.html", {"letter": letter, "base": base, "declines": declines})


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append(_GAP.join(cells).rstrip())
    return lines
