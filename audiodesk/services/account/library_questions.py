"""What a person is asked about the libraries on this computer before an account's library opens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import AdoptionQuestion, question_of
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.sync.exchange import Place
from audiodesk.services.account.adoption import Adoption
from audiodesk.services.account.server_move import ServerMove
from audiodesk.services.account.server_requests import ServerRequests

if TYPE_CHECKING:
    from audiodesk.domain.server.storage_usage import StorageUsage

__all__ = ["LibraryQuestions"]


class LibraryQuestions:
    """``access_token`` is that of the account, whether its sign-in is stored yet or not. Nothing is changed."""

    def __init__(self, *, adoption: Adoption, server_move: ServerMove, requests: ServerRequests) -> None:
        self._adoption = adoption
        self._server_move = server_move
        self._requests = requests

    def moved(self, account: KnownAccount, access_token: Callable[[], str]) -> MovedServer | None:
        """Return what has to be asked where the account is known under another address; else None."""
        former = self._server_move.former(account)
        if former is None:
            return None
        size, waiting, head = self._server_move.look_into(former)
        knows = None
        if head.seq:
            with (
                contextlib.suppress(OutsideError, UserError),
                self._requests.as_account(account, access_token) as server,
            ):
                answer = server.sync_calls.pull(head, Place(head.seq, None, head.seq))
                knows = answer["restored"] is False
        return MovedServer(former, account.host, size, waiting, knows, self._requests.answers(former))

    def adoption(self, account: KnownAccount, access_token: Callable[[], str]) -> AdoptionQuestion | None:
        """Return what has to be asked where books were made here without an account; else None."""
        local = self._adoption.local_size()
        if local is None:
            return None
        return question_of(
            account.email,
            local,
            self._adoption.local_titles(),
            self._usage_there(account, access_token),
            is_here=self._adoption.is_here(account),
        )

    def _usage_there(self, account: KnownAccount, access_token: Callable[[], str]) -> StorageUsage | None:
        """Return what the server says of the account; None if it does not say."""
        with contextlib.suppress(OutsideError, UserError), self._requests.as_account(account, access_token) as server:
            return server.storage_account.own_usage()
        return None
