"""Whether this computer has a way to other networks."""

from __future__ import annotations

import errno
import socket

import pytest

from audiodesk.system.network import has_route


@pytest.mark.parametrize("reachable", [(), (socket.AF_INET,), (socket.AF_INET6,)])
def test_one_route_is_enough_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, reachable: tuple[socket.AddressFamily, ...]
) -> None:
    def pretend(probe: socket.socket, _address: object) -> None:
        assert probe.type == socket.SOCK_DGRAM, "connecting such a socket sends nothing"
        if probe.family not in reachable:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

    class Probe(socket.socket):
        connect = pretend

    monkeypatch.setattr(socket, "socket", Probe)
    assert has_route() is bool(reachable)
