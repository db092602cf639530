"""A review as it is shown to one of those who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.engine.review_rules import read
from tenure.web.evaluation import doing, sealed, whose
from tenure.web.evaluation.models import Kind, Look
from tenure.web.kit import formats, sides
from tenure.web.kit.reading import local_today
from tenure.web.work.models import Status

if TYPE_CHECKING:
    from tenure.engine.review_rules import ReviewRules, Skill
    from tenure.web.access.models import User
    from tenure.web.evaluation.models import Evidence, Judged, Review, ReviewNote
    from tenure.web.kit.scores import Tone

Part = Literal["leader", "subject", "seat", "line"]


@dataclass(frozen=True)
class Written:
    """A note. ``mine``: the reader may take it out."""

    id: int
    by: str
    at: datetime
    text: str
    topic: str
    private: bool
    answer: bool
    mine: bool


@dataclass(frozen=True)
class Agreed:
    """What was agreed. ``link``: to its task, where the reader sees that."""

    text: str
    owner: str
    due: str
    state: str
    tone: Tone
    link: str


@dataclass(frozen=True)
class Proven:
    """What a judgement rests on."""

    kind: str
    text: str
    link: str


@dataclass(frozen=True)
class Side:
    """One side's judgement of a skill; ``state`` says why there is none. ``place``: the level's, of how many, for the eye."""

    name: str
    state: str = ""
    place: str = ""
    words: str = ""
    text: str = ""
    at: datetime | None = None
    shared: bool = True
    evidence: tuple[Proven, ...] = ()


@dataclass(frozen=True)
class Skills:
    """A skill, with both sides side by side and what lies between them in words; never a sum. ``judge``: where the reader judges it."""

    name: str
    about: str
    herself: Side
    leader: Side
    between: str
    apart: bool
    judge: str

    @property
    def both(self) -> tuple[Side, Side]:
        """Her own side, and that of who leads."""
        return self.herself, self.leader


@dataclass(frozen=True)
class Signed:
    """Whether somebody who signs has."""

    name: str
    at: datetime | None
    mine: bool


@dataclass(frozen=True)
class Shown:
    """A review. ``part``: of the reader in it. ``stage``: ``planned``, ``held`` or ``signed``; ``seal``: what is to be known of its being as it
    was signed, and ``broken``: it is not. ``unshared``: so many of the reader's judgements the other one does not see yet. ``seen``: a
    digest of what stands here, so that nobody signs what she has not read. ``results``: the address of the scorecard of whose review it is.
    """

    id: int
    name: str
    kind: str
    part: Part
    who: str
    leader: str
    day: str
    since: str
    stage: Literal["planned", "held", "signed"]
    held_at: datetime | None
    signed_at: datetime | None
    erased: str
    seal: str
    broken: bool
    rules: str
    judged: bool
    topics: tuple[str, ...]
    skills: tuple[Skills, ...]
    unshared: int
    notes: tuple[Written, ...]
    remarks: tuple[Written, ...]
    actions: tuple[Agreed, ...]
    signatures: tuple[Signed, ...]
    signs: bool
    seen: str
    people: tuple[str, ...]
    results: str

    @property
    def shared(self) -> tuple[Written, ...]:
        """The notes without private ones, as they go on paper."""
        return tuple(one for one in self.notes if not one.private)


def shown(user: User, review: Review) -> Shown:
    """The review for somebody who may read it."""
    seen = sealed.of(sealed.content(review)) if review.signed_at is None else ""
    rules = read(review.rules.text)
    template = rules.template(review.kind)
    part = part_of(user, review)
    notes = [_written(one, user, review) for one in whose.notes(user, review)]
    later = [one for one in notes if review.signed_at and one.at > review.signed_at and not one.private]
    erased = review.erased_at is not None
    seal, broken = ("", False) if erased else _seal(review)
    with_ = review.subject.name if review.subject else _("the team")
    return Shown(
        review.pk, review.name, review.kind, part, review.leader.name if part == "subject" else with_, review.leader.name,
        formats.day(review.day), formats.day(review.since) if review.since else "",
        "signed" if review.signed_at else "held" if review.held_at else "planned", review.held_at, review.signed_at,
        formats.day(review.erased_at) if erased else "", seal, broken, review.rules_id,
        bool(template and template.judged) and not erased, template.topics if template else (),
        _skills(user, review, rules) if template and template.judged and not erased else (),
        review.judged.filter(by=user, shared_at=None).count(), tuple(one for one in notes if one not in later), tuple(later),
        tuple(_actions(user, review)), tuple(_signatures(user, review)),
        user.pk in doing.signers(review) and review.held_at is not None and review.signed_at is None
        and not review.signatures.filter(by=user).exists(), seen,
        tuple(one.name for one in doing.people(review)), _results(review),
    )  # fmt: skip


def _results(review: Review) -> str:
    """Where the results of whose review it is stand."""
    who = review.subject.csm_id if review.subject else ""
    return f"{reverse('scorecard')}?{urlencode({'who': f'csm:{who}'})}" if who else ""


def part_of(user: User, review: Review) -> Part:
    """What somebody is in a review."""
    if user.pk == review.leader_id:
        return "leader"
    if user.pk == review.subject_id:
        return "subject"
    return "seat" if review.kind == Kind.TEAM else "line"


def _written(one: ReviewNote, user: User, review: Review) -> Written:
    private = one.look == Look.PRIVATE
    mine = one.by_id == user.pk and (private or review.signed_at is None)
    return Written(one.pk, one.by.name, one.at, one.text, one.topic, private, one.look == Look.ANSWER, mine)


def _actions(user: User, review: Review) -> list[Agreed]:
    found = []
    for one in review.actions.select_related("task__owner").order_by("pk"):
        task = one.task
        late = task.is_late(local_today())
        tone: Tone = "bad" if late else "good" if task.status == Status.DONE else ""
        sees = user.pk in (task.owner_id, task.given_by_id)
        link = reverse("task_page", args=[task.pk]) if sees else ""
        state = _("late") if late else str(Status(task.status).label)
        found.append(Agreed(one.text or _("erased"), task.owner.name, formats.day(task.due), state, tone, link))
    return found


def _signatures(user: User, review: Review) -> list[Signed]:
    at = {one.by_id: one.at for one in review.signatures.all()}
    sign = [one for one in doing.people(review) if one.pk in doing.signers(review)]
    return [Signed(one.name, at.get(one.pk), one.pk == user.pk) for one in sign]


def _seal(review: Review) -> tuple[str, bool]:
    """What is to be known of a signed review's being as it was signed."""
    if review.signed_at is None:
        return "", False
    found = sealed.standing(review)
    if found.holds:
        return _("It is as it was signed: the audit log has a digest of it."), False
    if found.erased is not None:
        text = _(
            "It is not word for word what was signed: a customer's person was erased on %(day)s, which takes names out of texts."
        )
        return text % {"day": formats.day(found.erased)}, True
    return _("It is not what was signed: somebody changed it in the database. Ask whoever runs Tenure."), True


