"""Copies one of the person's files into the vault, hashes it meanwhile, and makes the copy durable."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from audiodesk.domain.errors import UserError
from audiodesk.system.files import file_errors
from audiodesk.system.plain_files import NotReadableError, open_plain_file, reason_of
from audiodesk.system.platforms import WRITE_FLAGS, flush

__all__ = ["BLOCK", "CopiedFile", "CopyCancelledError", "copy_file", "hash_file"]

BLOCK = 1 << 20
"""Bytes between two checks of ``cancel``."""


class CopyCancelledError(Exception):
    """``cancel`` was set while a file was being read; the part written so far is removed."""


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """The copied file: its hash, its ``size`` in bytes, and when the source was last written (ms since 1970)."""

    sha256: str
    size: int
    modified_at: int


def copy_file(
    source: str, target: Path, *, cancel: threading.Event | None = None, moved: Callable[[int], None] | None = None
) -> CopiedFile:
    """Copy ``source`` to the new file ``target`` and fsync it; ``moved`` gets the bytes so far after each block.

    Raises UserError("unreadable", reason) or UserError("changed-while-read") for the source, OutsideError for the
    target's disk, and CopyCancelledError. After an error nothing is left of ``target``. Never blocks on a pipe or a
    device.
    """
    with _opened(source) as (handle, before):
        with file_errors(target.parent):
            output = os.open(target, WRITE_FLAGS, 0o666)
        try:
            try:
                digest, size = _pump(handle, before.st_size, output, target, cancel, moved)
                with file_errors(target):
                    flush(output)
            finally:
                os.close(output)
            _must_be_same(before, handle, size)
        except BaseException:
            with contextlib.suppress(OSError):
                target.unlink(missing_ok=True)
            raise
    return CopiedFile(digest, size, before.st_mtime_ns // 1_000_000)


def hash_file(
    path: Path, *, cancel: threading.Event | None = None, moved: Callable[[int], None] | None = None
) -> CopiedFile:
    """Read and hash the whole file block by block; raises as ``copy_file`` does for its source."""
    with _opened(str(path)) as (handle, before):
        digest, size = _pump(handle, before.st_size, None, path, cancel, moved)
        _must_be_same(before, handle, size)
    return CopiedFile(digest, size, before.st_mtime_ns // 1_000_000)


def _pump(
    handle: int,
    expected: int,
    output: int | None,
    target: Path,
    cancel: threading.Event | None,
    moved: Callable[[int], None] | None,
) -> tuple[str, int]:
    digest = hashlib.sha256()
    block = memoryview(bytearray(min(BLOCK, expected + 1)))
    size = 0
    # Stop one byte behind the size that the file had when it was opened: a growing file would never end.
    while size <= expected:
        if cancel is not None and cancel.is_set():
            raise CopyCancelledError
        count = _read(handle, block)
        if not count:
            break
        piece = block[:count]
        if output is not None:
            _write(output, piece, target)
        digest.update(piece)
        size += count
        if moved is not None:
            moved(size)
    return digest.hexdigest(), size


def _read(handle: int, block: memoryview) -> int:
    try:
        return io.FileIO(handle, closefd=False).readinto(block) or 0
    except OSError as error:
        raise UserError("unreadable", reason=reason_of(error), details=str(error)) from error


def _write(output: int, piece: memoryview, target: Path) -> None:
    with file_errors(target):
        while piece:
            piece = piece[os.write(output, piece) :]


@contextlib.contextmanager
def _opened(source: str) -> Iterator[tuple[int, os.stat_result]]:
    try:
        handle, status = open_plain_file(source)
    except NotReadableError as error:
        raise UserError("unreadable", reason=error.reason, details=error.details) from error
    try:
        yield handle, status
    finally:
        os.close(handle)


def _must_be_same(before: os.stat_result, handle: int, size: int) -> None:
    after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != before.st_size:
        raise UserError("changed-while-read")
