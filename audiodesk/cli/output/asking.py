"""Asks the server from a terminal: says that it waits, and gives up in the end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from audiodesk.cli.output.answer import Answer
from audiodesk.domain.words.program.server_diagnosis_words import asking_words, silent_words
from audiodesk.services.server.patience import Patience

if TYPE_CHECKING:
    from audiodesk.composition.sign_in import SignIn

__all__ = ["ask_server", "waiting_word"]

T = TypeVar("T")
_FIRST_WORD = 0.7
"""Seconds of silence before the terminal says that there is something to wait for."""
_SECOND_WORD = 10.0
"""Seconds for which one request has had no answer before the terminal says that the server is silent."""
_LOOK = 0.5
_LONGEST_SILENCE = 15.0
"""Seconds without an answer; with the start and the sign-out a command ends within 20."""


def ask_server(sign_in: SignIn, ask: Callable[[Callable[[], None]], T]) -> T:
    """Return what ``ask`` returns. It is given a function to call whenever there is progress.

    Raises what ``ask`` and ``SignIn.server`` raise, and OutsideError("server-silent") after 15 s without progress.
    """
    host = sign_in.server.host
    patience = Patience(host, _LONGEST_SILENCE)
    with waiting_word(host, sign_in.asking_for):
        return patience.ask(lambda: ask(patience.moved))


@contextlib.contextmanager
def waiting_word(host: str, asking_for: Callable[[], float] = lambda: 0.0) -> Iterator[None]:
    """Say on standard error which server the body waits for, unless the body ends at once.

    ``asking_for`` returns the seconds for which a request has had no answer; a silence is said once for each.
    """
    if not host:
        yield
        return
    over = threading.Event()

    def follow() -> None:
        answer = Answer(as_json=False)
        if over.wait(_FIRST_WORD):
            return
        answer.note(asking_words(host))
        is_said = False
        while not over.wait(_LOOK):
            is_silent = asking_for() >= _SECOND_WORD
            if is_silent and not is_said:
                answer.note(silent_words(host))
            is_said = is_silent

    threading.Thread(target=follow, name="waiting word", daemon=True).start()
    try:
        yield
    finally:
        over.set()
