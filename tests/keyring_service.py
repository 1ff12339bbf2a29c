"""A real Secret Service of a test's own: a message bus and GNOME's keyring, unlocked, locked, or hanging."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

__all__ = ["KeyringService", "keyring_service", "no_keyring"]

_PASSWORD = b"the keyring's own password"
_BUS = """<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""A bus that starts no programs: else it would start a locked keyring of its own when it is first asked."""


class KeyringService:
    """Both programs; processes that inherit the environment of ``variables`` use them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        configuration = folder / "bus.conf"
        configuration.write_text(_BUS)
        self._bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._bus.stdout is not None
        self.address = self._bus.stdout.readline().decode().strip()
        assert self.address
        self._daemon: subprocess.Popen[bytes] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What leads a process to this service."""
        return {
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder / "run"),
        }

    def start(self) -> None:
        """Start GNOME's keyring, unlocked. This process's environment has ``variables``; what it holds stays."""
        (self._folder / "run").mkdir(mode=0o700, exist_ok=True)
        environment = {**os.environ, **self.variables, "XDG_DATA_HOME": str(self._folder / "data")}
        environment.pop("DISPLAY", None)
        self._daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(_PASSWORD)
        self._daemon.stdin.close()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        """Wait until it has its name on the bus and its collection open."""
        import secretstorage

        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(secretstorage.SecretStorageException),
                contextlib.closing(secretstorage.dbus_init()) as connection,
            ):
                if not secretstorage.get_collection_by_alias(connection, "default").is_locked():
                    return
            time.sleep(0.02)
        raise AssertionError("the keyring did not start")

    def stop(self) -> None:
        """End the keyring; the bus stays."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None

    def hang(self) -> None:
        """Let it answer nothing, as one that waits for its password."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGCONT)

    def lock(self) -> None:
        """Lock the collection that holds the secrets."""
        import secretstorage

        with contextlib.closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).lock()

    def secrets(self) -> list[str]:
        """Every secret that it holds."""
        import secretstorage

        with contextlib.closing(secretstorage.dbus_init()) as connection:
            items = secretstorage.get_default_collection(connection).get_all_items()
            return [item.get_secret().decode() for item in items]

    def close(self) -> None:
        """End both."""
        self.stop()
        self._bus.kill()
        self._bus.wait()
        assert self._bus.stdout is not None
        self._bus.stdout.close()


@pytest.fixture
def keyring_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringService]:
    """A real keyring that this process and those that it starts use."""
    if shutil.which("gnome-keyring-daemon") is None or shutil.which("dbus-daemon") is None:
        pytest.skip("needs dbus and gnome-keyring")
    folder = tmp_path / "k"
    folder.mkdir()
    service = KeyringService(folder)
    for name, value in service.variables.items():
        monkeypatch.setenv(name, value)
    service.start()
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    yield service
    service.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # keyring leaves its connection open after an error
        gc.collect()


@pytest.fixture
def no_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a keyring: no message bus."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'no-bus'}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
