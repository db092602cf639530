"""Forms that are taken once, however often they are sent: by a second click, say, or from a browser that went back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Self

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.core.errors import UsageError


class Once(forms.Form):
    """A form whose hidden ``message_id`` names what it tells, for ever."""

    message_id = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    @classmethod
    def new(cls, *, auto_id: str = "id_%s", of: Mapping[str, Any] | None = None, **initial: Any) -> Self:
        """A form that nobody has sent, filled in with ``initial``. ``of``: what such a form is made of besides."""
        return cls(initial=initial | {"message_id": secrets.token_hex(16)}, auto_id=auto_id, **(of or {}))


def tell(request: HttpRequest, does: Callable[[], object], said: str) -> bool:
    """Record what a form tells, and say so, unless a part of a page is asked for, which shows it; of a form that told something else
    before, say that this was not taken. Whether it was taken.
    """
    try:
        does()
    except UsageError as error:
        if error.code != "message_reused":
            raise
        messages.warning(
            request,
            _("This form was sent before, and what it said first is kept. To say something else, open it anew."),
        )
        return False
    if "HX-Request" not in request.headers:
        messages.success(request, said)
    return True
