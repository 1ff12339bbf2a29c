"""What a window needs: Qt's libraries, a display, a sound device."""

from __future__ import annotations

import pytest

from audiodesk.domain.words.program.doctor_words import doctor_message
from audiodesk.services.doctor import window
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
