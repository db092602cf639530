"""Thirty kinds of fault as exports really have them: each spoils the files of a day."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bench._daily import Company, File

Files = dict[str, File]


@dataclass(frozen=True)
class Fault:
    """``plant`` spoils the files of a day. ``tables``: what has to be named for it to count as found; ``days``: on as many of
    the last days it is planted.
    """

    name: str
    what: str
    tables: tuple[str, ...]
    plant: Callable[[Files, Company, random.Random, date], None]
    days: int = 1


FAULTS: list[Fault] = []
Plant = Callable[[Files, Company, random.Random, date], None]


def fault(what: str, *tables: str, days: int = 1) -> Callable[[Plant], Plant]:
    """Register a fault by its function's name."""

    def register(plant: Plant) -> Plant:
        FAULTS.append(Fault(plant.__name__, what, tables, plant, days))
        return plant

    return register


def whole(files: Files, company: Company, table: str, day: date) -> File:
    """All rows of a table in the day's file, as after a full export."""
    files[table] = company.until(day)[table]
    return files[table]


def paying(company: Company, day: date) -> list[str]:
    """The accounts that pay on a day."""
    rows = company.until(day)["subscription"].rows
    return sorted({row["account_id"] for row in rows if row["ended_at"] is None and not row["is_trial"]})


