import pickle
import subprocess
import sys
import tomllib
from decimal import Decimal

import pytest

from tenure.core import config
from tenure.core.accept import Severity
from tenure.core.config import Settings, in_force, read, settings_hash
from tenure.core.errors import UnavailableError, UsageError
from tenure.core.newconfig import rewritten, write_default

BASIC = 'currency = "EUR"\ntimezone = "Europe/Berlin"\n'


@pytest.fixture
def written(tmp_path):
    """Reads a workspace whose tenure.toml has this text."""

    def read_text(text):
        (tmp_path / "tenure.toml").write_text(text, encoding="utf-8")
        return read(tmp_path)

    return read_text


def refusal(written, text):
    with pytest.raises(UsageError) as caught:
        written(text)
    return caught.value


def test_what_init_writes_reads_as_the_defaults(tmp_path):
    write_default(tmp_path / "new", currency="CHF", timezone="Europe/Zurich", fiscal_year_start=4)
    settings = read(tmp_path / "new")
    assert settings == Settings(currency="CHF", timezone="Europe/Zurich", fiscal_year_start=4)
    assert settings.zone.key == "Europe/Zurich"


def test_the_defaults_are_those_of_the_catalogue(written):
    settings = written(BASIC)
    assert settings.fiscal_year_start == 1
    assert not any((settings.customers.include_trials, settings.customers.include_paused))
    assert settings.customers.include_free is False
    assert settings.customers.lapse_days == 0
    assert settings.renewals.grace_days == settings.ownership.grace_days == 30
    assert settings.retention.inactive_days == settings.retention.churn_reason_days == 30
    assert (settings.figures.small_n, settings.figures.anonymity_floor, settings.figures.pinned) == (10, 5, ())
    assert (settings.budget_rates, settings.checks) == ({}, {})


def test_the_file_explains_every_key_and_its_default(tmp_path):
    path = write_default(tmp_path, currency="EUR", timezone="UTC", fiscal_year_start=1)
    lines = path.read_text().splitlines()
    keys = [number for number, line in enumerate(lines) if line[:1].isalpha()]
    assert len(keys) == len(in_force(read(tmp_path)))  # each setting stands there once
    for number in keys:
        assert lines[number - 1].startswith("# Default: ")
        assert lines[number - 2].startswith("# ")
    tables = tomllib.loads(path.read_text())
    assert {"customers", "renewals", "ownership", "retention", "figures", "budget_rates", "checks"} <= tables.keys()


def test_the_examples_in_the_file_are_valid(tmp_path, written):
    path = write_default(tmp_path, currency="EUR", timezone="UTC", fiscal_year_start=1)
    text = path.read_text().replace('# USD = "', 'USD = "').replace('# overlap = "', 'overlap = "')
    settings = written(text)
    assert settings.budget_rates == {"USD": Decimal("0.92")}
    assert settings.checks == {"overlap": Severity.WARNS}


def test_a_workspace_is_not_overwritten(tmp_path):
    (tmp_path / "tenure.toml").write_text("mine")
    with pytest.raises(UsageError, match="workspace already"):
        write_default(tmp_path, currency="EUR", timezone="UTC", fiscal_year_start=1)
    assert (tmp_path / "tenure.toml").read_text() == "mine"


def test_other_values_are_written_and_all_else_stays_as_it_was(tmp_path, written):
    path = write_default(tmp_path, currency="EUR", timezone="UTC", fiscal_year_start=1)
    before = path.read_text().splitlines()
    text = rewritten(path.read_text(), {"currency": "GBP", "figures.small_n": 5, "budget_rates": {"USD": "0.9"}})
    differing = [line for line in text.splitlines() if line not in before]
    assert differing == ['currency = "GBP"', "small_n = 5", 'USD = "0.9"']
    assert [line for line in before if line not in text.splitlines()] == ['currency = "EUR"', "small_n = 10"]
    other = written(text)
    assert (other.currency, other.figures.small_n, other.budget_rates) == ("GBP", 5, {"USD": Decimal("0.9")})
    assert written(rewritten(text, {"budget_rates": {}})).budget_rates == {}
    bare = rewritten(
        'currency = "EUR"\ntimezone = "UTC"\n\n[voice]\n# ours\n', {"fiscal_year_start": 4, "figures.small_n": 7}
    )
    assert "# ours" in bare
    assert (written(bare).fiscal_year_start, written(bare).figures.small_n) == (4, 7)


