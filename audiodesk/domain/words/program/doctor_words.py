"""The messages of ``doctor`` for each part of the set-up, and what to do if something is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from audiodesk.domain import words
from audiodesk.domain.doctor import PartReport
from audiodesk.domain.words import formats
from audiodesk.domain.words.program.server_diagnosis_words import server_actions, server_messages, server_parts

__all__ = ["doctor_action", "doctor_message", "doctor_part", "doctor_sum"]


def doctor_part(part: str) -> str:
    """Return the shown name of a part."""
    names = {
        "python": words.tr("Python"),
        "folders": words.tr("Folders"),
        "disk-space": words.tr("Disk space"),
        "database": words.tr("Database"),
        "library": words.tr("Library"),
        "vault": words.tr("Vault"),
        "decoders": words.tr("Decoders"),
        "window": words.tr("Window"),
        "display": words.tr("Display"),
        "sound": words.tr("Sound"),
        "resources": words.tr("Icons and help"),
        **server_parts(),
    }
    return names.get(part, part)


def doctor_message(report: PartReport) -> str:
    """Return a sentence for each finding about a part."""
    texts = _messages()
    return _joined(_say(texts, found) for found in (report, *report.more))


def doctor_action(report: PartReport) -> str:
    """Return what to do about it; empty if there is nothing to do."""
    texts = _actions()
    return _joined(dict.fromkeys(action for found in (report, *report.more) if (action := _say(texts, found))))


def _joined(sentences: Iterable[str]) -> str:
    """Return the sentences joined; one that ends with a name or a command gets a full stop."""
    first, *others = [*sentences] or [""]
    for other in others:
        first += (" " if first.endswith((".", "!", "?")) else "; ") + other
    return first


def doctor_sum(*, all_well: bool) -> str:
    """Return the last line of the output."""
    return (
        words.tr("Everything that AudioDesk needs is here.")
        if all_well
        else words.tr("Something is missing, see above.")
    )


def _say(texts: Mapping[tuple[str, str], str], report: PartReport) -> str:
    text = texts.get((report.part, report.finding)) or texts.get(("", report.finding), "")
    return text.format_map({name: _value(name, value) for name, value in report.params.items()})


def _value(name: str, value: str | int) -> str | int:
    return formats.size(value) if name == "limit" and isinstance(value, int) else value


def _messages() -> Mapping[tuple[str, str], str]:
    return {
        ("", "crashed"): words.tr("The test itself did not work: {details}"),
        ("python", "fine"): words.tr("AudioDesk {version} on Python {python}, {system}"),
        ("folders", "fine"): words.tr("The library in {data} and the settings in {config} can be written."),
        ("folders", "not-writable"): words.tr("{folder} cannot be written: {details}"),
        ("folders", "full"): words.tr("{folder} cannot be written: the disk is full."),
        ("folders", "read-only"): words.tr("{folder} cannot be written: the disk is read-only."),
        ("disk-space", "fine"): words.tr("{free} free where the library is"),
        ("disk-space", "little"): words.tr("Only {free} free where the library is"),
        ("database", "fine"): words.tr("SQLite {version}, with full-text search"),
        ("database", "no-search"): words.tr("SQLite {version} has no full-text search by trigrams."),
        ("library", "fine"): words.tr("It opens; version {version}, {takes} takes"),
        ("library", "none-yet"): words.tr("There is none yet; the first project makes one."),
        ("library", "damaged"): words.tr("The database does not hold together: {details}"),
        ("library", "cannot-open"): "{sentence}",
        ("library", "read-only"): words.tr("It opens for reading alone: {sentence}"),
        ("vault", "fine"): words.tr("It can be read; {files}, {size}"),
        ("vault", "not-known"): words.tr("It can be read; {files}, {size}. {sentence}"),
        ("vault", "empty"): words.tr("Nothing in it yet"),
        ("vault", "not-readable"): words.tr("{folder} cannot be read: {details}"),
        ("decoders", "fine"): words.tr("WAV and MP3 are decoded, in a process of their own."),
        ("decoders", "wrong"): words.tr("A test file ({kind}) was not understood: {details}"),
        ("decoders", "cannot-start"): words.tr("The decoders' process does not start: {details}"),
        ("window", "fine"): words.tr("Qt {version} loads."),
        ("window", "cannot-load"): words.tr("Qt does not load: {details}"),
        ("display", "fine"): words.tr("A window can be opened ({platform})."),
        ("display", "none"): words.tr("There is no display here; the command line does without."),
        ("display", "cannot-open"): words.tr("Qt cannot open a window: {details}"),
        ("display", "silent"): words.tr("The display {name} does not answer, so no window can be opened."),
        ("display", "unreachable"): words.tr("There is no display {name}, so no window can be opened."),
        ("sound", "fine"): words.tr("{device}"),
        ("sound", "none"): words.tr("There is no sound device; everything but listening works."),
        ("sound", "cannot-load"): words.tr("Qt's player does not load; everything but listening works: {details}"),
        ("resources", "fine"): words.tr("They are where they belong."),
        ("resources", "missing"): words.tr("{folder} is not there."),
        **server_messages(),
    }


def _actions() -> Mapping[tuple[str, str], str]:
    return {
        ("", "crashed"): words.tr("Start it again; if it stays so, reinstall AudioDesk."),
        ("folders", "not-writable"): words.tr(
            "Give yourself the right to write there, or set AUDIODESK_HOME to another folder."
        ),
        ("folders", "full"): words.tr("Free some space, or set AUDIODESK_HOME to a folder on another disk."),
        ("folders", "read-only"): words.tr(
            "Make the disk writable, or set AUDIODESK_HOME to a folder on another disk."
        ),
        ("disk-space", "little"): words.tr("Make room, or move the library by setting AUDIODESK_HOME."),
        ("database", "no-search"): words.tr("Use a Python whose SQLite is 3.34 or newer."),
        ("library", "damaged"): words.tr(
            "Copy the library's folder, then run “audiodesk recover library”: it puts back the newest copy of the list."
        ),
        ("library", "cannot-open"): "{action}",
        ("library", "read-only"): "{action}",
        ("vault", "not-known"): "{action}",
        ("vault", "not-readable"): words.tr("Give yourself the right to read there."),
        ("decoders", "wrong"): words.tr("Reinstall AudioDesk: ./run sets up again after .venv is removed."),
        ("decoders", "cannot-start"): words.tr("Reinstall AudioDesk: ./run sets up again after .venv is removed."),
        ("window", "cannot-load"): words.tr("Install the missing system packages: ./run names them."),
        ("display", "none"): words.tr("Start it from a desktop session to open the window."),
        ("display", "cannot-open"): words.tr("Install the missing system packages: ./run names them."),
        ("display", "silent"): words.tr("Start the window from a desktop session, or correct {variable}."),
        ("display", "unreachable"): words.tr("Start the window from a desktop session, or correct {variable}."),
        ("sound", "none"): words.tr("Connect headphones or loudspeakers to listen."),
        ("sound", "cannot-load"): words.tr("Install libpulse0 to listen."),
        ("resources", "missing"): words.tr("Reinstall AudioDesk."),
        **server_actions(),
    }
