"""Makes room on a full disk for emptying the trash: the reserve is given up, and what can be made again goes."""

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
    """The room held in the library of ``database``; ``peaks`` is the folder of waveforms, which can be made again."""

    def __init__(self, database: Database, peaks: Path) -> None:
        self._database = database
        self._peaks = peaks
        self._reserve = Reserve(database.path.parent)

    def hold(self) -> bool:
        """Take hold of the reserve where the library can be written and the disk has room; tells whether it is held."""
        return self._database.is_made and self._database.trouble is None and self._reserve.make()

    @contextlib.contextmanager
    def made(self) -> Iterator[None]:
        """See that what the block writes has room, on a full disk too; the reserve is held again afterwards.

        Raises OutsideError where there is nothing left that could make room, or the library cannot be written for
        another reason.
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
