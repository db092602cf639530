"""The list of renewals, as it is sent and put on paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.web.access.roles import EVERYONE
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Table
from tenure.web.kit.reading import local_today
from tenure.web.kit.table import order_of
from tenure.web.post.sending import Asked, Composed, File, of_export, sent
from tenure.web.post.shown import Shown
from tenure.web.renewals import listed
from tenure.web.renewals.pages.renewals import as_file, asked_of

if TYPE_CHECKING:
    from tenure.web.renewals.listed import Renewal

#: Renewals that a sheet of paper and a mail hold: the first ones.
_MOST, _IN_MAIL = 500, 50


def _file(kind: str, asked: Asked) -> File:
    """All renewals as the address asks for them."""
    given, settings = asked.plain, asked.sight.settings()
    window = listed.window_of(given, settings, local_today())
    order = order_of(given, listed.NAMES, "due")
    return of_export(_("Renewals"), kind, as_file(asked.sight, asked_of(given, window, settings), order, kind))


@sent(
    "renewals",
    roles=EVERYONE,
    link=lambda given: f"{reverse('renewals')}?{given.urlencode()}" if given else reverse("renewals"),
    title=gettext_lazy("Renewals"),
    files={kind: partial(_file, kind) for kind in ("xlsx", "csv")},
)
def renewals(asked: Asked) -> Composed:
    """What comes up as the address asks for it. Without a window in the address, in the quarter that runs."""
    given, answers = asked.plain, Answers(asked.sight)
    settings = answers.settings
    window = listed.window_of(given, settings, local_today())
    order = order_of(given, listed.NAMES, "due")
    found = answers.rows("renewals", **asked_of(given, window, settings), order=(order, "renewal_id"), limit=_MOST)
    rows = [listed.renewal(row, settings.currency, found.as_of) for row in found.rows]
    worth = sum((row["value"] or 0) for row in found.rows)
    note = ngettext("%(count)s renewal, %(money)s ARR up", "%(count)s renewals, %(money)s ARR up", found.total) % {
        "count": formats.number(found.total), "money": formats.money_short(worth, settings.currency),
    } if len(rows) == found.total else _("the first %(count)s of %(all)s") % {
        "count": formats.number(len(rows)), "all": formats.number(found.total),
    }  # fmt: skip
    heads = (_("Account"), _("Owner"), *(str(label) for name, label, _numeric in listed.COLUMNS if name != "name"))
    table = Table(heads, tuple(map(_row, rows))) if rows else None
    nothing = "" if rows else _("Nothing comes up that you may see.")
    link = reverse("renewals") + (f"?{asked.address}" if asked.address else "")
    shown = Shown(_("Renewals"), note, link, found.as_of, table=table, wrong=nothing, most=_IN_MAIL)
    return Composed(_("Renewals"), _("due in %(window)s") % {"window": window.name}, (shown,))


def _row(one: Renewal) -> tuple[str, ...]:
    judged = " ".join(filter(None, (str(one.judged.word), one.called)))
    chance = f"{one.chance} ({one.range})" if one.range else one.chance
    return (
        one.name, one.owner, f"{one.due} ({one.away})", one.value, one.notice, one.health, chance, judged, str(one.state.word),
        one.touched,
    )  # fmt: skip
