"""Erasing what was said of people who left."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from tenure.web.access.models import User
from tenure.web.access.page import FORM, Request, page
from tenure.web.access.roles import Role
from tenure.web.growing import erasing
from tenure.web.kit import formats
from tenure.web.kit.choice import number_of


@dataclass(frozen=True)
class Gone:
    """Somebody who left, and how many entries there are about her."""

    id: int
    name: str
    entries: int


@dataclass(frozen=True)
class EraseDevelopment:
    """Of whom something can be erased."""

    gone: tuple[Gone, ...]


@page(
    "development/erase/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("Erase development"), methods=FORM
)  # fmt: skip
def erase_development(request: Request) -> EraseDevelopment | HttpResponse:
    """Take out what was said of the skills of somebody who left, and what she was thanked for: no administrator reads it for that."""
    left = User.objects.filter(is_active=False).order_by("name", "pk")
    if request.method == "POST":
        person = left.filter(pk=number_of(request.POST.get("person", ""))).first()
        if person is None:
            raise Http404
        count = erasing.erase(person, request.user)
        said = ngettext("%(count)s entry is erased.", "%(count)s entries are erased.", count)
        messages.success(request, said % {"count": formats.number(count)})
        return HttpResponseRedirect(reverse("erase_development"))
    counted = ((one, erasing.count(one)) for one in left)
    return EraseDevelopment(tuple(Gone(one.pk, one.name, count) for one, count in counted if count))
