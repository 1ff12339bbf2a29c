"""Tests of the server's set-up, one part after the other, each within seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from audiodesk.domain.backend_health import health_reports
from audiodesk.domain.checkup import PartReport
from audiodesk.domain.error_words import error_action, error_sentence
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.system.clock import now_ms

if TYPE_CHECKING:
    from audiodesk.cloud.server import Server

__all__ = ["ServerCheck"]

T = TypeVar("T")
_LONGEST = 12.0
"""Seconds for one part: looking up a name has no time-out of its own."""
_OLDER_PARTS: Mapping[str, Mapping[str, Any]] = {"storage_usage": {}, "take_file_shapes": {"ids": []}}
"""Functions of earlier migrations that only read, newest first."""
_ANSWERS_OF_FUNCTIONS = frozenset({"not-allowed", "server-refused", "server-failed", "server-answer-odd"})


class ServerCheck:
    """Asks as ``doctor`` does; ``server`` gives the project, ``wanted`` says whether the settings ask for one."""

    def __init__(
        self,
        server: Callable[[], Server],
        *,
        wanted: bool,
        now: Callable[[], int] = now_ms,
    ) -> None:
        self._server = server
        self._wanted = wanted
        self._now = now

    def reports(self) -> Iterator[PartReport]:
        """Test the parts until one is not there that the others need; nothing is raised but what is a bug."""
        try:
            yield self._reach()
        except AudioDeskError as error:
            yield self._not_set() if error.code == "server-not-set" else _trouble("server", error)
            return
        try:
            yield self._sign_in()
        except AudioDeskError as error:
            yield _not_tested() if error.code == "signed-out" else _trouble("sign-in", error)
            return
        try:
            yield from self._health()
        except AudioDeskError as error:
            yield self._no_health(error)

    def _reach(self) -> PartReport:
        server = self._server()

        def ask() -> tuple[str, str]:
            return server.probe.auth_version(), server.probe.storage_version()

        auth, storage = self._within(ask, server.host)
        named = [f"Auth {auth}" if auth else "Auth", f"Storage {storage}" if storage else ""]
        versions = ", ".join(name for name in named if name)
        return PartReport("server", "fine", {"host": server.host, "versions": versions})

    def _sign_in(self) -> PartReport:
        server = self._server()
        self._within(server.session.access_token, server.host)
        return PartReport("sign-in", "fine", {"email": server.session.email})

    def _health(self) -> list[PartReport]:
        from audiodesk.cloud.health import backend_health
        from audiodesk.cloud.migration_files import read_migrations

        server = self._server()
        health = self._within(lambda: backend_health(server.procedures), server.host)
        return health_reports(health, [migration.version for migration in read_migrations()], self._now() / 1000)

    def _no_health(self, error: AudioDeskError) -> PartReport:
        """Return why there is no account of the set-up; the function that gives it is made last of all."""
        if error.code != "server-needs-update":
            return _trouble("schema", error)
        try:
            return PartReport("schema", "in-part" if self._has_older_part() else "not-there", ok=False)
        except AudioDeskError as another:
            return _trouble("schema", another)

    def _has_older_part(self) -> bool:
        """Tell whether any of our functions is there; one that answers with a refusal is."""
        server = self._server()
        for name, arguments in _OLDER_PARTS.items():
            try:
                self._within(partial(server.procedures.call, name, **arguments), server.host)
            except AudioDeskError as error:
                if error.code == "server-needs-update":
                    continue
                if error.code not in _ANSWERS_OF_FUNCTIONS:
                    raise
            return True
        return False

    def _not_set(self) -> PartReport:
        if self._wanted:
            return PartReport("server", "none-but-wanted", ok=False)
        return PartReport("server", "none")

    def _within(self, ask: Callable[[], T], host: str) -> T:
        """Return what ``ask`` returns, or give it up: its thread ends by itself."""
        answers: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                answers.append(ask())
            except BaseException as error:  # noqa: BLE001  # raised again by whoever waits
                errors.append(error)

        thread = threading.Thread(target=run, name="server check", daemon=True)
        began = time.monotonic()
        thread.start()
        thread.join(_LONGEST)
        if thread.is_alive():
            waited = time.monotonic() - began
            raise OutsideError("server-silent", host=host, details=f"no answer within {waited:.0f} s")
        if errors:
            raise errors.pop()
        return answers.pop()


def _not_tested() -> PartReport:
    return PartReport("sign-in", "not-tested")


def _trouble(part: str, error: AudioDeskError) -> PartReport:
    params = {"sentence": error_sentence(error), "action": error_action(error)}
    return PartReport(part, "trouble", params, ok=False)
