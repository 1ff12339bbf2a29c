"""What a person reads when something did not work: one sentence, and one thing to do about it."""

from __future__ import annotations

import math
from collections.abc import Callable

from audiodesk.domain import formats
from audiodesk.domain.backend_error_words import ADDRESS_ERRORS, BACKEND_ERRORS
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library_place_words import DISK_ERRORS, LIBRARY_PLACE_ERRORS
from audiodesk.domain.server_error_words import (
    NETWORK_ERRORS,
    SERVER_SETTING_ERRORS,
    SIGN_IN_ERRORS,
    SUPPORT_ERRORS,
)
from audiodesk.domain.words import tr, trn

__all__ = ["error_action", "error_sentence", "known_codes"]

Words = tuple[Callable[[], str], Callable[[], str]]
_SIZES = frozenset({"size", "free", "needed", "over", "used", "allowed"})
_SIZE_LIMITS = frozenset({"cover-too-large"})
_WAITS = frozenset({"wait"})
_IN_MINUTES = 120
"""Seconds from which a wait is said in minutes."""


def _nothing() -> str:
    return ""


_LIBRARY: dict[str, Words] = {
    **LIBRARY_PLACE_ERRORS,
    **DISK_ERRORS,
    "library-busy": (
        lambda: tr("The library is being written by another AudioDesk just now."),
        lambda: tr("Try again in a moment."),
    ),
    "library-newer": (
        lambda: tr("This library was last used by a newer AudioDesk (its form is {found}, this one knows {known})."),
        lambda: tr("Install the newest AudioDesk. Nothing was changed."),
    ),
    "library-closed": (lambda: tr("AudioDesk is closing."), lambda: tr("Start it again.")),
}

_EDITS: dict[str, Words] = {
    "not-found": (lambda: tr("There is nothing called “{text}” here."), lambda: tr("Check the name or the id.")),
    "ambiguous": (
        lambda: tr("“{text}” could mean several things."),
        lambda: tr("Give the whole path of titles, or more of the id."),
    ),
    "title-empty": (lambda: tr("A title needs at least one character."), lambda: tr("Type a title.")),
    "title-too-long": (
        lambda: tr("This text has {length} characters; at most {limit} fit."),
        lambda: tr("Shorten it."),
    ),
    "notes-too-long": (
        lambda: tr("These notes have {length} characters; at most {limit} fit."),
        lambda: tr("Shorten them."),
    ),
    "text-nul": (lambda: tr("This text holds a character that no text may hold (NUL)."), lambda: tr("Remove it.")),
    "cover-too-large": (
        lambda: tr("This picture has {size}; a cover may have {limit}."),
        lambda: tr("Choose a smaller picture."),
    ),
    "cover-not-an-image": (
        lambda: tr("This file is no PNG or JPEG picture."),
        lambda: tr("Choose a PNG or JPEG picture."),
    ),
    "move-mixed": (
        lambda: tr("Only things of one kind, from one place, can be moved together."),
        lambda: tr("Choose chapters, sections or takes alone."),
    ),
    "move-wrong-place": (
        lambda: tr("That does not belong there."),
        lambda: tr("Chapters go into projects, sections into chapters, takes into sections."),
    ),
    "target-trashed": (lambda: tr("The place it should go to is in the trash."), lambda: tr("Restore it first.")),
    "in-trash": (lambda: tr("This is in the trash."), lambda: tr("Restore it first.")),
    "no-previous-take": (lambda: tr("There is no earlier take to return to."), _nothing),
    "nothing-to-undo": (lambda: tr("There is nothing to undo."), _nothing),
    "nothing-to-redo": (lambda: tr("There is nothing to redo."), _nothing),
    "number-out-of-range": (
        lambda: tr("A take's number is from {low} to {high}."),
        lambda: tr("Choose another number."),
    ),
    "number-taken": (
        lambda: tr("Another take of this section is take {number}, here or in the trash."),
        lambda: tr("Choose another number, or give that take another one first."),
    ),
    "undo-stale": (
        lambda: tr("This cannot be undone any more: it was changed since, here or elsewhere."),
        lambda: tr("Nothing was changed. Change it by hand if you need to."),
    ),
    "setting-unknown": (
        lambda: tr("{name} is set to “{value}”, which AudioDesk does not know."),
        lambda: tr("Set it to “local” or “supabase”, or leave it out."),
    ),
}

_AUDIO: dict[str, Words] = {
    "audio-missing": (
        lambda: tr("The audio of this take is missing from the library on this computer."),
        lambda: tr("Run “Verify library”, and add the recording again."),
    ),
    "audio-elsewhere": (
        lambda: tr("The audio of this take has not arrived on this computer yet."),
        _nothing,
    ),
    "audio-unreadable": (
        lambda: tr("The audio of this take cannot be read from the disk."),
        lambda: tr("Check the disk, then try again."),
    ),
    "audio-not-playable": (
        lambda: tr("This audio cannot be played on this computer."),
        lambda: tr("The take itself is untouched."),
    ),
    "playback-stopped": (
        lambda: tr("Playing stopped before the end of the take."),
        lambda: tr("Play it again; if it stops again, run “Verify library”."),
    ),
    "no-sound-device": (
        lambda: tr("No sound device was found."),
        lambda: tr("Connect headphones or loudspeakers. Everything else works."),
    ),
    "sound-unavailable": (
        lambda: tr("Sound is not available on this computer."),
        lambda: tr("Install the system's sound library (libpulse0 on Debian). Everything else works."),
    ),
    "changed-while-read": (
        lambda: tr("The file changed while it was read."),
        lambda: tr("Wait until it is written, then add it again."),
    ),
    "unreadable": (
        lambda: tr("The file cannot be read."),
        lambda: tr("Check that it is there and that you may read it."),
    ),
}

