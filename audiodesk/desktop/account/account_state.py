"""What this computer knows of accounts, as far as the open library is concerned; read off the main thread."""

from __future__ import annotations

from typing import NamedTuple

from audiodesk.composition import Core
from audiodesk.composition.standing import has_sign_in
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account.library_choice import host_in

__all__ = ["AccountState", "read_state"]


class AccountState(NamedTuple):
    """``account`` is whose library is open; None without an account."""

    account: KnownAccount | None = None
    known: tuple[KnownAccount, ...] = ()
    is_signed_in: bool = False
    has_local: bool = False
    """Whether there is a library without an account, and it has books."""
    other_host: str = ""
    """The server that the settings name, if it is not the account's."""
    moves_to: KnownAccount | None = None
    """The account to which this library is to go, because its server moved; None if none was decided."""
    unknown_email: str = ""
    """The environment signs in with this address, which was never used here."""
    namesake: KnownAccount | None = None
    """Where this library is empty: an account of the same e-mail at another server, whose library is here."""


def read_state(core: Core) -> AccountState:
    """Return what there is now. Raises what ``Program.settings`` and the library raise."""
    program = core.program
    account = program.account_of(core.library_folder)
    unknown = program.library_choice.unknown_email if account is None else ""
    if account is None and not program.folders.known_accounts.exists():
        return AccountState(unknown_email=unknown)
    known = tuple(program.accounts.all())
    if account is None:
        return AccountState(None, known, unknown_email=unknown)
    host = host_in(program.settings)
    other = host if host not in ("", account.host) else ""
    is_in = not other and has_sign_in(program, account)
    plan = program.server_move.planned()
    moves_to = None
    if plan is not None and plan.folder == core.library_folder:
        moves_to = program.accounts.named(plan.host, plan.user_id)
    return AccountState(
        account,
        known,
        is_in,
        has_local=program.adoption.local_size() is not None,
        other_host=other,
        moves_to=moves_to,
        namesake=_namesake(core, account, known),
    )


def _namesake(core: Core, account: KnownAccount, known: tuple[KnownAccount, ...]) -> KnownAccount | None:
    wanted = account.email.casefold()
    others = [one for one in known if one.email.casefold() == wanted and one.host != account.host]
    if not others or core.catalogue.children(None):
        return None
    return next((one for one in others if core.program.adoption.is_here(one)), None)
