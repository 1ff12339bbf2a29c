"""Chooses among the keyrings of this computer: only those that belong to the system, never a file in clear text."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["Keyring", "best_keyring"]

_ALLOWED = frozenset({"SecretService", "Windows", "kwallet", "libsecret", "macOS"})
"""Modules of ``keyring.backends`` that a system stands behind. A package that adds its own, such as ``keyrings.alt``
with its files, is never chosen."""
_LONGEST_ON_WINDOWS = 1280
"""Characters: Windows keeps 2 560 bytes, two for each."""


@dataclass(frozen=True)
class Keyring:
    """One keyring that can be used."""

    backend: KeyringBackend
    name: str
    """Tells it from others on this computer: "SecretService login", "macOS", "Windows"."""
    locked: bool = False
    """Whether reading would ask the person to unlock it."""
    longest: int | None = None
    """Characters that a secret may have; None for any number."""

    def read(self, service: str, name: str) -> str | None:
        """Return a secret; None if there is none."""
        return self.backend.get_password(service, name)

    def store(self, service: str, name: str, secret: str) -> None:
        """Store a secret in place of the former one."""
        if self.name == "macOS":
            from audiodesk.system.secrets.macos_item import update_item

            if update_item(service, name, secret):
                return
        self.backend.set_password(service, name, secret)

    def remove(self, service: str, name: str) -> None:
        """Remove a secret; one that is not there is no error."""
        from keyring.errors import PasswordDeleteError

        with contextlib.suppress(PasswordDeleteError):
            self.backend.delete_password(service, name)


def best_keyring() -> Keyring | None:
    """Return the keyring to use; None where this computer has none. Asks nobody to unlock anything."""
    usable = list(_usable())
    if not usable:
        return None
    kind, backend = max(usable, key=lambda one: float(one[1].priority))
    if kind == "SecretService":
        collection, locked = _collection()
        if collection is None:
            return None  # storing would ask the person to make one
        return Keyring(backend, f"{kind} {collection}", locked)
    return Keyring(backend, kind, longest=_LONGEST_ON_WINDOWS if kind == "Windows" else None)


def _usable() -> Iterator[tuple[str, KeyringBackend]]:
    """Yield the keyrings that work now, by their kind.

    ``keyring`` itself loads every package that offers a back end, and remembers for the whole process what it found
    first: a keyring that is started later would be missed.
    """
    from keyring.backend import KeyringBackend

    for kind in _ALLOWED:
        module = importlib.import_module(f"keyring.backends.{kind}")
        for found in vars(module).values():
            is_own = isinstance(found, type) and found.__module__ == module.__name__
            if is_own and issubclass(found, KeyringBackend) and found.viable:
                yield kind, found()


def _collection() -> tuple[str | None, bool]:
    """Return the name of the Secret Service's default collection, None without one, and whether it is locked.

    Several programs offer that service (GNOME's keyring, KeePassXC), so the collection tells which one answers.
    """
    if sys.platform in ("win32", "darwin"):
        return None, False
    import secretstorage
    from secretstorage.exceptions import ItemNotFoundException

    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            collection = secretstorage.get_collection_by_alias(connection, "default")
        except ItemNotFoundException:
            return None, False
        return collection.collection_path.rpartition("/")[2], collection.is_locked()
