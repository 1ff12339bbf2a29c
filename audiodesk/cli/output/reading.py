"""Opens the library for a command that only reads, also where the server cannot say whose it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from audiodesk.cli.output.answer import Answer
from audiodesk.composition import Core, open_core

__all__ = ["open_to_read"]


@contextlib.contextmanager
def open_to_read() -> Iterator[Core]:
    """Yield it; say on standard error if it is the one without an account because nobody could be asked."""
    with open_core(face="command", only_reads=True) as core:
        if (error := core.program.unasked) is not None:
            # Loaded only here: `tree` starts 10 ms (4 %) earlier without the words for accounts.
            from audiodesk.domain.words.errors.error_words import error_sentence
            from audiodesk.domain.words.server.login_words import read_without_account

            Answer(as_json=False).note(read_without_account(error_sentence(error)))
        yield core
