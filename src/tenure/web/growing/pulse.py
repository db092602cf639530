"""The team pulse: a few questions to everybody who reports to somebody, answered by nobody in particular.

What was answered stands in one box a round, who has answered beside it and only while the round is open. Nothing of the answers is shown
before the round is over, and nothing that fewer than so many have answered: so no two results differ by one answer.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.engine.growing_rules import Question
from tenure.web.access import leads
from tenure.web.growing import told
from tenure.web.growing.models import PulseBox, PulseRhythm, PulseRound, PulseSeat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine import Sight
    from tenure.engine.growing_rules import GrowingRules
    from tenure.web.access.models import User

#: Answers on the scale.
SCALE = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Answered:
    """What came of a question: on the scale the ``mean`` of ``n`` answers, in words the ``texts``. ``few``: too few answered it."""

    question: Question
    n: int
    mean: float | None
    texts: tuple[str, ...]
    few: bool


def floor(sight: Sight) -> int:
    """The fewest answers of which anything is shown: as the settings have it for all anonymous answers, 5 at least."""
    return sight.settings().figures.anonymity_floor


def asked(one: PulseRound) -> tuple[Question, ...]:
    """The questions of a round, as they were put."""
    return tuple(Question(**question) for question in one.questions)


def start(leader: User, rules: GrowingRules, today: date, least: int) -> PulseRound:
    """Ask everybody who reports to somebody directly. Raises ``UsageError`` for fewer people than answers are needed, while a round is
    open, and without questions.
    """
    people = leads.team(leader)
    if len(people) < least:
        fix = _("With fewer nothing would ever be shown, as nobody would be anonymous. Talk with each of them instead.")
        message = _("A pulse needs at least %(least)s people who report to you and log in here; there are %(count)s.")
        raise UsageError(message % {"least": least, "count": len(people)}, code="too_few", fix=fix)
    if not rules.questions:
        raise UsageError(_("There are no questions."), code="no_questions", fix=_("Write some into growing.toml."))
    with transaction.atomic():
        leader.__class__.objects.select_for_update().get(pk=leader.pk)  # one at a time
        settle(today)
        if PulseRound.objects.filter(leader=leader, closes_on__gte=today).exists():
            raise UsageError(_("A round is open."), code="open", fix=_("Wait until it is over."))
        made = PulseRound.objects.create(
            leader=leader, questions=[asdict(one) for one in rules.questions], opened_on=today,
            closes_on=today + timedelta(days=rules.pulse_open - 1), least=least,
        )  # fmt: skip
        PulseBox.objects.create(round=made)
        PulseSeat.objects.bulk_create(PulseSeat(round=made, user=one) for one in people)
        told.pulse(made, people)
    return made


def is_open(one: PulseRound, today: date) -> bool:
    """Whether a round takes answers."""
    return one.opened_on <= today <= one.closes_on and not one.settled


def waits_for(user: User, today: date) -> PulseRound | None:
    """The round that waits for somebody's answers."""
    seats = PulseSeat.objects.filter(
        user=user, answered=False, round__settled=False, round__opened_on__lte=today, round__closes_on__gte=today
    )  # fmt: skip
    seat = seats.select_related("round__leader").order_by("round__closes_on", "pk").first()
    return seat.round if seat else None


def answer(user: User, round_id: int, given: Mapping[str, Any], today: date) -> bool:
    """Put somebody's answers into the box; whether they were taken: once, and while the round is open. What was left out is no answer."""
    with transaction.atomic():
        one = PulseRound.objects.select_for_update().filter(pk=round_id).first()
        if one is None or not is_open(one, today):
            return False
        if not PulseSeat.objects.filter(round=one, user=user, answered=False).update(answered=True):
            return False
        box = PulseBox.objects.get(round=one)
        draw = secrets.SystemRandom()
        for question in asked(one):
            there = list(box.answers.get(question.slug, []))
            value = given.get(question.slug)
            if value not in (None, ""):
                there.append(value)
            draw.shuffle(there)  # all of them, each time: nothing tells which came last
            box.answers[question.slug] = there
        box.count += 1
        box.save(update_fields=["answers", "count"])
        transaction.on_commit(_leave_no_log)
    return True


def settle(today: date) -> None:
    """Forget who answered in rounds that are over, whoever asked for them."""
    over = PulseRound.objects.filter(closes_on__lt=today, settled=False)
    with transaction.atomic():
        PulseSeat.objects.filter(round__in=over, answered=True).update(answered=False)
        if over.update(settled=True):
            transaction.on_commit(_leave_no_log)


def _leave_no_log() -> None:
    """Empty the database's log, which else holds what stood there before and after each answer; SQLite's, PostgreSQL's is its server's."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def results(one: PulseRound, today: date, least: int) -> tuple[Answered, ...] | None:
    """What came of a round; None before it is over, and for one that too few have answered: fewer than it was asked with, or than now."""
    least = max(least, one.least)
    if is_open(one, today) or today < one.opened_on or one.box.count < least:
        return None
    return tuple(_answered(question, one.box.answers.get(question.slug, ()), least) for question in asked(one))


def _answered(question: Question, given: Sequence[Any], least: int) -> Answered:
    few = len(given) < least
    if question.kind == "words":
        return Answered(question, 0 if few else len(given), None, () if few else tuple(given), few=few)
    return Answered(question, 0 if few else len(given), None if few else sum(given) / len(given), (), few=few)


def keep_rhythm(leader: User, every: int | None) -> None:
    """Have rounds asked so many days apart by themselves; None: only when she asks."""
    if every is None:
        PulseRhythm.objects.filter(leader=leader).delete()
    else:
        PulseRhythm.objects.update_or_create(leader=leader, defaults={"every": every})


def is_due(leader: User, today: date) -> bool:
    """Whether the rhythm of somebody asks for a round."""
    rhythm = PulseRhythm.objects.filter(leader=leader).first()
    if rhythm is None:
        return False
    last = PulseRound.objects.filter(leader=leader).order_by("-opened_on").first()
    return last is None or (last.closes_on < today and last.opened_on + timedelta(days=rhythm.every) <= today)
