"""What the window says of an account and of its storage."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.server.account import AccountFacts, KnownAccount
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.server.storage_usage import StorageUsage
from audiodesk.domain.words.server.sign_in_words import keyring_name

__all__ = ["facts_of"]


def facts_of(
    account: KnownAccount, connection: Connection, usage: StorageUsage | None = None, *, sends_nothing: bool = False
) -> AccountFacts:
    """Return what the page says; ``usage`` is what the server said last, if it did."""
    return AccountFacts(
        account.email,
        account.host,
        connection,
        plan="" if usage is None else usage.plan,
        used=None if usage is None else usage.used,
        allowed=None if usage is None else usage.allowed,
        keyring="" if not account.keyring else keyring_name(account.keyring) or words.tr("this computer's keyring"),
        kept_since=account.since or None,
        sends_nothing=sends_nothing,
    )
