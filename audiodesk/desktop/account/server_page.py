"""Connects the settings about the server with their file and with a test of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from shiboken6 import isValid

from audiodesk.composition import Core
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.sign_in import field_of
from audiodesk.domain.words.server.sign_in_words import environment_decides, server_answers
from audiodesk.domain.words.server.typed_server_words import typed_server_trouble
from audiodesk.views.dialogs.server_fields import ServerField
from audiodesk.views.dialogs.server_settings import ServerSettings

if TYPE_CHECKING:
    from audiodesk.cloud.server_trial import TriedServer

__all__ = ["make_server_page"]


def make_server_page(core: Core, tasks: Tasks) -> ServerSettings:
    """Return the part of the settings dialog; it shows the settings in force."""
    part = ServerSettings()
    _ServerPage(core, part, tasks)
    return part


class _ServerPage(QObject):
    """Does what the part asks for; lives as long as the part."""

    def __init__(self, core: Core, part: ServerSettings, tasks: Tasks) -> None:
        super().__init__(part)
        self._program, self._part, self._tasks = core.program, part, tasks
        settings = self._program.settings
        address = settings.supabase_url.strip()
        part.show_server(address, settings.supabase_anon_key, is_tested=bool(address))
        self._tests = 0
        self._is_forced = bool(self._program.environ.get("STORAGE_BACKEND", "").strip())
        part.show_backend(settings.storage_backend, is_forced=self._is_forced)
        part.server_entered.connect(self._test)
        part.fields.state_changed.connect(self._drop_test)
        part.backend_chosen.connect(self._choose)

    def _test(self, address: str, key: str) -> None:
        service = self._program.account_service
        self._tests += 1
        number = self._tests
        task = self._tasks.start_apart(lambda: service.try_server(address, key))
        task.done(lambda tried: self._keep(tried, number)).failed(lambda error: self._fail(error, number))

    def _drop_test(self) -> None:
        """Drop the answer to what was in the fields before the person changed them."""
        if self._part.fields.state == "untested":
            self._tests += 1

    def _keep(self, tried: TriedServer, number: int) -> None:
        """Keep the server if it is the one asked last; also where the dialog was closed meanwhile."""
        if number == self._tests:
            task = self._tasks.start(lambda: self._program.account_service.set_server(tried), "edit")
            task.done(lambda _result: self._show(tried, number)).failed(lambda error: self._fail(error, number))

    def _show(self, tried: TriedServer, number: int) -> None:
        if not isValid(self._part) or number != self._tests:
            return
        now = self._program.settings
        if (now.supabase_url, now.supabase_anon_key) != (tried.address, tried.key):
            self._part.show_trouble("server", environment_decides("SUPABASE_URL, SUPABASE_ANON_KEY"))
            return
        self._part.show_server(tried.address, tried.key, is_tested=True)
        self._part.show_tested(server_answers(tried.host))

    def _fail(self, error: AudioDeskError, number: int) -> None:
        if number != self._tests:
            return
        if not isValid(self._part):
            self._tasks.failed.emit(error)
        else:
            field: ServerField = "key" if field_of(error) == "key" else "server"
            is_kept = error.code != "service-key-refused"
            self._part.show_trouble(field, typed_server_trouble(error), error.details, is_kept=is_kept)

    def _choose(self, backend: str) -> None:
        store = self._program.settings_store
        self._tasks.start(lambda: store.change(storage_backend=backend), "edit").failed(self._show_failure)

    def _show_failure(self, error: AudioDeskError) -> None:
        if isValid(self._part):
            self._part.show_backend(self._program.settings.storage_backend, is_forced=self._is_forced)
        self._tasks.failed.emit(error)
