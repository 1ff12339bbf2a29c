"""The library made without an account goes to an account: renamed or copied, whatever ends the process meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from audiodesk.composition import Program
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.server.account import KnownAccount
from audiodesk.local.rows.library.library_size_repo import library_size
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.work import vault_file_repo
from audiodesk.services.account import adoption as adoption_module
from audiodesk.services.account import library_folders
from audiodesk.services.account.vault_copy import VaultCopy
from audiodesk.system.files import make_folder
from audiodesk.system.library_registry import LibraryRegistry
from audiodesk.system.locks import WindowLock
from tests.services.account.adopting import ANNA, BEN, USER, environ, filled, titles
from tests.support import code_of

__all__ = ["environ"]


pytestmark = pytest.mark.slow


def _bring_in(environ: dict[str, str], account: KnownAccount = ANNA) -> None:
    with Program(environ, face="command") as program:
        program.adoption.plan(account)
        program.accounts.remember(account, use=True)
        program.adoption.go_on()


def _assert_whole(environ: dict[str, str], books: list[str], shas: list[str]) -> None:
    """Everything is in the account's library, each row once as a change to be sent; the other library is gone."""
    with Program(environ, face="command") as program, program.open() as core:
        assert not program.adoption.is_planned
        assert not program.folders.local_library.exists()
        assert {path.name for path in program.folders.data.iterdir()} <= {"example.org", "adoption.json.lock"}
        assert core.library_folder == program.folders.account_library(ANNA.host, ANNA.user_id)
        assert core.account_id == USER
        assert titles(core) == books
        for sha in shas:
            assert core.vault.has(sha, Kind.WAV)
            assert not core.vault.is_damaged(sha, Kind.WAV)
        with core.database.read() as connection:
            changes = change_repo.pending(connection, 10_000)
            size = library_size(connection)
            known = vault_file_repo.known(connection)
            devices = {row[0] for row in connection.execute("select distinct device_id from take")}
            here = connection.execute("select value from fact where name = 'device_id'").fetchone()[0]
        creates = [change.row_id for change in changes if change.is_create]
        assert len(creates) == len(set(creates))
        assert sum(change.entity is Entity.TAKE and change.is_create for change in changes) == len(shas)
        assert [change.fields for change in changes if not change.is_create].count({"deleted_at": True}) == len(books)
        assert (size.projects, size.takes) == (len(books), len(shas))
        assert known == set(shas)
        assert devices == {here}
        assert {entry.path for entry in program.registry.all()} == {str(core.library_folder)}


def test_renamed_where_the_account_has_none_here(environ: dict[str, str]) -> None:
    shas = filled(environ, "Book")
    _bring_in(environ)
    _assert_whole(environ, ["Book"], shas)


def test_copied_where_the_account_has_one_here(environ: dict[str, str]) -> None:
    with Program(environ, face="command") as program:
        program.adoption.keep_apart(ANNA)
        program.accounts.remember(ANNA, use=True)
    shas = filled(environ, "Mine")
    with Program(environ, face="command") as program:
        program.accounts.use(None)
    shas += filled(environ, "Book", 3)
    _bring_in(environ)
    _assert_whole(environ, ["Book", "Mine"], shas)


class _Killed(BaseException):
    """The process ends here."""


def _killed_at(line: int, act: Callable[[], object]) -> bool:
    """Do ``act``, but end it before the n-th line of the module that is reached; tell whether it came to its end."""
    count = 0
    file = adoption_module.__file__

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        # A lock of a process that was killed is free; this process lives on and would keep it.
        if frame.f_code.co_filename != file or frame.f_code.co_name == "_window_lock":
            return None
        if event == "line":
            count += 1
            if count == line:
                raise _Killed
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except _Killed:
        return False
    finally:
        sys.settrace(former)
    return True


@pytest.mark.parametrize(
    ("first", "step"), [(3, 12), (8, 12), pytest.param(1, 1, marks=pytest.mark.soak)], ids=["some", "others", "all"]
)
@pytest.mark.parametrize("here", [False, True], ids=["renamed", "copied"])
def test_killed_at_any_line_it_goes_on_at_the_next_start(
    environ: dict[str, str], tmp_path: Path, first: int, step: int, *, here: bool
) -> None:
    for line in range(first, 500, step):
        own = {**environ, "AUDIODESK_HOME": str(tmp_path / str(line))}
        for path in (tmp_path / "config").rglob("*.json"):
            path.unlink()
        shas = []
        if here:
            with Program(own, face="command") as program:
                program.adoption.keep_apart(ANNA)
        shas += filled(own, "Book", 3)
        with Program(own, face="command") as program:
            program.adoption.plan(ANNA)
            program.accounts.remember(ANNA, use=True)
            adoption = program.adoption
            ended = _killed_at(line, adoption.go_on)
        _assert_whole(own, ["Book"], shas)
        if ended:
            assert line > 20, "the lines were counted"
            return
    raise AssertionError("it never came to its end")


