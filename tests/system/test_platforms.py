"""Differences between operating systems, with the answers of other systems simulated."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from audiodesk.system import platforms


class Time:
    """A clock that moves when somebody pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def refused(times: int, number: int = errno.EACCES) -> Callable[[], str]:
    left = [None] * times

    def step() -> str:
        if left:
            left.pop()
            raise OSError(number, "The process cannot access the file because it is being used by another process")
        return "done"

    return step


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EBUSY])
def test_a_sharing_violation_is_waited_for(tmp_path: Path, number: int) -> None:
    time = Time()
    assert platforms.patiently(refused(5, number), tmp_path, pause=time.pause, clock=time.clock) == "done"
    assert len(time.pauses) == 5
    assert 0 < time.now < 2.0


def test_patience_ends_after_two_seconds(tmp_path: Path) -> None:
    time = Time()
    with pytest.raises(PermissionError):
        platforms.patiently(refused(10_000), tmp_path, pause=time.pause, clock=time.clock)
    assert 2.0 <= time.now < 2.5


def test_an_error_that_stays_is_raised_at_once(tmp_path: Path) -> None:
    time = Time()
    for step, folder in ((refused(1, errno.ENOSPC), tmp_path), (refused(1), tmp_path / "missing")):
        with pytest.raises(OSError, match="cannot access"):
            platforms.patiently(step, folder, pause=time.pause, clock=time.clock)
    assert time.pauses == []


def test_whether_a_folder_can_be_written_to_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert platforms.can_write_in(tmp_path)
    assert list(tmp_path.iterdir()) == []
    real = os.open
    answers = {errno.EACCES: False, errno.EROFS: False, errno.ENOENT: False, errno.ENOSPC: True}
    for number, can_write in answers.items():

        def refuse(path: object, flags: int, mode: int = 0o777, number: int = number) -> int:
            if str(path).endswith(".tmp"):
                raise OSError(number, "no")
            return real(path, flags, mode)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "open", refuse)
        assert platforms.can_write_in(tmp_path) is can_write


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_what_a_disk_refuses_late_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    assert platforms.trouble_in(tmp_path, 100_000) is None

    def refuse(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, step, refuse)
    trouble = platforms.trouble_in(tmp_path, 100_000)
    assert trouble is not None
    assert trouble.errno == errno.ENOSPC
    assert platforms.can_write_in(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [None, errno.EOPNOTSUPP, errno.EINVAL])
def test_room_is_taken_where_the_system_hands_out_none(tmp_path: Path, number: int | None) -> None:
    def refuse(*_arguments: int) -> None:
        raise OSError(number, "not here")

    system = SimpleNamespace() if number is None else SimpleNamespace(posix_fallocate=refuse)
    path = tmp_path / "reserve"
    with path.open("wb") as file:
        platforms.allocate(file.fileno(), 200_000, system=system)
    assert len(set(path.read_bytes())) == 256  # content that a file system cannot compress


