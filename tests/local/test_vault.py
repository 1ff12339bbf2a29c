"""The vault: files get their final names inside a transaction, and are removed only when no row needs them."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.work.leaving_repo import Leaving
from audiodesk.system.clock import now_ms


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    (tmp_path / "library").mkdir(exist_ok=True)
    return Vault(tmp_path / "library" / "vault")


def arrive(vault: Vault, data: bytes) -> tuple[str, str]:
    """Put ``data`` under a temporary name; returns the name and the hash."""
    name = vault.new_temporary_name()
    vault.temporary(name).write_bytes(data)
    return name, hashlib.sha256(data).hexdigest()


def test_a_file_gets_the_name_of_its_bytes(vault: Vault) -> None:
    name, sha256 = arrive(vault, b"sound")
    assert vault.temporary_names() == [name]
    assert vault.adopt(name, sha256, Kind.WAV, 5)
    vault.settle([sha256])
    path = vault.folder / sha256[:2] / f"{sha256}.wav"
    assert vault.path_of(sha256, Kind.WAV) == path
    assert path.read_bytes() == b"sound"
    assert vault.temporary_names() == []
    assert [(file.sha256, file.kind, file.size) for file in vault.files()] == [(sha256, Kind.WAV, 5)]


def test_nothing_that_is_there_is_overwritten(vault: Vault) -> None:
    first, sha256 = arrive(vault, b"sound")
    vault.adopt(first, sha256, Kind.WAV, 5)
    inode = vault.path_of(sha256, Kind.WAV).stat().st_ino
    second, _ = arrive(vault, b"sound")
    assert not vault.adopt(second, sha256, Kind.WAV, 5)
    assert vault.path_of(sha256, Kind.WAV).stat().st_ino == inode
    assert vault.temporary_names() == [second]


def test_a_file_cut_short_gives_way_to_the_whole_one(vault: Vault) -> None:
    first, sha256 = arrive(vault, b"sound")
    vault.adopt(first, sha256, Kind.WAV, 5)
    os.truncate(vault.path_of(sha256, Kind.WAV), 2)
    second, _ = arrive(vault, b"sound")
    assert vault.adopt(second, sha256, Kind.WAV, 5)
    assert vault.path_of(sha256, Kind.WAV).read_bytes() == b"sound"


def test_what_is_not_committed_is_given_back(vault: Vault) -> None:
    name, sha256 = arrive(vault, b"sound")
    vault.adopt(name, sha256, Kind.MP3, 5)
    vault.give_back(name, sha256, Kind.MP3)
    assert vault.temporary_names() == [name]
    assert list(vault.files()) == []


def test_discarding_twice_does_no_harm(vault: Vault) -> None:
    name, _ = arrive(vault, b"sound")
    vault.discard(name)
    vault.discard(name)
    assert vault.temporary_names() == []


def test_an_empty_place_has_no_files(vault: Vault) -> None:
    assert list(vault.files()) == []
    assert vault.temporary_names() == []


def test_what_else_lies_about_is_passed_over(vault: Vault) -> None:
    name, sha256 = arrive(vault, b"sound")
    vault.adopt(name, sha256, Kind.WAV, 5)
    (vault.folder / "ab").mkdir(exist_ok=True)
    (vault.folder / "ab" / "notes.txt").write_text("mine")
    (vault.folder / "zz").write_text("no folder")
    assert [file.sha256 for file in vault.files()] == [sha256]


def test_only_files_that_no_row_needs_are_removed(vault: Vault, database: Database) -> None:
    kept, emptied, nobodys = (arrive(vault, data)[1] for data in (b"kept", b"emptied", b"nobody's"))
    for name in vault.temporary_names():
        data = vault.temporary(name).read_bytes()
        vault.adopt(name, hashlib.sha256(data).hexdigest(), Kind.WAV, len(data))

    def rows(connection: sqlite3.Connection) -> None:
        for take_id, sha256 in (("t1", kept), ("t2", emptied)):
            connection.execute(
                "insert into take_file (id, order_key, created_at, take_id, role, sha256, size, kind, seconds,"
                " sample_rate, channels) values (?, 'a0', 1, ?, 'original', ?, 4, 'wav', 1, 44100, 1)",
                (f"f {take_id}", take_id, sha256),
            )
        connection.execute(
            "insert into take (id, order_key, created_at, section_id, file_name, deleted_at, purged_at)"
            " values ('t2', 'a0', 1, 's', 'a.wav', 1, 1)"
        )

    database.write(rows)
    with database.read() as connection:
        assert {file.sha256 for file in vault.unknown(connection)} == {emptied, nobodys}
    later = now_ms() + 1000

    def remove(connection: sqlite3.Connection) -> list[bool]:
        shas = (kept, emptied, nobodys, nobodys, "0" * 64)
        return [vault.remove_leaving(connection, Leaving(sha256, Kind.WAV, later)) for sha256 in shas]

    assert database.write(remove) == [False, True, True, False, False]
    assert [file.sha256 for file in vault.files()] == [kept]


def test_a_file_that_is_newer_than_its_promise_stays(vault: Vault, database: Database) -> None:
    name, sha256 = arrive(vault, b"came back")
    vault.adopt(name, sha256, Kind.WAV, 9)
    os.utime(vault.path_of(sha256, Kind.WAV), (2000, 2000))
    earlier, later = Leaving(sha256, Kind.WAV, 1_999_990), Leaving(sha256, Kind.WAV, 2_000_000)
    assert not database.write(lambda connection: vault.remove_leaving(connection, earlier))
    assert vault.has(sha256, Kind.WAV)
    assert database.write(lambda connection: vault.remove_leaving(connection, later))
    assert not vault.has(sha256, Kind.WAV)


def test_a_vault_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("not a folder")
    vault = Vault(tmp_path / "vault")
    with pytest.raises(OutsideError):
        vault.temporary("x")
