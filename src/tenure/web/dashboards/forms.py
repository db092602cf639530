"""What people fill in about a dashboard."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.access.roles import Role
from tenure.web.dashboards.models import ALL


class DashboardForm(forms.Form):
    """Its name, what it is for, and who sees it."""

    title = forms.CharField(label=_("Name"), max_length=120)
    note = forms.CharField(label=_("What it is for"), max_length=300, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Shared with"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(ALL, _("Everybody")), *Role.choices],
        help_text=_("Whoever sees it sees figures of their own accounts only. Nobody else can change it."),
    )  # fmt: skip
