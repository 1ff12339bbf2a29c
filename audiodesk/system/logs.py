"""Logs that rotate, go by module name, and never hold a secret."""

from __future__ import annotations

import logging
import logging.handlers
import re
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import make_folder

__all__ = ["redact", "start", "stop"]

_MAX_BYTES = 1_000_000
_KEPT = 3
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*"), "[token]"),
    (re.compile(r"\bsb_(secret|publishable)_\w+"), "[key]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [token]"),
    (re.compile(r"(?i)([?&](?:token|apikey|key|signature|access_token|refresh_token)=)[^&\s\"']+"), r"\1[token]"),
    (
        re.compile(
            r"(?i)([\"']?\b\w*(?:password|passwd|secret|api_?key|anon_key|service_role_key|(?:access|refresh)_token)\b[\"']?"
            r"\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;}&]+)"
        ),
        r"\1[secret]",
    ),
    (re.compile(r"(\w+://[^/\s:@]+:)[^@\s/]+@"), r"\1[secret]@"),
)


def redact(text: str) -> str:
    """Return ``text`` with tokens, keys and passwords taken out."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class _Formatter(logging.Formatter):
    """Redacts the whole record, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record)).encode("utf-8", "backslashreplace").decode("utf-8")


def start(folder: Path, name: str, *, level: int = logging.INFO) -> logging.Handler | None:
    """Write the log of this process to ``folder/name.log``, three older ones beside it.

    ``name`` differs between the window and the command line, so that neither rotates the other's file. Returns the
    handler for ``stop``, or None where the folder cannot be written: no log is no reason not to work.
    """
    try:
        make_folder(folder, private=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / f"{name}.log", maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
        )
    except (OSError, OutsideError):
        return None
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("audiodesk")
    logger.setLevel(level)
    logger.addHandler(handler)
    return handler


def stop(handler: logging.Handler | None) -> None:
    """Close what ``start`` opened."""
    if handler is not None:
        logging.getLogger("audiodesk").removeHandler(handler)
        handler.close()
