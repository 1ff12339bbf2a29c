"""Locks between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from audiodesk.system.locks import ProcessSign, WindowLock, is_alive, remove_dead_signs

_ROOT = Path(__file__).parents[2]
_LIVE = """
import pathlib, sys
from audiodesk.system.locks import ProcessSign, WindowLock
sign = ProcessSign(pathlib.Path(sys.argv[1]))
window = WindowLock(pathlib.Path(sys.argv[1]))
print(sign.owner, window.acquire(), flush=True)
sys.stdin.read()
"""


def start(library: Path) -> tuple[subprocess.Popen[str], str, bool]:
    process = subprocess.Popen(
        [sys.executable, "-c", _LIVE, str(library)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT
    )
    assert process.stdout is not None
    owner, window = process.stdout.readline().split()
    return process, owner, window == "True"


def test_a_sign_lives_as_long_as_its_process(tmp_path: Path) -> None:
    process, owner, _ = start(tmp_path)
    with process:
        assert is_alive(tmp_path, owner)
        remove_dead_signs(tmp_path)
        assert is_alive(tmp_path, owner)
        process.kill()
        process.wait()
        assert not is_alive(tmp_path, owner)
    remove_dead_signs(tmp_path)
    assert list((tmp_path / "processes").iterdir()) == []


def test_our_own_sign(tmp_path: Path) -> None:
    sign, other = ProcessSign(tmp_path), ProcessSign(tmp_path)
    assert sign.owner != other.owner
    assert is_alive(tmp_path, sign.owner)
    remove_dead_signs(tmp_path)
    sign.close()
    assert not is_alive(tmp_path, sign.owner)
    assert is_alive(tmp_path, other.owner)
    other.close()
    assert not is_alive(tmp_path, "nobody")
    remove_dead_signs(tmp_path / "nowhere")


def test_one_window_a_library(tmp_path: Path) -> None:
    process, _, has_window = start(tmp_path)
    with process:
        assert has_window
        assert WindowLock(tmp_path).is_held()
        lock = WindowLock(tmp_path)
        assert not lock.acquire()
        process.kill()
        process.wait()
        assert lock.acquire()
    assert not WindowLock(tmp_path).acquire()
    lock.release()
    again = WindowLock(tmp_path)
    assert again.acquire()
    again.release()


def test_asking_for_a_window_makes_no_file_and_takes_no_lock(tmp_path: Path) -> None:
    lock, window = WindowLock(tmp_path), WindowLock(tmp_path)
    assert not lock.is_held()
    assert list(tmp_path.iterdir()) == []
    assert window.acquire()
    assert lock.is_held()
    window.release()
    assert not lock.is_held()
    assert window.acquire(), "nothing was kept"
    window.release()
