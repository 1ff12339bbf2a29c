"""One process at a time renews a sign-in; the lock's name tells nothing, and a missing folder stops nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.system.refresh_lock import _runtime_folder, refresh_lock

NAME = "example.org/0f8fad5b-d9cb-469f-a165-70867728950e"
_HOLD = """
import sys
from pathlib import Path
from audiodesk.system.refresh_lock import refresh_lock
with refresh_lock(sys.argv[1], folder=Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_waits_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, NAME, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(OutsideError) as raised, refresh_lock(NAME, folder=tmp_path, wait=0.1):
        pass
    assert raised.value.code == "sign-in-busy"
    with refresh_lock("example.org/another", folder=tmp_path, wait=0.1):
        pass
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    with refresh_lock(NAME, folder=tmp_path, wait=5):
        pass


def test_the_name_of_the_lock_tells_nothing(tmp_path: Path) -> None:
    with refresh_lock(NAME, folder=tmp_path):
        names = [path.name for path in tmp_path.iterdir()]
    assert len(names) == 1
    assert "example" not in names[0]


def test_without_a_folder_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with refresh_lock(NAME, folder=tmp_path / "file" / "below"):
        pass


def test_an_error_in_the_block_releases_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), refresh_lock(NAME, folder=tmp_path):
        raise ValueError("mine")
    with refresh_lock(NAME, folder=tmp_path, wait=0.1):
        pass


def test_a_person_without_a_runtime_folder_is_told_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert _runtime_folder().name == "audiodesk"
    assert not recwarn.list
