"""The settings of a workspace: ``tenure.toml``.

The dataclasses below are the only list of keys. The file that ``init`` writes, the checks on reading and the names in
errors are made from them. A setting is reached as it is written: ``[renewals] grace_days`` is
``settings.renewals.grace_days``.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tenure.core import accept
from tenure.core.accept import RefusedError, Severity
from tenure.core.errors import UnavailableError, UsageError
from tenure.core.toml_text import parsed, place_of
from tenure.core.written import Written, metrics

FILE = "tenure.toml"


def _key(doc: str, check: Callable[[Any], object], default: Any = MISSING) -> Any:
    """A setting: what it does, what it takes, and what holds where it is left out (MISSING: it may not be)."""
    return field(default=default, metadata={"doc": doc, "check": check})


def _group(group: type[Any], doc: str) -> Any:
    """A table of settings."""
    return field(default_factory=group, metadata={"doc": doc, "group": group})


def _named(doc: str, check: Callable[[Any], object], name: Callable[[Any], object], example: str) -> Any:
    """A table whose keys the user names; ``example`` is written as a comment."""
    meta = {"doc": doc, "check": check, "name": name, "example": example}
    return field(default_factory=dict, hash=False, metadata=meta)


@dataclass(frozen=True)
class Customers:
    """``[customers]``: who counts as a customer."""

    include_trials: bool = _key("Count subscriptions on trial.", accept.boolean, False)
    include_paused: bool = _key("Count paused subscriptions.", accept.boolean, False)
    include_free: bool = _key("Count accounts whose recurring revenue is 0.", accept.boolean, False)
    lapse_days: int = _key(
        "Days for which a subscription that ended is kept alive, waiting for a renewal signed late.", accept.days(), 0
    )


@dataclass(frozen=True)
class Renewals:
    """``[renewals]``: when a contract counts as renewed."""

    grace_days: int = _key(
        "Days after the due date for which an open renewal is not yet counted. Then it is not renewed.",
        accept.days(),
        30,
    )


@dataclass(frozen=True)
class Ownership:
    """``[ownership]``: whose results they are."""

    grace_days: int = _key(
        "Days after an account's start within which its first owner may be assigned and still own it from the start.",
        accept.days(),
        30,
    )


@dataclass(frozen=True)
class Retention:
    """``[retention]``: who counts as lost, and why."""

    inactive_days: int = _key(
        "Days without key use after which an account is lost, in the variant `inactive` of churn.", accept.days(1), 30
    )
    churn_reason_days: int = _key("Days after a loss within which its reason may still be given.", accept.days(), 30)


@dataclass(frozen=True)
class Relationship:
    """``[relationship]``: how accounts are looked after."""

    coverage_days: int = _key(
        "Days before a period's close within which an account must have been contacted to count as covered.",
        accept.days(1),
        90,
    )


@dataclass(frozen=True)
class Use:
    """``[use]``: what counts as using the product."""

    key_actions: int = _key(
        "Key actions from which on an account is active, in the variant `accounts` of active use.", accept.whole(1), 1
    )
    feature_uses: int = _key("Uses from which on a feature is adopted.", accept.whole(1), 1)
    exposed_days: int = _key(
        "Days for which a feature must have been there, released and entitled, to be asked whether it was adopted.",
        accept.days(),
        0,
    )
    idle_minutes: int = _key("Minutes without use after which a session is over.", accept.whole(1, 1_440), 30)
    full_depth: int = _key(
        "Uses of a feature per adopter and 30 days that count as full depth of product adoption.", accept.whole(1), 10
    )


@dataclass(frozen=True)
class Handover:
    """``[handover]``: what is passed on from sales to success."""

    items: tuple[str, ...] = _key(
        'What every hand-over must have, as ["goals", "contacts"]; it is missing also where nobody has noted it.',
        accept.words,
        (),
    )
    grace_days: int = _key(
        "Days after a deal is won within which what has no due date of its own is not yet missing.", accept.days(), 14
    )


@dataclass(frozen=True)
class Voice:
    """``[voice]``: how what customers say is dealt with."""

    acknowledgement_days: int = _key(
        "Local days after the day of a request within which the customer is to be told that we have it.",
        accept.days(),
        2,
    )


@dataclass(frozen=True)
class Lifetime:
    """``[lifetime]``: what customers are worth over the time they stay."""

    margin_percent: int = _key(
        "Gross margin in percent of revenue. At 100, lifetime values are revenue and say so.", accept.whole(1, 100), 100
    )
    most_years: int = _key(
        "Years that a lifetime is taken to last at most, in the variant `formula` of the lifetime value.",
        accept.whole(1),
        5,
    )
    discount_percent: int = _key(
        "What money a year later is worth less, in percent, in the variants `sbg` and `bgnbd` of the lifetime value.",
        accept.whole(0, 100),
        10,
    )
    renewal_months: int = _key(
        "Months from one renewal to the next, in the variant `sbg`: 12 where contracts run for a year.",
        accept.whole(1, 60),
        1,
    )


@dataclass(frozen=True)
class Support:
    """``[support]``: how support is measured."""

    default_schedule: str = _key(
        "The schedule whose business hours hold where a ticket or a success manager names none. Where it is left empty, "
        "the only schedule holds, if there is but one.",
        accept.text,
        "",
    )


@dataclass(frozen=True)
class Figures:
    """``[figures]``: how figures are shown and frozen."""

    small_n: int = _key("A figure resting on fewer cases than this is greyed and says so.", accept.whole(0), 10)
    anonymity_floor: int = _key(
        "Anonymous answers are never shown for fewer respondents than this. It may be raised, not lowered.",
        accept.whole(5),
        5,
    )
    pinned: tuple[str, ...] = _key(
        'Dimensions frozen when a period is closed, besides the total, segment, team and owner, as ["region"].',
        accept.words,
        (),
    )


@dataclass(frozen=True)
class Load:
    """``[load]``: how files are read."""

    source: str = _key("The name kept with rows of files whose mapping names no source.", accept.word, "files")


@dataclass(frozen=True)
class Settings:
    """The settings of a workspace. ``read`` checks them; built by hand they are taken as they are."""

    currency: str = _key("The reporting currency (ISO 4217). All amounts are shown in it.", accept.currency)
    timezone: str = _key("The organisation's time zone (IANA). Days and months are cut in it.", accept.timezone)
    fiscal_year_start: int = _key(
        "The month (1 to 12) in which the fiscal year begins. It is named by the year it ends in.",
        accept.whole(1, 12),
        1,
    )
    customers: Customers = _group(Customers, "Who counts as a customer.")
    renewals: Renewals = _group(Renewals, "When a contract counts as renewed.")
    ownership: Ownership = _group(Ownership, "Whose results they are.")
    retention: Retention = _group(Retention, "Who counts as lost, and why.")
    relationship: Relationship = _group(Relationship, "How accounts are looked after.")
    use: Use = _group(Use, "What counts as using the product.")
    handover: Handover = _group(Handover, "What is passed on from sales to success.")
    hours_per_account: Mapping[str, Decimal] = _named(
        "Hours a month that an account asks of whoever looks after it, by its segment or else its tier: the variant "
        "`declared` of workload_hours.",
        accept.hours,
        accept.word,
        'Enterprise = "6.5"',
    )
    milestones: Mapping[str, str] = _named(
        "What use of the product tells of a milestone, instead of rows of it: the first day with so many uses of a "
        "feature. For live, onboarded and first_value.",
        accept.uses,
        accept.milestone,
        'first_value = "report_created x 3"',
    )
    voice: Voice = _group(Voice, "How what customers say is dealt with.")
    lifetime: Lifetime = _group(Lifetime, "What customers are worth over the time they stay.")
    support: Support = _group(Support, "How support is measured.")
    figures: Figures = _group(Figures, "How figures are shown and frozen.")
    budget_rates: Mapping[str, Decimal] = _named(
        "Rates of the variant `budget_rate`: what one unit of a currency is worth in the reporting currency.",
        accept.rate,
        accept.currency,
        'USD = "0.92"',
    )
    checks: Mapping[str, Severity] = _named(
        "What a failing check does, where it differs from the check's own severity: blocks, warns or informs.",
        accept.severity,
        accept.word,
        'overlap = "warns"',
    )
    load: Load = _group(Load, "How files are read.")
    #: The definitions of the workspace's own metrics, which lie in files of their own: no setting, and no part of the hash.
    own: tuple[Written, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)


def read(home: PathLike[str] | str) -> Settings:
    """The settings of the workspace in the folder ``home``, with its own metrics as they are written.

    ``UsageError`` if it is no workspace or the file is not understood, with the line and what to do.
    """
    path = Path(home) / FILE
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        fix = f"Make one with: tenure init {home}"
        raise UsageError(f"{home} is no workspace: it has no {FILE}.", code="no_workspace", fix=fix) from None
    except OSError as error:
        fix = "Make it readable for the user who runs this."
        message = f"The settings cannot be read: {error.strerror}."
        raise UnavailableError(message, code="unreadable_settings", where=str(path), fix=fix) from None
    except UnicodeDecodeError:
        raise _bad("The file is not UTF-8.", str(path), "Save it as UTF-8.") from None
    return replace(understood(path, text), own=metrics(home))


@lru_cache(maxsize=8)  # settings are read for every question, and change once in a while
def understood(path: Path, text: str) -> Settings:
    """What the ``text`` of a file of settings says; ``path`` names it. ``UsageError`` as for ``read``."""
    tree = parsed(text, str(path), "bad_setting")
    settings: Settings = _Reader(path, text).build(Settings, tree, ())
    return settings


def in_force(settings: Settings) -> dict[str, object]:
    """Every setting by its dotted name, as JSON takes it: what a figure records and ``explain`` shows.

    A budget rate is a text with its digits; the names within ``budget_rates`` and ``checks`` are sorted.
    """
    return dict(_flat(settings, ""))


def settings_hash(settings: Settings) -> str:
    """The SHA-256 (hex) of what the settings say. Comments, order and spelling of the file don't count."""
    return hashlib.sha256(json.dumps(in_force(settings), sort_keys=True).encode()).hexdigest()