@fault("an export is made twice, with new ids", "usage")
def exported_twice(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    rows = files["usage"].rows
    files["usage"].rows = rows + [row | {"event_id": f"{row['event_id']}-b"} for row in rows]


@fault("a file is cut off in the middle of a line", "usage")
def cut_off(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    text = files["usage"].written()
    files["usage"].text = text[: int(len(text) * 0.45)]


@fault("a comma in a text shifts the columns of some lines", "usage")
def columns_shifted(files: Files, _company: Company, chance: random.Random, _day: date) -> None:
    lines = files["usage"].written().splitlines()
    spoiled = set(chance.sample(range(1, len(lines)), len(lines) // 5))
    files["usage"].text = "\n".join(
        line.replace(",", ", Ltd,", 1) if number in spoiled else line for number, line in enumerate(lines)
    )


@fault("the decimal mark is lost: amounts are a hundredfold", "subscription", "metric")
def decimal_mark(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    for row in whole(files, company, "subscription", day).rows:
        for name in ("amount", "unit_amount"):
            row[name] = row[name] * 100 if row[name] else row[name]


@fault("invoices of a day are in another currency", "invoice")
def wrong_currency(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    rows = [row for row in company.until(day)["invoice"].rows if row["currency"] != "USD"][-4:]
    copies = [row | {"invoice_id": f"{row['invoice_id']}-n", "currency": "USD", "issued_at": day} for row in rows]
    files["invoice"] = File("invoice", list(copies[0]), copies)


@fault("times are nine hours off", "usage")
def zone_shifted(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["usage"].rows:
        row["occurred_at"] -= timedelta(hours=9)


@fault("ends are the last day, not the day after", "contract", "subscription")
def inclusive_ends(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    for row in whole(files, company, "contract", day).rows:
        row["ended_at"] = row["ended_at"] - timedelta(days=1)


@fault("half of a day's events are missing", "usage")
def half_missing(files: Files, _company: Company, chance: random.Random, _day: date) -> None:
    files["usage"].rows = [row for row in files["usage"].rows if chance.random() < 0.5]


@fault("a column comes empty", "usage")
def column_empty(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["usage"].rows:
        row["person_id"] = None


@fault("a column is renamed", "usage")
def column_renamed(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    files["usage"].text = files["usage"].written().replace("person_id", "user", 1)


@fault("ids are used again for other customers", "subscription")
def ids_reused(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    rows, accounts = company.until(day)["subscription"].rows[:3], paying(company, day)
    reused = [row | {"account_id": accounts[n], "started_at": day, "ended_at": None} for n, row in enumerate(rows)]
    files["subscription"] = File("subscription", list(reused[0]), reused)


@fault("events name accounts that nobody knows", "usage")
def parents_missing(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["usage"].rows[::10]:
        row["account_id"] = row["account_id"].replace("A-", "B-")


@fault("a clean-up merges accounts that are none", "account")
def merged_away(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    rows = files["account"].rows
    for row in rows[10:16]:
        row["merged_into"] = rows[9]["account_id"]


@fault("paying customers are flagged as churned", "account")
def churn_flag(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    some = set(paying(company, day)[:5])
    for row in files["account"].rows:
        row["churn_flag"] = True if row["account_id"] in some else row["churn_flag"]


@fault("invoices are written twice under new numbers", "invoice")
def invoice_twice(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    rows = [row | {"invoice_id": f"{row['invoice_id']}-2"} for row in company.until(day)["invoice"].rows[-3:]]
    files["invoice"] = File("invoice", list(rows[0]), rows)


@fault("quantities are negative", "subscription")
def negative_quantity(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    rows = [row | {"quantity": Decimal(-3), "started_at": day} for row in company.until(day)["subscription"].rows[-2:]]
    files["subscription"] = File("subscription", list(rows[0]), rows)


@fault("events are dated in the year to come", "usage")
def future_dates(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["usage"].rows[:5]:
        row["occurred_at"] += timedelta(days=365)


@fault("a source brings nothing for days", "usage", days=5)
def gone_quiet(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    files.pop("usage", None)


@fault("durations come in thousandths of a second", "usage")
def other_unit(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["usage"].rows:
        row["seconds"] = row["seconds"] * 1000 if row["seconds"] else row["seconds"]


@fault("scores come on another scale", "survey_answer")
def score_scale(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    rows = [row for row in company.until(day)["survey_answer"].rows if row["score"] and row["scale_max"] == 10][-5:]
    again = [row | {"answer_id": f"{row['answer_id']}-p", "score": row["score"] * 10} for row in rows]
    files["survey_answer"] = File("survey_answer", list(again[0]), again)


@fault("people of many accounts share an address", "person")
def email_shared(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    rows = [row | {"email": "info@gmail.example"} for row in company.until(day)["person"].rows[::60][:8]]
    files["person"] = File("person", list(rows[0]), rows)


@fault("our own test account is not marked", "account")
def unmarked_test(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    row = files["account"].rows[0]
    files["account"].rows.append(row | {"account_id": "A-90001", "name": "QA Test 3", "domain": None, "is_test": None})


@fault("the yearly amount is the monthly one", "subscription")
def arr_is_mrr(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    file = whole(files, company, "subscription", day)
    file.columns.append("arr")
    for row in file.rows:
        row["arr"] = row["amount"]


@fault("a subscription is kept beside the one that replaced it", "subscription")
def overlapping(files: Files, company: Company, _chance: random.Random, day: date) -> None:
    runs = [row for row in company.until(day)["subscription"].rows if row["ended_at"] is None and not row["is_trial"]]
    rows = [row | {"subscription_id": f"{row['subscription_id']}-n", "started_at": day} for row in runs[:4]]
    files["subscription"] = File("subscription", list(rows[0]), rows)


@fault("a feature is called otherwise from today on", "usage")
def feature_renamed(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["usage"].rows:
        row["feature"] = "taskDone" if row["feature"] == "task_completed" else row["feature"]


@fault("times are only days", "usage")
def all_midnight(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["usage"].rows:
        row["occurred_at"] = row["occurred_at"].replace(hour=0, minute=0, second=0)


@fault("a file is read in the wrong encoding", "account")
def garbled(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["account"].rows[:4]:
        row["name"] = f"{row['name']} Süd".encode().decode("cp1252")


@fault("an exchange rate is turned round", "exchange_rate")
def rate_turned(files: Files, _company: Company, _chance: random.Random, _day: date) -> None:
    for row in files["exchange_rate"].rows:
        row["rate"] = round(1 / Decimal(str(row["rate"])), 6)


@fault("day and month are swapped", "usage")
def day_month_swapped(files: Files, _company: Company, _chance: random.Random, day: date) -> None:
    # The day is the 5th as the export wrote it: 2026-11-05 becomes 2026-05-11.
    for row in files["usage"].rows:
        at: datetime = row["occurred_at"]
        row["occurred_at"] = at.replace(month=min(day.day, 5), day=day.month)


@fault("a filter ends a third of all subscriptions", "subscription", "metric")
def ended_by_mistake(files: Files, company: Company, chance: random.Random, day: date) -> None:
    for row in whole(files, company, "subscription", day).rows:
        if row["ended_at"] is None and chance.random() < 0.33:
            row["ended_at"] = day
