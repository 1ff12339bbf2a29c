"""Whether this computer has any way to other networks."""

from __future__ import annotations

import socket

__all__ = ["has_route"]

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that belong to nobody (RFC 5737, RFC 3849)."""


def has_route() -> bool:
    """Tell whether there is a default route. Sends nothing: only the routing table is asked."""
    for family, address in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
        except OSError:
            continue
        return True
    return False
