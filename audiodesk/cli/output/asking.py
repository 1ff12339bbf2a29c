"""Asks the server from a terminal: says that it waits, and gives up in the end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from audiodesk.cli.output.answer import Answer
from audiodesk.domain.words.program.server_diagnosis_words import asking_words
from audiodesk.services.server.patience import Patience

if TYPE_CHECKING:
    from audiodesk.composition.sign_in import SignIn

__all__ = ["ask_server", "waiting_word"]

T = TypeVar("T")
_FIRST_WORD = 0.7
"""Seconds of silence before the terminal says that there is something to wait for."""
_LONGEST_SILENCE = 15.0
"""Seconds without an answer; with the start and the sign-out a command ends within 20."""


def ask_server(sign_in: SignIn, ask: Callable[[Callable[[], None]], T]) -> T:
    """Return what ``ask`` returns. It is given a function to call whenever there is progress.

    Raises what ``ask`` and ``SignIn.server`` raise, and OutsideError("server-silent") after 15 s without progress.
    """
    host = sign_in.server.host
    patience = Patience(host, _LONGEST_SILENCE)
    with waiting_word(host):
        return patience.ask(lambda: ask(patience.moved))


@contextlib.contextmanager
def waiting_word(host: str) -> Iterator[None]:
    """Say on standard error which server the body waits for, unless the body ends at once."""
    if not host:
        yield
        return
    word = threading.Timer(_FIRST_WORD, lambda: Answer(as_json=False).note(asking_words(host)))
    word.daemon = True
    word.start()
    try:
        yield
    finally:
        word.cancel()
