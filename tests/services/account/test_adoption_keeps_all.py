"""No recording is lost when a library goes to an account: others at work, files without a row, places that are gone."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audiodesk.composition import Program
from audiodesk.composition.core import Core
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError
from audiodesk.local.rows.library.library_size_repo import library_size
from audiodesk.local.rows.sync.bring_in import bring_in
from audiodesk.services.account import adoption as adoption_module
from audiodesk.services.account.library_folders import rename_library
from audiodesk.services.account.vault_copy import VaultCopy
from audiodesk.system.files import make_folder
from audiodesk.system.folders import ADOPTION_PLAN
from audiodesk.system.json_file import JsonFile
from audiodesk.system.locks import ProcessSign
from tests.services.account.adopting import ANNA, environ, fill, filled, titles
from tests.support import code_of

__all__ = ["environ"]

pytestmark = pytest.mark.slow


def _plan(program: Program) -> None:
    program.adoption.plan(ANNA)
    program.accounts.remember(ANNA, use=True)


@pytest.fixture
def both(environ: dict[str, str]) -> dict[str, str]:
    """A computer on which the account has a library already, so that the other one is copied into it."""
    with Program(environ, face="command") as program:
        program.adoption.keep_apart(ANNA)
    return environ


@contextlib.contextmanager
def _another_command(environ: dict[str, str]) -> Iterator[Core]:
    """The library without an account, opened by a command before anything was planned."""
    with Program(environ, face="command") as program, program.open() as core:
        yield core


def _put(vault: Any, data: bytes) -> str:
    make_folder(vault.folder)
    sha = hashlib.sha256(data).hexdigest()
    name = vault.new_temporary_name()
    vault.temporary(name).write_bytes(data)
    vault.adopt(name, sha, Kind.WAV, len(data))
    return sha


def _assert_there(environ: dict[str, str], books: list[str], shas: list[str]) -> None:
    with Program(environ, face="command") as program, program.open() as core:
        assert not program.folders.local_library.exists()
        assert core.library_folder == program.folders.account_library(ANNA.host, ANNA.user_id)
        assert titles(core) == books
        for sha in shas:
            assert core.vault.has(sha, Kind.WAV)
            assert not core.vault.is_damaged(sha, Kind.WAV)


def test_a_take_added_while_the_files_are_copied_comes_too(both: dict[str, str]) -> None:
    shas = filled(both, "Book")
    with _another_command(both) as other, Program(both, face="command") as program:
        _plan(program)

        def tell(done: int, total: int) -> None:
            if done == total and program.folders.local_library.exists():
                shas.extend(fill(other, "Added meanwhile"))

        program.adoption.go_on(tell)
    _assert_there(both, ["Added meanwhile", "Book"], shas)
    assert len(shas) == 4


def test_nothing_is_reported_as_added_once_the_rows_are_copied(
    both: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(both, "Book")
    codes: list[str] = []
    with _another_command(both) as other, Program(both, face="command") as program:
        _plan(program)

        def late(connection: sqlite3.Connection, source: sqlite3.Connection, now: int) -> int:
            count = bring_in(connection, source, now)
            codes.append(code_of(lambda: other.library.add_project("Too late")))
            return count

        monkeypatch.setattr(adoption_module, "bring_in", late)
        program.adoption.go_on()
    assert codes == ["library-gone"]
    _assert_there(both, ["Book"], [])


def test_what_an_earlier_run_copied_is_compared_again(both: dict[str, str]) -> None:
    """A plan that says "copied" is not believed: takes may have been added since."""
    shas = filled(both, "Book")
    with Program(both, face="command") as program:
        _plan(program)
        JsonFile(program.folders.data / ADOPTION_PLAN).change(lambda found: {**found, "copied": True})
    _assert_there(both, ["Book"], shas)


@pytest.mark.parametrize("name", ["local", "local.brought-in"])
def test_a_library_that_lost_its_name_is_compared_before_it_is_removed(both: dict[str, str], name: str) -> None:
    shas = filled(both, "Book")
    with Program(both, face="command") as program:
        _plan(program)
        local = program.folders.local_library
        local.rename(local.with_name(name))
    _assert_there(both, ["Book"], shas)


@pytest.mark.parametrize("is_here", [False, True], ids=["renamed", "copied"])
def test_a_command_at_work_is_waited_for(environ: dict[str, str], *, is_here: bool) -> None:
    if is_here:
        with Program(environ, face="command") as program:
            program.adoption.keep_apart(ANNA)
    shas = filled(environ, "Book")
    with Program(environ, face="command") as program:
        _plan(program)
        sign = ProcessSign(program.folders.local_library)
        assert code_of(program.adoption.go_on) == "library-at-work"
        assert program.folders.local_library.exists()
        sign.close()
    _assert_there(environ, ["Book"], shas)


def test_a_command_that_begins_while_files_are_copied_is_waited_for(both: dict[str, str]) -> None:
    shas = filled(both, "Book")
    with Program(both, face="command") as program:
        _plan(program)
        signs: list[ProcessSign] = []

        def tell(_done: int, _total: int) -> None:
            if not signs:
                signs.append(ProcessSign(program.folders.local_library))

        assert code_of(lambda: program.adoption.go_on(tell)) == "library-at-work"
        assert program.folders.local_library.exists()
        signs[0].close()
    _assert_there(both, ["Book"], shas)


def test_a_command_that_begins_just_before_the_rename_is_waited_for(
    both: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shas = filled(both, "Book")
    with Program(both, face="command") as program:
        _plan(program)
        signs: list[ProcessSign] = []

        def late(folder: Path, to: Path, registry: Any) -> None:
            rename_library(folder, to, registry)
            signs.append(ProcessSign(to))

        with monkeypatch.context() as patched:
            patched.setattr(adoption_module, "rename_library", late)
            assert code_of(program.adoption.go_on) == "library-at-work"
        assert program.folders.local_library.exists(), "it has its name back"
        signs[0].close()
    _assert_there(both, ["Book"], shas)


def test_a_recording_without_a_row_is_offered_in_the_account(both: dict[str, str]) -> None:
    shas = filled(both, "Book")
    with Program(both, face="command") as program, program.open() as core:
        unknown = _put(core.vault, b"nobody's" * 100)
    with Program(both, face="command") as program:
        _plan(program)
    with Program(both, face="command") as program, program.open() as core:
        assert [file.sha256 for file in core.found.files()] == [unknown]
    _assert_there(both, ["Book"], [*shas, unknown])


def test_a_recording_that_cannot_be_read_counts_as_damaged(both: dict[str, str]) -> None:
    shas = filled(both, "Book")
    with Program(both, face="command") as program, program.open() as core:
        broken = core.vault.path_of(shas[0], Kind.WAV)
        broken.unlink()
        broken.mkdir()  # not even an administrator can read it
    with Program(both, face="command") as program:
        _plan(program)
    _assert_there(both, ["Book"], shas[1:])


def test_a_damaged_recording_of_the_account_is_mended(both: dict[str, str]) -> None:
    shas = filled(both, "Book")
    with Program(both, face="command") as program:
        source = program.folders.local_library / "vault" / shas[0][:2] / f"{shas[0]}.wav"
        target = program.folders.account_library(ANNA.host, ANNA.user_id) / "vault" / shas[0][:2] / source.name
        make_folder(target.parent)
        target.write_bytes(b"x" * source.stat().st_size)
        _plan(program)
    _assert_there(both, ["Book"], shas)


def test_files_that_were_not_added_stay_listed(both: dict[str, str], tmp_path: Path) -> None:
    filled(both, "Book")
    refused = tmp_path / "a.mp3"
    refused.write_bytes(b"no audio" * 100)
    with Program(both, face="command") as program, program.open() as core:
        core.importer.import_files(core.planner.plan([str(refused)], None))
        assert len(core.importer.refusals()) == 1
    with Program(both, face="command") as program:
        _plan(program)
    with Program(both, face="command") as program, program.open() as core:
        assert [one.name for one in core.importer.refusals()] == ["a.mp3"]


def test_files_whose_rows_did_not_come_yet_are_no_lost_list(
    both: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account has no book and a copy of its list, and the copy of the other library ends before its rows."""
    with Program(both, face="command") as program:
        folder = program.folders.account_library(ANNA.host, ANNA.user_id)
        with program.open(folder) as core:
            core.database.copy_to(make_folder(folder / "backups") / "daily-2026-01-01.sqlite3")
    shas = filled(both, "Book")
    with Program(both, face="command") as program:
        _plan(program)

        def fail(*_: object) -> None:
            raise sqlite3.OperationalError

        with monkeypatch.context() as patched:
            patched.setattr(adoption_module, "bring_in", fail)
            with contextlib.suppress(Exception):
                program.adoption.go_on()
        plan = program.folders.data / ADOPTION_PLAN
        kept = plan.read_bytes()
        plan.unlink()
        with program.open(folder) as core:
            assert titles(core) == []
        plan.write_bytes(kept)
    _assert_there(both, ["Book"], shas)