def test_kept_apart(environ: dict[str, str]) -> None:
    filled(environ, "Book")
    with Program(environ, face="command") as program:
        program.adoption.keep_apart(ANNA)
        program.accounts.remember(ANNA, use=True)
        with program.open() as core:
            assert titles(core) == []
            assert core.account_id == USER
        program.accounts.use(None)
        with program.open() as core:
            assert titles(core) == ["Book"]
            assert not core.has_account


def test_a_window_that_shows_it_is_waited_for(environ: dict[str, str]) -> None:
    shas = filled(environ, "Book")
    with Program(environ, face="command") as program:
        lock = WindowLock(program.folders.local_library)
        assert lock.acquire()
        program.adoption.plan(ANNA)
        program.accounts.remember(ANNA, use=True)
        assert code_of(program.adoption.go_on) == "library-in-window"
        with program.open() as core:  # as it is: nobody is locked out of the account's books
            assert core.account_id == USER
            assert program.adoption.is_planned
        lock.release()
    _assert_whole(environ, ["Book"], shas)


def test_a_copy_that_is_not_whole_leaves_the_library(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with Program(environ, face="command") as program:
        program.adoption.keep_apart(ANNA)
    shas = filled(environ, "Book", 3)
    with monkeypatch.context() as patched:
        patched.setattr(VaultCopy, "_copy_file", lambda *_: None)
        with Program(environ, face="command") as program:
            program.adoption.plan(ANNA)
            program.accounts.remember(ANNA, use=True)
            assert code_of(program.adoption.go_on) == "adoption-not-whole"
            assert program.folders.local_library.exists()
    _assert_whole(environ, ["Book"], shas)


def test_a_damaged_file_stays_what_it_is(environ: dict[str, str]) -> None:
    with Program(environ, face="command") as program:
        program.adoption.keep_apart(ANNA)
    shas = filled(environ, "Book", 2)
    with Program(environ, face="command") as program, program.open() as core:
        core.vault.path_of(shas[0], Kind.WAV).write_bytes(b"damaged")
        core.vault.path_of(shas[1], Kind.WAV).unlink()
    _bring_in(environ)
    with Program(environ, face="command") as program, program.open() as core:
        assert core.vault.path_of(shas[0], Kind.WAV).read_bytes() == b"damaged"
        assert not core.vault.has(shas[1], Kind.WAV)


def test_nothing_was_made_before(environ: dict[str, str]) -> None:
    with Program(environ, face="command") as program:
        assert program.adoption.local_size() is None
        program.open().close()
        assert program.adoption.local_size() is None
        program.adoption.plan(ANNA)
        program.accounts.remember(ANNA, use=True)
        with program.open() as core:
            assert core.account_id == USER


def test_other_accounts_have_folders_of_their_own(environ: dict[str, str]) -> None:
    with Program(environ, face="command") as program:
        place = program.folders.account_library
        assert place("a.org:8443", "1").parent.name == "a.org_8443"
        assert place("[::1]:5", "1").parent.name == "___1__5"
        assert place("local", "1").parent.name == "local_", "not in the library without an account"
        assert len({place(one.host, one.user_id) for one in (ANNA, BEN)}) == 2


def test_an_empty_library_of_an_account_survives_a_first_import_that_was_killed(environ: dict[str, str]) -> None:
    """The file is in the vault and has no row yet: the library is not taken for one whose list was emptied."""
    with Program(environ, face="command") as program:
        program.adoption.keep_apart(ANNA)
        program.accounts.remember(ANNA, use=True)
        with program.open() as core:
            name = core.vault.new_temporary_name()
            make_folder(core.vault.folder)
            core.vault.temporary(name).write_bytes(b"x")
            core.vault.adopt(name, "0" * 64, Kind.WAV, 1)
        with program.open() as core:
            assert titles(core) == []


def test_a_library_s_new_name_is_on_the_disk_before_it_is_noted(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note may lie on another disk: after a power cut it would name a place where nothing is."""
    filled(environ, "Book")
    steps: list[str] = []
    move = LibraryRegistry.move

    def noted(registry: LibraryRegistry, folder: Path, to: Path) -> None:
        steps.append("noted")
        move(registry, folder, to)

    monkeypatch.setattr(library_folders, "fsync_folder", lambda folder: steps.append(folder.name))
    monkeypatch.setattr(LibraryRegistry, "move", noted)
    _bring_in(environ)
    assert sorted(steps[:2]) == sorted([ANNA.host, Path(environ["AUDIODESK_HOME"]).name])
    assert steps[2] == "noted"
