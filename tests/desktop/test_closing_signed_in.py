"""A signed-in window ends within three seconds, in order: while it waits for the keyring, syncs, or signs out."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audiodesk.desktop.base.single_window import raise_other
from tests.desktop.signed_in import running, sign_in_here
from tests.keyring_service import KeyringService
from tests.twin.fault_actions import stall
from tests.twin.faults import Fault
from tests.twin.twin import Twin

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals"),
    pytest.mark.usefixtures("qapp"),
]
PASSWORD = "never to be seen 4"
_SECONDS = 3.0


@pytest.fixture
def library(twin: Twin, keyring_service: KeyringService) -> Path:
    """The folder of the library of somebody who is signed in here, with an edit that was not sent."""
    folder = sign_in_here(twin, PASSWORD)
    assert len(keyring_service.secrets()) == 1
    return folder


def _end(window: subprocess.Popen[str]) -> None:
    """Close the window, and demand that it ends in order and in time."""
    began = time.monotonic()
    window.send_signal(signal.SIGTERM)
    code = window.wait(30)
    took = time.monotonic() - began
    assert window.stderr is not None
    trouble = window.stderr.read()
    assert (code, "Traceback" in trouble, PASSWORD in trouble) == (0, False, False), trouble
    assert took < _SECONDS


@pytest.mark.parametrize("phase", ["keyring", "renewal", "sync_push", "sync_pull", "device_seen"])
def test_closed_while_it_waits(twin: Twin, library: Path, keyring_service: KeyringService, phase: str) -> None:
    if phase == "keyring":
        keyring_service.hang()
    elif phase == "renewal":
        twin.clock.move(86_400)
        twin.faults.add(Fault(stall(), path="/token", phase="handled", nth="every"))
    else:
        twin.faults.add(Fault(stall(), path=phase, nth="every"))
    with running("audiodesk") as window:
        assert raise_other(library, milliseconds=30_000), "the window is complete"
        if phase == "renewal":
            twin.faults.wait_for(lambda log: any("refresh_token" in record.query for record in log), 20)
        elif phase != "keyring":
            twin.faults.wait_for(lambda log: any(record.path.endswith(phase) for record in log), 20)
        _end(window)
    if phase == "keyring":
        keyring_service.go_on()
    assert len(keyring_service.secrets()) == 1, "closing is no signing out"


@pytest.mark.parametrize("hangs", ["keyring", "server", "both"])
def test_closed_while_it_signs_out(twin: Twin, library: Path, keyring_service: KeyringService, hangs: str) -> None:
    assert library.exists()
    if hangs != "keyring":
        twin.faults.add(Fault(stall(), path="/logout", nth="every"))
    if hangs != "server":
        keyring_service.hang()
    with running("tests.desktop.sign_out_phase") as window:
        assert window.stdout is not None
        assert window.stdout.readline().strip() == "signing out"
        if hangs == "server":
            twin.faults.wait_for(lambda log: any(record.path.endswith("/logout") for record in log), 20)
        _end(window)
    if hangs != "server":
        keyring_service.go_on()
    else:
        assert keyring_service.secrets() == [], "the secret goes at once"
