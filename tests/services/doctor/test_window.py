"""What a window needs: Qt's libraries, a display, a sound device."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator

import pytest

from audiodesk.domain.words.program.doctor_words import doctor_action, doctor_message
from audiodesk.services.doctor import window
from audiodesk.system import probes
from audiodesk.system.probes import Probe


def test_no_sound_device_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    for probe in (Probe(""), Probe(None, "libpulse.so.0: cannot open shared object file")):
        monkeypatch.setattr(window, "probe_sound", lambda probe=probe: probe)
        report = window.report_sound()
        assert report.ok
        assert doctor_message(report)


def test_a_window_that_cannot_open_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "probe_window", lambda: Probe(None, "libEGL.so.1: cannot open shared object file"))
    report = window.report_window()
    assert not report.ok
    assert "libEGL" in doctor_message(report)


def test_no_display_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    report = window.report_display()
    assert (report.ok, report.finding) == (True, "none")


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, socket.socket]]:
    """The name of a display of our own, and the socket that stands for it; nothing listens yet."""
    if sys.platform != "linux":
        pytest.skip("displays have names on Linux")
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket(socket.AF_UNIX) as ours:
        number = 20_000 + os.getpid() % 10_000
        ours.bind(f"\0/tmp/.X11-unix/X{number}")  # abstract, so nothing is left behind
        monkeypatch.setenv("DISPLAY", f":{number}")
        yield f":{number}", ours


@pytest.mark.slow
def test_a_display_that_does_not_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch, display: tuple[str, socket.socket]
) -> None:
    name, ours = display
    ours.listen()
    monkeypatch.setattr(probes, "_DISPLAY_PATIENCE", 1.0)
    report = window.report_display()
    assert (report.ok, report.finding) == (False, "silent")
    assert name in doctor_message(report)
    assert "DISPLAY" in doctor_action(report)
    assert window.report_sound().ok, "which does not ask the display"


@pytest.mark.slow
def test_a_display_that_is_gone_is_told(display: tuple[str, socket.socket]) -> None:
    report = window.report_display()
    assert (report.ok, report.finding) == (False, "unreachable")
    assert display[0] in doctor_message(report)
