"""Ten thousand damaged files: each gets a verdict, quickly, in little memory and without an exception."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from audiodesk.audio.check import inspect
from audiodesk.domain.audio.findings import Code, Severity, Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from tests.audio.mutants import mutant

_SECONDS = 1.0
"""The slowest of 10 000 took a twentieth of it."""
_MEMORY = 64 * 1024 * 1024
"""Bytes that the process may grow by over all of them."""


def _peak_memory() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _must_make_sense(report: CheckReport, size: int) -> None:
    assert report.size == size
    assert all(finding.code is not Code.CHECK_FAILED for finding in report.findings)
    for finding in report.all_findings:
        assert finding_sentence(finding)
        finding_action(finding)
    if report.verdict is not Verdict.REFUSED:
        assert report.kind is not None
        assert report.frames > 0
        assert report.seconds > 0
        assert report.analysis is not None
        assert len(report.analysis.overview) <= 1000
    if report.rescue is not None:
        assert report.rescue.size > 0
        assert report.rescue.offset + report.rescue.size <= size
    for more in report.more:
        assert 0 < more.offset < more.offset + more.size <= size
        assert more.seconds > 0
    severities = [finding.severity for finding in report.all_findings]
    assert (Severity.REFUSED in severities) == (report.verdict is Verdict.REFUSED)


def _run(seeds: range, folder: Path) -> None:
    path = folder / "mutant.mp3"
    path.write_bytes(mutant(0))
    inspect(str(path), full=True)  # loads the decoders
    before = _peak_memory()
    slowest = (0.0, -1)
    for seed in seeds:
        data = mutant(seed)
        path.write_bytes(data)
        started = time.perf_counter()
        try:
            report = inspect(str(path), name=("a.mp3", "a.wav", "a")[seed % 3], full=seed % 4 != 0 or seed % 8 == 0)
            if report.verdict is not Verdict.REFUSED and report.analysis is None:
                report = inspect(str(path), full=True)
            _must_make_sense(report, len(data))
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        slowest = max(slowest, (time.perf_counter() - started, seed))
    assert slowest[0] < _SECONDS, f"seed {slowest[1]} took {slowest[0]:.2f} s"
    assert _peak_memory() - before < _MEMORY
    print(f"{len(seeds)} files, slowest {slowest[0] * 1000:.0f} ms, grown by {(_peak_memory() - before) >> 20} MB")


@pytest.mark.slow
def test_damaged_files_end_as_a_verdict(tmp_path: Path) -> None:
    _run(range(1000), tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_ten_thousand_damaged_files_end_as_a_verdict(tmp_path: Path) -> None:
    _run(range(10_000), tmp_path)
