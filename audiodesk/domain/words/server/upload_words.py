"""What became of uploads, in words."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.uploads.results import UploadCode, UploadOutcome
from audiodesk.domain.words import formats

__all__ = ["upload_sentences"]


def upload_sentences(outcome: UploadOutcome) -> list[str]:
    """Return what an upload did and what is left: "3 takes are in the cloud now (12 MB), each of them read back."."""
    counts = outcome.counts
    came = counts[UploadCode.UPLOADED] + counts[UploadCode.PRESENT]
    found = []
    if came:
        found.append(
            words.tr(
                "{count} takes are in the cloud now ({size}), each of them read back.",
                "{count} take is in the cloud now ({size}), and was read back.",
                came,
            ).format(
                count=formats.number(came), size=formats.size(outcome.size(UploadCode.UPLOADED, UploadCode.PRESENT))
            )
        )
    if waiting := counts[UploadCode.WAITING]:
        found.append(
            words.tr(
                "{count} takes wait ({size}). They are on this computer.",
                "{count} take waits ({size}). It is on this computer.",
                waiting,
            ).format(count=formats.number(waiting), size=formats.size(outcome.size(UploadCode.WAITING)))
        )
    if paused := counts[UploadCode.PAUSED]:
        found.append(
            words.tr("{count} takes are paused.", "{count} take is paused.", paused).format(
                count=formats.number(paused)
            )
        )
    if failed := counts[UploadCode.FAILED]:
        found.append(
            words.tr("{count} takes need you.", "{count} take needs you.", failed).format(count=formats.number(failed))
        )
    return found
