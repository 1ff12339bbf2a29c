"""Finds out how a library stands to its server, without asking the server or a keyring."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audiodesk.domain.server.connection import Connection
from audiodesk.domain.sync.standing import Standing
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.sync import sync_place_repo
from audiodesk.system.locks import WindowLock

if TYPE_CHECKING:
    from audiodesk.composition.core import Core
    from audiodesk.composition.program import Program
    from audiodesk.domain.server.account import KnownAccount

__all__ = ["has_sign_in", "standing_of"]


def standing_of(core: Core) -> Standing:
    """Return it. Raises what ``Program.settings`` and the library raise."""
    program = core.program
    backend = program.settings.storage_backend
    if not core.has_account:
        return Standing(backend=backend)
    from audiodesk.services.account.library_choice import host_in

    account = program.account_of(core.library_folder)
    host = host_in(program.settings)
    standing = Standing(
        _connection(program, account, host),
        backend,
        account,
        other_host=host if account is not None and host not in ("", account.host) else "",
    )
    has_window = standing.is_unstored and WindowLock(core.library_folder).is_held()
    with core.database.read() as connection:
        return replace(
            standing,
            has_window=has_window,
            waiting=change_repo.count_edits(connection),
            held=len(change_repo.held(connection)),
            synced_at=sync_place_repo.synced_at(connection),
            is_partly_here=sync_place_repo.is_partly_here(connection),
        )


def has_sign_in(program: Program, account: KnownAccount) -> bool:
    """Tell whether this process could use a sign-in of ``account``: its own, a keyring's, or the environment's."""
    from audiodesk.services.account.library_choice import environment_email

    email = environment_email(program.environ)
    return program.sessions.holds(account) or (bool(email) and email.casefold() == account.email.casefold())


def _connection(program: Program, account: KnownAccount | None, host: str) -> Connection:
    if program.settings.storage_backend == "local":
        return Connection.LOCAL
    if account is None or host != account.host or not has_sign_in(program, account):
        return Connection.SIGNED_OUT
    from audiodesk.cloud.wire.server_address import is_on_this_computer
    from audiodesk.system.network import has_route

    return Connection.ONLINE if is_on_this_computer(account.address) or has_route() else Connection.OFFLINE
