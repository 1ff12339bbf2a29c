"""Tests the library: that its list opens and is whole, and that its audio can be read and is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol

from audiodesk.domain.doctor import PartReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words import formats
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.importing.found_words import found_sentence, recover_hint
from audiodesk.domain.words.importing.result_words import file_count
from audiodesk.local.database.database import Database
from audiodesk.local.database.library_place import vault_files
from audiodesk.local.database.list_condition import list_condition
from audiodesk.local.files.vault import Vault
from audiodesk.services.care.unknown_files import unknown_files
from audiodesk.services.library.catalogue import Catalogue

__all__ = ["OpenLibrary", "report_library", "report_vault"]


class OpenLibrary(Protocol):
    """What the tests use of a library that is open."""

    database: Database

    @property
    def catalogue(self) -> Catalogue:
        """The reads, to count the takes."""

    @property
    def vault(self) -> Vault:
        """The audio files."""


def report_library(open_library: Callable[[], AbstractContextManager[OpenLibrary]]) -> PartReport:
    """Open the library, let SQLite check its list, and count the takes."""
    try:
        with open_library() as library:
            if not library.database.is_made:
                return PartReport("library", "none-yet")
            with library.database.read() as connection:
                condition = list_condition(connection)
            if condition.damage:
                return PartReport("library", "damaged", {"details": condition.damage}, ok=False)
            takes = library.catalogue.totals().takes
            if (trouble := library.database.trouble) is not None:
                return PartReport("library", "read-only", _said(trouble), ok=False)
    except AudioDeskError as error:
        return PartReport("library", "cannot-open", _said(error), ok=False)
    return PartReport("library", "fine", {"version": condition.version, "takes": formats.number(takes)})


def report_vault(folder: Path, open_library: Callable[[], AbstractContextManager[OpenLibrary]]) -> PartReport:
    """Count the audio files of the vault in the library's ``folder``, as ``verify`` does; see that each has a take."""
    vault = folder / "vault"
    if not vault.is_dir():
        return PartReport("vault", "empty")
    files = size = 0
    try:
        for path in vault_files(folder):
            files += 1
            size += path.stat().st_size
            if files == 1:
                path.open("rb").close()
    except OSError as error:
        params = {"folder": error.filename or str(vault), "details": error.strerror or str(error)}
        return PartReport("vault", "not-readable", params, ok=False)
    params = {"files": file_count(files), "size": formats.size(size)}
    if unknown := _unknown_files(open_library):
        said = {"sentence": found_sentence(unknown), "action": recover_hint()}
        return PartReport("vault", "not-known", {**params, **said}, ok=False)
    return PartReport("vault", "fine", params)


def _unknown_files(open_library: Callable[[], AbstractContextManager[OpenLibrary]]) -> int:
    with suppress(AudioDeskError), open_library() as library:  # ``report_library`` says why it does not open
        if library.database.is_made:
            return len(unknown_files(library.database, library.vault))
    return 0


def _said(error: AudioDeskError) -> dict[str, str | int]:
    return {"sentence": error_sentence(error), "action": error_action(error)}
