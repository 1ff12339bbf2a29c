"""Files that are neither MP3 nor WAV are named as what they are; unreadable ones give a reason; nothing hangs."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from audiodesk.audio.check import check, inspect
from audiodesk.domain.audio.findings import Code, Finding, Verdict
from tests import media
from tests.audio.conftest import Saved

_HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>"
_ADTS = bytes((0xFF, 0xF1, 0x50, 0x80, 0x04, 0x1F, 0xFC)) + bytes(25)  # 32 bytes, as its header states


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (bytes(100_000), "zeros"),
        (b"FORM\0\0\x10\0AIFFCOMM" + bytes(100), "aiff"),
        (b"FORM\0\0\x10\0AIFCCOMM" + bytes(100), "aiff"),
        (b"fLaC\0\0\0\x22" + bytes(100), "flac"),
        (media.id3v2() + b"fLaC\0\0\0\x22" + bytes(100), "flac"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(100), "m4a"),
        (b"\0\0\0\x20ftypM4B \0\0\0\0" + bytes(100), "m4a"),
        (b"\0\0\0\x20ftypisom\0\0\0\0" + bytes(100), "video"),
        (b"\0\0\0\x20ftypqt  \0\0\0\0" + bytes(100), "video"),
        (b"\x1aE\xdf\xa3" + bytes(100), "video"),
        (b"RIFF\0\x10\0\0AVI LIST" + bytes(100), "video"),
        (b"OggS\0\x02" + bytes(100), "ogg"),
        (_ADTS * 20, "aac"),
        (_HTML, "html"),
        (b"\xef\xbb\xbf \n" + _HTML, "html"),
        (_HTML.decode().encode("utf-16"), "html"),
        ("Kapitel eins – es war einmal.\n".encode() * 20, "text"),
        (("Straße\n" * 100).encode("latin-1"), "text"),
        (b"#EXTM3U\n/music/a.mp3\n", "text"),
        (b"%PDF-1.7\n" + bytes(100), "pdf"),
        (b"PK\x03\x04" + bytes(100), "archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "image"),
        (b"\x00\x05\x16\x07" + bytes(100), "macos-sidecar"),
        (bytes(range(1, 256)) * 50, "unknown"),
        (b"\xff", "unknown"),
        (b"\xff\xfb\x90", "unknown"),
        (b"ID3", "text"),
        (b"RIFF", "unknown"),
    ],
)
def test_other_files_are_refused_and_named(report_on: Saved, data: bytes, what: str) -> None:
    report = report_on(data, "take.mp3", full=True)
    assert (report.verdict, report.kind) == (Verdict.REFUSED, None)
    assert report.all_findings == (Finding(Code.NOT_MP3_OR_WAV, {"what": what}),)
    assert report.size == len(data)


def _reason(path: Path | str) -> str:
    report = inspect(str(path))
    assert report.verdict is Verdict.REFUSED
    assert [finding.code for finding in report.findings] == [Code.UNREADABLE]
    return str(report.findings[0].params["reason"])


def test_edits_of_unknown_rows_are_refused(tmp_path: Path) -> None:
    assert _reason(tmp_path / "nothing.wav") == "missing"
    assert _reason(media.wav(tmp_path / "a.wav") / "below-a-file.wav") == "missing"
    assert _reason("a\0b") == "missing"
    assert _reason(tmp_path / ("x" * 300)) == "io"


def test_a_folder(tmp_path: Path) -> None:
    assert _reason(tmp_path) == "folder"


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
def test_special_files_end_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert _reason(tmp_path / "pipe.wav") == "pipe"
    assert _reason("/dev/zero") == "device"
    loop = tmp_path / "loop.wav"
    loop.symlink_to(loop)
    assert _reason(loop) == "loop"
    with socket.socket(socket.AF_UNIX) as listening:
        place = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket must be short
        try:
            listening.bind("socket.wav")
        finally:
            os.chdir(place)
        assert _reason(tmp_path / "socket.wav") == "socket"


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
@pytest.mark.timeout(20)
def test_a_file_that_becomes_a_pipe_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    regular = media.wav(tmp_path / "a.wav").stat()
    os.mkfifo(tmp_path / "pipe.wav")
    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", lambda _path: regular)
        report = inspect(str(tmp_path / "pipe.wav"))
    assert report.findings == (Finding(Code.UNREADABLE, {"reason": "pipe"}),)


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
def test_a_device_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> int:
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", fail)
        report = inspect("/dev/null")
    assert report.findings == (Finding(Code.UNREADABLE, {"reason": "device"}),)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be read by root")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    path = media.wav(tmp_path / "a.wav")
    path.chmod(0)
    assert _reason(path) == "denied"


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from audiodesk.audio import check as checking

    path = media.wav(tmp_path / "a.wav")
    from audiodesk.audio.bytes.source import Source
    from audiodesk.audio.examine import Examined, examine

    def write_meanwhile(source: Source) -> Examined:
        found = examine(source)
        with path.open("ab") as file:
            file.write(b"more")
        return found

    monkeypatch.setattr(checking, "examine", write_meanwhile)
    report = inspect(str(path))
    assert (report.verdict, report.findings) == (Verdict.REFUSED, (Finding(Code.CHANGED_WHILE_READ),))


def test_a_mistake_of_ours_is_a_verdict_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from audiodesk.audio import check as checking

    def fail(_source: object) -> None:
        raise errors.pop()

    monkeypatch.setattr(checking, "examine", fail)
    errors = [MemoryError(), ZeroDivisionError()]
    path = str(media.wav(tmp_path / "a.wav"))
    for reason in ("crashed", "memory"):
        assert check(path).findings == (Finding(Code.CHECK_FAILED, {"reason": reason}),)
