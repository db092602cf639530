"""Words that tell of a command, told of the page that does the same; a template tag, loaded in every template."""

from __future__ import annotations

from django.template import Context, Library
from django.utils.safestring import SafeString

from tenure.web.kit.commands import in_pages

register = Library()


@register.simple_tag(takes_context=True)
def here(context: Context, text: object) -> SafeString:
    """The text, with links to pages in place of commands."""
    user = getattr(context.get("request"), "user", None)
    return in_pages(str(text or ""), getattr(user, "roles", ()))
