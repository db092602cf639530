"""Rows that are wrong on purpose, as every export has some, and the README that tells of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Dirt:
    """A copy of a row with some fields changed, put right after it.

    ``share``: how far down the file the row is, from 0 to 1. ``says``: what Tenure says about it.
    """

    file: str
    share: float
    change: Mapping[str, str]
    what: str
    says: str


@dataclass(frozen=True)
class Planted:
    """Dirt with the line of the file on which it lies."""

    dirt: Dirt
    line: int


DIRT = (
    Dirt(
        "billing_subscriptions.csv",
        0.4,
        {
            "subscription": "S-X0001-1",
            "contract": "",
            "product": "planner",
            "seats": "-3",
            "price_per_seat": "19.00",
            "flat_price": "",
        },
        "a negative quantity (-3 seats)",
        "The row is rejected: seats is less than 0.",
    ),
    Dirt(
        "churn_log.csv",
        0.5,
        {"entry": "L-X0001", "noted_on": "2025-02-30"},
        "a date that does not exist (30 February)",
        "The row is rejected: noted_on is not a time.",
    ),
    Dirt(
        "nps.csv",
        0.6,
        {"response_id": "N-X000001", "customer": "A-X0404", "contact": ""},
        "an answer of an account that is not in crm_accounts.csv (A-X0404)",
        "The row is kept as an orphan and reported by `tenure check`; it joins when the account arrives.",
    ),
    Dirt(
        "payments.csv",
        0.7,
        {},
        "the same payment twice, as after a second export",
        "The second one is counted as unchanged; the money counts once.",
    ),
)

_README = """\
The exports of a company that does not exist, as of {today}, with one map for all: map.toml.

  tenure init my-company
  tenure load --home my-company --map map.toml --history .

A dozen tools, each with its own habits. What the map does about them:

  crm_accounts.csv           semicolons, Windows encoding (cp1252), dates as dd.mm.yyyy, segments abbreviated;
                             "Success Plan" is no column of Tenure's and is kept as an attribute to slice by
  contracts.csv              1.234,56 for numbers; "Last Day" is the last day of the term, so ends = "inclusive"
  account_owners.csv         "until" is inclusive too
  billing_subscriptions.csv  discounts in per cent; "exported_by" is ignored
  price_list.csv             one file for two tables, product and plan
  churn_log.csv              reasons in any mixture of capitals, put right by a value map
  nps.csv                    times in UTC; support_csat.csv has times by the local clock, and two questions in one file
  invoices.jsonl             a JSON object a line; product_events.parquet is a Parquet file, its times in UTC
  contacts.csv               the contacts of the CRM; product_users.csv has the users of the product: both are persons
  crm_opportunities.csv      probabilities in per cent, as the shares of crm_deal_splits.csv
  licences.csv, time_off.csv "until" and "last_day" are inclusive
  onboarding_steps.csv       hours of delay, where Tenure counts minutes
  activities.csv             participants with ; between them
  support_history.csv        changes of status and of hands in one file, told apart by "field"
  insights_daily.csv         sums of a day: the second product says no more
  csm_pulse.csv              what CSMs think; pulseboard_scores.csv and pulseboard_figures.csv come from the tool used
                             until now, to be held against Tenure's; targets.csv, objectives.csv, check_ins.csv,
                             accountability.csv and renewal_calls.csv (how CSMs judge renewals) are kept in Tenure's own words

Nothing here says when it became known, so the first load is told that it is history: --history.

Some rows are wrong on purpose:

{dirt}
No row is lost: what is rejected stays with its file, line, column, value and reason.
"""


def plant(folder: Path) -> list[Planted]:
    """Put the dirt into the files of ``folder`` and say where it lies."""
    planted = []
    for dirt in DIRT:
        path = folder / dirt.file
        lines = path.read_text("utf-8").splitlines()
        if len(lines) < 2:  # the smallest companies have lost nobody yet
            continue
        at = 1 + int(dirt.share * (len(lines) - 2))
        names, row = (next(csv.reader([line])) for line in (lines[0], lines[at]))
        lines.insert(at + 1, _changed(names, row, dirt.change) if dirt.change else lines[at])
        path.write_text("\n".join(lines) + "\n", "utf-8")
        planted.append(Planted(dirt, at + 2))
    return planted


def _changed(names: Sequence[str], row: Sequence[str], change: Mapping[str, str]) -> str:
    out = io.StringIO()
    fields = dict(zip(names, row, strict=True)) | dict(change)
    csv.writer(out, lineterminator="").writerow(fields[name] for name in names)
    return out.getvalue()


def readme(today: date, planted: Sequence[Planted]) -> str:
    """The text of README.txt."""
    told = "".join(f"  {p.dirt.file}, line {p.line}: {p.dirt.what}.\n    {p.dirt.says}\n" for p in planted)
    return _README.format(today=today.isoformat(), dirt=told)
