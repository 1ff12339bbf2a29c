"""The start waits for no network: a window over a dead one is as fast as without an account, and says offline."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.desktop.signed_in import running, sign_in_here
from tests.keyring_service import KeyringService
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow
_OFFLINE_SECONDS = 5.0
_MORE_SECONDS = 3.0
"""A request that is waited for takes at least 3.5 seconds; the rest is the machine's noise."""

_TRIES = 5
"""The machine may be busy with something else; a wait for a network would come each time."""


@contextlib.contextmanager
def _silent_server(port: int) -> Iterator[None]:
    """Accept every connection, and never answer."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", port), backlog=64) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield
        server.shutdown(socket.SHUT_RDWR)
    for connection in held:
        connection.close()


@contextlib.contextmanager
def _dropping_address(port: int) -> Iterator[None]:
    """Drop every packet that asks for a connection: the queue of those that wait is full."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen(0)
        for _ in range(4):
            filling = stack.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(server.getsockname())
        probe = stack.enter_context(socket.socket())
        probe.settimeout(0.3)
        with pytest.raises(TimeoutError):
            probe.connect(server.getsockname())
        yield


@contextlib.contextmanager
def _hanging_name(_port: int) -> Iterator[None]:
    yield


_NETWORKS = {"a silent server": _silent_server, "dropped packets": _dropping_address, "a hanging name": _hanging_name}


def _start(*arguments: str, until: str) -> tuple[float, float]:
    """Start the program; return the seconds until its window is complete, and from then until a word is shown."""
    began = time.monotonic()
    with running("tests.desktop.start_phase", *arguments) as window:
        assert window.stdout is not None
        assert window.stderr is not None
        complete = 0.0
        for line in window.stdout:
            moment, _, what = line.strip().partition(" ")
            if what == "complete":
                complete = float(moment)
            if what == until:
                return complete - began, float(moment) - complete
        raise AssertionError(window.stderr.read())


@pytest.mark.parametrize("network", _NETWORKS)
def test_a_dead_network_holds_up_nothing(twin: Twin, keyring_service: KeyringService, network: str) -> None:
    alone, _ = _start(until="On this computer")
    address = twin.url.replace("127.0.0.1", "localhost")
    sign_in_here(twin, "never to be seen 6", address)
    assert keyring_service.secrets()
    twin.stop()
    arguments = ["hanging-name"] if network == "a hanging name" else []
    with _NETWORKS[network](int(address.rpartition(":")[2])):
        for _ in range(_TRIES):
            complete, offline = _start(*arguments, until="Offline")
            if complete < alone + _MORE_SECONDS and offline < _OFFLINE_SECONDS:
                break
    assert complete < alone + _MORE_SECONDS
    assert offline < _OFFLINE_SECONDS
