"""Decides which library opens: that of an account, or the one without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.settings import Settings
from audiodesk.system.account_store import AccountStore
from audiodesk.system.folders import Folders

__all__ = ["LibraryChoice", "choose_library", "environment_email", "host_in"]


@dataclass(frozen=True, slots=True)
class LibraryChoice:
    """The library that opens, and whose it is."""

    folder: Path
    account: KnownAccount | None = None
    unknown_email: str = ""
    """The environment signs in with this address, which was never used here: the server has to be asked who it is."""


def choose_library(
    settings: Settings, environ: Mapping[str, str], folders: Folders, accounts: AccountStore
) -> LibraryChoice:
    """Return the library that opens by default. Asks no server and makes nothing.

    ``STORAGE_BACKEND=local``: the library that was open last. ``supabase``: that of the environment's sign-in, found by
    server and e-mail address; else that of the account in use. Where the settings name another server, an account that
    is signed in there comes first; with none, the library that was open last opens, signed out: the server may have
    moved, and nothing is sent to one that the library does not belong to.
    """
    in_use = accounts.in_use()
    if settings.storage_backend == "local":
        return _of(folders, in_use)
    host = host_in(settings)
    if host and (email := environment_email(environ)):
        known = accounts.with_email(host, email)
        return _of(folders, known) if known is not None else LibraryChoice(folders.local_library, unknown_email=email)
    if in_use is not None and host in ("", in_use.host):
        return _of(folders, in_use)
    there = (one for one in accounts.all() if one.host == host and one.signed_in)
    return _of(folders, None if in_use is None else next(there, in_use))


def environment_email(environ: Mapping[str, str]) -> str:
    """Return the address with which the environment signs in; empty unless it has address and password."""
    return environ.get("AUDIODESK_EMAIL", "").strip() if environ.get("AUDIODESK_PASSWORD") else ""


def host_in(settings: Settings) -> str:
    """Return the host of the server that the settings name; empty where they name no usable one."""
    if not settings.supabase_url.strip():
        return ""
    from audiodesk.cloud.wire.server_address import host_of, server_address

    try:
        return host_of(server_address(settings.supabase_url))
    except AudioDeskError:
        return ""


def _of(folders: Folders, account: KnownAccount | None) -> LibraryChoice:
    if account is None:
        return LibraryChoice(folders.local_library)
    return LibraryChoice(folders.library_of(account), account)
