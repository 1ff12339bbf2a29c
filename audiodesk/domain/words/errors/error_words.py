"""Sentences for all errors: what happened, and one thing to do about it."""

from __future__ import annotations

import math

from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words import formats
from audiodesk.domain.words.errors.backend_error_words import ADDRESS_ERRORS, BACKEND_ERRORS
from audiodesk.domain.words.errors.cover_error_words import COVER_ERRORS
from audiodesk.domain.words.errors.library_place_words import DISK_ERRORS, LIBRARY_PLACE_ERRORS
from audiodesk.domain.words.errors.server_error_words import (
    NETWORK_ERRORS,
    SERVER_SETTING_ERRORS,
    SIGN_IN_ERRORS,
    SUPPORT_ERRORS,
)
from audiodesk.domain.words.errors.upload_error_words import UPLOAD_ERRORS

__all__ = ["error_action", "error_sentence", "known_codes"]

_SIZES = frozenset({"size", "free", "needed", "over", "used", "allowed"})
_SIZE_LIMITS = frozenset({"cover-too-large", "cover-file-too-large"})
_WAITS = frozenset({"wait"})
_IN_MINUTES = 120
"""Seconds from which a wait is given in minutes."""


_LIBRARY: dict[str, tuple[str, str]] = {
    **LIBRARY_PLACE_ERRORS,
    **DISK_ERRORS,
    "library-busy": (
        words.QT_TR_NOOP("The library is being written by another AudioDesk just now."),
        words.QT_TR_NOOP("Try again in a moment."),
    ),
    "library-newer": (
        words.QT_TR_NOOP(
            "This library was last used by a newer AudioDesk (its form is {found}, this one knows {known})."
        ),
        words.QT_TR_NOOP("Install the newest AudioDesk. Nothing was changed."),
    ),
    "library-closed": (words.QT_TR_NOOP("AudioDesk is closing."), words.QT_TR_NOOP("Start it again.")),
}

_EDITS: dict[str, tuple[str, str]] = {
    "not-found": (
        words.QT_TR_NOOP("There is nothing called “{text}” here."),
        words.QT_TR_NOOP("Check the name or the id."),
    ),
    "ambiguous": (
        words.QT_TR_NOOP("“{text}” could mean several things."),
        words.QT_TR_NOOP("Give the whole path of titles, or more of the id."),
    ),
    "language-tag": (
        words.QT_TR_NOOP("“{text}” is no language tag."),
        words.QT_TR_NOOP("Write the language's short name, such as de, or with the country, such as pt-BR."),
    ),
    "title-empty": (words.QT_TR_NOOP("A title needs at least one character."), words.QT_TR_NOOP("Type a title.")),
    "title-too-long": (
        words.QT_TR_NOOP("This text has {length} characters; at most {limit} fit."),
        words.QT_TR_NOOP("Shorten it."),
    ),
    "notes-too-long": (
        words.QT_TR_NOOP("These notes have {length} characters; at most {limit} fit."),
        words.QT_TR_NOOP("Shorten them."),
    ),
    "text-nul": (
        words.QT_TR_NOOP("This text holds a character that no text may hold (NUL)."),
        words.QT_TR_NOOP("Remove it."),
    ),
    "move-mixed": (
        words.QT_TR_NOOP("Only things of one kind, from one place, can be moved together."),
        words.QT_TR_NOOP("Choose chapters, sections or takes alone."),
    ),
    "move-wrong-place": (
        words.QT_TR_NOOP("That does not belong there."),
        words.QT_TR_NOOP("Chapters go into projects, sections into chapters, takes into sections."),
    ),
    "target-trashed": (
        words.QT_TR_NOOP("The place it should go to is in the trash."),
        words.QT_TR_NOOP("Restore it first."),
    ),
    "in-trash": (words.QT_TR_NOOP("This is in the trash."), words.QT_TR_NOOP("Restore it first.")),
    "no-previous-take": (words.QT_TR_NOOP("There is no earlier take to return to."), ""),
    "nothing-to-undo": (words.QT_TR_NOOP("There is nothing to undo."), ""),
    "nothing-to-redo": (words.QT_TR_NOOP("There is nothing to redo."), ""),
    "number-out-of-range": (
        words.QT_TR_NOOP("A take's number is from {low} to {high}."),
        words.QT_TR_NOOP("Choose another number."),
    ),
    "number-taken": (
        words.QT_TR_NOOP("Another take of this section is take {number}, here or in the trash."),
        words.QT_TR_NOOP("Choose another number, or give that take another one first."),
    ),
    "undo-stale": (
        words.QT_TR_NOOP("This cannot be undone any more: it was changed since, here or elsewhere."),
        words.QT_TR_NOOP("Nothing was changed. Change it by hand if you need to."),
    ),
    "setting-unknown": (
        words.QT_TR_NOOP("{name} is set to “{value}”, which AudioDesk does not know."),
        words.QT_TR_NOOP("Set it to “local” or “supabase”, or leave it out."),
    ),
}

