"""A window whose environment signs somebody in who was never here: asks the server, and opens that person's library."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal

from audiodesk.desktop.account.adoption_asking import AdoptionAsking
from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import AdoptionChoice, AdoptionQuestion
from audiodesk.domain.server.connection import Connection, connection_after
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.words.server.login_words import environment_person

__all__ = ["EnvironmentSignIn"]

_AGAIN_MS = 30_000
_PASSES = frozenset(
    {
        Connection.OFFLINE,
        Connection.BLOCKED,
        Connection.UNREACHABLE,
        Connection.BUSY,
        Connection.NEEDS_OPERATOR,
    }
)

_Found = tuple[KnownAccount, MovedServer | None, AdoptionQuestion | None]


class EnvironmentSignIn(Controller):
    """Until the server has answered, the window shows the library without an account, as it would offline.

    If the server cannot be reached it is asked again; the library then opens only when the person wants it to.
    ``opened`` is called with the account once its library can be opened.

    Signals:
        settled: the library without an account stays open for now (nothing).
    """

    settled = Signal()

    def __init__(self, shared: Shared, asking: AdoptionAsking, opened: Callable[[KnownAccount], object]) -> None:
        super().__init__(shared)
        self._asking, self._opened = asking, opened
        self._is_first = True
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.begin)

    def begin(self) -> None:
        """Ask the server who the environment's person is, and what there is to decide."""
        program = self._core.program
        questions = program.library_questions

        def ask() -> _Found:
            with program.environment_account() as (person, token):
                return person, questions.moved(person, token), questions.adoption(person, token)

        self._tasks.start_apart(ask).done(self._on_found).failed(self._on_failed)

    def close(self) -> None:
        """Ask no more."""
        self._again.stop()

    def _on_found(self, found: _Found) -> None:
        if self._is_first:
            self._decide_move(*found)
            return
        self._notices.offer(
            environment_person(found[0].email, found[0].host),
            words.tr("Open the account's library"),
            lambda: self._decide_move(*found),
            icon="circle-user-round",
        )

    def _on_failed(self, error: AudioDeskError) -> None:
        self._is_first = False
        self.settled.emit()
        if connection_after(error) in _PASSES:
            self._again.start()
        else:
            self._notices.show_error(error)

    def _decide_move(self, person: KnownAccount, moved: MovedServer | None, question: AdoptionQuestion | None) -> None:
        if moved is None:
            self._decide(person, None, question)
            return
        self._asking.ask_moved(moved, decided=lambda it: self._decide(person, it, question), drop=self.settled.emit)

    def _decide(self, person: KnownAccount, moved: MovedServer | None, question: AdoptionQuestion | None) -> None:
        service = self._core.program.account_service

        def keep(choice: AdoptionChoice) -> KnownAccount:
            service.decide(person, choice, moved=moved)
            return person

        if question is not None:
            self._asking.ask(question, keep=keep, drop=self.settled.emit, done=self._opened)
        else:
            task = self._tasks.start_apart(lambda: keep("keep-apart"))
            task.done(self._opened).failed(self._on_not_kept)

    def _on_not_kept(self, error: AudioDeskError) -> None:
        self.settled.emit()
        self._notices.show_error(error)
