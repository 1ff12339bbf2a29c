"""The disk gets full in the middle of an import: added takes are complete, the rest is reported, nothing is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import media


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Ten files of 460 to 730 KB: more than an empty list of takes has with the log of its making."""
    for number in range(10):
        media.wav(tmp_path / "Book" / "1" / f"{number}.wav", seconds=(460 + 30 * number) * 1024 / 88200)
    return tmp_path / "Book"


def run(before: list[str], how: str, folder: Path, book: Path) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    return subprocess.run(
        [*before, sys.executable, "-m", "tests.crash.full_disk", how, str(folder), str(book)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=240,
    )


def namespace() -> list[str] | None:
    """Return the command before a command that may mount; None where this computer allows none."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return None
    own = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    probe = [*own, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]
    return own if subprocess.run(probe, capture_output=True).returncode == 0 else None


@pytest.mark.slow
def test_a_small_file_system(tmp_path: Path, book: Path) -> None:
    own = namespace()
    if own is None:
        pytest.skip("no mount namespace is allowed here; the limit on file sizes is tested instead")
    done = run(own, "mount", tmp_path / "disk", book)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_limit_on_the_size_of_files(tmp_path: Path, book: Path) -> None:
    done = run([], "limit", tmp_path / "homes", book)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_libraries_on_full_and_read_only_disks(tmp_path: Path) -> None:
    own = namespace()
    if own is None:
        pytest.skip("no mount namespace is allowed here")
    done = subprocess.run(
        [*own, sys.executable, "-m", "tests.crash.places", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
