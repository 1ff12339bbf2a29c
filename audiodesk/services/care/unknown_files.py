"""Finds the files of the vault that no take has, beside imports that may be giving files their rows."""

from __future__ import annotations

from contextlib import suppress

from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault, VaultFile

__all__ = ["unknown_files"]


def unknown_files(database: Database, vault: Vault) -> list[VaultFile]:
    """Return the files that no take has, not even one in the trash, and that are not to be removed; newest first.

    All of them were without a row at one moment when nobody was writing. Raises OutsideError.
    """
    with database.read() as connection:
        found = vault.unknown(connection)
    if found:
        with suppress(OutsideError):  # beside a library that cannot be written no import is at work either
            found = database.write(lambda connection: vault.still_unknown(connection, found))
    return sorted(found, key=lambda file: (-file.modified_at, file.sha256))
