"""Which address large uploads go to."""

from __future__ import annotations

import re

__all__ = ["upload_addresses"]

_HOSTED = re.compile(r"https://(?P<ref>[a-z0-9-]+)\.supabase\.co")


def upload_addresses(address: str) -> tuple[str, ...]:
    """Return the addresses that take resumable uploads of the project at ``address``, the preferred one first.

    A hosted project has a host of its own for large uploads, which Supabase's documentation recommends. Both are one
    server: an upload that began at one goes on at the other.
    """
    hosted = _HOSTED.fullmatch(address)
    return (f"https://{hosted['ref']}.storage.supabase.co", address) if hosted else (address,)
