"""Icons (Lucide's) as a template tag, loaded in every template."""

from __future__ import annotations

from functools import cache

from django.template import Library
from lucide.templatetags.lucide import lucide

register = Library()


@register.simple_tag
def icon(name: str, size: int) -> str:
    """The icon of that name, ``size`` pixels wide and high; hidden from screen readers, to whom it says nothing."""
    return _drawn(str(name), size)


@cache  # the library reads and writes the drawing anew each time, which a long list feels
def _drawn(name: str, size: int) -> str:
    return lucide(name, size=size, aria_hidden="true")
