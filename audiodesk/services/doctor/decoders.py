"""Tests the decoders by a full check of half a second of silence in each format."""

from __future__ import annotations

import io
import tempfile
import wave
from pathlib import Path

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Verdict
from audiodesk.domain.doctor import PartReport
from audiodesk.domain.words.audio.finding_words import finding_sentence

__all__ = ["report_decoders"]


def report_decoders() -> PartReport:
    """Start a decoders' process of its own, and have it check a WAV and an MP3."""
    from audiodesk.services.audio.checker import (
        Checker,  # loaded here, so that what it cannot load is this part's finding
    )

    with tempfile.TemporaryDirectory(prefix="audiodesk-") as folder, Checker(workers=1) as checker:
        for kind, data in ((Kind.WAV, _tiny_wav()), (Kind.MP3, _tiny_mp3())):
            path = Path(folder) / f"test.{kind.value}"
            path.write_bytes(data)
            report = checker.check(path, full=True)
            if report.kind is not kind or report.verdict is Verdict.REFUSED:
                said = " ".join(finding_sentence(finding) for finding in report.all_findings)
                return PartReport("decoders", "wrong", {"kind": kind.value.upper(), "details": said}, ok=False)
    return PartReport("decoders", "fine")


def _tiny_wav() -> bytes:
    """Return half a second of silence, 16 bit, 8 kHz, mono."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000))
    return written.getvalue()


def _tiny_mp3() -> bytes:
    """Return half a second of silence: 20 frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono, nothing in them."""
    header = bytes((0xFF, 0xFB, 0x90, 0xC4))
    size = 144 * 128_000 // 44_100
    return (header + bytes(size - len(header))) * 20
