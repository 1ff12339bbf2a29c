"""The output of ``backend objects copy``."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.server.object_copy import CopyOutcome, CopyResult
from audiodesk.domain.words import formats

__all__ = ["copy_failure", "copy_progress", "copy_sum", "listing_words"]


def listing_words(host: str) -> str:
    """Return the message while the bucket is being listed."""
    return words.tr("Listing the bucket of {host} …").format(host=host)


def copy_progress(outcome: CopyOutcome) -> str:
    """Return the progress of the copy."""
    done = sum(outcome.counts.values())
    return words.tr("{done} of {all} files, {size} copied").format(
        done=formats.number(done), all=formats.number(outcome.objects), size=formats.size(outcome.copied_bytes)
    )


def copy_failure(key: str, sentence: str) -> str:
    """Return the message for a file that was not copied, with the reason."""
    return words.tr("NOT COPIED  {key}: {sentence}").format(key=key, sentence=sentence)


def copy_sum(outcome: CopyOutcome) -> str:
    """Return the last line of the output."""
    counts = {result: formats.number(count) for result, count in outcome.counts.items()}
    text = words.tr("{copied} copied ({size}), {there} were there already, {failed} failed.")
    return text.format(
        copied=counts[CopyResult.COPIED],
        size=formats.size(outcome.copied_bytes),
        there=counts[CopyResult.THERE],
        failed=counts[CopyResult.FAILED],
    )