@pytest.mark.parametrize(("option", "value"), [("currency", "euro"), ("timezone", "Berlin"), ("fiscal_year_start", 13)])
def test_a_bad_option_of_init_is_named_and_nothing_is_written(tmp_path, option, value):
    with pytest.raises(UsageError) as caught:
        write_default(tmp_path, **{"currency": "EUR", "timezone": "UTC", "fiscal_year_start": 1, option: value})
    assert caught.value.where == "--" + option.replace("_", "-")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_a_folder_without_settings_is_no_workspace(tmp_path, kind):
    home = tmp_path / "home"
    if kind == "empty":
        home.mkdir()
    if kind == "file":
        home.write_text("")
    with pytest.raises(UsageError, match="is no workspace") as caught:
        read(home)
    assert caught.value.fix == f"Make one with: tenure init {home}"


def test_rates_are_exact_as_texts_and_as_numbers(written):
    settings = written(BASIC + '[budget_rates]\nUSD = "1.0832"\nJPY = 0.0061\nGBP = 1\n')
    assert settings.budget_rates == {"USD": Decimal("1.0832"), "JPY": Decimal("0.0061"), "GBP": Decimal(1)}


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    (tmp_path / "tenure.toml").write_bytes(b"\xef\xbb\xbf" + BASIC.replace("\n", "\r\n").encode())
    assert read(tmp_path).currency == "EUR"


@pytest.mark.parametrize(
    ("text", "line", "message", "fix"),
    [
        (BASIC + "[figures]\nsmal_n = 5\n", ":4:figures.smal_n", "no setting figures.smal_n", "small_n in [figures]"),
        (BASIC + "include_trials = true\n", ":3:include_trials", "no setting", "include_trials in [customers]"),
        (BASIC + "[ownership]\ngrace_day = 1\n", ":4:", "no setting", "grace_days in [ownership] or grace_days in [re"),
        (BASIC + "[figure]\n", ":3:figure", "no setting figure", "figures"),
        (BASIC + "zzz = 1\n", ":3:zzz", "no setting zzz", "Take the line out"),
        (
            BASIC + '\n[renewals]\n# days\ngrace_days = "30"\n',
            ":6:",
            "'30', but must be a whole number from 0 to 3650",
            "",
        ),
        (BASIC + "[renewals]\ngrace_days = true\n", ":4:", "is true, but must be a whole number", ""),
        (BASIC + "[renewals]\ngrace_days = -1\n", ":4:", "-1, but must be a whole number from 0 to 3650", ""),
        (BASIC + "[customers]\ninclude_free = 0\n", ":4:", "0, but must be true or false", ""),
        (BASIC + "[figures]\nanonymity_floor = 1\n", ":4:", "5 or more", ""),
        (BASIC + "fiscal_year_start = 0\n", ":3:", "a whole number from 1 to 12", ""),
        (BASIC + "figures.small_n = 'x'\n", ":3:figures.small_n", "must be a whole number", ""),
        (BASIC + "figures = 3\n", ":3:figures", "figures is a table", "[figures]"),
        (BASIC + "[[checks]]\na = 1\n", ":3:checks", "checks is a table", "[checks]"),
        (BASIC + "[figures]\npinned = 'region'\n", ":4:", "must be a list of texts", ""),
        (BASIC + "[budget_rates]\nusd = 1\n", ":4:", "capital letters", "Did you mean USD?"),
        (BASIC + "[budget_rates]\nUSD = '1,08'\n", ":4:budget_rates.USD", "must be a number above 0", ""),
        (BASIC + '[milestones]\nfirst_valeu = "report"\n', ":4:", "live, onboarded or first_value", "first_value?"),
        (BASIC + '[milestones]\nlive = "log_in x 0"\n', ":4:milestones.live", "must be a feature and how often", ""),
        (BASIC + "[budget_rates]\nUSD = nan\n", ":4:budget_rates.USD", "must be a number above 0", ""),
        (BASIC + "[hours_per_account]\nSMB = -1\n", ":4:hours_per_account.SMB", "must be a number of hours", ""),
        (BASIC + "[checks]\noverlap = 'warn'\n", ":4:checks.overlap", '"blocks", "warns" or "informs"', ""),
        (BASIC + "[checks]\noverlap = ['warns']\n", ":4:checks.overlap", '"blocks", "warns" or "informs"', ""),
        ('timezone = "UTC"\n', "tenure.toml", "currency is missing", "Add a line: currency"),
        ('currency = "EUR"\n', "tenure.toml", "timezone is missing", "Add a line: timezone"),
        ('currency = "eur"\ntimezone = "UTC"\n', ":1:currency", "'eur'", "Did you mean EUR?"),
        ('currency = "EUR"\ntimezone = "berlin"\n', ":2:timezone", "IANA", "Did you mean Europe/Berlin?"),
        ('currency = "EUR"\ntimezone = "Europe"\n', ":2:timezone", "IANA", ""),
        ('currency = "EUR"\ntimezone = "../etc/passwd"\n', ":2:timezone", "IANA", ""),
        ('currency = "EUR"\ntimezone = 1\n', ":2:timezone", "IANA", ""),
        ('currency = "EUR"\ntimezone = Europe/Berlin\n', "tenure.toml:2", "not TOML", "quotes"),
        (BASIC + 'currency = "USD"\n', "tenure.toml:3", "not TOML", ""),
    ],
)
def test_a_bad_file_is_answered_with_the_line_and_what_to_do(written, text, line, message, fix):
    error = refusal(written, text)
    assert line in error.where
    assert message in error.message
    assert fix in error.fix
    assert error.exit_code == 2


