"""What only the command line says: the sums under a list, and what became of a wish to stop."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from audiodesk.domain import formats
from audiodesk.domain.found_words import recover_hint
from audiodesk.domain.outline import Ref
from audiodesk.domain.plan import ImportResult
from audiodesk.domain.verify import VerifyResult
from audiodesk.domain.words import tr, trn

__all__ = [
    "at_work",
    "candidate_lines",
    "check_summary",
    "import_result",
    "import_summary",
    "nothing_found",
    "nothing_here",
    "others_left_out",
    "stopped",
    "unforeseen",
    "verify_action",
    "verify_result",
    "verify_summary",
]

_CANDIDATES = 10
_SHORT_ID = 8


def at_work(what: str) -> str:
    """Return what stands before a bar: "copying", "checking", "listening" or "reading" as a person reads it."""
    return {
        "copying": tr("Copying"),
        "checking": tr("Checking"),
        "listening": tr("Listening through"),
        "reading": tr("Reading"),
    }[what]


def stopped() -> str:
    """Return what is said after Ctrl-C."""
    return tr("Stopped. What was done until then stays.")


def unforeseen() -> str:
    """Return what is said of a mistake of this program's own."""
    return tr("Something went wrong that should not. Your library is as it was; the log has the details.")


def candidate_lines(candidates: Sequence[tuple[Ref, Sequence[str]]]) -> str:
    """Return a line "chapter  The Ferry/Salt  9f3a01c2" for each row that could be meant, with its path of titles.

    At most ten; the id is as short as tells them apart.
    """
    ids = [ref.id for ref, _ in candidates]
    length = _SHORT_ID
    while length < max(map(len, ids), default=0) and len({row_id[:length] for row_id in ids}) < len(set(ids)):
        length += 1
    lines = [f"{ref.entity.value}  {'/'.join(path)}  {ref.id[:length]}" for ref, path in candidates[:_CANDIDATES]]
    return "\n".join(lines if len(candidates) <= _CANDIDATES else [*lines, "…"])


def check_summary(counts: Mapping[str, int]) -> str:
    """Return the sum over verdicts: "3 files: 2 ok, 1 refused"."""
    names = {"ok": tr("{count} ok"), "warning": tr("{count} with a warning"), "refused": tr("{count} refused")}
    parts = [text.format(count=formats.number(counts[code])) for code, text in names.items() if counts.get(code)]
    return _sum(sum(counts.values()), parts)


def import_result(result: ImportResult) -> str:
    """Return one file's result as a word or two."""
    return {
        ImportResult.ADDED: tr("added"),
        ImportResult.PRESENT: tr("already there"),
        ImportResult.PLANNED: tr("would be added"),
        ImportResult.REFUSED: tr("refused"),
        ImportResult.FAILED: tr("failed"),
        ImportResult.CANCELLED: tr("not reached"),
    }[result]


def import_summary(counts: Mapping[ImportResult, int]) -> str:
    """Return the sum over results: "12 files: 11 added, 1 already there"."""
    parts = [f"{formats.number(counts[result])} {import_result(result)}" for result in ImportResult if counts[result]]
    return _sum(sum(counts.values()), parts)


def verify_result(result: VerifyResult) -> str:
    """Return what became of one file of the vault."""
    return {
        VerifyResult.OK: tr("unchanged"),
        VerifyResult.MISSING: tr("missing"),
        VerifyResult.CHANGED: tr("changed"),
        VerifyResult.UNREADABLE: tr("cannot be read"),
        VerifyResult.UNKNOWN: tr("no book knows it"),
    }[result]


def verify_action(results: Collection[VerifyResult]) -> str:
    """Return what to do about what was found; empty where there is nothing to do."""
    if VerifyResult.MISSING in results or VerifyResult.CHANGED in results:
        return tr("Add the original files to the same sections again: sound bytes take the place of damaged ones.")
    if VerifyResult.UNREADABLE in results:
        return tr("Look whether the disk is connected and in order, then try again.")
    if VerifyResult.UNKNOWN in results:
        return recover_hint()
    return ""


def verify_summary(counts: Mapping[VerifyResult, int]) -> str:
    """Return the sum over files: "214 files, all as they were." or "3 files: 2 unchanged, 1 missing"."""
    whole = sum(counts.values())
    if whole == 0:
        return tr("There is no audio to read yet.")
    if whole == counts.get(VerifyResult.OK, 0):
        return trn("{count} file, as it was.", "{count} files, all as they were.", whole).format(
            count=formats.number(whole)
        )
    parts = [f"{formats.number(counts[r])} {verify_result(r)}" for r in VerifyResult if counts.get(r)]
    return _sum(whole, parts)


def nothing_here() -> str:
    """Return what is said of an empty library."""
    return tr("No project here yet. Make one with: audiodesk project add TITLE")


def nothing_found() -> str:
    """Return what is said where an import has nothing to copy."""
    return tr("There is nothing to add there.")


def others_left_out(count: int) -> str:
    """Return what is said of files in folders that are hidden or no audio of any kind."""
    return trn(
        "{count} other file in these folders is left out: hidden, or no audio.",
        "{count} other files in these folders are left out: hidden, or no audio.",
        count,
    ).format(count=formats.number(count))


def _sum(whole: int, parts: list[str]) -> str:
    head = trn("{count} file", "{count} files", whole).format(count=formats.number(whole))
    return f"{head}: {', '.join(parts)}" if parts else head
