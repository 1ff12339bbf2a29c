"""Copies every recording of one library's vault into another's, and looks whether all of them are there."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import UserError
from audiodesk.local.database.database import Database
from audiodesk.local.file_copy import copy_file
from audiodesk.local.files.vault import Vault, VaultFile

__all__ = ["VaultCopy"]


class VaultCopy:
    """Copies what ``theirs`` holds, whether a take uses it or not: a recording without a row is offered there, too.

    A file that is damaged or unreadable stays what it is: its take says so in both libraries. What this object has
    read back once is not read again, so that a second ``copy`` costs only what came in between.
    """

    def __init__(self) -> None:
        self._whole: set[tuple[str, Kind]] = set()

    def copy(self, theirs: Vault, ours: Vault, target: Database, tell: Callable[[int, int], None]) -> int:
        """Copy what is missing in ``ours``, whose list is ``target``; return how many files are not there after it.

        ``tell(done, all)`` counts the files that are to be copied. Raises OutsideError for errors of the disk.
        """
        waiting = [file for file in theirs.files() if (file.sha256, file.kind) not in self._whole]
        for number, file in enumerate(waiting):
            tell(number, len(waiting))
            self._copy_file(theirs, ours, target, file)
        if waiting:
            tell(len(waiting), len(waiting))
        ours.settle(file.sha256 for file in waiting if ours.has(file.sha256, file.kind))
        return sum(not self._is_there(theirs, ours, file) for file in waiting)

    def _copy_file(self, theirs: Vault, ours: Vault, target: Database, file: VaultFile) -> None:
        sha256, kind = file.sha256, file.kind
        is_here = ours.has(sha256, kind)
        if is_here and not ours.is_damaged(sha256, kind):
            self._whole.add((sha256, kind))
            return
        name = ours.new_temporary_name()
        try:
            copied = copy_file(str(theirs.path_of(sha256, kind)), ours.temporary(name))
        except UserError:  # the source cannot be read, which is no better than damage
            return
        if is_here and copied.sha256 != sha256:  # the one here is no worse
            ours.discard(name)
            return
        target.write(lambda _connection: ours.adopt(name, sha256, kind, copied.size, is_damaged=is_here))

    def _is_there(self, theirs: Vault, ours: Vault, file: VaultFile) -> bool:
        """Tell whether a file is in the other vault too, as whole as it was."""
        key = (file.sha256, file.kind)
        if key in self._whole:
            return True
        if ours.has(*key) and not ours.is_damaged(*key):
            self._whole.add(key)
            return True
        return theirs.is_damaged(*key)
