"""The list of accounts, by a view or as an address asks for it, as it is sent and put on paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.access.models import User
from tenure.web.access.roles import EVERYONE
from tenure.web.book import shared
from tenure.web.book.columns import LABELS, chosen
from tenure.web.book.export import exported
from tenure.web.book.looking import NONE, look
from tenure.web.book.models import AccountList, View
from tenure.web.book.pages.accounts import rows_of, sums_of
from tenure.web.book.words import sentence
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Table
from tenure.web.kit.people import names
from tenure.web.post.sending import Asked, Composed, File, of_export, sent
from tenure.web.post.shown import Shown

if TYPE_CHECKING:
    from django.http import QueryDict

    from tenure.web.book.columns import Cell
    from tenure.web.book.looking import Looking

#: Accounts that a sheet of paper and a mail hold: the first ones.
_MOST, _IN_MAIL = 500, 50


def _view(user: User, given: QueryDict) -> View | None:
    number = given.get("view", "")
    return None if number in ("", NONE) else shared.opened(View, number, user)


def _called(user: User, given: QueryDict) -> str:
    view = _view(user, given)
    return view.name if view else _("Accounts")


def _whom(sender: User, given: QueryDict) -> list[User]:
    """The owner of a saved view sends it to all who open it, everybody else to herself."""
    view = _view(sender, given)
    if view is None or view.owner_id != sender.pk:
        return [sender]
    found = User.objects.filter(is_active=True, grants__isnull=False).distinct().order_by("name", "pk")
    return [each for each in found if view.opens_for(each)]


def _file(kind: str, asked: Asked) -> File:
    """All accounts of the list, with its columns."""
    at = look(asked.user, Answers(asked.sight), {"view": NONE, **asked.plain})
    return of_export(_called(asked.user, asked.given), kind, exported(asked.sight, at, kind))


@sent(
    "accounts",
    roles=EVERYONE,
    link=lambda given: f"{reverse('accounts')}?{given.urlencode()}",
    title=_called,
    whom=_whom,
    files={kind: partial(_file, kind) for kind in ("xlsx", "csv")},
)
def accounts(asked: Asked) -> Composed:
    """The first accounts of the list, in its order and with its columns, and what all of them add up to."""
    answers = Answers(asked.sight)
    at = look(asked.user, answers, {"view": NONE, **asked.plain})
    found = answers.rows("accounts", **at.question, order=(*at.of.order, "account_id"), limit=_MOST)
    columns = chosen(at.of.columns, at.columns)
    told = rows_of(answers, at, found, assigns=False)
    heads = (str(LABELS["name"]), *(str(each.label) for each in columns))
    table = Table(heads, tuple((row.name, *(_told(cell) for cell in row.cells)) for row in told))
    note = " · ".join(sums_of(answers, at, found.total))
    if found.total > len(told):
        note += " · " + _("the first %(count)s") % {"count": formats.number(len(told))}
    link = reverse("accounts") + at.link()
    nothing = "" if told else _("No account that you may see fits.")
    shown = Shown(_("Accounts"), note, link, found.as_of, table=table if told else None, wrong=nothing, most=_IN_MAIL)
    return Composed(_called(asked.user, asked.given), _asks(asked, answers, at), (shown,))


def _told(cell: Cell) -> str:
    more = cell.more.strip()
    return f"{cell.text} ({more})" if more else cell.text


def _asks(asked: Asked, answers: Answers, at: Looking) -> str:
    """The filters in words."""
    lists = {str(each.pk): each.name for each in shared.visible(AccountList, asked.user)}
    people = names.of(answers.sight)
    searched = (_("with “%(words)s”") % {"words": at.of.search},) if at.of.search else ()
    return " · ".join((*searched, *(sentence(each, at.columns, people, lists) for each in at.of.filters)))
