"""The set-up, part by part."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.cli import parts
from audiodesk.domain.checkup import PartReport
from audiodesk.domain.doctor_words import doctor_message
from audiodesk.local.migrations import STEPS
from audiodesk.system import probes
from audiodesk.system.probes import Probe
from tests.cli.conftest import Run

Asked = Callable[..., Any]
LIBRARY = "local/library.sqlite3"


def _check(said: Any, name: str) -> Any:
    return next(check for check in said.document["checks"] if check["name"] == name)


def _home() -> Path:
    return Path(os.environ["AUDIODESK_HOME"])


@pytest.mark.slow
def test_a_whole_installation(run: Run) -> None:
    said = run("doctor", "--json")
    assert said.code == 0, said.document
    names = [check["name"] for check in said.document["checks"]]
    assert names == [
        *("python", "resources", "folders", "disk-space", "database", "library", "vault"),
        *("decoders", "window", "display", "sound", "server"),
    ]
    assert all(check["ok"] and check["message"] for check in said.document["checks"])
    assert all(set(check) == {"name", "ok", "message", "action"} for check in said.document["checks"])
    assert not (_home() / LIBRARY).exists(), "asking must not make a library"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask only what can be asked in this process."""
    for name in ("decoders", "window", "display", "sound"):
        monkeypatch.setattr(parts, f"_{name}", lambda: PartReport("python", "fine", _FINE))


_FINE: dict[str, str | int] = {"version": "0", "python": "3", "system": "any"}


@pytest.mark.usefixtures("quick")
def test_a_library_is_counted(run: Run, asked: Asked) -> None:
    asked("project", "add", "Book")
    said = run("doctor", "--json")
    assert said.code == 0
    assert _check(said, "library")["message"] == f"It opens; version {len(STEPS)}, 0 takes"


@pytest.mark.usefixtures("quick")
def test_a_newer_library(run: Run, asked: Asked) -> None:
    asked("project", "add", "Book")
    connection = sqlite3.connect(_home() / LIBRARY)
    connection.execute("pragma user_version = 999")
    connection.close()
    said = run("doctor", "--json")
    assert said.code == 1
    check = _check(said, "library")
    assert not check["ok"]
    assert "newer" in check["message"]
    assert check["action"]
    assert _check(said, "database")["ok"], "the other parts are tested all the same"


@pytest.mark.usefixtures("quick")
def test_a_library_that_is_none(run: Run) -> None:
    (_home() / "local").mkdir(parents=True)
    (_home() / LIBRARY).write_bytes(b"no database at all" * 1000)
    said = run("doctor", "--json")
    assert said.code == 1
    assert not _check(said, "library")["ok"]


@pytest.mark.usefixtures("quick")
def test_a_place_that_cannot_be_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    said = run("doctor", "--json")
    assert said.code == 1
    check = _check(said, "folders")
    assert not check["ok"]
    assert "Permission denied" in check["message"]
    assert "AUDIODESK_HOME" in check["action"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("number", "why"), [(errno.ENOSPC, "full"), (errno.EROFS, "read-only")])
def test_a_right_does_not_help_on_a_full_or_a_read_only_disk(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    def refused(**_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    check = _check(run("doctor", "--json"), "folders")
    assert not check["ok"]
    assert f"the disk is {why}" in check["message"]
    assert "right" not in check["action"]


@pytest.mark.usefixtures("quick")
def test_little_space(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("usage", (), {"free": 100 * 1024 * 1024})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    check = _check(run("doctor", "--json"), "disk-space")
    assert not check["ok"]
    assert "100.0 MB" in check["message"]


@pytest.mark.usefixtures("quick")
def test_a_test_that_breaks_hides_no_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> PartReport:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(parts, "_vault", broken)
    said = run("doctor", "--json")
    assert said.code == 1
    assert "planted" in _check(said, "vault")["message"]
    assert len(said.document["checks"]) == 12


def test_no_sound_device_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    for probe in (Probe(""), Probe(None, "libpulse.so.0: cannot open shared object file")):
        monkeypatch.setattr(parts, "probe_sound", lambda probe=probe: probe)
        report = parts._sound()
        assert report.ok
        assert doctor_message(report)


def test_a_window_that_cannot_open_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "probe_window", lambda: Probe(None, "libEGL.so.1: cannot open shared object file"))
    report = parts._window()
    assert not report.ok
    assert "libEGL" in doctor_message(report)


def test_no_display_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    report = parts._display()
    assert (report.ok, report.finding) == (True, "none")


def _crash() -> str:
    os.abort()


def _raise() -> str:
    raise ImportError("libpulse.so.0 is not there")


@pytest.mark.slow
def test_a_crash_in_the_other_process_is_an_answer() -> None:
    assert probes._ask(_crash).answer is None
    assert probes._ask(_raise) == Probe(None, "ImportError: libpulse.so.0 is not there")


def test_decoders_that_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from audiodesk.domain.errors import OutsideError

    def broken(*_: Any, **__: Any) -> None:
        raise OutsideError("disk-failed", path="/tmp")

    monkeypatch.setattr("audiodesk.services.checker.Checker.check", broken)
    reports = {report.part: report for report in parts.part_reports()}
    assert not reports["decoders"].ok
