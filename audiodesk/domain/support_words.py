"""What support reads of a person's storage: each problem in one sentence, with one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from audiodesk.domain import formats
from audiodesk.domain.support import StorageProblem, SupportReport
from audiodesk.domain.words import tr, trn

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

Words = tuple[Callable[[], str], Callable[[], str]]

_PROBLEMS: dict[str, Words] = {
    "over_quota": (
        lambda: tr("{used} are stored and {allowed} allowed, {over_by} too much: nothing more can be uploaded."),
        lambda: tr("Ask them to empty the trash, or the operator to give them a larger plan. Nothing is deleted."),
    ),
    "stuck_upload": (
        lambda: tr("{take} ({size}) has been waiting for its upload since {since}."),
        lambda: tr("Ask them to open AudioDesk on the computer that has it, and to look at Transfers there."),
    ),
    "missing_object": (
        lambda: tr("{take} ({size}) was in the cloud and is no longer there."),
        lambda: tr("Tell the operator now, and ask them to keep the computer that has the recording as it is."),
    ),
    "row_without_object": (
        lambda: tr("{take} ({size}) never reached the cloud; it is in the trash, or kept out of the cloud by choice."),
        lambda: tr("Nothing to do, unless they miss it: then ask them to restore it and let it be uploaded."),
    ),
    "object_without_row": (
        lambda: tr("A file of {stored_size}, stored on {since}, belongs to no take: {object_key}"),
        lambda: tr("Ask them to open AudioDesk on every computer once; if it stays, give the operator this key."),
    ),
    "size_differs": (
        lambda: tr("{take} has {stored_size} in the cloud, where {size} should be."),
        lambda: tr("Tell the operator, and ask them to run “Verify library” on the computer that has the recording."),
    ),
    "trash_overdue": (
        lambda: tr("{take} has been in the trash since {since} and still takes up {stored_size}."),
        lambda: tr("Ask them to empty the trash."),
    ),
    "tombstone_stored": (
        lambda: tr("{take} was removed for good on {since}, but {stored_size} of it are still stored."),
        lambda: tr("Ask them to open AudioDesk while online, which removes it; if it stays, tell the operator."),
    ),
    "failed_upload": (
        lambda: tr("Uploads failed for good in the last week: {count}, the last on {last_at}, because {reason}."),
        lambda: tr("Ask them what AudioDesk says under Transfers, and to choose Retry there."),
    ),
}
_UNKNOWN: Words = (
    lambda: tr("The server reports “{code}”, which this AudioDesk does not know."),
    lambda: tr("Install the newest AudioDesk."),
)
_REASONS: dict[str, Callable[[], str]] = {
    "over_quota": lambda: tr("the storage was full"),
    "quota_exceeded": lambda: tr("the storage was full"),
    "too_large": lambda: tr("the file was too large"),
    "refused_type": lambda: tr("the server does not take this type of file"),
    "file_missing": lambda: tr("the file was missing on their computer"),
    "file_damaged": lambda: tr("the file on their computer was damaged"),
    "signed_out": lambda: tr("they were signed out"),
    "server_busy": lambda: tr("the server was busy"),
    "not_allowed": lambda: tr("the server did not allow it"),
}
_SIZES = frozenset({"used", "allowed", "over_by", "size", "stored_size"})
_TIMES = frozenset({"since", "last_at"})


def problem_sentence(problem: StorageProblem) -> str:
    """Return what is wrong, with its numbers."""
    return _filled(_PROBLEMS.get(problem.code, _UNKNOWN)[0](), problem)


def problem_action(problem: StorageProblem) -> str:
    """Return the one thing to do about it."""
    return _filled(_PROBLEMS.get(problem.code, _UNKNOWN)[1](), problem)


def known_problems() -> frozenset[str]:
    """Return the codes that have words of their own."""
    return frozenset(_PROBLEMS)


def day_of(moment: str) -> str:
    """Return the day of an RFC 3339 time; an unknown one as "an unknown day"."""
    return moment[:10] if moment else tr("an unknown day")


def looking() -> str:
    """Return what is said while the server is asked."""
    return tr("Asking the server")


def person_line(report: SupportReport) -> str:
    """Return who it is."""
    person = report.person
    template = tr("{email} · {id} · since {day}") if person.created_at else tr("{email} · {id}")
    return template.format(email=person.email or tr("(no e-mail)"), id=person.id, day=day_of(person.created_at))


def objects_sentence(report: SupportReport) -> str:
    """Return how many files are stored, and when the last one came."""
    count = report.usage.objects
    if not count:
        return tr("No files are stored.")
    text = trn("{count} file is stored", "{count} files are stored", count)
    if report.last_upload_at:
        text = trn(
            "{count} file is stored, uploaded on {day}", "{count} files are stored, the last uploaded on {day}", count
        )
    return text.format(count=formats.number(count), day=day_of(report.last_upload_at))


def projects_head() -> str:
    """Return what stands above the list of projects."""
    return tr("By project:")


def problems_head(count: int) -> str:
    """Return what stands above the list of problems, and instead of an empty one."""
    if not count:
        return tr("No problems were found.")
    return trn("{count} problem:", "{count} problems:", count).format(count=formats.number(count))


def more_problems(count: int) -> str:
    """Return what is said of problems of one kind that are not listed."""
    return trn("… and {count} more like it", "… and {count} more like these", count).format(count=formats.number(count))


def recorded(report: SupportReport) -> str:
    """Return what reminds support that a look leaves a record."""
    return tr("This look is on record, where {email} can see it.").format(email=report.person.email or report.person.id)


def csv_written(count: int, path: str) -> str:
    """Return what is said once the table is on the disk."""
    return trn("{count} file listed in {path}", "{count} files listed in {path}", count).format(
        count=formats.number(count), path=path
    )


class _Values(dict[str, str]):
    """Parameters of a sentence; the server may leave one out."""

    def __missing__(self, name: str) -> str:
        return tr("unknown")


def _filled(template: str, problem: StorageProblem) -> str:
    values = _Values(code=problem.code, take=_take(problem.params))
    for name, value in problem.params.items():
        if name in _SIZES and isinstance(value, int):
            values[name] = formats.size(value)
        elif name in _TIMES and isinstance(value, str):
            values[name] = day_of(value)
        elif name == "reason" and isinstance(value, str):
            words = _REASONS.get(value)
            values[name] = words() if words is not None else tr("of “{code}”").format(code=value)
        elif name != "take" and isinstance(value, str | int):
            values[name] = value if isinstance(value, str) else formats.number(value)
    return template.format_map(values)


def _take(params: Mapping[str, Any]) -> str:
    take, project = params.get("take_title"), params.get("project_title")
    if not isinstance(take, str) or not take:
        return tr("A take")
    if not isinstance(project, str) or not project:
        return tr("“{take}”").format(take=take)
    return tr("“{take}” in “{project}”").format(take=take, project=project)
