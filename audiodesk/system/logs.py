"""Logs that rotate, go by module name, and never hold a secret."""

from __future__ import annotations

import logging
import re
from collections import deque
from functools import cache
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import make_folder

__all__ = ["hide", "redact", "start", "stop"]

_MAX_BYTES = 1_000_000
_KEPT = 3
_SECRETS = (
    (r"\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*", "[token]"),
    (r"\bsb_(secret|publishable)_[\w-]+", "[key]"),
    (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+", r"\1 [token]"),
    (r"(?i)([?&](?:token|apikey|key|signature|access_token|refresh_token)=)[^&\s\"']+", r"\1[token]"),
    (
        (
            r"(?i)([\"']?\b\w*(?:password|passwd|secret|api[-_]?key|anon_key|service_role_key|token|cookie)\b[\"']?"
            r"\s*[:=]\s*)(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^\s,;}&]+)"
        ),
        r"\1[secret]",
    ),
    (r"(\w+://[^/\s:@]+:)[^\s/]+@", r"\1[secret]@"),
)
"""The forms of secrets, and the text that replaces them."""


_SHORTEST = 8
_KNOWN: deque[str] = deque(maxlen=64)
"""Secrets of this process that look like nothing in particular, such as a refresh token: the last ones are enough."""


def hide(*secrets: str) -> None:
    """Let ``redact`` take these out too, from now on."""
    _KNOWN.extend(secret for secret in secrets if len(secret) >= _SHORTEST and secret not in _KNOWN)


def redact(text: str) -> str:
    """Return ``text`` with tokens, keys and passwords taken out."""
    for secret in tuple(_KNOWN):
        text = text.replace(secret, "[secret]")
    for pattern, replacement in _patterns():
        text = pattern.sub(replacement, text)
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in _SECRETS)


class _Formatter(logging.Formatter):
    """Redacts the whole record, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record)).encode("utf-8", "backslashreplace").decode("utf-8")


class _LogFile(logging.Handler):
    """Opens the rotating file with the first record, because most starts log nothing and must be quick."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record``; its lock is held."""
        if self._file is None:
            from logging.handlers import RotatingFileHandler

            self._file = RotatingFileHandler(
                self._path, maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
            )
            self._file.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._file.handle(record)

    def close(self) -> None:
        """Close the file, if it was opened."""
        if self._file is not None:
            self._file.close()
        super().close()


def start(folder: Path, name: str, *, level: int = logging.INFO) -> logging.Handler | None:
    """Write the log of this process to ``folder/name.log``, and keep three older ones beside it.

    ``name`` differs between the window and the command line, so that neither rotates the other's file. Returns the
    handler for ``stop``, or None if the folder cannot be written: the program works without a log.
    """
    try:
        make_folder(folder, private=True)
    except (OSError, OutsideError):
        return None
    handler = _LogFile(folder / f"{name}.log")
    logger = logging.getLogger("audiodesk")
    logger.setLevel(level)
    logger.addHandler(handler)
    return handler


def stop(handler: logging.Handler | None) -> None:
    """Close what ``start`` opened."""
    if handler is not None:
        logging.getLogger("audiodesk").removeHandler(handler)
        handler.close()
