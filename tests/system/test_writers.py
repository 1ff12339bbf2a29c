"""Whether a file is still being written: leases, process lists, other systems' answers, and the clock."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from audiodesk.system import platforms
from audiodesk.system.writers import RestWatch

linux = pytest.mark.skipif(sys.platform != "linux", reason="leases and /proc are Linux's")


@contextmanager
def held_by_a_process(path: Path, mode: str) -> Iterator[None]:
    """Let another process have ``path`` open."""
    program = "import sys; file = open(sys.argv[1], sys.argv[2]); print('open', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield
    finally:
        process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.wav"
    made.write_bytes(b"RIFF")
    return made


def never_known(_path: str) -> bool | None:
    return None


class Times:
    """Clocks that the test moves, and a system that cannot tell."""

    def __init__(self) -> None:
        self.wall, self.ticks, self.scans = 1000.0, 0.0, 0
        self.open_files: frozenset[tuple[int, int]] = frozenset()
        self.watch = RestWatch(
            is_held=never_known, scan=self._scan, clock=lambda: self.wall, monotonic=lambda: self.ticks
        )

    def _scan(self) -> frozenset[tuple[int, int]]:
        self.scans += 1
        return self.open_files

    def wait(self, seconds: float) -> None:
        self.wall += seconds
        self.ticks += seconds


def set_time(path: Path, seconds: float) -> None:
    os.utime(path, (seconds, seconds))


@linux
@pytest.mark.parametrize(("mode", "rests"), [("ab", False), ("r+b", False), ("rb", True)])
def test_a_process_that_has_it_open_for_writing_is_noticed(path: Path, mode: str, rests: bool) -> None:
    watch = RestWatch()
    assert watch.is_resting(str(path))
    with held_by_a_process(path, mode):
        assert watch.is_resting(str(path)) is rests
    assert watch.is_resting(str(path))


@linux
def test_the_list_of_processes_tells_who_writes(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.wav"
    other.touch()
    with held_by_a_process(path, "ab"), held_by_a_process(other, "rb"):
        found = platforms.open_for_writing()
        mine, theirs = path.stat(), other.stat()
        assert (mine.st_dev, mine.st_ino) in found
        assert (theirs.st_dev, theirs.st_ino) not in found
    assert platforms.open_for_writing(str(tmp_path / "no proc")) == frozenset()


def test_what_is_no_file_rests(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", Path("nul\0")):
        assert RestWatch().is_resting(str(path))


@pytest.mark.parametrize(
    ("number", "held"), [(errno.EAGAIN, True), (errno.EACCES, None), (errno.EINVAL, None), (errno.EPERM, None)]
)
def test_answers_to_a_lease(path: Path, number: int, held: bool | None) -> None:
    def refuse(_handle: int, what: int, _argument: int) -> None:
        if what == 2:
            raise OSError(number, "no")

    system = SimpleNamespace(F_SETSIG=1, F_SETLEASE=2, F_RDLCK=0, F_UNLCK=2, fcntl=refuse)
    assert platforms.is_held_by_lease(str(path), fcntl=system) is held
    assert platforms.is_held_by_lease(str(path) + " missing", fcntl=system) is None


@pytest.mark.parametrize(
    ("handle", "code", "held"), [(-1, 32, True), (0xFFFFFFFFFFFFFFFF, 32, True), (-1, 5, None), (88, 0, False)]
)
def test_answers_of_windows(handle: int, code: int, held: bool | None) -> None:
    closed: list[int] = []
    shares: list[int] = []

    def create(_path: str, _access: int, share: int, *_rest: object) -> int:
        shares.append(share)
        return handle

    kernel32 = SimpleNamespace(CreateFileW=create, GetLastError=lambda: code, CloseHandle=closed.append)
    assert platforms.held_by_sharing("C:\\a.wav", kernel32=kernel32) is held
    assert closed == ([88] if held is False else [])
    assert shares[0] & 2 == 0  # others may not write while it is open


@linux
@pytest.mark.parametrize(
    ("kind", "is_remote"), [("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False), ("tmpfs", False)]
)
def test_disks_of_the_network_are_known(path: Path, tmp_path: Path, kind: str, is_remote: bool) -> None:
    device = path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "1 0 0:99 / /other rw - proc proc rw\n"
        f"27 1 {os.major(device)}:{os.minor(device)} / / rw shared:1 - {kind} x rw\n"
    )
    assert platforms.is_on_network(device, mounts=str(mounts)) is is_remote
    assert platforms.is_on_network(device, mounts=str(tmp_path / "missing")) is False


def test_without_an_answer_of_the_system_a_file_rests_two_seconds_after_its_last_change(path: Path) -> None:
    times = Times()
    set_time(path, times.wall - 1.5)
    assert not times.watch.is_resting(str(path))
    times.wait(0.6)
    assert times.watch.is_resting(str(path))
    set_time(path, times.wall)  # it was written again
    assert not times.watch.is_resting(str(path))


def test_a_time_in_the_future_is_old_when_two_looks_agree(path: Path) -> None:
    times = Times()
    set_time(path, times.wall + 3600)
    assert not times.watch.is_resting(str(path))
    times.wait(1.0)
    assert not times.watch.is_resting(str(path))
    path.write_bytes(b"RIFF more")
    set_time(path, times.wall + 3600)
    times.wait(1.5)
    assert not times.watch.is_resting(str(path))  # it grew
    times.wait(2.0)
    assert times.watch.is_resting(str(path))


def test_processes_are_listed_once_for_many_files(tmp_path: Path) -> None:
    times = Times()
    paths = [tmp_path / f"{number}.wav" for number in range(20)]
    for path in paths:
        path.touch()
        set_time(path, 10)
    status = paths[3].stat()
    times.open_files = frozenset({(status.st_dev, status.st_ino)})
    assert [times.watch.is_resting(str(path)) for path in paths] == [number != 3 for number in range(20)]
    assert times.scans == 1
    times.open_files = frozenset()
    times.wait(1.0)
    assert times.watch.is_resting(str(paths[3]))
