"""Words about recordings in the vault that belong to no book."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.words import formats

__all__ = [
    "brought_back_summary",
    "found_facts",
    "found_project_title",
    "found_section_title",
    "found_sentence",
    "nothing_found",
    "recover_hint",
    "remove_found_question",
    "removed_summary",
]


def found_project_title() -> str:
    """Return the title of the project for restored recordings."""
    return words.tr("Found")


def found_facts(report: CheckReport) -> str:
    """Return the facts of a recording: "0:42.180 · WAV · 44.1 kHz"; empty if it is not audio."""
    if report.kind is None:
        return words.tr("no audio that AudioDesk takes")
    rate = formats.number(report.sample_rate / 1000, 1)
    return words.tr("{length} · {kind} · {rate} kHz").format(
        length=formats.length(report.seconds, 3), kind=report.kind.value.upper(), rate=rate
    )


def found_section_title(report: CheckReport, short_hash: str) -> str:
    """Return a title for a recording whose tags have none: its facts and the beginning of its hash."""
    return f"{found_facts(report)} · {short_hash}"


def found_sentence(count: int) -> str:
    """Return the message for the start of the window, ``doctor`` and ``verify``."""
    return words.tr(
        "{count} recordings are in the vault that no book knows.",
        "{count} recording is in the vault that no book knows.",
        count,
    ).format(count=formats.number(count))


def recover_hint() -> str:
    """Return what to do about them on the command line."""
    return words.tr("See them with: audiodesk recover list. Bring them back with: audiodesk recover bring-back --all")


def nothing_found() -> str:
    """Return the message if every recording belongs to a book."""
    return words.tr("Every recording in the vault belongs to a book.")


def remove_found_question(count: int, size: int) -> str:
    """Return the question before recordings without a book, of ``size`` bytes, are removed."""
    return words.tr(
        "Remove {count} recordings that no book knows ({size}) from this computer for good?",
        "Remove {count} recording that no book knows ({size}) from this computer for good?",
        count,
    ).format(count=formats.number(count), size=formats.size(size))


def brought_back_summary(count: int, left: int) -> str:
    """Return the result of restoring recordings; ``left`` are still in the vault without a book."""
    done = words.tr("{count} recordings brought back", "{count} recording brought back", count)
    text = done.format(count=formats.number(count))
    if not left:
        return words.tr("{done}, into the project “{title}”.").format(done=text, title=found_project_title())
    rest = words.tr("{count} could not be", "{count} could not be", left).format(count=formats.number(left))
    return words.tr("{done}; {rest}, and stays in the vault.").format(done=text, rest=rest)


def removed_summary(count: int) -> str:
    """Return the message after recordings were removed."""
    if not count:
        return words.tr("Nothing was removed.")
    return words.tr("{count} recordings removed for good.", "{count} recording removed for good.", count).format(
        count=formats.number(count)
    )