def test_a_full_disk_hands_out_no_room(tmp_path: Path) -> None:
    def refuse(*_arguments: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with (tmp_path / "reserve").open("wb") as file, pytest.raises(OSError, match="full"):
        platforms.allocate(file.fileno(), 4096, system=SimpleNamespace(posix_fallocate=refuse))
    assert (tmp_path / "reserve").stat().st_size == 0


@pytest.mark.parametrize(("flag", "expected"), [(1, True), (4, False)])
def test_whether_a_disk_is_mounted_read_only(tmp_path: Path, flag: int, expected: bool) -> None:
    system = SimpleNamespace(statvfs=lambda _path: SimpleNamespace(f_flag=flag), ST_RDONLY=1)
    assert platforms.is_disk_read_only(tmp_path, system=system) is expected
    assert platforms.is_disk_read_only(tmp_path, system=SimpleNamespace()) is False  # Windows


def test_who_writes_is_asked_in_the_way_of_the_system(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    windows = SimpleNamespace(CreateFileW=lambda *_arguments: -1, GetLastError=lambda: 32)
    assert platforms.is_held(str(path), is_windows=True, kernel32=windows) is True
    assert platforms.is_held(str(path), is_windows=False, fcntl=SimpleNamespace()) is None  # macOS has no leases
    assert platforms.is_held(str(path), is_windows=False, fcntl=None) is None


@pytest.mark.parametrize("is_windows", [True, False])
def test_a_further_name_where_the_system_has_links(tmp_path: Path, is_windows: bool) -> None:
    (tmp_path / "a").write_bytes(b"one")
    assert platforms.link_new(tmp_path / "a", tmp_path / "b", is_windows=is_windows) is not is_windows
    assert (tmp_path / "b").exists() is not is_windows
    if not is_windows:
        with pytest.raises(FileExistsError):
            platforms.link_new(tmp_path / "a", tmp_path / "b", is_windows=False)

    def none(*_arguments: object) -> None:
        raise OSError(errno.EPERM, "no links on this file system")

    assert not platforms.link_new(tmp_path / "a", tmp_path / "c", system=SimpleNamespace(link=none), is_windows=False)


def test_a_file_is_read_at_a_place(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    windows = SimpleNamespace(lseek=os.lseek, read=os.read)
    with path.open("rb") as file:
        assert platforms.read_at(file.fileno(), 3, 4) == b"3456"
        assert platforms.read_at(file.fileno(), 3, 4, system=windows) == b"3456"
        assert platforms.next_data(file.fileno(), 3, 10, system=windows) == 3
        assert platforms.next_data(file.fileno(), 10, 10) == 10


def test_macos_flushes_the_drive_too() -> None:
    asked: list[tuple[int, int]] = []
    plain: list[int] = []
    mac = SimpleNamespace(F_FULLFSYNC=51, fcntl=lambda handle, what: asked.append((handle, what)))
    platforms.flush(7, fcntl=mac, fsync=plain.append)
    assert (asked, plain) == ([(7, 51)], [])


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.EINVAL, errno.ENOTTY])
def test_a_file_system_without_the_full_flush_gets_the_plain_one(number: int) -> None:
    def unknown(handle: int, what: int) -> None:
        raise OSError(number, "not here")

    plain: list[int] = []
    platforms.flush(7, fcntl=SimpleNamespace(F_FULLFSYNC=51, fcntl=unknown), fsync=plain.append)
    assert plain == [7]


def test_a_full_flush_that_fails_is_an_error() -> None:
    def broken(handle: int, what: int) -> None:
        raise OSError(errno.EIO, "broken")

    with pytest.raises(OSError, match="broken"):
        platforms.flush(7, fcntl=SimpleNamespace(F_FULLFSYNC=51, fcntl=broken), fsync=lambda _handle: None)


def test_other_systems_flush_plainly() -> None:
    plain: list[int] = []
    platforms.flush(7, fcntl=SimpleNamespace(), fsync=plain.append)
    platforms.flush(8, fcntl=None, fsync=plain.append)
    assert plain == [7, 8]


def test_windows_has_no_folders_to_flush(tmp_path: Path) -> None:
    platforms.flush_folder(tmp_path / "missing", is_windows=True)
    with pytest.raises(FileNotFoundError):
        platforms.flush_folder(tmp_path / "missing", is_windows=False)


@pytest.mark.parametrize("is_windows", [True, False])
def test_a_held_file_is_removed_in_the_order_that_the_system_allows(tmp_path: Path, is_windows: bool) -> None:
    path = tmp_path / "sign.lock"
    path.touch()
    there: list[bool] = []
    platforms.unlink_held(path, lambda: there.append(path.exists()), is_windows=is_windows)
    assert there == [is_windows]
    assert not path.exists()


def test_a_held_file_that_cannot_be_removed_is_let_go_of(tmp_path: Path) -> None:
    gone: list[bool] = []
    platforms.unlink_held(tmp_path, lambda: gone.append(True), is_windows=False)  # a folder cannot be unlinked
    assert gone == [True]


def test_a_lock_is_held_until_its_handle_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = platforms.lock_file(path)
    assert first is not None
    assert platforms.lock_file(path) is None
    os.close(first)
    second = platforms.lock_file(path)
    assert second is not None
    os.close(second)
    with pytest.raises(NotImplementedError):
        platforms.lock_file(path, fcntl=None)


def test_windows_lets_processes_inherit_that_ctrl_c_is_off() -> None:
    said: list[int] = []
    windows = SimpleNamespace(SetConsoleCtrlHandler=lambda _handler, ignore: said.append(ignore))
    with platforms.interrupts_held(signals=SimpleNamespace(), kernel32=windows):
        assert said == [1]
    assert said == [1, 0]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows holds interrupts otherwise")
def test_what_is_started_while_interrupts_are_held_does_not_hear_them() -> None:
    program = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with platforms.interrupts_held():
        held = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    free = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (held.stdout.strip(), free.stdout.strip()) == ("True", "False")


def test_memory_is_limited_where_the_system_can(tmp_path: Path) -> None:
    limits: list[tuple[int, int]] = []
    system = SimpleNamespace(
        RLIMIT_AS=9,
        RLIM_INFINITY=-1,
        getpagesize=lambda: 4096,
        getrlimit=lambda _which: (-1, -1),
        setrlimit=lambda _which, both: limits.append(both),
    )
    statm = tmp_path / "statm"
    statm.write_text("100 20 3 4 0 5 0\n")
    assert platforms.limit_memory(1000, resource=system, statm=str(statm))
    assert limits == [(409_600 + 1000, -1)]
    assert not platforms.limit_memory(1000, resource=system, statm=str(tmp_path / "no proc"))  # macOS
    assert not platforms.limit_memory(1000, resource=None, statm=str(statm))  # Windows


def test_there_is_a_processor() -> None:
    assert platforms.cores() >= 1
