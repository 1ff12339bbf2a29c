"""Replaces the work of the decoders' process in tests: does what the file's first word says, like a hostile file."""

from __future__ import annotations

import faulthandler
import os
import signal
import time
from pathlib import Path

from audiodesk.domain.audio.report import Analysis, CheckReport
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.cover import CoverPicture

__all__ = ["analyse_files", "check_files", "cover_of_file"]


def _do(path: str) -> None:
    word = Path(path).read_bytes()[:10]
    faulthandler.disable()
    if word == b"crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif word == b"abort":
        os.abort()
    elif word == b"leave":
        os._exit(3)
    elif word == b"hang":
        time.sleep(600)
    elif word == b"eat":
        bytearray(4 << 30)


def check_files(files: list[tuple[str, str | None]], full: bool, ends: bool) -> list[CheckReport]:
    """Do what the files say, then check them."""
    from audiodesk.audio.check import check

    for path, _ in files:
        _do(path)
    return [check(path, name=name, full=full, ends=ends) for path, name in files]


def analyse_files(paths: list[str]) -> list[Analysis | CheckReport]:
    """Do what the files say, then decode them."""
    from audiodesk.audio.check import analyse

    for path in paths:
        _do(path)
    return [analyse(path) for path in paths]


def cover_of_file(path: str) -> CoverPicture | UserError:
    """Do what the file says, then make a cover of it."""
    from audiodesk.audio.worker import cover_of_file as real

    _do(path)
    return real(path)
