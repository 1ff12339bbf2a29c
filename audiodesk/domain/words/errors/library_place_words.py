"""Sentences about a library's folder: gone, emptied, not writable, or replaced by something else."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words import formats

__all__ = [
    "DISK_ERRORS",
    "LIBRARY_PLACE_ERRORS",
    "library_back",
    "library_is_whole_again",
    "list_set_aside",
    "not_writable",
    "offered_copy",
    "opening_advice",
    "recovered_sentence",
]

_GET_LIST_BACK = words.QT_TR_NOOP(
    "Run “audiodesk recover library”: it moves that file into the library's backups and puts the last copy of the"
    " list back, or makes a list from the audio."
)

LIBRARY_PLACE_ERRORS: dict[str, tuple[str, str]] = {
    "library-gone": (
        words.QT_TR_NOOP("The library at {path} is gone: it was there before, and nothing was made in its place."),
        words.QT_TR_NOOP("Connect the disk it is on, or put the folder back, then try again."),
    ),
    "library-missing": (
        words.QT_TR_NOOP("The list of takes at {path} is missing (audio files that are there: {files})."),
        words.QT_TR_NOOP(
            "Run “audiodesk recover library”: it puts the last copy back, or makes a list from the audio."
        ),
    ),
    "library-damaged": (
        words.QT_TR_NOOP("The library's list of takes at {path} is damaged and cannot be read."),
        words.QT_TR_NOOP("Copy the whole folder, then run “audiodesk recover library”. Your audio is untouched."),
    ),
    "library-not-one": (
        words.QT_TR_NOOP("{file} is not the list of an AudioDesk library. It was not changed."),
        _GET_LIST_BACK,
    ),
    "library-replaced": (
        words.QT_TR_NOOP(
            "{file} is a database of another program, in the place of the library's list. It was not changed."
        ),
        _GET_LIST_BACK,
    ),
    "library-foreign": (
        words.QT_TR_NOOP("{file} is a database of another program. It was not changed."),
        words.QT_TR_NOOP(
            "Move it somewhere else, or choose another place with AUDIODESK_HOME. If a library was here,"
            " “audiodesk recover library” then gets its list back."
        ),
    ),
    "library-read-only": (
        words.QT_TR_NOOP("The library at {path} is read-only: you do not have the right to change it."),
        words.QT_TR_NOOP("Allow writing to that folder. Everything in it can be seen and played meanwhile."),
    ),
    "library-no-right": (
        words.QT_TR_NOOP("You do not have the right to read the library at {path}."),
        words.QT_TR_NOOP("Allow reading that folder, or choose another with AUDIODESK_HOME."),
    ),
    "library-unreachable": (
        words.QT_TR_NOOP("The library at {path} cannot be opened."),
        words.QT_TR_NOOP("Check that the disk it is on works, then try again."),
    ),
    "library-whole": (
        words.QT_TR_NOOP("The list of takes at {path} is whole, so no copy was put in its place."),
        words.QT_TR_NOOP("Run “audiodesk recover list” to see which recordings no book knows."),
    ),
    "no-copy": (
        words.QT_TR_NOOP("{file} is not a copy of a library's list that can be read."),
        words.QT_TR_NOOP("Choose another one from the folder “backups”, or use --from-vault."),
    ),
    "one-way-only": (
        words.QT_TR_NOOP("A list can be recovered in one way at a time."),
        words.QT_TR_NOOP("Give one of --copy, --from-vault and --new."),
    ),
    "not-gone": (
        words.QT_TR_NOOP("There is something at {path} already, so no new library was made there."),
        words.QT_TR_NOOP("Run “audiodesk recover library” without --new."),
    ),
    "no-temporary-room": (
        words.QT_TR_NOOP(
            "The library at {path} is read-only, and there is no room for the copy it would be read from."
        ),
        words.QT_TR_NOOP("Free some space in the folder for temporary files, then try again."),
    ),
}

DISK_ERRORS: dict[str, tuple[str, str]] = {
    "disk-full": (
        words.QT_TR_NOOP("The disk is full."),
        words.QT_TR_NOOP("Free some space, then try again. What was there is safe."),
    ),
    "disk-quota": (
        words.QT_TR_NOOP("Your share of the disk is used up."),
        words.QT_TR_NOOP("Remove something of yours from it, or ask whoever runs it for more. What was there is safe."),
    ),
    "disk-read-only": (
        words.QT_TR_NOOP("The disk is read-only, so nothing can be changed at {path}."),
        words.QT_TR_NOOP("Make the disk writable. Everything on it can be seen and played meanwhile."),
    ),
    "disk-failed": (
        words.QT_TR_NOOP("The disk reported an error at {path}."),
        words.QT_TR_NOOP("Check the disk and its cable, then try again."),
    ),
    "file-too-large": (
        words.QT_TR_NOOP("The disk does not take a file as large as {path} would be."),
        words.QT_TR_NOOP("Choose a disk with a file system that takes larger files."),
    ),
    "file-in-use": (
        words.QT_TR_NOOP("Another program holds {path}, or it is write-protected."),
        words.QT_TR_NOOP("Close what else uses it – a player, a backup or a virus scanner –, then try again."),
    ),
    "folder-read-only": (
        words.QT_TR_NOOP("You do not have the right to write at {path}."),
        words.QT_TR_NOOP("Allow writing there, then try again."),
    ),
    "folder-no-right": (
        words.QT_TR_NOOP("You do not have the right to read the folder {path}."),
        words.QT_TR_NOOP("Allow reading it, then try again."),
    ),
    "folder-missing": (
        words.QT_TR_NOOP("The folder {path} is not there."),
        words.QT_TR_NOOP("Connect the disk it is on, or make the folder, then try again."),
    ),
    "not-a-folder": (
        words.QT_TR_NOOP("A folder is needed at {path}, but a file is in its place."),
        words.QT_TR_NOOP("Move the file somewhere else, or choose another folder."),
    ),
}


def not_writable(code: str) -> str:
    """Return a few words for the error's ``code`` to precede the status sentence of an unwritable library."""
    short = {
        "disk-full": words.tr("The disk is full"),
        "disk-quota": words.tr("Your share of the disk is used up"),
        "library-gone": words.tr("The library is gone"),
    }
    return short.get(code, words.tr("Read-only"))


