"""What ``doctor`` says of each part of the set-up, and what to do where something is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from audiodesk.domain import formats
from audiodesk.domain.checkup import PartReport
from audiodesk.domain.server_check_words import server_actions, server_messages, server_parts
from audiodesk.domain.words import tr

__all__ = ["doctor_action", "doctor_message", "doctor_part", "doctor_sum"]


def doctor_part(part: str) -> str:
    """Return the name of a part, for people."""
    names = {
        "python": tr("Python"),
        "folders": tr("Folders"),
        "disk-space": tr("Disk space"),
        "database": tr("Database"),
        "library": tr("Library"),
        "vault": tr("Vault"),
        "decoders": tr("Decoders"),
        "window": tr("Window"),
        "display": tr("Display"),
        "sound": tr("Sound"),
        "resources": tr("Icons and help"),
        **server_parts(),
    }
    return names.get(part, part)


def doctor_message(report: PartReport) -> str:
    """Return what was found: a sentence for each finding."""
    texts = _messages()
    return _joined(_say(texts, found) for found in (report, *report.more))


def doctor_action(report: PartReport) -> str:
    """Return what to do about it; empty where there is nothing to do."""
    texts = _actions()
    return _joined(dict.fromkeys(action for found in (report, *report.more) if (action := _say(texts, found))))


def _joined(sentences: Iterable[str]) -> str:
    """Return sentences behind one another; one that ends with a name or a command gets a mark of its end."""
    first, *others = [*sentences] or [""]
    for other in others:
        first += (" " if first.endswith((".", "!", "?")) else "; ") + other
    return first


def doctor_sum(*, all_well: bool) -> str:
    """Return the last line."""
    return tr("Everything that AudioDesk needs is here.") if all_well else tr("Something is missing, see above.")


def _say(texts: Mapping[tuple[str, str], str], report: PartReport) -> str:
    text = texts.get((report.part, report.finding)) or texts.get(("", report.finding), "")
    return text.format_map({name: _value(name, value) for name, value in report.params.items()})


def _value(name: str, value: str | int) -> str | int:
    return formats.size(value) if name == "limit" and isinstance(value, int) else value


def _messages() -> Mapping[tuple[str, str], str]:
    return {
        ("", "crashed"): tr("The test itself did not work: {details}"),
        ("python", "fine"): tr("AudioDesk {version} on Python {python}, {system}"),
        ("folders", "fine"): tr("The library in {data} and the settings in {config} can be written."),
        ("folders", "not-writable"): tr("{folder} cannot be written: {details}"),
        ("folders", "full"): tr("{folder} cannot be written: the disk is full."),
        ("folders", "read-only"): tr("{folder} cannot be written: the disk is read-only."),
        ("disk-space", "fine"): tr("{free} free where the library is"),
        ("disk-space", "little"): tr("Only {free} free where the library is"),
        ("database", "fine"): tr("SQLite {version}, with full-text search"),
        ("database", "no-search"): tr("SQLite {version} has no full-text search by trigrams."),
        ("library", "fine"): tr("It opens; version {version}, {takes} takes"),
        ("library", "none-yet"): tr("There is none yet; the first project makes one."),
        ("library", "damaged"): tr("The database does not hold together: {details}"),
        ("library", "cannot-open"): "{sentence}",
        ("library", "read-only"): tr("It opens for reading alone: {sentence}"),
        ("vault", "fine"): tr("It can be read; {files}, {size}"),
        ("vault", "not-known"): tr("It can be read; {files}, {size}. {sentence}"),
        ("vault", "empty"): tr("Nothing in it yet"),
        ("vault", "not-readable"): tr("{folder} cannot be read: {details}"),
        ("decoders", "fine"): tr("WAV and MP3 are decoded, in a process of their own."),
        ("decoders", "wrong"): tr("A test file ({kind}) was not understood: {details}"),
        ("decoders", "cannot-start"): tr("The decoders' process does not start: {details}"),
        ("window", "fine"): tr("Qt {version} loads."),
        ("window", "cannot-load"): tr("Qt does not load: {details}"),
        ("display", "fine"): tr("A window can be opened ({platform})."),
        ("display", "none"): tr("There is no display here; the command line does without."),
        ("display", "cannot-open"): tr("Qt cannot open a window: {details}"),
        ("sound", "fine"): tr("{device}"),
        ("sound", "none"): tr("There is no sound device; everything but listening works."),
        ("sound", "cannot-load"): tr("Qt's player does not load; everything but listening works: {details}"),
        ("resources", "fine"): tr("They are where they belong."),
        ("resources", "missing"): tr("{folder} is not there."),
        **server_messages(),
    }


def _actions() -> Mapping[tuple[str, str], str]:
    return {
        ("", "crashed"): tr("Start it again; if it stays so, reinstall AudioDesk."),
        ("folders", "not-writable"): tr(
            "Give yourself the right to write there, or set AUDIODESK_HOME to another folder."
        ),
        ("folders", "full"): tr("Free some space, or set AUDIODESK_HOME to a folder on another disk."),
        ("folders", "read-only"): tr("Make the disk writable, or set AUDIODESK_HOME to a folder on another disk."),
        ("disk-space", "little"): tr("Make room, or move the library by setting AUDIODESK_HOME."),
        ("database", "no-search"): tr("Use a Python whose SQLite is 3.34 or newer."),
        ("library", "damaged"): tr(
            "Copy the library's folder, then run “audiodesk recover library”: it puts back the newest copy of the list."
        ),
        ("library", "cannot-open"): "{action}",
        ("library", "read-only"): "{action}",
        ("vault", "not-known"): "{action}",
        ("vault", "not-readable"): tr("Give yourself the right to read there."),
        ("decoders", "wrong"): tr("Reinstall AudioDesk: ./run sets up again after .venv is removed."),
        ("decoders", "cannot-start"): tr("Reinstall AudioDesk: ./run sets up again after .venv is removed."),
        ("window", "cannot-load"): tr("Install the missing system packages: ./run names them."),
        ("display", "none"): tr("Start it from a desktop session to open the window."),
        ("display", "cannot-open"): tr("Install the missing system packages: ./run names them."),
        ("sound", "none"): tr("Connect headphones or loudspeakers to listen."),
        ("sound", "cannot-load"): tr("Install libpulse0 to listen."),
        ("resources", "missing"): tr("Reinstall AudioDesk."),
        **server_actions(),
    }
