"""Finds the files of the vault that no take has, even while imports are giving files their rows."""

from __future__ import annotations

from contextlib import suppress

from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault, VaultFile

__all__ = ["unknown_files"]


def unknown_files(database: Database, vault: Vault) -> list[VaultFile]:
    """Return the files that no take has, not even in the trash, and that are not promised for removal; newest first.

    The last test is made inside a write, so that no import can give a file its row meanwhile. Raises OutsideError.
    """
    with database.read() as connection:
        found = vault.unknown(connection)
    if found:
        with suppress(OutsideError):  # if the library cannot be written, no import is at work either
            found = database.write(lambda connection: vault.still_unknown(connection, found))
    return sorted(found, key=lambda file: (-file.modified_at, file.sha256))
