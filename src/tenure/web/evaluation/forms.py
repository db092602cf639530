"""What is filled in about reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.evaluation.doing import Basis
from tenure.web.evaluation.models import TOPIC, Kind, Look, Proof
from tenure.web.kit import formats
from tenure.web.kit.once import Once

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.review_rules import Skill
    from tenure.web.access.models import User

_DAY = {"type": "date"}
_LONG = 10_000
#: As many places there are for evidence; of contacts and answers so many can be chosen, of so many days.
_PLACES, _MOST, _DAYS = 3, 60, 183

Options = list[tuple[str, Any]]


class Plan(Once):
    """A review to be planned. ``person``: with whom; empty for the team."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=Kind.choices)
    person = forms.TypedChoiceField(
        label=gettext_lazy("With whom"), coerce=int, required=False, empty_value=None,
        help_text=gettext_lazy("A team meeting is with everybody who reports to you directly."),
    )  # fmt: skip
    day = forms.DateField(label=gettext_lazy("When"), widget=forms.DateInput(attrs=_DAY))

    def __init__(self, *data: Any, line: Iterable[User], **more: Any) -> None:
        super().__init__(*data, **more)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("the team")), *((one.pk, one.name) for one in line)]

    def clean(self) -> dict[str, Any] | None:
        """A pair needs a person, and a team has none."""
        given = super().clean()
        assert given is not None
        if given.get("kind") != Kind.TEAM and given.get("person") is None and "person" not in self.errors:
            self.add_error("person", _("Choose with whom."))
        return given


class Rhythm(forms.Form):
    """How far reviews are apart."""

    kind = forms.ChoiceField(choices=Kind.choices)
    person = forms.IntegerField(required=False)
    every = forms.IntegerField(min_value=1, max_value=1_000, required=False)


class Move(forms.Form):
    """Another day for a review."""

    day = forms.DateField(label=gettext_lazy("Another day"), widget=forms.DateInput(attrs=_DAY))


class Write(Once):
    """What somebody writes to a review. ``look``: for whom."""

    text = forms.CharField(label=gettext_lazy("Note"), max_length=_LONG, widget=forms.Textarea(attrs={"rows": 3}))
    topic = forms.ChoiceField(label=gettext_lazy("To"), required=False)
    look = forms.ChoiceField(
        label=gettext_lazy("Who reads it"), choices=((Look.SHARED, _("Both of us")), (Look.PRIVATE, _("Only I")))
    )

    def __init__(self, *data: Any, topics: Sequence[str], team: bool = False, **more: Any) -> None:
        super().__init__(*data, **more)
        topic, look = self.fields["topic"], self.fields["look"]
        assert isinstance(topic, forms.ChoiceField)
        assert isinstance(look, forms.ChoiceField)
        topic.choices = [("", _("nothing in particular")), *((one[:TOPIC], one) for one in topics)]
        look.choices = [
            (Look.SHARED.value, _("All who take part") if team else _("Both of us")), (Look.PRIVATE.value, _("Only I")),
        ]  # fmt: skip


class Answer(Once):
    """What a person says to a review of hers, or what is added to one that is signed."""

    text = forms.CharField(label=gettext_lazy("Your words"), max_length=_LONG, widget=forms.Textarea(attrs={"rows": 4}))


class Agree(Once):
    """What is agreed: who does what, until when."""

    text = forms.CharField(label=gettext_lazy("What"), max_length=500)
    owner = forms.TypedChoiceField(label=gettext_lazy("Who"), coerce=int)
    due = forms.DateField(label=gettext_lazy("By when"), required=False, widget=forms.DateInput(attrs=_DAY))

    def __init__(self, *data: Any, people: Iterable[User], **more: Any) -> None:
        super().__init__(*data, **more)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.pk, one.name) for one in people]


@dataclass(frozen=True)
class Found:
    """What can be evidence: by its value in a form, the basis and what it is called."""

    groups: Mapping[str, Mapping[str, Basis]]

    def options(self) -> Options:
        """As a form offers it."""
        groups = [
            (name, [(value, one.text) for value, one in some.items()]) for name, some in self.groups.items() if some
        ]
        return [("", _("nothing")), *groups]

    def get(self, value: str) -> Basis:
        """One of them, which the form let through."""
        return next(some[value] for some in self.groups.values() if value in some)


def found(sight: Sight, today: date) -> Found:
    """What of a person's book can be evidence: accounts, and contacts and survey answers of half a year; no anonymous ones."""
    names = {
        row["account_id"]: row["name"] or row["account_id"]
        for row in sight.every("accounts", columns=("account_id", "name"))
    }
    since = (today - timedelta(days=_DAYS)).isoformat()
    contacts = sight.rows(
        "touchpoint", columns=("touchpoint_id", "account_id", "channel", "occurred_at"),
        where=[("occurred_at", "at_least", since)], order=("-occurred_at",), limit=_MOST,
    ).rows  # fmt: skip
    answers = sight.rows(
        "survey_answer", columns=("answer_id", "account_id", "survey", "score", "answered_at"),
        where=[("answered_at", "at_least", since), ("is_anonymous", "equals", False), ("score", "at_least", -1_000)],
        order=("-answered_at",), limit=_MOST,
    ).rows  # fmt: skip
    return Found({
        str(Proof.ACCOUNT.label): {
            f"account {key}": Basis(Proof.ACCOUNT, name, key) for key, name in sorted(names.items(), key=lambda one: one[1])
        },
        str(Proof.TOUCHPOINT.label): {
            f"touchpoint {one['touchpoint_id']}": Basis(
                Proof.TOUCHPOINT,
                f"{names.get(one['account_id'], one['account_id'])}, {one['channel']}, {formats.day(one['occurred_at'])}",
                one["account_id"], one["touchpoint_id"],
            )
            for one in contacts
        },
        str(Proof.RESPONSE.label): {
            f"response {one['answer_id']}": Basis(
                Proof.RESPONSE,
                f"{names.get(one['account_id'], one['account_id'])}, {one['survey']} {formats.number(one['score'])},"
                f" {formats.day(one['answered_at'])}",
                one["account_id"] or "", one["answer_id"],
            )
            for one in answers
        },
    })  # fmt: skip


class Judge(forms.Form):
    """At which level a skill is seen, why, and what that rests on."""

    level = forms.TypedChoiceField(label=gettext_lazy("Level"), coerce=int, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Why, with an example"), required=False, max_length=_LONG, widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Evidence in words"), required=False, max_length=1_000,
        help_text=gettext_lazy("What you saw or heard, and when."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *data: Any, skill: Skill, known: Found, **more: Any) -> None:
        super().__init__(*data, **more)
        self._known = known
        level = self.fields["level"]
        assert isinstance(level, forms.ChoiceField)
        level.choices = [(place, f"{place}. {words}") for place, words in enumerate(skill.levels, 1)]
        for place in range(1, _PLACES + 1):
            label = _("Evidence %(place)s") % {"place": place}
            self.fields[f"basis_{place}"] = forms.ChoiceField(label=label, required=False, choices=known.options())

    def basis(self) -> list[Basis]:
        """What it rests on."""
        given = self.cleaned_data
        chosen = dict.fromkeys(value for place in range(1, _PLACES + 1) if (value := given[f"basis_{place}"]))
        words = [Basis(Proof.TEXT, given["words"].strip())] if given["words"].strip() else []
        return [*(self._known.get(value) for value in chosen), *words]
