"""Words for a file that cannot become a project's cover."""

from __future__ import annotations

from audiodesk.domain import words

__all__ = ["COVER_ERRORS"]

_ANOTHER = words.QT_TR_NOOP("Choose another picture.")
_SAVE_AGAIN = words.QT_TR_NOOP("Copy it again from where it came from, or choose another picture.")
_SMALLER = words.QT_TR_NOOP("Save it smaller with a picture program, or choose another picture.")

COVER_ERRORS: dict[str, tuple[str, str]] = {
    "cover-too-large": (
        words.QT_TR_NOOP("This picture has {size}; a cover may have {limit}."),
        words.QT_TR_NOOP("Choose a smaller picture."),
    ),
    "cover-not-an-image": (
        words.QT_TR_NOOP("This file is no PNG or JPEG picture."),
        words.QT_TR_NOOP("Choose a PNG or JPEG picture."),
    ),
    "cover-other-kind": (
        words.QT_TR_NOOP("This is a {kind} file; a cover is made from PNG or JPEG."),
        words.QT_TR_NOOP("Save it as PNG or JPEG with a picture program, whatever its name ends in."),
    ),
    "cover-missing": (words.QT_TR_NOOP("This file is not there."), _ANOTHER),
    "cover-denied": (
        words.QT_TR_NOOP("You are not allowed to read this file."),
        words.QT_TR_NOOP("Allow reading it, or choose another picture."),
    ),
    "cover-unreadable": (words.QT_TR_NOOP("This file cannot be read."), _ANOTHER),
    "cover-empty": (words.QT_TR_NOOP("This file is empty."), _SAVE_AGAIN),
    "cover-file-too-large": (
        words.QT_TR_NOOP("This file has {size}; a cover is made from files of at most {limit}."),
        _SMALLER,
    ),
    "cover-too-many-pixels": (
        words.QT_TR_NOOP("This picture has {width} × {height} pixels; at most {limit} can be read."),
        _SMALLER,
    ),
    "cover-cut-short": (words.QT_TR_NOOP("This picture ends too early: a part of it is missing."), _SAVE_AGAIN),
    "cover-damaged": (words.QT_TR_NOOP("This picture is damaged."), _SAVE_AGAIN),
    "cover-timeout": (words.QT_TR_NOOP("Reading this picture took too long, so it was given up."), _ANOTHER),
    "cover-memory": (words.QT_TR_NOOP("Reading this picture needs too much memory."), _SMALLER),
    "cover-crashed": (words.QT_TR_NOOP("This picture cannot be read: its decoder failed."), _SAVE_AGAIN),
}