@pytest.mark.parametrize("is_planned", [False, True])
def test_a_library_that_is_gone_keeps_its_place(both: dict[str, str], *, is_planned: bool) -> None:
    """The account's folder is on a disk that is away: the other library does not take its place."""
    with Program(both, face="command") as program:
        folder = program.folders.account_library(ANNA.host, ANNA.user_id)
        with program.open(folder) as core:
            core.library.add_project("Mine")
    shas = filled(both, "Book")
    away = folder.with_name("away")
    with Program(both, face="command") as program:
        if is_planned:
            _plan(program)
        folder.rename(away)
        assert code_of(lambda: program.adoption.plan(ANNA)) == "library-gone"
        if is_planned:
            assert code_of(program.adoption.go_on) == "library-gone"
        assert not folder.exists()
        assert program.folders.local_library.exists()
        away.rename(folder)
        if not is_planned:
            _plan(program)
    _assert_there(both, ["Book", "Mine"], shas)


def test_a_rename_without_its_note_is_noted_although_another_library_was_there(both: dict[str, str]) -> None:
    shas = filled(both, "Book")
    with Program(both, face="command") as program:
        _plan(program)
        folder = program.folders.account_library(ANNA.host, ANNA.user_id)
        shutil.rmtree(folder)  # by the person
        program.folders.local_library.rename(folder)  # and the process that did this was killed
        program.adoption.go_on()
        assert [entry.path for entry in program.registry.all()] == [str(folder)]
    _assert_there(both, ["Book"], shas)


def test_library_size_of_both(both: dict[str, str]) -> None:
    """The trashed takes and their files are counted on the other side, too."""
    filled(both, "Book", 3)
    with Program(both, face="command") as program:
        _plan(program)
    with Program(both, face="command") as program, program.open() as core, core.database.read() as connection:
        assert library_size(connection).takes == 3


def test_what_does_not_fit_on_the_disk_is_not_planned(both: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    filled(both, "Book")
    with Program(both, face="command") as program:
        monkeypatch.setattr(adoption_module, "free_bytes", lambda _: 1000)
        assert code_of(lambda: program.adoption.plan(ANNA)) == "disk-full"
        assert not program.adoption.is_planned


def test_an_adoption_that_fails_locks_nobody_out_and_can_be_left(
    both: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutsideError("disk-full")

    filled(both, "Book")
    monkeypatch.setattr(VaultCopy, "_copy_file", full)
    with Program(both, face="command") as program:
        _plan(program)
        with program.open() as core:
            assert titles(core) == []
            assert program.adoption.is_planned
        assert program.adoption.leave_apart()
        assert not program.adoption.leave_apart(), "there is no plan any more"
        program.accounts.use(None)
        with program.open() as core:
            assert titles(core) == ["Book"]
