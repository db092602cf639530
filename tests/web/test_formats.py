"""Figures and times as the reader writes them: in English of both kinds, and in German."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from django.template import engines

from tenure.web.kit import formats, reading
from tenure.web.kit.reading import Reading, locale_of
from tenure.web.kit.sparkline import Sparkline, sparkline


@pytest.fixture
def read(monkeypatch):
    """Write for a locale, by default in UTC."""

    def written(locale, zone="UTC"):
        reading._current.set(Reading(Locale.parse(locale, sep="-"), ZoneInfo(zone)))

    before = reading.current()
    yield written
    reading._current.set(before)


SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("locale", "number", "exact", "percent", "money", "short"),
    [
        ("en-US", "1,234,567.891", "1,234,567.9", "91.7%", "€1,234.50", "€3.3M"),
        ("en-GB", "1,234,567.891", "1,234,567.9", "91.7%", "€1,234.50", "€3.3M"),
        ("de", "1.234.567,891", "1.234.567,9", f"91,7{SPACE}%", f"1.234,50{SPACE}€", f"3,3{SPACE}Mio.{SPACE}€"),
    ],
)
def test_numbers(read, locale, number, exact, percent, money, short):
    read(locale)
    value = Decimal("1234567.891")
    assert formats.number(value) == number
    assert formats.number(value, 1) == exact
    assert formats.percent(Decimal("0.9168")) == percent
    assert formats.money(Decimal("1234.5"), "EUR") == money
    assert formats.money_short(Decimal(3_270_000), "EUR") == short


def test_money_has_the_decimals_of_its_currency(read):
    read("en")
    assert formats.money(1234, "JPY") == "¥1,234"
    assert formats.money_short(214, "EUR") == "€214"
    assert formats.money_short(-38_400, "EUR") == "-€38.4K"


def test_percent_with_other_decimals(read):
    read("de")
    assert formats.percent(1, 0) == f"100{SPACE}%"
    assert formats.percent(Decimal("-0.00125"), 2) == f"-0,12{SPACE}%"
    assert formats.percent(Decimal("-0.0001")) == f"0,0{SPACE}%"
    read("en")
    assert formats.number(12, 0) == "12"
    assert formats.number(-0.4, 0) == "0"
    assert formats.number(-0.6, 0) == "-1"


@pytest.mark.parametrize(
    ("locale", "day", "moment"),
    [
        ("en-US", "Nov 24, 2026", "Nov 24, 2026, 4:05\N{NARROW NO-BREAK SPACE}PM"),
        ("en-GB", "24 Nov 2026", "24 Nov 2026, 16:05"),
        ("de", "24.11.2026", "24.11.2026, 16:05"),
    ],
)
def test_times_are_those_of_the_organisation(read, locale, day, moment):
    read(locale, "Europe/Berlin")
    naive_utc = datetime(2026, 11, 24, 15, 5)
    assert formats.day(date(2026, 11, 24)) == formats.day(naive_utc) == day
    assert formats.moment(naive_utc) == formats.moment(naive_utc.replace(tzinfo=UTC)) == moment
    assert formats.day(datetime(2026, 11, 23, 23, 30)) == day, "it was the 24th in Berlin"


@pytest.mark.parametrize(
    ("minutes", "english", "german"),
    [
        (0, "0 min", "0 Min."),
        (45, "45 min", "45 Min."),
        (Decimal(200), "3 hr, 20 min", "3 Std., 20 Min."),
        (120, "2 hr", "2 Std."),
        (47 * 60, "47 hr", "47 Std."),
        (60 * 60, "2 days", "2 Tg."),
        (-90, "−1 hr, 30 min", "−1 Std., 30 Min."),
        (timedelta(days=12), "12 days", "12 Tg."),
    ],
)
def test_durations(read, minutes, english, german):
    read("en")
    assert formats.duration(minutes) == english
    read("de")
    assert formats.duration(minutes).replace("Tage", "Tg.") == german


def test_distances_from_now(read):
    now = datetime(2026, 11, 24, 12)
    read("en")
    assert formats.since(now - timedelta(hours=2), now) == "2 hours ago"
    assert formats.since(now + timedelta(days=12), now.replace(tzinfo=UTC)) == "in 12 days"
    assert formats.since(now - timedelta(days=2), now) == "2 days ago"
    assert formats.since(now - timedelta(days=400), now) == "13 months ago"
    read("de")
    assert formats.since(now - timedelta(hours=2), now) == "vor 2 Stunden"


def test_a_sparkline_shows_values_that_have_none_beside_them():
    drawn = sparkline([40, None, 30, None, 30, 20])
    assert drawn.dots == "M0,2h0 M96,20h0"
    assert drawn.line == "M192,20 240,38"
    assert sparkline([None, 3, None]) == sparkline([]) == Sparkline("", "", "")


def test_what_is_not_known_is_a_dash_and_never_a_zero():
    for told in (
        formats.number(None), formats.percent(None), formats.money(None, "EUR"), formats.money_short(None, "EUR"),
        formats.day(None), formats.moment(None), formats.duration(None), formats.since(None),
    ):  # fmt: skip
        assert told == "–"
    assert formats.number(0) == "0"


def test_templates_have_them_as_filters(read):
    read("de")
    template = engines["django"].from_string("{{ a|percent:0 }} {{ b|money:'EUR' }} {{ c|number:2 }} {{ none|day }}")
    told = template.render({"a": Decimal("0.5"), "b": 2, "c": 3, "none": None})
    assert told == f"50{SPACE}% 2,00{SPACE}€ 3,00 –"


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de_CH"),
        ("en-GB", "en_GB"),
        ("tlh, fr;q=0.5", "fr"),
        ("*", "en"),
        ("", "en"),
        ("x" * 5000, "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_the_browser_says_how_it_is_read(header, locale):
    assert str(locale_of(header)) == locale


def test_pages_are_written_for_the_browser(client, administrator, as_):
    """The session's beginning is a moment: its form tells for whom it was written."""
    page = as_(administrator).get("/account/", headers={"Accept-Language": "de-DE"}).content.decode()
    assert "vor " in page