_IMPORT: dict[str, Words] = {
    "not-repaired": (
        lambda: tr("Nothing of this file can be kept any more: it was changed, moved or taken away."),
        lambda: tr("Add the recording again from where it is now."),
    ),
    "import-ended": (
        lambda: tr("The import ended before all files were looked at."),
        lambda: tr("Add them again: what is there already is not added twice."),
    ),
    "cancelled": (lambda: tr("It was cancelled."), _nothing),
    "check-failed": (
        lambda: tr("The file could not be examined: its decoder did not survive it ({reason})."),
        lambda: tr("Export it anew as WAV or MP3 and add that."),
    ),
    "not-sound": (
        lambda: tr("The audio of this take is damaged on this computer."),
        lambda: tr("Run “Verify library”, and add the recording again."),
    ),
    "not-rescued": (
        lambda: tr("Nothing of this file could be kept."),
        lambda: tr("Copy it again from the recorder."),
    ),
}

_COMMANDS: dict[str, Words] = {
    "not-confirmed": (
        lambda: tr("This cannot be taken back, and there is nobody at a terminal to ask. Nothing was removed."),
        lambda: tr("Give --yes where it is meant."),
    ),
    "name-or-all": (
        lambda: tr("It is not clear which recordings are meant."),
        lambda: tr("Give the beginnings of their ids, as “audiodesk recover list” shows them, or --all."),
    ),
    "one-target-only": (
        lambda: tr("Only one place can be given for an import."),
        lambda: tr("Give one of --section, --chapter and --project."),
    ),
    "path-empty": (
        lambda: tr("One of the names that were given is empty."),
        lambda: tr("Name a file or a folder; the current folder is named by a dot."),
    ),
    "no-display": (
        lambda: tr("There is no display here, so no window can be opened."),
        lambda: tr("Start it from a desktop session, or use the command line: audiodesk --help"),
    ),
    "no-toolkit": (
        lambda: tr("The window cannot be opened, because Qt does not load ({reason})."),
        lambda: tr("Install the missing system package, or use the command line: audiodesk --help"),
    ),
    "output-not-written": (lambda: tr("The answer could not be written."), lambda: tr("Check where it should go.")),
}

_SERVER: dict[str, Words] = {**SERVER_SETTING_ERRORS, **NETWORK_ERRORS, **SIGN_IN_ERRORS, **SUPPORT_ERRORS}
_BACKEND: dict[str, Words] = {**ADDRESS_ERRORS, **BACKEND_ERRORS}
_WORDS: dict[str, Words] = {**_LIBRARY, **_EDITS, **_AUDIO, **_IMPORT, **_COMMANDS, **_SERVER, **_BACKEND}
_HOW_TO_MAKE: dict[str, Callable[[], str]] = {
    "project": lambda: tr("Check the name or the id, or make the project first: audiodesk project add TITLE"),
    "chapter": lambda: tr(
        "Check the name or the id, or make the chapter first: audiodesk chapter add TITLE --project PROJECT"
    ),
    "section": lambda: tr(
        "Check the name or the id, or make the section first: audiodesk section add TITLE --chapter CHAPTER"
    ),
}
"""What to do where the ``place`` is not found in which something is to be put."""
_UNKNOWN: Words = (
    lambda: tr("Something went wrong in AudioDesk itself; your library is untouched."),
    lambda: tr("Try again; if it happens again, report it with the details."),
)


def error_sentence(error: AudioDeskError) -> str:
    """Return what happened, in one sentence with its numbers."""
    return _filled(_WORDS.get(error.code, _UNKNOWN)[0](), error)


def error_action(error: AudioDeskError) -> str:
    """Return the one thing to do about it; empty where there is nothing to do."""
    if error.code == "not-found" and (make := _HOW_TO_MAKE.get(str(error.params.get("place", "")))):
        return make()
    return _filled(_WORDS.get(error.code, _UNKNOWN)[1](), error)


def known_codes() -> frozenset[str]:
    """Return the codes that have words of their own."""
    return frozenset(_WORDS)


class _Params(dict[str, str]):
    """Parameters of a sentence; one that is not there is left out, for an error in words is better than none."""

    def __missing__(self, name: str) -> str:
        return ""


def _filled(template: str, error: AudioDeskError) -> str:
    as_size = _SIZES | ({"limit"} if error.code in _SIZE_LIMITS else set())
    params = _Params()
    for name, value in error.params.items():
        if isinstance(value, str):
            params[name] = value
        elif name in _WAITS:
            params[name] = _wait(value)
        else:
            params[name] = formats.size(int(value)) if name in as_size else formats.number(value)
    return template.format_map(params)


def _wait(seconds: float) -> str:
    """Return "1 second", "40 seconds" or "5 minutes", never too short."""
    whole = max(1, math.ceil(seconds))
    if whole < _IN_MINUTES:
        return trn("{count} second", "{count} seconds", whole).format(count=formats.number(whole))
    minutes = math.ceil(whole / 60)
    return trn("{count} minute", "{count} minutes", minutes).format(count=formats.number(minutes))
