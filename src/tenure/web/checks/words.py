"""What causes of differences between billing and CRM are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from tenure.web.kit.shell import Text

CAUSES: dict[str, Text] = {
    "agrees": _("both agree"),
    "no_contract": _("billed, and never had a contract"),
    "contract_ended": _("billed; the last contract has ended, and none follows"),
    "contract_to_come": _("billed; the contract only begins in the next weeks"),
    "not_billed": _("signed, but nothing is billed"),
    "billing_to_come": _("signed; billing only begins in the next weeks"),
    "trial": _("signed, but billing still has a trial"),
    "currency": _("in different currencies"),
    "discount": _("the contract states the price before discount"),
    "timing": _("the change of price or quantity is on another day"),
    "term": _("the contract states the value of its whole term"),
    "monthly": _("the one is monthly, the other yearly"),
    "usage": _("a part is billed by use"),
    "amount": _("the amounts differ"),
}
