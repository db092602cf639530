"""What a key may be used for. It is never more than its owner may: roles and accounts are asked at each use."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenure.web.access.roles import EVERYONE, OPERATE, TELL, Role


class Right(models.TextChoices):
    """The rights that a key can have, each by itself."""

    FIGURES = "read_figures", _("Read figures")
    ACCOUNTS = "read_accounts", _("Read accounts")
    RECORDS = "write_records", _("Log contacts, give tasks")
    ROWS = "write_rows", _("Send rows")


#: What programs are for that were given keys before keys had rights.
READS = (Right.FIGURES, Right.ACCOUNTS)
EXPLAINED = {
    Right.FIGURES: _(
        "Metrics with their values, comparisons and what scores are worth: of your accounts, none by name."
    ),
    Right.ACCOUNTS: _("Lists and scores of single accounts, with their names."),
    Right.RECORDS: _("Contacts with accounts that you see, and tasks about them, in your name."),
    Right.ROWS: _("Of any table, as facts."),
}
#: Whose keys can have them.
_ROLES = {Right.FIGURES: EVERYONE, Right.ACCOUNTS: EVERYONE, Right.RECORDS: TELL, Right.ROWS: OPERATE}


def of(roles: Collection[Role]) -> tuple[Right, ...]:
    """The rights that somebody with these roles can give a key."""
    return tuple(right for right in Right if not _ROLES[right].isdisjoint(roles))