def library_back() -> str:
    """Return the message after a lost library is back at its place."""
    return words.tr("The library is back. You can go on.")


def library_is_whole_again() -> str:
    """Return the message after a library can be written again."""
    return words.tr("The library can be changed again.")


def offered_copy(moment: str) -> str:
    """Return the label of a button that restores the copy made at ``moment``."""
    return words.tr("Put back the copy of {moment}").format(moment=moment)


def opening_advice(error: AudioDeskError, *, has_copy: bool, takes: int | None = None) -> str:
    """Return the text of the window's dialog beside the offered ways out; the newest copy has ``takes`` takes."""
    if error.code not in ("library-missing", "library-damaged", "library-not-one", "library-replaced"):
        return words.tr(DISK_ERRORS.get(error.code, LIBRARY_PLACE_ERRORS.get(error.code, ("", "")))[1])
    if has_copy:
        knows = "" if takes is None else words.tr("It knows {count} takes.", "It knows {count} take.", takes)
        return " ".join(
            (
                words.tr("A copy of the list can be put back."),
                *((knows.format(count=formats.number(takes or 0)),) if knows else ()),
                words.tr(
                    "Recordings that it does not know are offered afterwards. A list made from the audio has all"
                    " recordings, but not your titles, notes and choices."
                ),
            )
        )
    return words.tr("A list can be made from the audio. It has all recordings, but not your titles, notes and choices.")


def list_set_aside(folder: str) -> str:
    """Return the folder that keeps the former contents after a list was replaced."""
    return words.tr("What was in its place is kept in {folder}.").format(folder=folder)


def recovered_sentence(copy: str | None, found: int) -> str:
    """Return the result of ``recover library``: the restored copy, and the number of other recordings in the vault."""
    did = (
        words.tr("A new list was made from the audio in the vault.")
        if copy is None
        else words.tr("The list was put back from {copy}.").format(copy=copy)
    )
    if not found:
        return did
    kept = words.tr(
        "{count} recordings were brought back into the project “Found”.",
        "{count} recording was brought back into the project “Found”.",
        found,
    )
    return f"{did} {kept.format(count=formats.number(found))}"
