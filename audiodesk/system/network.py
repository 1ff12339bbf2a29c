"""Whether this computer has a network at all, asked of the system without sending anything."""

from __future__ import annotations

import contextlib
import socket

__all__ = ["has_route", "network_mark"]

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses reserved for documentation (RFC 5737, RFC 3849): no computer has them."""


def has_route() -> bool:
    """Tell whether there is a default route. Sends nothing: only the routing table is asked."""
    return bool(network_mark())


def network_mark() -> tuple[str, ...]:
    """Return the own addresses with which this computer would speak to others; empty if it has no way to them.

    Another answer than before means that the network changed. Costs two system calls; no packet is sent.
    """
    found = []
    for family, address in _ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            found.append(str(probe.getsockname()[0]))
    return tuple(found)
