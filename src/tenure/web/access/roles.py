"""What a person may be: one role or more."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles. Each page says which of them open it."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OPERATIONS = "operations", _("Operations")
    EXECUTIVE = "executive", _("Executive")
    MANAGER = "manager", _("Manager")
    CSM = "csm", _("CSM")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")


EVERYONE = frozenset(Role)
#: Who looks after data, scores and settings.
OPERATE = frozenset({Role.ADMINISTRATOR, Role.OPERATIONS})
#: Who answers for what is reported: closes periods, holds billing against the CRM.
REPORT = OPERATE | {Role.FINANCE}
#: Who answers for the work of others.
LEAD = OPERATE | {Role.EXECUTIVE, Role.MANAGER}
#: Who works with accounts: tells what happened with those she sees, decides, plans, and has tasks.
TELL = OPERATE | {Role.MANAGER, Role.CSM}
#: Who sees every account, whoever owns it.
SEES_ALL = EVERYONE - {Role.MANAGER, Role.CSM}
EXPLAINED = {
    Role.ADMINISTRATOR: _("Looks after people and their roles. Sees all accounts."),
    Role.OPERATIONS: _("Looks after data, scores and settings. Sees all accounts."),
    Role.EXECUTIVE: _("Answers for the result. Sees all accounts."),
    Role.MANAGER: _("Leads CSMs. Sees the accounts of everybody in the reporting line."),
    Role.CSM: _("Looks after accounts. Sees the own ones."),
    Role.FINANCE: _("Looks after targets and pay, and closes periods. Sees all accounts."),
    Role.VIEWER: _("Reads only. Sees all accounts."),
}
