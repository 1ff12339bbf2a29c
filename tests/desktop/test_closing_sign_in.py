"""The window is closed while it signs in: in each phase it ends within three seconds, in order, and keeps nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from audiodesk.composition import Program
from audiodesk.domain.words.server.sign_in_words import keyring_waited_for
from tests.keyring_service import KeyringService
from tests.twin.fault_actions import stall
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals"),
]
PASSWORD = "never to be seen 3"
_SECONDS = 3.0


@pytest.fixture
def author(twin: Twin, keyring_service: KeyringService) -> TwinUser:
    """Somebody with an account, and a book made without one; the settings name the server."""
    with Program(face="command") as program:
        program.settings_store.change(supabase_url=twin.url, supabase_anon_key=twin.publishable_key)
    return twin.add_user("anna@example.org", PASSWORD)


@pytest.mark.parametrize("phase", ["Asking the server…", "Asking what your account holds…", keyring_waited_for()])
def test_closed_in_the_middle(twin: Twin, author: TwinUser, keyring_service: KeyringService, phase: str) -> None:
    if phase.startswith("Asking the server"):
        twin.faults.add(Fault(stall(), path="/token", phase="handled"))
    elif phase.startswith("Asking what"):
        with Program(face="command") as program, program.open() as core:
            core.library.add_project("Book")
        twin.faults.add(Fault(stall(), path="/rest", nth="every"))
    else:
        keyring_service.hang()
    command = [sys.executable, "-m", "tests.desktop.sign_in_phase", author.email]
    window = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert window.stdin is not None
        assert window.stdout is not None
        window.stdin.write(PASSWORD + "\n")
        window.stdin.close()
        assert any(line.strip() == phase for line in window.stdout)
        began = time.monotonic()
        window.send_signal(signal.SIGTERM)
        code = window.wait(30)
        took = time.monotonic() - began
    finally:
        if window.poll() is None:
            window.kill()
            window.wait()
        if not phase.startswith("Asking"):
            keyring_service.go_on()
    assert window.stderr is not None
    trouble = window.stderr.read()
    window.stdout.close()
    window.stderr.close()
    assert (code, PASSWORD in trouble) == (0, False), trouble
    assert took < _SECONDS
    with Program(face="command") as program:
        assert program.accounts.in_use() is None
    assert keyring_service.secrets() == []
