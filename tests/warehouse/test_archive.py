from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tenure.core.errors import DataError, UnavailableError
from tenure.warehouse import archive


def test_a_file_lies_whole_under_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(b"a,b\n1,2\n")
    kept = archive.store(tmp_path, file)
    assert kept.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert kept.path == f"archive/{kept.sha256[:2]}/{kept.sha256}.csv"
    assert (tmp_path / kept.path).read_bytes() == b"a,b\n1,2\n"
    assert kept.size == 8


def test_two_equal_files_are_one(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("same\n")
    first, second = (archive.store(tmp_path, tmp_path / name) for name in ("one.csv", "two.csv"))
    assert first == second
    assert list(archive.manifest(tmp_path)) == [first]


def test_bytes_are_kept_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"{}\n")
    assert archive.store_bytes(tmp_path, b"{}\n", ".jsonl") == archive.store(tmp_path, tmp_path / "rows.jsonl")


def test_a_changed_or_missing_file_is_found(tmp_path: Path) -> None:
    kept = archive.store_bytes(tmp_path, b"right", ".csv")
    path = archive.verify(tmp_path, kept.path, kept.sha256)
    path.chmod(0o644)
    path.write_bytes(b"wrong")
    with pytest.raises(DataError, match="changed"):
        archive.verify(tmp_path, kept.path, kept.sha256)
    path.unlink()
    with pytest.raises(DataError, match="missing"):
        archive.verify(tmp_path, kept.path, kept.sha256)


def test_only_what_no_record_names_is_removed(tmp_path: Path) -> None:
    wanted, orphan = (archive.store_bytes(tmp_path, content, ".csv") for content in (b"1", b"2"))
    (tmp_path / "archive" / "77-x.csv.part").write_bytes(b"half")
    assert archive.remove_orphans(tmp_path, [wanted.path]) == 2
    assert list(archive.manifest(tmp_path)) == [wanted]
    assert not (tmp_path / orphan.path).exists()


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be read"):
        archive.store(tmp_path, tmp_path / "nowhere.csv")
