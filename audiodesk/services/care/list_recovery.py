"""Restores a library's list that is missing, emptied or damaged: from a copy, or anew beside its vault."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.local.database.library_place import LIST
from audiodesk.local.database.list_copies import ListCopies, ListCopy
from audiodesk.local.database.list_restore import make_list, put_back
from audiodesk.system.library_registry import LibraryRegistry

__all__ = ["RECOVERABLE", "ListRecovery"]

RECOVERABLE = frozenset({"library-missing", "library-damaged", "library-not-one", "library-replaced"})
"""Codes of errors on opening a library that ``ListRecovery`` can mend."""
_log = logging.getLogger(__name__)


class ListRecovery:
    """The list of the library in ``folder``, which must not be open. Methods raise OutsideError.

    ``set_aside`` is the folder to which the last call moved the old list; None if there was no old list.
    """

    def __init__(self, folder: Path, registry: LibraryRegistry) -> None:
        self._path = folder / LIST
        self._registry = registry
        self.set_aside: Path | None = None

    def copies(self) -> list[ListCopy]:
        """Return the copies, newest first. Whether a copy is whole is tested only when it is put back."""
        return ListCopies(self._path).all()

    def from_copy(self, copy: Path) -> None:
        """Put ``copy`` in the list's place. Raises UserError("no-copy") if it is not a copy of a list."""
        self.set_aside = put_back(self._path, copy)
        _log.info("the list was put back from %s", copy)

    def from_newest(self) -> Path | None:
        """Put the newest copy that is whole in the list's place and return it; None where there is none."""
        for copy in self.copies():
            try:
                self.from_copy(copy.path)
            except UserError as error:
                _log.warning("a copy of the list is no use: %s %s", error, error.details)
                continue
            return copy.path
        return None

    def from_vault(self) -> None:
        """Put an empty list in its place; no book knows the vault's recordings then, so they can be brought back.

        The new list has the id of the old one, so that an open window goes on with it.
        """
        known = self._registry.at(self._path.parent)
        library_id, self.set_aside = make_list(self._path, None if known is None else known.id)
        with contextlib.suppress(OutsideError):  # opening the library notes it, too
            self._registry.remember(self._path.parent, library_id)
        _log.info("a new list was made beside the vault")

    def forget_gone(self) -> None:
        """Allow a new library in a place whose old one will not come back. Raises OutsideError("not-gone")."""
        folder = self._path.parent
        if folder.exists() and any(folder.iterdir()):
            raise OutsideError("not-gone", path=str(folder))
        self._registry.forget(folder)
