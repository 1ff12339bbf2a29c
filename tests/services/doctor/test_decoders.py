"""The doctor's test of the decoders really starts their process."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiodesk.domain.words.program.doctor_words import doctor_message
from audiodesk.services.doctor.decoders import report_decoders

pytestmark = pytest.mark.slow  # each starts a process


def test_decoders_that_work() -> None:
    assert report_decoders().finding == "fine"


def test_decoders_that_do_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This happens where a system library is missing that a decoder needs."""
    (tmp_path / "soundfile.py").write_text("raise OSError('libsndfile.so.1 cannot be opened')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)  # a started process inherits it
    report = report_decoders()
    assert not report.ok
    assert doctor_message(report)
