"""Tests of the server's set-up, one part after the other, each within seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from audiodesk.cloud.calls.backend_health import health_reports
from audiodesk.domain.doctor import PartReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.services.server.patience import Patience
from audiodesk.system.clock import now_ms

if TYPE_CHECKING:
    from audiodesk.cloud.server import Server

__all__ = ["ServerDiagnosis"]

T = TypeVar("T")
_WHOLE = 15.0
"""Seconds for all of them; with the sign-out at the end 20."""
_LONGEST = 12.0
"""Seconds for one part: looking up a name has no time-out of its own."""
_OLDER_PARTS: Mapping[str, Mapping[str, Any]] = {"storage_usage": {}, "take_file_shapes": {"ids": []}}
"""Functions of earlier migrations that only read, the newest first."""
_ANSWERS_OF_ONE_SERVICE = frozenset(
    {
        "gateway-blocks",
        "server-answer-odd",
        "server-busy",
        "server-failed",
        "server-page",
        "server-plan-used-up",
        "server-silent",
    }
)
"""Errors of Auth or its gateway while another service of the same project may still answer."""
_ANSWERS_OF_FUNCTIONS = frozenset({"not-allowed", "server-refused", "server-failed", "server-answer-odd"})


class ServerDiagnosis:
    """Tests the server for ``doctor``. ``server`` returns the project; ``wanted``: the settings ask for one."""

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
        self._patience: Patience | None = None

    def reports(self) -> Iterator[PartReport]:
        """Test the parts, and stop at a failed part that the others need. Raises only bugs."""
        try:
            self._patience = Patience(self._server().host, _WHOLE, _LONGEST)
        except AudioDeskError as error:
            yield self._not_set() if error.code == "server-not-set" else _trouble("server", error)
            return
        report = self._reach()
        yield report
        if report.finding == "trouble":
            return
        try:
            yield self._accounts()
        except AudioDeskError as error:
            yield _trouble("accounts", error)
        try:
            yield self._sign_in()
        except AudioDeskError as error:
            yield _not_tested() if error.code == "signed-out" else _trouble("sign-in", error)
            return
        try:
            found = self._health()
        except AudioDeskError as error:
            yield self._no_health(error)
            return
        yield from found
        if report.ok and all(each.ok for each in found):  # else it is known why nothing can go up
            yield self._storage()

    def _storage(self) -> PartReport:
        """Send a tiny file, read it back and remove it: servers were seen that said "healthy" and took nothing."""
        from audiodesk.services.server.storage_trial import storage_report

        server = self._server()
        try:
            return self._ask(lambda: storage_report(server))
        except AudioDeskError as error:
            return _trouble("storage", error)

    def _reach(self) -> PartReport:
        """Test both services without a sign-in, each even if the other fails."""
        server = self._server()
        versions, troubles = [], []
        try:
            auth = self._ask(server.public.auth_version)
            versions.append(f"Auth {auth}" if auth else "Auth")
        except AudioDeskError as error:
            troubles.append(_trouble("server", error))
            if error.code not in _ANSWERS_OF_ONE_SERVICE:
                return troubles[0]
        try:
            if storage := self._ask(server.public.storage_version):
                versions.append(f"Storage {storage}")
        except AudioDeskError as error:
            troubles.append(_trouble("server", error, finding="storage-trouble"))
        if troubles:
            return replace(troubles[0], more=tuple(troubles[1:]))
        return PartReport("server", "fine", {"host": server.host, "versions": ", ".join(versions)})

    def _ask(self, question: Callable[[], T]) -> T:
        assert self._patience is not None  # noqa: S101 - ``reports`` sets it before it asks anything
        return self._patience.ask(question)

    def _accounts(self) -> PartReport:
        """Report what the server says of signing in, without a sign-in."""
        options = self._ask(self._server().auth.options)
        if not options.by_email:
            return PartReport("accounts", "no-email", ok=False)
        if not options.sign_up:
            return PartReport("accounts", "closed")
        return PartReport("accounts", "fine" if options.confirms else "autoconfirm")

    def _sign_in(self) -> PartReport:
        server = self._server()
        self._ask(server.session.access_token)
        return PartReport("sign-in", "fine", {"email": server.session.email})

    def _health(self) -> list[PartReport]:
        from audiodesk.cloud.calls.health import backend_health
        from audiodesk.cloud.schema.migration_files import read_migrations

        server = self._server()
        health = self._ask(lambda: backend_health(server.procedures))
        return health_reports(health, [migration.version for migration in read_migrations()], self._now() / 1000)

    def _no_health(self, error: AudioDeskError) -> PartReport:
        """Report why the server gives no account of its set-up; the last migration makes the function for that."""
        if error.code != "server-needs-update":
            return _trouble("schema", error)
        try:
            return PartReport("schema", "in-part" if self._has_older_part() else "not-there", ok=False)
        except AudioDeskError as another:
            return _trouble("schema", another)

    def _has_older_part(self) -> bool:
        """Tell whether the server has any of our functions; a function that refuses is there too."""
        server = self._server()
        for name, arguments in _OLDER_PARTS.items():
            try:
                self._ask(partial(server.procedures.call, name, **arguments))
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


def _not_tested() -> PartReport:
    return PartReport("sign-in", "not-tested")


def _trouble(part: str, error: AudioDeskError, *, finding: str = "trouble") -> PartReport:
    params = {"sentence": error_sentence(error), "action": error_action(error)}
    return PartReport(part, finding, params, ok=False)
