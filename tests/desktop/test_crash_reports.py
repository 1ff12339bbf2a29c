"""What a broken program leaves behind while somebody is signed in: its log and its words without secrets, no core."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.signed_in import running, sign_in_here
from tests.keyring_service import KeyringService
from tests.twin.twin import Twin

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="Windows has no core files")]
PASSWORD = "never to be seen 5"
_CONTROL = "import os, resource as r; h = r.getrlimit(r.RLIMIT_CORE)[1]; r.setrlimit(r.RLIMIT_CORE, (h, h)); os.abort()"


def _makes_core(folder: Path) -> bool:
    """Tell whether a process that forbids nothing leaves a core file in its folder, as this system is set up."""
    folder.mkdir()
    subprocess.run([sys.executable, "-c", _CONTROL], cwd=folder, check=False)
    return any(folder.iterdir())


def _left() -> str:
    """Everything that the program wrote on this computer."""
    places = {os.environ[name] for name in os.environ if name.startswith("XDG_") and name.endswith("_HOME")}
    places |= {os.environ["AUDIODESK_HOME"]} if "AUDIODESK_HOME" in os.environ else set()
    files = [path for place in places for path in Path(place).rglob("*") if path.is_file()]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def test_errors_and_crashes_hold_no_secret(twin: Twin, keyring_service: KeyringService, tmp_path: Path) -> None:
    sign_in_here(twin, PASSWORD)
    folder = tmp_path / "run"
    folder.mkdir()
    with running("tests.desktop.crashing", cwd=folder) as window:
        assert window.stdin is not None
        assert window.stdout is not None
        assert window.stderr is not None
        said = ""
        while not said.endswith("shown\n"):
            line = window.stdout.readline()
            assert line, window.stderr.read()
            said += line
        command = Path(f"/proc/{window.pid}/cmdline").read_text() if sys.platform == "linux" else ""
        window.stdin.write("now\n")
        window.stdin.flush()
        assert window.wait(60) == -signal.SIGABRT
        said += window.stdout.read() + window.stderr.read() + command
    assert "cannot use [" in said, "it was shown, without the secrets"
    secrets = [json.loads(text)[name] for text in keyring_service.secrets() for name in ("refresh", "access")]
    with twin.database.open("supabase_auth_admin") as connection:
        secrets += [row[0] for row in connection.execute("select token from auth.refresh_tokens")]
    left = _left()
    logged = [line for line in left.splitlines() if line.startswith("RuntimeError: cannot use [")]
    assert len(logged) == 3, "a slot, a thread and a destructor"
    for secret in (PASSWORD, *secrets):
        assert secret not in said
        assert secret not in left
    assert list(folder.iterdir()) == []
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if hard and Path("/proc/sys/kernel/core_pattern").exists():
        pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
        assert _makes_core(tmp_path / "control") or pattern.startswith(("|", "/"))
