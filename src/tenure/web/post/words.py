"""Schedules and files in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from urllib.parse import quote

from babel import dates
from django.utils.translation import gettext as _

from tenure.web.kit import formats
from tenure.web.kit.reading import current
from tenure.web.post.models import Every
from tenure.web.post.times import Rule

_SIZES = ((1_000_000, "MB"), (1_000, "kB"))


def told(rule: Rule) -> str:
    """``every week on Monday at 08:00``, of the organisation's clocks."""
    locale = current().locale
    at = dates.format_time(rule.at, "short", locale=locale)
    match rule.every:
        case Every.DAY:
            return _("every day at %(at)s") % {"at": at}
        case Every.WORKDAY:
            return _("from Monday to Friday at %(at)s") % {"at": at}
        case Every.WEEK:
            return _("every week on %(day)s at %(at)s") % {"day": weekday(rule.day), "at": at}
    return _("every month on day %(day)d at %(at)s") % {"day": rule.day, "at": at}


def weekday(number: int) -> str:
    """``Monday`` of 1."""
    return dates.format_date(datetime(2024, 1, number), "EEEE", locale=current().locale)  # the first was a Monday


def size(count: int) -> str:
    """``1.2 MB`` of bytes."""
    for least, unit in _SIZES:
        if count >= least:
            return f"{formats.number(count / least, 1)} {unit}"
    return _("%(count)s bytes") % {"count": formats.number(count)}


def disposition(name: str) -> str:
    """The header that has a file saved under a name, whatever is in it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w. -]", "_", plain).strip(" .") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
