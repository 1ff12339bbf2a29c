"""What a command answers: words for people, or one JSON document for scripts."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence

__all__ = ["Answer", "prepare_streams", "shown"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, marks that turn the direction of a line around, and lone surrogates."""


def prepare_streams() -> None:
    """Let both streams print any name: characters that the terminal's encoding lacks are shown as escapes."""
    # If a stream was closed at the start, the next opened file would take its number and be written into.
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # started with the stream closed
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  # lives as long as we
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def shown(text: str) -> str:
    """Return ``text`` as it may be put on a terminal: undecodable bytes and control characters as escapes."""
    return _UNSHOWABLE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return repr(found.group())[1:-1]


class Answer:
    """One command's answer. With ``as_json`` standard output holds one document and nothing else."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def document(self, document: dict[str, Any]) -> None:
        """Write ``document`` if one was asked for, in UTF-8; undecodable bytes of names as escaped surrogates."""
        if self.as_json:
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            text = _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text) + "\n"
            _write(sys.stdout, text, encoding="utf-8")

    def line(self, text: str = "") -> None:
        """Print one line of the answer for people; with ``as_json`` nothing, because the document says it."""
        self.lines([text])

    def lines(self, texts: Iterable[str]) -> None:
        """Print many lines of the answer in one write; nothing with ``as_json``."""
        if not self.as_json:
            _write(sys.stdout, "".join(f"{_safe(text)}\n" for text in texts))

    def note(self, text: str) -> None:
        """Print a text that is not part of the answer, on standard error."""
        _write(sys.stderr, _safe(text) + "\n")

    def error(self, error: AudioDeskError) -> None:
        """Say what did not work and what to do, and give scripts the error's code.

        The parameter ``partly_here`` of an error means that it came in the midst of the first sync.
        """
        message = error_sentence(error)
        listed = error.details if error.code == "ambiguous" else ""  # the choices, not the cause
        self.note(f"{message}\n{listed}" if listed else message)
        if not error.params.get("partly_here"):
            self._fail(error.code, message, error_action(error), error.details)
            return
        from audiodesk.domain.words.server.sync_words import partly_here_note

        self.note(partly_here_note())
        self._fail(error.code, message, error_action(error), error.details, partly_here=True)

    def failure(self, code: str, message: str, action: str = "", *, details: str = "") -> None:
        """Say that the command as a whole did not work."""
        self.note(message)
        self._fail(code, message, action, details)

    def _fail(self, code: str, message: str, action: str, details: str, **more: bool) -> None:
        if action:
            self.note(action)
        self.document({"error": {"code": code, "message": message, "action": action, "details": details, **more}})


def _safe(text: str) -> str:
    """Escape ``text`` but keep its line breaks, which are ours: names have been through ``shown``."""
    return "\n".join(shown(line) for line in text.split("\n"))


def _write(stream: TextIO, text: str, *, encoding: str | None = None) -> None:
    """Write ``text``, in the terminal's encoding unless another one is given."""
    try:
        if encoding is None:
            stream.write(text)
        else:
            stream.flush()
            stream.buffer.write(text.encode(encoding))
        stream.flush()
    except BrokenPipeError:
        # The reader has closed the pipe. The work goes on to its end without writing there.
        _silence(stream)
    except OSError as error:
        _silence(stream)
        if stream is sys.stdout:
            raise OutsideError("output-not-written", details=str(error)) from error


def _silence(stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
