"""Results of checking, importing and verifying files: a word for each file, and a summary."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from audiodesk.domain import words
from audiodesk.domain.library.plan import ImportResult
from audiodesk.domain.library.verify import VerifyResult
from audiodesk.domain.words import formats
from audiodesk.domain.words.importing.found_words import recover_hint

__all__ = [
    "check_summary",
    "copy_made",
    "file_count",
    "import_result",
    "import_summary",
    "more_takes_added",
    "verify_action",
    "verify_result",
    "verify_summary",
]


def check_summary(counts: Mapping[str, int]) -> str:
    """Return the summary of verdicts: "3 files: 2 ok, 1 refused"."""
    names = {
        "ok": words.tr("{count} ok"),
        "warning": words.tr("{count} with a warning"),
        "refused": words.tr("{count} refused"),
    }
    parts = [text.format(count=formats.number(counts[code])) for code, text in names.items() if counts.get(code)]
    return _sum(sum(counts.values()), parts)


def file_count(count: int) -> str:
    """Return "1 file" or "214 files"."""
    return words.tr("{count} files", "{count} file", count).format(count=formats.number(count))


def import_result(result: ImportResult) -> str:
    """Return one file's result in a word or two."""
    return {
        ImportResult.ADDED: words.tr("added"),
        ImportResult.PRESENT: words.tr("already there"),
        ImportResult.PLANNED: words.tr("would be added"),
        ImportResult.REFUSED: words.tr("refused"),
        ImportResult.FAILED: words.tr("failed"),
        ImportResult.CANCELLED: words.tr("not reached"),
    }[result]


def copy_made(seconds: float, *, is_part: bool) -> str:
    """Return what was stored besides a file: a repaired copy of the part that is left, or one with a correct header."""
    if is_part:
        return words.tr("What is left of it, {length}, is kept as a repaired copy beside the original.").format(
            length=formats.duration(seconds)
        )
    return words.tr("A copy with a correct header was made, {length} long; it is what plays.").format(
        length=formats.duration(seconds)
    )


def more_takes_added(count: int) -> str:
    """Return the message that further recordings in a file became takes."""
    return words.tr(
        "{count} further recordings in it were added as takes.",
        "{count} further recording in it was added as a take.",
        count,
    ).format(count=formats.number(count))


def import_summary(counts: Mapping[ImportResult, int]) -> str:
    """Return the summary of results: "12 files: 11 added, 1 already there"."""
    parts = [f"{formats.number(counts[result])} {import_result(result)}" for result in ImportResult if counts[result]]
    return _sum(sum(counts.values()), parts)


def verify_result(result: VerifyResult) -> str:
    """Return the result for one file of the vault."""
    return {
        VerifyResult.OK: words.tr("unchanged"),
        VerifyResult.MISSING: words.tr("missing"),
        VerifyResult.CHANGED: words.tr("changed"),
        VerifyResult.UNREADABLE: words.tr("cannot be read"),
        VerifyResult.ELSEWHERE: words.tr("on another computer"),
        VerifyResult.UNKNOWN: words.tr("no book knows it"),
    }[result]


def verify_action(results: Collection[VerifyResult]) -> str:
    """Return what to do about the results; empty if there is nothing to do."""
    if VerifyResult.MISSING in results or VerifyResult.CHANGED in results:
        return words.tr(
            "Add the original files to the same sections again: sound bytes take the place of damaged ones."
        )
    if VerifyResult.UNREADABLE in results:
        return words.tr("Look whether the disk is connected and in order, then try again.")
    if VerifyResult.UNKNOWN in results:
        return recover_hint()
    return ""


def verify_summary(counts: Mapping[VerifyResult, int]) -> str:
    """Return the summary of the vault's files: "214 files, all as they were." or "3 files: 2 unchanged, 1 missing".

    ``counts`` has each file once, as from ``verify.count_files``.
    """
    whole = sum(counts.values())
    if whole == 0:
        return words.tr("There is no audio to read yet.")
    if whole == counts.get(VerifyResult.OK, 0):
        return words.tr("{count} files, all as they were.", "{count} file, as it was.", whole).format(
            count=formats.number(whole)
        )
    unknown = {VerifyResult.UNKNOWN: words.tr("no book knows")}
    parts = [f"{formats.number(counts[r])} {unknown.get(r) or verify_result(r)}" for r in VerifyResult if counts.get(r)]
    return _sum(whole, parts)


def _sum(whole: int, parts: list[str]) -> str:
    return f"{file_count(whole)}: {', '.join(parts)}" if parts else file_count(whole)
