"""Sentences for findings about a file as a whole: it cannot be read, copied or checked, or has a wrong name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audiodesk.domain import words
from audiodesk.domain.audio.findings import UNFINISHED_ENDINGS, Code
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_params import Params, count_of
from audiodesk.domain.words.audio.other_kind_words import other_kind_action, other_kind_sentence
from audiodesk.domain.words.errors.error_words import error_action, error_sentence

__all__ = ["ACTIONS", "SENTENCES", "UNREADABLE_REASONS"]

UNREADABLE_REASONS: Mapping[str, str] = {
    "missing": words.QT_TR_NOOP("The file is not there."),
    "denied": words.QT_TR_NOOP("You are not allowed to read this file."),
    "pipe": words.QT_TR_NOOP("This is a named pipe, not a file."),
    "device": words.QT_TR_NOOP("This is a device, not a file."),
    "socket": words.QT_TR_NOOP("This is a socket, not a file."),
    "loop": words.QT_TR_NOOP("This is a link that leads back to itself."),
    "link": words.QT_TR_NOOP("This is a link to something outside of what was added; add that itself if you want it."),
    "folder": words.QT_TR_NOOP("This is a folder, not a file."),
    "io": words.QT_TR_NOOP("The disk could not read this file."),
}
"""A sentence for each ``reason`` of ``unreadable``."""

_FAILED: Mapping[str, str] = {
    "crashed": words.QT_TR_NOOP("The decoder crashed on this file: it is damaged in a way that nobody foresaw."),
    "timeout": words.QT_TR_NOOP("Checking this file took too long and was stopped."),
    "memory": words.QT_TR_NOOP("Checking this file needed more memory than any sound file does, and was stopped."),
}


def _still_being_written(params: Params) -> str:
    if params.get("waits"):
        return words.tr("Still being written; it is added when that is done.")
    return words.tr("Another program is still writing this file.")


def _not_finished(params: Params) -> str:
    if params.get("waits"):
        return words.tr("Not finished; it is added when it has its true name.")
    return words.tr("Not finished: “{ending}” stands for a file that is still on its way.").format(
        ending=params.get("ending", "")
    )


def _when_finished(params: Params) -> str:
    return "" if params.get("waits") else words.tr("Add it again when it is finished.")


def _unreadable(params: Params) -> str:
    reason = params.get("reason", "")
    if reason == "denied":
        return words.tr("Change the file's permissions, or copy it to a folder of yours.")
    if reason == "io":
        return words.tr("Connect its disk again and press Retry, or copy it again from the recorder.")
    if reason == "folder":
        return words.tr("Add the files in it.")
    if reason == "missing":
        return words.tr("Connect its disk again and press Retry, or look where it went and add it from there.")
    return words.tr("Add the recording itself.")


def _not_copied(params: Params) -> str:
    if needed := count_of(params, "needed"):
        return words.tr("{size} more is needed: make room on the disk, then press Retry.").format(
            size=formats.size(needed)
        )
    return error_action(_error(params))


def _error(params: Params) -> AudioDeskError:
    own = {name: value for name, value in params.items() if name not in ("error", "needed", "details", "retry_after")}
    code = str(params.get("error", ""))
    return AudioDeskError(code, **own)


def _misnamed(params: Params) -> str:
    return words.tr("This is {kind}, although its name ends in .{ending}.").format(
        kind=str(params.get("kind", "")).upper(), ending=params.get("ending", "")
    )


def _about_the_ending(params: Params) -> str:
    if f".{params.get('ending', '')}" in UNFINISHED_ENDINGS:  # an import does not take a file with this name
        return words.tr("That ending stands for a file that is still on its way: add it when it has its true name.")
    return words.tr("In AudioDesk it has the right ending; nothing needs to be done.")


SENTENCES: Mapping[Code, Callable[[Params], str]] = {
    Code.NOT_MP3_OR_WAV: other_kind_sentence,
    Code.CHANGED_WHILE_READ: lambda _: words.tr("The file changed while it was read."),
    Code.STILL_BEING_WRITTEN: _still_being_written,
    Code.NOT_FINISHED: _not_finished,
    Code.UNREADABLE: lambda params: words.tr(
        UNREADABLE_REASONS.get(params.get("reason", ""), UNREADABLE_REASONS["io"])
    ),
    Code.NOT_COPIED: lambda params: error_sentence(_error(params)),
    Code.CHECK_FAILED: lambda params: words.tr(_FAILED.get(params.get("reason", ""), _FAILED["crashed"])),
    Code.MISNAMED: _misnamed,
    Code.TOO_LARGE_FOR_CLOUD: lambda params: words.tr(
        "Too large for the cloud by {size}: a file there has at most 50 MB."
    ).format(size=formats.size(count_of(params, "over"))),
}
"""What was found, by the code of the finding."""

ACTIONS: Mapping[Code, Callable[[Params], str]] = {
    Code.NOT_MP3_OR_WAV: other_kind_action,
    Code.CHANGED_WHILE_READ: lambda _: words.tr("Wait until the recorder or the copy has finished, and add it again."),
    Code.STILL_BEING_WRITTEN: _when_finished,
    Code.NOT_FINISHED: _when_finished,
    Code.UNREADABLE: _unreadable,
    Code.NOT_COPIED: _not_copied,
    Code.CHECK_FAILED: lambda _: words.tr("Open it in an audio editor, export it as WAV or MP3 and add that."),
    Code.MISNAMED: _about_the_ending,
    Code.TOO_LARGE_FOR_CLOUD: lambda _: words.tr("It stays on this computer; add it as MP3 to have it in the cloud."),
}
"""What to do about it, by the code of the finding; empty if nothing needs to be done."""
