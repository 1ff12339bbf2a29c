"""What tests of a server's move share: somebody with a synced library, and their server at another address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from audiodesk.composition import Program
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account.account_service import FreshSignIn
from tests.keyring_service import KeyringService
from tests.twin.twin import Twin, TwinUser

__all__ = ["author", "decide_move", "fresh_sign_in", "moved_twin"]


@pytest.fixture
def author(twin: Twin, keyring_service: KeyringService) -> TwinUser:
    """Somebody who signed in at the first address, synced a book, and edited it offline afterwards."""
    user = twin.add_user("anna@example.org", "never to be seen 3")
    with Program(face="command") as program:
        fresh_sign_in(program, twin, user, keep=True)
        with program.open() as core:
            core.library.add_project("The Salt Road")
            with closing(core.sign_in()) as account:
                account.one_sync.run(threading.Event())
            core.library.add_project("Not sent yet")
    return user


@pytest.fixture
def moved_twin(twin: Twin, author: TwinUser) -> Iterator[Twin]:
    """The same project at another address; the former one does not answer any more."""
    twin.stop()
    with Twin(twin.database, twin.folder) as other:
        yield other


def fresh_sign_in(program: Program, twin: Twin, user: TwinUser, *, keep: bool = False) -> FreshSignIn:
    """Sign in at this server, which the settings name from then on."""
    service = program.account_service
    service.set_server(service.try_server(twin.url, twin.publishable_key))
    fresh = service.sign_in(user.email, user.password)
    if keep:
        service.keep(fresh)
    return fresh


def decide_move(twin: Twin, user: TwinUser) -> tuple[KnownAccount, KnownAccount]:
    """Sign in at the new address and go on with the library there; return the former account and the new one."""
    with Program(face="command") as program:
        service = program.account_service
        fresh = fresh_sign_in(program, twin, user)
        moved = service.moved(fresh)
        assert moved is not None
        return moved.former, service.keep(fresh, moved=moved)
