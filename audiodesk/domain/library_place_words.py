"""What a person reads of the place where a library is: gone, emptied, not writable, or something else altogether."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain import formats
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words import tr, trn

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

Words = tuple[Callable[[], str], Callable[[], str]]

LIBRARY_PLACE_ERRORS: dict[str, Words] = {
    "library-gone": (
        lambda: tr("The library at {path} is gone: it was there before, and nothing was made in its place."),
        lambda: tr("Connect the disk it is on, or put the folder back, then try again."),
    ),
    "library-missing": (
        lambda: tr("The list of takes at {path} is missing (audio files that are there: {files})."),
        lambda: tr("Run “audiodesk recover library”: it puts the last copy back, or makes a list from the audio."),
    ),
    "library-damaged": (
        lambda: tr("The library's list of takes at {path} is damaged and cannot be read."),
        lambda: tr("Copy the whole folder, then run “audiodesk recover library”. Your audio is untouched."),
    ),
    "library-not-one": (
        lambda: tr("{file} is not the list of an AudioDesk library. It was not changed."),
        lambda: _get_list_back(),
    ),
    "library-replaced": (
        lambda: tr("{file} is a database of another program, in the place of the library's list. It was not changed."),
        lambda: _get_list_back(),
    ),
    "library-foreign": (
        lambda: tr("{file} is a database of another program. It was not changed."),
        lambda: tr(
            "Move it somewhere else, or choose another place with AUDIODESK_HOME. If a library was here,"
            " “audiodesk recover library” then gets its list back."
        ),
    ),
    "library-read-only": (
        lambda: tr("The library at {path} is read-only: you do not have the right to change it."),
        lambda: tr("Allow writing to that folder. Everything in it can be seen and played meanwhile."),
    ),
    "library-no-right": (
        lambda: tr("You do not have the right to read the library at {path}."),
        lambda: tr("Allow reading that folder, or choose another with AUDIODESK_HOME."),
    ),
    "library-unreachable": (
        lambda: tr("The library at {path} cannot be opened."),
        lambda: tr("Check that the disk it is on works, then try again."),
    ),
    "library-whole": (
        lambda: tr("The list of takes at {path} is whole, so no copy was put in its place."),
        lambda: tr("Run “audiodesk recover list” to see which recordings no book knows."),
    ),
    "no-copy": (
        lambda: tr("{file} is not a copy of a library's list that can be read."),
        lambda: tr("Choose another one from the folder “backups”, or use --from-vault."),
    ),
    "one-way-only": (
        lambda: tr("A list can be recovered in one way at a time."),
        lambda: tr("Give one of --copy, --from-vault and --new."),
    ),
    "not-gone": (
        lambda: tr("There is something at {path} already, so no new library was made there."),
        lambda: tr("Run “audiodesk recover library” without --new."),
    ),
    "no-temporary-room": (
        lambda: tr("The library at {path} is read-only, and there is no room for the copy it would be read from."),
        lambda: tr("Free some space in the folder for temporary files, then try again."),
    ),
}


def _get_list_back() -> str:
    return tr(
        "Run “audiodesk recover library”: it moves that file into the library's backups and puts the last copy of the"
        " list back, or makes a list from the audio."
    )


DISK_ERRORS: dict[str, Words] = {
    "disk-full": (
        lambda: tr("The disk is full."),
        lambda: tr("Free some space, then try again. What was there is safe."),
    ),
    "disk-quota": (
        lambda: tr("Your share of the disk is used up."),
        lambda: tr("Remove something of yours from it, or ask whoever runs it for more. What was there is safe."),
    ),
    "disk-read-only": (
        lambda: tr("The disk is read-only, so nothing can be changed at {path}."),
        lambda: tr("Make the disk writable. Everything on it can be seen and played meanwhile."),
    ),
    "disk-failed": (
        lambda: tr("The disk reported an error at {path}."),
        lambda: tr("Check the disk and its cable, then try again."),
    ),
    "file-too-large": (
        lambda: tr("The disk does not take a file as large as {path} would be."),
        lambda: tr("Choose a disk with a file system that takes larger files."),
    ),
    "file-in-use": (
        lambda: tr("Another program holds {path}, or it is write-protected."),
        lambda: tr("Close what else uses it – a player, a backup or a virus scanner –, then try again."),
    ),
    "folder-read-only": (
        lambda: tr("You do not have the right to write at {path}."),
        lambda: tr("Allow writing there, then try again."),
    ),
    "folder-no-right": (
        lambda: tr("You do not have the right to read the folder {path}."),
        lambda: tr("Allow reading it, then try again."),
    ),
    "folder-missing": (
        lambda: tr("The folder {path} is not there."),
        lambda: tr("Connect the disk it is on, or make the folder, then try again."),
    ),
    "not-a-folder": (
        lambda: tr("A folder is needed at {path}, but a file is in its place."),
        lambda: tr("Move the file somewhere else, or choose another folder."),
    ),
}


def not_writable(code: str) -> str:
    """Return the few words before the status sentence of a library that cannot be written, by the error's code."""
    words = {
        "disk-full": tr("The disk is full"),
        "disk-quota": tr("Your share of the disk is used up"),
        "library-gone": tr("The library is gone"),
    }
    return words.get(code, tr("Read-only"))


def library_back() -> str:
    """Return what is said when a library that was gone is at its place again."""
    return tr("The library is back. You can go on.")


def library_is_whole_again() -> str:
    """Return what is said when a library that could not be written can be written again."""
    return tr("The library can be changed again.")


def offered_copy(moment: str) -> str:
    """Return the verb of a button that puts back the copy made at ``moment``."""
    return tr("Put back the copy of {moment}").format(moment=moment)


def opening_advice(error: AudioDeskError, *, has_copy: bool, takes: int | None = None) -> str:
    """Return what the window's dialog says beside the ways on that it offers; the newest copy knows ``takes``."""
    if error.code not in ("library-missing", "library-damaged", "library-not-one", "library-replaced"):
        return DISK_ERRORS.get(error.code, LIBRARY_PLACE_ERRORS.get(error.code, (str, str)))[1]()
    if has_copy:
        knows = "" if takes is None else trn("It knows {count} take.", "It knows {count} takes.", takes)
        return " ".join(
            (
                tr("A copy of the list can be put back."),
                *((knows.format(count=formats.number(takes or 0)),) if knows else ()),
                tr(
                    "Recordings that it does not know are offered afterwards. A list made from the audio has all"
                    " recordings, but not your titles, notes and choices."
                ),
            )
        )
    return tr("A list can be made from the audio. It has all recordings, but not your titles, notes and choices.")


def list_set_aside(folder: str) -> str:
    """Return where what was in the list's place is kept after another list was put there."""
    return tr("What was in its place is kept in {folder}.").format(folder=folder)


def recovered_sentence(copy: str | None, found: int) -> str:
    """Return what ``recover library`` did: the copy it put back, and how many recordings the vault has beside it."""
    did = (
        tr("A new list was made from the audio in the vault.")
        if copy is None
        else tr("The list was put back from {copy}.").format(copy=copy)
    )
    if not found:
        return did
    kept = trn(
        "{count} recording was brought back into the project “Found”.",
        "{count} recordings were brought back into the project “Found”.",
        found,
    )
    return f"{did} {kept.format(count=formats.number(found))}"
