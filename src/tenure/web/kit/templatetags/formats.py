"""The formats as template filters, loaded in every template."""

from __future__ import annotations

from django.template import Library

from tenure.web.kit import formats

register = Library()

for _format in (
    formats.number,
    formats.percent,
    formats.money,
    formats.money_short,
    formats.day,
    formats.moment,
    formats.duration,
    formats.since,
):
    register.filter(_format.__name__, _format)
