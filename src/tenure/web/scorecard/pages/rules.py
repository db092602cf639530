"""What scorecards show: the rules in force, those before, and a form to change them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import TenureError
from tenure.core.titles import titled
from tenure.web.access import log
from tenure.web.access.leads import OPENS
from tenure.web.access.models import User
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.kit import figure, formats
from tenure.web.scorecard.forms import Written
from tenure.web.scorecard.words import variant


@dataclass(frozen=True)
class Measured:
    """A measure, and its metric's page. ``weight``: empty where it is beside."""

    name: str
    link: str
    about: str
    weight: str


@dataclass(frozen=True)
class Grouped:
    """A group of measures."""

    name: str
    beside: bool
    measures: tuple[Measured, ...]


@dataclass(frozen=True)
class Kept:
    """A version that is kept."""

    version: str
    at: datetime
    by: str
    here: bool


@dataclass(frozen=True)
class ScorecardRules:
    """What is shown and how it is blended. ``edits``: the reader may change it."""

    version: str
    definition: str
    groups: tuple[Grouped, ...]
    own: str
    team: str
    most: str
    days: int
    floor: int
    kept: tuple[Kept, ...]
    edits: bool


@dataclass(frozen=True)
class EditScorecard:
    """The rules to be changed. ``fault``: what is wrong with them."""

    form: Written
    version: str
    fault: str


@page("scorecard/rules/", roles=OPENS, title=gettext_lazy("What scorecards show"))
def scorecard_rules(request: Request) -> ScorecardRules:
    """By which rules are results shown and blended, and since when?"""
    sight = request.sight()
    found, metrics = sight.scorecard_rules(), sight.metrics()
    rules = found.rules
    groups = tuple(
        Grouped(
            one.name, one.beside,
            tuple(
                Measured(
                    " · ".join(filter(None, (titled(each.metric), *map(variant, each.variant)))), figure.page_of(each.metric),
                    figure.summary(metrics[each.metric]), "" if one.beside else formats.number(each.weight),
                )
                for each in one.measures
            ),
        )
        for one in rules.groups
    )  # fmt: skip
    kept = tuple(Kept(one.version[:6], one.at, _saver(one.by), one.version == found.version) for one in found.kept)
    return ScorecardRules(
        found.version[:6], rules.definition, groups, formats.percent(rules.individual, 0), formats.percent(1 - rules.individual, 0),
        formats.percent(rules.most, 0), rules.inherited, rules.floor, kept, not request.user.roles.isdisjoint(OPERATE),
    )  # fmt: skip


@page("scorecard/rules/edit/", roles=OPERATE, title=gettext_lazy("Change what scorecards show"), methods=FORM)
def edit_scorecard(request: Request) -> EditScorecard | HttpResponse:
    """Change what scorecards show from now on."""
    sight = request.sight()
    found = sight.scorecard_rules()
    if request.method != "POST":
        form = Written(initial={"text": found.rules.written.text, "over": found.version})
        return EditScorecard(form, found.version[:6], "")
    form, fault = Written(request.POST), _("Give the rules.")
    if form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        try:
            saved = sight.save_scorecard(text, by=log.sender(request.user.pk), over=form.cleaned_data["over"])
        except TenureError as error:
            fault = " ".join(filter(None, (error.message, error.where, error.fix)))
        else:
            messages.success(request, _("In force from now on: version %(version)s.") % {"version": saved.version[:6]})
            return HttpResponseRedirect(reverse("scorecard_rules"))
    return show(request, EditScorecard(form, found.version[:6], fault), status=422)


def _saver(sender: str) -> str:
    """The name of who put a version in force, as messages name senders."""
    by = next((user for user in User.objects.all() if log.sender(user.pk) == sender), None)
    return by.name if by else _("came as a file") if sender == "tenure" else sender
