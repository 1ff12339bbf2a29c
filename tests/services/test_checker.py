"""The checker: verdicts from the decoders' process, which may die, hang or grow without harm to this process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import Analysis
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.services.audio.checker import CheckCancelled, Checker
from tests import media
from tests.services import hostile

pytestmark = pytest.mark.slow

_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits and /proc are Linux's")


@pytest.fixture(scope="module")
def shared() -> Iterator[Checker]:
    with Checker(workers=1) as checker:
        yield checker


@pytest.fixture
def _hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process of each checker do what a hostile decoder would, by the file's first word."""
    from audiodesk.audio import worker

    monkeypatch.setattr(worker, "check_files", hostile.check_files)
    monkeypatch.setattr(worker, "analyse_files", hostile.analyse_files)


@pytest.fixture
def dangerous(_hostile: None) -> Iterator[Checker]:
    """A checker with a hostile decoder, which is given up after a second."""
    with Checker(workers=1, seconds=1.0) as checker:
        yield checker


def _word(path: Path, word: str) -> Path:
    path.write_text(word, encoding="ascii")
    return path


def _reason(findings: tuple[Finding, ...]) -> str:
    assert [finding.code for finding in findings] == [Code.CHECK_FAILED]
    return str(findings[0].params["reason"])


def test_a_check_through_the_process(shared: Checker, tmp_path: Path) -> None:
    path = media.mp3(tmp_path / "a")
    report = shared.check(path, name="Kapitel 1.wav")
    assert (report.kind, report.verdict, report.seconds) == (Kind.MP3, Verdict.WARNING, 2.0)
    assert report.analysis is None
    full = shared.check(path, full=True)
    assert full.analysis is not None
    assert full.verdict is Verdict.OK


def test_many_are_answered_in_their_order(shared: Checker, tmp_path: Path) -> None:
    files = [(media.wav(tmp_path / f"{at}", seconds=at / 100), f"{at}.wav") for at in range(1, 121)]
    files.append((tmp_path / "missing", "missing.wav"))
    reports = shared.check_many(files)
    assert [report.seconds for report in reports[:-1]] == [at / 100 for at in range(1, 121)]
    assert reports[-1].findings == (Finding(Code.UNREADABLE, {"reason": "missing"}),)
    assert shared.check_many([]) == []


def test_the_calling_process_loads_no_decoder_and_no_qt(tmp_path: Path) -> None:
    media.wav(tmp_path / "a.wav")
    script = """
        import sys
        from pathlib import Path
        from audiodesk.services.audio.checker import Checker
        if __name__ == "__main__":
            with Checker(workers=1) as checker:
                assert checker.check(Path(sys.argv[1]), full=True).verdict == "ok"
            assert not {"numpy", "soundfile", "mutagen", "PySide6"} & set(sys.modules)
    """
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(script), encoding="utf-8")
    subprocess.run([sys.executable, str(program), str(tmp_path / "a.wav")], check=True, timeout=60)


def test_decoders_do_not_talk_on_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(media.mp3_bytes(seconds=3))
    for at in range(2000, len(data), 700):
        data[at] ^= 0xFF
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    with Checker(workers=1) as checker:
        assert checker.check(path, full=True).analysis is not None
    assert capfd.readouterr().err == ""


def test_an_analysis(shared: Checker, tmp_path: Path) -> None:
    analysis = shared.analyse(media.wav(tmp_path / "a.wav"))
    assert isinstance(analysis, Analysis)
    assert len(analysis.peaks) == 400
    with pytest.raises(UserError) as raised:
        shared.analyse(media.wav(tmp_path / "b.wav", keep=100))
    assert raised.value.params == {"findings": "truncated"}


def test_a_rescue(shared: Checker, tmp_path: Path) -> None:
    damaged = media.wav(tmp_path / "a.wav", keep=88200)
    report = shared.check(damaged)
    shared.rescue(damaged, report, tmp_path / "b.wav")
    assert shared.check(tmp_path / "b.wav").seconds == 1.0
    with pytest.raises(UserError) as raised:
        shared.rescue(tmp_path / "b.wav", report, tmp_path / "c.wav")
    assert (raised.value.code, raised.value.params) == ("not-rescued", {"reason": "nothing"})
    with pytest.raises(OutsideError) as outside:
        shared.rescue(damaged, report, tmp_path / "no-folder" / "c.wav")
    assert (outside.value.code, outside.value.params) == ("folder-read-only", {"path": str(tmp_path / "no-folder")})


@pytest.mark.parametrize("word", ["crash", "abort", "leave"])
def test_a_file_that_kills_the_process_is_a_verdict_and_the_next_one_is_checked(
    dangerous: Checker, tmp_path: Path, word: str
) -> None:
    assert _reason(dangerous.check(_word(tmp_path / "a", word)).findings) == "crashed"
    assert dangerous.check(media.wav(tmp_path / "b.wav")).verdict is Verdict.OK


@pytest.mark.slow
def test_a_file_that_hangs_the_process_is_a_verdict(dangerous: Checker, tmp_path: Path) -> None:
    dangerous.warm()
    assert _reason(dangerous.check(_word(tmp_path / "a", "hang")).findings) == "timeout"
    assert dangerous.check(media.wav(tmp_path / "b.wav")).verdict is Verdict.OK


