"""Converts check reports and places to JSON for the database, without bytes and the full decode."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from audiodesk.domain.audio.contents import Kind, Tags
from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.audio.report import CheckReport, MoreAudio, Rescue
from audiodesk.domain.library.plan import Place

__all__ = ["refusal_from_json", "refusal_to_json"]

_FACTS = ("size", "seconds", "frames", "sample_rate", "channels", "bit_depth", "bit_rate", "cbr", "encoding")


def refusal_to_json(path: str, place: Place, report: CheckReport) -> str:
    """Return one JSON text; it is escaped to ASCII, because ``path`` may hold surrogates."""
    data: dict[str, Any] = {name: getattr(report, name) for name in _FACTS}
    data["kind"] = report.kind and report.kind.value
    data["tags"] = asdict(report.tags)
    data["findings"] = [finding.to_json() for finding in report.findings]
    data["rescue"] = report.rescue and asdict(report.rescue)
    data["more"] = [asdict(one) for one in report.more]
    return json.dumps({"path": path, "place": asdict(place), "report": data})


def refusal_from_json(text: str) -> tuple[str, Place, CheckReport]:
    """Read the JSON text of ``refusal_to_json``."""
    data = json.loads(text)
    report = data["report"]
    facts = {name: report[name] for name in _FACTS}
    return (
        data["path"],
        Place(**data["place"]),
        CheckReport(
            **facts,
            kind=Kind(report["kind"]) if report["kind"] else None,
            tags=Tags(**report["tags"]),
            findings=tuple(Finding.from_json(finding) for finding in report["findings"]),
            rescue=Rescue(**report["rescue"]) if report["rescue"] else None,
            more=tuple(MoreAudio(**one) for one in report.get("more", ())),
        ),
    )
