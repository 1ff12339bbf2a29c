"""How a library stands to its server, as far as this computer knows it without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.connection import Connection

__all__ = ["Standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The server may be gone, or may have ended the sign-in: only a sync finds that out."""

    connection: Connection = Connection.LOCAL
    """LOCAL: nothing is sent. SIGNED_OUT, OFFLINE: no network. ONLINE: signed in, and there is a network."""
    backend: str = "local"
    """``STORAGE_BACKEND`` as it is in force."""
    account: KnownAccount | None = None
    """Whose library it is; None without an account."""
    other_host: str = ""
    """The server that the settings name, if it is not the account's."""
    has_window: bool = False
    """No sign-in is stored on this computer, but a window shows the library: it may have one of its own."""
    waiting: int = 0
    """Edits made here that the server has not answered."""
    held: int = 0
    """Those of them that wait until the server is updated."""
    synced_at: int | None = None
    """When the last sync came to its end, in milliseconds since 1970 UTC; None: not yet."""
    is_partly_here: bool = False
    """The first sync has begun and not come to its end."""

    @property
    def is_unstored(self) -> bool:
        """Whether nobody signed out, but the sign-in is not to be used here: a window has it, or had it."""
        return self.connection is Connection.SIGNED_OUT and self.account is not None and self.account.signed_in

    @property
    def is_signed_in(self) -> bool:
        """Whether this computer has a sign-in that it would use."""
        return self.connection in (Connection.OFFLINE, Connection.ONLINE)
