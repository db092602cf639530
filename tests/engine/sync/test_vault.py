"""Secrets are encrypted where they lie (S9)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tenure.core.errors import TenureError
from tenure.engine.sync import vault


def test_a_secret_is_found_in_no_file_and_by_nobody_else(tmp_path: Path) -> None:
    vault.keep(tmp_path, "billing", {"key": "rk_live_1"})
    vault.keep(tmp_path, "billing", {"other": "rk_live_2"})
    assert vault.secrets(tmp_path, "billing") == {"key": "rk_live_1", "other": "rk_live_2"}
    assert (vault.secrets(tmp_path, "support"), vault.names(tmp_path, "billing")) == ({}, ["key", "other"])
    for path in tmp_path.iterdir():
        assert b"rk_live" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    vault.keep(tmp_path, "billing", {"other": ""})
    assert vault.names(tmp_path, "billing") == ["key"]


def test_a_backup_without_the_key_cannot_be_read(tmp_path: Path) -> None:
    vault.keep(tmp_path, "billing", {"key": "rk_live_1"})
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(tmp_path / vault.FILE, copy)
    with pytest.raises(TenureError) as error:
        vault.secrets(copy, "billing")
    assert error.value.code == "no_secret_key"
    vault.keep(copy, "other", {"key": "x"})  # which makes a key, another one
    with pytest.raises(TenureError) as error:
        vault.secrets(copy, "billing")
    assert error.value.code == "wrong_secret_key"


def test_no_secret_can_be_put_in_another_ones_place(tmp_path: Path) -> None:
    vault.keep(tmp_path, "billing", {"key": "rk_live_1"})
    found = json.loads((tmp_path / vault.FILE).read_text())
    (tmp_path / vault.FILE).write_text(json.dumps({"support": found["billing"]}))
    with pytest.raises(TenureError):
        vault.secrets(tmp_path, "support")


def test_a_new_key_opens_what_the_old_one_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.keep(tmp_path, "billing", {"key": "rk_live_1"})
    old = (tmp_path / vault.KEY_FILE).read_text()
    assert vault.rotate(tmp_path) == 1
    assert old.strip() not in (tmp_path / vault.KEY_FILE).read_text()
    assert vault.secrets(tmp_path, "billing") == {"key": "rk_live_1"}
    monkeypatch.setenv(vault.KEY_NAME, "short")
    with pytest.raises(TenureError, match="too short"):
        vault.secrets(tmp_path, "billing")
    first, second = "a" * 40, "b" * 40
    monkeypatch.setenv(vault.KEY_NAME, first)
    vault.keep(tmp_path, "crm", {"key": "x"})
    vault.forget(tmp_path, "billing")
    monkeypatch.setenv(vault.KEY_NAME, f"{second},{first}")
    assert vault.rotate(tmp_path) == 1
    monkeypatch.setenv(vault.KEY_NAME, second)
    assert vault.secrets(tmp_path, "crm") == {"key": "x"}
