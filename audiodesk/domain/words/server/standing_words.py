"""Lines about how a library stands to its server, as far as this computer knows it without asking anybody."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain import words
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.sync.standing import Standing
from audiodesk.domain.sync.state import SyncCode, SyncState
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.server.login_words import account_lines, not_stored_sentence, window_sentence
from audiodesk.domain.words.server.moved_words import other_address
from audiodesk.domain.words.server.sync_words import connection_why

__all__ = ["standing_lines"]


def standing_lines(standing: Standing, now: int) -> Sequence[str]:
    """Return whose library it is, why nothing is sent, what waits, and the last sync; nothing without an account.

    ``now`` in milliseconds since 1970 UTC.
    """
    account, connection = standing.account, standing.connection
    lines: list[str] = []
    if account is not None and standing.is_unstored and not standing.other_host:
        lines.append(not_stored_sentence(account.email, account.host))
        lines.append(window_sentence(has_window=standing.has_window))
    elif account is not None:
        is_out = connection is Connection.SIGNED_OUT
        lines += account_lines(account.email, account.host, "", signed_in=not is_out, in_keyring=False)
        if standing.other_host:
            lines.append(other_address(account.host, standing.other_host))
    if connection is Connection.LOCAL and account is not None:
        lines.append(error_sentence(OutsideError("sync-off")))
    elif connection is Connection.OFFLINE:
        lines.append(words.tr("Offline: this computer has no network."))
    state = SyncState(
        SyncCode.STARTING,
        waiting=standing.waiting,
        held=standing.held,
        synced_at=standing.synced_at,
        is_partly_here=standing.is_partly_here,
    )
    lines += connection_why(state, now).splitlines()
    if account is not None and standing.synced_at is None:
        lines.append(words.tr("Last sync: none yet"))
    return lines
