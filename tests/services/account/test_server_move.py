"""A library follows its server to another address: only after an answer, whole, and never to another server unasked."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from audiodesk.composition import Program
from audiodesk.domain.errors import UserError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.local.database.library_place import LIST
from audiodesk.local.rows.store import change_repo, fact_repo
from audiodesk.local.rows.sync import sync_place_repo
from audiodesk.local.rows.sync.device import DEVICE
from audiodesk.services.account import server_move as server_move_module
from audiodesk.services.account.account_service import AccountService
from audiodesk.system.locks import WindowLock
from tests.services.account.moving import author, fresh_sign_in, moved_twin
from tests.support import code_of
from tests.twin.twin import Twin, TwinUser

__all__ = ["author", "moved_twin"]

pytestmark = pytest.mark.slow


def _state(folder: Path, program: Program) -> tuple[object, ...]:
    with program.open(folder) as core, core.database.read() as connection:
        titles = sorted(node.title for node in core.catalogue.children(None))
        head, device = sync_place_repo.head(connection), fact_repo.known(connection, DEVICE)
        return titles, change_repo.count(connection), head, device, core.database.library_id


def test_the_same_server_keeps_the_library_whole(author: TwinUser, moved_twin: Twin) -> None:
    with Program(face="command") as program:
        former = program.accounts.all()[0]
        before = _state(program.library_folder, program)
        fresh = fresh_sign_in(program, moved_twin, author)
        assert program.library_folder == program.folders.account_library(former.host, former.user_id), "still there"
        moved = program.account_service.moved(fresh)
        assert moved is not None
        assert (moved.former, moved.knows_library, moved.former_answers, moved.waiting) == (former, True, False, 1)
        assert moved.size.projects == 2
        account = program.account_service.keep(fresh, moved=moved)
        folder = program.folders.account_library(account.host, account.user_id)
        assert not folder.exists(), "nothing before the next opening"
        assert _state(folder, program) == before
        assert program.library_folder == folder
        assert not program.folders.account_library(former.host, former.user_id).exists()
        assert [one.host for one in program.accounts.all()] == [account.host]
        assert not program.has_plans
        with program.open() as core, closing(core.sign_in()) as signed_in:
            outcome = signed_in.one_sync.run(threading.Event())
            assert outcome is not None
            assert (outcome.pushed, outcome.recoveries) == (1, 0)


def test_kept_apart_nothing_of_it_goes_to_the_other_address(author: TwinUser, moved_twin: Twin) -> None:
    with Program(face="command") as program:
        former = program.accounts.all()[0]
        old = program.library_folder
        account = program.account_service.keep(fresh_sign_in(program, moved_twin, author))
        with program.open() as core:
            assert core.library_folder != old
            assert core.tree.children(None) == []
        with program.open(old) as core, closing(core.sign_in()) as signed_in:
            assert code_of(lambda: signed_in.one_sync.run(threading.Event())) == "library-of-another-server"
        assert {one.host for one in program.accounts.all()} == {former.host, account.host}


def test_another_server_with_the_same_account_is_found_out(author: TwinUser, twin: Twin) -> None:
    """A copy of the project that lacks the last sync, such as an older backup."""
    with Program(face="command") as program:
        former = program.accounts.all()[0]
    with twin.database.open() as connection:
        connection.execute("update audiodesk.lineage set tag = gen_random_uuid()")
    twin.stop()
    with Twin(twin.database, twin.folder) as other, Program(face="command") as program:
        moved = program.account_service.moved(fresh_sign_in(program, other, author))
        assert moved is not None
        assert moved.former == former
        assert moved.knows_library is False


def test_no_question_for_an_account_that_is_known_there_already(author: TwinUser, moved_twin: Twin) -> None:
    with Program(face="command") as program:
        service: AccountService = program.account_service
        fresh = fresh_sign_in(program, moved_twin, author)
        service.keep(fresh)
        assert service.moved(fresh) is None
        other = replace(fresh.account, user_id="1b4e28ba-2fa1-11d2-883f-0016d3cca427")
        assert program.server_move.former(other) is None


def test_a_window_that_shows_the_library_is_left_alone(author: TwinUser, moved_twin: Twin) -> None:
    with Program(face="command") as program:
        old = program.library_folder
        fresh = fresh_sign_in(program, moved_twin, author)
        program.account_service.keep(fresh, moved=program.account_service.moved(fresh))
        lock = WindowLock(old)
        assert lock.acquire()
        assert code_of(program.server_move.go_on) == "library-in-window"
        assert (old / LIST).exists()
        lock.release()
        with program.open() as core:
            assert len(core.tree.children(None)) == 2


@pytest.mark.parametrize("stops_at", ["rename_library", "_note", "remove"])
def test_a_crash_at_any_step_is_made_good_by_the_next_start(
    author: TwinUser, moved_twin: Twin, monkeypatch: pytest.MonkeyPatch, stops_at: str
) -> None:
    with Program(face="command") as program:
        fresh = fresh_sign_in(program, moved_twin, author)
        account = program.account_service.keep(fresh, moved=program.account_service.moved(fresh))

    def crash(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, Program(face="command") as program:
        if stops_at == "_note":
            patch.setattr(server_move_module.ServerMove, stops_at, crash)
        else:
            patch.setattr(server_move_module, stops_at, crash)
        with pytest.raises(KeyboardInterrupt):
            program.open()
    with Program(face="command") as program:
        with program.open() as core:
            assert len(core.tree.children(None)) == 2
        assert program.library_folder == program.folders.account_library(account.host, account.user_id)
        known = program.registry.at(program.library_folder)
        assert known is not None
        assert known.host == account.host
        assert len(program.registry.all()) == 1


def test_the_environment_s_sign_in_has_to_say_it(
    author: TwinUser, moved_twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_URL", moved_twin.url)
    monkeypatch.setenv("SUPABASE_ANON_KEY", moved_twin.publishable_key)
    monkeypatch.setenv("AUDIODESK_EMAIL", author.email)
    monkeypatch.setenv("AUDIODESK_PASSWORD", author.password)
    with Program(face="command") as program:
        with pytest.raises(UserError) as caught:
            program.open()
        assert caught.value.code == "server-moved-undecided"
        with program.environment_account() as (person, token):
            program.account_service.decide(person, moved=program.library_questions.moved(person, token))
        with program.open() as core:
            assert len(core.tree.children(None)) == 2


def test_a_plan_that_says_nothing_is_dropped(author: TwinUser) -> None:
    with Program(face="command") as program:
        account: KnownAccount = program.accounts.all()[0]
        program.server_move.plan(account, account)
        with program.open() as core:
            assert core.has_account
        assert not program.has_plans
