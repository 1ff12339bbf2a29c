"""What the server says of one upload, or of one stored file, in words."""

from __future__ import annotations

from audiodesk.domain import words

__all__ = ["UPLOAD_ERRORS"]

UPLOAD_ERRORS: dict[str, tuple[str, str]] = {
    "uploads-paused": (
        words.QT_TR_NOOP("All uploads of this library are paused."),
        words.QT_TR_NOOP("Let them go on in the window: Transfers, Pause uploads."),
    ),
    "file-missing": (
        words.QT_TR_NOOP("The file of “{name}” is missing on this computer."),
        words.QT_TR_NOOP("Add the same recording again; it takes its old place."),
    ),
    "file-damaged": (
        words.QT_TR_NOOP("The file of “{name}” is damaged on this computer."),
        words.QT_TR_NOOP("Add the same recording again; it takes its old place."),
    ),
    "upload-locked": (
        words.QT_TR_NOOP("{host} is still busy with the last piece of this file."),
        words.QT_TR_NOOP("AudioDesk waits, and goes on by itself."),
    ),
    "upload-elsewhere": (
        words.QT_TR_NOOP("{host} has another part of this file than was expected."),
        words.QT_TR_NOOP("AudioDesk asks how far it is, and goes on from there."),
    ),
    "upload-gone": (
        words.QT_TR_NOOP("{host} has forgotten the upload that was begun."),
        words.QT_TR_NOOP("AudioDesk begins it anew."),
    ),
    "upload-refused": (
        words.QT_TR_NOOP("{host} does not take this file."),
        words.QT_TR_NOOP("It stays on this computer. Tell the operator; the details say why."),
    ),
    "upload-too-large": (
        words.QT_TR_NOOP("The file is larger than {host} takes."),
        words.QT_TR_NOOP("It stays on this computer."),
    ),
    "upload-type-refused": (
        words.QT_TR_NOOP("{host} does not take files of this type."),
        words.QT_TR_NOOP("It stays on this computer. Ask the operator to allow MP3 and WAV."),
    ),
    "object-exists": (
        words.QT_TR_NOOP("{host} has a file of this name already."),
        words.QT_TR_NOOP("AudioDesk compares it with the one here."),
    ),
    "object-differs": (
        words.QT_TR_NOOP("The copy at {host} is not equal to the file on this computer."),
        words.QT_TR_NOOP("The file here is whole. Tell the operator what the details say."),
    ),
    "server-cached": (
        words.QT_TR_NOOP("What came from {host} was kept by a cache on the way, and proves nothing."),
        words.QT_TR_NOOP("AudioDesk asks again by itself."),
    ),
}