def _flat(group: Any, prefix: str) -> Iterable[tuple[str, object]]:
    for key in keys_of(group):
        value = getattr(group, key.name)
        if is_dataclass(value):
            yield from _flat(value, f"{prefix}{key.name}.")
        elif isinstance(value, Mapping):
            for name in sorted(value):
                inner = value[name]
                yield f"{prefix}{key.name}.{name}", f"{inner.normalize():f}" if isinstance(inner, Decimal) else inner
        else:
            yield prefix + key.name, list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class _Reader:
    """Turns what TOML gave into settings; knows the file's text, to say on which line a key stands."""

    path: Path
    text: str

    def build(self, kind: type[Any], tree: Mapping[str, Any], at: tuple[str, ...]) -> Any:
        keys = {key.name: key for key in keys_of(kind)}
        for name in tree:
            if name not in keys:
                raise self.unknown((*at, name))
        for key in keys.values():
            if key.default is MISSING and key.default_factory is MISSING and key.name not in tree:
                fix = f"{key.metadata['doc']} Add a line: {key.name} = ..."
                raise _bad(f"The setting {key.name} is missing.", str(self.path), fix)
        return kind(**{name: self.value(keys[name], given, (*at, name)) for name, given in tree.items()})

    def value(self, key: Field[Any], given: Any, at: tuple[str, ...]) -> Any:
        check = key.metadata.get("check")
        if check and "name" not in key.metadata:
            return checked(check, given, ".".join(at), self.where(at))
        if not isinstance(given, dict):
            raise _bad(f"{key.name} is a table, not a value.", self.where(at), f"Write a line [{key.name}].")
        if not check:
            return self.build(group_of(key), given, at)
        named = {}
        for name, value in given.items():
            where = self.where((*at, name))
            checked(key.metadata["name"], name, f"A name in [{key.name}]", where)
            named[name] = checked(check, value, f"{key.name}.{name}", where)
        return named

    def unknown(self, at: tuple[str, ...]) -> UsageError:
        leaves = [tuple(name.split(".")) for name in _all_names()]
        near = difflib.get_close_matches(at[-1], sorted({leaf[-1] for leaf in leaves}), n=2, cutoff=0.6)
        found = sorted((leaf for leaf in leaves if leaf[-1] in near), key=lambda leaf: leaf[:-1] != at[:-1])
        meant = " or ".join(f"{leaf[-1]} in [{leaf[0]}]" if leaf[1:] else leaf[0] for leaf in found)
        fix = f"Did you mean {meant}?" if meant else "Take the line out, or set # before it."
        return UsageError(f"There is no setting {'.'.join(at)}.", code="unknown_setting", where=self.where(at), fix=fix)

    def where(self, at: tuple[str, ...]) -> str:
        return place_of(self.text, str(self.path), at)


def _all_names() -> Iterable[str]:
    """The dotted name of every key and table."""
    for key in keys_of(Settings):
        yield key.name
        if "check" not in key.metadata:
            yield from (f"{key.name}.{inner.name}" for inner in keys_of(group_of(key)))


def keys_of(group: Any) -> list[Field[Any]]:
    """The settings of a table, in their order; what else a workspace's settings carry is none."""
    return [key for key in fields(group) if "doc" in key.metadata]


def group_of(key: Field[Any]) -> type[Any]:
    """The dataclass of a table of settings."""
    group: type[Any] = key.metadata["group"]
    return group


def checked(check: Callable[[Any], Any], value: Any, name: str, where: str) -> Any:
    """The value as a key takes it. ``UsageError`` if it does not: ``name`` and ``where`` are for its words."""
    try:
        return check(value)
    except RefusedError as refusal:
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
        fix = f"Did you mean {refusal.near}?" if refusal.near else ""
        raise _bad(f"{name} is {shown}, but must be {refusal}.", where, fix) from None


def _bad(message: str, where: str, fix: str) -> UsageError:
    return UsageError(message, code="bad_setting", where=where, fix=fix)
