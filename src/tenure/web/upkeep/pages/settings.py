"""The page of the workspace's settings: changed after a look at what changes, and in force at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.config import in_force
from tenure.core.errors import TenureError
from tenure.core.newconfig import rewritten
from tenure.core.titles import titled
from tenure.web.access import log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.upkeep.forms import SettingsForm, shown

#: What everything rests on: what a change of it comes to.
_GROUND: dict[str, Text] = {
    "currency": gettext_lazy("Amounts in other currencies need exchange rates into the new one (table exchange_rate), else they are held."),
    "timezone": gettext_lazy("Days and months are cut anew: what happened near midnight may belong to another one."),
    "fiscal_year_start": gettext_lazy("Quarters, halves and years begin in other months. Objectives keep the dates that they were given."),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A setting that would be another: how it is named, what it was and would be. ``comes``: what that comes to, of some."""

    name: str
    key: str
    before: str
    after: str
    comes: Text


@dataclass(frozen=True)
class WorkspaceSettings:
    """``changes``: what would change, of a form that was looked at and can be saved. ``over``: the version that it changes."""

    form: SettingsForm
    changes: tuple[Change, ...]
    over: str
    zones: tuple[str, ...]
    file: str
    fault: str = ""


@page("settings/", roles=OPERATE, title=gettext_lazy("Settings"), methods=FORM, nav=Nav(Section.DATA, 60, "settings-2"))
def workspace_settings(request: Request) -> WorkspaceSettings | HttpResponse:
    """What holds for everybody here: currency, time zone, fiscal year, and how metrics are meant."""
    sight = request.sight()
    settings, (text, version) = sight.settings(), sight.settings_file()
    given = request.POST if request.method == "POST" else None
    form = SettingsForm(settings, given)
    over = given.get("over", "") if given is not None else version
    if given is None:
        return _shown(request, form, over)
    if not form.is_valid():
        return show(request, _shown(request, form, over), status=422)
    values = form.values
    if not values:
        messages.success(request, _("Nothing is changed: that is what holds already."))
        return HttpResponseRedirect(reverse("workspace_settings"))
    if given.get("save") != "yes":
        return _shown(request, form, over, values)
    try:
        saved = sight.save_settings(rewritten(text, values), by=log.sender(request.user.pk), over=over)
    except TenureError as error:
        fault = " ".join(filter(None, (error.message, error.fix)))
        return show(request, _shown(request, form, over, values, fault), status=422)
    count = len(saved.changed)
    told = ngettext("%(count)s setting is changed.", "%(count)s settings are changed.", count) % {"count": count}
    messages.success(request, told + " " + _("Figures are made anew by it."))
    return HttpResponseRedirect(reverse("workspace_settings"))


def _shown(
    request: Request, form: SettingsForm, over: str, values: dict[str, Any] | None = None, fault: str = ""
) -> WorkspaceSettings:
    sight = request.sight()
    before = in_force(sight.settings())
    changes = tuple(
        Change(titled(name.rpartition(".")[2]), name, _was(before, name), _one(value), _GROUND.get(name, ""))
        for name, value in (values or {}).items()
    )
    return WorkspaceSettings(form, changes, over, _zones(), str(sight.home / "tenure.toml"), fault)


def _was(before: dict[str, object], name: str) -> str:
    """What a setting is; of a table whose keys somebody named, all of them."""
    named = {key.removeprefix(f"{name}."): value for key, value in before.items() if key.startswith(f"{name}.")}
    return _one(named) if named else shown(before.get(name))


def _one(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {said}" for name, said in sorted(value.items())) or shown(None)
    return shown(value)


def _zones() -> tuple[str, ...]:
    """The zones that are offered: those of places, and UTC."""
    away = ("posix/", "right/", "Etc/", "SystemV/", "US/")
    return ("UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(away)))