def _skills(user: User, review: Review, rules: ReviewRules) -> tuple[Skills, ...]:
    said = {(one.by_id, one.skill): one for one in whose.judged(user, review)}
    part = part_of(user, review)
    may = part in ("leader", "subject") and review.signed_at is None
    subject = review.subject
    assert subject is not None, "nobody is judged in front of the team"
    hidden = set(review.judged.filter(shared_at=None).exclude(by=user).values_list("by_id", "skill"))
    found = []
    for skill in rules.skills:
        herself, leader = (
            _side(said.get((one.pk, skill.slug)), skill, one, hidden=(one.pk, skill.slug) in hidden)
            for one in (subject, review.leader)
        )
        pair = said.get((subject.pk, skill.slug)), said.get((review.leader_id, skill.slug))
        between, apart = sides.between(*(one.level if one else None for one in pair))
        judge = reverse("judge_skill", args=[review.pk, skill.slug]) if may else ""
        found.append(Skills(skill.name, skill.about, herself, leader, between, apart, judge))
    return tuple(found)


def _side(one: Judged | None, skill: Skill, who: User, *, hidden: bool) -> Side:
    if one is None or not 1 <= one.level <= len(skill.levels):
        return Side(who.name, _("judged, and not shared yet") if hidden else _("not judged yet"))
    place = _("level %(place)s of %(all)s") % {"place": one.level, "all": len(skill.levels)}
    proofs = tuple(_proven(proof) for proof in one.evidence.all())
    return Side(who.name, "", place, skill.levels[one.level - 1], one.text, one.at, one.shared_at is not None, proofs)


def _proven(one: Evidence) -> Proven:
    link = reverse("account_page", args=[one.account_id]) if one.account_id else ""
    return Proven(str(one.get_kind_display()), one.text, link)
