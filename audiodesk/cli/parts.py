"""The parts of the set-up that ``doctor`` tests, each by using it as the program does."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import platform
import shutil
import sqlite3
import tempfile
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

from audiodesk import __version__
from audiodesk.cli.asking import waiting_word
from audiodesk.composition import Core, open_core, open_server
from audiodesk.domain import formats
from audiodesk.domain.checkup import PartReport
from audiodesk.domain.entities import Kind
from audiodesk.domain.error_words import error_action, error_sentence
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.finding_words import finding_sentence
from audiodesk.domain.findings import Verdict
from audiodesk.domain.found_words import found_sentence, recover_hint
from audiodesk.system.folders import folders, resources
from audiodesk.system.probes import has_display, probe_display, probe_sound, probe_window

__all__ = ["part_reports"]

_LITTLE_SPACE = 500 * 1024 * 1024
"""Bytes: about two hours of WAV."""
_WHY_NOT_WRITABLE = {errno.ENOSPC: "full", getattr(errno, "EDQUOT", errno.ENOSPC): "full", errno.EROFS: "read-only"}


def part_reports() -> Iterator[PartReport]:
    """Test one part after the other; a test that does not work is a finding of its part, never an exception."""
    parts: dict[str, Callable[[], PartReport]] = {
        "python": _python,
        "resources": _resources,
        "folders": _folders,
        "disk-space": _disk_space,
        "database": _database,
        "library": _library,
        "vault": _vault,
        "decoders": _decoders,
        "window": _window,
        "display": _display,
        "sound": _sound,
    }
    for part, test in parts.items():
        try:
            yield test()
        except AudioDeskError as error:
            yield PartReport(part, "crashed", {"details": error_sentence(error)}, ok=False)
        except Exception as error:  # noqa: BLE001  # a test that breaks must not hide the others
            yield PartReport(part, "crashed", {"details": f"{type(error).__name__}: {error}"}, ok=False)
    try:
        yield from _server()
    except AudioDeskError as error:
        params = {"sentence": error_sentence(error), "action": error_action(error)}
        yield PartReport("server", "trouble", params, ok=False)
    except Exception as error:  # noqa: BLE001  # the kind alone: what it says may hold a secret
        yield PartReport("server", "crashed", {"details": type(error).__name__}, ok=False)


def _server() -> Iterator[PartReport]:
    with open_server(patient=False) as desk:
        reports = desk.check.reports()
        while True:
            with waiting_word(desk.host):
                report = next(reports, None)
            if report is None:
                return
            yield report


def _python() -> PartReport:
    system = f"{platform.system()} {platform.machine()}"
    params = {"version": __version__, "python": platform.python_version(), "system": system}
    return PartReport("python", "fine", params)


def _resources() -> PartReport:
    place = resources()
    if (place / "icons").is_dir() and (place / "help").is_dir():
        return PartReport("resources", "fine")
    return PartReport("resources", "missing", {"folder": str(place)}, ok=False)


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _folders() -> PartReport:
    places = folders()
    for folder in (places.data, places.config, places.logs):
        try:
            with tempfile.TemporaryFile(dir=_existing(folder)) as file:
                file.write(b"AudioDesk")
        except OSError as error:
            params = {"folder": str(folder), "details": error.strerror or str(error)}
            return PartReport("folders", _WHY_NOT_WRITABLE.get(error.errno or 0, "not-writable"), params, ok=False)
    return PartReport("folders", "fine", {"data": str(places.data), "config": str(places.config)})


def _disk_space() -> PartReport:
    free = shutil.disk_usage(_existing(folders().data)).free
    params = {"free": formats.size(free)}
    return (
        PartReport("disk-space", "fine", params)
        if free > _LITTLE_SPACE
        else PartReport("disk-space", "little", params, ok=False)
    )


def _database() -> PartReport:
    params = {"version": sqlite3.sqlite_version}
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("create virtual table found using fts5(text, tokenize = 'trigram')")
        except sqlite3.Error:
            return PartReport("database", "no-search", params, ok=False)
    return PartReport("database", "fine", params)


def _library() -> PartReport:
    try:
        with open_core(face="command") as core, core.database.read() as connection:
            if not core.database.is_made:
                return PartReport("library", "none-yet")
            version = connection.execute("pragma user_version").fetchone()[0]
            found = connection.execute("pragma quick_check(1)").fetchone()[0]
            if found != "ok":
                return PartReport("library", "damaged", {"details": str(found)}, ok=False)
            takes = _takes(core)
            trouble = core.database.trouble
            if trouble is not None:
                params = {"sentence": error_sentence(trouble), "action": error_action(trouble)}
                return PartReport("library", "read-only", params, ok=False)
    except AudioDeskError as error:
        params = {"sentence": error_sentence(error), "action": error_action(error)}
        return PartReport("library", "cannot-open", params, ok=False)
    return PartReport("library", "fine", {"version": version, "takes": formats.number(takes)})


def _takes(core: Core) -> int:
    return core.catalogue.totals().takes


def _vault() -> PartReport:
    folder = folders().local_library / "vault"
    if not folder.is_dir():
        return PartReport("vault", "empty")
    files = size = 0
    try:
        for path, _, names in os.walk(folder, onerror=_raise):
            for name in names:
                files += 1
                size += (Path(path) / name).stat().st_size
                if files == 1:
                    (Path(path) / name).open("rb").close()
    except OSError as error:
        params = {"folder": error.filename or str(folder), "details": error.strerror or str(error)}
        return PartReport("vault", "not-readable", params, ok=False)
    params = {"files": formats.number(files), "size": formats.size(size)}
    unknown = _unknown_files()
    if unknown:
        said = {"sentence": found_sentence(unknown), "action": recover_hint()}
        return PartReport("vault", "not-known", {**params, **said}, ok=False)
    return PartReport("vault", "fine", params)


def _unknown_files() -> int:
    from audiodesk.services.unknown_files import unknown_files

    # What does not open is said of the library.
    with contextlib.suppress(AudioDeskError), open_core(face="command") as core:
        return len(unknown_files(core.database, core.vault))
    return 0


def _raise(error: OSError) -> None:
    raise error


def _window() -> PartReport:
    probe = probe_window()
    if probe.answer is None:
        return PartReport("window", "cannot-load", {"details": probe.details}, ok=False)
    return PartReport("window", "fine", {"version": probe.answer})


def _display() -> PartReport:
    if not has_display():
        return PartReport("display", "none")
    probe = probe_display()
    if probe.answer is None:
        return PartReport("display", "cannot-open", {"details": probe.details}, ok=False)
    return PartReport("display", "fine", {"platform": probe.answer})


def _sound() -> PartReport:
    probe = probe_sound()
    if probe.answer is None:
        return PartReport("sound", "cannot-load", {"details": probe.details})
    return PartReport("sound", "fine", {"device": probe.answer}) if probe.answer else PartReport("sound", "none")


def _decoders() -> PartReport:
    from audiodesk.services.checker import Checker

    with tempfile.TemporaryDirectory(prefix="audiodesk-") as folder, Checker(workers=1) as checker:
        for kind, data in ((Kind.WAV, _tiny_wav()), (Kind.MP3, _tiny_mp3())):
            path = Path(folder) / f"test.{kind.value}"
            path.write_bytes(data)
            report = checker.check(path, full=True)
            if report.kind is not kind or report.verdict is Verdict.REFUSED:
                said = " ".join(finding_sentence(finding) for finding in report.all_findings)
                return PartReport("decoders", "wrong", {"kind": kind.value.upper(), "details": said}, ok=False)
    return PartReport("decoders", "fine")


def _tiny_wav() -> bytes:
    """Return half a second of silence, 16 bit, 8 kHz, mono."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000))
    return written.getvalue()


def _tiny_mp3() -> bytes:
    """Return half a second of silence: 20 frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono, nothing in them."""
    header = bytes((0xFF, 0xFB, 0x90, 0xC4))
    size = 144 * 128_000 // 44_100
    return (header + bytes(size - len(header))) * 20
