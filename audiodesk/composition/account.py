"""Builds what one library has only while somebody is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiodesk.composition.lazy import Scope, lazy
from audiodesk.local.rows.work import queued_repo

if TYPE_CHECKING:
    from audiodesk.composition.core import Core
    from audiodesk.composition.sign_in import SignIn
    from audiodesk.domain.server.storage_usage import Queued
    from audiodesk.services.server.usage import UsageService

__all__ = ["Account"]


class Account(Scope):
    """A library and a sign-in together. Made by ``Core.sign_in``; closed before the core, and closing signs out."""

    def __init__(self, core: Core, sign_in: SignIn) -> None:
        super().__init__()
        self.core = core
        self.sign_in = sign_in
        self._stack.callback(sign_in.close)

    @lazy
    def usage(self) -> UsageService:
        """The person's own storage, and what of this library waits for it. Raises what ``SignIn.server`` raises."""
        from audiodesk.services.server.usage import UsageService

        return UsageService(self.sign_in.storage_account, self._queued)

    def _queued(self) -> Queued:
        with self.core.database.read() as connection:
            return queued_repo.queued(connection)