_AUDIO: dict[str, tuple[str, str]] = {
    "audio-missing": (
        words.QT_TR_NOOP("The audio of this take is missing from the library on this computer."),
        words.QT_TR_NOOP("Run “Verify library”, and add the recording again."),
    ),
    "audio-elsewhere": (
        words.QT_TR_NOOP("The audio of this take is on another computer."),
        words.QT_TR_NOOP("It can be played there."),
    ),
    "audio-unreadable": (
        words.QT_TR_NOOP("The audio of this take cannot be read from the disk."),
        words.QT_TR_NOOP("Check the disk, then try again."),
    ),
    "audio-not-playable": (
        words.QT_TR_NOOP("This audio cannot be played on this computer."),
        words.QT_TR_NOOP("The take itself is untouched."),
    ),
    "playback-stopped": (
        words.QT_TR_NOOP("Playing stopped before the end of the take."),
        words.QT_TR_NOOP("Play it again; if it stops again, run “Verify library”."),
    ),
    "no-sound-device": (
        words.QT_TR_NOOP("No sound device was found."),
        words.QT_TR_NOOP("Connect headphones or loudspeakers. Everything else works."),
    ),
    "sound-unavailable": (
        words.QT_TR_NOOP("Sound is not available on this computer."),
        words.QT_TR_NOOP("Install the system's sound library (libpulse0 on Debian). Everything else works."),
    ),
    "changed-while-read": (
        words.QT_TR_NOOP("The file changed while it was read."),
        words.QT_TR_NOOP("Wait until it is written, then add it again."),
    ),
    "unreadable": (
        words.QT_TR_NOOP("The file cannot be read."),
        words.QT_TR_NOOP("Check that it is there and that you may read it."),
    ),
}

_IMPORT: dict[str, tuple[str, str]] = {
    "not-repaired": (
        words.QT_TR_NOOP("Nothing of this file can be kept any more: it was changed, moved or taken away."),
        words.QT_TR_NOOP("Add the recording again from where it is now."),
    ),
    "import-ended": (
        words.QT_TR_NOOP("The import ended before all files were looked at."),
        words.QT_TR_NOOP("Add them again: what is there already is not added twice."),
    ),
    "cancelled": (words.QT_TR_NOOP("It was cancelled."), ""),
    "check-failed": (
        words.QT_TR_NOOP("The file could not be examined: its decoder did not survive it ({reason})."),
        words.QT_TR_NOOP("Export it anew as WAV or MP3 and add that."),
    ),
    "not-sound": (
        words.QT_TR_NOOP("The audio of this take is damaged on this computer."),
        words.QT_TR_NOOP("Run “Verify library”, and add the recording again."),
    ),
    "not-rescued": (
        words.QT_TR_NOOP("Nothing of this file could be kept."),
        words.QT_TR_NOOP("Copy it again from the recorder."),
    ),
}

