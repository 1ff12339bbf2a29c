"""The command that says how much of the cloud storage is used, whether the rest would fit, and when support looked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.asking import ask_server
from audiodesk.cli.output.options import AsJson
from audiodesk.composition import open_core
from audiodesk.domain.server.storage_usage import StorageUsage
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.support_look_words import look_lines
from audiodesk.domain.words.server.usage_words import (
    database_sentence,
    forecast_action,
    forecast_sentence,
    project_name,
    take_count,
    too_large_sentence,
    usage_sentence,
)

__all__ = ["project_lines", "usage", "usage_document"]

_LONGEST_NAME = 60


def usage(*, as_json: AsJson = False) -> int:
    """Say how much of the cloud storage is used, by project, whether the rest would fit, and when support looked."""
    answer = Answer(as_json=as_json)
    with open_core(face="command") as core, core.sign_in() as account:
        report = ask_server(account.sign_in, lambda _: account.usage.report())
    used, queued = report.usage, report.queued
    answer.document(
        {
            **usage_document(used),
            "queued": queued.size,
            "queued_takes": queued.takes,
            "over": queued.over(used),
            "too_large": {"takes": queued.too_large, "size": queued.too_large_size},
            "support_looks": [
                {"id": look.id, "at": look.at, "what": look.what, "continued": look.continued}
                for look in report.looks.looks
            ],
            "support_looks_more": report.looks.more,
        }
    )
    answer.line(usage_sentence(used))
    answer.lines(project_lines(used))
    for sentence in (
        forecast_sentence(queued, used),
        forecast_action(queued, used),
        too_large_sentence(queued),
        database_sentence(used.database),
    ):
        if sentence:
            answer.line(sentence)
    answer.lines(shown(line) for line in look_lines(report.looks))
    return 0


def usage_document(used: StorageUsage) -> dict[str, Any]:
    """Return ``{plan, used, allowed, free, objects, database, projects: [{id, title, used, takes}]}``."""
    database = used.database
    return {
        "plan": used.plan,
        "used": used.used,
        "allowed": used.allowed,
        "free": used.free,
        "objects": used.objects,
        "database": None
        if database is None
        else {
            "rows": database.rows,
            "allowed_rows": database.allowed_rows,
            "bytes": database.size,
            "allowed_bytes": database.allowed,
        },
        "projects": [
            {"id": project.id, "title": project.title, "used": project.used, "takes": project.takes}
            for project in used.projects
        ],
    }


def project_lines(used: StorageUsage) -> Sequence[str]:
    """Return a line for each project, its numbers in columns, and one for what no project has."""
    from rich.cells import cell_len, set_cell_size

    rows = [
        (_short(project_name(project)), take_count(project.takes), formats.size(project.used))
        for project in used.projects
    ]
    if used.elsewhere:
        rows.append((project_name(None), "", formats.size(used.elsewhere)))
    names, takes, sizes = (max((cell_len(row[column]) for row in rows), default=0) for column in range(3))
    return [f"  {set_cell_size(name, names)}  {count:>{takes}}  {size:>{sizes}}" for name, count, size in rows]


def _short(title: str) -> str:
    """Return a title shortened for a column."""
    text = shown(title)
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
