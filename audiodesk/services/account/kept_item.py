"""The one item of the keyring that holds a sign-in, and what is noted before it comes and goes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.services.account.stored_sign_in import StoredSignIn

if TYPE_CHECKING:
    from audiodesk.services.account.sign_in_notes import SignInNotes
    from audiodesk.system.secrets import Secret, SecretStore

__all__ = ["KeptItem"]


class KeptItem:
    """The item ``name``; ``keyring`` is the one that holds it, empty if none does. Raises the keyring's errors.

    What another keyring still holds of a former sign-in (``SignInNotes.is_leaving``) is not it: then that is
    OutsideError("keyring-unreachable"). What a keyring holds of which nothing is noted was moved there by the person.
    """

    def __init__(self, secrets: SecretStore, name: str, keyring: str = "", notes: SignInNotes | None = None) -> None:
        self._secrets = secrets
        self._name = name
        self._notes = notes
        self.keyring = keyring

    def read(self) -> Secret | None:
        """Return the item; None if it was removed."""
        found = self._secrets.read(self._name, held_by=self.keyring)
        if found is not None and self._is_former(found):
            raise self._unreachable(found)
        return found

    def store(self, sign_in: StoredSignIn, *, allow: Callable[[], object] = lambda: None) -> None:
        """Store a sign-in in place of the former one. Where no keyring holds it yet, note before which one gets it.

        ``allow`` is called, on another thread, right before the keyring is asked; what it raises stops the store.
        """
        notes = None if self.keyring else self._notes

        def before(keyring: str) -> None:
            allow()
            if notes is not None:
                notes.arriving(keyring)

        text = sign_in.text(self._secrets.longest())
        self.keyring = self._secrets.store(self._name, text, held_by=self.keyring, before=before)

    def note_leaving(self) -> None:
        """Note that the sign-in is over and its secret has to go. A full disk keeps no secret from going."""
        if self._notes is not None:
            with contextlib.suppress(AudioDeskError):
                self._notes.leaving(self.keyring)

    def take_out(self, seconds: float) -> Secret | None:
        """Remove the item and return it; see ``SecretStore.take_out``. Raises also OutsideError for a full disk."""
        notes, keyring = self._notes, self.keyring
        found = self._secrets.take_out(
            self._name, seconds, held_by=keyring, late=lambda: notes is None or notes.is_leaving(keyring)
        )
        is_former = found is not None and self._is_former(found)
        if self._notes is not None:
            self._notes.left(self.keyring if found is None else found.keyring)
        if found is not None and is_former:
            raise self._unreachable(found)
        return found

    def _is_former(self, found: Secret) -> bool:
        if self._notes is None or found.keyring == self.keyring:
            return False
        return self._notes.is_leaving(found.keyring)

    def _unreachable(self, found: Secret) -> OutsideError:
        return OutsideError("keyring-unreachable", details=f"{found.keyring} answers instead of {self.keyring}")
