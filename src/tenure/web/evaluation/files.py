"""A review as a document for paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.loader import render_to_string

from tenure.web.kit import drawn

if TYPE_CHECKING:
    from tenure.web.evaluation.agenda import Section
    from tenure.web.evaluation.shown import Shown


def paper(review: Shown, agenda: tuple[Section, ...]) -> HttpResponse:
    """The PDF, without private notes. Raises ``UnavailableError`` where none can be made here."""
    html = render_to_string("evaluation/paper.html", {"review": review, "agenda": agenda})
    sheet = (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")
    answer = HttpResponse(drawn.pdf(html, sheet), content_type="application/pdf")
    name = re.sub(r"[^\w-]+", "-", f"review-{review.id}-{review.day}").strip("-").lower()
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
