"""A move of a server that cannot be finished: a library opens, nothing is lost, and it can be tried again."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from audiodesk.composition import Program
from audiodesk.composition.core import Core
from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.library_place import LIST
from audiodesk.services.account import library_folders, server_move
from audiodesk.services.account.server_move import ServerMove
from audiodesk.system.account_store import AccountStore
from audiodesk.system.json_file import JsonFile
from audiodesk.system.library_registry import LibraryRegistry
from audiodesk.system.locks import ProcessSign, WindowLock
from tests.keyring_service import KeyringService
from tests.services.account.killed_move import STEPS
from tests.services.account.moving import author, decide_move, fresh_sign_in, moved_twin
from tests.support import code_of
from tests.twin.twin import Twin, TwinUser

__all__ = ["author", "moved_twin"]

pytestmark = pytest.mark.slow
_BOOKS = ["Not sent yet", "The Salt Road"]
_FAULTS: dict[str, tuple[Any, str]] = {
    "the plan cannot be read": (JsonFile, "require"),
    "the folder cannot be made": (library_folders, "make_folder"),
    "the folder cannot be renamed": (server_move, "rename_library"),
    "the rename cannot be noted": (LibraryRegistry, "move"),
    "the new address cannot be noted": (ServerMove, "_note"),
    "the former account cannot be taken off": (AccountStore, "retire"),
    "the plan cannot be removed": (server_move, "remove"),
}


def _titles(core: Core) -> list[str]:
    return sorted(node.title for node in core.catalogue.children(None))


def _fail(*_arguments: object, **_options: object) -> None:
    raise OutsideError("disk-full", path="/")


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_library_opens_whatever_fails_and_the_next_start_tries_again(
    author: TwinUser, moved_twin: Twin, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    former, account = decide_move(moved_twin, author)
    with monkeypatch.context() as patch:
        patch.setattr(*_FAULTS[fault], _fail)
        for face in ("window", "command"):
            with Program(face=face) as program, program.open() as core:
                assert _titles(core) == _BOOKS
                assert program.has_plans
                if core.library_folder == program.folders.library_of(former):
                    assert not program.folders.library_of(account).exists(), "no second, empty library"
    with Program(face="command") as program:
        with program.open() as core:
            assert _titles(core) == _BOOKS
            assert core.library_folder == program.folders.library_of(account)
            with closing(core.sign_in()) as signed_in:
                outcome = signed_in.one_sync.run(threading.Event())
                assert outcome is not None
                assert outcome.pushed == 1
        assert not program.has_plans
        assert [one.host for one in program.accounts.all()] == [account.host]
        assert len(program.registry.all()) == 1


def test_nothing_is_sent_before_the_library_has_followed(author: TwinUser, moved_twin: Twin) -> None:
    former, _account = decide_move(moved_twin, author)
    with Program(face="command") as program:
        lock = WindowLock(program.folders.library_of(former))
        assert lock.acquire()
        with program.open() as core:
            core.library.add_project("Made meanwhile")
            with closing(core.sign_in()) as signed_in:
                assert code_of(lambda: signed_in.one_sync.run(threading.Event())) == "library-of-another-server"
        lock.release()
        with program.open() as core:
            assert _titles(core) == ["Made meanwhile", *_BOOKS]
    assert not any("/rpc/sync_push" in record.path for record in moved_twin.faults.log)


def test_given_up_the_former_library_opens_and_a_sign_in_asks_again(
    author: TwinUser, moved_twin: Twin, keyring_service: KeyringService
) -> None:
    former, account = decide_move(moved_twin, author)
    assert len(keyring_service.secrets()) == 2
    with Program(face="command") as program:
        assert program.account_service.leave_apart()
        assert not program.has_plans
        assert len(keyring_service.secrets()) == 1, "the sign-in at the new address is given up"
        with program.open() as core:
            assert core.library_folder == program.folders.library_of(former)
            assert _titles(core) == _BOOKS
        assert [one.host for one in program.accounts.all()] == [former.host]
        assert not program.account_service.leave_apart(), "there is no plan any more"
    former, account = decide_move(moved_twin, author)
    with Program(face="command") as program, program.open() as core:
        assert core.library_folder == program.folders.library_of(account)
        assert _titles(core) == _BOOKS


@pytest.mark.parametrize("fault", [(AccountStore, "use"), (AccountStore, "retire"), (server_move, "remove")], ids=str)
def test_giving_up_is_made_good_by_the_next_start(
    author: TwinUser, moved_twin: Twin, monkeypatch: pytest.MonkeyPatch, fault: tuple[Any, str]
) -> None:
    former, _account = decide_move(moved_twin, author)
    with monkeypatch.context() as patch, Program(face="command") as program:
        patch.setattr(*fault, _fail)
        assert code_of(program.account_service.leave_apart) == "disk-full"
        with program.open() as core:
            assert _titles(core) == _BOOKS
    with Program(face="command") as program:
        with program.open() as core:
            assert core.library_folder == program.folders.library_of(former)
            assert _titles(core) == _BOOKS
        assert not program.has_plans
        assert [one.host for one in program.accounts.all()] == [former.host]


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_move_that_stopped_anywhere_can_be_given_up(
    author: TwinUser, moved_twin: Twin, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """A library that has its new name already gets the former one again; nobody is left with an empty one."""
    former, account = decide_move(moved_twin, author)
    with monkeypatch.context() as patch, Program(face="command") as program:
        patch.setattr(*_FAULTS[fault], _fail)
        program.open().close()
    with Program(face="command") as program:
        assert program.account_service.leave_apart() is (fault != "the plan cannot be removed")
        assert not program.has_plans
    stays = account if fault == "the plan cannot be removed" else former  # all but the plan's end was done
    with Program(face="command") as program:
        with program.open() as core:
            assert core.library_folder == program.folders.library_of(stays)
            assert _titles(core) == _BOOKS
        assert [one.host for one in program.accounts.all()] == [stays.host]
        (known,) = program.registry.all()
        assert (known.path, known.host) == (str(program.folders.library_of(stays)), stays.host)


@pytest.mark.parametrize("fault", [(server_move, "rename_library"), (LibraryRegistry, "move")], ids=str)
def test_taking_back_a_rename_is_made_good_by_the_next_start(
    author: TwinUser, moved_twin: Twin, monkeypatch: pytest.MonkeyPatch, fault: tuple[Any, str]
) -> None:
    former, _account = decide_move(moved_twin, author)
    with monkeypatch.context() as patch, Program(face="command") as program:
        patch.setattr(ServerMove, "_note", _fail)
        program.open().close()
        patch.setattr(*fault, _fail)
        assert code_of(program.account_service.leave_apart) == "disk-full"
        with program.open() as core:
            assert _titles(core) == _BOOKS
    with Program(face="command") as program:
        with program.open() as core:
            assert core.library_folder == program.folders.library_of(former)
            assert _titles(core) == _BOOKS
        assert not program.has_plans
        assert [one.host for one in program.accounts.all()] == [former.host]
        assert len(program.registry.all()) == 1


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_library_opens_and_it_goes_on(author: TwinUser, moved_twin: Twin, step: str) -> None:
    _former, account = decide_move(moved_twin, author)
    killed = subprocess.run([sys.executable, "-m", "tests.services.account.killed_move", step], check=False)
    assert killed.returncode == -9
    with Program(face="window") as program:
        with program.open() as core:
            assert _titles(core) == _BOOKS
            assert core.library_folder == program.folders.library_of(account)
        assert len(program.registry.all()) == 1


def test_a_library_made_at_the_new_address_meanwhile_hides_nothing(author: TwinUser, moved_twin: Twin) -> None:
    former, account = decide_move(moved_twin, author)
    with Program(face="command") as program:
        program.adoption.keep_apart(account)
        with program.open() as core:
            assert core.library_folder == program.folders.library_of(account)
        assert not program.has_plans
        assert {one.host for one in program.accounts.all()} == {former.host, account.host}, "it can be changed to"
        program.account_service.use(former)
        with program.open(program.folders.library_of(former)) as core:
            assert _titles(core) == _BOOKS


def test_a_library_whose_disk_is_away_is_not_taken_for_moved(author: TwinUser, moved_twin: Twin) -> None:
    former, account = decide_move(moved_twin, author)
    with Program(face="command") as program:
        folder = program.folders.library_of(former)
        away = folder.with_name("away")
        folder.rename(away)
        assert code_of(lambda: program.open()) == "library-gone"
        assert not program.folders.library_of(account).exists()
        away.rename(folder)
        with program.open() as core:
            assert _titles(core) == _BOOKS


def test_the_secret_of_the_former_address_goes_once_it_is_done(
    author: TwinUser, moved_twin: Twin, keyring_service: KeyringService
) -> None:
    decide_move(moved_twin, author)
    with Program(face="command") as program:
        program.open().close()
    assert len(keyring_service.secrets()) == 1
    with Program(face="command") as program:
        assert program.accounts.left_behind() == []


def test_a_command_at_work_is_waited_for(author: TwinUser, moved_twin: Twin) -> None:
    former, account = decide_move(moved_twin, author)
    with Program(face="command") as program:
        sign = ProcessSign(program.folders.library_of(former))
        with program.open() as core:
            assert _titles(core) == _BOOKS
        sign.close()
        with program.open() as core:
            assert core.library_folder == program.folders.library_of(account)
        assert (program.library_folder / LIST).exists()


def test_a_cancelled_sign_in_with_a_move_leaves_everything(author: TwinUser, moved_twin: Twin) -> None:
    with Program(face="command") as program:
        before = program.accounts.all()
        fresh = fresh_sign_in(program, moved_twin, author)
        act: Callable[[], object] = program.account_service.leave_apart
        program.account_service.keep(fresh, moved=program.account_service.moved(fresh))
        assert act()
        assert program.accounts.all() == before
