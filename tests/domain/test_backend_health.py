"""The server's account of its set-up, judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audiodesk.domain.backend_health import BackendHealth, BucketState, PartsState, health_reports
from audiodesk.domain.doctor_words import doctor_action, doctor_message, doctor_part

SHIPPED = ("20261101000001", "20261101000002", "20261101000003")
NOW = 1_800_000_000.0
BUCKET = BucketState(
    exists=True,
    public=False,
    file_size_limit=52_428_800,
    allowed_types=("audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav"),
)
WELL = BackendHealth(
    version=SHIPPED[-1],
    applied=SHIPPED,
    tables=PartsState(),
    functions=PartsState(),
    triggers=PartsState(),
    policies=PartsState(),
    exposed=(),
    without_rls=(),
    trigger_enabled=True,
    foreign_policies=(),
    bucket=BUCKET,
    server_version="15.18",
    now=NOW,
)
PARTS = ("schema", "tables", "functions", "bucket", "policies", "quota", "other-policies", "clock")
BROKEN = PartsState(missing=("a",))
ALTERED = PartsState(altered=("b", "c"))


def test_all_is_well() -> None:
    reports = health_reports(WELL, SHIPPED, NOW)
    assert tuple(report.part for report in reports) == PARTS
    assert all(report.ok for report in reports)
    assert all(doctor_message(report).endswith(".") for report in reports)
    assert all(doctor_action(report) == "" for report in reports)
    assert len({doctor_part(report.part) for report in reports}) == len(PARTS)


@pytest.mark.parametrize(
    ("health", "part", "finding", "ok"),
    [
        (replace(WELL, applied=SHIPPED[:2], version=SHIPPED[1]), "schema", "behind", False),
        (replace(WELL, applied=(SHIPPED[0], SHIPPED[2])), "schema", "behind", False),
        (replace(WELL, applied=(), version=SHIPPED[0]), "schema", "behind", False),
        (replace(WELL, applied=(), version=SHIPPED[2]), "schema", "fine", True),
        (replace(WELL, applied=(*SHIPPED, "20261101000009"), version="20261101000009"), "schema", "newer", True),
        (replace(WELL, without_rls=("audiodesk.take",)), "tables", "no-rls", False),
        (replace(WELL, tables=BROKEN), "tables", "missing", False),
        (replace(WELL, tables=ALTERED), "tables", "altered", False),
        (replace(WELL, functions=BROKEN), "functions", "missing", False),
        (replace(WELL, functions=ALTERED), "functions", "altered", False),
        (replace(WELL, exposed=("public.sync_push",)), "functions", "exposed", False),
        (replace(WELL, policies=BROKEN), "policies", "missing", False),
        (replace(WELL, policies=ALTERED), "policies", "altered", False),
        (replace(WELL, triggers=BROKEN), "quota", "missing", False),
        (replace(WELL, triggers=ALTERED), "quota", "altered", False),
        (replace(WELL, trigger_enabled=False), "quota", "disabled", False),
        (replace(WELL, bucket=BucketState(exists=False)), "bucket", "missing", False),
        (replace(WELL, bucket=replace(BUCKET, public=True)), "bucket", "public", False),
        (replace(WELL, bucket=replace(BUCKET, allowed_types=("audio/mpeg",))), "bucket", "types", False),
        (replace(WELL, bucket=replace(BUCKET, allowed_types=None)), "bucket", "fine", True),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=1024 * 1024)), "bucket", "small", True),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=None)), "bucket", "fine", True),
        (replace(WELL, foreign_policies=tuple("abcdefg")), "other-policies", "some", True),
        (replace(WELL, now=None), "clock", "fine", True),
        (replace(WELL, now=NOW + 299), "clock", "fine", True),
        (replace(WELL, now=NOW + 3600), "clock", "behind", False),
        (replace(WELL, now=NOW - 3600), "clock", "ahead", False),
    ],
)
def test_what_is_wrong_is_named(health: BackendHealth, part: str, finding: str, ok: bool) -> None:
    reports = {report.part: report for report in health_reports(health, SHIPPED, NOW)}
    report = reports.pop(part)
    assert (report.finding, report.ok) == (finding, ok)
    message, action = doctor_message(report), doctor_action(report)
    assert message
    assert "{" not in message + action
    assert finding == "fine" or action
    assert all(other.ok for other in reports.values())


def test_numbers_in_the_words() -> None:
    (schema, *_) = health_reports(replace(WELL, applied=SHIPPED[:1]), SHIPPED, NOW)
    assert doctor_message(schema) == "2 of 3 migrations have not been applied."
    small = replace(WELL, bucket=replace(BUCKET, file_size_limit=1024 * 1024))
    assert "1.0 MB" in doctor_message(health_reports(small, SHIPPED, NOW)[3])
    far = health_reports(replace(WELL, now=NOW + 7200), SHIPPED, NOW)[-1]
    assert "120 minutes" in doctor_message(far)