_COMMANDS: dict[str, tuple[str, str]] = {
    "not-confirmed": (
        words.QT_TR_NOOP("This cannot be taken back, and there is nobody at a terminal to ask. Nothing was removed."),
        words.QT_TR_NOOP("Give --yes where it is meant."),
    ),
    "name-or-all": (
        words.QT_TR_NOOP("It is not clear which recordings are meant."),
        words.QT_TR_NOOP("Give the beginnings of their ids, as “audiodesk recover list” shows them, or --all."),
    ),
    "cover-or-none": (
        words.QT_TR_NOOP("A cover can be set or removed, not both at once."),
        words.QT_TR_NOOP("Give --cover or --no-cover."),
    ),
    "nothing-to-set": (
        words.QT_TR_NOOP("Nothing was named that should be set."),
        words.QT_TR_NOOP("Give at least one option, such as --author; all of them: audiodesk project set --help"),
    ),
    "one-target-only": (
        words.QT_TR_NOOP("Only one place can be given for an import."),
        words.QT_TR_NOOP("Give one of --section, --chapter and --project."),
    ),
    "path-empty": (
        words.QT_TR_NOOP("One of the names that were given is empty."),
        words.QT_TR_NOOP("Name a file or a folder; the current folder is named by a dot."),
    ),
    "no-display": (
        words.QT_TR_NOOP("There is no display here, so no window can be opened."),
        words.QT_TR_NOOP("Start it from a desktop session, or use the command line: audiodesk --help"),
    ),
    "no-toolkit": (
        words.QT_TR_NOOP("The window cannot be opened, because Qt does not load ({reason})."),
        words.QT_TR_NOOP("Install the missing system package, or use the command line: audiodesk --help"),
    ),
    "output-not-written": (
        words.QT_TR_NOOP("The answer could not be written."),
        words.QT_TR_NOOP("Check where it should go."),
    ),
}

_SERVER: dict[str, tuple[str, str]] = {
    **SERVER_SETTING_ERRORS,
    **NETWORK_ERRORS,
    **SIGN_IN_ERRORS,
    **SUPPORT_ERRORS,
    **UPLOAD_ERRORS,
}
_BACKEND: dict[str, tuple[str, str]] = {**ADDRESS_ERRORS, **BACKEND_ERRORS}
_WORDS: dict[str, tuple[str, str]] = {
    **_LIBRARY,
    **_EDITS,
    **COVER_ERRORS,
    **_AUDIO,
    **_IMPORT,
    **_COMMANDS,
    **_SERVER,
    **_BACKEND,
}
_HOW_TO_MAKE: dict[str, str] = {
    "project": words.QT_TR_NOOP("Check the name or the id, or make the project first: audiodesk project add TITLE"),
    "chapter": words.QT_TR_NOOP(
        "Check the name or the id, or make the chapter first: audiodesk chapter add TITLE --project PROJECT"
    ),
    "section": words.QT_TR_NOOP(
        "Check the name or the id, or make the section first: audiodesk section add TITLE --chapter CHAPTER"
    ),
}
"""What to do if the parent for a new or moved row is not found, by ``place``."""
_UNKNOWN: tuple[str, str] = (
    words.QT_TR_NOOP("Something went wrong in AudioDesk itself; your library is untouched."),
    words.QT_TR_NOOP("Try again; if it happens again, report it with the details."),
)


def error_sentence(error: AudioDeskError) -> str:
    """Return one sentence that says what happened, with its numbers."""
    return _filled(_WORDS.get(error.code, _UNKNOWN)[0], error)


def error_action(error: AudioDeskError) -> str:
    """Return the one thing to do about it; empty if there is nothing to do."""
    if error.code == "not-found" and (make := _HOW_TO_MAKE.get(str(error.params.get("place", "")))):
        return words.tr(make)
    return _filled(_WORDS.get(error.code, _UNKNOWN)[1], error)


def known_codes() -> frozenset[str]:
    """Return all codes with their own words."""
    return frozenset(_WORDS)


class _Params(dict[str, str]):
    """Parameters of a sentence. A missing one becomes empty, because an incomplete sentence is better than none."""

    def __missing__(self, name: str) -> str:
        return ""


def _filled(marked: str, error: AudioDeskError) -> str:
    as_size = _SIZES | ({"limit"} if error.code in _SIZE_LIMITS else set())
    params = _Params()
    for name, value in error.params.items():
        if isinstance(value, str):
            params[name] = value
        elif name in _WAITS:
            params[name] = _wait(value)
        else:
            params[name] = formats.size(int(value)) if name in as_size else formats.number(value)
    return words.tr(marked).format_map(params)


def _wait(seconds: float) -> str:
    """Return a wait as "1 second", "40 seconds" or "5 minutes", rounded up."""
    whole = max(1, math.ceil(seconds))
    if whole < _IN_MINUTES:
        return words.tr("{count} seconds", "{count} second", whole).format(count=formats.number(whole))
    minutes = math.ceil(whole / 60)
    return words.tr("{count} minutes", "{count} minute", minutes).format(count=formats.number(minutes))
