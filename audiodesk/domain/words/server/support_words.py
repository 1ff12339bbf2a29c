"""Sentences for support about a person's storage: each problem in one sentence, with one thing to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audiodesk.domain import words
from audiodesk.domain.server.support import StorageProblem, SupportReport
from audiodesk.domain.words import formats

__all__ = [
    "csv_written",
    "day_of",
    "known_problems",
    "looking",
    "more_problems",
    "objects_sentence",
    "person_line",
    "problem_action",
    "problem_sentence",
    "problems_head",
    "projects_head",
    "recorded",
]

_PROBLEMS: dict[str, tuple[str, str]] = {
    "over_quota": (
        words.QT_TR_NOOP("{used} are stored and {allowed} allowed, {over_by} too much: nothing more can be uploaded."),
        words.QT_TR_NOOP(
            "Ask them to empty the trash, or the operator to give them a larger plan. Nothing is deleted."
        ),
    ),
    "stuck_upload": (
        words.QT_TR_NOOP("{take} ({size}) has been waiting for its upload since {since}."),
        words.QT_TR_NOOP("Ask them to open AudioDesk on the computer that has it, and to look at Transfers there."),
    ),
    "missing_object": (
        words.QT_TR_NOOP("{take} ({size}) was in the cloud and is no longer there."),
        words.QT_TR_NOOP("Tell the operator now, and ask them to keep the computer that has the recording as it is."),
    ),
    "row_without_object": (
        words.QT_TR_NOOP(
            "{take} ({size}) never reached the cloud; it is in the trash, or kept out of the cloud by choice."
        ),
        words.QT_TR_NOOP("Nothing to do, unless they miss it: then ask them to restore it and let it be uploaded."),
    ),
    "object_without_row": (
        words.QT_TR_NOOP("A file of {stored_size}, stored on {since}, belongs to no take: {object_key}"),
        words.QT_TR_NOOP("Ask them to open AudioDesk on every computer once; if it stays, give the operator this key."),
    ),
    "size_differs": (
        words.QT_TR_NOOP("{take} has {stored_size} in the cloud, where {size} should be."),
        words.QT_TR_NOOP(
            "Tell the operator, and ask them to run “Verify library” on the computer that has the recording."
        ),
    ),
    "trash_overdue": (
        words.QT_TR_NOOP("{take} has been in the trash since {since} and still takes up {stored_size}."),
        words.QT_TR_NOOP("Ask them to empty the trash."),
    ),
    "tombstone_stored": (
        words.QT_TR_NOOP("{take} was removed for good on {since}, but {stored_size} of it are still stored."),
        words.QT_TR_NOOP("Ask them to open AudioDesk while online, which removes it; if it stays, tell the operator."),
    ),
    "failed_upload": (
        words.QT_TR_NOOP("Uploads failed for good in the last week: {count}, the last on {last_at}, because {reason}."),
        words.QT_TR_NOOP("Ask them what AudioDesk says under Transfers, and to choose Retry there."),
    ),
}
_UNKNOWN: tuple[str, str] = (
    words.QT_TR_NOOP("The server reports “{code}”, which this AudioDesk does not know."),
    words.QT_TR_NOOP("Install the newest AudioDesk."),
)
_REASONS: dict[str, str] = {
    "over_quota": words.QT_TR_NOOP("the storage was full"),
    "quota_exceeded": words.QT_TR_NOOP("the storage was full"),
    "too_large": words.QT_TR_NOOP("the file was too large"),
    "refused_type": words.QT_TR_NOOP("the server does not take this type of file"),
    "file_missing": words.QT_TR_NOOP("the file was missing on their computer"),
    "file_damaged": words.QT_TR_NOOP("the file on their computer was damaged"),
    "signed_out": words.QT_TR_NOOP("they were signed out"),
    "server_busy": words.QT_TR_NOOP("the server was busy"),
    "not_allowed": words.QT_TR_NOOP("the server did not allow it"),
}
_SIZES = frozenset({"used", "allowed", "over_by", "size", "stored_size"})
_TIMES = frozenset({"since", "last_at"})


def problem_sentence(problem: StorageProblem) -> str:
    """Return the problem in one sentence, with its numbers."""
    return _filled(_PROBLEMS.get(problem.code, _UNKNOWN)[0], problem)


def problem_action(problem: StorageProblem) -> str:
    """Return the one thing to do about it."""
    return _filled(_PROBLEMS.get(problem.code, _UNKNOWN)[1], problem)


def known_problems() -> frozenset[str]:
    """Return all codes with their own words."""
    return frozenset(_PROBLEMS)


def day_of(moment: str) -> str:
    """Return the day of an RFC 3339 time, or "an unknown day"."""
    return moment[:10] if moment else words.tr("an unknown day")


def looking() -> str:
    """Return the message while the server has not answered yet."""
    return words.tr("Asking the server")


def person_line(report: SupportReport) -> str:
    """Return the line that says whose storage it is."""
    person = report.person
    template = words.tr("{email} · {id} · since {day}") if person.created_at else words.tr("{email} · {id}")
    return template.format(email=person.email or words.tr("(no e-mail)"), id=person.id, day=day_of(person.created_at))


def objects_sentence(report: SupportReport) -> str:
    """Return the number of stored files, and the time of the last one."""
    count = report.usage.objects
    if not count:
        return words.tr("No files are stored.")
    text = words.tr("{count} files are stored", "{count} file is stored", count)
    if report.last_upload_at:
        text = words.tr(
            "{count} files are stored, the last uploaded on {day}", "{count} file is stored, uploaded on {day}", count
        )
    return text.format(count=formats.number(count), day=day_of(report.last_upload_at))


def projects_head() -> str:
    """Return the heading of the list of projects."""
    return words.tr("By project:")


def problems_head(count: int) -> str:
    """Return the heading of the list of problems, or the line that replaces an empty list."""
    if not count:
        return words.tr("No problems were found.")
    return words.tr("{count} problems:", "{count} problem:", count).format(count=formats.number(count))


def more_problems(count: int) -> str:
    """Return the line about further problems of one kind, which are not listed."""
    return words.tr("… and {count} more like these", "… and {count} more like it", count).format(
        count=formats.number(count)
    )


def recorded(report: SupportReport) -> str:
    """Return the reminder that the look was recorded."""
    return words.tr("This look is on record, where {email} can see it.").format(
        email=report.person.email or report.person.id
    )


def csv_written(count: int, path: str) -> str:
    """Return the message after the table was written."""
    return words.tr("{count} files listed in {path}", "{count} file listed in {path}", count).format(
        count=formats.number(count), path=path
    )


class _Values(dict[str, str]):
    """Parameters of a sentence; the server may leave some out."""

    def __missing__(self, name: str) -> str:
        return words.tr("unknown")


def _filled(marked: str, problem: StorageProblem) -> str:
    values = _Values(code=problem.code, take=_take(problem.params))
    for name, value in problem.params.items():
        if name in _SIZES and isinstance(value, int):
            values[name] = formats.size(value)
        elif name in _TIMES and isinstance(value, str):
            values[name] = day_of(value)
        elif name == "reason" and isinstance(value, str):
            reason = _REASONS.get(value)
            values[name] = words.tr(reason) if reason is not None else words.tr("of “{code}”").format(code=value)
        elif name != "take" and isinstance(value, str | int):
            values[name] = value if isinstance(value, str) else formats.number(value)
    return words.tr(marked).format_map(values)


def _take(params: Mapping[str, Any]) -> str:
    take, project = params.get("take_title"), params.get("project_title")
    if not isinstance(take, str) or not take:
        return words.tr("A take")
    if not isinstance(project, str) or not project:
        return words.tr("“{take}”").format(take=take)
    return words.tr("“{take}” in “{project}”").format(take=take, project=project)