@_LINUX
def test_a_file_that_eats_memory_is_a_verdict(dangerous: Checker, tmp_path: Path) -> None:
    assert _reason(dangerous.check(_word(tmp_path / "a", "eat")).findings) == "memory"
    assert dangerous.check(media.wav(tmp_path / "b.wav")).verdict is Verdict.OK


@pytest.mark.slow
def test_only_the_guilty_one_of_many_is_refused(dangerous: Checker, tmp_path: Path) -> None:
    files: list[tuple[Path, str | None]] = [(media.wav(tmp_path / f"{at}.wav"), None) for at in range(6)]
    _word(files[2][0], "crash")
    _word(files[4][0], "leave")
    reports = dangerous.check_many(files)
    assert [report.verdict for report in reports] == ["ok", "ok", "refused", "ok", "refused", "ok"]
    assert [_reason(reports[at].findings) for at in (2, 4)] == ["crashed", "crashed"]


@pytest.mark.slow
def test_of_many_analyses_only_the_guilty_ones_are_errors(dangerous: Checker, tmp_path: Path) -> None:
    files = [media.wav(tmp_path / f"{at}.wav") for at in range(5)]
    _word(files[1], "crash")
    media.wav(files[3], keep=100)
    results = dangerous.analyse_many(files)
    assert [isinstance(result, Analysis) for result in results] == [True, False, True, False, True]
    errors = [result for result in results if isinstance(result, AudioDeskError)]
    assert [error.code for error in errors] == ["check-failed", "not-sound"]


def test_an_analysis_that_kills_the_process_is_an_error(dangerous: Checker, tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as raised:
        dangerous.analyse(_word(tmp_path / "a", "crash"))
    assert (raised.value.code, raised.value.params) == ("check-failed", {"reason": "crashed"})


@_LINUX
def test_a_process_killed_while_it_has_nothing_to_do_is_replaced(tmp_path: Path) -> None:
    before = _children(os.getpid())
    with Checker(workers=1) as checker:
        path = media.wav(tmp_path / "a.wav")
        assert checker.check(path).verdict is Verdict.OK
        (child,) = set(_children(os.getpid())) - set(before)
        os.kill(child, signal.SIGKILL)
        assert checker.check(path).verdict is Verdict.OK


def _children(parent: int) -> list[int]:
    """Return the processes of decoders below ``parent``."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) == parent and stat[0] != "Z" and b"spawn_main" in command:
                found.append(int(folder.name))
    return found


@pytest.mark.usefixtures("_hostile")
def test_cancelling_ends_a_call_at_once(tmp_path: Path) -> None:
    cancel = threading.Event()
    with Checker(workers=1, seconds=120.0) as checker:
        checker.warm()
        threading.Timer(0.2, cancel.set).start()
        started = time.monotonic()
        with pytest.raises(CheckCancelled):
            checker.check(_word(tmp_path / "a", "hang"), cancel=cancel)
    assert time.monotonic() - started < 30


def test_closing_ends_a_call_that_waits(dangerous: Checker, tmp_path: Path) -> None:
    dangerous.warm()
    threading.Timer(0.2, dangerous.close).start()
    with pytest.raises(CheckCancelled):
        dangerous.check(_word(tmp_path / "a", "hang"))
    with pytest.raises(CheckCancelled):
        dangerous.check(tmp_path / "a")
    dangerous.close()


def test_threads_may_call_at_once(shared: Checker, tmp_path: Path) -> None:
    path = media.wav(tmp_path / "a.wav")
    verdicts: list[Verdict] = []
    threads = [
        threading.Thread(target=lambda: verdicts.extend(shared.check(path).verdict for _ in range(20)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == [Verdict.OK] * 80


@_LINUX
@pytest.mark.slow
def test_the_process_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = """
        import sys, threading, time
        from pathlib import Path
        from audiodesk.audio import worker
        from audiodesk.services.audio.checker import Checker
        from tests.services import hostile
        if __name__ == "__main__":
            worker.check_files = hostile.check_files
            checker = Checker(workers=2)
            checker.warm()
            threading.Thread(target=checker.check, args=(Path(sys.argv[1]),), daemon=True).start()
            time.sleep(0.3)
            print("busy", flush=True)
            time.sleep(60)
    """
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(script), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, str(program), str(_word(tmp_path / "a", "hang"))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"busy\n"
        children = _children(parent.pid)
        assert len(children) == 2
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux tells of a process")
def test_the_processes_never_hear_ctrl_c(tmp_path: Path) -> None:
    others = set(multiprocessing.active_children())
    with Checker() as checker:
        checker.warm()
        processes = [process for process in multiprocessing.active_children() if process not in others]
        assert len(processes) == checker.workers
        for process in processes:
            status = Path(f"/proc/{process.pid}/status").read_text()
            (held,) = (int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigBlk"))
            # From the first moment: blocked, and not just ignored later.
            assert held & 1 << (signal.SIGINT - 1)
