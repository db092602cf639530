"""What the digest tells of courses: one's own that are overdue, or due within a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import leads
from tenure.web.access.sight import book_of
from tenure.web.kit import formats
from tenure.web.post.digest import Line, section

if TYPE_CHECKING:
    from tenure.web.post.doing import Doing

_SOON = timedelta(days=7)


@section("courses", gettext_lazy("Courses due"), rank=30)
def courses_due(doing: Doing) -> Sequence[Line]:
    """Those that are to be taken, by their days."""
    if not doing.owner.csm_id:
        return []
    found = book_of(doing.owner, leads.OPENS, (doing.owner.csm_id,)).trainings()
    due = [one for one in found.courses if one.done is None and one.due is not None and one.due <= found.day + _SOON]
    told = _("%(course)s (due %(day)s)")
    return [(told % {"course": one.course, "day": formats.day(one.due)}, reverse("development")) for one in due]
