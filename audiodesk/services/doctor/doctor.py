"""Tests the set-up part by part: this computer, the library, the decoders, the window, the server."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from audiodesk.domain.doctor import PartReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.services.doctor import account, computer, decoders, library, window
from audiodesk.system.folders import Folders
from audiodesk.system.secrets import SecretStore

__all__ = ["Doctor"]


class _ServerDiagnosis(Protocol):
    def reports(self) -> Iterator[PartReport]:
        """Test the server's parts, one after the other."""


class _SignIn(Protocol):
    @property
    def host(self) -> str:
        """The server's name, or nothing."""

    @property
    def diagnosis(self) -> _ServerDiagnosis:
        """The tests of the server."""


class Doctor:
    """Tests one part after the other; a test that does not work is a finding of its part, never an exception.

    ``open_library`` opens the library in ``library_folder`` for one test. ``sign_in`` opens the way to the server that
    the settings name. ``secrets`` is the keyring, ``current_account`` the account of that library.
    """

    def __init__(
        self,
        *,
        places: Folders,
        library_folder: Path,
        open_library: Callable[[], AbstractContextManager[library.OpenLibrary]],
        sign_in: Callable[[], AbstractContextManager[_SignIn]],
        secrets: Callable[[], SecretStore],
        current_account: Callable[[], KnownAccount | None],
    ) -> None:
        self._places = places
        self._library_folder = library_folder
        self._open_library = open_library
        self._sign_in = sign_in
        self._secrets = secrets
        self._account = current_account

    def reports(
        self, waiting: Callable[[str], AbstractContextManager[object]] = contextlib.nullcontext
    ) -> Iterator[PartReport]:
        """Yield the report on each part; ``waiting(host)`` is entered while a server called ``host`` is asked."""
        for part, test in self._tests().items():
            try:
                report = test()
                if report is not None:
                    yield report
            except AudioDeskError as error:
                yield PartReport(part, "crashed", {"details": error_sentence(error)}, ok=False)
            except Exception as error:  # noqa: BLE001  # a test that breaks must not hide the others
                yield PartReport(part, "crashed", {"details": f"{type(error).__name__}: {error}"}, ok=False)
        try:
            yield from self._server(waiting)
        except AudioDeskError as error:
            params = {"sentence": error_sentence(error), "action": error_action(error)}
            yield PartReport("server", "trouble", params, ok=False)
        except Exception as error:  # noqa: BLE001  # the kind alone: what it says may hold a secret
            yield PartReport("server", "crashed", {"details": type(error).__name__}, ok=False)

    def _tests(self) -> dict[str, Callable[[], PartReport | None]]:
        return {
            "python": computer.report_python,
            "resources": computer.report_resources,
            "folders": lambda: computer.report_folders(self._places),
            "disk-space": lambda: computer.report_disk_space(self._places),
            "database": computer.report_database,
            "library": lambda: library.report_library(self._open_library),
            "vault": lambda: library.report_vault(self._library_folder, self._open_library),
            "decoders": decoders.report_decoders,
            "window": window.report_window,
            "display": window.report_display,
            "sound": window.report_sound,
            "keyring": lambda: account.report_keyring(self._secrets, self._account()),
            "last-sign-in": lambda: account.report_last_sign_in(self._account()),
        }

    def _server(self, waiting: Callable[[str], AbstractContextManager[object]]) -> Iterator[PartReport]:
        with self._sign_in() as sign_in:
            reports = sign_in.diagnosis.reports()
            while True:
                with waiting(sign_in.host):
                    report = next(reports, None)
                if report is None:
                    return
                yield report
