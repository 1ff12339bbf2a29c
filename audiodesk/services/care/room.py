"""Makes room on a full disk so that the trash can be emptied: gives up the reserve, then deletes waveforms."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import DISK_FULL, OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.files.reserve import RESERVE_BYTES, Reserve

__all__ = ["Room"]

_log = logging.getLogger(__name__)
_LITTLE = RESERVE_BYTES // 2
"""Bytes below which emptying the trash may fail for want of room."""


class Room:
    """The reserve in the library of ``database``; ``peaks`` is the folder of waveforms, which can be made again."""

    def __init__(self, database: Database, peaks: Path) -> None:
        self._database = database
        self._peaks = peaks
        self._reserve = Reserve(database.path.parent)

    def hold(self) -> bool:
        """Make the reserve if the library can be written and the disk has room; return whether the reserve is there."""
        return self._database.is_made and self._database.trouble is None and self._reserve.make()

    @contextlib.contextmanager
    def made(self) -> Iterator[None]:
        """Make room for what the block writes, even on a full disk; afterwards make the reserve again.

        Raises OutsideError if nothing is left that could make room, or if the library cannot be written for another
        reason.
        """
        if self._is_full():
            self._make()
        try:
            yield
        finally:
            self.hold()

    def _is_full(self) -> bool:
        trouble = self._database.trouble
        if trouble is not None:
            return trouble.code in DISK_FULL
        try:
            return shutil.disk_usage(self._database.path.parent).free < _LITTLE
        except OSError:
            return False

    def _make(self) -> None:
        given_up = self._reserve.give_up()
        _log.info("the disk is full: %s", "the reserve was given up" if given_up else "there is no reserve")
        if not given_up:
            shutil.rmtree(self._peaks, ignore_errors=True)
        try:
            self._database.try_writing()
        except OutsideError as error:
            if not given_up or error.code not in DISK_FULL:
                raise
            shutil.rmtree(self._peaks, ignore_errors=True)
            self._database.try_writing()
