"""The server that settings or a person name: its address and its public key belong together."""

from __future__ import annotations

from audiodesk.domain.errors import OutsideError, UserError

__all__ = ["named_server"]


def named_server(url: str, key: str) -> tuple[str, str]:
    """Return address and key without the spaces around them.

    Raises OutsideError("server-not-set") where both are missing, and UserError("server-half-set") with the ``name`` of
    the setting that is missing.
    """
    address, known = url.strip(), key.strip()
    if not address and not known:
        raise OutsideError("server-not-set")
    if not address or not known:
        raise UserError("server-half-set", name="SUPABASE_ANON_KEY" if address else "SUPABASE_URL")
    return address, known
