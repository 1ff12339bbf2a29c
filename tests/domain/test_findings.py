"""Findings, their severity, and the verdict that follows from them."""

from __future__ import annotations

import pytest

from audiodesk.domain.audio.findings import SEVERITY_OF, Code, Finding, Severity, Verdict, verdict_of


def test_every_code_has_a_weight() -> None:
    assert set(SEVERITY_OF) == set(Code)


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        ([], Verdict.OK),
        ([Code.SILENCE, Code.LENGTH_UNPROVEN], Verdict.OK),
        ([Code.SILENCE, Code.JUNK], Verdict.WARNING),
        ([Code.JUNK, Code.TRUNCATED, Code.SILENCE], Verdict.REFUSED),
    ],
)
def test_the_verdict_is_as_bad_as_the_worst_finding(codes: list[Code], verdict: Verdict) -> None:
    assert verdict_of(Finding(code) for code in codes) == verdict


def test_a_finding_survives_json() -> None:
    finding = Finding(Code.TRUNCATED, {"seconds": 602.5, "claimed_seconds": 1200.0})
    assert Finding.from_json(finding.to_json()) == finding
    assert finding.severity is Severity.REFUSED