def test_a_file_in_another_encoding_is_answered(tmp_path):
    (tmp_path / "tenure.toml").write_bytes("# für uns\n".encode("latin-1") + BASIC.encode())
    with pytest.raises(UsageError, match="not UTF-8"):
        read(tmp_path)


def test_settings_that_cannot_be_read_are_not_a_mistake_of_the_user(tmp_path):
    (tmp_path / "tenure.toml").mkdir()
    with pytest.raises(UnavailableError, match="cannot be read") as caught:
        read(tmp_path)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("zone", ["posixrules", "right/Europe/Berlin", "localtime"])
def test_a_zone_that_differs_between_machines_is_refused(written, zone):
    assert "IANA" in refusal(written, f'currency = "EUR"\ntimezone = "{zone}"\n').message


def test_the_hash_is_of_what_is_said_not_of_how(written):
    plain = written(BASIC + '[budget_rates]\nUSD = "1.10"\nGBP = 2\n')
    other = written('# ours\ntimezone = "Europe/Berlin"\ncurrency="EUR"\nbudget_rates = {GBP = "2.0", USD = 1.1}\n')
    assert settings_hash(plain) == settings_hash(other)
    assert plain == other
    assert settings_hash(plain) != settings_hash(written(BASIC + '[budget_rates]\nUSD = "1.11"\nGBP = 2\n'))
    assert len({settings_hash(written(BASIC + f"[figures]\nsmall_n = {n}\n")) for n in range(5)}) == 5


def test_settings_in_force_are_named_as_they_are_reached(written):
    found = in_force(written(BASIC + '[figures]\npinned = ["region", "region"]\n[checks]\noverlap = "blocks"\n'))
    assert found["figures.pinned"] == ["region"]
    assert found["checks.overlap"] == "blocks"
    assert found["renewals.grace_days"] == 30


def test_settings_travel_and_serve_as_keys(written):
    settings = written(BASIC + '[budget_rates]\nUSD = "1.1"\n')
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert {settings: 1}[settings] == 1


def test_reading_does_not_import_what_only_writing_needs():
    code = f"import sys, {config.__name__}; sys.exit(bool({{'tomlkit', 'babel', 'numpy'}} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
