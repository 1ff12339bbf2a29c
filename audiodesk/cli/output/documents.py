"""The JSON documents that scripts are promised: keys are added, never renamed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from audiodesk.composition import Core
from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TakeRow, TrashItem
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.take_words import take_title

if TYPE_CHECKING:  # listing takes needs neither
    from audiodesk.domain.audio.report import CheckReport
    from audiodesk.domain.library.plan import ImportItem

__all__ = ["checked_file", "finding_list", "imported_file", "take_item", "take_leaf", "trash_item"]


def finding_list(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return ``[{code, severity, message, params}]``."""
    from audiodesk.domain.words.audio.finding_words import finding_sentence  # a tree shows no findings

    return [
        {
            "code": finding.code.value,
            "severity": finding.severity.value,
            "message": finding_sentence(finding),
            "params": dict(finding.params),
        }
        for finding in findings
    ]


def checked_file(path: str, report: CheckReport) -> dict[str, Any]:
    """Return one file of ``check``; ``seconds`` as a number, sizes in bytes, ``bit_rate`` in bit/s."""
    return {
        "path": path,
        "verdict": report.verdict.value,
        "kind": None if report.kind is None else report.kind.value,
        "size": report.size,
        "seconds": report.seconds,
        "sample_rate": report.sample_rate,
        "channels": report.channels,
        "bit_depth": report.bit_depth,
        "bit_rate": report.bit_rate,
        "cbr": report.cbr,
        "encoding": report.encoding,
        "tags": {name: value for name, value in asdict(report.tags).items() if value},
        "findings": finding_list(report.all_findings),
    }


def imported_file(item: ImportItem) -> dict[str, Any]:
    """Return one file of ``import``; ``repaired_seconds`` is what its repaired or completed copy holds."""
    return {
        "path": item.path,
        "result": item.result.value,
        "take": item.take_id,
        "section": item.section_id,
        "findings": finding_list(item.findings),
        "reason": None if item.error is None else item.error.code,
        "repaired": item.repaired_seconds is not None,
        "repaired_seconds": item.repaired_seconds,
        "more_takes": list(item.more_takes),
    }


def take_leaf(core: Core, row: TakeRow) -> dict[str, Any]:
    """Return one take of ``tree``; ``size`` and ``sha256`` are the original's."""
    state = core.catalogue.state_of(row)
    original = row.original
    return {
        "id": row.take.id,
        "title": take_title(row),
        "number": row.number,
        "purpose": row.take.purpose.value,
        "current": row.is_current,
        "state": state.code,
        "reason": state.reason or None,
        "kind": None if row.file is None else row.file.kind.value,
        "size": None if original is None else original.size,
        "seconds": None if row.file is None else row.file.seconds,
        "sha256": None if original is None else original.sha256,
        "file_name": row.take.file_name,
    }


def take_item(core: Core, row: TakeRow) -> dict[str, Any]:
    """Return one take of ``take list``."""
    return {
        "id": row.take.id,
        "entity": Entity.TAKE.value,
        "title": take_title(row),
        "number": row.number,
        "purpose": row.take.purpose.value,
        "state": core.catalogue.state_of(row).code,
        "until": None,
        "current": row.is_current,
        "file_name": row.take.file_name,
    }


def trash_item(item: TrashItem) -> dict[str, Any]:
    """Return one thing in the trash. Its audio stays on this computer until ``until``, and its state says so."""
    return {
        "id": item.ref.id,
        "entity": item.ref.entity.value,
        "title": item.title,
        "state": "local",
        "until": formats.rfc3339(item.until),
        "deleted_at": formats.rfc3339(item.deleted_at),
        "size": item.size,
        "takes": item.takes,
        "file_name": item.file_name or None,
    }
