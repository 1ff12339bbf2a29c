"""Judging the server's report on its set-up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audiodesk.cloud.calls.backend_health import BackendHealth, BucketState, PartsState, health_reports
from audiodesk.domain.doctor import PartReport
from audiodesk.domain.words.program.doctor_words import doctor_action, doctor_message, doctor_part

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
    permissive_policies=(),
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
        (replace(WELL, bucket=replace(BUCKET, allowed_types=None)), "bucket", "no-types", True),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=1024 * 1024)), "bucket", "small", True),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=52_428_799)), "bucket", "small", True),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=1024 * 1024 - 1)), "bucket", "tiny", False),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=1000)), "bucket", "tiny", False),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=0)), "bucket", "tiny", False),
        (replace(WELL, bucket=replace(BUCKET, file_size_limit=None)), "bucket", "no-size", True),
        (replace(WELL, bucket=BucketState(exists=True)), "bucket", "no-limits", True),
        (replace(WELL, bucket=BucketState(exists=True, file_size_limit=1000)), "bucket", "tiny", False),
        (replace(WELL, foreign_policies=tuple("abcdefg"), permissive_policies=("a",)), "other-policies", "some", True),
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
    assert finding == "fine" or finding.startswith("no-") or action
    assert ok or action
    assert all(other.ok for other in reports.values())


OTHERS = replace(WELL, foreign_policies=("Give all", "Forbid"), permissive_policies=("Give all",))
OURS = "storage.objects.audiodesk_only_own_folder"


def _other_policies(health: BackendHealth) -> PartReport:
    (found,) = (report for report in health_reports(health, SHIPPED, NOW) if report.part == "other-policies")
    return found


@pytest.mark.parametrize(
    "damage",
    [
        {"policies": PartsState(missing=(OURS,))},
        {"policies": PartsState(altered=("audiodesk.take.take_own", OURS))},
        {"without_rls": ("storage.objects",)},
    ],
)
def test_foreign_policies_open_what_ours_do_not_guard(damage: dict[str, Any]) -> None:
    found = _other_policies(replace(OTHERS, **damage))
    assert (found.finding, found.ok) == ("open", False)
    message = doctor_message(found)
    assert message.startswith("Audio may be open to others")
    assert message.endswith(": Give all")
    assert "audiodesk backend apply --repair" in doctor_action(found)


@pytest.mark.parametrize(
    "health",
    [
        OTHERS,
        replace(OTHERS, policies=PartsState(missing=("audiodesk.take.take_own",)), without_rls=("audiodesk.take",)),
    ],
)
def test_foreign_policies_that_open_nothing(health: BackendHealth) -> None:
    found = _other_policies(health)
    assert (found.finding, found.ok) == ("some", True)
    assert "still guard" in doctor_action(found)


def test_foreign_policies_that_only_forbid() -> None:
    found = _other_policies(replace(OTHERS, policies=PartsState(missing=(OURS,)), permissive_policies=()))
    assert (found.finding, found.ok) == ("forbidding", True)
    assert "still guard" not in doctor_action(found), "they do not, and policies says so"


@pytest.mark.parametrize("part", ["tables", "functions", "policies", "triggers"])
@pytest.mark.parametrize("state", [BROKEN, ALTERED])
def test_damaged_parts_are_repaired_by_one_command(part: str, state: PartsState) -> None:
    damage: dict[str, Any] = {part: state}
    health = replace(WELL, **damage)
    (found,) = (report for report in health_reports(health, SHIPPED, NOW) if not report.ok)
    assert doctor_action(found) == "Run: audiodesk backend apply --repair"


def test_limits_that_a_bucket_does_not_have_are_not_told_as_set() -> None:
    open_limits: tuple[dict[str, Any], ...] = (
        {"allowed_types": None},
        {"file_size_limit": None},
        {"allowed_types": None, "file_size_limit": 2**21},
    )
    for limits in open_limits:
        message = doctor_message(health_reports(replace(WELL, bucket=replace(BUCKET, **limits)), SHIPPED, NOW)[3])
        assert "takes MP3 and WAV" not in message


def test_numbers_in_the_words() -> None:
    (schema, *_) = health_reports(replace(WELL, applied=SHIPPED[:1]), SHIPPED, NOW)
    assert doctor_message(schema) == "2 of 3 migrations have not been applied."
    small = replace(WELL, bucket=replace(BUCKET, file_size_limit=1024 * 1024))
    assert "1.0 MB" in doctor_message(health_reports(small, SHIPPED, NOW)[3])
    far = health_reports(replace(WELL, now=NOW + 7200), SHIPPED, NOW)[-1]
    assert "120 minutes" in doctor_message(far)
